"""Which acts settle a task, and under which headings acts stand on a request's page: two tables. Pure.

An act stands here for a task if it is one of the answers to it; whether it is possible now is the workflow's to say (offered.py).
"""

from collections.abc import Iterable, Mapping
from typing import Final

from gateway.desk.forms import About, form_of, has_terms
from gateway.desk.structs.sheet import ActForm, ActGroup, TaskShown
from gateway.dispatch.roles import TABLES
from gateway.workflow.about import by_name, named, parted
from gateway.workflow.meaning import ActLine
from gateway.workflow.records import Answer, AnswerKind, Request, State
from gateway.workflow.tasks import Task, TaskKind
from gateway.workflow.triggers import StaffAction

A = StaffAction
K = TaskKind

_ABOUT_CUSTOMER: Final = (A.GO_ON, A.OVERRIDE, A.CORRECT_CARD, A.SEARCH_AGAIN, A.CALL_OFF)
_ABOUT_WORK: Final = (A.GO_ON, A.OVERRIDE, A.SEARCH_AGAIN, A.CALL_OFF)
_WHICH_WORK: Final = (A.CORRECT_WORK, A.GO_ON, A.CALL_OFF)
SETTLED_BY: Final[Mapping[TaskKind, tuple[StaffAction, ...]]] = {
    K.APPROVE_PARTNER: (A.APPROVE, A.REFUSE),
    K.ANSWER: (A.ANSWER_SUPPLY, A.ANSWER_RETRY, A.ANSWER_UNFILLED, A.OFFER, A.SEARCH_AGAIN),
    K.PLACE_HOLD: (A.DONE_BY_HAND, A.TRY_AGAIN, A.NOT_DONE),
    K.CANCEL_HOLD: (A.DONE_BY_HAND, A.TRY_AGAIN),
    K.STRAY_HOLD: (),
    K.CHECK_OUT: (A.SHIP, A.TRY_AGAIN, A.DONE_BY_HAND, A.NOT_DONE),
    K.CHECK_IN: (A.TRY_AGAIN, A.DONE_BY_HAND, A.NOT_DONE),
    K.RENEW: (A.DONE_BY_HAND, A.TRY_AGAIN, A.NOT_DONE),
    K.FIND_OUT: (A.DONE_BY_HAND, A.NOT_DONE, A.TRY_AGAIN),
    K.TRAPPED: (A.TRY_AGAIN, A.ARRIVE_AND_SHIP, A.CANNOT_FIND, A.RECEIVE),
    K.CANNOT_FIND: (A.COMING, A.ARRIVE_AND_SHIP, A.CANNOT_FIND),
    K.DUE_DATE: (A.DONE_BY_HAND, A.TOLD_BY_HAND, A.UNDO),
    K.NOT_TOLD: (A.TOLD_BY_HAND, A.SEND_MESSAGE),
    K.NOT_RECEIVED: (A.SEND_MESSAGE, A.RECEIVE, A.ASK_STATUS, A.MARK_LOST),
    K.NOT_RETURNED: (A.CHECK_IN, A.SEND_MESSAGE, A.ASK_STATUS, A.DONE_BY_HAND, A.MARK_LOST),
    K.BILL: (A.CHECK_IN, A.MARK_LOST),
    K.PAST_DEADLINE: (A.ANSWER_UNFILLED, A.ANSWER_RETRY, A.NEXT_LENDER, A.CALL_OFF),
    K.READ_NOTE: (A.SEND_MESSAGE,),
    K.CONTRADICTION: (A.SEND_OTHER_BACK, A.SEND_MESSAGE, A.CHECK_IN, A.FORCE),
    K.SENT_ON: (A.SEND_MESSAGE,),
    K.STUCK: (A.TRY_AGAIN, A.TOLD_BY_HAND),
    K.RECONCILE: (A.CHECK_IN, A.DONE_BY_HAND, A.FORCE),
    K.CUSTOMER_BLOCKED: _ABOUT_CUSTOMER,
    K.DUPLICATE: _ABOUT_CUSTOMER,
    K.OWNED: (A.SERVE_HERE, *_ABOUT_WORK),
    K.COPYRIGHT: _ABOUT_WORK,
    K.NOTE_TELLS: _ABOUT_CUSTOMER,
    K.WORK_UNCLEAR: _WHICH_WORK,
    K.NO_LENDER: (A.SEARCH_AGAIN, A.TRY_AGAIN, A.ANSWER_UNFILLED, A.CALL_OFF),
    K.CONDITIONS: (A.ACCEPT, A.NEXT_LENDER, A.CALL_OFF),
    K.WITHDRAWAL_SILENT: (A.TOLD_BY_HAND, A.SEND_MESSAGE),
    K.LENDER_SILENT: (A.SEND_MESSAGE, A.NEXT_LENDER),
    K.RECEIVE: (A.DONE_BY_HAND, A.TRY_AGAIN),
    K.BARCODES: (A.RECEIVE,),
    K.FEW_BARCODES: (),
    K.HOLD_RETURN: (A.SEND_MESSAGE,),
    K.DUE_TOO_LATE: (A.DONE_BY_HAND, A.ASK_RENEWAL),
    K.LENDER_OVERDUE: (A.ASK_RENEWAL, A.CAME_BACK, A.SEND_BACK),
    K.LENDER_RECALLS: (A.CAME_BACK, A.SEND_BACK),
    K.RENEWAL_SILENT: (A.ASK_STATUS, A.SEND_MESSAGE),
    K.RENEW_HERE: (A.DONE_BY_HAND,),
    K.HAND_OVER: (A.HANDED_OVER,),
    K.PRICE: (A.PAID,),
    K.PAPER_FAILED: (),
    K.NOT_MAILED: (),
    K.PERHAPS_MAILED: (),
    K.POST_LETTER: (),
    K.APPROVE_INVOICE: (),
    K.BILLED_CAME_BACK: (),
}
"""The answers to each task, the likeliest first; those that are not possible now are left out."""
_BEFORE_IT_IS_SENT: Final = (
    K.CUSTOMER_BLOCKED, K.DUPLICATE, K.OWNED, K.COPYRIGHT, K.NOTE_TELLS, K.WORK_UNCLEAR, K.NO_LENDER,
)  # fmt: skip
WAITED_FOR: Final = frozenset(
    {
        (K.DUE_DATE, State.CHECKED_OUT),
        (K.ANSWER, State.DECIDING),
        (K.APPROVE_PARTNER, State.AWAITING_APPROVAL),
        (K.CONDITIONS, State.CONDITIONAL),
        (K.HAND_OVER, State.COPY_HERE),
        (K.PLACE_HOLD, State.RESERVING),
        (K.PLACE_HOLD, State.RECEIVING),
        (K.BARCODES, State.RECEIVING),
        *((kind, State.DECIDING) for kind in _BEFORE_IT_IS_SENT),
    }
)
"""Where the request waits for nothing but the task: the acts move it and close the task, and without the task nobody would."""

GROUPS: Final[tuple[tuple[str, tuple[StaffAction, ...]], ...]] = (
    ("Go on", (
        A.APPROVE, A.ANSWER_SUPPLY, A.OFFER, A.SEARCH_AGAIN, A.COMING, A.ARRIVE_AND_SHIP, A.ARRIVE, A.SHIP, A.COPY_SENT, A.CHECK_IN,
        A.GO_ON, A.OVERRIDE, A.CORRECT_CARD, A.CORRECT_WORK, A.SERVE_HERE, A.ACCEPT, A.RECEIVE, A.HANDED_OUT, A.CAME_BACK, A.SEND_BACK,
        A.SEND_OTHER_BACK, A.HANDED_OVER, A.PAID, A.ASK_RENEWAL, A.RECALL, A.TRY_AGAIN,
    )),
    ("Say no, or give up", (
        A.REFUSE, A.ANSWER_RETRY, A.ANSWER_UNFILLED, A.CANNOT_FIND, A.NEXT_LENDER, A.CALL_OFF, A.MARK_LOST,
    )),
    ("Write", (A.SEND_MESSAGE, A.ASK_STATUS, A.REMIND)),
    ("Among ourselves", (A.NOTE, A.ASSIGN, A.FLAG, A.UNFLAG)),
    ("Done outside the desk", (A.DONE_BY_HAND, A.NOT_DONE, A.TOLD_BY_HAND)),
    ("Put right", (A.UNDO, A.FORCE)),
)  # fmt: skip
"""The headings under “More”, with their acts in order."""


_PROPOSED: Final[Mapping[AnswerKind, StaffAction]] = {
    AnswerKind.SUPPLY: A.ANSWER_SUPPLY,
    AnswerKind.RETRY: A.ANSWER_RETRY,
    AnswerKind.UNFILLED: A.ANSWER_UNFILLED,
}


def at_hand(request: Request, tasks: Iterable[Task], possible: Iterable[StaffAction]) -> StaffAction | None:
    """Say which act is the next step: the policy's proposal, else the likeliest answer to the oldest task while a person is to decide;
    in every other state the state's own.
    """
    offered = set(possible)
    wishes = [TABLES[request.role].standing(request.state).next]
    if request.state is State.DECIDING:
        asked = [act for task in tasks for act in SETTLED_BY[task.kind]]
        wishes = [_proposed(request.answer), *asked, *wishes]
    return next((act for act in wishes if act in offered), None)


def _proposed(answer: Answer | None) -> StaffAction | None:
    if answer is not None and answer.kind is AnswerKind.RETRY and has_terms(answer):
        return A.OFFER
    return _PROPOSED.get(answer.kind) if answer else None


def settling(task: Task, request: Request | None, lines: Iterable[ActLine], about: About | None) -> TaskShown:
    """Return a task with the forms of what settles it, what is proposed before the others; `lines` are the acts that the request offers now."""
    possible = {line.action: line for line in lines}
    acts = list(SETTLED_BY[task.kind]) if about else []
    first = at_hand(request, (task,), possible) if request and request.state is State.DECIDING else None
    acts.sort(key=lambda act: act is not first)
    answer = request.answer if request and first else None
    forms = tuple(form_of(possible[act], about) for act in acts if act in possible and about)
    title = request.wanted.title or request.wanted.article_title if request else None
    words, facts = parted(task.words, title)
    if about:
        words, facts = by_name(words, about.partners), named(facts, about.partners, about.branches)
    return TaskShown(
        id=task.id,
        kind=task.kind,
        words=words,
        facts=facts,
        read=task.words,
        told=task.told,
        opened_at=task.opened_at,
        claimed_by=task.claimed_by,
        request=task.request,
        about=task.about,
        title=title,
        state=TABLES[request.role].standing(request.state).name if request else None,
        seen=request.version if request else None,
        seen_in=request.state if request else None,
        settles=forms,
        proposed=first if answer and first is _proposed(answer) else None,
        can_close=not is_waited_for(task, request),
    )


def is_waited_for(task: Task, request: Request | None) -> bool:
    """Whether only an act may close the task: the other library, or the request, waits for it, and there is such an act."""
    if request is None or (task.kind, request.state) not in WAITED_FOR:
        return False
    return not set(SETTLED_BY[task.kind]).isdisjoint(TABLES[request.role].actions(request.state))


def grouped(forms: Iterable[ActForm]) -> tuple[ActGroup, ...]:
    """Put forms under their headings."""
    by_action = {form.action: form for form in forms}
    groups = ((heading, tuple(by_action[act] for act in acts if act in by_action)) for heading, acts in GROUPS)
    return tuple(ActGroup(heading=heading, acts=acts) for heading, acts in groups if acts)
