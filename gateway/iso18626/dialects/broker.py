"""The CrossLink broker in both modes.

Known from its sources (github.com/indexdata/crosslink, broker/):

- Opaque: it stands in every header as the other side, and names the supplier in words: `Supplier: X, …` in the note of
  ExpectToSupply and Unfilled (client.go). Transparent: the headers name requester and supplier themselves, and the
  supplier changes from one message to the next.
- Both: one supplier's Unfilled is relayed as a Notification while the next is asked; the first message about a supplier of
  another product begins `Vendor: X`, joined to a note that begins with `#` without a separator.
- The block `#MultipleItems#` follows the human note, one line `barcode|call number|title` an item (its tests).
- WillSupply with `#ReShareAddLoanCondition#` is an offer, answered by `#ReShareLoanConditionAgreeResponse#` in a Notification or by
  a Cancel with `#ReShareLoanConditionRejectResponse#` (its tests). No other Notification moves it, in either role.
- As requester it reads items from the block alone, one item too (message-handler.go), and `12.5` as 1250 (seen).
- A request whose id it has is refused, a resend too; a message of its own that fails is not sent again (handler.go, client.go).
- An action addressed to the supplier's symbol is about that supplier alone: Cancel makes it ask the next (seen).
- Its messages reach requesters that use ReShare: what those can't take must not be said to it either.

Our reading: it forwards tokens as they are, so ReShare's rules hold for it.
"""

from typing import Final

from msgspec.structs import replace

from gateway.iso18626.codes import ReasonForMessage, Status
from gateway.iso18626.dialects import reshare
from gateway.iso18626.dialects.habits import Dialect, HeardMessage, Offers, SeveralItems, note_of, with_note
from gateway.iso18626.messages import SupplyingAgencyMessage
from gateway.iso18626.notes import without_names


def hear_opaque(heard: HeardMessage) -> HeardMessage:
    """The supplier is who the note says."""
    return _hear(heard, heard.words.supplier)


def hear_transparent(heard: HeardMessage) -> HeardMessage:
    """The supplier is who the header says."""
    return _hear(heard, _supplier_in_header(heard))


def _hear(heard: HeardMessage, supplier: str | None) -> HeardMessage:
    """Names are facts for the request, and no words for people."""
    still_searching = is_still_searching(heard)
    message = heard.message
    if isinstance(message, SupplyingAgencyMessage):
        message = with_note(message, without_names(note_of(message)))
    return replace(reshare.hear(replace(heard, message=message)), supplier=supplier, still_searching=still_searching)


def is_still_searching(heard: HeardMessage) -> bool:
    """Whether one supplier's no is relayed while the next is asked."""
    message = heard.message
    return (
        isinstance(message, SupplyingAgencyMessage)
        and message.message_info.reason_for_message is ReasonForMessage.NOTIFICATION
        and message.status_info.status is Status.UNFILLED
    )


def _supplier_in_header(heard: HeardMessage) -> str | None:
    if not isinstance(heard.message, SupplyingAgencyMessage):
        return None
    supplier = heard.message.header.supplying_agency_id
    return None if supplier is None else supplier.value


OPAQUE: Final = Dialect(
    name="broker",
    tokens=True,
    words=True,
    offers=Offers.PROMISED,
    two_decimals=True,
    several_items=SeveralItems.BLOCK,
    hear=hear_opaque,
    speak=reshare.speak,
)
TRANSPARENT: Final = replace(OPAQUE, name="broker-transparent", hear=hear_transparent)
