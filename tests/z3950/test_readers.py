"""Processes that read Z39.50: asked, kept, ended at the deadline and at a crash."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from gateway.z3950 import readers
from gateway.z3950.readers import ReaderEndedError, Readers
from tests.z3950.test_reader import question
from tests.z3950.ztest import port as port  # noqa: PLC0414 - a fixture

pytestmark = pytest.mark.process

QUERY = "@attr 1=4 computer"


@asynccontextmanager
async def of_catalogue() -> AsyncIterator[Readers]:
    them = Readers()
    try:
        yield them
    finally:
        await them.close()


@asynccontextmanager
async def silent_server() -> AsyncIterator[int]:
    """Takes connections and says nothing."""
    lines: list[asyncio.StreamWriter] = []
    server = await asyncio.start_server(lambda _reader, writer: lines.append(writer), "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
        for line in lines:
            line.close()
            await line.wait_closed()


async def test_a_process_is_kept_for_the_next_question(port: int):
    async with of_catalogue() as them:
        first = await them.ask(question(port, QUERY))
        kept = [each._process.pid for each in them._idle]
        second = await them.ask(question(port, QUERY))
        assert [each._process.pid for each in them._idle] == kept
    assert len(first.records) == len(second.records) == 3


async def test_a_silent_catalogue_costs_its_deadline_and_the_process():
    async with silent_server() as port, of_catalogue() as them:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1.0):
                await them.ask(question(port, QUERY))
        assert them._idle == []


@pytest.mark.parametrize(
    ("module", "words"),
    [
        ("tests.z3950.crashing", r"what it sent ended the process that read it \(SIGSEGV\)"),
        ("tests.z3950.bragging", "what it sent is larger than it may be"),
        ("tests.z3950.unheard_of", r"what it sent ended the process that read it \(exit code 1\)"),
    ],
)
async def test_a_process_that_fails_is_told_and_the_next_question_gets_another(
    monkeypatch: pytest.MonkeyPatch, port: int, module: str, words: str
):
    async with of_catalogue() as them:
        with monkeypatch.context() as patched:
            patched.setattr(readers, "_MODULE", module)
            with pytest.raises(ReaderEndedError, match=words):
                await them.ask(question(port, QUERY))
        assert (await them.ask(question(port, QUERY))).records


async def test_a_process_that_nobody_asks_is_ended(monkeypatch: pytest.MonkeyPatch, port: int):
    monkeypatch.setattr(readers, "IDLE_S", 0.05)
    async with of_catalogue() as them:
        await them.ask(question(port, QUERY))
        [kept] = them._idle
        await asyncio.wait_for(kept._process.wait(), 60)
        assert them._idle == []


async def test_a_process_that_ended_while_it_was_idle_is_not_asked(port: int):
    async with of_catalogue() as them:
        await them.ask(question(port, QUERY))
        them._idle[0]._process.kill()
        await them._idle[0]._process.wait()
        assert (await them.ask(question(port, QUERY))).records


async def test_modules_in_the_folder_of_the_moment_are_not_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, port: int
):
    (tmp_path / "msgspec.py").write_text("raise SystemExit(7)")
    monkeypatch.chdir(tmp_path)
    async with of_catalogue() as them:
        assert (await them.ask(question(port, QUERY))).records


async def test_the_process_knows_none_of_our_secrets(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CATALOGUE_PASSWORD", "hush")
    assert set(readers._environment()) == {"PYTHONPATH", "LC_ALL"}
