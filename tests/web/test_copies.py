"""Files of copies: handed in with the one act that they are for, fetched by partners, kept for so long and no longer."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import msgspec
import pytest
from aiohttp import ClientError, ClientResponse, web

from gateway.desk import copies
from gateway.desk.access import Caller
from gateway.desk.errors import UnusableError
from gateway.desk.kept_files import UPLOADING
from gateway.desk.ports import CopyRules
from gateway.desk.structs.common import Incoming
from gateway.desk.structs.copies import CopyQuery
from gateway.dispatch.copy_sweep import sweep
from gateway.iso18626.codes import ServiceType
from gateway.iso18626.limits import Rate
from gateway.listener import Listener
from gateway.room import ListenerLimits
from gateway.store.port import Change
from gateway.store.sqlite import SqliteStore
from gateway.web.copies import AT_ONCE_EACH, FETCHES, TOKEN_LENGTH, CopyDoor, CopyFetch
from gateway.workflow.borrowing_records import Borrowing, LenderLine
from gateway.workflow.effects import SendAction, Tell
from gateway.workflow.records import Role, State
from gateway.workflow.staff import StaffRole
from tests.web.known import a_request
from tests.web.live import COPY_BYTES, Live, live_api

SCAN = b"%PDF-1.7\n" + bytes(range(256)) * 2_000
"""In two pieces."""
LENDER = LenderLine(partner="valley", peer="hub", agency="ISIL:XX-EVL")


@pytest.fixture
async def door() -> AsyncIterator[Live]:
    """An API whose acts are written, with a copy to be made and one to be handed over."""
    async with live_api(writes=True) as live:
        ours = Borrowing(pickup_branch="East", asked=(LENDER,))
        borrowed = {"role": Role.BORROWING, "items": (), "borrowing": ours, "partner_request_id": "ours"}
        made = (
            a_request("r1", State.TO_COPY, service=ServiceType.COPY),
            a_request("r2", State.COPY_HERE, service=ServiceType.COPY, **borrowed),
        )
        for request in made:
            await live.store.commit(Change(request=request, created=True, history_of=request.id))
        yield live


@dataclass
class Outside:
    """What partners reach: the files alone, and what came of each call so far."""

    url: str
    results: list[str]


@pytest.fixture
async def outside(door: Live) -> AsyncIterator[Outside]:
    """It is served."""
    results: list[str] = []
    served = CopyDoor(door.desk, on_fetch=results.append)

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        return await served.answer(request)

    listener = Listener(answer, ListenerLimits())
    yield Outside(f"http://127.0.0.1:{await listener.start('127.0.0.1', 0)}", results)
    await listener.stop()


async def hand_in(door: Live, data: bytes = SCAN, request: str = "r1", **query: str) -> tuple[int, dict[str, object]]:
    headers = {"Authorization": f"Bearer {door.tokens['technician']}", "Content-Type": "application/octet-stream"}
    address = f"{door.url}/api/v1/requests/{request}/copy"
    async with door.http.post(address, params=query, data=data, headers=headers) as answer:
        return answer.status, await answer.json()


async def told(door: Live) -> list[Tell]:
    """What the partner is to be told."""
    return [row.effect for row in await door.store.pending("r1") if isinstance(row.effect, Tell)]


async def path_of(door: Live) -> str:
    """Where the partner fetches it, as the message to it says."""
    link = (await told(door))[-1].link
    assert link is not None
    return link.removeprefix("https://ill.example.org")


async def fetch(door: Live, address: str, method: str = "GET") -> tuple[ClientResponse, bytes]:
    async with door.http.request(method, address) as answer:
        return answer, await answer.read()


async def test_a_scan_that_is_handed_in_ends_the_request_and_the_partner_gets_a_link(
    door: Live, outside: Outside
) -> None:
    status, answer = await hand_in(door)
    assert (status, answer["state"]) == (200, "copy completed")
    assert [(tell.status, tell.delay_s) for tell in await told(door)] == [("CopyCompleted", 0.0)]
    path = await path_of(door)
    assert len(path) == len(copies.PATH) + TOKEN_LENGTH
    found, data = await fetch(door, outside.url + path)
    assert (found.status, data) == (200, SCAN)
    assert found.content_type == "application/pdf"
    headers = ("Content-Disposition", "X-Content-Type-Options", "X-Robots-Tag", "Content-Length")
    assert [found.headers[name] for name in headers] == [
        'attachment; filename="r1.pdf"',
        "nosniff",
        "noindex, nofollow, noarchive",
        str(len(SCAN)),
    ]
    assert "sandbox" in found.headers["Content-Security-Policy"]
    while not outside.results:
        await asyncio.sleep(0)
    kept = await door.store.copies.of_request("r1")
    assert [(file.fetched, file.pieces, file.size) for file in kept] == [(1, 2, len(SCAN))]
    assert path.removeprefix(copies.PATH) not in kept[0].id, "whoever reads the store can't fetch it"


async def test_nobody_finds_out_what_else_there_is(door: Live, outside: Outside) -> None:
    await hand_in(door)
    path = await path_of(door)
    wrong = (path[:-1] + ("x" if path[-1] != "x" else "y"), path + "/", "/copies/", "/copies/../iso18626", path + "x")
    answers = [await fetch(door, outside.url + each) for each in wrong]
    assert {found.status for found, _ in answers} == {404}
    assert len({data for _, data in answers}) == 1
    assert (await fetch(door, outside.url + path, "POST"))[0].status == 405
    head, data = await fetch(door, outside.url + path, "HEAD")
    assert (head.status, head.headers["Content-Length"], data) == (200, str(len(SCAN)), b"")


async def test_after_its_time_it_is_gone_and_then_deleted(door: Live, outside: Outside) -> None:
    await hand_in(door)
    path = await path_of(door)
    await door.time.advance(14 * 24 * 3600 - 1)
    assert (await fetch(door, outside.url + path))[0].status == 200
    assert await sweep(door.store, now=door.time.now()) == 0
    await door.time.advance(1)
    assert (await fetch(door, outside.url + path))[0].status == 404
    assert await sweep(door.store, now=door.time.now()) == 1
    assert await door.store.copies.of_request("r1") == ()
    assert await sweep(door.store, now=door.time.now()) == 0


async def test_what_a_killed_gateway_left_is_deleted_by_the_next_sweep(door: Live) -> None:
    """A file that never came whole, and one whose deletion broke off."""
    whole = (await hand_in(door), (await door.store.copies.of_request("r1"))[0])[1]
    broken = msgspec.structs.replace(whole, id="0" * 64, ends_at=door.time.now() + UPLOADING, is_complete=False)
    await door.store.copies.begin(broken)
    await door.store.copies.add_piece(broken.id, 0, b"%PDF-")
    assert await sweep(door.store, now=door.time.now()) == 0
    await door.time.advance(UPLOADING.total_seconds())
    assert await sweep(door.store, now=door.time.now()) == 1
    assert await door.store.copies.piece(broken.id, 0) is None
    assert isinstance(door.store, SqliteStore)
    await door.store._change(("DELETE FROM copy_pieces WHERE copy = $1 AND place = $2", (whole.id, 0)))
    await door.time.advance(14 * 24 * 3600)
    assert await sweep(door.store, now=door.time.now()) == 1
    assert await door.store.copies.piece(whole.id, 1) is None


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "file: it is none of PDF, TIFF, JPEG and PNG."),
        (b"<html><script>", "file: it is none of PDF, TIFF, JPEG and PNG."),
        (b"%PDF-" + b"0" * COPY_BYTES, "file: it may have 0 MB."),
    ],
    ids=["nothing", "a page", "too long"],
)
async def test_what_is_not_taken_leaves_nothing(door: Live, data: bytes, words: str) -> None:
    status, answer = await hand_in(door, data)
    assert (status, answer["detail"]) == (422, words)
    assert await door.store.copies.of_request("r1") == ()
    assert await told(door) == []


async def test_a_second_scan_takes_the_place_of_the_first(door: Live, outside: Outside) -> None:
    await hand_in(door, undo_s="60")
    first = await path_of(door)
    await door.call("POST", "/requests/r1/actions/undo", body={})
    assert (await hand_in(door, b"\x89PNG\r\n\x1a\n" + b"0" * 100))[0] == 200
    second = await path_of(door)
    assert (await fetch(door, outside.url + first))[0].status == 404
    found, _ = await fetch(door, outside.url + second)
    assert (found.status, found.content_type) == (200, "image/png")


async def test_who_comes_second_hears_who_did_what_and_leaves_no_file(door: Live) -> None:
    written = {"inside": "It was posted."}
    assert (await door.call("POST", "/requests/r1/actions/note", role="manager", body=written))[0] == 200
    status, answer = await hand_in(door, seen="1")
    assert status == 409
    assert str(answer["detail"]).startswith("a-manager has acted on it since, at 03:00: “Write an inside note”.")
    assert (await door.store.copies.of_request("r1"), await told(door)) == ((), [])
    assert (await hand_in(door, seen="2"))[0] == 200, "having seen it"


async def test_what_would_do_something_else_by_now_takes_no_file(door: Live) -> None:
    status, answer = await hand_in(door, seen_in="deciding")
    assert (status, "would do something else now" in str(answer["detail"])) == (409, True)
    assert await door.store.copies.of_request("r1") == ()


async def test_a_double_click_keeps_one_file_and_its_address(door: Live, outside: Outside) -> None:
    answers = [await hand_in(door, key="form-1") for _ in range(2)]
    assert [(status, answer["repeated"]) for status, answer in answers] == [(200, False), (200, True)]
    assert len(await door.store.copies.of_request("r1")) == 1
    assert (await fetch(door, outside.url + await path_of(door)))[0].status == 200


async def test_what_can_not_be_done_any_more_is_refused_before_the_file_is_read(door: Live) -> None:
    await hand_in(door)
    status, answer = await hand_in(door)
    assert (status, answer["detail"]) == (409, "“Send the copy” is not possible while the request is “Copy sent”.")
    assert len(await door.store.copies.of_request("r1")) == 1


async def test_without_an_address_for_partners_no_file_is_taken(door: Live) -> None:
    desk = replace(door.desk, copies=CopyRules())
    body = Incoming(content_type="", chunks=nothing())
    with pytest.raises(UnusableError, match="public_url is not set"):
        await copies.hand_in_copy(desk, Caller("ann", StaffRole.TECHNICIAN), "r1", CopyQuery(), body)


async def nothing() -> AsyncIterator[bytes]:
    """A body of which nothing is read."""
    raise AssertionError
    yield b""


async def test_a_copy_for_our_customer_is_kept_with_the_act_that_hands_it_over(door: Live) -> None:
    status, answer = await hand_in(door, request="r2", act="handed-over")
    assert (status, answer["state"]) == (200, "completed")
    sent = [row.effect for row in await door.store.pending("r2") if isinstance(row.effect, SendAction)]
    assert [each.action for each in sent] == ["Received"]
    shown = (await door.call("GET", "/requests/r2/sheet", role="technician"))[1]["copy"]
    assert (shown["name"], shown["size"], shown["fetched"]) == ("r2.pdf", len(SCAN), 0)
    assert "id" not in shown


async def test_one_address_fetches_so_often_and_no_more(door: Live, outside: Outside) -> None:
    statuses = [
        (await fetch(door, f"{outside.url}/copies/{number:043}"))[0] for number in range(int(FETCHES.burst) + 1)
    ]
    assert [found.status for found in statuses[-2:]] == [404, 429]
    assert int(statuses[-1].headers["Retry-After"]) >= 1


async def test_one_address_has_so_many_files_under_way_and_no_more(
    door: Live, outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    await hand_in(door)
    path, piece, go_on = await path_of(door), door.store.copies.piece, asyncio.Event()

    async def waits(file: str, place: int) -> bytes | None:
        await go_on.wait()
        return await piece(file, place)

    monkeypatch.setattr(door.store.copies, "piece", waits)
    monkeypatch.setattr("gateway.web.copies.FETCHES", Rate(burst=10_000, per_s=1))
    fetching = [asyncio.create_task(fetch(door, outside.url + path)) for _ in range(AT_ONCE_EACH)]
    while (await fetch(door, outside.url + path, "HEAD"))[0].status != 429:
        await asyncio.sleep(0)
    all_sent = outside.results.count(CopyFetch.SENT) + AT_ONCE_EACH
    go_on.set()
    assert {data for _, data in await asyncio.gather(*fetching)} == {SCAN}
    while outside.results.count(CopyFetch.SENT) < all_sent:
        await asyncio.sleep(0)
    assert (await fetch(door, outside.url + path))[0].status == 200, "there is room again"


async def test_a_file_that_goes_while_it_is_sent_is_cut_off(
    door: Live, outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    await hand_in(door)
    path, piece = await path_of(door), door.store.copies.piece

    async def goes(file: str, place: int) -> bytes | None:
        return await piece(file, place) if place == 0 else None

    monkeypatch.setattr(door.store.copies, "piece", goes)
    with pytest.raises(ClientError):
        await fetch(door, outside.url + path)
    assert [file.fetched for file in await door.store.copies.of_request("r1")] == [0]
