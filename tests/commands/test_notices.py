"""`notices …` against a live API whose library sends mail: listed, shown, sent now, seen to."""

from collections.abc import AsyncIterator

import pytest

from gateway.notices.life import NoticeEvent, NoticeTrigger
from tests.commands.shell import Shell
from tests.web.known import START, a_request, keep
from tests.web.live import live_api
from tests.web.test_notices import PLAN


@pytest.fixture
async def shell(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, in_utc: None
) -> AsyncIterator[Shell]:
    async with live_api(mail=PLAN) as live:
        yield Shell(live, capsys, monkeypatch)


async def test_without_a_mail_the_list_says_so(shell: Shell):
    assert (await shell.run("notices", "list")).out == "There is no such mail here.\n"
    assert (await shell.run("notices", "send", "pull-slips")).code == 2
    assert (await shell.run("notices", "send", "pull slips")).out == "There is nothing to send.\n"
    unknown = await shell.run("notices", "show", "N-0")
    assert (unknown.code, unknown.out) == (1, "")


@pytest.mark.process
async def test_pull_slips_are_sent_listed_shown_and_seen_to(shell: Shell):
    await keep(shell.live.store, a_request("r1"), a_request("r2"))
    elsewhere = await shell.run("notices", "send", "pull slips", "East")
    assert (elsewhere.code, elsewhere.err) == (1, "There is no such branch.\n")
    sent = await shell.run("notices", "send", "pull slips", "Main")
    words, name = sent.out.splitlines()
    assert (sent.code, words) == (0, "1 mail to send.")

    listed = await shell.run("notices", "list", "--kind", "pull slips", "--state", "waiting")
    (line,) = [each for each in listed.out.splitlines() if name in each]
    assert "main@library.example" in line
    assert "2026-10-28" in line
    assert (await shell.run("notices", "list", "--state", "sent")).out == "There is no such mail here.\n"

    shown = (await shell.run("notices", "show", name)).out
    assert "kind: pull slips\nabout: Main Library\nto: main@library.example\nstands: waiting\n" in shown
    assert "file: pull-slip" in shown
    refused = await shell.run("notices", "act", name, "arrived")
    assert (refused.code, "while the mail is “waiting”" in refused.err) == (1, True)


@pytest.mark.process
async def test_a_mail_that_may_have_arrived_is_sent_again_or_said_to_have(shell: Shell):
    await keep(shell.live.store, a_request("r1"))
    name = (await shell.run("notices", "send", "pull slips", "Main")).out.splitlines()[1]
    perhaps = NoticeEvent(trigger=NoticeTrigger.PERHAPS_TAKEN, at=START, words="The line broke.")
    await shell.live.desk.mail.notices.submit(name, perhaps)
    again = await shell.run("notices", "act", name, "send-again", "--to", "desk@library.example")
    assert (again.code, "to: desk@library.example\nstands: waiting\n" in again.out) == (0, True)
    await shell.live.desk.mail.notices.submit(name, perhaps)
    ran = await shell.run("notices", "act", name, "arrived", "--words", "They have it.")
    assert (ran.code, "stands: sent\nwords: They have it.\n" in ran.out) == (0, True)


async def test_texts_are_shown_with_made_up_values(shell: Shell):
    ran = await shell.run("notices", "texts")
    assert "statement (your own words); it may name $" in ran.out
    assert "Subject: Your account with Example Valley Library" in ran.out
