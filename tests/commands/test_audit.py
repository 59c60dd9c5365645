"""`audit verify | erase`."""

import asyncio
from datetime import UTC, datetime

import pytest

from gateway.commands.audit import _HowFar
from gateway.commands.client import ApiClient
from gateway.dispatch.audit_progress import Progress
from gateway.workflow.recovery import Recovery
from tests.commands.shell import Shell
from tests.web.test_audit import note, seal


async def test_the_chain_is_looked_at_and_a_changed_line_is_named(shell: Shell):
    number = await note(shell.live)
    await seal(shell.live)
    ran = await shell.run("audit", "verify")
    assert (ran.code, "History is what it was when it was sealed: 1 lines in 1 seals" in ran.out) == (0, True)
    assert "Money, partners and policies: " in ran.out
    head = (await shell.run("audit", "verify", "--json")).json["head"]
    assert "The chain has gone through that head." in (await shell.run("audit", "verify", "--head", head)).out
    ran = await shell.run("audit", "verify", "--head", "f" * 64)
    assert (ran.code, "This store knows of no restore." in ran.out) == (1, True)
    shell.live.store._writer.execute("UPDATE history SET at = at + 1")  # type: ignore[attr-defined]
    ran = await shell.run("audit", "verify")
    assert (ran.code, f"Line {number}: It was changed." in ran.out) == (1, True)


async def test_before_anything_is_sealed_there_is_no_head(shell: Shell):
    ran = await shell.run("audit", "verify")
    assert ran.code == 0
    assert ran.out.splitlines()[-1].startswith("There is no head yet")


async def test_a_head_that_is_not_known_after_a_restore_may_be_of_before_it(shell: Shell):
    await note(shell.live)
    await seal(shell.live)
    to, at = datetime(2026, 10, 27, 4, 0, tzinfo=UTC), datetime(2026, 10, 28, 9, 30, tzinfo=UTC)
    await shell.live.store.recovery.begin(Recovery(since=at, why="The store was restored.", copy_of=to))
    await shell.live.store.recovery.end(at=at, by="ada")
    ran = await shell.run("audit", "verify", "--head", "f" * 64)
    assert ran.code == 1
    assert "or the store was restored to before it. " in ran.out
    assert "The last restore was at 2026-10-28 03:30, to 2026-10-26 22:00." in ran.out
    verified = (await shell.run("audit", "verify", "--json")).json
    assert (verified["restored_at"], verified["restored_to"]) == ("2026-10-28T09:30:00Z", "2026-10-27T04:00:00Z")


async def test_a_note_is_erased(shell: Shell):
    number = await note(shell.live)
    await seal(shell.live)
    assert (await shell.run("audit", "erase", str(number))).code == 2, "without a reason"
    ran = await shell.run("audit", "erase", str(number), "--reason", "Privacy.")
    assert (ran.code, ran.out) == (0, "The note is erased; its digest stays in the chain.\n")
    assert (await shell.run("audit", "verify")).code == 0


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (0, "going through history, 0 %"),
        (400, "going through history, 40 %"),
        (1000, "going through bills, invoices, partners and policies"),
    ],
)
async def test_whoever_waits_sees_how_far_a_look_is(shell: Shell, line: int, words: str):
    live = shell.live
    with live.looks.one(Progress(live.time, 1000)) as look:
        look.tell(line)
        assert await asked(shell, live.tokens["admin"]) == words


async def test_where_the_gateway_does_not_say_how_far_it_is_it_is_said_without(shell: Shell):
    assert await asked(shell, shell.live.tokens["admin"]) == "going through history", "another gateway looks"
    assert await asked(shell, "nobody's") == "going through history"


async def asked(shell: Shell, token: str) -> str:
    """What is shown beside a look that goes on."""
    return await asyncio.to_thread(_HowFar(ApiClient(url=shell.live.url, token=token)).words)
