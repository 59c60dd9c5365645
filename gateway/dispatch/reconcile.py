"""Reconciliation: asks the circulation system for the loans and holds of every partner account (63), and where the pool's barcodes are, and compares.

What differs becomes a task of the request that has the item, or had it last; of items that no request ever had, one about
the account. Nothing is changed on the circulation system. Doing it twice, at the same time or
one after the other, is harmless: a request has one task of the kind, and hears of the same difference once.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Final

import msgspec
import structlog

from gateway.clock import TakeOn, TimeSource
from gateway.dispatch.acs import Acs
from gateway.dispatch.intake import Intake
from gateway.dispatch.numbered import with_number
from gateway.dispatch.reconcile_pool import NAME, Compared, PoolReconciler
from gateway.mapping import reconcile
from gateway.mapping.reconcile import AccountLists, Difference
from gateway.sip2.errors import NotSent, Unknown
from gateway.store.port import RequestFilter, Store, StoreError
from gateway.workflow.about import bare
from gateway.workflow.effects import Look, Perform
from gateway.workflow.events import Agrees, Differs
from gateway.workflow.lending.groups import FINALS
from gateway.workflow.records import ItemPlace, Request, Role, State
from gateway.workflow.tasks import TaskKind

OPEN = tuple(state for state in State if state not in FINALS)
PAGE = 200
"""Requests read at once."""
NAMED: Final = 20
"""Differences that the task of an account names."""

_log = structlog.get_logger(__name__)


class Unanswered(msgspec.Struct, frozen=True, kw_only=True):
    """An account of which nothing, or not everything, could be compared."""

    account: str
    words: str


class Disagreement(msgspec.Struct, frozen=True, kw_only=True):
    """A difference, and the request whose task it is; None where no request ever had the item."""

    account: str
    kind: reconcile.DifferenceKind
    item_barcode: str
    words: str
    act: str
    request: str | None


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it. Accounts go by the ids of their partners, never by their number."""

    accounts: tuple[str, ...]
    """Those that answered."""
    differences: tuple[Disagreement, ...]
    unanswered: tuple[Unanswered, ...]
    agreed: tuple[str, ...]
    """Requests that differed before and agree now: their task is closed."""


class _Answered(msgspec.Struct, frozen=True, kw_only=True):
    """An account's lists, and when they were asked for."""

    account: str
    at: datetime
    books: AccountLists


class Reconciler:
    """Compares on demand; `nightly` calls it by the clock."""

    def __init__(
        self,
        *,
        store: Store,
        intake: Intake,
        acs: Acs,
        time: TimeSource,
        fallback_account: str | None,
    ) -> None:
        self._store = store
        self._intake = intake
        self._acs = acs
        self._time = time
        self._fallback_account = fallback_account
        self._barcodes = PoolReconciler(store=store, acs=acs, time=time)

    async def run(self) -> Comparison:
        """Ask about one account after the other, so that lending goes on meanwhile. Raises StoreUnavailable."""
        names = await self.accounts()
        asked: list[_Answered] = []
        unanswered: list[Unanswered] = []
        for account, name in names.items():
            answer = await self._ask(account)
            if isinstance(answer, _Answered):
                asked.append(answer)
            unanswered += [Unanswered(account=name, words=words) for words in _silence(answer)]
        barcodes = await self._barcodes.compare(await self.open_requests())
        if barcodes.silence is not None:
            unanswered.append(Unanswered(account=NAME, words=barcodes.silence))
        found, agreed = await self._settle(asked, barcodes)
        report = Comparison(
            accounts=tuple(names[each.account] for each in asked),
            differences=tuple(_found(names.get(account, account), each) for account, each in found),
            unanswered=tuple(unanswered),
            agreed=agreed,
        )
        await self._settle_rest(report)
        _tell_log(report)
        return report

    async def accounts(self) -> dict[str, str]:
        """Every account that is or was a partner's, and what it is called in reports."""
        names: dict[str, str] = {}
        for partner in await self._store.partners():
            if partner.account:
                known = names.get(partner.account)
                names[partner.account] = f"{known}, {partner.id}" if known else partner.id
        if self._fallback_account:
            names.setdefault(self._fallback_account, "partners without an account of their own")
        for request in await self.open_requests():
            if request.account:
                names.setdefault(request.account, f"{request.partner or request.requesting_agency}, as of {request.id}")
        return names

    async def _ask(self, account: str) -> _Answered | str:
        """Ask for the account's lists; words where the circulation system didn't answer."""
        at, seen = self._time.now(), {}
        for question in reconcile.ASKED:
            try:
                seen[question] = await self._acs.ask(question, account=account)
            except (NotSent, Unknown) as exc:
                return str(exc)
        return _Answered(account=account, at=at, books=reconcile.books_of(seen, self._acs.terminal.profile))

    async def open_requests(self) -> list[Request]:
        """Return what has not ended where we lend, newest first. Raises StoreUnavailable."""
        found: list[Request] = []
        while True:
            before = (found[-1].updated_at, found[-1].id) if found else None
            page = await self._store.requests(RequestFilter(states=OPEN, before=before, limit=PAGE))
            found += page
            if len(page) < PAGE:
                return found

    # ── what differs ─────────────────────────────────────────────────────────────────────────────

    async def _settle(
        self, asked: list[_Answered], barcodes: Compared
    ) -> tuple[list[tuple[str, Difference]], tuple[str, ...]]:
        """Compare; open, renew and close tasks. Gives the differences with their accounts, and what agrees again."""
        requests = await self.open_requests()
        found = [(NAME, await self._owned(difference)) for difference in barcodes.differences]
        undecided: set[str] = set()
        for each in asked:
            theirs = [request for request in requests if request.account == each.account]
            told, untold = await self._compare(each, theirs)
            found += [(each.account, difference) for difference in told]
            undecided |= untold
        open_tasks = await self._store.tasks(kind=TaskKind.RECONCILE)
        tasks = {task.request: bare(task.words) for task in open_tasks if task.request is not None}
        said = _by_request(difference for _, difference in found)
        for request_id, words in said.items():
            if tasks.get(request_id) != words:
                await self._intake.submit(request_id, Differs(at=self._time.now(), words=words))
        candidates = tasks.keys() - said.keys() - undecided
        agreed = await self._agree(candidates, {each.account: each for each in asked}, barcodes.fine)
        return found, agreed

    async def _settle_rest(self, report: Comparison) -> None:
        """Tasks about accounts: what differs there and is no request's. What could not be compared in full ends none."""
        at, said = self._time.now(), _by_account(report.differences)
        for account, words in said.items():
            await self._store.put_task(account, TaskKind.RECONCILE, words, at=at)
        for account in {*report.accounts, NAME} - {silent.account for silent in report.unanswered} - said.keys():
            await self._store.end_task(account, TaskKind.RECONCILE, at=at)

    async def _compare(self, asked: _Answered, theirs: list[Request]) -> tuple[list[Difference], set[str]]:
        """What differs, each with the request that is told of it; and the requests of which it can't be told yet."""
        listed = reconcile.differences(asked.books, theirs, asked_at=asked.at)
        busy = await self._queued_items(*theirs) if listed else frozenset()
        found: list[Difference] = []
        undecided: set[str] = set()
        for difference in listed:
            owner = await self._owner(difference)
            if difference.item_barcode not in busy and not (owner and await self._explains(owner, difference, asked)):
                found.append(msgspec.structs.replace(difference, request=owner.id if owner else None))
            elif owner:
                undecided.add(owner.id)
        return found, undecided

    async def _owned(self, difference: Difference) -> Difference:
        owner = await self._owner(difference)
        return msgspec.structs.replace(difference, request=owner.id if owner else None)

    async def _owner(self, difference: Difference) -> Request | None:
        """The request that has the item, else the newest one that had it."""
        if difference.request is not None:
            return await self._store.request(difference.request)
        named = await with_number(self._store, difference.item_barcode)
        return next((request for request in named if request.item(difference.item_barcode)), None)

    async def _explains(self, owner: Request, difference: Difference, asked: _Answered) -> bool:
        """It has moved on, its own work will look, or the loan is of an item written off: systems keep those on the account."""
        item = owner.item(difference.item_barcode)
        is_lost = owner.state is State.LOST and item is not None and item.place is ItemPlace.OUT
        is_their_loan = difference.kind is reconcile.DifferenceKind.UNKNOWN_LOAN and owner.account == asked.account
        if reconcile.is_moving(owner, asked.at) or (is_lost and is_their_loan):
            return True
        return difference.item_barcode in await self._queued_items(owner)

    async def _queued_items(self, *requests: Request) -> frozenset[str]:
        """Items of which an act or a look is queued, also where the request has given them up."""
        rows = [row for request in requests for row in await self._store.pending(request.id)]
        return frozenset(row.effect.item_barcode for row in rows if isinstance(row.effect, Perform | Look))

    async def _agree(
        self, candidates: Iterable[str], asked: Mapping[str, _Answered], fine: frozenset[str]
    ) -> tuple[str, ...]:
        """Close the tasks of requests of which all was had that is compared, and that differ in nothing any more."""
        agreed = []
        for request_id in sorted(candidates):
            request = await self._store.request(request_id)
            if request is not None and (_is_fine(request, fine) or _lists_were_had(request, asked)):
                await self._intake.submit(request_id, Agrees(at=self._time.now()))
                agreed.append(request_id)
        return tuple(agreed)


def _is_fine(request: Request, fine: frozenset[str]) -> bool:
    """Nothing is wrong with any of its pool barcodes."""
    is_ours = request.role is Role.BORROWING and bool(request.items)
    return is_ours and all(item.barcode in fine for item in request.items)


def _lists_were_had(request: Request, asked: Mapping[str, _Answered]) -> bool:
    """The lists of its account were had, since it changed last."""
    answer = asked.get(request.account or "")
    if answer is None or None in (answer.books.loans, answer.books.holds):
        return False
    return not reconcile.is_moving(request, answer.at)


def _silence(answer: _Answered | str) -> list[str]:
    """What could not be compared, in words."""
    if isinstance(answer, str):
        return [answer]
    lists = (("loans", answer.books.loans), ("holds", answer.books.holds))
    return [
        f"The list of {what} is incomplete or not of item barcodes, or the account is not known there."
        for what, listed in lists
        if listed is None
    ]


def _by_request(found: Iterable[Difference]) -> dict[str, str]:
    """All that is to be said of each request, in a fixed order, so that the same differences give the same words."""
    said: dict[str, list[str]] = {}
    for difference in sorted(found, key=lambda each: (each.item_barcode, each.kind)):
        if difference.request is not None:
            said.setdefault(difference.request, []).append(difference.said)
    return {request: " ".join(words) for request, words in said.items()}


def _by_account(found: Iterable[Disagreement]) -> dict[str, str]:
    """Likewise of each account, for what is no request's; of a great many the first are named."""
    said: dict[str, list[str]] = {}
    for each in sorted(found, key=lambda each: (each.item_barcode, each.kind)):
        if each.request is None:
            said.setdefault(each.account, []).append(f"{each.words} {each.act}")
    return {account: " ".join((*words[:NAMED], *_rest(len(words) - NAMED))) for account, words in said.items()}


def _rest(count: int) -> tuple[str, ...]:
    return (f"And {count} more: `ill-gateway acs reconcile` lists all.",) if count > 0 else ()


def _found(name: str, difference: Difference) -> Disagreement:
    return Disagreement(
        account=name,
        kind=difference.kind,
        item_barcode=difference.item_barcode,
        words=difference.words,
        act=difference.act,
        request=difference.request,
    )


def _tell_log(report: Comparison) -> None:
    """Say what came of it; whatever has no request is named."""
    for each in report.differences:
        if each.request is None:
            _log.warning("unknown to us", what=each.kind.value, item=each.item_barcode, partner=each.account)
    for silent in report.unanswered:
        _log.warning("could not be compared", partner=silent.account, why=silent.words)
    _log.info("reconciled", accounts=len(report.accounts), differences=len(report.differences))


# ── by the clock ─────────────────────────────────────────────────────────────────────────────────


def next_time(now: datetime, at: time, zone: tzinfo) -> datetime:
    """The next moment after `now` at which clocks in the zone show `at`; in UTC."""
    day = now.astimezone(zone).date()
    moments = (datetime.combine(day + timedelta(days=ahead), at, zone).astimezone(UTC) for ahead in (0, 1))
    return next(moment for moment in moments if moment > now)


async def nightly(reconciler: Reconciler, *, at: time, zone: tzinfo, clock: TimeSource, take_on: TakeOn) -> None:
    """Reconcile every day at a time, until cancelled, unless another gateway does it.

    A night without a store is told, and the next one tried.
    """
    while True:
        due_at = next_time(clock.now(), at, zone)
        while (wait_s := (due_at - clock.now()).total_seconds()) > 0:
            await clock.sleep(wait_s)
        try:
            if await take_on(due_at):
                await reconciler.run()
        except StoreError as exc:
            _log.warning("could not reconcile", why=type(exc).__name__)
