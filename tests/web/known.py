"""What the live API of the tests knows: a partner, a book, requests for it, how the circulation system is, and how bills are made."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from gateway.desk.structs.acs import AcsSays, AcsStatus
from gateway.dispatch.reconcile import Comparison, Disagreement, Unanswered
from gateway.mapping.reconcile import DifferenceKind
from gateway.money.invoices import files
from gateway.money.records import Seller
from gateway.money.rules import BillingRules
from gateway.money.terms import BillingDefaults
from gateway.store.port import Change, HistoryEntry, HistoryKind, Inbound, NewEffect, Store
from gateway.workflow.effects import OpenTask, Perform, StartTimer
from gateway.workflow.partners import Partner
from gateway.workflow.records import Act, Clock, Copy, Item, ItemPlace, Request, Role, State
from gateway.workflow.tasks import TaskKind
from gateway.workflow.values import PostalAddress, Wanted

START = datetime(2026, 10, 28, 9, 0, tzinfo=UTC)
VALLEY = Partner(
    id="valley",
    name="Example Valley Library",
    peer="hub",
    symbols=("ISIL:XX-EVL",),
    account="21234000000019",
    address=PostalAddress(line1="1 Imaginary Road", locality="Valley", postal_code="00001"),
)
ALMANAC = Copy(
    item_barcode="30234000517861",
    branch="Main",
    title="The Imaginary Almanac",
    author="A. Author",
    call_number="QA76.73 ALM",
    item_type="book",
)


REPORT = Comparison(
    accounts=("valley",),
    differences=(
        Disagreement(
            account="valley",
            kind=DifferenceKind.UNKNOWN_LOAN,
            item_barcode=ALMANAC.item_barcode,
            words="It is out.",
            act="Check it in.",
            request=None,
        ),
    ),
    unanswered=(Unanswered(account="hills", words="No connection."),),
    agreed=(),
)
"""What a reconciliation comes to."""
ACS_STATUS = AcsStatus(
    trouble="it does not answer; its work is postponed",
    breaker="open",
    connections=1,
    idle=0,
    refused_logins=0,
    stopped=False,
    last_reply_at=START,
    last_error="no answer",
    last_error_at=None,
    acs=AcsSays(online=True, timeout_s=3.0, retries=None, supported="YYY", denied=("29", "65")),
    no_answer_since=None,
    paused_until=None,
)
BILLING = BillingRules(
    seller=Seller(name="Example Valley Library", contact="ill@library.example", ways_to_pay=("By check",)),
    defaults=BillingDefaults(processing_fee=Decimal("15.00")),
    invoice_export=files.USUAL,
)


def a_request(request_id: str = "r1", state: State = State.WILL_SUPPLY, **fields: Any) -> Request:
    """A request of Example Valley Library for the Imaginary Almanac."""
    place = ItemPlace.HELD if state is State.WILL_SUPPLY else ItemPlace.OUT
    usual: dict[str, Any] = {
        "id": request_id,
        "role": Role.LENDING,
        "state": state,
        "version": 1,
        "peer": "hub",
        "partner": VALLEY.id,
        "requesting_agency": "ISIL:XX-EVL",
        "supplying_agency": "ISIL:XX-ECL",
        "partner_request_id": f"their-{request_id}",
        "created_at": START,
        "updated_at": START,
        "state_since": START,
        "wanted": Wanted(title="The Imaginary Almanac"),
        "items": (Item(copy=ALMANAC, place=place),),
    }
    return Request(**{**usual, **fields})


async def keep(store: Store, *requests: Request) -> None:
    """Put requests into the store as they are."""
    for request in requests:
        await store.commit(Change(request=request, created=True, history_of=request.id))


async def keep_with_story(store: Store, request: Request) -> None:
    """Put in a request with a message, SIP2 in its timeline, a task and a clock."""
    message = Inbound(
        peer="hub",
        digest="d",
        content="c",
        received_at=START,
        kind="request",
        ok=True,
        document=b"<ISO18626Message>\n  <title>The Imaginary Almanac</title>\n</ISO18626Message>",
        confirmation=b"<messageStatus>OK</messageStatus>",
        repairs=("no version",),
    )
    history = (
        HistoryEntry(at=START, by="hub", kind=HistoryKind.MESSAGE_IN, words="Received request; confirmed OK."),
        HistoryEntry(
            at=START,
            by="gateway",
            kind=HistoryKind.SIP2,
            words="SIP2 15: done, 12 ms.",
            detail={"sent": "15+20261028", "received": "161Y"},
        ),
        HistoryEntry(at=START, by="hub", kind=HistoryKind.DECISION, words="They ask for it.", state=request.state),
    )
    await store.commit(
        Change(
            request=request,
            created=True,
            history_of=request.id,
            history=history,
            inbound=message,
            effects=(
                NewEffect(
                    effect=StartTimer(clock=Clock.HOLD, since=START), lane=None, due_at=START + timedelta(days=3)
                ),
            ),
            open_tasks=(OpenTask(kind=TaskKind.CANNOT_FIND, words="Not at the desk after two days."),),
        )
    )


async def keep_work(store: Store, request: str) -> None:
    """Put in work of a request: a call to the circulation system that waits."""
    checkout = Perform(act=Act.CHECKOUT, item_barcode=ALMANAC.item_barcode)
    told = HistoryEntry(at=START, by="gateway", kind=HistoryKind.NOTE, words="To be checked out.")
    queued = NewEffect(effect=checkout, lane="acs:main", due_at=START)
    await store.commit(Change(history_of=request, history=(told,), effects=(queued,)))
