"""Each fault of a wire is what its name says, seen from both ends."""

import asyncio
import random
from collections.abc import AsyncIterator

import pytest

from tests.faults.wires import Fault, Moment, Wire

CONFIRMED = b"<messageStatus>OK</messageStatus>\r"
QUESTION, ANSWER = b"17question\r", b"18answer|AY1AZF4A2\r"


class Library:
    """A server that answers each line, and remembers what it read."""

    def __init__(self) -> None:
        self.read = b""
        self.lines = 0
        self.answer = ANSWER

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(1000):
            self.read += chunk
            if chunk.endswith(b"\r"):
                self.lines += 1
                writer.write(self.answer)
        writer.close()


class Ends:
    """A wire between a test and a library, and how often it killed the gateway."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.kills = 0
        self.port: int | None = None
        self.wire = Wire("wire", lambda: self.port, self._kill, random.Random(1))

    def _kill(self) -> None:
        self.kills += 1

    async def ask(self) -> bytes:
        """One question, and all that comes before the line is cut or for a moment nothing comes."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.wire.port)
        heard = b""
        try:
            writer.write(QUESTION)
            async with asyncio.timeout(0.3):
                while len(heard) < len(ANSWER) and (chunk := await reader.read(1000)):
                    heard += chunk
        except (TimeoutError, ConnectionError):
            pass  # silence, or a cut: what has come is what counts
        writer.close()
        return heard


async def until_cut(ends: Ends) -> None:
    """Until the wire has seen that the line is closed."""
    async with asyncio.timeout(2):
        while ends.wire._lines:
            await asyncio.sleep(0)


@pytest.fixture
async def ends() -> AsyncIterator[Ends]:
    library = Library()
    ends = Ends(library)
    server = await asyncio.start_server(library.serve, "127.0.0.1", 0)
    ends.port = server.sockets[0].getsockname()[1]
    await ends.wire.open()
    yield ends
    await ends.wire.close()
    server.close()
    await server.wait_closed()


# fmt: off
SHOWN = [
    (None,                   True,  ANSWER),
    (Fault.CUT_BEFORE_WRITE, False, b""),
    (Fault.CUT_IN_REQUEST,   False, b""),
    (Fault.CUT_AFTER_WRITE,  True,  b""),
    (Fault.CUT_IN_REPLY,     True,  ANSWER[: len(ANSWER) // 2]),
    (Fault.SILENCE,          False, b""),
    (Fault.SPLIT,            True,  ANSWER),
    (Fault.REORDER,          True,  ANSWER[len(ANSWER) // 2 :] + ANSWER[: len(ANSWER) // 2]),
    (Fault.CORRUPT,          True,  ANSWER.replace(b"AZF4A2", b"AZ0001")),
]
# fmt: on


@pytest.mark.parametrize(("fault", "carried_out", "heard"), SHOWN)
async def test_what_befalls_a_turn(ends: Ends, fault: Fault | None, carried_out: bool, heard: bytes):  # noqa: FBT001
    ends.wire.rates = {fault: 1.0} if fault else {}
    assert await ends.ask() == heard
    assert bool(ends.library.lines) is carried_out
    assert ends.wire.befell == ({fault: 1} if fault else {})


async def test_a_delayed_reply_comes_late_and_whole(ends: Ends):
    ends.wire.rates = {Fault.DELAY: 1.0}
    ends.wire.delay_s = lambda: 0.05  # type: ignore[method-assign]
    assert await ends.ask() == ANSWER


# fmt: off
KILLED = [
    (Moment.REQUEST_SEEN,   0, b""),
    (Moment.REQUEST_PASSED, 1, ANSWER),
    (Moment.REPLY_SEEN,     1, b""),
    (Moment.REPLY_HALF,     1, ANSWER[: len(ANSWER) // 2]),
    (Moment.REPLY_PASSED,   1, ANSWER),
]
# fmt: on


@pytest.mark.parametrize(("moment", "lines", "heard"), KILLED)
async def test_the_gateway_is_killed_at_a_moment_of_the_next_turn_alone(
    ends: Ends, moment: Moment, lines: int, heard: bytes
):
    ends.wire.arm(moment)
    assert await ends.ask() == heard
    assert (ends.kills, ends.library.lines) == (1, lines)
    assert await ends.ask() == ANSWER
    assert ends.kills == 1


async def test_a_wire_that_is_down_answers_nobody(ends: Ends):
    ends.wire.down = True
    assert await ends.ask() == b""
    assert ends.library.read == b""


async def test_a_try_that_was_befallen_puts_the_return_off_until_the_next_one(ends: Ends):
    ends.wire.rates = {Fault.CUT_AFTER_WRITE: 1.0}
    await ends.ask()
    await until_cut(ends)
    assert not ends.wire.answers
    ends.wire.down = True
    ends.wire.down = False
    assert ends.wire.answers, "nobody has asked it since"
    await ends.ask()
    await until_cut(ends)
    assert not ends.wire.answers
    ends.wire.rates = {}
    await ends.ask()
    assert ends.wire.answers


async def test_a_wire_that_was_down_is_heard_with_the_first_confirmation(ends: Ends):
    assert ends.wire.is_heard
    ends.wire.down = True
    ends.wire.down = False
    await ends.ask()
    assert not ends.wire.is_heard, "an error of the other side's is no answer"
    ends.library.answer = CONFIRMED
    await ends.ask()
    assert ends.wire.is_heard


@pytest.mark.parametrize(
    ("fault", "answer"), [(Fault.SILENCE, CONFIRMED), (Fault.CUT_AFTER_WRITE, CONFIRMED), (None, ANSWER)]
)
async def test_the_other_side_is_away_when_it_fails_twice_in_a_row(ends: Ends, fault: Fault | None, answer: bytes):
    ends.library.answer = answer
    ends.wire.rates = {fault: 1.0} if fault else {}
    await ends.ask()
    await until_cut(ends)
    assert ends.wire.is_heard, "one turn alone may be lost"
    await ends.ask()
    await until_cut(ends)
    assert not ends.wire.is_heard
    ends.library.answer, ends.wire.rates = CONFIRMED, {}
    await ends.ask()
    assert ends.wire.is_heard
