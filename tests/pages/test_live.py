"""News for pages that are open: who hears what, and when a stream ends."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import timedelta
from itertools import count

import aiohttp
import msgspec
import pytest
from msgspec import structs

from gateway.desk import accounts, sessions
from gateway.desk.access import Caller
from gateway.desk.errors import StoreUnavailable
from gateway.desk.news import news_since
from gateway.desk.ports import Desk
from gateway.desk.structs.accounts import PasswordBody, RoleBody
from gateway.desk.structs.lists import ListName
from gateway.desk.structs.news import HouseStanding, Mark, News
from gateway.listener import Listener
from gateway.pages import live
from gateway.pages.live import encoded
from gateway.pages.settings import SiteSettings
from gateway.pages.site import make_site
from gateway.room import ListenerLimits
from gateway.workflow.staff import StaffRole
from tests.pages.conftest import Browser, SignIn, Site
from tests.store.values import NOW, creation
from tests.web.known import ACS_STATUS, a_request, keep
from tests.web.live import Live

PATIENCE_S = 10


async def events(answer: aiohttp.ClientResponse, most: int = 1) -> list[News]:
    """Read so many news of requests off a stream, or until it ends, and hang up."""
    found: list[News] = []
    async with asyncio.timeout(PATIENCE_S), answer:
        while len(found) < most and (line := await answer.content.readline()):
            if line == b"event: news\n":
                line = await answer.content.readline()
                news = msgspec.json.decode(line.removeprefix(b"data: "), type=News)
                found += [news] if news.requests else []
    return found


async def listening(browser: Browser, *requests: str) -> aiohttp.ClientResponse:
    answer = await browser.http.get(browser.url + "/events", params=[("open", request) for request in requests])
    assert answer.content_type == "text/event-stream"
    assert (await answer.content.readline()) == b": alive\n"
    return answer


async def test_a_change_is_told_to_everybody_who_listens(site: Site, sign_in: SignIn):
    answers = [await listening(await sign_in()) for _ in range(3)]
    await site.live.store.commit(creation(updated_at=site.live.time.now()))
    for answer in answers:
        (news,) = await events(answer)
        assert news.requests == ("HILL-1",)
        assert set(news.lists) >= {"pull", "to-ship"}


async def test_a_stream_ends_when_its_session_does(sign_in: SignIn):
    browser = await sign_in()
    answer = await listening(browser)
    await browser.get("/")
    await browser.post("/sign-out")
    assert await events(answer) == []


async def test_a_stream_ends_though_one_look_at_the_sessions_failed(
    site: Site, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(live, "SESSIONS_EVERY_S", 0.05)
    ask, asked = sessions.open_sessions, asyncio.Event()

    async def once_unreadable(desk: Desk) -> frozenset[str]:
        if asked.is_set():
            return await ask(desk)
        asked.set()
        raise ValueError("a session of a newer gateway")

    monkeypatch.setattr(live, "open_sessions", once_unreadable)
    browser = await sign_in()
    answer = await listening(browser)
    async with asyncio.timeout(PATIENCE_S):
        await asked.wait()
    await browser.get("/")
    await browser.post("/sign-out")
    assert await events(answer) == []


async def test_a_stream_ends_when_the_gateway_stops(site: Site, sign_in: SignIn):
    answer = await listening(await sign_in())
    async with asyncio.timeout(PATIENCE_S):
        await site.stop()
    assert await events(answer) == []


End = Callable[[Live, str], Awaitable[object]]
"""A way in which the sessions of a technician end; with the id of the one that listens."""
THEIR_NAME = f"a-person-{StaffRole.TECHNICIAN}"
BOSS = Caller("boss", StaffRole.ADMIN)
ENDS: dict[str, End] = {
    "one session ended": lambda live, session: sessions.revoke_session(live.desk, BOSS, session),
    "all sessions ended": lambda live, _: accounts.end_sessions(live.desk, BOSS, THEIR_NAME),
    "switched off": lambda live, _: accounts.disable_account(live.desk, BOSS, THEIR_NAME),
    "another password": lambda live, _: accounts.set_password(
        live.desk, BOSS, THEIR_NAME, PasswordBody(password="a longer one of theirs", must_change=False)
    ),
    "at another gateway": lambda live, session: live.store.revoke_session(session, at=live.time.now()),
    "nothing done for hours": lambda live, _: live.time.advance(9 * 3600),
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
async def test_a_stream_ends_with_its_session_although_there_is_news_all_the_time(
    site: Site, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, end: End
):
    monkeypatch.setattr(live, "SESSIONS_EVERY_S", 0.05)
    monkeypatch.setattr(live, "GATHERED_S", 0.05)
    answer, store = await listening(await sign_in()), site.live.store
    [session] = await store.sessions(account=THEIR_NAME, at=site.live.time.now())

    flows = asyncio.Event()

    async def make_news() -> None:
        for number in count(1):
            await store.commit(creation(number, updated_at=site.live.time.now()))
            await asyncio.sleep(0.01)
            if number > 10:
                flows.set()

    flowing = asyncio.create_task(make_news())
    try:
        await asyncio.wait_for(flows.wait(), PATIENCE_S)
        await end(site.live, session.id)
        assert await events(answer, most=sys.maxsize), "it was told of the news until then"
    finally:
        flowing.cancel()


async def test_a_stream_goes_on_while_the_store_is_away_and_with_a_new_role(
    site: Site, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(live, "SESSIONS_EVERY_S", 0.01)
    away, back = asyncio.Event(), asyncio.Event()

    async def looked(desk: Desk) -> frozenset[str]:
        if not away.is_set():
            away.set()
            raise StoreUnavailable("gone")
        found = await sessions.open_sessions(desk)
        back.set()
        return found

    answer = await listening(await sign_in())
    await accounts.change_role(site.live.desk, BOSS, THEIR_NAME, RoleBody(role=StaffRole.VIEWER))
    monkeypatch.setattr(live, "open_sessions", looked)
    await asyncio.wait_for(back.wait(), PATIENCE_S)
    await site.live.store.commit(creation(updated_at=site.live.time.now()))
    assert len(await events(answer)) == 1


async def test_a_stream_is_no_idle_connection_to_the_listener(site: Site, sign_in: SignIn):
    """A connection that says nothing is cut; the stream that was open before it still hears of changes."""
    settings = SiteSettings(public_origin="http://desk.example.org", hosts=frozenset({"127.0.0.1"}))
    listener = Listener(make_site(site.live.desk, settings), ListenerLimits(idle_s=0.2))
    port = await listener.start("127.0.0.1", 0)
    try:
        browser = await sign_in()
        answer = await listening(Browser(f"http://127.0.0.1:{port}", browser.http))
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        async with asyncio.timeout(PATIENCE_S):
            await reader.read()
        writer.close()
        await site.live.store.commit(creation(updated_at=site.live.time.now()))
        (news,) = await events(answer)
        assert news.requests == ("HILL-1",)
    finally:
        await listener.stop()


async def test_a_page_hears_what_has_changed_since_it_was_made(site: Site, sign_in: SignIn):
    browser = await sign_in()
    _, html = await browser.get("/")
    made_at = html.split('<body data-at="')[1].split('"')[0]
    await site.live.store.commit(creation(updated_at=site.live.time.now()))
    _, text = await browser.get("/news", params={"since": made_at})
    news = msgspec.json.decode(text, type=News)
    assert news.requests == ("HILL-1",)
    await site.live.time.advance(60)
    _, text = await browser.get("/news", params={"since": site.live.time.now().isoformat()})
    assert msgspec.json.decode(text, type=News).requests == ()


async def test_pages_are_told_one_after_the_other_and_first_who_shows_what_has_changed(
    site: Site, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(live, "TOLD_APART_S", 3600.0)
    monkeypatch.setattr(live, "TOLD_WITHIN_S", 7200.0)
    somewhere, there = await listening(await sign_in()), await listening(await sign_in(), "HILL-1")
    await site.live.store.commit(creation(updated_at=site.live.time.now()))
    (news,) = await events(there)
    assert news.requests == ("HILL-1",)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await events(somewhere)


@pytest.mark.parametrize("trouble", [StoreUnavailable("gone"), RuntimeError("unreadable")], ids=["store", "other"])
async def test_news_that_could_not_be_read_are_told_with_the_next_change(
    site: Site, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, trouble: Exception
):
    answer = await listening(await sign_in())
    failed = asyncio.Event()

    async def fails_once(*arguments) -> tuple[News, Mark]:
        monkeypatch.setattr(live, "news_since", news_since)
        failed.set()
        raise trouble

    monkeypatch.setattr(live, "news_since", fails_once)
    await site.live.store.commit(creation(1, updated_at=site.live.time.now()))
    await asyncio.wait_for(failed.wait(), PATIENCE_S)
    await site.live.store.commit(creation(2, updated_at=site.live.time.now()))
    (news,) = await events(answer)
    assert set(news.requests) == {"HILL-1", "HILL-2"}


async def test_news_say_when_a_request_was_changed_as_its_page_does(site: Site, sign_in: SignIn):
    await keep(site.live.store, request := a_request())
    browser = await sign_in()
    _, told = await browser.get(
        f"/news?since={(request.updated_at - timedelta(seconds=1)).isoformat().replace('+', '%2B')}"
    )
    changed = msgspec.json.decode(told)["changed"]["r1"]
    assert f'data-live="r1" data-changed="{changed}"' in (await browser.get("/requests/r1"))[1]


async def test_news_ask_the_store_for_nothing_that_they_do_not_say(site: Site, monkeypatch: pytest.MonkeyPatch):
    async def asked(*_: object) -> None:
        pytest.fail("for nothing")

    for name in ("backoffs", "partners"):
        monkeypatch.setattr(site.live.store, name, asked)
    news, _ = await news_since(site.live.desk, Mark(at=site.live.time.now()))
    assert set(news.lists) == set(ListName)


def test_an_event_is_one_line_of_data():
    news = News(at=NOW, requests=("a\nb",), lists={}, tasks=0, standing=HouseStanding())
    assert encoded(news).count(b"\n") == 3


# how it stands


async def standing(answer: aiohttp.ClientResponse) -> list[str]:
    """Read what the next event says of how it stands: the heads of the banners."""
    async with asyncio.timeout(PATIENCE_S):
        while (line := await answer.content.readline()) != b"event: standing\n":
            assert line, "the stream has ended"
        line = await answer.content.readline()
    told = msgspec.json.decode(line.removeprefix(b"data: "), type=HouseStanding)
    return [banner.head for banner in told.banners]


async def test_open_pages_hear_that_something_is_wrong_and_that_all_is_well(
    site: Site, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(live, "STANDING_EVERY_S", 0.01)
    monkeypatch.setattr("tests.web.live.ACS_STATUS", structs.replace(ACS_STATUS, trouble=None))
    waits, read_only = "Work at the circulation system waits:", "The database can only be read for now."
    with closing(await listening(await sign_in())) as answer, closing(await listening(await sign_in())) as other:
        assert [await standing(each) for each in (answer, other)] == [[], []]
        with monkeypatch.context() as away:
            away.setattr("tests.web.live.ACS_STATUS", ACS_STATUS)
            assert [await standing(each) for each in (answer, other)] == [[waits], [waits]]
            away.setattr(type(site.live.desk.store), "reads_only", True)
            assert await standing(answer) == [read_only, waits]
        assert await standing(answer) == []


async def test_a_page_and_whoever_catches_up_say_how_it_stands(sign_in: SignIn, browser: Browser):
    somebody = await sign_in()
    words = f"{ACS_STATUS.trouble}. What you do here is kept, and is done there as soon as it can be."
    _, html = await somebody.get("/tasks")
    assert f"<b>Work at the circulation system waits:</b> {words}" in html
    assert "Circulation system waits" in html
    _, text = await somebody.get("/news", params={"since": NOW.isoformat()})
    assert [each.words for each in msgspec.json.decode(text, type=News).standing.banners] == [words]
    assert "irculation system" not in (await browser.get("/sign-in"))[1], "strangers are not told"


# who has what open


async def who_has(answer: aiohttp.ClientResponse, request: str = "L-1") -> str:
    """Read the next words about who has a request open."""
    async with asyncio.timeout(PATIENCE_S):
        while (line := await answer.content.readline()) != b"event: people\n":
            assert line, "the stream has ended"
        line = await answer.content.readline()
    told = msgspec.json.decode(line.removeprefix(b"data: "), type=dict[str, str])
    return told[request]


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "PEOPLE_GATHERED_S", 0.0)


@pytest.mark.usefixtures("at_once")
async def test_whoever_opens_a_request_hears_who_else_has_it_and_is_told_to_them(sign_in: SignIn):
    with closing(await listening(await sign_in(StaffRole.TECHNICIAN), "L-1", "L-2")) as first:
        assert await who_has(first) == ""
        with closing(await listening(await sign_in(StaffRole.MANAGER), "L-1")) as second:
            assert await who_has(second) == "a-person-technician has this open"
            assert await who_has(first) == "a-person-manager has this open"
        assert await who_has(first) == ""


@pytest.mark.usefixtures("at_once")
async def test_a_page_says_who_has_its_request_open_before_any_script_runs(site: Site, sign_in: SignIn):
    await site.live.store.commit(creation(updated_at=site.live.time.now()))
    mine, other = await sign_in(StaffRole.TECHNICIAN), await sign_in(StaffRole.MANAGER)
    with closing(await listening(other, "HILL-1")) as stream:
        assert await who_has(stream, "HILL-1") == ""
        _, html = await mine.get("/requests/HILL-1")
        assert "a-person-manager has this open" in html
        _, html = await other.get("/requests/HILL-1")
        assert "has this open" not in html


@pytest.mark.usefixtures("at_once")
async def test_whoever_signs_out_has_nothing_open_any_more(sign_in: SignIn):
    leaving = await sign_in(StaffRole.MANAGER)
    await leaving.get("/")
    with closing(await listening(await sign_in(StaffRole.TECHNICIAN), "L-1")) as stays:
        assert await who_has(stays) == ""
        with closing(await listening(leaving, "L-1")):
            assert await who_has(stays) == "a-person-manager has this open"
            await leaving.post("/sign-out")
            assert await who_has(stays) == ""


@pytest.mark.parametrize("number", ["<script>", "L-1 ", "x" * 33, "L\0"])
async def test_what_is_no_number_of_a_request_is_open_to_nobody(sign_in: SignIn, number: str):
    browser = await sign_in()
    async with browser.http.get(browser.url + "/events", params={"open": number}) as answer:
        assert answer.status == 422
