"""What people did that no decision tells of, written into a request's history."""

from gateway.desk.access import Caller
from gateway.desk.ports import Desk
from gateway.store.port import Change, HistoryEntry, HistoryKind


async def write_down(desk: Desk, caller: Caller, request: str, words: str) -> None:
    """Write that the caller did something, durably, before its outcome is handed out."""
    entry = HistoryEntry(at=desk.now(), by=caller.name, kind=HistoryKind.NOTE, words=words)
    await desk.store.commit(Change(history_of=request, history=(entry,)))
