"""The demonstration partner's books: its requests, what it sent, what it was told, and what it was told twice. Pure.

A message is judged by its status, not by its reason, a Notification excepted: that moves nothing (iso18626.md, "What a
message means").
"""

from collections.abc import Iterable
from datetime import datetime

from msgspec.structs import replace

from gateway.demo.partner.records import Novelty, Page, Sent, Told, Wish
from gateway.iso18626.codes import ReasonForMessage, Status, YesNo
from gateway.iso18626.messages import SupplyingAgencyMessage
from gateway.iso18626.values import Code, Costs

_CONTENT = ("reason", "status", "answer", "due_at", "reason_unfilled", "reason_retry", "note")
"""What two messages must share to say the same."""


class UnknownRequest(KeyError):  # noqa: N818 - an answer to whoever asks, not a fault
    """No request of ours has this id."""


class Books:
    """All requests by their id, in memory."""

    def __init__(self) -> None:
        self._pages: dict[str, Page] = {}
        self._documents: dict[str, set[bytes]] = {}

    def __contains__(self, request_id: str) -> bool:
        """Whether the request is ours."""
        return request_id in self._pages

    def pages(self) -> tuple[Page, ...]:
        """Every request, in the order in which they were made."""
        return tuple(self._pages.values())

    def page(self, request_id: str) -> Page:
        """One request; raises UnknownRequest."""
        try:
            return self._pages[request_id]
        except KeyError:
            raise UnknownRequest(request_id) from None

    def open(self, request_id: str, wish: Wish, previous_id: str | None = None) -> Page:
        """Begin a request. It stands in the books before its message is sent: an answer may come at once."""
        self._pages[request_id] = Page(id=request_id, wish=wish, previous_id=previous_id)
        self._documents[request_id] = set()
        return self._pages[request_id]

    def note_sent(self, request_id: str, sent: Sent) -> Page:
        """Keep what became of one try to send a message of ours."""
        page = self.page(request_id)
        return self._keep(replace(page, sent=(*page.sent, sent)))

    def note_told(self, message: SupplyingAgencyMessage, document: bytes, told: Told) -> Page:
        """Keep a message of the supplier; raises UnknownRequest."""
        header = message.header
        page = self.page(header.requesting_agency_request_id)
        documents = self._documents[page.id]
        told = replace(told, novelty=_novelty(document in documents, told, page.told))
        documents.add(document)
        page = replace(
            page, told=(*page.told, told), supplier_id=header.supplying_agency_request_id or page.supplier_id
        )
        return self._keep(_moved(page, told))

    def clear(self) -> None:
        """Forget everything."""
        self._pages.clear()
        self._documents.clear()

    def _keep(self, page: Page) -> Page:
        self._pages[page.id] = page
        return page


def told_by(message: SupplyingAgencyMessage, at: datetime, deviations: Iterable[str], answered: str = "OK") -> Told:
    """What a message says, as the books keep it."""
    info, status = message.message_info, message.status_info
    delivery, retry, back = message.delivery_info, message.retry_info, message.return_info
    return Told(
        at=at,
        timestamp=message.header.timestamp,
        reason=info.reason_for_message,
        status=status.status,
        answer=info.answer_yes_no,
        due_at=status.due_date,
        expected_at=status.expected_delivery_date,
        item_ids=delivery.item_ids if delivery else (),
        return_to=back.name if back else None,
        reason_unfilled=_value(info.reason_unfilled),
        reason_retry=_value(info.reason_retry),
        retry_after=retry.retry_after if retry else None,
        offered_costs=tuple(map(_amount, retry.offered_costs)) if retry else (),
        note=info.note,
        answered=answered,
        deviations=tuple(deviations),
    )


def _moved(page: Page, told: Told) -> Page:
    """The request after a message: a Notification and a no change nothing, a repeat says nothing new."""
    notified = told.reason is ReasonForMessage.NOTIFICATION
    if notified or told.answer is YesNo.N or told.novelty is Novelty.SAME_BYTES or told.status is None:
        return page
    due_at = told.due_at if told.status is Status.LOANED and told.due_at else page.due_at
    return replace(page, status=told.status, due_at=due_at, item_ids=told.item_ids or page.item_ids)


def _novelty(document_known: bool, told: Told, before: Iterable[Told]) -> Novelty:  # noqa: FBT001 - a pure rule
    if document_known:
        return Novelty.SAME_BYTES
    said_before = any(all(getattr(told, name) == getattr(each, name) for name in _CONTENT) for each in before)
    return Novelty.SAID_AGAIN if said_before else Novelty.NEW


def _value(code: Code | None) -> str | None:
    return None if code is None else code.value


def _amount(costs: Costs) -> str:
    return f"{costs.monetary_value} {costs.currency_code.value}"
