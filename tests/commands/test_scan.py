"""`scan`: the next step of what was scanned, in one line each."""

import io

import pytest

from gateway.workflow.records import State
from tests.commands.shell import Shell
from tests.web.known import ALMANAC, a_request, keep


async def test_each_code_is_said_in_a_line_and_one_that_came_to_nothing_is_a_failure(shell: Shell):
    await keep(shell.live.store, a_request("r1", State.DECIDING, items=()))
    ran = await shell.run("scan", "r1", "no such words")
    assert ran.code == 1
    assert ran.out.splitlines() == [
        (
            "look  To answer: r1 to Example Valley Library. Whether it goes out is to be answered, not scanned."
            "  The Imaginary Almanac"
        ),
        "stop  No open request has that.",
    ]


async def test_what_can_be_done_is_offered_and_codes_come_from_a_file_too(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
):
    await keep(shell.live.store, a_request())
    monkeypatch.setattr("sys.stdin", io.StringIO(f"\n{ALMANAC.item_barcode}\n"))
    ran = await shell.run("scan", "--mode", "look")
    assert ran.code == 0
    assert "      ship r1: Check the item out to the partner's account." in ran.out


async def test_what_was_scanned_is_json_for_scripts(shell: Shell):
    await keep(shell.live.store, a_request())
    ran = await shell.run("scan", "r1", "--wait", "0", "--json")
    assert (ran.json["act"], ran.json["request"]) == ("arrive-and-ship", "r1")
