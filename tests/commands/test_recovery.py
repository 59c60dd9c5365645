"""`recovery …`: what is held after a restore, from the command line."""

from tests.commands.shell import Shell
from tests.web.test_recovery import restore


async def test_without_a_restore_it_says_so(shell: Shell):
    ran = await shell.run("recovery", "show")
    assert (ran.code, "No work is held" in ran.out) == (0, True)
    ran = await shell.run("recovery", "end")
    assert (ran.code, "No work is held" in ran.err) == (1, True)


async def test_from_the_comparison_to_the_end(shell: Shell):
    """People read times by the library's clock, whatever this machine's is; scripts get UTC."""
    await restore(shell.live)
    ran = await shell.run("recovery", "show")
    assert "All work is held since 2026-10-28 03:00. The store was restored." in ran.out
    assert "The store was brought back to 2026-10-28 02:00:00." in ran.out
    said = (await shell.run("recovery", "show", "--json")).json
    assert (said["since"], said["time_zone"]) == ("2026-10-28T09:00:00Z", "America/Denver")
    assert "not confirmed; the store's tokens are suspended" in ran.out
    assert "Held: 1 differ, 1 unclear, 1 agree. Going on: 0." in (await shell.run("recovery", "compare")).out
    assert "It is out." in (await shell.run("recovery", "list")).out
    assert (await shell.run("recovery", "list", "--found", "unclear", "--json")).json["requests"][0]["request"] == "r3"
    assert "Going on: 1." in (await shell.run("recovery", "go-on", "--agreeing")).out
    assert (await shell.run("recovery", "go-on", "r1", "r3")).out == "r1 goes on.\nr3 goes on.\n"
    assert (await shell.run("recovery", "go-on")).code == 1
    assert "confirmed by first-admin" in (await shell.run("recovery", "confirm-access")).out
    assert (await shell.run("recovery", "end")).out == "All work goes on.\n"
