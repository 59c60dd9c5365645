"""One request as its page shows it, its story in parts, and tasks with what settles them: over the API, with a real door."""

from collections.abc import AsyncIterator
from datetime import UTC, timedelta
from typing import Any

import pytest

from gateway.iso18626.codes import RequestType, ServiceType
from gateway.store.port import Change, HistoryEntry, HistoryKind, NewEffect
from gateway.workflow.borrowing_events import RotaMade, Sent
from gateway.workflow.borrowing_records import LenderLine
from gateway.workflow.effects import OpenTask, SendRequest
from gateway.workflow.events import (
    PartnerActed,
    PartnerAction,
    Performed,
    RequestArrived,
    StaffActed,
    TimerFired,
)
from gateway.workflow.partners import STRANGER, Partner
from gateway.workflow.records import Act, Clock, Item, ItemPlace, Outcome, Request, State
from gateway.workflow.tasks import TaskKind
from gateway.workflow.triggers import StaffAction
from gateway.workflow.values import Wanted
from gateway.workflow.words import narrate
from tests.web.known import ALMANAC, START, a_request
from tests.web.live import Live, live_api, real_intake


@pytest.fixture
async def door() -> AsyncIterator[Live]:
    """An API whose acts are written, with a request on the pull list."""
    async with live_api(writes=True) as running:
        await running.store.commit(Change(request=a_request(), created=True, history_of="r1"))
        yield running


async def sheet(door: Live, number: str = "r1", role: str = "technician") -> dict[str, Any]:
    status, answer = await door.call("GET", f"/requests/{number}/sheet", role=role)
    assert status == 200, answer
    return dict(answer)


def names(acts: list[dict[str, Any]]) -> list[str]:
    return [act["action"] for act in acts]


async def test_a_request_is_shown_in_words_with_the_step_at_hand(door: Live) -> None:
    shown = await sheet(door)
    assert (shown["title"], shown["state"]) == ("The Imaginary Almanac", "On the pull list")
    assert shown["waits"] == "Reserved for the partner. Waits for you to fetch it."
    assert (shown["next"]["action"], shown["next"]["name"]) == ("arrive-and-ship", "It is here: ship it")
    assert "Loaned" in shown["next"]["tells"]
    [item] = shown["items"]
    assert (item["barcode"], item["branch"], item["place"]) == (ALMANAC.item_barcode, "Main Library", "Reserved")
    headings = {group["heading"]: names(group["acts"]) for group in shown["more"]}
    assert headings["Say no, or give up"] == ["retry", "unfilled", "cannot-find"]
    assert "undo" not in [name for acts in headings.values() for name in acts]
    assert "pull-slip" in shown["papers"]


@pytest.mark.parametrize("page", ["/requests/r1/sheet", "/requests/r1"])
async def test_a_page_of_a_request_reads_the_partners_once(
    door: Live, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    """Reading all of them holds the loop for some milliseconds where there are many."""
    reads = 0
    partners = door.store.partners

    async def counted() -> tuple[Partner, ...]:
        nonlocal reads
        reads += 1
        return await partners()

    monkeypatch.setattr(door.store, "partners", counted)
    status, _ = await door.call("GET", page, role="technician")
    assert (status, reads) == (200, 1)


async def test_the_rule_of_copyright_under_which_a_partner_asks_for_a_copy_is_shown(door: Live) -> None:
    copy = a_request("r2", service=ServiceType.COPY, copyright="US-CCL")
    await door.store.commit(Change(request=copy, created=True, history_of="r2"))
    assert (await sheet(door, "r2"))["copyright"] == "US-CCL"


async def test_who_may_do_nothing_is_offered_nothing(door: Live) -> None:
    shown = await sheet(door, role="viewer")
    assert (shown["next"], shown["more"]) == (None, [])


async def test_flags_and_notes_are_seen_and_stand_apart(door: Live) -> None:
    await door.call("POST", "/requests/r1/actions/note", body={"inside": "The jacket is torn."})
    await door.call("POST", "/requests/r1/actions/message", body={"note": "It comes on Monday."})
    note = PartnerActed(
        at=door.time.now(), by="hub", action=PartnerAction.NOTIFICATION, note="<script>alert(1)</script>"
    )
    entry = HistoryEntry(at=note.at, by="hub", kind=HistoryKind.DECISION, words="The partner says: notification.")
    opened = (OpenTask(kind=TaskKind.READ_NOTE, words="The partner writes"),)
    await door.store.commit(Change(history_of="r1", event=note, history=(entry,), open_tasks=opened))
    await door.call("POST", "/requests/r1/actions/flag", body={})
    shown = await sheet(door)
    said = {(each["side"], each["words"]): each["unread"] for each in shown["notes"]}
    assert said == {
        ("inside", "The jacket is torn."): False,
        ("to the partner", "It comes on Monday."): False,
        ("from the partner", "<script>alert(1)</script>"): True,
    }
    assert {mark["words"] for mark in shown["marks"]} == {"Unread", "Needs attention"}
    assert "unflag" in [name for group in shown["more"] for name in names(group["acts"])]


async def test_words_for_the_partner_whose_act_was_undone_are_not_shown_as_told(door: Live) -> None:
    await door.call("POST", "/requests/r1/actions/message", body={"note": "We are closed on Monday."})
    answer = {"note": "It is torn.", "reason": "NotOnShelf", "undo_s": 60}
    assert (await door.call("POST", "/requests/r1/actions/unfilled", body=answer))[0] == 200
    told = ["It is torn.", "We are closed on Monday."]
    assert [each["words"] for each in (await sheet(door))["notes"]] == told
    await door.call("POST", "/requests/r1/actions/message", body={"note": "Which edition do you want?"})
    assert (await door.call("POST", "/requests/r1/actions/undo", body={}))[0] == 200
    left = ["Which edition do you want?", "We are closed on Monday."]
    assert [each["words"] for each in (await sheet(door))["notes"]] == left


async def test_the_words_of_an_offer_are_words_with_the_partner(door: Live) -> None:
    await door.store.commit(Change(request=a_request("r7", State.DECIDING), created=True, history_of="r7"))
    offer = {"answer": {"condition": "LibraryUseOnly", "note": "In your reading room, please."}}
    assert (await door.call("POST", "/requests/r7/actions/offer", body=offer))[0] == 200
    assert [each["words"] for each in (await sheet(door, "r7"))["notes"]] == ["In your reading room, please."]


async def test_a_recall_is_late_once_its_day_has_passed_and_not_before(door: Live) -> None:
    for number, days in (("r7", 30), ("r8", -1)):
        due_at = door.time.now() + timedelta(days=days)
        recalled = a_request(number, State.RECALLED, due_at=due_at)
        await door.store.commit(Change(request=recalled, created=True, history_of=number))
    assert [mark["words"] for mark in (await sheet(door, "r7"))["marks"]] == []
    assert [mark["words"] for mark in (await sheet(door, "r8"))["marks"]] == ["Late"]


def happened(number: int) -> Change:
    """A hold that was answered: two messages of SIP2, and what came of them."""
    at = START + timedelta(seconds=number)
    event = Performed(at=at, act=Act.HOLD, item_barcode=ALMANAC.item_barcode, outcome=Outcome.DONE)
    talk = tuple(
        HistoryEntry(at=at, by="gateway", kind=HistoryKind.SIP2, words=f"SIP2 {code}: ok.", detail={"sent": f"{code}…"})
        for code in ("15", "63")
    )
    head = HistoryEntry(
        at=at,
        by="gateway",
        kind=HistoryKind.DECISION,
        words=f"Hold {number}.",
        state="reserving",
        detail={"why": "look"},
    )
    return Change(history_of="r1", event=event, history=(*talk, head))


async def test_a_story_folds_the_messages_into_what_happened(door: Live) -> None:
    await door.store.commit(happened(1))
    [entry, *_] = (await sheet(door))["story"]["entries"]
    assert (entry["words"], entry["whose"], entry["state"]) == ("Hold 1.", "circulation system", "Being reserved")
    assert [each["words"] for each in entry["exchanges"]] == ["SIP2 15: ok.", "SIP2 63: ok."]
    line = entry["exchanges"][0]["line"]
    status, raw = await door.call("GET", f"/requests/r1/story/{line}", role="viewer")
    assert (status, raw["texts"]) == (200, {"sent": "15…"})
    assert (await door.call("GET", f"/requests/r1/story/{entry['line']}"))[0] == 404, "that is no message"


async def test_a_story_and_what_comes_next_name_lenders_and_not_their_ids(door: Live) -> None:
    lender = LenderLine(partner="valley", peer="hub", agency="ISIL:XX-EVL", score=49, reason="near")
    made = RotaMade(at=START, lenders=(lender,), words="Not valley: closed.", filled=("author",), described_by="valley")
    sent = HistoryEntry(
        at=START, by="gateway", kind=HistoryKind.MESSAGE_OUT, words="Sent New to valley.", detail={"document": "…"}
    )
    head = HistoryEntry(at=START, by="gateway", kind=HistoryKind.DECISION, words=narrate(made, UTC))
    work = SendRequest(kind=RequestType.NEW, attempt=1, lender=lender)
    waits = NewEffect(effect=work, lane="peer:hub", due_at=START)
    await door.store.commit(Change(history_of="r1", event=made, history=(sent, head), effects=(waits,)))
    shown = await sheet(door)
    [entry, *_] = shown["story"]["entries"]
    before, behind = (
        "Completed from the catalogue of Example Valley Library: author. Lenders to ask: Example Valley Library",
        ". Not Example Valley Library: closed.",
    )
    assert entry["words"] == f"{before}{behind}"
    assert entry["in_full"] == f"{before} (49: near){behind}"
    [exchange] = entry["exchanges"]
    assert exchange["words"] == "Sent New to Example Valley Library."
    assert (await door.call("GET", "/requests/r1/story"))[1]["entries"][0] == entry
    raw = (await door.call("GET", f"/requests/r1/story/{exchange['line']}"))[1]
    assert raw["words"] == exchange["words"]
    assert [each["words"] for each in shown["upcoming"]] == ["Send Example Valley Library the request"]


async def test_a_story_says_in_words_who_asked_and_what_a_clock_was_for(door: Live) -> None:
    """By name and not by symbol or id; and not “New”, nor the name of a clock."""
    for event in (
        RequestArrived(
            at=START,
            by="hub",
            request="r1",
            peer="hub",
            requesting_agency="ISIL:XX-EVL",
            supplying_agency="ISIL:XX-ECL",
            partner_request_id="77",
            service=ServiceType.LOAN,
            wanted=Wanted(title="The Imaginary Almanac"),
        ),
        Sent(at=START, by="gateway", what=RequestType.NEW, attempt=1),
        TimerFired(at=START, by="gateway", clock=Clock.DEADLINE),
    ):
        head = HistoryEntry(at=START, by=event.by, kind=HistoryKind.DECISION, words=narrate(event, UTC))
        await door.store.commit(Change(history_of="r1", event=event, history=(head,)))
    entries = (await sheet(door))["story"]["entries"]
    assert [(entry["by"], entry["words"]) for entry in entries[:3]] == [
        ("gateway", "The time was up. If unanswered: a task, the deadline has passed."),
        ("gateway", "The lender has our request."),
        (
            "Example Valley Library",
            "Example Valley Library asks for “The Imaginary Almanac” (Loan), its number 77.",
        ),
    ]


async def test_a_story_names_a_library_that_nobody_knows_by_its_symbol(door: Live) -> None:
    stranger = a_request(
        "r2", State.AWAITING_APPROVAL, peer=STRANGER, partner=None, requesting_agency="ISIL:XX-WHO", items=()
    )
    asked = RequestArrived(
        at=START, by=STRANGER, request="r2", peer=STRANGER, requesting_agency="ISIL:XX-WHO", supplying_agency="ISIL:XX-ECL",
        partner_request_id="S-1", service=ServiceType.LOAN, wanted=Wanted(title="The Imaginary Almanac"),
    )  # fmt: skip
    head = HistoryEntry(at=START, by=STRANGER, kind=HistoryKind.DECISION, words=narrate(asked, UTC))
    await door.store.commit(Change(request=stranger, created=True, history_of="r2", event=asked, history=(head,)))
    [entry] = (await sheet(door, "r2"))["story"]["entries"]
    assert (entry["by"], entry["words"]) == (
        "ISIL:XX-WHO",
        "ISIL:XX-WHO asks for “The Imaginary Almanac” (Loan), its number S-1.",
    )


async def test_a_partner_with_the_code_of_a_branch_goes_by_its_own_name(door: Live) -> None:
    await door.store.seed([], [Partner(id="Main", name="Main County Library", peer="hub")])
    lender = LenderLine(partner="Main", peer="hub", agency="ISIL:XX-EMC", score=49, reason="near")
    made = RotaMade(at=START, lenders=(lender,))
    head = HistoryEntry(at=START, by="gateway", kind=HistoryKind.DECISION, words=narrate(made, UTC))
    work = SendRequest(kind=RequestType.NEW, attempt=1, lender=lender)
    waits = NewEffect(effect=work, lane="peer:hub", due_at=START)
    await door.store.commit(Change(history_of="r1", event=made, history=(head,), effects=(waits,)))
    shown = await sheet(door)
    assert [each["words"] for each in shown["upcoming"]] == ["Send Main County Library the request"]
    assert shown["story"]["entries"][0]["words"] == "Lenders to ask: Main County Library."
    assert (await door.call("GET", "/requests/r1"))[1]["next"][0]["words"] == "Send Main County Library the request"
    assert shown["items"][0]["branch"] == "Main Library"


async def test_what_somebody_wrote_stands_in_the_story_as_it_was_written(door: Live) -> None:
    """A partner may have an id that is a word as well."""
    await door.store.seed([], [Partner(id="Note", name="Library Note", peer="hub")])
    await with_task(door, "r2", State.LOANED, TaskKind.READ_NOTE)
    [task] = (await sheet(door, "r2"))["tasks"]
    await door.call("POST", f"/tasks/{task['id']}/done", body={"note": "Done. Note: call them."})
    [entry, *_] = (await sheet(door, "r2"))["story"]["entries"]
    assert entry["words"].endswith(" is done. Done. Note: call them.")


async def test_a_long_story_is_read_in_parts_without_a_gap(door: Live) -> None:
    for number in range(1, 301):
        await door.store.commit(happened(number))
    found: list[str] = []
    following: int | None = None
    while True:
        query = f"?before={following}" if following else ""
        part = (await door.call("GET", f"/requests/r1/story{query}"))[1]
        assert all(len(entry["exchanges"]) == 2 for entry in part["entries"] if entry["words"].startswith("Hold"))
        found += [entry["words"] for entry in part["entries"]]
        following = part["next"]
        if following is None:
            break
    assert [words for words in found if words.startswith("Hold")] == [f"Hold {number}." for number in range(300, 0, -1)]


async def test_what_people_did_is_found_among_much_else(door: Live) -> None:
    await door.call("POST", "/requests/r1/actions/note", role="manager", body={"inside": "Look twice."})
    for number in range(1, 120):
        await door.store.commit(happened(number))
    part = (await door.call("GET", "/requests/r1/story?people=true"))[1]
    [entry] = [entry for entry in part["entries"] if entry["by"] == "a-manager"]
    assert (entry["words"], entry["quote"]) == ("Wrote an inside note", "Look twice.")
    assert {entry["whose"] for entry in part["entries"]} == {"people"}


@pytest.mark.parametrize(
    ("action", "reason", "kind", "words"),
    [
        (StaffAction.ANSWER_UNFILLED, "NotHeld", HistoryKind.DECISION, "Said that it can't be had: not held"),
        (StaffAction.FORCE, "Ada Inventa saw it", HistoryKind.DECISION, "Said where it stands: Ada Inventa saw it"),
        (StaffAction.CHECK_IN, None, HistoryKind.DECISION, "It is back"),
        (StaffAction.SHIP, None, HistoryKind.IGNORED, "Ship it"),
        (StaffAction.ANSWER_SUPPLY, None, HistoryKind.DECISION, "Chose to supply it"),
        (StaffAction.ARRIVE_AND_SHIP, None, HistoryKind.DECISION, "Had it at the desk, and had it shipped"),
        (StaffAction.RECALL, None, HistoryKind.DECISION, "Had it recalled"),
        (StaffAction.UNDO, None, HistoryKind.DECISION, "Had the last step undone"),
        (StaffAction.GO_ON, None, HistoryKind.DECISION, "Had it sent out all the same"),
        (StaffAction.SEND_BACK, None, HistoryKind.DECISION, "Had it sent back"),
        (StaffAction.SEND_OTHER_BACK, None, HistoryKind.DECISION, "Had the second one sent back"),
    ],
)
async def test_a_story_says_what_somebody_did(
    door: Live, action: StaffAction, reason: str | None, kind: HistoryKind, words: str
) -> None:
    event = StaffActed(at=START, by="ann", action=action, reason=reason)
    head = HistoryEntry(at=START, by="ann", kind=kind, words=narrate(event, UTC))
    await door.store.commit(Change(history_of="r1", event=event, history=(head,)))
    assert (await sheet(door))["story"]["entries"][0]["words"] == words


# ── tasks ────────────────────────────────────────────────────────────────────────────────────────


async def test_a_story_claims_no_shipment_where_the_circulation_system_refuses_the_checkout(door: Live) -> None:
    at_desk = Item(copy=ALMANAC, place=ItemPlace.AT_DESK)
    made = a_request("r2", State.ARRIVED, items=(at_desk,))
    await door.store.commit(Change(request=made, created=True, history_of="r2"))
    assert (await door.call("POST", "/requests/r2/actions/ship", body={}))[0] == 200
    refused = Performed(
        at=START, act=Act.CHECKOUT, item_barcode=ALMANAC.item_barcode, outcome=Outcome.REFUSED, words="Card expired."
    )
    await real_intake(door).submit("r2", refused)
    [came_of_it, asked] = (await sheet(door, "r2"))["story"]["entries"]
    assert asked["words"] == "Had it shipped"
    assert came_of_it["words"].endswith("refused. Card expired.")


async def with_task(door: Live, number: str, state: State, kind: TaskKind, **fields: Any) -> Request:
    made = a_request(number, state, **fields)
    opened = (OpenTask(kind=kind, words=f"About {number}."),)
    await door.store.commit(Change(request=made, created=True, history_of=number, open_tasks=opened))
    return made


async def test_a_task_has_the_buttons_that_settle_it(door: Live) -> None:
    await with_task(door, "r2", State.CHECKED_OUT, TaskKind.DUE_DATE, due_at=START + timedelta(days=30))
    page = (await door.call("GET", "/tasks/settling?kind=check+due+date", role="technician"))[1]
    [task] = page["tasks"]
    assert (task["title"], task["state"], task["can_close"]) == (
        "The Imaginary Almanac",
        "Checked out, not told",
        False,
    )
    assert names(task["settles"])[:2] == ["done-by-hand", "told-by-hand"]
    fields = {field["name"]: field["value"] for field in task["settles"][0]["fields"]}
    assert fields["task"] == str(task["id"])
    assert fields["due_at"] == "2026-11-27"


async def test_tasks_are_mine_nobodys_or_others(door: Live) -> None:
    await with_task(door, "r2", State.LOANED, TaskKind.READ_NOTE)
    page = (await door.call("GET", "/tasks/settling", role="technician"))[1]
    assert (page["mine"], page["nobodys"], page["others"]) == (0, 1, 0)
    await door.call("POST", f"/tasks/{page['tasks'][0]['id']}/claim", role="manager", body={})
    page = (await door.call("GET", "/tasks/settling?whose=others", role="technician"))[1]
    assert (page["mine"], page["nobodys"], page["others"], len(page["tasks"])) == (0, 0, 1, 1)
    assert (await door.call("GET", "/tasks/settling?whose=mine", role="technician"))[1]["tasks"] == []


async def test_several_tasks_are_settled_with_a_line_each(door: Live) -> None:
    await with_task(door, "r2", State.LOANED, TaskKind.READ_NOTE)
    await with_task(door, "r3", State.CHECKED_OUT, TaskKind.DUE_DATE)
    tasks = {task["request"]: task["id"] for task in (await door.call("GET", "/tasks"))[1]["tasks"]}
    body = {"tasks": [tasks["r2"], tasks["r3"], 999]}
    status, answer = await door.call("POST", "/tasks/settle", role="technician", body=body)
    assert (status, [line["done"] for line in answer["lines"]]) == (200, [True, False, False])
    assert answer["lines"][1]["words"].startswith("The partner still waits for this")


async def test_an_act_that_asks_for_nothing_settles_several(door: Live) -> None:
    for number in ("r2", "r3"):
        await with_task(door, number, State.WILL_SUPPLY, TaskKind.CANNOT_FIND)
    tasks = [task["id"] for task in (await door.call("GET", "/tasks"))[1]["tasks"] if task["request"] != "r1"]
    unread = {"tasks": [{"task": number, "told": 2} for number in tasks], "action": "arrive-and-ship"}
    answer = (await door.call("POST", "/tasks/settle", role="technician", body=unread))[1]
    assert ["told once by now" in line["words"] for line in answer["lines"]] == [True, True]
    body = {"tasks": tasks, "action": "arrive-and-ship"}
    answer = (await door.call("POST", "/tasks/settle", role="technician", body=body))[1]
    assert answer["lines"][0]["done"]
    assert "Another request" in answer["lines"][1]["words"] or answer["lines"][1]["done"]
    grave = {"tasks": tasks, "action": "cannot-find"}
    answer = (await door.call("POST", "/tasks/settle", role="technician", body=grave))[1]
    assert not any(line["done"] for line in answer["lines"]), "what gives up is asked about, one by one"


@pytest.mark.parametrize(("place", "shown"), [(ItemPlace.OUT, "Lost"), (ItemPlace.BACK, "Back")])
async def test_an_item_that_is_given_up_for_lost_is_nowhere_else(door: Live, place: ItemPlace, shown: str) -> None:
    item = Item(copy=ALMANAC, place=place)
    await door.store.commit(Change(request=a_request("r2", State.LOST, items=(item,)), created=True, history_of="r2"))
    assert [each["place"] for each in (await sheet(door, "r2"))["items"]] == [shown]
