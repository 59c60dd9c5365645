"""`audit verify | erase`."""

from tests.commands.shell import Shell
from tests.web.test_audit import note, seal


async def test_the_chain_is_looked_at_and_a_changed_line_is_named(shell: Shell):
    number = await note(shell.live)
    await seal(shell.live)
    ran = await shell.run("audit", "verify")
    assert (ran.code, "History is what it was when it was sealed: 1 lines in 1 seals" in ran.out) == (0, True)
    head = (await shell.run("audit", "verify", "--json")).json["head"]
    assert "The chain has gone through that head." in (await shell.run("audit", "verify", "--head", head)).out
    assert (await shell.run("audit", "verify", "--head", "f" * 64)).code == 1
    shell.live.store._writer.execute("UPDATE history SET at = at + 1")  # type: ignore[attr-defined]
    ran = await shell.run("audit", "verify")
    assert (ran.code, f"Line {number}: It was changed." in ran.out) == (1, True)


async def test_a_note_is_erased(shell: Shell):
    number = await note(shell.live)
    await seal(shell.live)
    assert (await shell.run("audit", "erase", str(number))).code == 2, "without a reason"
    ran = await shell.run("audit", "erase", str(number), "--reason", "Privacy.")
    assert (ran.code, ran.out) == (0, "The note is erased; its digest stays in the chain.\n")
    assert (await shell.run("audit", "verify")).code == 0
