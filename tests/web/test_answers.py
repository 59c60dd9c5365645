"""Bodies in, errors out: every kind of bad body is told in words, and nothing unknown is taken silently."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest
from yarl import URL

from gateway.web import answers
from gateway.web.answers import unknown_fields
from gateway.workflow.policy import Policy
from tests.web.known import a_request, keep
from tests.web.live import ADMIN, Live


@pytest.mark.parametrize(
    ("data", "status", "error"),
    [
        (b"{", 400, "unreadable"),
        (b"\xff\xfe", 400, "unreadable"),
        (b"[" * 5000, 400, "unreadable"),
        (b"[]", 422, "unusable"),
        (b"7", 422, "unusable"),
        (b'{"nmae": "desk"}', 422, "unusable"),
        (b'{"name": "desk", "role": "king"}', 422, "unusable"),
        (b'{"name": "desk", "role": "viewer", "extra": 1}', 422, "unusable"),
        (b'{"name": "' + b"x" * 300_000 + b'"}', 413, "too large"),
    ],
)
async def test_a_bad_body_is_told_in_words(live: Live, data: bytes, status: int, error: str):
    got, answer = await live.call("POST", "/tokens", data=data)
    assert (got, answer["error"]) == (status, error)
    assert answer["detail"].endswith(".")


async def test_what_nobody_foresaw_is_logged_and_not_told(
    live: Live, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    async def broken(**_where: object) -> None:
        raise KeyError("an inner secret")

    monkeypatch.setattr(live.store, "tasks", broken)
    status, answer = await live.call("GET", "/tasks")
    assert (status, answer["error"]) == (500, "internal error")
    assert "inner secret" not in answer["detail"]
    assert "unforeseen: GET /api/v1/tasks" in caplog.text
    assert "inner secret" in caplog.text


def upload(length: int, *more: str) -> bytes:
    lines = (
        "POST /api/v1/tokens HTTP/1.1",
        "Host: localhost",
        f"Authorization: Bearer {ADMIN}",
        "Connection: close",
        f"Content-Length: {length}",
        *more,
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


@asynccontextmanager
async def connection(live: Live) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", URL(live.url).port)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


async def test_who_hangs_up_is_no_fault_of_ours(
    live: Live, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    broken: list[BaseException] = []
    read = answers.read_bytes

    async def watched(*arguments: Any) -> bytes:
        try:
            return await read(*arguments)
        except BaseException as error:
            broken.append(error)
            raise

    monkeypatch.setattr(answers, "read_bytes", watched)
    async with connection(live) as (_, writer):
        writer.write(upload(1000) + b"{")
        await writer.drain()
        await asyncio.sleep(0)
    async with asyncio.timeout(60):
        while not broken:
            await asyncio.sleep(0.01)
    assert isinstance(broken[0], answers.BadBodyError)
    assert (await live.call("GET", "/tasks"))[0] == 200
    assert not [record for record in caplog.records if record.levelname in {"WARNING", "ERROR"}]


async def test_a_body_that_trickles_in_is_not_waited_for(live: Live, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(answers, "PATIENCE_S", 0.3)
    async with connection(live) as (reader, writer), asyncio.timeout(60):
        writer.write(upload(1000))
        heard = asyncio.create_task(reader.read())
        while not heard.done():
            writer.write(b" ")
            await asyncio.sleep(0.02)
        assert b" 408 " in heard.result()
        assert b'"error":"too slow"' in heard.result()


async def test_one_that_comes_fast_enough_may_take_longer(live: Live, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(answers, "PATIENCE_S", 0.5)
    monkeypatch.setattr(answers, "LEAST_BYTES_PER_S", 1)
    async with connection(live) as (reader, writer), asyncio.timeout(60):
        writer.write(upload(40))
        for _ in range(40):
            writer.write(b" ")
            await asyncio.sleep(0.02)
        assert b"The body is not JSON" in await reader.read(), "it has been read to its end"


async def test_a_compressed_body_is_not_taken(live: Live):
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    status, answer = await live.call("POST", "/tokens", data=gzip.compress(b" " * 100_000), headers=headers)
    assert (status, answer["error"]) == (415, "compressed")


def test_unknown_fields_are_found_at_any_depth():
    raw = {
        "lines": [{"item_type": ["dvd"], "cost": {"amount": "1", "currency": "EUR", "vat": "0"}}],
        "status_rules": {"03": {"availability": "candidate", "days": 2}},
        "pause": True,
    }
    policy = msgspec.convert(raw, Policy)
    assert sorted(unknown_fields(raw, policy)) == [
        "lines.0.cost.vat",
        "lines.0.item_type",
        "pause",
        "status_rules.03.days",
    ]


def test_a_whole_record_has_no_unknown_fields():
    raw = msgspec.to_builtins(a_request())
    assert unknown_fields(raw, msgspec.convert(raw, type(a_request()))) == []


async def test_an_empty_body_is_an_empty_object(live: Live):
    await keep(live.store, a_request())
    status, answer = await live.call("POST", "/requests/r1/actions/arrived")
    assert (status, answer["state"]) == (200, "arriving")


def test_each_error_has_its_own_status_and_words():
    kinds = [kind for kind in vars(answers).values() if isinstance(kind, type) and issubclass(kind, answers.ApiError)]
    assert len({kind.status for kind in kinds}) == len({kind.kind for kind in kinds}) == len(kinds)
