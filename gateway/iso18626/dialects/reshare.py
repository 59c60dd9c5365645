"""ReShare (mod-rs).

Known from its sources (github.com/openlibraryenvironment/mod-rs):

- Every note may end in `#seq:N#`, and only there is it recognised (ProtocolMessageBuildingService: the pattern ends with
  it); hence tokens of that kind are written last. Tokens of conditions stand first: its desk shows them by how a note begins.
- As requester it takes a loanCondition in deliveryInfo of any message for a condition to be agreed to (status
  “Conditional”, ActionISO18626RequesterService): one beside Loaned would stop the loan, so there it is told in words.
- itemId holds `name,call number,barcode`; of several items each is prefixed `multivol:`, in an itemId of its own or
  joined by commas. Another form is `name##call number##barcode`, joined by `###`.
- As supplier it marks Renew and ShippedForward as not implemented (EventISO18626IncomingAbstractService).
- The status beside its Notifications is RequestReceived (ProtocolMessageService: where there is none); it says nothing.
- deliveryInfo beside a condition has the message's time as dateSent, in old versions an empty one.

Our reading: an offer of ours is told as its own supplier side tells one (a Notification, `#ReShareAddLoanCondition#`, the
condition in deliveryInfo). That it refuses an offer by Cancel is the broker's translation of REJECT; both are understood.
"""

from typing import Final

from msgspec.structs import replace

from gateway.iso18626.codes import Action
from gateway.iso18626.dialects.habits import Dialect, HeardMessage, Offers, fields, note_of, with_note
from gateway.iso18626.dialects.offers import condition_words
from gateway.iso18626.messages import DeliveryInfo, Message, SupplyingAgencyMessage
from gateway.iso18626.notes import read_item_id


def hear(heard: HeardMessage) -> HeardMessage:
    """Items named in the note or in composite item ids become barcodes; what else is said of them is in the tokens' items.

    A link stays as it is.
    """
    message = heard.message
    if not isinstance(message, SupplyingAgencyMessage):
        return heard
    delivery = message.delivery_info or DeliveryInfo()
    if delivery.is_by_url:
        return heard
    items = heard.tokens.items or tuple(item for item_id in delivery.item_ids for item in read_item_id(item_id))
    if not items:
        return heard
    delivery = replace(delivery, item_ids=tuple(item.barcode for item in items))
    return replace(heard, message=replace(message, delivery_info=delivery), tokens=replace(heard.tokens, items=items))


def speak(message: Message) -> Message:
    """A condition of what was sent is told in words."""
    if not isinstance(message, SupplyingAgencyMessage) or message.delivery_info is None:
        return message
    conditions = message.delivery_info.loan_conditions
    delivery = replace(message.delivery_info, loan_conditions=())
    words = fields(condition_words(conditions), note_of(message))
    return with_note(replace(message, delivery_info=delivery), words) if conditions else message


DIALECT: Final = Dialect(
    name="reshare",
    tokens=True,
    rejects=frozenset({Action.RENEW, Action.SHIPPED_FORWARD}),
    offers=Offers.MARKED,
    hear=hear,
    speak=speak,
)
