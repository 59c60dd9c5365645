"""`acs` and `lending` against a live API."""

import json

import msgspec
import pytest

from tests.commands.shell import Shell
from tests.web.live import ACS_STATUS, REPORT, START


async def test_the_status_is_printed_fact_by_fact(shell: Shell):
    lines = (await shell.run("acs", "status")).out.splitlines()
    assert "breaker          open" in lines
    assert "acs denied       29, 65" in lines
    assert "stopped          no" in lines
    assert (await shell.run("acs", "status", "--json")).json == json.loads(msgspec.json.encode(ACS_STATUS))


async def test_a_check_asks_the_system(shell: Shell):
    assert (await shell.run("acs", "ask")).out == (
        "ok                  yes\nsays online_status  Y\nsupports            YYY\nlibrary             EXAMPLE\n"
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
    assert paused.out == "Lending is paused (policy 1): Back on Monday.\n"
    assert (await shell.run("lending", "resume")).out == "Lending goes on (policy 2).\n"
    assert (await shell.run("lending", "pause", "--json")).json["policy"]["paused"] is True
