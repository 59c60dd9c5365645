"""Numbers of bills after a restore: a copy doesn't know which went out since it was made, so an administrator says which was the last.

Until then none is given. A number that went out and whose bill is lost is never given again: it is kept as lost.
"""

from gateway.desk.access import Caller
from gateway.desk.errors import ConflictError
from gateway.desk.ports import Desk
from gateway.desk.structs.bill_numbers import ConfirmNumbersBody, LastNumberShown, LostNumbersShown, NumbersShown
from gateway.money.fiscal import paper_number
from gateway.money.records import BillKind
from gateway.store.bills_port import LastNumber, LostNumbers
from gateway.store.port import VersionConflict


async def show_numbers(desk: Desk, _caller: Caller) -> NumbersShown:
    """Return the last number of each series, and what is not known of them."""
    return await _shown(desk)


async def confirm_numbers(desk: Desk, caller: Caller, body: ConfirmNumbersBody) -> NumbersShown:
    """Say which numbers went out last; those that are not named are as the store has them."""
    since = await desk.store.bills.numbers_in_doubt()
    if since is None:
        raise ConflictError("No number is in doubt: nothing was restored since they were confirmed.")
    last = [LastNumber(series=each.series, fiscal_year=each.fiscal_year, last=each.last) for each in body.last]
    try:
        await desk.store.bills.confirm_numbers(last, at=desk.now(), by=caller.name)
    except VersionConflict:
        raise ConflictError("One of these numbers is below the last that the store itself has given.") from None
    return await _shown(desk)


async def _shown(desk: Desk) -> NumbersShown:
    known = {(each.series, each.fiscal_year): each.last for each in await desk.store.bills.last_numbers()}
    year = desk.money.billing.fiscal_year(desk.today())
    ours = {(desk.money.billing.series(kind), year): 0 for kind in BillKind}
    return NumbersShown(
        in_doubt_since=await desk.store.bills.numbers_in_doubt(),
        last=tuple(
            LastNumberShown(
                series=series, fiscal_year=of, last=last, written=paper_number(series, of, last) if last else ""
            )
            for (series, of), last in sorted((ours | known).items(), key=lambda each: (-each[0][1], each[0][0]))
        ),
        lost=tuple(map(_lost, await desk.store.bills.lost_numbers())),
        time_zone=desk.zone.key,
    )


def _lost(lost: LostNumbers) -> LostNumbersShown:
    first, last = (paper_number(lost.series, lost.fiscal_year, number) for number in (lost.first, lost.last))
    return LostNumbersShown(first=first, last=last, at=lost.at, by=lost.by)
