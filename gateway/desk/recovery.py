"""After a restore: what is held and why, what the comparison found, and people's word that a request, or all work, may go on."""

from gateway.desk.access import Caller
from gateway.desk.errors import ConflictError, NotThereError
from gateway.desk.ports import Desk
from gateway.desk.structs.recovery import (
    BesideList,
    BesideQuery,
    BesideShown,
    Counts,
    EndBody,
    RecoveryShown,
)
from gateway.store.port import Change, HistoryEntry, HistoryKind, Store
from gateway.workflow.recovery import Agreement, Beside, Recovery

NONE = "No work is held: nothing was restored since it was last let go on."


async def show_recovery(desk: Desk, _caller: Caller) -> RecoveryShown:
    """Say whether work is held, and how far people have come."""
    return await _shown(desk)


async def list_beside(desk: Desk, _caller: Caller, query: BesideQuery) -> BesideList:
    """Return open requests that are held, of one kind of finding, page by page."""
    found = await desk.store.recovery.compared(query.agreement, after=query.after, limit=query.limit)
    lines = [await _line(desk.store, each) for each in found]
    return BesideList(
        requests=tuple(line for line in lines if line is not None),
        next=found[-1].request if len(found) == query.limit else None,
    )


async def compare(desk: Desk, _caller: Caller) -> RecoveryShown:
    """Ask the lenders and the circulation system now; each difference becomes a task as well."""
    await _current(desk.store)
    await desk.upkeep.compare()
    return await _shown(desk, "Compared.")


async def confirm_access(desk: Desk, caller: Caller) -> RecoveryShown:
    """Make the tokens valid again, once an administrator has looked at accounts and tokens: the copy has those of its time."""
    await _current(desk.store)
    if not await desk.store.recovery.confirm_access(at=desk.now(), by=caller.name):
        raise ConflictError("Accounts and tokens have been confirmed already.")
    return await _shown(desk, "The tokens are valid again.")


async def let_go(desk: Desk, caller: Caller, request: str) -> RecoveryShown:
    """Let one request's work go on; what may have been done since the copy was made is looked at first."""
    recovery = await _current(desk.store)
    if await desk.store.request(request) is None:
        raise NotThereError("There is no such request.")
    await desk.store.recovery.let_go(request, at=desk.now(), by=caller.name)
    words = f"Its work goes on after the restore of {recovery.since.astimezone(desk.zone):%Y-%m-%d %H:%M}."
    entry = HistoryEntry(at=desk.now(), by=caller.name, kind=HistoryKind.NOTE, words=words)
    await desk.store.commit(Change(history_of=request, history=(entry,)))
    return await _shown(desk, f"{request} goes on.")


async def let_agreeing_go(desk: Desk, caller: Caller) -> RecoveryShown:
    """Let all requests go on of which nothing was found that differs or is unclear."""
    recovery = await _current(desk.store)
    if recovery.compared_at is None:
        raise ConflictError("Nothing was compared yet.")
    count = await desk.store.recovery.let_agreeing_go(at=desk.now(), by=caller.name)
    return await _shown(desk, "1 request goes on." if count == 1 else f"{count} requests go on.")


async def end(desk: Desk, caller: Caller, body: EndBody) -> RecoveryShown:
    """Hold no work any more."""
    recovery = await _current(desk.store)
    if recovery.confirmed_at is None:
        raise ConflictError("An administrator must confirm accounts and tokens first.")
    counts = await desk.store.recovery.count()
    left = counts[Agreement.DIFFERS] + counts[Agreement.UNCLEAR]
    if (left or recovery.compared_at is None) and not body.sure:
        raise ConflictError(f"{_left(recovery, left)} To let all go on as it stands, say so (sure).")
    await desk.store.recovery.end(at=desk.now(), by=caller.name)
    return await _shown(desk, "All work goes on.")


def _left(recovery: Recovery, left: int) -> str:
    if recovery.compared_at is None:
        return "Nothing was compared yet."
    return f"{left} requests differ or are unclear, and were not let go on."


async def _current(store: Store) -> Recovery:
    recovery = await store.recovery.current()
    if recovery is None:
        raise ConflictError(NONE)
    return recovery


async def _shown(desk: Desk, words: str = "") -> RecoveryShown:
    recovery = await desk.store.recovery.current()
    if recovery is None:
        return RecoveryShown(holds=False, words=words or NONE, time_zone=desk.zone.key)
    held = await desk.store.recovery.count()
    return RecoveryShown(
        holds=True,
        since=recovery.since,
        why=recovery.why,
        copy_of=recovery.copy_of,
        compared_at=recovery.compared_at,
        confirmed_at=recovery.confirmed_at,
        confirmed_by=recovery.confirmed_by,
        counts=Counts(
            agree=held[Agreement.AGREES],
            differ=held[Agreement.DIFFERS],
            unclear=held[Agreement.UNCLEAR],
            going_on=await desk.store.recovery.count_going_on(),
        ),
        words=words,
        time_zone=desk.zone.key,
    )


async def _line(store: Store, beside: Beside) -> BesideShown | None:
    request = await store.request(beside.request)
    if request is None:
        return None
    return BesideShown(
        request=request.id,
        role=request.role,
        state=request.state,
        title=request.wanted.title,
        partner=request.partner,
        agreement=beside.agreement,
        words=beside.words,
        act=beside.act,
    )
