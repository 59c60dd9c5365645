"""What a commit costs: microseconds of a whole change, alone and in groups, on either store.

    python -m bench.store_commits sqlite:////tmp/bench.db
    python -m bench.store_commits postgresql://user:secret@host/database     (an empty database)
    python -m bench.store_commits                                            (SQLite in a temporary folder)

A whole change is a new request of about 2 KB, two lines of history, a message of 4.5 KB with its confirmation, and
two effects, one of them in a lane; then the same request's next version, completing an effect. Encoding to JSON is included.
Ids grow with time, digests are random.
"""

import asyncio
import sys
import tempfile
import time
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gateway.iso18626.codes import ReasonForMessage, Status
from gateway.store.factory import open_store
from gateway.store.port import Change, HistoryEntry, HistoryKind, Inbound, NewEffect, Store
from gateway.workflow.effects import FindCopies, Tell
from gateway.workflow.events import CopiesFound, RequestArrived
from gateway.workflow.records import Copy, CopyStatus, Request, Role, State
from gateway.workflow.values import Identifier, PostalAddress, Wanted

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
WANTED = Wanted(
    title="The Imaginary Almanac",
    author="Example, Ann",
    identifiers=(Identifier(code="ISBN", value="9780000000002"), Identifier(code="OCLC", value="1234567")),
    publisher="Example Valley Press",
    published="1998",
)
COPIES = tuple(
    Copy(item_barcode=f"3999900000{n:04}", branch="EV-MAIN", title="The Imaginary Almanac", call_number="AY 81 .E9")
    for n in range(6)
)


def created(number: int) -> Change:
    """Give a change as a new request makes it."""
    request_id = f"{time.time_ns():032x}"
    request = Request(
        id=request_id,
        role=Role.LENDING,
        state=State.SEARCHING,
        version=1,
        peer="example-broker",
        partner="example-valley",
        account="29999000000001",
        requesting_agency="ISIL:ZZ-EXVAL",
        supplying_agency="ISIL:ZZ-HILL",
        partner_request_id=f"EV-{number:08}-{request_id[-6:]}",
        created_at=NOW,
        updated_at=NOW + timedelta(milliseconds=number),
        state_since=NOW,
        wanted=WANTED,
        deliver_to=PostalAddress(line1="1 Example Street", locality="Example Valley", country="ZZ"),
        candidates=tuple(CopyStatus(copy=copy, status="03") for copy in COPIES),
    )
    event = RequestArrived(
        at=NOW,
        request=request_id,
        peer=request.peer,
        requesting_agency=request.requesting_agency,
        supplying_agency=request.supplying_agency,
        partner_request_id=request.partner_request_id,
        wanted=WANTED,
    )
    message = Inbound(
        peer=request.peer,
        digest=uuid.uuid4().hex,
        content=uuid.uuid4().hex,
        received_at=NOW,
        kind="request",
        ok=True,
        document=b"x" * 4500,
        confirmation=b"y" * 700,
    )
    told = Tell(reason=ReasonForMessage.REQUEST_RESPONSE, status=Status.EXPECT_TO_SUPPLY, last_change=NOW)
    return Change(
        request=request,
        created=True,
        event=event,
        history=(
            HistoryEntry(at=NOW, by="example-broker", kind=HistoryKind.MESSAGE_IN, words="New request arrived"),
            HistoryEntry(at=NOW, by="gateway", kind=HistoryKind.DECISION, words="searching", state="searching"),
        ),
        inbound=message,
        effects=(
            NewEffect(effect=FindCopies(wanted=WANTED), lane=None, due_at=NOW),
            NewEffect(effect=told, lane="peer:example-broker", due_at=NOW),
        ),
    )


def continued(first: Change, effect_id: int) -> Change:
    """Give the next change of a request: an effect completed, another asked for."""
    assert first.request is not None
    assert first.event is not None
    values = {name: getattr(first.request, name) for name in first.request.__struct_fields__}
    request = Request(**{**values, "version": 2, "state": State.CHECKING})
    return Change(
        request=request,
        event=CopiesFound(at=NOW, copies=COPIES),
        history=first.history,
        effects=first.effects[1:],
        completes=effect_id,
        owner="bench",
    )


async def commit_all(store: Store, changes: Sequence[Change], group: int) -> float:
    """Commit changes, `group` at once; give the microseconds of wall time for each."""
    began = time.perf_counter()
    for start in range(0, len(changes), group):
        await asyncio.gather(*(store.commit(change) for change in changes[start : start + group]))
    return (time.perf_counter() - began) / len(changes) * 1e6


async def measure(url: str) -> None:
    """Print the figures of one store."""
    store = open_store(url)
    await store.open()
    await store.migrate()
    try:
        for group, count in ((1, 300), (32, 3200)):
            changes = [created(number) for number in range(count)]
            cpu = time.process_time()
            wall_us = await commit_all(store, changes, group)
            cpu_us = (time.process_time() - cpu) / count * 1e6
            print(f"new request, groups of {group:2}: {wall_us:6.0f} us, of these {cpu_us:5.0f} us CPU of this process")
            rows = await store.claim(None, now=NOW, until=NOW + timedelta(hours=1), owner="bench", limit=count)
            ids = {row.request: row.id for row in rows}
            nexts = [continued(change, ids[change.request.id]) for change in changes if change.request]
            wall_us = await commit_all(store, nexts, group)
            print(f"next version, groups of {group:2}: {wall_us:5.0f} us")
    finally:
        await store.close()


def main() -> None:
    """Measure the store named on the command line."""
    with tempfile.TemporaryDirectory() as folder:
        default = f"sqlite:///{Path(folder) / 'bench.db'}"
        asyncio.run(measure(sys.argv[1] if len(sys.argv) > 1 else default))


if __name__ == "__main__":
    main()
