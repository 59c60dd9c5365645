"""Acts of staff: what the table lets them ask for, and handing it to the workflow."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Final

import msgspec

from gateway.barcodes import BarcodeKind, Scan, scanned
from gateway.desk.access import NAME, Caller
from gateway.desk.approval import check_approval
from gateway.desk.cards import read_card
from gateway.desk.drafts import read_work
from gateway.desk.errors import ConflictError, NotAllowedError, UnusableError
from gateway.desk.offered import RIGHT_OF, offered
from gateway.desk.ports import Desk, OrderParts
from gateway.desk.scans import request_of
from gateway.desk.structs.acts import ActBody, Acted, Offer
from gateway.desk.times import moment
from gateway.dispatch.roles import TABLES
from gateway.iso18626.codes import LoanCondition, OpenCode, ReasonRetry
from gateway.money.amounts import price_faults
from gateway.orders.cells import doubt_about_customer
from gateway.sip2.carried import not_carried
from gateway.store.port import AlreadyExists, Store, VersionConflict
from gateway.workflow.acts.gone_on import ACTED_SINCE, acts_since
from gateway.workflow.events import StaffActed
from gateway.workflow.machine import Decision, Ignored, Refused
from gateway.workflow.meaning import NAMES
from gateway.workflow.records import Answer, AnswerKind, LastAct, Request, State
from gateway.workflow.triggers import StaffAction
from gateway.workflow.values import Wanted

FARTHEST: Final = timedelta(days=3653)
"""No date that staff name lies ten years away: a slip of the pen, which a calendar or an XML message may not take."""


async def act(desk: Desk, caller: Caller, request: str, action: StaffAction, body: ActBody) -> Acted:
    """Hand an act to the workflow, and return its answer. `request` is any number or barcode that names one.

    With a `key` it is done once: a second call with that key gets what the first one came to.
    """
    if not caller.may(RIGHT_OF[action]):
        raise NotAllowedError(f"A {caller.role} may not {RIGHT_OF[action]}.")
    found = await request_of(desk.store, request)
    key = f"{caller.name}:{body.key}" if body.key else None
    if before := await _done_before(desk.store, key, found, action):
        return before
    if action is StaffAction.APPROVE:
        await check_approval(desk.store, found, body.partner)
    await _check_notes(desk.orders, found, body)
    scans = tuple(scanned(barcode) for barcode in body.item_barcodes)
    body = msgspec.structs.replace(body, assignee=await _assignee(desk.store, caller, action, body))
    event, card = _staff_acted(desk, caller, action, body, scans), _card(action, body)
    event = msgspec.structs.replace(event, wanted=_work(action, body, found))
    answer = await _answer(desk, found, event, card=card, key=key)
    if isinstance(answer, Acted):
        return answer
    warnings = (*(warning for scan in scans for warning in scan.warnings), *_doubts_about(card))
    if isinstance(answer, Ignored):
        return Acted(result="ignored", request=found.id, words=answer.words, warnings=warnings)
    found, is_named = answer.request, answer.request.id == request
    return Acted(
        result="done",
        request=found.id,
        words=f"{'The request' if is_named else f'Request {found.id}'} is “{_state_name(found, found.state)}”.",
        state=found.state,
        actions=tuple(line.action for line in await offered(desk, found, caller)),
        warnings=warnings,
    )


async def _answer(
    desk: Desk, request: Request, event: StaffActed, *, card: str | None, key: str | None
) -> Decision | Ignored | Acted:
    """Ask the door, and if that refuses, whether the same form was sent before. Raises ConflictError."""
    try:
        answer = await desk.intake.act(request.id, event, card=card, key=key)
    except VersionConflict:
        raise ConflictError("The request keeps changing just now: look at it, and try again.") from None
    except AlreadyExists:
        answer = Refused("The form was sent before, for something else.")
    if not isinstance(answer, Refused):
        return answer
    before = await _done_before(desk.store, key, request, event.action)
    if before is not None:
        return before
    if answer.words == ACTED_SINCE:
        raise ConflictError(await _who_acted(desk, request.id, event))
    raise ConflictError(answer.words)


async def _done_before(store: Store, key: str | None, request: Request, action: StaffAction) -> Acted | None:
    """What the act under this key came to. Raises ConflictError if it was another act."""
    done = await store.story.act_of(key) if key else None
    if done is None:
        return None
    if (done.request, done.action) != (request.id, action):
        raise ConflictError(f"The key was used for another act, “{done.action}” on request {done.request}.")
    return Acted(
        result="ignored" if done.ignored else "done",
        request=done.request,
        words=f"It was done before: the request was “{_state_name(request, done.state)}” then.",
        state=done.state,
        warnings=(),
        repeated=True,
    )


async def _who_acted(desk: Desk, request: str, event: StaffActed) -> str:
    """Say who has acted on a request since it was read, and what each did last."""
    found = await desk.store.request(request)
    acts = acts_since(found, event.seen or 0, event.by) if found else ()
    if found is None or not acts:
        return ACTED_SINCE
    stands = _state_name(found, found.state)
    return f"{_have_acted(acts, desk.zone)} The request is “{stands}” now: look at it again."


def _have_acted(acts: Sequence[LastAct], zone: tzinfo) -> str:
    did = [(act.by, f"at {act.at.astimezone(zone):%H:%M}: “{NAMES[StaffAction(act.act)]}”") for act in acts]
    if len(did) == 1:
        [(by, what)] = did
        return f"{by} has acted on it since, {what}."
    *first, last = [f"{by} ({what})" for by, what in did]
    return f"{', '.join(first)} and {last} have acted on it since."


def _state_name(request: Request, state: State) -> str:
    return TABLES[request.role].standing(state).name


def _staff_acted(desk: Desk, caller: Caller, action: StaffAction, body: ActBody, scans: tuple[Scan, ...]) -> StaffActed:
    if any(scan.kind is BarcodeKind.CUSTOMER for scan in scans):
        raise UnusableError("item_barcodes: one has the form of a customer's barcode; scan the item's.")
    for place, scan in enumerate(scans):
        if why_not := not_carried(scan.barcode):
            raise UnusableError(f"item_barcodes.{place}: {why_not}; scan it again, or type it.")
    now, retry_after = desk.now(), _moment(desk, "retry_after", body.retry_after)
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
        due_at=_moment(desk, "due_at", body.due_at),
        retry_after=retry_after,
        answer=_offered(body.answer, retry_after),
        link=body.link,
        partner=body.partner,
        state=body.state,
        undo_s=body.undo_s,
        sure=body.sure,
        seen_in=body.seen_in,
        seen=body.seen,
        assignee=body.assignee,
        deed=body.did,
        task=body.task,
    )


async def _assignee(store: Store, caller: Caller, action: StaffAction, body: ActBody) -> str | None:
    """Who is to see to the request, as the account has the name. Whoever asks may take it over, by a token too."""
    if body.assignee is None:
        return None
    if action is not StaffAction.ASSIGN or not NAME.fullmatch(body.assignee):
        raise UnusableError("assignee: the name of an account, for assign and no other action.")
    if body.assignee == caller.name:
        return caller.name
    account = await store.account(body.assignee)
    if account is None or account.disabled_at is not None:
        raise UnusableError("assignee: there is no account of this name, or it is switched off.")
    return account.name


def _card(action: StaffAction, body: ActBody) -> str | None:
    """The card in place of a mistyped one, which is in no event: events are history."""
    if (action is StaffAction.CORRECT_CARD) is not (body.customer is not None):
        raise UnusableError("customer: the right card, for correct-card and no other action.")
    return None if body.customer is None else read_card(body.customer)


def _work(action: StaffAction, body: ActBody, request: Request) -> Wanted | None:
    """The work that is meant, in place of what was ordered."""
    if body.work is None:
        return None
    if action is not StaffAction.CORRECT_WORK:
        raise UnusableError("work: which one is meant, for correct-work and no other action.")
    return read_work(body.work, request.wanted)


def _doubts_about(card: str | None) -> Iterator[str]:
    doubt = doubt_about_customer(card) if card else None
    if doubt:
        yield doubt


def _moment(desk: Desk, name: str, written: str | None) -> datetime | None:
    if written is None:
        return None
    try:
        at = moment(written, desk.zone)
    except ValueError:
        raise UnusableError(f"{name}: not a date or time of ISO 8601.") from None
    if abs(at - desk.now()) > FARTHEST:
        raise UnusableError(f"{name}: lies more than ten years away.")
    return at


_FREE: Final = (
    f"The price is 0. Name a price or a condition; to lend it free, choose “{NAMES[StaffAction.ANSWER_SUPPLY]}”."
)


def _offered(offer: Offer | None, retry_after: datetime | None) -> Answer | None:
    """What staff offer, once it is fit to be sent: a price above nothing, and codes out of the lists alone."""
    if offer is None:
        return None
    for part, words in price_faults(offer.cost):
        raise UnusableError(f"answer.cost.{part}: {words}.")
    cost = offer.cost if offer.cost and offer.cost.amount else None
    if offer.cost and not cost and not offer.condition:
        raise UnusableError(f"answer.cost.amount: {_FREE}")
    _check_code("answer.condition", offer.condition, LoanCondition)
    _check_code("answer.reason", offer.reason, ReasonRetry)
    return Answer(
        kind=AnswerKind.RETRY,
        reason=offer.reason,
        note=offer.note,
        retry_after=retry_after,
        cost=cost,
        condition=offer.condition,
    )


def _check_code(name: str, code: str | None, codes: type[OpenCode]) -> None:
    if code is not None and codes.lookup(code) is None:
        raise UnusableError(f"{name}: none of {', '.join(codes)}.")


async def _check_notes(orders: OrderParts, request: Request, body: ActBody) -> None:
    """What is written about a request goes to a partner, or stays in history: nothing of a customer may be in it."""
    offered = body.answer.note if body.answer else None
    fields = {"note": body.note, "inside": body.inside, "reason": body.reason, "answer.note": offered}
    written = {name: text for name, text in fields.items() if text}
    objection = await orders.object_to_notes(request, written.values()) if written else None
    if objection:
        raise UnusableError(f"{', '.join(written)}: {objection}")
