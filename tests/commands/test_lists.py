"""`lists` against a live API."""

from datetime import timedelta

import pytest

from gateway.workflow.records import Item, ItemPlace, State
from tests.commands.shell import Shell
from tests.web.known import ALMANAC, START, a_request, keep


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("pull", State.WILL_SUPPLY),
        ("to-ship", State.ARRIVED),
        ("overdue", State.OVERDUE),
        ("checked-out-not-told", State.CHECKED_OUT),
    ],
)
async def test_each_list_has_call_number_and_address(shell: Shell, name: str, state: State):
    place = ItemPlace.AT_DESK if name == "to-ship" else ItemPlace.HELD
    items = (Item(copy=ALMANAC, place=place),)
    await keep(shell.live.store, a_request("r1", state, due_at=START - timedelta(days=1), items=items))
    ran = await shell.run("lists", name)
    [_, line] = ran.out.splitlines()
    assert "QA76.73 ALM" in line
    assert "1 Imaginary Road, Valley, 00001" in line


async def test_due_looks_as_far_as_it_is_told(shell: Shell):
    await keep(shell.live.store, a_request("r1", State.LOANED, due_at=START + timedelta(days=20)))
    assert (await shell.run("lists", "due")).out == "Nothing out and due soon.\n"
    assert len((await shell.run("lists", "due", "--days", "30", "--json")).json["rows"]) == 1


async def test_a_list_that_there_is_none_of_is_told_with_those_that_there_are(shell: Shell):
    ran = await shell.run("lists", "receive")
    assert ran.code == 2
    assert "'to-receive'" in ran.err
    assert "ListName" not in ran.err


async def test_the_pull_list_as_paper(shell: Shell):
    await keep(shell.live.store, a_request())
    assert "PULL LIST" in (await shell.run("lists", "pull", "--paper")).out
