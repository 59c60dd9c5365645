"""The last thing in a run: staff act in the circulation system behind the gateway's back, and reconcile must find that, and nothing else.

All is calm by then, and nobody has or wants what a request had. Some of it is lent out, or held, by hand; a comparison tells of each. Then that is
taken back, and the next comparison finds nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import msgspec

from tests.faults.breaches import Breach, Rule
from tests.faults.processes import Broken
from tests.faults.technician import Desk, Ils, Json, NotNow

MOST: Final = 4
"""How many strays are made."""
BRANCH: Final = "ILL"


class Stray(msgspec.Struct, frozen=True, kw_only=True):
    """A loan, or a hold, that is no request's."""

    item: str
    customer: str
    is_hold: bool = False


async def reckon(desk: Desk, ils: Ils, candidates: Iterable[Stray]) -> list[Breach]:
    """Give what reconcile has missed, or made up. Raises Broken where the harness could make no stray."""
    made = await _made(ils, candidates)
    with_strays = await _compared(desk)
    for stray in made:
        await _end(ils, stray)
    return [*judged(with_strays, made), *judged(await _compared(desk), ())]


async def _compared(desk: Desk) -> Json:
    try:
        return await desk.reconcile()
    except NotNow as refusal:
        return {"differences": [], "unanswered": [{"account": "anybody", "words": str(refusal)}]}


def judged(report: Json, strays: Sequence[Stray]) -> Iterator[Breach]:
    """Compare what a comparison reports with what it should."""
    for silent in report["unanswered"]:
        yield _breach(f"reconcile could not compare {silent['account']}: {silent['words']}")
    made = {stray.item for stray in strays}
    for told in report["differences"]:
        if told["item_barcode"] not in made:
            yield _breach(f"reconcile: {told['words']}", told["request"] or "")
    for item in sorted(made - {told["item_barcode"] for told in report["differences"]}):
        yield _breach(f"reconcile says nothing of {item}, which somebody has who should not")


async def _made(ils: Ils, candidates: Iterable[Stray]) -> list[Stray]:
    """The first that the circulation system takes."""
    made: list[Stray] = []
    why_not = ""
    for stray in candidates:
        if len(made) == MOST:
            break
        try:
            await _begin(ils, stray)
        except NotNow as refusal:  # as its books stand that can't be: another one will do
            why_not = str(refusal)
        else:
            made.append(stray)
    if not made:
        raise Broken(f"no stray loan or hold could be made for reconcile to find: {why_not}")
    return made


async def _begin(ils: Ils, stray: Stray) -> None:
    if stray.is_hold:
        await ils.ask("hold", customer=stray.customer, item=stray.item, pickup=BRANCH)
    else:
        await ils.ask("borrow", barcode=stray.item, customer=stray.customer)


async def _end(ils: Ils, stray: Stray) -> None:
    if stray.is_hold:
        await ils.ask("cancel_hold", customer=stray.customer, item=stray.item)
    else:
        await ils.ask("return", barcode=stray.item, branch=BRANCH)


def _breach(words: str, request: str = "") -> Breach:
    return Breach(rule=Rule.DISAGREES, request=request, words=words)
