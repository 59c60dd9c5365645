"""Looks notes through for the customer's data before they are kept or sent (ill.md, duty 14).

A hit blocks until a person has looked; it is told by its kind, never by its text. Where the circulation system answers, what
it knows of the customer is sought too; where it doesn't, what the intake form said must do, for a note can't wait for it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from contextlib import suppress
from typing import Final

from gateway.barcodes import BarcodeKind, scanned
from gateway.dispatch.acs import Acs
from gateway.mapping.circulation import LookKind
from gateway.mapping.privacy import CustomerData, Personal, known_of, numbers_in, personal_data_in
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
MOST_ASKED: Final = 5
"""Numbers of one note that the circulation system is asked about."""
Known = Callable[[str], Awaitable[Customer | None]]
"""Who asked for a request; None once it is anonymous."""


def data_of(customer: Customer) -> CustomerData:
    """Return what the intake form told of a customer, as it is sought in notes."""
    names, emails, phones = ((value,) if value else () for value in (customer.name, customer.email, customer.phone))
    return CustomerData(barcodes=(customer.barcode,), names=names, emails=emails, phones=phones)


def tells(texts: Iterable[str | None], *known: CustomerData) -> str | None:
    """Say what of the customer the texts tell, in words that quote nothing; None where they tell nothing."""
    found = {kind for text in texts if text for data in known for kind in personal_data_in(text, data)}
    if not found:
        return None
    kinds = ", ".join(WORDS[kind] for kind in Personal if kind in found)
    return f"It tells of a customer: {kinds}. Leave that out: no note tells who a customer is."


class NoteGuard:
    """Looks through what staff write about a request, in either role: to the other library, or for the request's history.

    Of a request of ours it is known who asked. Of anybody else a card's number tells: by its form, or because the circulation
    system knows a customer by it, whose name and addresses are then sought too. A name alone can't be told from anyone's.
    """

    def __init__(self, *, known: Known, accounts: Callable[[], Collection[str]], acs: Acs) -> None:
        """`known` reads the customer of a request; `accounts` are those of partner libraries, which are no customers."""
        self._known = known
        self._accounts = accounts
        self._acs = acs

    async def objection(self, request: Request, texts: Iterable[str | None]) -> str | None:
        """Say what of a customer the texts tell; None where nothing. Raises StoreUnavailable."""
        written = [text for text in texts if text]
        customer = await self._known(request.id) if written and request.role is Role.BORROWING else None
        form, numbers = data_of(customer) if customer else CustomerData(), self._numbers(written, request)
        cards = tuple(number for number in numbers if scanned(number).kind is BarcodeKind.CUSTOMER)
        objection = tells(written, form, CustomerData(barcodes=cards))
        return objection or tells(written, *await self._asked(form.barcodes, numbers[:MOST_ASKED]))

    def _numbers(self, texts: Iterable[str], request: Request) -> list[str]:
        """The numbers in the texts but for those of the request's items and of partner libraries."""
        own = {
            *(item.barcode for item in request.items),
            *self._accounts(),
            request.account,
            request.partner_request_id,
        }
        return [number for text in texts for number in numbers_in(text) if number not in own]

    async def _asked(self, own: Sequence[str], numbers: Sequence[str]) -> list[CustomerData]:
        """What the circulation system knows (63) of our customer, and of whoever has one of the numbers and a name.

        Nothing more once it does not answer.
        """
        found = []
        with suppress(NotSent, Unknown, TimeoutError):
            async with asyncio.timeout(ANSWER_S):
                for number in (*own, *numbers):
                    reply = await self._acs.ask(LookKind.HOLDS, account=number)
                    if number in own or reply.first("AE").strip() not in {"", number}:
                        found.append(known_of(reply))
        return found
