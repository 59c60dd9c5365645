"""Conversations with the demonstration ACS over a socket, in raw bytes."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import pytest

from gateway.demo.acs.records import ActKind
from gateway.demo.acs.running import RunningAcs, serve
from gateway.demo.acs.settings import AcsSettings, Login, StatusBeforeLogin
from tests.demo.stage.terminal import (
    ALMANAC_CENTRAL,
    BLOCKED,
    BRIDGES,
    DATE,
    PARTNER,
    RITA,
    STATUS,
    Terminal,
    checkin,
    checkout,
    control,
    customer,
    fields,
    hold,
    item,
    login,
    renew,
    with_trailer,
)

ACCOUNT = Login("sample", "specimen")


@asynccontextmanager
async def connected(settings: AcsSettings) -> AsyncIterator[Terminal]:
    async with await serve(settings) as acs, await Terminal.connect(acs.port) as line:
        yield line


async def test_an_acs_without_login_says_yes_to_any(terminal: Terminal):
    assert await terminal.ask(login("nobody", "nothing")) == b"941\r"


async def test_a_right_login_is_let_in_and_a_wrong_one_may_try_again():
    async with connected(AcsSettings(login=ACCOUNT)) as line:
        assert await line.ask(login(password="wrong")) == b"940\r"
        assert await line.ask(login()) == b"941\r"
        assert (await line.ask(item(BRIDGES))).startswith(b"1803")


async def test_before_the_login_nothing_else_is_said():
    async with connected(AcsSettings(login=ACCOUNT)) as line:
        line.send(item(BRIDGES).encode() + b"\r")
        assert await line.read() == b""


@pytest.mark.parametrize(
    ("habit", "first", "then"),
    [
        (StatusBeforeLogin.ALLOWED, STATUS, b"98"),
        (StatusBeforeLogin.ALLOWED, login(), b"94"),
        (StatusBeforeLogin.REQUIRED, STATUS, b"98"),
        (StatusBeforeLogin.REQUIRED, login(), b""),
        (StatusBeforeLogin.FATAL, STATUS, b""),
        (StatusBeforeLogin.FATAL, login(), b"94"),
    ],
)
async def test_what_99_before_the_login_does(habit: StatusBeforeLogin, first: str, then: bytes):
    async with connected(AcsSettings(login=ACCOUNT, status_before_login=habit)) as line:
        line.send(first.encode() + b"\r")
        assert (await line.read())[:2] == then


async def test_where_99_is_required_the_login_follows_it():
    async with connected(AcsSettings(login=ACCOUNT, status_before_login=StatusBeforeLogin.REQUIRED)) as line:
        await line.ask(STATUS)
        assert await line.ask(login()) == b"941\r"


async def test_three_refused_logins_block_the_account_until_a_reset():
    settings = AcsSettings(login=ACCOUNT, block_after_refusals=3)
    async with await serve(settings) as acs, await Terminal.connect(acs.port) as line:
        assert [await line.ask(login(password="wrong")) for _ in range(3)] == [b"940\r"] * 3
        assert await line.ask(login()) == b"940\r"
        await control(acs.control_port, "reset")
        assert await line.ask(login()) == b"941\r"


@pytest.mark.parametrize(("password", "greeting"), [("specimen", b"Login OK"), ("wrong", b"Login incorrect")])
async def test_login_by_prompts(password: str, greeting: bytes):
    async with connected(AcsSettings(login=Login("sample", "specimen", telnet=True))) as line:
        assert await line.receive(b": ") == b"login: "
        line.send(b"sample\r")
        assert await line.receive(b": ") == b"password: "
        line.send(password.encode() + b"\r\n")
        assert (await line.receive(b"\n")).startswith(greeting)
        line.send(STATUS.encode() + b"\r")
        assert (await line.read())[:2] == (b"98" if password == "specimen" else b"")


async def test_98_tells_what_is_supported_and_how_long_to_wait():
    async with connected(AcsSettings(timeout_tenths=45, retries=2)) as line:
        reply = await line.ask(STATUS)
    assert (reply[:14], reply[32:36]) == (b"98YYYYNY045002", b"2.00")
    told = fields(reply, 36)
    assert (told["AO"], told["AM"]) == ("EXAMPLE", "Example Valley Library")
    assert told["BX"] == "YYYNYYYYYYYYNYYN"  # all but 01, 25 and 65


async def test_17_describes_an_item(terminal: Terminal):
    reply = await terminal.ask(item(ALMANAC_CENTRAL))
    assert reply[:8] == b"18030001"
    assert fields(reply, 26) == {
        "CF": "0",
        "AB": ALMANAC_CENTRAL,
        "AJ": "The Imaginary Almanac",
        "BG": "EXC",
        "AQ": "EXC",
        "AP": "EXC",
        "CS": "031.02 PLA",
    }


async def test_17_on_an_unknown_item_is_01_with_an_empty_title(terminal: Terminal):
    reply = await terminal.ask(item("39999999999999"))
    assert (reply[2:4], fields(reply, 26)["AJ"]) == (b"01", "")


async def test_63_counts_and_lists(terminal: Terminal):
    reply = await terminal.ask(customer(RITA, summary="  Y", pin="1004"))
    assert reply[37:61] == b"0001" + b"0001" + b"0003" + b"0000" + b"0000" + b"0001"
    told = fields(reply, 61)
    assert reply.count(b"|AU") == 3
    assert (told["BL"], told["CQ"], told["AE"], told["BE"]) == ("Y", "Y", "Reader, Rita", "rita@example.org")


async def test_63_range_of_entries(terminal: Terminal):
    whole = await terminal.ask(customer(RITA, summary="  Y"))
    part = await terminal.ask(customer(RITA, summary="  Y") + "BP2|BQ2|")
    assert part.count(b"|AU") == 1
    assert fields(part, 61)["AU"].encode() == whole.split(b"|AU")[2].split(b"|")[0]


async def test_63_blocked_wrong_pin_and_unknown(terminal: Terminal):
    blocked = await terminal.ask(customer(BLOCKED, pin="0000"))
    assert (blocked[2:6], fields(blocked, 61)["CQ"], fields(blocked, 61)["AE"]) == (b"YYYY", "N", "Blocked, Bella")
    assert fields(await terminal.ask(customer("29999999999999")), 61)["BL"] == "N"


async def test_23_tells_less(terminal: Terminal):
    reply = await terminal.ask(f"23001{DATE}AOEXAMPLE|AA{RITA}|AC|AD1004|")
    assert (reply[:2], fields(reply, 37)["CQ"]) == (b"24", "Y")


async def test_37_records_a_payment(terminal: Terminal, acs: RunningAcs):
    assert (await terminal.ask(f"37{DATE}0101USDBV5.00|AOEXAMPLE|AA{RITA}|")).startswith(b"38Y")
    assert (await terminal.ask(f"37{DATE}0101USDBVnan|AOEXAMPLE|AA{RITA}|")).startswith(b"38N")
    assert [act.kind for act in acs.library.state.journal] == [ActKind.PAYMENT]


async def test_19_says_ok_and_changes_nothing(terminal: Terminal, acs: RunningAcs):
    assert (await terminal.ask(f"19{DATE}AOEXAMPLE|AB{BRIDGES}|CHLOST|")).startswith(b"201")
    assert (await terminal.ask(item(BRIDGES))).startswith(b"1803")
    assert acs.library.state.journal == []


async def test_35_ends_a_session(terminal: Terminal):
    assert (await terminal.ask(f"35{DATE}AOEXAMPLE|AA{RITA}|")).startswith(b"36Y")


async def test_a_whole_loan(terminal: Terminal, acs: RunningAcs):
    """Hold, arrival at the desk, checkout, renewal, return: as the gateway will lend."""
    placed = await terminal.ask(hold(PARTNER, BRIDGES, extra="BSILL|BW20261029    235900|"))
    assert (placed[:4], fields(placed, 22)["BR"], fields(placed, 22)["BS"]) == (b"161Y", "1", "ILL")
    arrived = fields(await terminal.ask(checkin(BRIDGES, "ILL")), 24)
    assert (arrived["CV"], arrived["CY"], arrived["DA"]) == ("01", PARTNER, "Sample City Library")
    assert (await terminal.ask(item(BRIDGES))).startswith(b"1808")
    lent = await terminal.ask(checkout(PARTNER, BRIDGES))
    assert (lent[:4], fields(lent, 24)["AH"]) == (b"121N", "20261207    235900")
    renewed = await terminal.ask(renew(PARTNER, BRIDGES))
    assert (renewed[:3], fields(renewed, 24)["AH"]) == (b"301", "20270118    235900")
    returned = await terminal.ask(checkin(BRIDGES, "SPR"))
    assert (returned[:6], fields(returned, 24)["CV"], fields(returned, 24)["CT"]) == (b"101YNY", "04", "EXC")
    assert [act.kind for act in acs.library.state.journal] == [
        ActKind.HOLD_PLACED,
        ActKind.CHECKIN,
        ActKind.CHECKOUT,
        ActKind.HOLD_FILLED,
        ActKind.RENEWAL,
        ActKind.CHECKIN,
    ]


async def test_29_by_title_and_a_refusal(terminal: Terminal):
    await terminal.ask(checkout(PARTNER, BRIDGES))
    by_title = renew(PARTNER, BRIDGES).replace(f"AB{BRIDGES}", "AJThe Atlas of Unbuilt Bridges")
    assert (await terminal.ask(by_title)).startswith(b"301Y")
    refused = await terminal.ask(renew(RITA, BRIDGES))
    assert (refused[:3], fields(refused, 24)["AF"]) == (b"300", "This item is not on loan to you")


async def test_hold_change_and_cancel(terminal: Terminal, acs: RunningAcs):
    before = len(acs.library.state.holds)
    await terminal.ask(hold(PARTNER, BRIDGES))
    changed = await terminal.ask(hold(PARTNER, BRIDGES, mode="*", extra="BSSMP|"))
    assert fields(changed, 22)["BS"] == "SMP"
    assert (await terminal.ask(hold(PARTNER, BRIDGES, mode="-"))).startswith(b"161")
    assert (await terminal.ask(hold(PARTNER, BRIDGES, mode="-"))).startswith(b"160")
    assert len(acs.library.state.holds) == before


@pytest.mark.parametrize("request_body", [checkout(PARTNER, BRIDGES) + "BIY|", checkin(BRIDGES, "EXC") + "BIY|"])
async def test_taking_an_act_back_by_bi_is_not_supported(terminal: Terminal, acs: RunningAcs, request_body: str):
    assert (await terminal.ask(request_body))[2:3] == b"0"
    assert acs.library.state.journal == []


async def test_an_identical_frame_is_acted_on_again(terminal: Terminal, acs: RunningAcs):
    """pysip2's server would answer the second from memory and hide a doubled act."""
    replies = [await terminal.ask(checkout(PARTNER, BRIDGES), sequence=4) for _ in range(2)]
    assert [reply[:4] for reply in replies] == [b"121N", b"121Y"]
    assert [act.kind for act in acs.library.state.journal] == [ActKind.CHECKOUT, ActKind.RENEWAL]
    assert acs.relay.received["11"] == 2


async def test_an_identical_hold_is_a_second_hold(terminal: Terminal, acs: RunningAcs):
    for _ in range(2):
        await terminal.ask(hold(PARTNER, BRIDGES), sequence=1)
    assert sum(each.customer == PARTNER for each in acs.library.state.holds.values()) == 2


async def test_replies_carry_the_sequence_and_a_right_checksum(terminal: Terminal):
    reply = await terminal.ask(checkin(BRIDGES, "SPR"), sequence=7)
    body, trailer = reply[:-10], reply[-10:]
    assert trailer.startswith(b"AY7AZ")
    assert reply == with_trailer(body.decode("cp850"), 7)


async def test_a_wrong_checksum_is_answered_96_and_not_acted_on(terminal: Terminal, acs: RunningAcs):
    terminal.send(checkout(PARTNER, BRIDGES).encode() + b"AY1AZ0000\r")
    assert await terminal.receive() == b"96AZFEF6\r"
    assert acs.library.state.journal == []


async def test_97_brings_the_last_reply_again(terminal: Terminal, acs: RunningAcs):
    assert await terminal.ask("97") == b"96AZFEF6\r"
    reply = await terminal.ask(checkout(PARTNER, BRIDGES), sequence=2)
    assert await terminal.ask("97") == reply
    assert len(acs.library.state.journal) == 1


@pytest.mark.parametrize("line", [b"", b"1", b"77what", b"96", b"\xff\xfe", b"18030001"])
async def test_what_is_no_request_is_answered_96(terminal: Terminal, line: bytes):
    terminal.send(line + b"\r")
    assert await terminal.receive() == b"96AZFEF6\r"
    assert (await terminal.ask(item(BRIDGES))).startswith(b"18")


@pytest.mark.parametrize("line", [b"17short", b"17" + DATE.encode() + b"AOX|", b"63" + b"\x00" * 40, b"x" * 70_000])
async def test_a_broken_request_costs_the_connection_and_nothing_else(
    acs: RunningAcs, line: bytes, caplog: pytest.LogCaptureFixture
):
    async with await Terminal.connect(acs.port) as broken:
        broken.send(line + b"\r")
        assert await broken.read() == b""
    async with await Terminal.connect(acs.port) as other:
        assert (await other.ask(item(BRIDGES))).startswith(b"18")
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


async def test_names_come_in_the_code_page_of_the_settings(now: datetime):
    async with connected(AcsSettings(encoding="utf-8")) as line:
        reply = await line.ask(item("30000000001184"))
    assert "AJMémoires d'une ville imaginée|".encode() in reply
