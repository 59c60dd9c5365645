# ruff: noqa: T201 - what it prints is what it is for
"""A process that takes invoices from their entry to their payment without end and says each step that is done; for tests that kill it.

python -m tests.store.payer sqlite:////tmp/gateway.db NAME
"""

import asyncio
import itertools
import sys

from gateway.dispatch.invoices import InvoiceIntake
from gateway.money.engine import Decision
from gateway.money.invoices.events import InvoiceAct
from gateway.store.factory import open_store
from tests.store.test_contract_invoices import PAY, acted, entered
from tests.store.values import later

STEPS = ((InvoiceAct.VERIFY, "anna"), (InvoiceAct.APPROVE, "berta"))


async def main(url: str, name: str) -> None:
    """Enter invoices and see them through, several at once."""
    store = open_store(url)
    await store.open()
    await store.migrate()
    door = InvoiceIntake(store)

    async def one(number: int) -> None:
        invoice = f"V-{name}-{number}"
        await door.enter(entered(invoice, number=f"{name}-{number}"))
        print("entered", invoice, flush=True)
        for act, by in STEPS:
            assert isinstance(await door.submit_invoice(invoice, acted(act, by)), Decision)
            print(act, invoice, flush=True)
        _, exported = await door.export(at=later(5), by="carla")
        for each in exported:
            print("exported", each.id, flush=True)
        if isinstance(await door.submit_invoice(invoice, acted(InvoiceAct.PAY, "anna", 9, **PAY)), Decision):
            print(InvoiceAct.PAY, invoice, flush=True)

    for first in itertools.count(1, 4):
        await asyncio.gather(*(one(number) for number in range(first, first + 4)))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
