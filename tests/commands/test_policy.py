"""`policy` against a live API: looked at, changed line by line, looked back at."""

import json
from pathlib import Path

import pytest

from gateway.workflow.policy import Preference
from tests.commands.shell import Shell


async def lines(shell: Shell) -> list[str]:
    return (await shell.run("policy", "lines", "list")).out.splitlines()


async def test_lines_are_added_changed_moved_and_removed_each_a_version_of_its_own(shell: Shell):
    films = ("name=Films", "item_types=film; video", "lend=false", "reason=NonCirculating")
    assert (await shell.run("policy", "lines", "add", *films)).out == "Policy, version 1: line 1 added.\n"
    valley = ("partners=valley", "days=28", "renewals=1", "cost.amount=12.50", "cost.currency=EUR")
    assert (await shell.run("policy", "lines", "add", "--at", "1", *valley)).code == 0
    assert (await shell.run("policy", "lines", "change", "1", "days=14", "renewals=")).code == 0
    assert await lines(shell) == [
        "LINE  NAME   IS ABOUT                SAYS",
        "1            partners=valley         days=14, cost.amount=12.50, cost.currency=EUR",
        "2     Films  item_types=film; video  lend=false, reason=NonCirculating",
    ]
    assert (await shell.run("policy", "lines", "move", "2", "1")).out == "Policy, version 4: line 2 is line 1.\n"
    assert [line.split()[0:2] for line in await lines(shell)][1:] == [["1", "Films"], ["2", "partners=valley"]]
    assert (await shell.run("policy", "lines", "remove", "1")).out == "Policy, version 5: line 1 removed.\n"
    assert (await shell.run("policy", "lines", "list", "--json")).json == [
        {"partners": ["valley"], "days": 14, "cost": {"amount": "12.50", "currency": "EUR"}}
    ]
    history = (await shell.run("policy", "history")).out.splitlines()
    assert [line.split()[0] for line in history] == ["VERSION", "5", "4", "3", "2", "1"]
    assert all(line.endswith("first-admin") for line in history[1:])


async def test_an_older_version_is_shown_as_it_was(shell: Shell):
    await shell.run("policy", "set", "loan_days=28", "auto_answer=unfilled", "lend_with_queue=true")
    await shell.run("policy", "set", "loan_days=")
    now, before = await shell.run("policy", "show"), await shell.run("policy", "show", "--version", "1")
    assert "Policy, version 2" in now.out
    for shown, days in ((now, 42), (before, 28)):
        assert {f"loan_days={days}", "auto_answer=unfilled", "lend_with_queue=true"} <= set(shown.out.splitlines())
    assert "status 04: retry, OnLoan" in now.out
    (preferences,) = [line for line in now.out.splitlines() if line.startswith("preferences=")]
    assert preferences.split("=")[1].split("; ") == [str(each) for each in Preference]
    assert "No line: everything is lent." in now.out


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (("set", "loan_dys=1"), "The policy has no loan_dys; it has "),
        (("set", "loan_days"), "loan_days is not FIELD=VALUE."),
        (("set", "auto_answer=always"), "auto_answer: must be one of off, "),
        (("lines", "remove", "1"), "There is no line 1; there are 0."),
        (("lines", "add", "--at", "3"), "A new line can be line 1 to 1."),
        (("lines", "add", "reason=TooOld", "days=0"), "lines.0.reason: “TooOld” is none of "),
        (("lines", "add", "item_type=film"), "item_type: there is no such field; did you mean item_types."),
        (("show", "--version", "7"), "There is no such version of the policy."),
        (("replace", "/nowhere/at/all.json"), "/nowhere/at/all.json can't be read as JSON: "),
    ],
)
async def test_what_can_not_be_is_told_and_nothing_is_changed(shell: Shell, argv: tuple[str, ...], words: str):
    ran = await shell.run("policy", *argv)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(words)
    assert await shell.live.store.policy() is None


async def test_a_whole_policy_is_put_as_it_was_shown_and_an_older_one_is_refused(shell: Shell, tmp_path: Path):
    await shell.run("policy", "lines", "add", "branches=Main")
    shown = (await shell.run("policy", "show", "--json")).json
    shown["policy"]["lines"].append({"lend": False})
    file = tmp_path / "policy.json"
    file.write_text(json.dumps(shown))
    assert (await shell.run("policy", "replace", str(file))).out == "Policy, version 2: replaced.\n"
    again = await shell.run("policy", "replace", str(file))
    assert (again.code, again.out) == (0, "Policy, version 2: replaced.\n"), "nothing is different"
    shown["policy"]["lines"] = []
    file.write_text(json.dumps(shown))
    refused = await shell.run("policy", "replace", str(file))
    assert (refused.code, "changed by somebody else" in refused.err) == (1, True)
    file.write_text("[]")
    assert (await shell.run("policy", "replace", str(file))).code == 1
