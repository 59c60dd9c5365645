"""The CrossLink broker in both modes.

Known from its sources (github.com/indexdata/crosslink, broker/):

- Opaque: it stands in every header as the other side, and names the supplier in words: `Supplier: X, …` in the note of
  ExpectToSupply and Unfilled (client.go). Transparent: the headers name requester and supplier themselves, and the
  supplier changes from one message to the next.
- Both: one supplier's Unfilled is relayed as a Notification while the next is asked; the first message about a supplier of
  another product begins `Vendor: X`, joined to a note that begins with `#` without a separator.
- The block `#MultipleItems#` follows the human note, one line `barcode|call number|title` an item (its tests).
- WillSupply with `#ReShareAddLoanCondition#` is an offer, answered by `#ReShareLoanConditionAgreeResponse#` (its tests).
- Its messages reach requesters that use ReShare: what those can't take must not be said to it either.

Our reading: it forwards tokens as they are, so ReShare's rules hold for it.
"""

from typing import Final

from msgspec.structs import replace

from gateway.iso18626.codes import ReasonForMessage, Status
from gateway.iso18626.dialects import reshare
from gateway.iso18626.dialects.habits import Dialect, Heard, Offers, SeveralItems
from gateway.iso18626.messages import SupplyingAgencyMessage


def hear_opaque(heard: Heard) -> Heard:
    """The supplier is who the note says."""
    return replace(reshare.hear(heard), supplier=heard.words.supplier, still_searching=is_still_searching(heard))


def hear_transparent(heard: Heard) -> Heard:
    """The supplier is who the header says."""
    return replace(reshare.hear(heard), supplier=_supplier_in_header(heard), still_searching=is_still_searching(heard))


def is_still_searching(heard: Heard) -> bool:
    """Whether one supplier's no is relayed while the next is asked."""
    message = heard.message
    return (
        isinstance(message, SupplyingAgencyMessage)
        and message.message_info.reason_for_message is ReasonForMessage.NOTIFICATION
        and message.status_info.status is Status.UNFILLED
    )


def _supplier_in_header(heard: Heard) -> str | None:
    if not isinstance(heard.message, SupplyingAgencyMessage):
        return None
    supplier = heard.message.header.supplying_agency_id
    return None if supplier is None else supplier.value


OPAQUE: Final = Dialect(
    name="broker",
    tokens=True,
    words=True,
    offers=Offers.MARKED,
    several_items=SeveralItems.BLOCK,
    hear=hear_opaque,
    speak=reshare.speak,
)
TRANSPARENT: Final = replace(OPAQUE, name="broker-transparent", hear=hear_transparent)
