"""What a version has no element for: told in the note, or left out where nothing is lost. Pure.

1.2 has one itemId, which is told in words or in a block, and no conditions of a retry: the first is in deliveryInfo, all are in words. Its one volume
names all that are wanted. A request of 2021-2 has no place for the supplier's id, not even in a Reminder: the requester's own names it.
"""

from msgspec.structs import replace

from gateway.iso18626.codes import Version
from gateway.iso18626.dialects.habits import SeveralItems, fields
from gateway.iso18626.dialects.offers import condition_words, not_sent_yet
from gateway.iso18626.messages import DeliveryInfo, Message, Request, RetryInfo, SupplyingAgencyMessage
from gateway.iso18626.notes import NotedItem, Tokens, write_tokens


def fit(message: Message, version: str, several_items: SeveralItems) -> Message:
    """The message without what its version cannot say, and the note that says it instead."""
    if version != Version.V1_2:
        return _without_suppliers_id(message) if isinstance(message, Request) else message
    if isinstance(message, Request):
        return _with_one_volume(message)
    if not isinstance(message, SupplyingAgencyMessage):
        return message
    message = _without_conditions_of_retry(message)
    delivery = message.delivery_info
    if delivery is None or delivery.is_by_url:
        return message
    if several_items is SeveralItems.BLOCK and delivery.item_ids:
        return _with_block(message, delivery)
    return _with_one_item(message, delivery) if delivery.item_ids[1:] else message


def _without_suppliers_id(request: Request) -> Request:
    return replace(request, header=replace(request.header, supplying_agency_request_id=None))


def _with_one_volume(request: Request) -> Request:
    info = request.bibliographic_info
    named = (", ".join(info.volumes),) if info.volumes else ()
    return replace(request, bibliographic_info=replace(info, volumes=named))


def _without_conditions_of_retry(message: SupplyingAgencyMessage) -> SupplyingAgencyMessage:
    retry = message.retry_info
    if retry is None or not retry.loan_conditions:
        return message
    rest = replace(retry, loan_conditions=())
    told = _with_note(message, fields(condition_words(retry.loan_conditions), message.message_info.note))
    delivery = message.delivery_info or not_sent_yet(message, retry.loan_conditions[:1])
    return replace(told, retry_info=None if rest == RetryInfo() else rest, delivery_info=delivery)


def _with_block(message: SupplyingAgencyMessage, delivery: DeliveryInfo) -> SupplyingAgencyMessage:
    note = write_tokens(message.message_info.note, Tokens(items=tuple(map(NotedItem, delivery.item_ids))))
    return replace(_with_note(message, note), delivery_info=replace(delivery, item_ids=delivery.item_ids[:1]))


def _with_one_item(message: SupplyingAgencyMessage, delivery: DeliveryInfo) -> SupplyingAgencyMessage:
    first, *others = delivery.item_ids
    note = fields(f"Also sent: {', '.join(others)}", message.message_info.note)
    return replace(_with_note(message, note), delivery_info=replace(delivery, item_ids=(first,)))


def _with_note(message: SupplyingAgencyMessage, note: str | None) -> SupplyingAgencyMessage:
    return replace(message, message_info=replace(message.message_info, note=note))
