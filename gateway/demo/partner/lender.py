"""The demonstration partner when it is asked to lend: what it keeps of each request, and what it can say to it. Pure.

`ANSWERS` is the table: a row says what goes into the message, and when the page offers it.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

import msgspec
from msgspec.structs import replace

from gateway.demo.partner.books import UnknownRequest
from gateway.demo.partner.records import Heard, Incoming, Saying, Sent
from gateway.demo.partner.settings import PartnerSettings
from gateway.iso18626.codes import (
    Action,
    ReasonForMessage,
    ReasonRetry,
    ReasonUnfilled,
    RequestType,
    ServiceType,
    Status,
    YesNo,
)
from gateway.iso18626.messages import (
    DeliveryInfo,
    Header,
    MessageInfo,
    Request,
    RequestingAgencyMessage,
    RetryInfo,
    ReturnInfo,
    StatusInfo,
    SupplyingAgencyMessage,
)
from gateway.iso18626.values import AgencyId, Code, Costs

QUESTIONS: Final = frozenset({Action.RENEW, Action.CANCEL})
"""Actions that ask for an answer."""
PRICE: Final = Costs(currency_code=Code("USD"), monetary_value=Decimal("5.00"))
"""What is asked for where we lend on terms."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """A row: `status` None is the one that stands; `due_days` count from now, or from a due date that is later; below zero, from now.

    It is offered for one of `services`, where we said one of `after` last (None: nothing yet); what answers a `question`,
    once that was asked.
    """

    words: str
    reason: ReasonForMessage
    status: Status | None = None
    answer: YesNo | None = None
    due_days: int | None = None
    unfilled: ReasonUnfilled | None = None
    retry: ReasonRetry | None = None
    after: frozenset[Status | None] = frozenset()
    question: Action | None = None
    services: frozenset[ServiceType] = frozenset(ServiceType)


R, S = ReasonForMessage, Status
NEW = frozenset({None})
PROMISED = frozenset({S.WILL_SUPPLY})
OUT = frozenset({S.LOANED, S.OVERDUE, S.RECALLED})
ANY = frozenset({None, *Status})
LOANS = frozenset({ServiceType.LOAN, ServiceType.COPY_OR_LOAN})
COPIES = frozenset({ServiceType.COPY, ServiceType.COPY_OR_LOAN})
NEVER: frozenset[Status | None] = frozenset()

# fmt: off
ANSWERS: Final[dict[Saying, Answer]] = {
    Saying.WILL_SUPPLY: Answer(words="Yes, we will send it",     reason=R.REQUEST_RESPONSE, status=S.WILL_SUPPLY, after=NEW),
    Saying.ON_TERMS:    Answer(words="Yes, for 5.00 USD",        reason=R.REQUEST_RESPONSE, status=S.RETRY_POSSIBLE, after=NEW,
                               retry=ReasonRetry.COST_EXCEEDS_MAX_COST),
    Saying.NOT_HELD:    Answer(words="No, we don't have it",     reason=R.REQUEST_RESPONSE, status=S.UNFILLED, after=NEW | PROMISED,
                               unfilled=ReasonUnfilled.NOT_HELD),
    Saying.SHIP:        Answer(words="Send it",                  reason=R.STATUS_CHANGE,    status=S.LOANED, after=PROMISED, due_days=28, services=LOANS),
    Saying.COPY:        Answer(words="Send the copy",            reason=R.STATUS_CHANGE,    status=S.COPY_COMPLETED, after=PROMISED, services=COPIES),
    Saying.RENEW:       Answer(words="Renew: yes, 21 days more", reason=R.RENEW_RESPONSE,   status=S.LOANED, after=OUT, answer=YesNo.Y, due_days=21,
                               question=Action.RENEW),
    Saying.RENEW_NOT:   Answer(words="Renew: no",                reason=R.RENEW_RESPONSE,   after=OUT, answer=YesNo.N, question=Action.RENEW),
    Saying.CANCEL:      Answer(words="Cancel: yes",              reason=R.CANCEL_RESPONSE,  status=S.CANCELLED, after=NEW | PROMISED, answer=YesNo.Y,
                               question=Action.CANCEL),
    Saying.CANCEL_NOT:  Answer(words="Cancel: no, too late",     reason=R.CANCEL_RESPONSE,  after=NEW | PROMISED | OUT, answer=YesNo.N, question=Action.CANCEL),
    Saying.OVERDUE:     Answer(words="Say that it is overdue",   reason=R.STATUS_CHANGE,    status=S.OVERDUE, due_days=-1, after=frozenset({S.LOANED})),
    Saying.RECALL:      Answer(words="Recall it",                reason=R.STATUS_CHANGE,    status=S.RECALLED, after=frozenset({S.LOANED, S.OVERDUE})),
    Saying.COMPLETED:   Answer(words="It is back on our shelf",  reason=R.STATUS_CHANGE,    status=S.LOAN_COMPLETED, after=OUT),
    Saying.NOTE:        Answer(words="Send the note alone",      reason=R.NOTIFICATION,     after=ANY),
    Saying.STATUS:      Answer(words="How it stands",            reason=R.STATUS_REQUEST_RESPONSE, after=NEVER),
}
# fmt: on


def offered(request: Incoming) -> tuple[Saying, ...]:
    """What can sensibly be said to a request now, in the table's order."""
    return tuple(
        saying
        for saying, row in ANSWERS.items()
        if request.status in row.after and row.question in {None, request.question} and request.service in row.services
    )


class Lending:
    """All requests that came to us, by the number of whoever asked, in memory."""

    def __init__(self, settings: PartnerSettings, prefix: str) -> None:
        self._settings = settings
        self._prefix = prefix
        self._requests: dict[str, Incoming] = {}
        self._borrowers: dict[str, AgencyId] = {}

    def __contains__(self, request_id: str) -> bool:
        """Whether a request came to us."""
        return request_id in self._requests

    def requests(self) -> tuple[Incoming, ...]:
        """Every request, oldest first."""
        return tuple(self._requests.values())

    def request(self, request_id: str) -> Incoming:
        """One request; raises UnknownRequest."""
        try:
            return self._requests[request_id]
        except KeyError:
            raise UnknownRequest(request_id) from None

    def open(self, message: Request, at: datetime) -> Incoming:
        """Take a request. One that we know already stands as it is, a Retry excepted: that begins anew."""
        header, service = message.header, message.service_info
        known = self._requests.get(header.requesting_agency_request_id)
        if known and not (service and service.request_type is RequestType.RETRY):
            return known
        self._borrowers[header.requesting_agency_request_id] = header.requesting_agency_id
        opened = Incoming(
            at=at,
            id=header.requesting_agency_request_id,
            by=f"{header.requesting_agency_id.type.value}:{header.requesting_agency_id.value}",
            title=message.bibliographic_info.title,
            number=known.number if known else f"{self._prefix}-L{len(self._requests) + 1:04}",
            service=service.service_type if service and service.service_type else ServiceType.LOAN,
            sent=known.sent if known else (),
            heard=known.heard if known else (),
        )
        return self._keep(opened)

    def hear(self, message: RequestingAgencyMessage, at: datetime) -> Incoming:
        """Keep what the borrower did or asks; raises UnknownRequest."""
        request = self.request(message.header.requesting_agency_request_id)
        heard = Heard(at=at, action=message.action, note=message.note)
        question = message.action if message.action in QUESTIONS else request.question
        return self._keep(replace(request, heard=(*request.heard, heard), question=question))

    def say(self, request_id: str, saying: Saying, note: str | None, at: datetime) -> SupplyingAgencyMessage:
        """Move the request to what is said, and give the message that says it; raises UnknownRequest."""
        row, request = ANSWERS[saying], self.request(request_id)
        request = replace(
            request,
            status=row.status or request.status,
            due_at=_due_at(row, request, at),
            item_id=request.item_id or (_barcode(request) if saying is Saying.SHIP else None),
            question=None if row.question else request.question,
        )
        return self._message(self._keep(request), saying, note, at)

    def note_sent(self, request_id: str, sent: Sent) -> None:
        """Keep what became of one try to send a message of ours."""
        request = self.request(request_id)
        self._keep(replace(request, sent=(*request.sent, sent)))

    def clear(self) -> None:
        """Forget everything."""
        self._requests.clear()
        self._borrowers.clear()

    def _message(self, request: Incoming, saying: Saying, note: str | None, at: datetime) -> SupplyingAgencyMessage:
        row, version = ANSWERS[saying], self._settings.version
        ships, sends = saying is Saying.SHIP, saying in {Saying.SHIP, Saying.COPY}
        item_ids = (request.item_id,) if ships and request.item_id else ()
        return SupplyingAgencyMessage(
            header=Header(
                supplying_agency_id=AgencyId.of(self._settings.agency),
                requesting_agency_id=self._borrowers[request.id],
                timestamp=at,
                requesting_agency_request_id=request.id,
                supplying_agency_request_id=request.number,
            ),
            message_info=MessageInfo(
                reason_for_message=row.reason,
                answer_yes_no=row.answer,
                note=note,
                reason_unfilled=Code.of(row.unfilled, version) if row.unfilled else None,
                reason_retry=Code.of(row.retry, version) if row.retry else None,
            ),
            status_info=StatusInfo(
                status=request.status or Status.REQUEST_RECEIVED, due_date=request.due_at, last_change=at
            ),
            retry_info=RetryInfo(offered_costs=(PRICE,)) if saying is Saying.ON_TERMS else None,
            delivery_info=DeliveryInfo(date_sent=at, item_ids=item_ids) if sends else None,
            return_info=ReturnInfo(name=self._settings.library_name) if ships else None,
        )

    def _keep(self, request: Incoming) -> Incoming:
        self._requests[request.id] = request
        return request


def _due_at(row: Answer, request: Incoming, at: datetime) -> datetime | None:
    if row.due_days is None:
        return request.due_at
    since = max(request.due_at or at, at) if row.due_days > 0 else at
    return since + timedelta(days=row.due_days)


def _barcode(request: Incoming) -> str:
    """The barcode on our copy, out of our number for the request: fictional, and each is another."""
    return f"4000000{request.number.rpartition('L')[2]:0>7}"
