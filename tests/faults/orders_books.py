"""The three books of a run in which we borrow, side by side: the gateway's, the circulation system's, the lenders'."""

from collections.abc import Mapping

import msgspec

from gateway.demo.acs.records import Books as AcsBooks
from tests.faults.books import GatewayBooks
from tests.faults.breaches import Scans
from tests.faults.customers import OrderLog
from tests.faults.lending_pages import LenderPage
from tests.faults.orders import OrderWorld


class LendersBooks(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that lenders and customers know at the end; pages by our number of the attempt, logs by order."""

    pages: Mapping[str, LenderPage]
    logs: Mapping[str, OrderLog]
    fired: Mapping[str, int]


class OrderBooks(msgspec.Struct, frozen=True, kw_only=True):
    """All three, and the world they are about. `logs` are by order, `pages` by our number of the attempt, `scans` what the desk had in hand."""

    world: OrderWorld
    gateway: GatewayBooks
    acs: AcsBooks
    pages: Mapping[str, LenderPage]
    logs: Mapping[str, OrderLog]
    scans: Scans = {}
