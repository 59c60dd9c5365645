"""Whoever calls a gateway for a copy hears why there is none, and waits for nobody who is gone."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from gateway.store import copy_call
from gateway.store.backups import BackupError, CopyMade, silent
from gateway.store.copy_call import copied_by_the_gateway, place

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


async def called(tmp_path: Path, answer: Answer) -> CopyMade | None:
    """Call a gateway that answers so."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        await answer(writer)
        writer.close()

    (tmp_path / "copy").touch()
    async with await asyncio.start_unix_server(serve, place(tmp_path / "store")):
        return await asyncio.to_thread(copied_by_the_gateway, tmp_path / "store", tmp_path / "copy", silent)


def saying(data: bytes) -> Answer:
    async def say(writer: asyncio.StreamWriter) -> None:
        writer.write(data)

    return say


DOING = b'{"type":"Doing","doing":"copying","done":1,"of":2}\n'


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"", "has stopped"),
        (DOING, "has stopped"),
        (DOING + b"no JSON\n", "can't be heard any more"),
        (b'{"type":"Failed","words":"the disk is full"}\n', "the disk is full"),
    ],
    ids=["gone at once", "gone meanwhile", "garbage", "failed"],
)
async def test_a_copy_that_did_not_come_about_is_told(answer: bytes, words: str, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match=words):
        await called(tmp_path, saying(answer))


async def test_a_gateway_that_can_not_write_there_is_no_fault(tmp_path: Path) -> None:
    assert await called(tmp_path, saying(b'{"type":"OutOfReach"}\n')) is None


async def test_a_gateway_that_says_nothing_is_not_waited_for_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copy_call, "LONGEST_SILENCE_S", 0.05)
    over = asyncio.Event()

    async def say_nothing(_writer: asyncio.StreamWriter) -> None:
        await over.wait()

    with pytest.raises(BackupError, match="can't be heard any more: timed out"):
        await called(tmp_path, say_nothing)
    over.set()
