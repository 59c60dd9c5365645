"""`pool list | add | block | unblock` against a live API."""

from tests.commands.shell import Shell


async def test_the_pool_from_empty_to_blocked(shell: Shell):
    assert (await shell.run("pool", "list")).out == "The pool has no barcodes yet.\n"
    added = await shell.run("pool", "add", "main", "--first", "01", "--last", "09")
    assert added.out == "Range “main” has 9 barcodes, 9 of them free.\n"
    assert (await shell.run("pool", "block", "05")).out == "Barcode 05 is blocked.\n"
    listed = (await shell.run("pool", "list")).out.splitlines()
    assert [line.split() for line in listed] == [
        ["RANGE", "TOTAL", "FREE", "ASSIGNED", "WITH", "CUSTOMER", "COOLING", "BLOCKED"],
        ["main", "9", "8", "0", "0", "0", "1"],
    ]
    assert (await shell.run("pool", "unblock", "05")).out == "Barcode 05 is free again.\n"


async def test_a_range_without_a_free_barcode_has_a_warning(shell: Shell):
    await shell.run("pool", "add", "main", "P-1")
    await shell.run("pool", "block", "P-1")
    assert (await shell.run("pool", "list")).out.splitlines()[-1].startswith("main: No barcode is free")


async def test_either_barcodes_or_a_run(shell: Shell):
    ran = await shell.run("pool", "add", "main")
    assert (ran.code, ran.err) == (1, "Name either barcodes, or --first and --last.\n")
