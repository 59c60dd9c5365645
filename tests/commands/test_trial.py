"""`policy try` against a live API: the whole reasoning, and nothing else."""

import pytest

from gateway.store.port import RequestFilter
from gateway.workflow.finding import ListedItem
from tests.commands.shell import Shell
from tests.web.known import ALMANAC


@pytest.fixture
async def stocked(shell: Shell) -> Shell:
    await shell.live.store.import_items([ListedItem(copy=ALMANAC, keys=("isbn:9780306406157",))], replace=True)
    await shell.run("policy", "lines", "add", "name=Films", "item_types=film", "lend=false", "reason=NonCirculating")
    await shell.run("policy", "lines", "add", "partners=valley", "days=28")
    return shell


async def test_the_whole_reasoning_is_printed(stocked: Shell):
    ran = await stocked.run("policy", "try", "--isbn", "0-306-40615-2", "--partner", "valley")
    assert ran.code == 0
    assert ran.out.splitlines()[0] == "Example Valley Library asks: Loan. Policy, version 2."
    for line in (
        "30234000517861 (Main, book)",
        "  the circulation system says: status 03, 0 waiting",
        "  line 1 “Films” does not fit: item type book, not film",
        "  line 2 counts",
        "A person would decide (auto-answer: off).",
        "Nothing was written, held or sent.",
    ):
        assert line in ran.out.splitlines()
    assert "Answer: WillSupply, expectedDeliveryDate 2026-10-30." in ran.out
    assert stocked.live.acs.asked == ["17"]
    assert await stocked.live.store.requests(RequestFilter()) == ()


async def test_a_copy_can_be_supposed_to_be_otherwise(stocked: Shell):
    argv = ("--isbn", "0306406152", "--partner", "valley", "--item-type", "film", "--status", "03")
    ran = await stocked.run("policy", "try", *argv)
    assert "  line 1 “Films” counts" in ran.out.splitlines()
    assert "  assumed: status 03, 0 waiting" in ran.out.splitlines()
    assert "Answer: Unfilled, reasonUnfilled NonCirculating." in ran.out
    assert stocked.live.acs.asked == []


async def test_a_copy_and_either_are_other_services_than_a_loan(stocked: Shell):
    film = ("--item-type", "film", "--partner", "valley", "--json")
    copy = (await stocked.run("policy", "try", *film, "--copy")).json
    assert (copy["service"], copy["answer"]["service"], copy["answer"]["kind"]) == ("Copy", "Copy", "supply")
    either = (await stocked.run("policy", "try", *film, "--either")).json
    assert [each["service"] for each in either["copies"][0]["verdicts"]] == ["Loan", "Copy"]


async def test_a_stranger_and_a_work_that_we_do_not_have(stocked: Shell):
    stranger = await stocked.run("policy", "try", "--isbn", "0306406152")
    assert "none of our partners waits for approval" in stranger.out
    missing = await stocked.run("policy", "try", "--isbn", "9780000000002", "--partner", "valley")
    assert "Answer: Unfilled, reasonUnfilled NotHeld." in missing.out


async def test_a_partner_that_there_is_not_is_a_failure(stocked: Shell):
    ran = await stocked.run("policy", "try", "--partner", "nobody")
    assert (ran.code, ran.err) == (1, "--partner: there is none with this id or symbol.\n")
