"""The loop of the tests: silence takes its time, and a process that got no processor does not count as silence."""

import asyncio
import time

import pytest

from tests.fakes.steady_loop import SteadyLoop


async def test_every_test_runs_in_it() -> None:
    assert isinstance(asyncio.get_running_loop(), SteadyLoop)


async def test_an_answer_that_has_come_is_not_overtaken_by_its_deadline() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.readline())
        time.sleep(0.1)  # noqa: ASYNC251 - the machine is busy
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        async with asyncio.timeout(0.05):
            writer.write(b"asked\n")
            assert await reader.read() == b"asked\n"
        writer.close()
        await writer.wait_closed()


async def test_silence_ends_at_its_deadline() -> None:
    began_s = time.monotonic()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await asyncio.Event().wait()
    assert time.monotonic() - began_s > 0.045


async def test_who_looks_without_a_pause_meets_the_deadline_too() -> None:
    async def look_for_ever() -> None:
        while True:
            await asyncio.sleep(0)

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(look_for_ever(), 0.02)
