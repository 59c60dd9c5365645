"""Amounts for a peer that misreads those with fewer than two decimals. Pure."""

from decimal import Decimal
from typing import Final

from msgspec.structs import replace

from gateway.iso18626.messages import Message, Request, SupplyingAgencyMessage
from gateway.iso18626.values import Costs

_CENT: Final = Decimal("0.01")


def with_two_decimals(message: Message) -> Message:
    """The message with `12.50` where it says `12.5`: what is written with more decimals stays."""
    match message:
        case Request(billing_info=billing) if billing is not None and billing.maximum_costs is not None:
            return replace(message, billing_info=replace(billing, maximum_costs=_written_out(billing.maximum_costs)))
        case SupplyingAgencyMessage(retry_info=retry, delivery_info=delivery):
            if retry is not None:
                retry = replace(retry, offered_costs=tuple(map(_written_out, retry.offered_costs)))
            if delivery is not None:
                delivery = replace(delivery, delivery_costs=tuple(map(_written_out, delivery.delivery_costs)))
            return replace(message, retry_info=retry, delivery_info=delivery)
        case _:
            return message


def _written_out(costs: Costs) -> Costs:
    value = costs.monetary_value
    exact = value.quantize(_CENT)
    return replace(costs, monetary_value=exact) if exact == value else costs
