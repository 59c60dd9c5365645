"""What a careful librarian who knew the truth would answer a partner's request. Pure; looks at no rule of the gateway's."""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from bench.month.agenda import open_day
from bench.month.shelves import REFERENCE
from bench.month.truth import SHIPPING_DAYS, Ask, BranchTruth, Truth
from gateway.demo.acs.records import CirculationStatus, Item, State

DOUBTFUL: Final = timedelta(days=1.5)
"""So near to the day on which it is needed, a promise and a refusal are both right."""
_CAN_GO: Final = frozenset(
    {CirculationStatus.AVAILABLE, CirculationStatus.WAITING_TO_BE_RESHELVED, CirculationStatus.IN_TRANSIT}
)
_COMES_BACK: Final = frozenset(
    {
        CirculationStatus.ON_ORDER,
        CirculationStatus.CHARGED,
        CirculationStatus.IN_PROCESS,
        CirculationStatus.RECALLED,
        CirculationStatus.ON_HOLD_SHELF,
        *_CAN_GO,
    }
)


class Kind(StrEnum):
    """What an answer comes to."""

    SUPPLY = "supply"
    RETRY = "retry"
    UNFILLED = "unfilled"


class Right(msgspec.Struct, frozen=True, kw_only=True):
    """The right answers, and the barcodes of which one may be promised. `person`: only somebody who looks at the book can tell."""

    kinds: frozenset[Kind]
    barcodes: frozenset[str] = frozenset()
    person: bool = False

    def fits(self, kind: Kind, barcodes: Collection[str]) -> bool:
        """Whether an answer is right."""
        return kind in self.kinds and (kind is not Kind.SUPPLY or bool(self.barcodes & set(barcodes)))


def right_answer(ask: Ask, world: Truth, books: State, at: datetime) -> Right:
    """Say what is right now."""
    if ask.is_copy and ask.compliance is None:
        return Right(kinds=frozenset({Kind.UNFILLED, Kind.RETRY}))
    items = [books.items[barcode] for barcode in ask.case.right]
    lent = [item for item in items if ask.is_copy or item.item_type != REFERENCE]
    here = [item for item in lent if item.status in _CAN_GO and not _queue(item, books)]
    if here:
        return _here(here, ask, world, at)
    comes = any(item.status in _COMES_BACK for item in lent)
    return Right(kinds=frozenset({Kind.RETRY if comes else Kind.UNFILLED}))


def _here(here: list[Item], ask: Ask, world: Truth, at: datetime) -> Right:
    barcodes = frozenset(item.barcode for item in here)
    if ask.wish.is_term and not ask.is_copy:
        kinds = {Kind.SUPPLY} if ask.fulfils else {Kind.UNFILLED, Kind.RETRY}
        return Right(kinds=frozenset(kinds), barcodes=barcodes, person=True)
    if ask.need_before is None or ask.is_copy:
        return Right(kinds=frozenset({Kind.SUPPLY}), barcodes=barcodes)
    spare = {item.barcode: ask.need_before - there_at(world.branches[item.branch], at) for item in here}
    in_time = frozenset(barcode for barcode, left in spare.items() if left > -DOUBTFUL)
    surely = any(left > DOUBTFUL for left in spare.values())
    no = {Kind.RETRY, Kind.UNFILLED}
    kinds = {Kind.SUPPLY} if surely else {Kind.SUPPLY, *no} if in_time else no
    return Right(kinds=frozenset(kinds), barcodes=in_time)


def there_at(branch: BranchTruth, at: datetime) -> datetime:
    """When a book of a branch can be with the partner: fetched on the branch's next open morning, by courier, by parcel."""
    fetched = open_day(at, 0, branch.is_open, 10)
    return open_day(fetched, branch.courier_days, is_desk_open, 9.25) + timedelta(days=SHIPPING_DAYS, hours=1)


def is_desk_open(day: object) -> bool:
    """Monday to Friday."""
    return day.weekday() < 5  # type: ignore[attr-defined, no-any-return]


def _queue(item: Item, books: State) -> bool:
    return any(hold.item == item.barcode for hold in books.holds.values())
