"""Each misbehaviour as a client sees it on the wire, beside the reply that it should have had.

The clock stands still, so that an honest reply and a damaged one differ in nothing but the damage.
"""

import asyncio
import re
import time
from collections.abc import Callable

import msgspec
import pytest

from gateway.demo.acs.misbehaviour import Misbehaviour, Order
from gateway.demo.acs.records import ActKind
from gateway.demo.acs.running import RunningAcs
from tests.demo.stage.terminal import (
    BRIDGES,
    PARTNER,
    RITA,
    STATUS,
    Terminal,
    checkin,
    checkout,
    customer,
    fields,
    hold,
    item,
    login,
    renew,
    with_trailer,
)

UNSOLICITED = b"98YYYYYN03000320260101    0000002.00AOEXAMPLE|BXYYYYYYYYYYYYYYYY|\r"


def reseal(change: Callable[[str], str]) -> Callable[[bytes], bytes]:
    """The honest reply with a changed body and a trailer that fits it."""
    return lambda honest: with_trailer(change(honest[:-10].decode("cp850")), int(honest[-8:-7]))


def replaced(pattern: str, new: str) -> Callable[[bytes], bytes]:
    """`reseal` with the first match of a pattern replaced; the pattern must occur."""

    def change(body: str) -> str:
        assert re.search(pattern, body)
        return re.sub(pattern, new, body, count=1)

    return reseal(change)


def checksum_plus_one(honest: bytes) -> bytes:
    return honest[:-5] + f"{(int(honest[-5:-1], 16) + 1) % 0x10000:04X}".encode() + b"\r"


def without_sequence(honest: bytes) -> bytes:
    body = honest[:-10] + b"AZ"
    return body + f"{(0x10000 - sum(body) % 0x10000):04X}".encode() + b"\r"


def strangely_ordered(body: str) -> str:
    fixed, rest = body[:26], body[26:].rstrip("|").split("|")
    return fixed + "|".join(["ZZ", "XXone", "XXtwo", *reversed(rest)]) + "|"


ON_THE_WIRE: dict[Misbehaviour, tuple[str, Callable[[bytes], bytes]]] = {
    Misbehaviour.GARBAGE: (item(BRIDGES), lambda _: b"\xff\xfb\x01%%<html>\x00500 \xc3\x28|||AY\r"),
    Misbehaviour.CRLF: (item(BRIDGES), lambda honest: honest + b"\n"),
    Misbehaviour.LF: (item(BRIDGES), lambda honest: honest[:-1] + b"\n"),
    Misbehaviour.NO_TERMINATOR: (item(BRIDGES), lambda honest: honest[:-1]),
    Misbehaviour.LEADING_BLANKS: (item(BRIDGES), lambda honest: b"\n  " + honest),
    Misbehaviour.WRONG_CHECKSUM: (item(BRIDGES), checksum_plus_one),
    Misbehaviour.ZERO_CHECKSUM: (item(BRIDGES), lambda honest: honest[:-5] + b"0000\r"),
    Misbehaviour.LOWER_CASE_CHECKSUM: (item(BRIDGES), lambda honest: honest[:-5] + honest[-5:].lower()),
    Misbehaviour.NO_SEQUENCE: (item(BRIDGES), without_sequence),
    Misbehaviour.WRONG_SEQUENCE: (item(BRIDGES), lambda honest: with_trailer(honest[:-10].decode("cp850"), 4)),
    Misbehaviour.WRONG_ITEM: (item(BRIDGES), replaced(BRIDGES, "30000000009999")),
    Misbehaviour.UNSOLICITED_98: (item(BRIDGES), lambda _: UNSOLICITED),
    Misbehaviour.TWO_REPLIES: (item(BRIDGES), lambda honest: honest + UNSOLICITED),
    Misbehaviour.ASKS_RESEND: (item(BRIDGES), lambda _: b"96AZFEF6\r"),
    Misbehaviour.NO_LAST_BAR: (item(BRIDGES), replaced(r"\|$", "")),
    Misbehaviour.BLANKS_BEFORE_SEQUENCE: (item(BRIDGES), replaced("$", "  ")),
    Misbehaviour.BAR_IN_TITLE: (item(BRIDGES), replaced("Unbuilt Bridges", "Unbuilt Bridges | or &#124; not")),
    Misbehaviour.BAR_AFTER_FIXED_PART: (item(BRIDGES), replaced("CF0", "|CF0")),
    Misbehaviour.STRANGE_FIELDS: (item(BRIDGES), reseal(strangely_ordered)),
    Misbehaviour.SHORT_STATUS: (item(BRIDGES), replaced("^1803", "183")),
    Misbehaviour.BLANK_COUNTS: (
        customer(RITA),
        reseal(lambda body: body[:16] + "   " + body[19:37] + " " * 24 + body[61:]),
    ),
    Misbehaviour.LETTERS_IN_TIMEOUT: (STATUS, reseal(lambda body: body[:8] + "n/a" + body[11:])),
    Misbehaviour.SHORT_BX: (STATUS, replaced("NYYN\\|", "|")),
    Misbehaviour.LONG_BX: (STATUS, replaced("NYYN\\|", "NYYNNNNN|")),
    Misbehaviour.REFUSED_LOGIN: (login(), replaced("^941", "940")),
}


@pytest.mark.parametrize("name", ON_THE_WIRE)
async def test_the_wire(acs: RunningAcs, terminal: Terminal, name: Misbehaviour):
    """Fired once; after that the reply is again as it should be."""
    body, damage = ON_THE_WIRE[name]
    honest = await terminal.ask(body, sequence=3)
    acs.script.add(Order(name=name, count=1))
    terminal.send(with_trailer(body, 3))
    assert await terminal.read() == damage(honest)
    assert await terminal.ask(body, sequence=3) == honest


async def test_slow(acs: RunningAcs, terminal: Terminal):
    honest = await terminal.ask(item(BRIDGES))
    acs.script.add(Order(name=Misbehaviour.SLOW, delay_s=0.05))
    before = time.monotonic()
    assert await terminal.ask(item(BRIDGES)) == honest
    assert time.monotonic() - before >= 0.05


async def test_segments(acs: RunningAcs, terminal: Terminal):
    honest = await terminal.ask(item(BRIDGES))
    acs.script.add(Order(name=Misbehaviour.SEGMENTS))
    terminal.send(item(BRIDGES).encode() + b"\r")
    first, second = await terminal.read(), await terminal.read()
    assert (first + second, first != honest) == (honest, True)


async def test_a_reply_that_is_held_back_comes_with_the_next(acs: RunningAcs, terminal: Terminal):
    honest = [await terminal.ask(item(BRIDGES)), await terminal.ask(customer(RITA))]
    acs.script.add(Order(name=Misbehaviour.HELD_BACK, count=1))
    terminal.send(item(BRIDGES).encode() + b"\r" + customer(RITA).encode() + b"\r")
    assert await terminal.read() == b"".join(honest)


@pytest.mark.parametrize(
    ("name", "acts"),
    [(Misbehaviour.LOST_BEFORE_ACT, []), (Misbehaviour.LOST_AFTER_ACT, [ActKind.CHECKOUT])],
)
async def test_a_lost_reply(acs: RunningAcs, terminal: Terminal, name: Misbehaviour, acts: list[ActKind]):
    """The connection ends in both cases; whether the act was done, the client cannot tell."""
    acs.script.add(Order(name=name, codes=frozenset({"11"})))
    terminal.send(checkout(PARTNER, BRIDGES).encode() + b"\r")
    assert await terminal.read() == b""
    assert [act.kind for act in acs.library.state.journal] == acts


@pytest.mark.parametrize(
    ("name", "acts"),
    [(Misbehaviour.SILENCE, []), (Misbehaviour.SILENCE_AFTER_ACT, [ActKind.CHECKOUT])],
)
async def test_silence(acs: RunningAcs, terminal: Terminal, name: Misbehaviour, acts: list[ActKind]):
    """The next request is answered, and nothing comes before that."""
    acs.script.add(Order(name=name, codes=frozenset({"11"})))
    terminal.send(checkout(PARTNER, BRIDGES).encode() + b"\r")
    assert (await terminal.ask(item(BRIDGES))).startswith(b"18")
    assert [act.kind for act in acs.library.state.journal] == acts


REQUESTS_THAT_ACT = {
    "15": hold(PARTNER, BRIDGES),
    "11": checkout(PARTNER, BRIDGES),
    "29": renew(RITA, "30000000001036"),
    "09": checkin("30000000001036", "SPR"),
}


@pytest.mark.parametrize("code", REQUESTS_THAT_ACT)
async def test_ok_that_lies(acs: RunningAcs, terminal: Terminal, code: str):
    acs.script.add(Order(name=Misbehaviour.OK_THAT_LIES))
    before = msgspec.json.encode(acs.library.state)
    assert (await terminal.ask(REQUESTS_THAT_ACT[code]))[2:3] == b"1"
    assert msgspec.json.encode(acs.library.state) == before


@pytest.mark.parametrize("code", REQUESTS_THAT_ACT)
async def test_done_but_ok_0(acs: RunningAcs, terminal: Terminal, code: str):
    acs.script.add(Order(name=Misbehaviour.DONE_BUT_OK_0))
    assert (await terminal.ask(REQUESTS_THAT_ACT[code]))[2:3] == b"0"
    assert len(acs.library.state.journal) == 1


@pytest.mark.parametrize("code", REQUESTS_THAT_ACT)
async def test_refused_but_ok_1(acs: RunningAcs, terminal: Terminal, code: str):
    """The reason stands in AF alone."""
    acs.script.add(Order(name=Misbehaviour.REFUSED_BUT_OK_1))
    reply = await terminal.ask(REQUESTS_THAT_ACT[code])
    assert (reply[2:3], b"|AFCOMMAND NOT SUPPORTED|" in reply) == (b"1", True)
    assert acs.library.state.journal == []


@pytest.mark.parametrize("asked", [item(BRIDGES), customer(RITA), login()])
async def test_a_database_that_has_gone_knows_nothing(acs: RunningAcs, terminal: Terminal, asked: str):
    acs.script.add(Order(name=Misbehaviour.NO_SUCH_ITEM, count=1))
    denied = await terminal.ask(asked)
    assert b"No such" in denied or denied == b"940\r"
    assert b"No such" not in await terminal.ask(asked)


async def test_no_holds_is_told_in_bx(acs: RunningAcs, terminal: Terminal):
    acs.script.add(Order(name=Misbehaviour.NO_HOLDS))
    assert fields(await terminal.ask(STATUS), 36)["BX"] == "YYYNYYYYYYYYNNYN"
    assert (await terminal.ask(hold(PARTNER, BRIDGES))).startswith(b"160")
    assert acs.library.state.journal == []


async def test_few_messages_are_told_in_bx(acs: RunningAcs, terminal: Terminal):
    acs.script.add(Order(name=Misbehaviour.FEW_MESSAGES))
    assert fields(await terminal.ask(STATUS), 36)["BX"] == "YYYNYYYYYYNYNNNN"
    assert (await terminal.ask(hold(PARTNER, BRIDGES))).startswith(b"160")
    assert (await terminal.ask(renew(PARTNER, BRIDGES))).startswith(b"300")
    assert acs.library.state.journal == []


async def test_holds_that_can_only_be_cancelled(acs: RunningAcs, terminal: Terminal):
    await terminal.ask(hold(PARTNER, BRIDGES))
    acs.script.add(Order(name=Misbehaviour.CANCEL_ONLY_HOLDS))
    assert (await terminal.ask(hold(PARTNER, BRIDGES))).startswith(b"160")
    assert (await terminal.ask(hold(PARTNER, BRIDGES, mode="-"))).startswith(b"161")
    assert [act.kind for act in acs.library.state.journal] == [ActKind.HOLD_PLACED, ActKind.HOLD_CANCELLED]


async def test_an_alert_that_is_always_n(acs: RunningAcs, terminal: Terminal):
    acs.script.add(Order(name=Misbehaviour.ALERT_ALWAYS_N))
    reply = await terminal.ask(checkin(BRIDGES, "SPR"))
    assert (reply[5:6], fields(reply, 24).keys() & {"CV", "CT", "CY", "DA"}) == (b"N", set())


async def test_an_idle_connection_is_closed(acs: RunningAcs):
    acs.script.add(Order(name=Misbehaviour.CLOSED_IDLE, delay_s=0.02))
    async with await Terminal.connect(acs.port) as line:
        assert (await line.ask(item(BRIDGES))).startswith(b"18")
        assert await line.read() == b""


async def test_beyond_the_connection_limit_there_is_silence_until_one_leaves(acs: RunningAcs):
    acs.script.add(Order(name=Misbehaviour.CONNECTION_LIMIT, limit=1))
    async with await Terminal.connect(acs.port) as first:
        await first.ask(STATUS)
        async with await Terminal.connect(acs.port) as second:
            second.send(STATUS.encode() + b"\r")
            assert (await first.ask(STATUS)).startswith(b"98")
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await second.reader.read(1)
    async with await Terminal.connect(acs.port) as third:
        assert (await third.ask(STATUS)).startswith(b"98")


def test_every_misbehaviour_was_seen_on_the_wire():
    """Those with a test of their own are named here."""
    alone = {
        Misbehaviour.SLOW,
        Misbehaviour.SEGMENTS,
        Misbehaviour.HELD_BACK,
        Misbehaviour.LOST_BEFORE_ACT,
        Misbehaviour.LOST_AFTER_ACT,
        Misbehaviour.SILENCE,
        Misbehaviour.SILENCE_AFTER_ACT,
        Misbehaviour.OK_THAT_LIES,
        Misbehaviour.DONE_BUT_OK_0,
        Misbehaviour.REFUSED_BUT_OK_1,
        Misbehaviour.NO_SUCH_ITEM,
        Misbehaviour.NO_HOLDS,
        Misbehaviour.FEW_MESSAGES,
        Misbehaviour.CANCEL_ONLY_HOLDS,
        Misbehaviour.ALERT_ALWAYS_N,
        Misbehaviour.CLOSED_IDLE,
        Misbehaviour.CONNECTION_LIMIT,
    }
    assert alone | ON_THE_WIRE.keys() == set(Misbehaviour)
