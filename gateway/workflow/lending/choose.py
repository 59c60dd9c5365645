"""Finding and choosing a copy, and keeping the answer that policy or a person gave."""

from datetime import datetime, timedelta

import msgspec

from gateway.iso18626.codes import ReasonRetry, ReasonUnfilled, ServiceType
from gateway.workflow.effects import AskCopies, FindCopies
from gateway.workflow.events import CopiesChecked, CopiesFound, RequestArrived, StaffActed
from gateway.workflow.machine import Draft
from gateway.workflow.partners import STRANGER
from gateway.workflow.records import Answer, AnswerKind, CopyStatus, Item, Request, Role, State


def begin(event: RequestArrived) -> Request:
    """Make the request that an arriving message asks for; its first row then gives it a state."""
    return Request(
        id=event.request,
        role=Role.LENDING,
        state=State.SEARCHING,
        peer=event.peer,
        partner=event.partner,
        account=event.account,
        requesting_agency=event.requesting_agency,
        supplying_agency=event.supplying_agency,
        partner_request_id=event.partner_request_id,
        previous_request_id=event.previous_request_id,
        follows=event.follows,
        retries=event.retries,
        created_at=event.at,
        updated_at=event.at,
        state_since=event.at,
        service=event.service,
        level=event.level,
        need_before=event.need_before,
        wanted=event.wanted,
        note=event.note,
        copyright=event.copyright,
        max_cost=event.max_cost,
        deliver_to=event.deliver_to,
        deliver_to_name=event.deliver_to_name,
        deliver_by_mail_to=event.deliver_by_mail_to,
        answer=event.turned_away,
        policy_version=event.policy_version,
        for_staff=event.staff_words,
    )


def find_copies(draft: Draft, event: object) -> None:
    """Look the work up."""
    draft.emit(FindCopies(wanted=draft.request.wanted))


def ask_copies(draft: Draft, event: CopiesFound) -> None:
    """Ask the circulation system about each copy that was not tried in vain; about all where every one was."""
    fresh = tuple(copy for copy in event.copies if copy.item_barcode not in draft.request.rejected)
    draft.emit(AskCopies(copies=fresh or event.copies))


def keep_answer(draft: Draft, event: CopiesFound | CopiesChecked) -> None:
    """Keep the policy's answer, its choice and the other copies that would do."""
    answer = event.answer
    if answer is None:
        return
    draft.set(answer=answer, candidates=_candidates(answer), expected_at=answer.expected_at, cost=answer.cost)
    draft.set(condition=answer.condition, due_expected=_due_expected(draft.request.created_at, answer))
    draft.set(renewals_allowed=answer.renewals, asks_for=answer.asks_for)
    if isinstance(event, CopiesChecked):
        draft.set(policy_version=event.policy_version)


def _candidates(answer: Answer) -> tuple[CopyStatus, ...]:
    chosen = (answer.choice,) if answer.choice else ()
    return (*chosen, *answer.others)


def _due_expected(created_at: datetime, answer: Answer) -> datetime | None:
    return None if answer.loan_days is None else created_at + timedelta(days=answer.loan_days)


def choose_copy(draft: Draft, event: object) -> None:
    """Take the best candidate as the request's item; the rest stay candidates."""
    first, *rest = draft.request.candidates
    item = Item(copy=first.copy, queue_length=first.queue_length, fetching=first.fetching)
    draft.set(items=(item,), candidates=tuple(rest), answer=None, sought_coming=0)


def choose_named_copy(draft: Draft, event: StaffActed) -> None:
    """Take the copy that staff named; nobody may have asked how long its queue is."""
    copy = event.copies[0]
    candidates = draft.request.candidates
    asked = next((status for status in candidates if status.copy.item_barcode == copy.item_barcode), None)
    others = tuple(status for status in candidates if status is not asked)
    item = Item(copy=copy)
    if asked is not None:
        item = Item(copy=copy, queue_length=asked.queue_length, fetching=asked.fetching)
    draft.set(items=(item,), candidates=others, answer=None, sought_coming=0)


def reject_items(draft: Draft, event: object) -> None:
    """The copies at hand can't be had: remember that, so that they aren't tried again."""
    draft.set(rejected=(*draft.request.rejected, *(item.barcode for item in draft.request.items)), items=())


def take_partner(draft: Draft, event: StaffActed) -> None:
    """Set the partner and its account that the approval named, and the peer where nobody knew it."""
    draft.set(partner=event.partner, account=event.account)
    if draft.request.peer == STRANGER and event.peer is not None:
        draft.set(peer=event.peer)


def service_wanted(request: Request) -> ServiceType:
    """Say what the request comes to: for CopyOrLoan what the policy proposed, else a loan."""
    if request.service is ServiceType.COPY_OR_LOAN:
        return ServiceType.LOAN if request.answer is None else request.answer.service
    return request.service


def _keep(draft: Draft, answer: Answer) -> None:
    """Keep a person's answer; what a CopyOrLoan comes to stays."""
    draft.set(answer=msgspec.structs.replace(answer, service=service_wanted(draft.request)))


def keep_refusal_of_partner(draft: Draft, event: StaffActed) -> None:
    """Not a partner: PolicyProblem, unless staff named another reason."""
    reason = event.reason or ReasonUnfilled.POLICY_PROBLEM
    _keep(draft, Answer(kind=AnswerKind.UNFILLED, reason=reason, note=event.note))


def keep_unfilled(draft: Draft, event: StaffActed) -> None:
    """Staff's no with its reason; where none was named, that of a proposal to say no, else NotAvailableForILL."""
    proposed = _proposed(draft.request, AnswerKind.UNFILLED)
    reason = event.reason or (proposed and proposed.reason) or ReasonUnfilled.NOT_AVAILABLE_FOR_ILL
    _keep(draft, Answer(kind=AnswerKind.UNFILLED, reason=reason, note=event.note))


def keep_retry(draft: Draft, event: StaffActed) -> None:
    """Staff's not now with its reason; where none was named, that of a proposal to say so, else NotCurrentAvailableForILL."""
    proposed = _proposed(draft.request, AnswerKind.RETRY)
    reason = event.reason or (proposed and proposed.reason) or ReasonRetry.NOT_CURRENT_AVAILABLE_FOR_ILL
    _keep(draft, Answer(kind=AnswerKind.RETRY, reason=reason, note=event.note, retry_after=event.retry_after))


def _proposed(request: Request, kind: AnswerKind) -> Answer | None:
    """The policy's proposal, where it is of this kind and nothing was offered since: NotHeld, say, where no copy was found."""
    proposal = request.answer
    is_such = proposal is not None and proposal.kind is kind and request.state is not State.OFFERED
    return proposal if is_such else None


def keep_offer(draft: Draft, event: StaffActed) -> None:
    """Staff's only-if: a cost, a condition, or both, with RetryPossible (iso18626.md, "only if")."""
    offer = event.answer or Answer(kind=AnswerKind.RETRY)
    default = ReasonRetry.COST_EXCEEDS_MAX_COST if offer.cost else ReasonRetry.MUST_MEET_LOAN_CONDITION
    reason, note = offer.reason or event.reason or default, offer.note or event.note
    _keep(draft, msgspec.structs.replace(offer, kind=AnswerKind.RETRY, reason=reason, note=note))


def take_offer(draft: Draft, event: object) -> None:
    """Supply as offered: only now do the offer's cost and condition hold, for an offer can be undone or be over."""
    offer = draft.request.answer
    if draft.request.state is State.OFFERED and offer is not None:
        draft.set(cost=offer.cost, condition=offer.condition)


def keep_not_on_shelf(draft: Draft, event: object) -> None:
    """The copy did not come: NotOnShelf, unless another candidate, kept with the answer, can be had (duty 7)."""
    note = event.note if isinstance(event, StaffActed) else None
    others = draft.request.candidates
    _keep(draft, Answer(kind=AnswerKind.UNFILLED, reason=ReasonUnfilled.NOT_ON_SHELF, note=note, others=others))
