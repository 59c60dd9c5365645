"""`prices` against a live API."""

from tests.commands.shell import Shell
from tests.web.test_prices import ITEM, borrow, owes


async def test_a_price_is_named_set_looked_at_and_listed(shell: Shell):
    request = await borrow(shell.live)
    assert "to set" in (await shell.run("prices", "list")).out
    ran = await shell.run("prices", "name", request, "--amount", "45.00")
    assert ran.out == f"{request}: to set. Price of the item: 45.00 USD (the lender's).\n"
    owes(shell.live, owed="1.00")
    assert (await shell.run("prices", "set", request)).code == 1, "it differs"
    owes(shell.live, f"{ITEM} 45.00", owed="46.00")
    ran = await shell.run("prices", "look", request)
    assert (ran.code, ran.out) == (0, f"{request}: agrees. A fee of 45.00 for the item stands there.\n")
    assert "lender's" in (await shell.run("prices", "list")).out


async def test_an_amount_that_is_none_is_told_by_its_option(shell: Shell):
    request = await borrow(shell.live)
    ran = await shell.run("prices", "name", request, "--amount", "much")
    assert (ran.code, "--amount: must be an amount" in ran.err) == (1, True)
