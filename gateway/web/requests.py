"""Requests over the API: list, show, timeline, what next, and acts of staff. Paper: papers.py."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Annotated, Final, Literal

import msgspec
from aiohttp import web

from gateway.barcodes import BarcodeKind, Scan, scanned
from gateway.desk.access import Caller, Right
from gateway.desk.approval import check_approval
from gateway.desk.errors import ConflictError, NotAllowedError, NotThereError, UnusableError
from gateway.desk.ports import Desk
from gateway.desk.reads import partners_by_id
from gateway.desk.times import moment
from gateway.dispatch.roles import TABLES
from gateway.iso18626.codes import LoanCondition, OpenCode, ReasonRetry
from gateway.orders.cells import doubt_about_customer
from gateway.sip2.carried import not_carried
from gateway.store.port import VersionConflict
from gateway.web.answers import ok, read_json
from gateway.web.cards import read_card
from gateway.web.ports import Call
from gateway.web.queries import cursor_of, lines_of, listed, page_size, request_filters, the_request
from gateway.web.timeline import timeline
from gateway.web.upcoming import upcoming
from gateway.web.views import partner_name
from gateway.web.waiting import Surroundings
from gateway.workflow.events import StaffActed
from gateway.workflow.machine import Ignored, Refused
from gateway.workflow.meaning import ActLine
from gateway.workflow.records import Answer, AnswerKind, Request, State
from gateway.workflow.triggers import Deed, StaffAction
from gateway.workflow.values import Money, money_faults

RIGHT_OF: Final[dict[StaffAction, Right]] = dict.fromkeys(StaffAction, Right.ACT) | {
    StaffAction.FORCE: Right.MANAGE,
    StaffAction.OVERRIDE: Right.MANAGE,
    StaffAction.APPROVE: Right.ADMINISTER,
}
"""What each act needs: to force a state against the table, or to override a rule, is a manager's; to say whose request a
stranger's is, an administrator's, as with `approve-partner`."""

Words = Annotated[str, msgspec.Meta(max_length=4000, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]*$")]
"""Text that an XML message can carry, and that says something to people."""
Barcode = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


FARTHEST: Final = timedelta(days=3653)
"""No date that staff name lies ten years away: a slip of the pen, which a calendar or an XML message may not take."""


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """Only if: what `offer` proposes to the partner, with RetryPossible."""

    kind: Literal["retry"] = "retry"
    cost: Money | None = None
    condition: str | None = None
    reason: str | None = None
    note: Words | None = None


class ActBody(msgspec.Struct, frozen=True, kw_only=True):
    """What `POST requests/{id}/actions/{action}` takes; which details count is said at the action's rows in the table.

    Times are ISO 8601; a date without a time ends with that local day.
    """

    item_barcodes: Annotated[tuple[Barcode, ...], msgspec.Meta(max_length=50)] = ()
    """As scanned: line ends, asterisks and start letters may stand."""
    reason: Words | None = None
    note: Words | None = None
    """For the partner."""
    inside: Words | None = None
    """For staff: it goes nowhere."""
    due_at: str | None = None
    retry_after: str | None = None
    answer: Offer | None = None
    link: Words | None = None
    partner: str | None = None
    customer: Barcode | None = None
    """correct-card: the right card, as scanned."""
    state: State | None = None
    task: Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)] | None = None
    """The task that `done-by-hand` or `not-done` answers; it may be left out where only one is open."""
    did: Deed | None = None
    """In place of it: what was done by hand."""
    undo_s: Annotated[float, msgspec.Meta(ge=0, le=3600)] = 0.0
    """How long the outcome waits, so that it can be undone; scripts don't wait."""
    seen_in: State | None = None
    """The state in which the caller read what the act does; if it would do something else by now, it is refused."""
    sure: bool = False
    """The items are meant although they have another title than the request, or none that we know."""


async def list_requests(api: Desk, call: Call) -> web.Response:
    """GET requests: newest first, those alone that ?open=true, ?role=, ?state=, ?partner= and ?q= let through.

    `next` is the `before` of the following page.
    """
    query = call.http.query
    limit = page_size(query)
    found = await listed(api.store, request_filters(query, query.getall("state", [])), limit)
    following = cursor_of(found[-1]) if len(found) == limit else None
    return ok({"requests": await lines_of(api.store, found), "next": following})


async def show_request(api: Desk, call: Call) -> web.Response:
    """GET requests/{request}: all that is known, what staff can do, what waits, what happens next."""
    request = await the_request(api.store, call.http)
    return ok(
        {
            "request": request,
            "partner_name": partner_name(request, await partners_by_id(api.store)),
            "branches": api.library.branches,
            "actions": [line.action for line in possible_acts(request, call.caller)],
            "acts": possible_acts(request, call.caller),
            "tasks": await api.store.tasks(request=request.id),
            "next": upcoming(await api.store.pending(request.id), await _surroundings(api, request)),
        }
    )


async def _surroundings(api: Desk, request: Request) -> Surroundings:
    now = api.now()
    return Surroundings(
        request=request,
        now=now,
        backoffs={backoff.lane: backoff for backoff in await api.store.backoffs()},
        before_at_item=await api.store.before_at_item(request.id, now=now),
    )


async def show_timeline(api: Desk, call: Call) -> web.Response:
    """GET requests/{request}/timeline: everything that happened, oldest first, with both protocols' messages."""
    request = await the_request(api.store, call.http)
    history = await api.store.history(request.id)
    return ok({"request": request.id, "entries": timeline(history, await api.store.messages(request.id))})


async def act(api: Desk, call: Call) -> web.Response:
    """POST requests/{request}/actions/{action}: hand it to the workflow, and give its answer."""
    action = _action(call.http.match_info["action"])
    if not call.caller.may(RIGHT_OF[action]):
        raise NotAllowedError(f"A {call.caller.role} may not {RIGHT_OF[action]}.")
    body = await read_json(call.http, ActBody)
    request = await the_request(api.store, call.http)
    if action is StaffAction.APPROVE:
        await check_approval(api, request, body.partner)
    await _check_notes(api, request, body)
    scans = tuple(scanned(barcode) for barcode in body.item_barcodes)
    event, card = _staff_acted(api, call.caller, action, body, scans), _card(action, body)
    try:
        answer = await api.intake.act(request.id, event, card=card)
    except VersionConflict:
        raise ConflictError("The request keeps changing just now: look at it, and try again.") from None
    if isinstance(answer, Refused):
        raise ConflictError(answer.words)
    warnings = [*(warning for scan in scans for warning in scan.warnings), *_doubts_about(card)]
    if isinstance(answer, Ignored):
        return ok({"result": "ignored", "request": request.id, "words": answer.words, "warnings": warnings})
    request = answer.request
    is_named = request.id == call.http.match_info["request"]
    return ok(
        {
            "result": "done",
            "request": request.id,
            "words": f"{'The request' if is_named else f'Request {request.id}'} is “{request.state}”.",
            "state": request.state,
            "actions": [line.action for line in possible_acts(request, call.caller)],
            "warnings": warnings,
        }
    )


async def try_now(api: Desk, call: Call) -> web.Response:
    """POST requests/{request}/try-now: start its waiting work at once, back-off or not; its clocks go on as they run."""
    request = await the_request(api.store, call.http)
    count = await api.try_now(request.id, call.caller.name)
    if not count:
        raise ConflictError("No work of this request waits to be tried.")
    pieces = "One piece of work starts" if count == 1 else f"{count} pieces of work start"
    return ok({"result": "done", "words": f"{pieces} now.", "count": count})


def possible_acts(request: Request, caller: Caller) -> tuple[ActLine, ...]:
    """Give what the table lets staff ask for in this state, as far as the caller may, each with what it does."""
    lines = TABLES[request.role].lines(request.state)
    return tuple(line for line in lines if caller.may(RIGHT_OF[line.action]))


def _action(name: str) -> StaffAction:
    try:
        return StaffAction(name)
    except ValueError:
        raise NotThereError(f"There is no such action; there are {', '.join(StaffAction)}.") from None


def _staff_acted(api: Desk, caller: Caller, action: StaffAction, body: ActBody, scans: tuple[Scan, ...]) -> StaffActed:
    if any(scan.kind is BarcodeKind.CUSTOMER for scan in scans):
        raise UnusableError("item_barcodes: one has the form of a customer's barcode; scan the item's.")
    for place, scan in enumerate(scans):
        if why_not := not_carried(scan.barcode):
            raise UnusableError(f"item_barcodes.{place}: {why_not}; scan it again, or type it.")
    now, retry_after = api.now(), _moment(api, "retry_after", body.retry_after)
    if retry_after is not None and retry_after <= now:
        raise UnusableError("retry_after: must lie in the future.")
    return StaffActed(
        at=now,
        by=caller.name,
        action=action,
        item_barcodes=tuple(scan.barcode for scan in scans if scan.barcode),
        reason=body.reason,
        note=body.note,
        inside=body.inside,
        due_at=_moment(api, "due_at", body.due_at),
        retry_after=retry_after,
        answer=_offered(body.answer, retry_after),
        link=body.link,
        partner=body.partner,
        state=body.state,
        undo_s=body.undo_s,
        sure=body.sure,
        seen_in=body.seen_in,
        deed=body.did,
        task=body.task,
    )


def _card(action: StaffAction, body: ActBody) -> str | None:
    """The card in place of a mistyped one, which is in no event: events are history."""
    if (action is StaffAction.CORRECT_CARD) is not (body.customer is not None):
        raise UnusableError("customer: the right card, for correct-card and no other action.")
    return None if body.customer is None else read_card(body.customer)


def _doubts_about(card: str | None) -> Iterator[str]:
    doubt = doubt_about_customer(card) if card else None
    if doubt:
        yield doubt


def _moment(api: Desk, name: str, written: str | None) -> datetime | None:
    if written is None:
        return None
    try:
        at = moment(written, api.zone)
    except ValueError:
        raise UnusableError(f"{name}: not a date or time of ISO 8601.") from None
    if abs(at - api.now()) > FARTHEST:
        raise UnusableError(f"{name}: lies more than ten years away.")
    return at


def _offered(offer: Offer | None, retry_after: datetime | None) -> Answer | None:
    """What staff offer, once it is fit to be sent: a price, and codes out of the lists alone."""
    if offer is None:
        return None
    for part, words in money_faults(offer.cost):
        raise UnusableError(f"answer.cost.{part}: {words}.")
    _check_code("answer.condition", offer.condition, LoanCondition)
    _check_code("answer.reason", offer.reason, ReasonRetry)
    return Answer(
        kind=AnswerKind.RETRY,
        reason=offer.reason,
        note=offer.note,
        retry_after=retry_after,
        cost=offer.cost,
        condition=offer.condition,
    )


def _check_code(name: str, code: str | None, codes: type[OpenCode]) -> None:
    if code is not None and codes.lookup(code) is None:
        raise UnusableError(f"{name}: none of {', '.join(codes)}.")


async def _check_notes(api: Desk, request: Request, body: ActBody) -> None:
    """What is written about a request goes to a partner, or stays in history: nothing of a customer may be in it."""
    offered = body.answer.note if body.answer else None
    fields = {"note": body.note, "inside": body.inside, "reason": body.reason, "answer.note": offered}
    written = {name: text for name, text in fields.items() if text}
    objection = await api.object_to_notes(request, written.values()) if written else None
    if objection:
        raise UnusableError(f"{', '.join(written)}: {objection}")
