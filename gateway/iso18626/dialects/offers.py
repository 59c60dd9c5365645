"""A supplier's “only if” for peers that hear it in another form than RetryPossible, and conditions and costs in words. Pure."""

from typing import Final

from msgspec.structs import replace

from gateway.iso18626.codes import ReasonForMessage, Status
from gateway.iso18626.dialects.habits import Offers, fields, lines
from gateway.iso18626.messages import DeliveryInfo, RetryInfo, SupplyingAgencyMessage
from gateway.iso18626.values import Code, Costs

OTHER_CONDITION: Final = Code("other")
"""What ReShare calls a condition that is none of the list's, as for a cost alone; no code of the standard."""

_PLEASE_ANSWER: Final = "Please answer ACCEPT or REJECT."
MARKED: Final = frozenset({Offers.MARKED, Offers.PROMISED})
"""Forms that have the token of a condition in the note."""

_FIRST_ANSWER_OR_CHANGE: Final = frozenset({ReasonForMessage.REQUEST_RESPONSE, ReasonForMessage.STATUS_CHANGE})


def is_offer(message: SupplyingAgencyMessage) -> bool:
    """Whether this is RetryPossible with a condition or a cost; an answer to a StatusRequest only repeats one."""
    retry = message.retry_info
    return (
        message.status_info.status is Status.RETRY_POSSIBLE
        and message.message_info.reason_for_message in _FIRST_ANSWER_OR_CHANGE
        and retry is not None
        and bool(retry.loan_conditions or retry.offered_costs)
    )


def told(message: SupplyingAgencyMessage, how: Offers) -> SupplyingAgencyMessage:
    """An offer as the peer wants to hear it; any other message as it is."""
    if how is Offers.RETRY or not is_offer(message):
        return message
    retry = message.retry_info or RetryInfo()
    terms = fields(condition_words(retry.loan_conditions), cost_words(retry.offered_costs), message.message_info.note)
    match how:
        case Offers.WORDS:
            return _asked(message, lines(terms, _PLEASE_ANSWER))
        case Offers.MARKED:
            return _marked(_asked(message, terms), retry)
        case _:
            return _marked(_asked(message, terms, message.message_info.reason_for_message), retry)


def condition_words(conditions: tuple[Code, ...]) -> str | None:
    """`Condition: X`, once for each."""
    return fields(*(f"Condition: {code.value}" for code in conditions))


def cost_words(costs: tuple[Costs, ...]) -> str | None:
    """`Cost: 35 USD`, once for each."""
    return fields(*(f"Cost: {cost.monetary_value} {cost.currency_code.value}" for cost in costs))


def _marked(message: SupplyingAgencyMessage, retry: RetryInfo) -> SupplyingAgencyMessage:
    """WillSupply with the terms in deliveryInfo."""
    conditions = retry.loan_conditions or (OTHER_CONDITION,)
    delivery = not_sent_yet(message, conditions, retry.offered_costs)
    return replace(message, status_info=replace(message.status_info, status=Status.WILL_SUPPLY), delivery_info=delivery)


def not_sent_yet(
    message: SupplyingAgencyMessage, conditions: tuple[Code, ...], costs: tuple[Costs, ...] = ()
) -> DeliveryInfo:
    """Terms in deliveryInfo. The schema demands a dateSent though nothing was sent: it is the message's own time."""
    return DeliveryInfo(date_sent=message.header.timestamp, loan_conditions=conditions, delivery_costs=costs)


def _asked(
    message: SupplyingAgencyMessage, note: str | None, reason: ReasonForMessage = ReasonForMessage.NOTIFICATION
) -> SupplyingAgencyMessage:
    info = replace(message.message_info, reason_for_message=reason, reason_retry=None, note=note)
    status_info = replace(message.status_info, status=Status.REQUEST_RECEIVED)
    return replace(message, message_info=info, status_info=status_info, retry_info=None)
