"""After a restore, over the API: what is held, who lets it go on, and who counts meanwhile."""

from datetime import timedelta

from gateway.store.port import Change
from gateway.workflow.recovery import Agreement, Beside, Recovery
from tests.web.known import START, a_request
from tests.web.live import Live

HELD = Recovery(since=START, why="The store was restored.", copy_of=START - timedelta(hours=1))
FOUND = [
    Beside(request="r1", agreement=Agreement.DIFFERS, words="It is out.", act="Mark it done by hand."),
    Beside(request="r2", agreement=Agreement.AGREES),
    Beside(request="r3", agreement=Agreement.UNCLEAR, words="The lender has not answered.", act="Ask it."),
]


async def restore(live: Live) -> None:
    for number in ("r1", "r2", "r3"):
        await live.store.commit(Change(request=a_request(number), created=True, history_of=number))
    await live.store.recovery.begin(HELD)
    live.found = FOUND


async def test_without_a_restore_nothing_is_held_and_nothing_can_be_let_go(live: Live):
    status, answer = await live.call("GET", "/recovery", role="viewer")
    assert (status, answer["holds"]) == (200, False)
    for path in ("compare", "confirm-access", "go-on", "end", "requests/r1/go-on"):
        status, answer = await live.call("POST", f"/recovery/{path}", body={})
        assert (status, "No work is held" in answer["detail"]) == (409, True), path


async def test_tokens_rest_until_an_administrator_confirms_them(live: Live):
    await restore(live)
    assert (await live.call("GET", "/recovery", role="manager"))[0] == 401, (
        "the copy doesn't know whether it was revoked"
    )
    status, answer = await live.call("GET", "/recovery")
    assert (status, answer["holds"], answer["confirmed_at"]) == (200, True, None), "the configuration's token counts"
    assert (await live.call("POST", "/recovery/confirm-access"))[0] == 200
    status, answer = await live.call("GET", "/recovery", role="manager")
    assert (status, answer["confirmed_by"]) == (200, "first-admin")
    assert (await live.call("POST", "/recovery/confirm-access"))[0] == 409


async def test_what_was_found_is_listed_and_goes_on_one_by_one(live: Live):
    await restore(live)
    assert (await live.call("POST", "/recovery/go-on"))[0] == 409, "nothing was compared yet"
    status, answer = await live.call("POST", "/recovery/compare")
    assert (status, answer["counts"]) == (200, {"agree": 1, "differ": 1, "unclear": 1, "going_on": 0})
    status, answer = await live.call("GET", "/recovery/requests?agreement=differs")
    (line,) = answer["requests"]
    assert (line["request"], line["title"], line["words"], line["act"]) == (
        "r1",
        "The Imaginary Almanac",
        "It is out.",
        "Mark it done by hand.",
    )
    status, answer = await live.call("POST", "/recovery/go-on")
    assert answer["counts"] == {"agree": 0, "differ": 1, "unclear": 1, "going_on": 1}
    status, answer = await live.call("POST", "/recovery/requests/r1/go-on")
    assert answer["counts"] == {"agree": 0, "differ": 0, "unclear": 1, "going_on": 2}
    told = (await live.store.history("r1"))[-1]
    assert (told.by, told.words) == ("first-admin", "Its work goes on after the restore of 2026-10-28 03:00.")
    assert (await live.call("POST", "/recovery/requests/nobody/go-on"))[0] == 404


async def test_it_ends_when_access_is_confirmed_and_what_is_left_is_meant(live: Live):
    await restore(live)
    status, answer = await live.call("POST", "/recovery/end", body={"sure": True})
    assert (status, "confirm accounts" in answer["detail"]) == (409, True)
    await live.call("POST", "/recovery/confirm-access")
    status, answer = await live.call("POST", "/recovery/end", body={})
    assert (status, "Nothing was compared" in answer["detail"]) == (409, True)
    await live.call("POST", "/recovery/compare")
    status, answer = await live.call("POST", "/recovery/end", body={})
    assert (status, answer["detail"].startswith("2 requests differ")) == (409, True)
    status, answer = await live.call("POST", "/recovery/end", body={"sure": True})
    assert (status, answer["holds"]) == (200, False)
    assert await live.store.recovery.current() is None
