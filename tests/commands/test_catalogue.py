"""`catalogue find` against a live API."""

from tests.commands.shell import Shell


async def test_a_look_up_prints_copies_and_how_they_were_found(shell: Shell):
    ran = await shell.run("catalogue", "find", "--isbn", "0306406152", "--any-edition")
    lines = ran.out.splitlines()
    assert ran.code == 0
    assert lines[0].split() == ["BARCODE", "BRANCH", "CALL", "NUMBER", "TYPE", "TITLE"]
    assert lines[1].startswith("30234000517861  Main Library  QA76")
    assert lines[-1] == "Catalogue: ISBN 9780306406157: 1 record."


async def test_no_copy_is_exit_code_1(shell: Shell):
    ran = await shell.run("catalogue", "find", "--title", "Unheard Of")
    assert (ran.code, ran.out.splitlines()[0]) == (1, "No copy.")


async def test_silence_is_not_no_copy(shell: Shell):
    ran = await shell.run("catalogue", "find", "--title", "Silence")
    assert (ran.code, ran.out.splitlines()[0]) == (1, "No copy was found; that proves nothing.")


async def test_as_json(shell: Shell):
    assert (await shell.run("catalogue", "find", "--title", "Unheard Of", "--json")).json["copies"] == []
