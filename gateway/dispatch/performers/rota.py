"""Whom to ask for a work, and in which order: by what each holds, the terms on which it lends to us, how it stands today, and how it has served us so far."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Mapping
from datetime import date, timedelta, tzinfo
from typing import Any, Final

from gateway.catalogue.describing import completed
from gateway.clock import TimeSource
from gateway.dispatch.catalogues import Holdings
from gateway.dispatch.directory import Directory
from gateway.dispatch.looked_for import as_looked_for
from gateway.dispatch.results import Happened, Result
from gateway.iso18626.codes import RequestType, ServiceType
from gateway.partners.merging import is_among
from gateway.partners.standing import closed, suspended
from gateway.reports.learned import patience, promises
from gateway.reports.lenders import LenderFigures, lender_figures
from gateway.store.port import EffectRow, Store
from gateway.workflow import rota
from gateway.workflow.borrowing_events import LateHeard, RotaMade
from gateway.workflow.borrowing_records import Concern, Doubt, LenderLine
from gateway.workflow.effects import SendRequest
from gateway.workflow.holdings import UNKNOWN, Held
from gateway.workflow.partners import Charge, Partner
from gateway.workflow.records import Request
from gateway.workflow.values import Wanted

LAST_RESORT: Final = "last resort"
"""The group of partners that are asked only when all others were."""
FRESH_S: Final = 600.0
"""How long figures are good: nobody notices a rota that is ten minutes behind."""
MOST_REQUESTS: Final = 5_000
"""Of ours, the newest: more would tell the same."""

Figures = Callable[[], Awaitable[Mapping[str, LenderFigures]]]
"""The figures of every partner that was asked or lent to."""

LookUp = Callable[[Wanted], Awaitable[Holdings]]
"""Asks the catalogues of partners (`Catalogues.holdings`)."""


Pending = Callable[[str], Awaitable[tuple[EffectRow, ...]]]
"""Gives a request's work that is not done (`Store.pending`)."""


class LenderBook:
    """Keeps the figures for a while; raises StoreUnavailable where they are needed and can't be read."""

    def __init__(self, *, store: Store, time: TimeSource, days: int) -> None:
        """Of so many days before now."""
        self._store = store
        self._time = time
        self._days = days
        self._figures: Mapping[str, LenderFigures] = {}
        self._fresh_until = 0.0
        self._lock = asyncio.Lock()

    async def figures(self) -> Mapping[str, LenderFigures]:
        """Return them, read anew where they are old; who asks meanwhile waits for that."""
        async with self._lock:
            if self._time.monotonic() >= self._fresh_until:
                since = self._time.now() - timedelta(days=self._days)
                books = await self._store.lender_books(since=since, at_most=MOST_REQUESTS)
                self._figures = await asyncio.to_thread(lender_figures, books)
                self._fresh_until = self._time.monotonic() + FRESH_S
        return self._figures


async def no_figures() -> Mapping[str, LenderFigures]:
    """Know nothing of how anybody has served us."""
    return {}


async def no_holdings(_wanted: Wanted) -> Holdings:
    """Know nothing of what anybody holds."""
    return Holdings()


async def nothing_pending(_request: str) -> tuple[EffectRow, ...]:
    """Know of no work."""
    return ()


def _order_of(lines: Iterable[LenderLine]) -> list[tuple[str, str | None]]:
    """What makes one order another: who comes when, and which record each is told of."""
    return [(line.partner, line.record_id) for line in lines]


def _told_of_work(request: Request, holdings: Holdings) -> dict[str, Any]:
    """What a catalogue that has the order's number tells of the work."""
    if holdings.described is None:
        return {}
    partner, bib = holdings.described
    made = completed(request.wanted, bib)
    if not (made.filled or made.differs):
        return {}
    return {
        "completed": made.wanted if made.filled else None,
        "filled": made.filled,
        "differs": made.differs,
        "described_by": partner,
    }


def _doubts(request: Request, holdings: Holdings, lenders: Collection[str]) -> Iterator[Doubt]:
    """Its number is another work's, and nobody is known to hold what its title says: a lender would send either. Or nothing but a number
    is known of it, which none of these lenders' catalogues has: each would only look in vain.
    """
    if Concern.WORK in request.borrowed.waived:
        return
    if lenders and all(holdings.of(each).is_unfound for each in lenders):
        numbers = ", ".join(f"{each.code} {each.value}" for each in request.wanted.identifiers)
        words = (
            f"No catalogue of a possible lender has a record with its number ({numbers}), and it names no title. "
            "Say which work is meant, or let it go on."
        )
        yield Doubt(concern=Concern.WORK, words=words)
    if holdings.contradicted is None:
        return
    partner, bib = holdings.contradicted
    author = f" by {bib.authors[0]}" if bib.authors else ""
    words = (
        f"Its number is that of another work, “{bib.full_title or bib.main_title}”{author}, in the catalogue of {partner}. "
        "Say which of the two is meant, or let it go on."
    )
    yield Doubt(concern=Concern.WORK, words=words)


def as_lender(partner: Partner, today: date, served: LenderFigures | None, held: Held = UNKNOWN) -> rota.Lender:
    """Return what the rota weighs of a partner; `served` is None where we have not dealt with it yet."""
    terms = partner.borrowing
    away = next((period for period in partner.suspensions if period.holds(today)), None)
    figures, expected = served or LenderFigures(), partner.expected
    return rota.Lender(
        partner=partner.id,
        lends=frozenset(terms.services or (ServiceType.LOAN, ServiceType.COPY)),
        is_reciprocal=terms.reciprocal,
        has_courier=partner.courier is not None,
        is_last_resort=LAST_RESORT in partner.groups,
        fill_rate=figures.fill_rate,
        turnaround_days=figures.turnaround_days,
        asked=figures.asked,
        no_days=figures.no_days,
        expected_rate=None if expected.supplies_percent is None else expected.supplies_percent / 100,
        expected_no_days=expected.no_days,
        expected_turnaround_days=expected.item_days,
        balance=figures.balance,
        cost=terms.fee if terms.charge is Charge.FEE else None,
        is_suspended=suspended(partner, today) is not None and away is None,
        suspended_from=away.first if away else None,
        suspended_until=away.last if away else None,
        closed_dates=frozenset({today} if closed(partner, today) else ()),
        held=held,
    )


def _with_patience(reason: str, partner: Partner, figures: LenderFigures) -> str:
    """Say for how long it is waited for, and why, beside what its score is made of."""
    days = patience(figures, partner.expected)
    if days is None:
        return reason
    learned = partner.expected.waits_days is None
    basis = promises(figures) if learned else "as set"
    return f"{reason}, waited for {days:g} days ({basis})"


class RotaMaker:
    """Puts the partners who may be asked into their order."""

    def __init__(
        self,
        *,
        directory: Directory,
        time: TimeSource,
        zone: tzinfo,
        weights: rota.Weights = rota.Weights(),  # noqa: B008 - a frozen value
        figures: Figures = no_figures,
        ask_again: timedelta = timedelta(days=7),
        look_up: LookUp = no_holdings,
        pending: Pending = nothing_pending,
    ) -> None:
        self._directory = directory
        self._time = time
        self._zone = zone
        self._weights = weights
        self._figures = figures
        self._ask_again = ask_again
        self._look_up = look_up
        self._pending = pending

    async def make(self, request: Request) -> Result:
        """Put the partners into their order, without those who were asked already. Raises StoreUnavailable."""
        lines, words, holdings = await self._order(request, {line.partner for line in request.borrowed.heard_of_it})
        at, told = self._time.now(), _told_of_work(request, holdings)
        made = RotaMade(
            at=at,
            lenders=lines,
            words=words,
            again_at=at + self._ask_again,
            is_early=holdings.is_early,
            doubts=tuple(_doubts(request, holdings, self._first_asked(lines))),
            **told,
        )
        return Happened(event=made)

    def _first_asked(self, lines: Iterable[LenderLine]) -> list[str]:
        """Those who are asked before the last resorts."""
        partners = ((line.partner, self._directory.partner(line.partner)) for line in lines)
        return [name for name, partner in partners if partner is None or LAST_RESORT not in partner.groups]

    async def hear_late(self, request: Request) -> Result:
        """Put them into their order once more: what catalogues answered late is kept, so only the silent ones are asked again. Raises StoreUnavailable."""
        borrowed, unsent = request.borrowed, await self._unsent(request)
        asked = borrowed.asked[:-1] if unsent else borrowed.asked
        lines, words, _holdings = await self._order(request, {line.partner for line in asked})
        stands = (*borrowed.asked[len(asked) :], *borrowed.lenders)
        event = LateHeard(
            at=self._time.now(),
            lenders=lines,
            words=words,
            unsent=unsent,
            differs=_order_of(lines) != _order_of(stands),
        )
        return Happened(event=event)

    async def _unsent(self, request: Request) -> str | None:
        """Who has the request next and has not been sent anything."""
        news = (
            row for row in await self._pending(request.id)
            if isinstance(row.effect, SendRequest) and row.effect.kind is RequestType.NEW
        )  # fmt: skip
        waiting = next((row for row in news if row.started_at is None and row.payload is None), None)
        return waiting.effect.lender.partner if waiting and isinstance(waiting.effect, SendRequest) else None

    async def _order(self, request: Request, asked: Collection[str]) -> tuple[tuple[LenderLine, ...], str, Holdings]:
        """The lenders to ask beside those who were, the first first; in words why so; and what catalogues say."""
        partners = {
            each.id: each for each in self._directory.partners if not is_among(each, asked) and self._can_be_asked(each)
        }
        today, figures = self._today(), await self._figures()

        def served(partner: str) -> LenderFigures:
            return figures.get(partner) or LenderFigures()

        wanted = as_looked_for(request.wanted, request.service, any_edition=request.borrowed.any_edition)
        holdings = await self._look_up(wanted)
        need = rota.Need(service=request.service, today=today, max_cost=request.max_cost)
        lenders = (
            as_lender(partner, today, figures.get(partner.id), holdings.of(partner.id)) for partner in partners.values()
        )
        made = rota.make_rota(lenders, need, self._weights)
        lines = tuple(
            LenderLine(
                partner=line.partner,
                peer=partners[line.partner].peer,
                agency=partners[line.partner].symbols[0],
                score=line.score,
                reason=_with_patience(line.reason, partners[line.partner], served(line.partner)),
                answers_within_days=patience(served(line.partner), partners[line.partner].expected),
                record_id=line.record_id,
            )
            for line in made.lines
        )
        return lines, " ".join(filter(None, (rota.not_asked(made.skipped), holdings.words))), holdings

    def _can_be_asked(self, partner: Partner) -> bool:
        peer = self._directory.peer(partner.peer)
        return bool(partner.symbols) and peer is not None and peer.enabled and peer.url is not None

    def _today(self) -> date:
        return self._time.now().astimezone(self._zone).date()
