"""Takes invoices from their entry to their payment without end and says each step that is done; in a process that is killed (killing.py)."""

import asyncio
import itertools

from gateway.dispatch.invoices import InvoiceIntake
from gateway.money.engine import Decision
from gateway.money.invoices.events import InvoiceAct
from gateway.store.factory import open_store
from tests.store.killing import Say
from tests.store.test_contract_invoices import PAY, acted, entered
from tests.store.values import later

STEPS = ((InvoiceAct.VERIFY, "anna"), (InvoiceAct.APPROVE, "berta"))


async def pay_without_end(url: str, name: str, say: Say) -> None:
    """Enter invoices and see them through, several at once."""
    store = open_store(url)
    await store.open()
    await store.migrate()
    door = InvoiceIntake(store)

    async def one(number: int) -> None:
        invoice = f"V-{name}-{number}"
        await door.enter(entered(invoice, number=f"{name}-{number}"))
        say("entered", invoice)
        for act, by in STEPS:
            assert isinstance(await door.submit_invoice(invoice, acted(act, by)), Decision)
            say(act, invoice)
        _, exported = await door.export(at=later(5), by="carla")
        for each in exported:
            say("exported", each.id)
        if isinstance(await door.submit_invoice(invoice, acted(InvoiceAct.PAY, "anna", 9, **PAY)), Decision):
            say(InvoiceAct.PAY, invoice)

    for first in itertools.count(1, 4):
        await asyncio.gather(*(one(number) for number in range(first, first + 4)))
