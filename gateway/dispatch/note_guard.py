"""Looks notes through for the customer's data before they are kept or sent (ill.md, duty 14).

A hit blocks until a person has looked; it is told by its kind, never by its text. Where the circulation system answers, what
it knows of the customer is sought too; where it doesn't, what the intake form said must do, for a note can't wait for it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Final

from gateway.clock import TimeSource
from gateway.dispatch.reports import SipPool
from gateway.mapping import circulation
from gateway.mapping.circulation import Desk
from gateway.mapping.privacy import CustomerData, Personal, known_of, personal_data_in
from gateway.sip2.errors import NotSent, Unknown
from gateway.store.borrowing_port import Customer
from gateway.workflow.records import Request, Role

WORDS: Final = {
    Personal.BARCODE: "barcode",
    Personal.NAME: "name",
    Personal.EMAIL: "e-mail address",
    Personal.PHONE: "telephone number",
}

ANSWER_S: Final = 5.0
"""How long a person who writes a note waits for the circulation system."""
Known = Callable[[str], Awaitable[Customer | None]]
"""Who asked for a request; None once it is anonymous."""


def data_of(customer: Customer) -> CustomerData:
    """Give what the intake form told of a customer, as it is sought in notes."""
    names, emails, phones = ((value,) if value else () for value in (customer.name, customer.email, customer.phone))
    return CustomerData(barcodes=(customer.barcode,), names=names, emails=emails, phones=phones)


def tells(texts: Iterable[str | None], *known: CustomerData) -> str | None:
    """Say what of the customer the texts tell, in words that quote nothing; None where they tell nothing."""
    found = {kind for text in texts if text for data in known for kind in personal_data_in(text, data)}
    if not found:
        return None
    kinds = ", ".join(WORDS[kind] for kind in Personal if kind in found)
    return f"It tells of the customer: {kinds}. Leave that out; nothing about the customer leaves the library."


class NoteGuard:
    """Looks through what staff write about a request of ours."""

    def __init__(self, *, known: Known, pool: SipPool, desk: Desk, time: TimeSource) -> None:
        """`known` reads the customer of a request."""
        self._known = known
        self._pool = pool
        self._desk = desk
        self._time = time

    async def objection(self, request: Request, texts: Iterable[str | None]) -> str | None:
        """Say what of the customer the texts tell; None where nothing, and where we lend: then we know no customer.

        Raises StoreUnavailable.
        """
        written = [text for text in texts if text]
        if request.role is Role.LENDING or not written:
            return None
        customer = await self._known(request.id)
        if customer is None:
            return None
        form = data_of(customer)
        return tells(written, form) or tells(written, await self._asked(customer))

    async def _asked(self, customer: Customer) -> CustomerData:
        """What the circulation system knows (63); nothing where it does not answer."""
        question = circulation.question_request(
            circulation.Question.HOLDS, item="", account=customer.barcode, at=self._time.now(), desk=self._desk
        )
        try:
            async with asyncio.timeout(ANSWER_S):
                return known_of(await self._pool.exchange(question))
        except (NotSent, Unknown, TimeoutError):
            return CustomerData()
