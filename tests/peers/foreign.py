"""A library's system by another maker, for the tests: string templates out, xml.etree in, an HTTP server of its own.

It imports nothing of the gateway, so that both sides' mistakes can't cancel out. `Maker` holds what makers do
differently; what each does is that of tests/vectors/dialects/README.md and iso18626.md. It lends (a request is promised
and shipped at once, actions are answered) and it borrows (`ask`, `act`); all that it hears is in `heard`.
"""

import base64
import queue
import threading
import urllib.error
import urllib.request
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from xml.sax.saxutils import escape

NAMESPACE = "http://illtransactions.org/2013/iso18626"
KINDS = ("request", "supplyingAgencyMessage", "requestingAgencyMessage")
ACTIONS_OF_2017 = frozenset(
    ["StatusRequest", "Received", "Cancel", "Renew", "ShippedReturn", "ShippedForward", "Notification"]
)
PATIENCE_S = 60.0


@dataclass(frozen=True)
class Maker:
    """What one maker's system does in its own way."""

    name: str
    version: str = "1.2"
    status_of_ok: int = 200
    status_of_error: int = 200
    names_ids_in_errors: bool = True
    wants_namespace: bool = False
    wants_envelope: bool = False
    media_types: frozenset[str] = frozenset({"application/xml", "text/xml"})
    actions: frozenset[str] = ACTIONS_OF_2017 | {"HoldReturn", "Lost"}
    unknown_id: str = "UnrecognisedDataValue"
    remembers: bool = False
    """Whether a request that it has is refused when it comes again."""
    note: Callable[[int], str] = lambda _: ""
    item_id: str = "30000000000001"
    time_form: str = "%Y-%m-%dT%H:%M:%SZ"
    writes_multiple_item_id: bool = True
    writes_last_change: bool = True
    promises: bool = True


STRICT = Maker(name="strict", wants_namespace=True, wants_envelope=True, actions=ACTIONS_OF_2017, remembers=True)
RESHARE = Maker(
    name="reshare",
    note=lambda number: f"#seq:{number}#",
    item_id="multivol:Vol. 1,QA 76,30000000000001,multivol:Vol. 2,,30000000000002",
    actions=ACTIONS_OF_2017 - {"Renew", "ShippedForward"},
    unknown_id="UnableToFindRequest",
    time_form="%Y-%m-%dT%H:%M:%S.%fZ",
    writes_last_change=False,
)
OLD = Maker(
    name="old",
    version="1.1",
    status_of_ok=201,
    status_of_error=400,
    names_ids_in_errors=False,
    time_form="%Y-%m-%d %H:%M:%S",
    writes_multiple_item_id=False,
    actions=ACTIONS_OF_2017,
)
MAKERS = (STRICT, RESHARE, OLD)


class NotTaken(Exception):  # noqa: N818 - what is answered, not a fault
    """A message is refused: the error's type and value."""

    def __init__(self, error_type: str, value: str) -> None:
        super().__init__(f"{error_type}: {value}")
        self.error_type = error_type
        self.value = value


@dataclass
class Told:
    """What the other side said, as xml.etree found it."""

    kind: str
    texts: dict[str, str]


@dataclass
class Loan:
    """A request that it lends on."""

    requester: str
    request_id: str
    status: str = "RequestReceived"


@dataclass
class Foreign:
    """The system, running. `answers_to` is where its messages go, `secret` is shown there as HTTP Basic."""

    maker: Maker
    symbol: str = "XX-FOREIGN"
    answers_to: str | None = None
    secret: tuple[str, str] | None = None
    port: int = 0
    heard: list[Told] = field(default_factory=list)
    loans: dict[str, Loan] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    outbox: "queue.Queue[tuple[Loan, str, str | None] | None]" = field(default_factory=queue.Queue)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))
    _news: threading.Condition = field(default_factory=threading.Condition)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/ill"

    # ── in ──

    def take(self, body: bytes, media_type: str) -> tuple[int, str]:
        """The status and the confirmation for a posted document."""
        if media_type.partition(";")[0] not in self.maker.media_types:
            return 415, ""
        told = Told("request", {})
        try:
            told = self._read(body)
            self._act_on(told)
        except NotTaken as no:
            return self.maker.status_of_error, self._confirmation(told, no)
        with self._news:
            self.heard.append(told)
            self._news.notify_all()
        return self.maker.status_of_ok, self._confirmation(told, None)

    def _read(self, body: bytes) -> Told:
        if b"<!DOCTYPE" in body:
            raise NotTaken("BadlyFormedMessage", "no DTD")
        try:
            root = ET.fromstring(body)  # noqa: S314 - without a DTD, and written by the tests
        except ET.ParseError:
            raise NotTaken("BadlyFormedMessage", "not XML") from None
        message = next((each for each in root.iter() if _local(each) in KINDS), None)
        if message is None or (self.maker.wants_envelope and _local(root) != "ISO18626Message"):
            raise NotTaken("BadlyFormedMessage", "no message")
        if self.maker.wants_namespace and not message.tag.startswith(f"{{{NAMESPACE}}}"):
            raise NotTaken("BadlyFormedMessage", "another namespace")
        return Told(_local(message), dict(_texts(message, "")))

    def _act_on(self, told: Told) -> None:
        request_id = told.texts.get("header/requestingAgencyRequestId", "")
        if not request_id:
            raise NotTaken("BadlyFormedMessage", "requestingAgencyRequestId")
        match told.kind:
            case "request":
                self._lend(told, request_id)
            case "requestingAgencyMessage":
                self._follow(told, request_id)
            case _ if request_id not in self.asked:
                raise NotTaken(self.maker.unknown_id, request_id)

    def _lend(self, told: Told, request_id: str) -> None:
        if told.texts.get("serviceInfo/serviceType") not in ("Loan", "Copy", "CopyOrLoan"):
            raise NotTaken("UnrecognisedDataValue", "serviceType")
        is_reminder = told.texts.get("serviceInfo/requestType") == "Reminder"
        if request_id in self.loans and self.maker.remembers and not is_reminder:
            raise NotTaken("UnrecognisedDataValue", "known already")
        if request_id not in self.loans:
            loan = Loan(told.texts["header/requestingAgencyId/agencyIdValue"], request_id)
            self.loans[request_id] = loan
            self._tell(
                loan, *([("RequestResponse", "WillSupply"), ("StatusChange", "Loaned")] if self.maker.promises else [])
            )

    def _follow(self, told: Told, request_id: str) -> None:
        action, loan = told.texts.get("action", ""), self.loans.get(request_id)
        if loan is None:
            raise NotTaken(self.maker.unknown_id, request_id)
        if action not in self.maker.actions:
            raise NotTaken("UnsupportedActionType", action)
        match action:
            case "StatusRequest":
                self._tell(loan, ("StatusRequestResponse", None))
            case "Renew":
                self._tell(loan, ("RenewResponse", None))
            case "Cancel":
                self._tell(loan, ("CancelResponse", None))
            case "ShippedReturn":
                self._tell(loan, ("StatusChange", "LoanCompleted"))

    # ── out ──

    def ask(self, supplier: str, title: str, isbn: str) -> str:
        """Send a request; its id."""
        request_id = f"F{self.maker.name}-{next(self._numbers)}"
        self.asked.add(request_id)
        status, answer = self._post_message(
            f"""<request>{self._header(supplier, self.symbol, request_id)}
<bibliographicInfo><title>{escape(title)}</title><bibliographicItemId>
<bibliographicItemIdentifier>{isbn}</bibliographicItemIdentifier>
<bibliographicItemIdentifierCode>isbn</bibliographicItemIdentifierCode></bibliographicItemId></bibliographicInfo>
<serviceInfo><serviceType>Loan</serviceType>{self._note()}</serviceInfo></request>"""
        )
        assert (status, "<messageStatus>OK" in answer) == (200, True), answer
        return request_id

    def act(self, supplier: str, request_id: str, action: str, note: str = "") -> None:
        """Send an action."""
        status, answer = self._post_message(
            f"<requestingAgencyMessage>{self._header(supplier, self.symbol, request_id)}"
            f"<action>{action}</action>{self._note(note)}</requestingAgencyMessage>"
        )
        assert (status, "<messageStatus>OK" in answer) == (200, True), answer

    def wait_for(self, request_id: str, status: str) -> Told:
        """The first message about a request that says this status and is no Notification."""

        def found() -> Told | None:
            return next((each for each in self.heard if _says(each, request_id, status)), None)

        with self._news:
            assert self._news.wait_for(lambda: found() is not None, PATIENCE_S), (status, self.heard)
        told = found()
        assert told is not None
        return told

    def _tell(self, loan: Loan, *messages: tuple[str, str | None]) -> None:
        """Have messages of the supplier posted in order; a status of None is the one that the loan has by then."""
        if self.answers_to:
            for reason, status in messages:
                self.outbox.put((loan, reason, status))

    def post_on(self) -> None:
        """Post what is to be told, one after the other, until there is a None."""
        while (errand := self.outbox.get()) is not None:
            loan, reason, status = errand
            loan.status = status or loan.status
            # An OSError means that the other side listens no more.
            with suppress(OSError):
                self._post(self.supplier_message(loan, reason, loan.status))

    def supplier_message(self, loan: Loan, reason: str, status: str) -> str:
        """A document that tells a borrower of a loan."""
        answer = {"RenewResponse": "<answerYesNo>Y</answerYesNo>", "CancelResponse": "<answerYesNo>N</answerYesNo>"}
        due = (datetime.now(UTC) + timedelta(days=28)).strftime(self.maker.time_form)
        change = f"<lastChange>{self._now()}</lastChange>" if self.maker.writes_last_change else ""
        sent = f"<deliveryInfo><dateSent>{self._now()}</dateSent><itemId>{self.maker.item_id}</itemId></deliveryInfo>"
        message = f"""<supplyingAgencyMessage>{self._header(self.symbol, loan.requester, loan.request_id)}
<messageInfo><reasonForMessage>{reason}</reasonForMessage>{answer.get(reason, "")}{self._note()}</messageInfo>
<statusInfo><status>{status}</status><dueDate>{due}</dueDate>{change}</statusInfo>
{sent if (reason, status) == ("StatusChange", "Loaned") else ""}</supplyingAgencyMessage>"""
        return self._enveloped(message)

    def _header(self, supplier: str, requester: str, request_id: str) -> str:
        several = "<multipleItemRequestId/>" if self.maker.writes_multiple_item_id else ""
        return (
            f"<header><supplyingAgencyId>{_agency(supplier)}</supplyingAgencyId>"
            f"<requestingAgencyId>{_agency(requester)}</requestingAgencyId>{several}"
            f"<timestamp>{self._now()}</timestamp>"
            f"<requestingAgencyRequestId>{escape(request_id)}</requestingAgencyRequestId></header>"
        )

    def _note(self, words: str = "") -> str:
        text = words + self.maker.note(next(self._numbers))
        return f"<note>{escape(text)}</note>" if text else ""

    def _now(self) -> str:
        return datetime.now(UTC).strftime(self.maker.time_form)

    def _post_message(self, message: str) -> tuple[int, str]:
        return self._post(self._enveloped(message))

    def _post(self, document: str) -> tuple[int, str]:
        if self.answers_to is None:
            raise OSError("nobody to write to")
        request = urllib.request.Request(  # noqa: S310 - loopback
            self.answers_to, data=document.encode(), headers={"Content-Type": "application/xml"}
        )
        if self.secret:
            pair = base64.b64encode(":".join(self.secret).encode()).decode()
            request.add_header("Authorization", f"Basic {pair}")
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_S) as reply:  # noqa: S310 - loopback
                return reply.status, reply.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def _enveloped(self, message: str) -> str:
        return (
            f'<?xml version="1.0" encoding="UTF-8"?><ns1:ISO18626Message xmlns:ns1="{NAMESPACE}" xmlns="{NAMESPACE}" '
            f'ns1:version="{self.maker.version}">{message}</ns1:ISO18626Message>'
        )

    def _confirmation(self, told: Told, no: NotTaken | None) -> str:
        header, ids = told.texts, ""
        if no is None or self.maker.names_ids_in_errors:
            ids = f"<requestingAgencyRequestId>{escape(header.get('header/requestingAgencyRequestId', ''))}</requestingAgencyRequestId>"
        echo = ""
        if told.kind == "requestingAgencyMessage" and no is None:
            echo = f"<action>{escape(header.get('action', ''))}</action>"
        error = ""
        if no is not None:
            error = f"<errorData><errorType>{no.error_type}</errorType><errorValue>{escape(no.value)}</errorValue></errorData>"
        received = header.get("header/timestamp", self._now())
        return self._enveloped(
            f"<{told.kind}Confirmation><confirmationHeader><timestamp>{self._now()}</timestamp>{ids}"
            f"<timestampReceived>{escape(received)}</timestampReceived>"
            f"<messageStatus>{'ERROR' if no else 'OK'}</messageStatus></confirmationHeader>{echo}{error}"
            f"</{told.kind}Confirmation>"
        )


def _local(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _texts(element: ET.Element, path: str) -> Iterator[tuple[str, str]]:
    for child in element:
        place = f"{path}{_local(child)}"
        yield place, (child.text or "").strip()
        yield from _texts(child, f"{place}/")


def _agency(symbol: str) -> str:
    return f"<agencyIdType>ISIL</agencyIdType><agencyIdValue>{escape(symbol)}</agencyIdValue>"


def _says(told: Told, request_id: str, status: str) -> bool:
    return (
        told.texts.get("header/requestingAgencyRequestId") == request_id
        and told.texts.get("statusInfo/status") == status
        and told.texts.get("messageInfo/reasonForMessage") != "Notification"
    )


@contextmanager
def running(maker: Maker, port: int = 0, **settings: object) -> Iterator[Foreign]:
    """The system on loopback, at a port of its own or at a given one."""
    foreign = Foreign(maker, **settings)  # type: ignore[arg-type]

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, answer = foreign.take(body, self.headers.get("Content-Type", ""))
            data = answer.encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/xml")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - http.server's name
            """Nothing is logged."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    foreign.port = server.server_address[1]
    threads = (
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}),
        threading.Thread(target=foreign.post_on),
    )
    for thread in threads:
        thread.start()
    try:
        yield foreign
    finally:
        server.shutdown()
        foreign.answers_to = None
        foreign.outbox.put(None)
        for thread in threads:
            thread.join()
        server.server_close()
