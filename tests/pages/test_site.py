"""What stands before every page: who is asked to sign in, which forms are taken, and what a browser is told."""

import asyncio
import io
import re

import aiohttp
import pytest

from gateway.listener import Listener
from gateway.pages import site as pages
from gateway.pages.settings import SiteSettings
from gateway.pages.site import PAGES, make_site
from gateway.pages.words import moment_words
from gateway.right_of_way import RightOfWay
from gateway.room import ListenerLimits
from gateway.store.port import StoreUnavailable
from gateway.workflow.records import State
from gateway.workflow.staff import StaffRole
from tests.fuzz.timing import bounded
from tests.pages.conftest import Browser, SignIn, Site
from tests.web.known import a_request, keep


async def test_whoever_is_not_signed_in_is_led_to_the_form_and_on_from_there(browser: Browser):
    async with browser.http.get(browser.url + "/?day=1", allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, "/sign-in?to=%2F%3Fday%3D1")


_PLACE = re.compile(r"\{(\w+)(?::((?:[^{}]|\{[^{}]*\})*))?\}")


def fitting(place: re.Match[str]) -> str:
    """What can stand in a place of an address: its name, or a number if it takes digits alone."""
    name, pattern = place.groups()
    return name if pattern is None or re.fullmatch(pattern, name) else "1"


async def test_no_page_shows_anything_to_strangers(browser: Browser):
    for page in filter(lambda page: page.right, PAGES):
        path = _PLACE.sub(fitting, page.path)
        async with browser.http.request(page.method, browser.url + path, allow_redirects=False) as answer:
            led_to = answer.headers.get("Location", "").partition("?")[0]
            assert (answer.status, led_to) == (303, "/sign-in"), f"{page.method} {page.path}"


async def test_a_store_that_is_away_is_said_with_since_when_and_that_nothing_is_lost(
    site: Site, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
):
    async def unreachable(_digest: str) -> None:
        raise StoreUnavailable("disk full at /some/path")

    browser = await sign_in()
    for minute in range(2):
        with monkeypatch.context() as patch:
            patch.setattr(site.live.store, "session_by_hash", unreachable)
            began = words_of(site)
            for _ in range(2):
                status, html = await browser.get("/tasks")
                assert (status, f"It has given no answer since {began}." in html) == (503, True), minute
                assert "What was entered before is safe." in html
                assert "/some/path" not in html
                site.live.time.set_by(60)
        assert (await browser.get("/tasks"))[0] == 200


def words_of(site: Site) -> str:
    """Now, as a page says it."""
    now = site.live.desk.now()
    return moment_words(now, now, site.live.desk.zone)


async def test_a_form_of_another_site_changes_nothing(sign_in: SignIn):
    browser = await sign_in()
    status, html = await browser.post("/sign-out", headers={"Origin": "https://elsewhere.example"})
    assert status == 403
    assert "did not come from a page of this desk" in html
    assert (await browser.get("/"))[1].count("<h1>") == 1


async def test_a_form_without_its_token_changes_nothing(sign_in: SignIn):
    browser = await sign_in()
    status, html = await browser.post("/sign-out", fields={"form_token": "0" * 64})
    assert status == 403
    assert "earlier sign-in" in html


FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize("signed_in", [False, True])
@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        (FORM, b"a=" + b"%41" * 690_000, 413),
        (FORM, b"a=&" * 690_000, 413),
        (FORM, b"&" * 6_000, 413),
        (f"{FORM}; charset=utf-7", b"name=a", 415),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="name"\r\n\r\na\r\n' * 9,
            415,
        ),
    ],
    ids=["escapes", "fields", "ampersands", "another charset", "parts"],
)
async def test_a_form_that_no_page_sends_is_refused_before_it_is_taken_apart(
    browser: Browser, sign_in: SignIn, content_type: str, body: bytes, status: int, *, signed_in: bool
):
    who = await sign_in() if signed_in else browser
    with bounded(0.25):
        async with who.http.post(
            who.url + "/sign-in", data=io.BytesIO(body), headers={"Content-Type": content_type}
        ) as answer:
            assert answer.status == status
            assert "Nothing was changed" in await answer.text()


async def test_a_file_of_somebody_whose_session_has_ended_is_not_read(browser: Browser):
    data = aiohttp.FormData({"file": io.BytesIO(b"x" * 300_000)})
    async with browser.http.post(browser.url + "/orders/list", data=data, allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, "/sign-in?to=%2Forders%2Flist")


async def test_an_address_that_cannot_be_read_names_the_field_at_fault(sign_in: SignIn):
    browser = await sign_in()
    status, html = await browser.get("/requests?q=almanac&role=lender")
    assert status == 422
    assert "<p>Something in the address is not as it must be.</p><p>role: There is none called “lender”;" in html


async def test_another_name_is_not_answered_for(browser: Browser):
    status, _ = await browser.get("/sign-in", headers={"Host": "elsewhere.example"})
    assert status == 421


# fmt: off
ANSWERS = (
    ("a page",                             "GET",    "/",                             200, "text/html"),
    ("a part of one",                      "GET",    "/scan/cart",                    200, "text/html"),
    ("a list as CSV",                      "GET",    "/lists/pull.csv",               200, "text/csv"),
    ("a paper",                            "GET",    "/requests/r1/papers/strap.pdf", 200, "application/pdf"),
    ("news",                               "GET",    "/news?since=2026-01-05T09:00:00Z", 200, "application/json"),
    ("a stream",                           "GET",    "/events",                       200, "text/event-stream"),
    ("a style sheet",                      "GET",    "/static/0/desk.css",            200, "text/css"),
    ("a file that is not there",           "GET",    "/static/0/no.css",              404, "text/plain"),
    ("a way on",                           "GET",    "/scan/new",                     303, "application/octet-stream"),
    ("a page that is not there",           "GET",    "/nowhere",                      404, "text/html"),
    ("a request that is not there",        "GET",    "/requests/r2",                  404, "text/html"),
    ("an address that can't be read",      "GET",    "/events?open=%3C",              422, "text/html"),
    ("what can't be done there",           "DELETE", "/",                             405, "text/html"),
    ("a form without its token",           "POST",   "/scan",                         403, "text/html"),
    ("what is not for whoever asks",       "GET",    "/settings/accounts",            403, "text/html"),
)
# fmt: on


def forbids_what_it_must(answer: aiohttp.ClientResponse) -> bool:
    """Say whether an answer has the headers that every answer is to have."""
    policy = dict(each.strip().split(" ", 1) for each in answer.headers["Content-Security-Policy"].split(";"))
    only_ours = {"default-src": "'self'", "frame-ancestors": "'none'", "base-uri": "'none'", "form-action": "'self'"}
    return (
        only_ours.items() <= policy.items()
        and not {"script-src", "style-src"} & policy.keys()  # nothing in a page itself is run
        and answer.headers["X-Content-Type-Options"] == "nosniff"
        and answer.headers["Referrer-Policy"] == "same-origin"
    )


@pytest.mark.process
async def test_every_answer_forbids_what_no_page_of_ours_needs(site: Site, sign_in: SignIn):
    await keep(site.live.store, a_request("r1", State.CHECKED_OUT))
    browser = await sign_in()
    for what, method, path, status, content_type in ANSWERS:
        async with browser.http.request(method, browser.url + path, allow_redirects=False) as answer:
            assert (answer.status, answer.content_type) == (status, content_type), what
            assert forbids_what_it_must(answer), what


async def test_what_strangers_are_answered_forbids_as_much(browser: Browser):
    for path, headers, status in (
        ("/", {}, 303),
        ("/sign-in", {}, 200),
        ("/events", {"Accept": "text/event-stream"}, 204),
        ("/sign-in", {"Host": "elsewhere.example"}, 421),
    ):
        async with browser.http.get(browser.url + path, headers=headers, allow_redirects=False) as answer:
            assert answer.status == status
            assert forbids_what_it_must(answer), path


@pytest.mark.parametrize(("trouble", "status"), [(StoreUnavailable("gone"), 503), (RuntimeError("ours"), 500)])
async def test_what_goes_wrong_forbids_as_much(
    site: Site, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, trouble: Exception, status: int
):
    async def fail(_digest: str) -> None:
        raise trouble

    browser = await sign_in()
    monkeypatch.setattr(site.live.store, "session_by_hash", fail)
    async with browser.http.get(browser.url + "/tasks") as answer:
        assert answer.status == status
        assert forbids_what_it_must(answer)


@pytest.mark.parametrize("aside_s", [0.0, 0.02, 60.0])
async def test_a_page_stands_aside_for_partners_messages_for_a_moment(
    site: Site, browser: Browser, aside_s: float, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(pages, "ASIDE_S", aside_s)
    way, settings = RightOfWay(), SiteSettings(public_origin="http://desk.example.org", hosts=frozenset({"127.0.0.1"}))
    listener = Listener(make_site(site.live.desk, settings, way), ListenerLimits())
    here = Browser(f"http://127.0.0.1:{await listener.start('127.0.0.1', 0)}", browser.http)
    try:
        with way:
            asked = asyncio.create_task(here.get("/sign-in"))
            if aside_s < 1:
                await asked
            for _ in range(3):
                assert (await here.get("/static/0/desk.css"))[0] in {200, 404}
            assert asked.done() == (aside_s < 1)
        assert (await asked)[0] == 200
    finally:
        await listener.stop()


async def test_a_page_that_is_not_there_is_said_so(sign_in: SignIn):
    status, html = await (await sign_in()).get("/nowhere")
    assert status == 404
    assert "There is no such page" in html


@pytest.mark.parametrize(
    ("address", "status", "help_"),
    [
        ("/requests/L-NONE", 404, "Look whether the number or the address is whole."),
        ("/settings/accounts", 403, "Somebody whose role allows it can do it for you."),
    ],
)
async def test_what_is_not_here_or_not_yours_says_what_to_do(sign_in: SignIn, address: str, status: int, help_: str):
    answered, html = await (await sign_in()).get(address)
    assert (answered, help_ in html) == (status, True)


async def test_what_has_nothing_of_that_is_not_looked_for_by_its_number(sign_in: SignIn):
    status, html = await (await sign_in()).get("/scan/papers?cart=an-empty-one")
    assert (status, "Nothing in this cart has a paper." in html, "Look whether" in html) == (404, True, False)


async def test_what_is_not_yours_is_not_led_to(sign_in: SignIn):
    _, html = await (await sign_in(StaffRole.VIEWER)).get("/")
    assert "/lists/pull" in html
    assert 'href="/scan"' not in html


async def test_pages_are_kept_by_no_cache_and_their_parts_for_good(sign_in: SignIn):
    browser = await sign_in()
    _, html = await browser.get("/")
    sheet = html.split('<link rel="stylesheet" href="')[1].split('"')[0]
    async with browser.http.get(browser.url + "/") as answer:
        assert answer.headers["Cache-Control"] == "no-store"
    async with browser.http.get(browser.url + sheet) as answer:
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.content_type == "text/css"


@pytest.mark.parametrize(("role", "action"), [(StaffRole.VIEWER, "/requests"), (StaffRole.TECHNICIAN, "/scan")])
async def test_the_box_on_every_page_leads_where_whoever_looks_may_go(sign_in: SignIn, role: StaffRole, action: str):
    browser = await sign_in(role)
    _, html = await browser.get("/")
    (form,) = re.findall(r'<form class="find" action="([^"]+)"', html)
    assert form == action
    assert (await browser.get("/requests?q=nothing"))[0] == 200
