"""Orders of made-up customers, and a house that takes them."""

from datetime import UTC
from typing import Any

from gateway.dispatch.asking import Asking, AskingRules, Order
from gateway.iso18626.codes import ServiceType
from gateway.orders.citation import Citation
from gateway.store.borrowing_port import Customer
from gateway.workflow.records import Request
from gateway.workflow.values import Identifier, Wanted
from tests.dispatch.house import OURS, House

CARD = "20000000090031"
ALMANAC = Wanted(title="The Imaginary Almanac", identifiers=(Identifier(code="ISBN", value="9780306406157"),))
ARTICLE = Wanted(
    title="Journal of Imagined Results",
    article_title="On Nothing",
    identifiers=(Identifier(code="ISSN", value="00000000"),),
    published="2026",
)


def asking(house: House, **rules: Any) -> Asking:
    """The intake of orders of a house."""
    return Asking(
        store=house.store, intake=house.intake, time=house.time, rules=AskingRules(agency=OURS, zone=UTC, **rules)
    )


def order(wanted: Wanted = ALMANAC, service: ServiceType = ServiceType.LOAN, **fields: Any) -> Order:
    """An order of Inventa Person's."""
    given: dict[str, Any] = {
        "customer": Customer(barcode=CARD, name="Inventa Person"),
        "citation": Citation(wanted=wanted, service=service),
        "pickup_branch": "EXC",
    }
    return Order(**given | fields)


async def placed(house: House, given: Order | None = None, **rules: Any) -> Request:
    """The request that an order makes."""
    made = await asking(house, **rules).place(given or order(), by="desk")
    request = await house.store.request(made.request)
    assert request is not None
    return request
