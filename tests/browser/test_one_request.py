"""One request in a browser: the step at hand, two people at it, two clicks, hostile texts, and without JavaScript."""

import re
from collections.abc import Callable
from itertools import count

import pytest
from playwright.sync_api import Page, expect

from gateway.demo.stage.processes import wait_for
from gateway.demo.stage.scene import Scene
from gateway.demo.stage.stack import Stack
from tests.browser.conftest import PATIENCE_MS, SignIn

Ask = Callable[..., Scene]
AVAILABLE = (
    ("A Field Guide to Nonexistent Birds", "9780000000026"),
    ("The Atlas of Unbuilt Bridges", "9780000000040"),
    ("Mémoires d'une ville imaginée", "9780000000125"),
    ("The Imaginary Almanac", "9780000000019"),
    ("Knots Nobody Ties", "9780000000057"),
    ("The Imaginary Almanac", "9780000000019"),
)
"""Works of which a copy stands on the shelf; each test takes one."""
_taken = count()


@pytest.fixture
def ask(house: Stack) -> Ask:
    """Let the partner ask for a work that nobody has asked for yet, until it is on the pull list."""

    def asked(state: str = "will supply", **wish: str) -> Scene:
        title, isbn = AVAILABLE[next(_taken)] if "title" not in wish else ("", "")
        page = house.partner.post("/requests", {"title": title, "isbn": isbn, **wish})
        scene = Scene(house, house.api, {"title": page["id"]})
        scene.take(page["id"])
        scene.until_state(state)
        return scene

    return asked


def at(page: Page, scene: Scene) -> Page:
    page.goto(f"/requests/{scene.our_id}")
    return page


def acts_of(scene: Scene, action: str) -> int:
    """How often an act stands in the history."""
    return sum(f": {action}." in entry["words"] for entry in scene.timeline())


def test_the_step_at_hand_is_one_press_and_the_page_follows_what_comes_of_it(sign_in: SignIn, ask: Ask) -> None:
    scene, page = ask(), sign_in()
    at(page, scene)
    expect(page.get_by_text("On the pull list", exact=True).first).to_be_visible()
    page.locator("[data-act=arrive-and-ship] button.main").click()
    expect(page.locator("#said")).to_contain_text("Done")
    scene.until_state("checked out")
    expect(page.locator("[data-act=undo]")).to_be_visible(timeout=PATIENCE_MS)
    page.locator("[data-act=undo] button").click()
    expect(page.get_by_text("At the desk", exact=True).first).to_be_visible(timeout=PATIENCE_MS)
    scene.until_state("arrived")


def test_who_comes_second_sees_who_did_what_with_what_was_typed_kept(sign_in: SignIn, ask: Ask) -> None:
    scene, first, second = ask(), sign_in("manager"), sign_in("technician")
    at(second, scene)
    second.get_by_text("More", exact=True).click()
    second.locator("details.deed", has=second.locator("[data-act=unfilled]")).locator("summary").click()
    second.locator("[data-act=unfilled] select").select_option("NotOnShelf")
    second.locator("[data-act=unfilled] textarea").fill("We have looked everywhere.")
    at(first, scene)
    first.locator("details.deed", has=first.locator("[data-act=note]")).locator("summary").click()
    first.locator("[data-act=note] textarea").fill("It stands behind the atlas!")
    first.locator("[data-act=note] button").click()
    expect(first.locator("#inside ~ .note")).to_contain_text("behind the atlas")
    with second.expect_response(lambda answer: "/news?" in answer.url) as news:
        second.locator("[data-act=unfilled] button").click()
    assert scene.our_id in news.value.json()["requests"], "what this page shows already, too"
    expect(second.get_by_role("alert")).to_contain_text("manager has acted on it since")
    expect(second.locator("#inside ~ .note")).to_contain_text("behind the atlas")
    expect(second.locator("[data-act=unfilled] textarea")).to_have_value("We have looked everywhere.")
    expect(second.locator("[data-act=unfilled] select")).to_have_value("NotOnShelf")
    expect(second.locator("[data-news-waits]")).to_be_hidden()
    assert scene.request()["state"] == "will supply"
    second.locator("[data-act=unfilled] button").click()
    expect(second.locator("#said")).to_contain_text("Done")


@pytest.mark.parametrize("javascript", [True, False])
def test_what_is_refused_far_down_the_page_is_what_one_sees(sign_in: SignIn, house: Stack, *, javascript: bool) -> None:
    asked = house.partner.post("/requests", {"title": "The Book That Nobody Wrote", "isbn": "9780000000194"})
    scene = Scene(house, house.api, {"title": asked["id"]})
    scene.take(asked["id"])
    scene.until_state("unfilled")
    page = at(sign_in(java_script_enabled=javascript), scene)
    page.locator("details.deed", has=page.locator("[data-act=message]")).locator("summary").click()
    page.locator("[data-act=message] textarea").fill("Customer 20000000000048 wants to know.")
    page.locator("[data-act=message] button").click()
    expect(page.locator("[data-act=message] textarea")).to_be_focused()
    expect(page.locator("[data-act=message] .problem")).to_be_in_viewport()


@pytest.mark.parametrize("javascript", [True, False])
def test_two_clicks_do_it_once(sign_in: SignIn, ask: Ask, *, javascript: bool) -> None:
    scene, page = ask(), sign_in(java_script_enabled=javascript)
    at(page, scene)
    page.locator("[data-act=arrive-and-ship] button.main").dblclick(no_wait_after=True)
    expect(page.locator("#said")).to_contain_text(re.compile("Done|done before"))
    assert acts_of(scene, "arrive-and-ship") == 1


def test_every_step_of_a_loan_is_done_once_however_often_it_is_pressed(sign_in: SignIn, ask: Ask) -> None:
    """Shipped, undone, flagged, unflagged and shipped again: each with two presses."""
    scene, page = ask(), sign_in()
    at(page, scene)
    for action, state in (("arrive-and-ship", "checked out"), ("undo", "arrived"), ("ship", "checked out")):
        expect(page.locator(f"[data-act={action}]")).to_have_count(1, timeout=PATIENCE_MS)
        page.locator(f"[data-act={action}] button").first.dblclick(no_wait_after=True)
        expect(page.locator("#said")).to_contain_text(re.compile("Done|done before"))
        scene.until_state(state)
        at(page, scene)
    for action in ("flag", "unflag"):
        page.get_by_text("More", exact=True).click()
        if action == "flag":
            page.locator("details.deed", has=page.locator("[data-act=flag]")).locator("summary").click()
        page.locator(f"[data-act={action}] button").dblclick(no_wait_after=True)
        expect(page.locator("#said")).to_contain_text(re.compile("Done|done before"))
        at(page, scene)
    counts = {action: acts_of(scene, action) for action in ("arrive-and-ship", "undo", "ship", "flag", "unflag")}
    assert set(counts.values()) == {1}, counts


def test_going_back_and_sending_the_form_again_shows_what_the_first_came_to(sign_in: SignIn, ask: Ask) -> None:
    scene, page = ask("deciding", title="The Silent Film That Never Was"), sign_in()
    at(page, scene)
    page.locator("details.deed", has=page.locator("[data-act=note]")).locator("summary").click()
    page.locator("[data-act=note] textarea").fill("Written once.")
    with page.expect_response(lambda answer: answer.request.method == "POST") as sent:
        page.locator("[data-act=note] button").click()
    body = sent.value.request.post_data or ""
    page.wait_for_load_state()
    again = page.request.post(
        f"/requests/{scene.our_id}/acts/note",
        data=body,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert "It was done before" in again.text()
    assert sum("Written once." in entry["words"] for entry in scene.timeline()) == 1


HOSTILE = (
    "<script>document.title='stolen'</script><img src=x onerror=\"document.title='stolen'\">"
    "\u202etxet sdrawkcab\u2066 \U0001f4da\U0001f9d1\u200d\U0001f4bb {{ 7*7 }} "
)


@pytest.mark.parametrize("width", [1360, 320])
def test_hostile_texts_look_harmless_and_leave_the_page_in_shape(sign_in: SignIn, ask: Ask, width: int) -> None:
    scene = ask(
        "deciding",
        title=HOSTILE + "W" * 2000,
        author=HOSTILE + "a" * 500,
        note=HOSTILE + "n" * 10_000,
    )
    scene.send("Notification", HOSTILE + "x" * 10_000)
    page = sign_in(viewport={"width": width, "height": 800})
    for address in (f"/requests/{scene.our_id}", "/tasks"):
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert "stolen" not in page.title().replace(HOSTILE[:40], "").split("·")[-1]
        assert page.locator("main script, main img").count() == 0
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert "49" not in page.locator("h1").inner_text()
    assert page.evaluate("document.title") == page.title()


def test_a_moment_of_another_year_has_room_beside_what_happened(sign_in: SignIn, ask: Ask) -> None:
    page = at(sign_in(), ask())
    left_over = """() => {
      const at = document.querySelector(".story .at");
      at.querySelector("time").textContent = "29 September 2025 20:50";
      return at.clientWidth - at.scrollWidth;
    }"""
    assert page.evaluate(left_over) >= 0


def test_a_paper_comes_as_pdf_and_a_message_as_it_was_sent(sign_in: SignIn, ask: Ask) -> None:
    scene, page = ask("deciding", title="Another Silent Film", note="Please."), sign_in()
    at(page, scene)
    page.get_by_role("link", name="as sent").last.click()
    expect(page.locator("pre").first).to_contain_text("ISO18626Message")
    answer = page.request.get("/requests/L-NONE/papers/strap.pdf")
    assert answer.status == 404


@pytest.mark.parametrize("javascript", [True, False])
def test_a_task_is_opened_and_settled(sign_in: SignIn, ask: Ask, *, javascript: bool) -> None:
    scene, page = ask("deciding", title="A Third Silent Film"), sign_in(java_script_enabled=javascript)
    scene.send("Notification", "When will it come?")
    wait_for(lambda: "read note" in scene.tasks() or None, "the task", PATIENCE_MS / 1000, watch=())
    page.goto("/tasks?kind=read+note&whose=nobodys")
    mine = page.locator("li.task", has_text=scene.our_id)
    mine.locator("[data-task=open] button").click()
    page.wait_for_url(f"**/requests/{scene.our_id}#task-*")
    expect(page.get_by_text("technician has it")).to_be_visible()
    page.get_by_role("button", name="I have read it").click()
    expect(page.get_by_role("button", name="I have read it")).to_have_count(0)
    assert "read note" not in scene.tasks()


@pytest.mark.parametrize("javascript", [True, False])
def test_what_is_proposed_is_filled_in_and_takes_one_press(sign_in: SignIn, ask: Ask, *, javascript: bool) -> None:
    """An answer, from the list of tasks to what the partner is told."""
    scene, page = ask("deciding", title="A Fourth Silent Film"), sign_in(java_script_enabled=javascript)
    wait_for(lambda: "answer" in scene.tasks() or None, "the task", PATIENCE_MS / 1000, watch=())
    page.goto("/tasks")
    page.get_by_role("navigation", name="Kind").get_by_role("link", name="Answer").click()
    page.locator("li.task", has_text=scene.our_id).locator("[data-task=open] button").click()
    page.wait_for_url(f"**/requests/{scene.our_id}#task-*")
    expect(page.locator("[data-act=unfilled]")).to_have_count(1)
    expect(page.locator("[data-act=unfilled] select")).to_have_value("NotHeld")
    page.locator("[data-act=unfilled] button").click()
    expect(page.locator("#said")).to_contain_text("Done: “Answer no”")
    scene.until_state("unfilled")
    if javascript:
        expect(page).to_have_url(re.compile(f"/requests/{scene.our_id}$"))
        page.reload()
        expect(page.locator("#said")).to_be_empty()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_mistyped_card_is_corrected_and_who_it_is_is_shown_for_a_reason(
    sign_in: SignIn, house: Stack, *, javascript: bool
) -> None:
    title = "A Work From Afar" if javascript else "A Work From Further Away"
    made = house.api.post("/borrowing", {"customer": "29999999999999", "title": title, "pickup_branch": "SMP"})
    number, page = made["request"], sign_in(java_script_enabled=javascript)

    def is_stopped() -> bool | None:
        return house.api.get(f"/requests/{number}")["request"]["state"] == "deciding" or None

    wait_for(is_stopped, "a doubt about the customer", PATIENCE_MS / 1000, watch=())
    page.goto(f"/requests/{number}")
    expect(page.locator("#customer ~ .facts")).to_contain_text("…9999")
    page.locator("[data-act=correct-card] input[name=customer]").fill("20000000000048")
    page.locator("[data-act=correct-card] button").click()
    expect(page.locator("#customer ~ .facts")).to_contain_text("…0048")
    assert "Reader, Rita" not in page.content()
    page.get_by_text("Show who it is").click()
    page.get_by_label("Why", exact=True).select_option(label="The customer asks about it")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator("#customer ~ .facts")).to_contain_text("20000000000048")
    expect(page.get_by_text("That you have looked is written down.")).to_be_in_viewport()
