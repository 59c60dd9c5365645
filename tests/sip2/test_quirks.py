"""sip2.md line by line, on a socket, against a server that shares no code with our codec: limits of SIP2, and the session.

`quirks.LINES` lists every line and its tests; the wire and the meaning of replies have files of their own.
"""

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
from pysip2.models import SIPRequest

from gateway.sip2 import requests
from gateway.sip2.errors import LoginRefused, NotSent, Reason, Unknown
from gateway.sip2.lines import Limits
from gateway.sip2.profiles import LoginKind, StatusFirst, customise
from tests.sip2.hostile import DATE, Act, HostileAcs, until
from tests.sip2.quirks import LINES
from tests.sip2.talking import (
    ASK_ITEM,
    CHECKOUT,
    ITEM,
    QUICK,
    talking_to,
)


def test_every_line_has_its_tests() -> None:
    tests = Path(__file__).parents[1]
    for line, shown in LINES.items():
        assert shown, line
        for name in shown:
            file, _, test = name.partition("::")
            assert re.search(rf"def {test}\(", (tests / file).read_text()), f"{line}: {name}"


# What it can't do


def test_nothing_of_ours_writes_a_19_or_a_37() -> None:
    gateway = Path(requests.__file__).parents[1]
    sources = [path for path in gateway.rglob("*.py") if "demo" not in path.parts]
    assert len(sources) > 50
    assert [path for path in sources if re.search(r"ItemStatusUpdateRequest|FeePaidRequest", path.read_text())] == []


async def test_the_due_date_is_left_to_the_acs_and_read_from_ah() -> None:
    async with talking_to(HostileAcs()) as lines:
        reply = await lines.exchange(CHECKOUT)
    assert reply.first("AH") == "2026-10-28"


async def test_the_checkout_on_the_wire_has_a_blank_due_date_and_can_not_renew() -> None:
    acs = HostileAcs()
    async with talking_to(acs) as lines:
        await lines.exchange(CHECKOUT)
    (heard,) = [line for line in acs.heard if line.startswith("11")]
    assert heard.startswith(f"11NN{DATE}{' ' * 18}AO|")


@pytest.mark.parametrize(
    ("bx", "configured", "says"),
    [
        ("YYYYYYYYYYYYYNYY", None, False),
        ("YYYYYYYYYYYYYYYY", None, None),
        ("YYYY", None, None),
        ("YYYYYYYYYYYYYNYY", frozenset({"15"}), True),
        ("YYYYYYYYYYYYYYYY", frozenset({"17"}), False),
    ],
)
async def test_bx_tells_of_holds_and_configuration_overrides_it(
    bx: str,
    configured: frozenset[str] | None,
    says: bool | None,  # noqa: FBT001 - the expectation
) -> None:
    status = f"98YYYYNN999002{DATE}2.00AOEXV|BX{bx}|"
    profile = QUICK if configured is None else customise(QUICK, {"supports": sorted(configured)})
    async with talking_to(HostileAcs({"99": [status] * 2}), profile) as lines:
        await lines.exchange(ASK_ITEM)
        assert lines.supports("15") is says


# The session


TELNET = {"gw": [b"\r\npassword: "], "hu": [b"Login OK.  Initiating SIP\r\n"]}


@pytest.mark.parametrize(
    ("settings", "acs", "codes"),
    [
        ({}, HostileAcs(), ["93", "99", "17"]),
        ({"login": LoginKind.NONE.value}, HostileAcs(), ["99", "17"]),
        (
            {"login": LoginKind.TELNET.value, "login_timeout_s": 2.0},
            HostileAcs(TELNET, greeting=b"login: "),
            ["gw", "hu", "99", "17"],
        ),
        ({"status_first": StatusFirst.REQUIRED.value}, HostileAcs({"93": ["941"]}), ["99", "93", "17"]),
        ({"status_first": StatusFirst.FATAL.value}, HostileAcs(), ["93", "99", "17"]),
    ],
    ids=["93", "none", "telnet prompts", "99 required first", "99 fatal before login"],
)
async def test_each_way_to_begin_a_session(settings: dict[str, Any], acs: HostileAcs, codes: list[str]) -> None:
    async with talking_to(acs, customise(QUICK, settings)) as lines:
        assert (await lines.exchange(ASK_ITEM)).first("AB") == ITEM
    assert acs.codes() == codes


async def test_refused_logins_are_not_repeated_for_ever() -> None:
    now = [0.0]
    acs = HostileAcs({"93": ["940"] * 9})
    async with talking_to(acs, now=lambda: now[0], limits=Limits(dial_attempts=1)) as lines:
        for _ in range(5):
            with pytest.raises(LoginRefused):
                await lines.exchange(ASK_ITEM)
        assert acs.codes() == ["93"], "then 90 seconds' pause"
        now[0] = 91
        for _ in range(5):
            with pytest.raises(LoginRefused):
                await lines.exchange(ASK_ITEM)
        now[0] = 1_000_000
        with pytest.raises(LoginRefused) as caught:
            await lines.exchange(ASK_ITEM)
    assert caught.value.reason is Reason.STOPPED
    assert acs.codes() == ["93"] * 2, "one more try, no third, and then none until staff resume"


async def test_a_socket_that_is_accepted_and_stays_silent() -> None:
    acs = HostileAcs({"93": [Act.SILENCE]})
    async with talking_to(acs) as lines:
        with pytest.raises(NotSent) as caught:
            await lines.exchange(CHECKOUT)
        assert caught.value.reason is Reason.CONNECT
        assert (await lines.exchange(CHECKOUT)).code == "12"
    assert acs.codes().count("11") == 1


@pytest.mark.parametrize(("request_", "code"), [(ASK_ITEM, "17"), (CHECKOUT, "11")])
async def test_an_idle_session_that_was_closed_is_opened_again_without_fuss(request_: SIPRequest, code: str) -> None:
    acs = HostileAcs()
    async with talking_to(acs) as lines:
        await lines.exchange(ASK_ITEM)
        acs.hang_up()
        await until(lambda: acs.lines() == 0 and lines.status().idle == 0)
        await lines.exchange(request_)
    assert acs.codes() == ["93", "99", "17", "93", "99", code]


async def test_timeout_and_retries_of_the_98_are_honoured() -> None:
    status = f"98YYYYNN001001{DATE}2.00AOEXV|"
    acs = HostileAcs({"99": [status] * 9, "17": [Act.SILENCE] * 9, "11": [Act.SILENCE] * 9})
    patient = customise(QUICK, {"reply_timeout_s": 60.0, "reply_timeout_floor_s": 0.05})
    async with asyncio.timeout(60), talking_to(acs, patient) as lines:
        for request in (ASK_ITEM, CHECKOUT):
            with pytest.raises(Unknown):
                await lines.exchange(request)
    assert (acs.codes().count("17"), acs.codes().count("11")) == (2, 1)
