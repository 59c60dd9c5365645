"""No step of an invoice is lost or half done, although the processes that take it are killed between steps, again and again."""

import pytest

from gateway.money.invoices.events import InvoiceAct
from gateway.money.invoices.records import InvoiceState
from gateway.store.factory import open_store
from gateway.store.invoices_port import InvoiceFilter
from gateway.store.port import Store
from gateway.workflow.tasks import TaskKind
from tests.store.killing import killed_while_working
from tests.store.payer import pay_without_end

pytestmark = pytest.mark.process

KILLS = 4
S = InvoiceState
REACHED: dict[str, frozenset[InvoiceState]] = {
    "entered": frozenset({S.ENTERED, S.VERIFIED, S.APPROVED, S.EXPORTED, S.PAID}),
    InvoiceAct.VERIFY: frozenset({S.VERIFIED, S.APPROVED, S.EXPORTED, S.PAID}),
    InvoiceAct.APPROVE: frozenset({S.APPROVED, S.EXPORTED, S.PAID}),
    "exported": frozenset({S.EXPORTED, S.PAID}),
    InvoiceAct.PAY: frozenset({S.PAID}),
}
"""Where an invoice may stand once a step was said to be done."""


async def must_be_whole(store: Store, said: list[tuple[str, str]]) -> None:
    invoices = {invoice.id: invoice for invoice in await store.invoices.invoices(InvoiceFilter(limit=10_000))}
    assert said, "something was done before the kill"
    for step, name in said:
        assert invoices[name].state in REACHED[step], "what was said to be done is done"
    waiting = {task.about for task in await store.tasks(kind=TaskKind.APPROVE_INVOICE)}
    assert waiting == {name for name, invoice in invoices.items() if invoice.state is S.VERIFIED}
    batches = {each.batch: each.count for each in await store.invoices.batches(limit=10_000)}
    for invoice in invoices.values():
        history = await store.invoices.history(invoice.id)
        assert len(history) == invoice.version, "each step with its line, and no line without its step"
        assert history[-1].state == invoice.state
        assert (invoice.reference != "") is (invoice.state is S.PAID)
        assert invoice.state is not S.EXPORTED or invoice.batch in batches
    assert sum(batches.values()) == sum(invoice.batch is not None for invoice in invoices.values())


async def killed_again_and_again(url: str, gateways: str) -> None:
    said: list[tuple[str, str]] = []
    for turn in range(KILLS):
        said += killed_while_working(pay_without_end, url, *(f"{turn}{each}" for each in gateways))
    store = open_store(url)
    await store.open()
    try:
        await must_be_whole(store, said)
    finally:
        await store.close()


async def test_kills_between_steps_leave_each_invoice_whole(sqlite_url: str) -> None:
    await killed_again_and_again(sqlite_url, "a")


async def test_kills_of_several_gateways_leave_each_invoice_whole(postgres_url: str) -> None:
    await killed_again_and_again(postgres_url, "ab")
