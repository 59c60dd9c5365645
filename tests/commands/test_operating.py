"""`acs` and `lending` against a live API."""

import json

import msgspec
import pytest

from gateway.commands.operating import BREAKER_WORDS
from gateway.sip2.breaker import BreakerState
from tests.commands.shell import Shell
from tests.web.known import ACS_STATUS, REPORT, START

STATUS = """\
its work         it does not answer; its work is postponed
circuit breaker  open: it is left alone for a while
last answer      2026-10-28 03:00:00
last failure     no answer
connections      1, idle: 0
says it is       online
wants to wait    3 s for an answer
supports (BX)    YYY
says no to       29, 65
"""


async def test_the_status_is_told_in_words(shell: Shell):
    assert (await shell.run("acs", "status")).out == STATUS
    assert (await shell.run("acs", "status", "--json")).json == json.loads(msgspec.json.encode(ACS_STATUS))


def test_each_state_of_the_breaker_has_its_words():
    assert set(BREAKER_WORDS) == set(BreakerState)


async def test_a_stopped_login_says_how_it_goes_on(shell: Shell, monkeypatch: pytest.MonkeyPatch):
    stopped = msgspec.structs.replace(ACS_STATUS, refused_logins=3, stopped=True, last_error_at=START)
    monkeypatch.setattr("tests.web.live.ACS_STATUS", stopped)
    said = (await shell.run("acs", "status")).out
    assert "refused logins   3; no login is tried until “acs resume”\n" in said
    assert "last failure     no answer, 2026-10-28 03:00:00\n" in said


async def test_a_check_asks_the_system(shell: Shell):
    assert (await shell.run("acs", "ask")).out == (
        "it answers     yes\nonline status  Y\nsupports (BX)  YYY\nlibrary (AM)   EXAMPLE\n"
    )


async def test_reconciling_prints_differences_and_what_was_not_compared(shell: Shell):
    ran = await shell.run("acs", "reconcile")
    assert ran.code == 1, "not everything was compared"
    assert ran.out.splitlines() == [
        "ITEM            PARTNER  WHAT DIFFERS  PROPOSED",
        "30234000517861  valley   It is out.    Check it in.",
        "Not compared: hills (No connection).",
    ]
    assert (await shell.run("acs", "reconcile", "--json")).json == json.loads(msgspec.json.encode(REPORT))


async def test_where_nothing_was_compared_it_is_not_said_that_all_is_well(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
):
    silent = msgspec.structs.replace(REPORT, accounts=(), differences=())
    monkeypatch.setattr("tests.web.live.REPORT", silent)
    assert (await shell.run("acs", "reconcile")).out.splitlines() == [
        "No difference in what was compared; accounts compared: 0.",
        "Not compared: hills (No connection).",
    ]


async def test_resuming_starts_waiting_work(shell: Shell):
    assert "Waiting work starts now." in (await shell.run("acs", "resume")).out
    assert shell.live.resumed == [START]


async def test_lending_is_paused_and_goes_on(shell: Shell):
    paused = await shell.run("lending", "pause", "--note", "Back on Monday.")
    told = "Lending is paused (policy 1): new requests are answered NotCurrentAvailableForILL, “Back on Monday.”\n"
    assert paused.out == told
    assert (await shell.run("lending", "resume")).out == "Lending goes on (policy 2).\n"
    assert (await shell.run("lending", "pause", "--json")).json["policy"]["paused"] is True
    assert "are answered OnOrder, “Back" in (await shell.run("lending", "pause", "--reason", "OnOrder")).out
