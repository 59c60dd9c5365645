"""What a scan came to, in one line and in the words of the department: by what it asked for and where the request stands now. Pure."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta, tzinfo
from typing import Final

import msgspec

from gateway.store.scans_port import ScanResult
from gateway.workflow import about
from gateway.workflow.borrowing.groups import EXPECTED, FOR_CUSTOMER
from gateway.workflow.days import local_day
from gateway.workflow.lending.groups import OUT, OUT_FOR_SURE
from gateway.workflow.partners import OurLibrary
from gateway.workflow.records import Finding, Item, ItemPlace, Request, Role, State
from gateway.workflow.standing import Standing
from gateway.workflow.tasks import Task, TaskKind
from gateway.workflow.triggers import StaffAction

S = State
A = StaffAction


class Around(msgspec.Struct, frozen=True, kw_only=True):
    """The request, and who and where is named."""

    request: Request
    tasks: tuple[Task, ...]
    """Those of the request that are open."""
    standing: Standing
    partner: str
    library: OurLibrary
    zone: tzinfo
    now: datetime

    def day(self, at: datetime | None) -> str:
        """Return a day as people say it; with its year only where that is not plain."""
        day, today = local_day(at, self.zone), local_day(self.now, self.zone)
        if day is None or today is None:
            return "a day that is not known"
        return f"{day.day} {day:%B}" if abs(day - today) < _PLAIN else f"{day.day} {day:%B %Y}"


_PLAIN: Final = timedelta(days=180)


class ScanTold(msgspec.Struct, frozen=True, kw_only=True):
    """What is said, with which sound, and whether more is to come."""

    result: ScanResult
    said: str
    open: bool = False


UNDER_WAY: Final[Mapping[State, str]] = {
    S.ARRIVING: "Being checked in at the desk",
    S.ARRIVING_TO_SHIP: "Being checked in at the desk, then out to {partner}",
    S.CHECKING_OUT: "Being checked out to {partner}",
    S.CHECKING_IN: "Being checked in",
    S.RECEIVING: "Being received from {partner}",
    S.TAKING_BACK: "Being checked in, to go back to {partner}",
    S.UNDOING: "Being undone: checked in again",
    S.LENDING_AGAIN: "Being undone: checked out to {partner} again",
}
"""While the circulation system is at it."""
BLOCKING: Final = frozenset(
    {
        TaskKind.FIND_OUT,
        TaskKind.TRAPPED,
        TaskKind.CHECK_OUT,
        TaskKind.CHECK_IN,
        TaskKind.DUE_DATE,
        TaskKind.PLACE_HOLD,
        TaskKind.CANCEL_HOLD,
        TaskKind.RECEIVE,
        TaskKind.BARCODES,
        TaskKind.STUCK,
    }
)
"""Tasks without which what was scanned does not go on."""


def tell(act: StaffAction, around: Around, since: datetime, item: str | None) -> ScanTold:
    """Say what has come of an act that was asked for at a time, by a scan of an item."""
    state, words = around.request.state, tuple(_words(around.tasks, since))
    if state in UNDER_WAY:
        said = UNDER_WAY[state].format(partner=around.partner)
        if words:
            if all(task.kind is TaskKind.STUCK for task in around.tasks if task.kind in BLOCKING):
                return ScanTold(
                    result=ScanResult.DONE, said=f"{said}, but it is taking long. {' '.join(words)}", open=True
                )
            return ScanTold(result=ScanResult.STOP, said=f"{said}, and stopped. {' '.join(words)}")
        return ScanTold(result=ScanResult.DONE, said=said, open=True)
    outcome = next((outcome for acts, states, outcome in OUTCOMES if act in acts and state in states), None)
    if outcome is None:
        is_back = state in _WHERE_IT_WAS
        said = NOT_DONE.get(act, "Not done") if is_back else around.standing.name
        return ScanTold(result=ScanResult.STOP if is_back else ScanResult.DONE, said=". ".join((said, *words)))
    told = outcome(around, around.request.item(item or "") or next(iter(around.request.items), None))
    if not words:
        return told
    return ScanTold(result=ScanResult.LOOK, said=". ".join((told.said, *words)))


NOT_DONE: Final[Mapping[StaffAction, str]] = {
    A.ARRIVE_AND_SHIP: "Not shipped",
    A.SHIP: "Not shipped",
    A.CHECK_IN: "Not checked in",
    A.RECEIVE: "Not received",
    A.SEND_BACK: "Not sent back",
}
_WHERE_IT_WAS: Final = frozenset({S.WILL_SUPPLY, S.ARRIVED, S.ON_ITS_WAY, S.TO_RETURN, *OUT, S.RETURNING})


def _words(tasks: Iterable[Task], since: datetime) -> Iterable[str]:
    """What people are asked because of it."""
    return (about.bare(task.words).rstrip() for task in tasks if task.kind in BLOCKING or task.opened_at >= since)


def _here(around: Around, _item: Item | None) -> ScanTold:
    return _with_wish(around, ScanTold(result=ScanResult.DONE, said=f"Here, to be shipped to {around.partner}"))


def _with_wish(around: Around, told: ScanTold) -> ScanTold:
    """Say what the partner asks of the copy: who has it in hand looks whether it is so."""
    asked = around.request.asks_for
    if not asked:
        return told
    return ScanTold(result=ScanResult.LOOK, said=f"{told.said}. Look first: the partner asks “{asked}”", open=told.open)


def _undone(around: Around, item: Item | None) -> ScanTold:
    """Back at the desk; what reserves it now is said once a look has shown it, and no later than a person waits for it."""
    said = f"Undone: it is at the desk again, and {around.partner} was not told"
    if item is None or (item.hold_left is None and around.now - around.request.state_since < _LOOKING):
        return ScanTold(result=ScanResult.DONE, said=said, open=item is not None)
    return ScanTold(result=ScanResult.DONE, said=f"{said}. {_LEFT[item.hold_left]}")


_LOOKING: Final = timedelta(seconds=20)
_LEFT: Final[Mapping[Finding | None, str]] = {
    Finding.YES: "Its hold still stands",
    Finding.NO: "Its hold is gone: nobody else is kept from it",
    Finding.UNCLEAR: "Whether its hold still stands can't be told: look in the ILS",
    None: "Whether its hold still stands is not known yet",
}


def _shipped(around: Around, item: Item | None) -> ScanTold:
    due_at = around.request.due_at or (item.due_at if item else None)
    return _with_wish(
        around, ScanTold(result=ScanResult.DONE, said=f"Shipped to {around.partner} · due {around.day(due_at)}")
    )


def _back(around: Around, item: Item | None) -> ScanTold:
    where = (item.route_to or item.copy.branch) if item else ""
    branch = around.library.branch(where)
    if item is not None and item.kept:
        shelf = f"put it on the hold shelf, {branch}" if branch else "put it on the hold shelf"
        return ScanTold(result=ScanResult.LOOK, said=f"Checked in, and held for a customer of ours: {shelf}")
    goes = f" · goes to {branch}" if branch else ""
    return ScanTold(result=ScanResult.DONE, said=f"Checked in, and the loan to {around.partner} is over{goes}")


def _one_back(around: Around, item: Item | None) -> ScanTold:
    if item is None or item.place is not ItemPlace.BACK:
        return ScanTold(result=ScanResult.STOP, said=NOT_DONE[A.CHECK_IN])
    branch = around.library.branch(item.route_to or item.copy.branch)
    goes = f" · goes to {branch}" if branch else ""
    return ScanTold(result=ScanResult.DONE, said=f"Checked in; {around.partner} has more of this loan{goes}")


def _received(around: Around, item: Item | None) -> ScanTold:
    request = around.request
    branch = around.library.branch(request.borrowed.route_to or request.borrowed.pickup_branch)
    due = f" · due at {around.partner} {around.day(request.due_at)}" if request.due_at else ""
    ours = f", here {around.day(item.due_at)}" if item and item.due_at else ""
    return ScanTold(result=ScanResult.DONE, said=f"Received for a customer at {branch}{due}{ours}")


def _sent_back(around: Around, _item: Item | None) -> ScanTold:
    return ScanTold(result=ScanResult.DONE, said=f"Sent back to {around.partner}")


def _kept_here(_around: Around, _item: Item | None) -> ScanTold:
    return ScanTold(result=ScanResult.DONE, said="Undone: it stays here, and the lender was not told")


def _handed_over(around: Around, _item: Item | None) -> ScanTold:
    branch = around.library.branch(around.request.borrowed.pickup_branch)
    return ScanTold(result=ScanResult.DONE, said=f"Handed over: the copy goes to its customer at {branch}")


def _copy_still_here(around: Around, _item: Item | None) -> ScanTold:
    return ScanTold(result=ScanResult.DONE, said=f"Undone: the copy is still here, and {around.partner} was not told")


def _handed_out(around: Around, _item: Item | None) -> ScanTold:
    branch = around.library.branch(around.request.borrowed.pickup_branch)
    return ScanTold(result=ScanResult.DONE, said=f"Handed out to its customer at {branch}")


def _came_back(around: Around, _item: Item | None) -> ScanTold:
    return ScanTold(result=ScanResult.DONE, said=f"Back from its customer, to be sent back to {around.partner}")


def _on_shelf_again(_around: Around, _item: Item | None) -> ScanTold:
    return ScanTold(result=ScanResult.DONE, said="Undone: it waits on the hold shelf")


def _with_customer_again(_around: Around, _item: Item | None) -> ScanTold:
    return ScanTold(result=ScanResult.DONE, said="Undone: the customer still has it")


def _not_here(_around: Around, _item: Item | None) -> ScanTold:
    said = "Undone: it is on the pull list again. The ILS goes on showing it at the desk"
    return ScanTold(result=ScanResult.DONE, said=said)


def _lent_again(around: Around, item: Item | None) -> ScanTold:
    due = f", due {around.day(item.due_at)}" if item and item.due_at else ""
    return ScanTold(result=ScanResult.DONE, said=f"Undone: checked out to {around.partner} again{due}. It was not told")


def _not_received(around: Around, _item: Item | None) -> ScanTold:
    said = f"Undone: {around.partner} was not told. The hold comes off and the barcode rests: take the strap off"
    return ScanTold(result=ScanResult.DONE, said=said)


_SHIPS: Final = (A.ARRIVE_AND_SHIP, A.SHIP)
Outcome = Callable[[Around, Item | None], ScanTold]
# fmt: off
OUTCOMES: Final[tuple[tuple[tuple[StaffAction, ...], tuple[State, ...], Outcome], ...]] = (
    ((A.ARRIVE,),    (S.ARRIVED,),                                      _here),
    (_SHIPS,         (S.CHECKED_OUT, *OUT, S.RENEWING),                 _shipped),
    ((A.CHECK_IN,),  (S.CHECKED_IN, S.COMPLETED),                       _back),
    ((A.CHECK_IN,),  (S.CHECKED_OUT, *OUT, S.RETURNING, S.LOST),        _one_back),
    ((A.RECEIVE,),   FOR_CUSTOMER,                                      _received),
    ((A.SEND_BACK,), (S.SENT_BACK, S.COMPLETED),                        _sent_back),
    ((A.HANDED_OUT,), (S.WITH_CUSTOMER,),                               _handed_out),
    ((A.CAME_BACK,), (S.TO_RETURN,),                                    _came_back),
    ((A.UNDO,),      (S.WILL_SUPPLY,),                                  _not_here),
    ((A.UNDO,),      (S.ON_SHELF,),                                     _on_shelf_again),
    ((A.UNDO,),      (S.WITH_CUSTOMER,),                                _with_customer_again),
    ((A.UNDO,),      (S.ARRIVED,),                                      _undone),
    ((A.UNDO,),      (S.TO_RETURN,),                                    _kept_here),
    ((A.UNDO,),      OUT_FOR_SURE,                                      _lent_again),
    ((A.HANDED_OVER,), (S.COMPLETED,),                                  _handed_over),
    ((A.UNDO,),      (S.COPY_HERE,),                                    _copy_still_here),
    ((A.UNDO,),      EXPECTED,                                          _not_received),
)
# fmt: on
"""By what was asked for, and where the request stands once the circulation system has answered."""


WORDS: Final[Mapping[StaffAction, str]] = {
    A.ARRIVE: "Here",
    A.ARRIVE_AND_SHIP: "Shipped",
    A.SHIP: "Shipped",
    A.CHECK_IN: "Back",
    A.RECEIVE: "Received",
    A.SEND_BACK: "Sent back",
    A.HANDED_OUT: "Handed out",
    A.CAME_BACK: "Came back",
    A.HANDED_OVER: "Handed over",
    A.UNDO: "Undone",
}


def in_a_word(act: StaffAction | None, result: ScanResult, *, is_open: bool) -> str:
    """Say what came of a scan in a word."""
    if is_open:
        return "Under way"
    if result is not ScanResult.DONE:
        return result.capitalize()
    return WORDS.get(act, "Done") if act else "Done"


def where_it_stands(request: Request, partner: str, standing: Standing, why: str | None) -> str:
    """Say of a request on which nothing was done where it stands; `why` is the reason for which a scan does nothing."""
    whom = f" to {partner}" if request.role is Role.LENDING else f" from {partner}" if partner else ""
    return f"{standing.name}: {request.id}{whom}. {why[0].upper() + why[1:] if why else standing.waits.rstrip('.')}"
