"""`requests act | acts`: what each step does, and the question before what gives up, tells no or can't be undone."""

import io

import pytest

from gateway.workflow.records import State
from gateway.workflow.triggers import StaffAction
from tests.commands.shell import Shell
from tests.web.known import a_request, keep

RETRY = (
    "Request r1 is “will supply”. retry: Take the hold off and answer “not now”; the request is over. "
    "Tells the partner: RetryPossible, once the hold is off. Gives up, tells no. Is that meant?"
)


class Terminal(io.StringIO):
    """An input at which somebody sits."""

    def isatty(self) -> bool:
        return True


async def test_what_tells_no_needs_a_word_and_a_script_has_to_say_yes(shell: Shell, monkeypatch: pytest.MonkeyPatch):
    await keep(shell.live.store, a_request())
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    ran = await shell.run("requests", "act", "r1", "retry")
    assert (ran.code, shell.live.intake.acted) == (1, [])
    assert ran.err == f"{RETRY}\nNobody can be asked here: say --yes if that is meant. Nothing was done.\n"
    assert (await shell.run("requests", "act", "r1", "retry", "--yes")).code == 0
    [(_, event)] = shell.live.intake.acted
    assert (event.action, event.seen_in) == (StaffAction.ANSWER_RETRY, None)


async def test_at_a_terminal_the_answer_counts_and_the_state_that_was_read_goes_along(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
):
    await keep(shell.live.store, a_request())
    monkeypatch.setattr("sys.stdin", Terminal("n\n"))
    ran = await shell.run("requests", "act", "r1", "retry")
    assert (ran.code, ran.err, shell.live.intake.acted) == (1, f"{RETRY} [y/N] Nothing was done.\n", [])
    monkeypatch.setattr("sys.stdin", Terminal("y\n"))
    assert (await shell.run("requests", "act", "r1", "retry")).code == 0
    assert [event.seen_in for _, event in shell.live.intake.acted] == [State.WILL_SUPPLY]


@pytest.mark.parametrize("act", ["arrived", "ship", "message"])
async def test_the_steps_of_the_day_ask_nothing(shell: Shell, monkeypatch: pytest.MonkeyPatch, act: str):
    await keep(shell.live.store, a_request())
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    item = ("--item", "30234000517861")
    assert (await shell.run("requests", "act", "r1", act, *item, "--note", "Today.")).code == 0


async def test_an_act_that_is_not_possible_is_refused_and_not_asked_about(shell: Shell):
    await keep(shell.live.store, a_request("r1", State.LOANED))
    ran = await shell.run("requests", "act", "r1", "retry")
    assert ran.err == "“Answer not now” is not possible while the request is “Lent”.\n"


async def test_show_says_of_each_act_what_it_does_and_who_hears_of_it(shell: Shell):
    await keep(shell.live.store, a_request())
    ran = await shell.run("requests", "show", "r1")
    lines = ran.out.partition("You can\n")[2].splitlines()
    assert "  arrived         Check the item in at the desk. Nobody is told." in lines
    assert any(line.startswith("  retry ") and line.endswith("Gives up, tells no.") for line in lines)


async def test_acts_are_listed_by_role_and_state_without_a_gateway(shell: Shell, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("ILL_GATEWAY_TOKEN")
    ran = await shell.run("requests", "acts", "--role", "lending", "--state", "to copy")
    assert (
        "Make no copy and answer no; the request is over. Tells the partner: Unfilled. Gives up, tells no.\n" in ran.out
    )
    assert (
        "  message         Write to the partner's staff. Tells the partner: your words.\n                  in every other state\n"
        in ran.out
    )
    assert "arrived" not in ran.out
    both = await shell.run("requests", "acts", "note")
    assert both.out.count("Write a note for staff, which stays inside. Nobody is told.") == 2
    found = (await shell.run("requests", "acts", "lost", "--json")).json
    assert [(each["role"], each["act"]["asks"]) for each in found] == [("lending", True), ("borrowing", True)]
    assert found[0]["act"]["flags"] == ["ends the loan", "gives up", "can't be undone"]


async def test_help_says_where_the_lines_are(shell: Shell):
    assert "requests acts" in (await shell.run("requests", "act", "--help")).out
