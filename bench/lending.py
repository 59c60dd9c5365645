"""Loans from the request to the return, played with a gateway in this process, counting what they cost.

The circulation system and the partner are processes on other cores. The partner's messages come in over HTTP, staff's
actions through the intake, and each step begins when the commit that it waits for is done: nobody polls. What the player itself
spends (the partner's three messages) is in the gateway's CPU time.
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from prometheus_client.samples import Sample

from bench import documents
from bench.settings import Ports, Wishes, settings_text
from gateway.app.gateway import Gateway
from gateway.catalogue.item_list import read_csv
from gateway.config.loading import load
from gateway.demo.collection import demonstration_collection
from gateway.demo.records import CirculationStatus
from gateway.iso18626.codes import Status
from gateway.store.port import Change
from gateway.workflow.events import StaffActed, Told
from gateway.workflow.records import Request, State
from gateway.workflow.triggers import StaffAction

ITEMS = tuple(
    item.barcode
    for item in demonstration_collection().items
    if item.status is CirculationStatus.AVAILABLE and item.item_type in {"BOOK", "JRNL"}
)
"""Items of the demonstration ACS that are in and circulate; each is listed under a record id of its own: one copy each."""
STEP_DEADLINE_S = 60.0


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """What so many loans took."""

    loans: int
    wall_s: float
    cpu_s: float
    calls: Counter[str]
    """SIP2 messages, by code."""
    commits: int
    """Changes that were decided on and written."""
    transactions: int
    """Durable commits of the database: changes that met share one, claims and marks of work have their own."""
    messages_in: int
    messages_out: int
    calls_s: float
    """From the write of each SIP2 message to its answer, all together."""


class Player:
    """Plays loans with a running gateway; `play` may be awaited by several at once."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._requests: dict[str, Request] = {}
        self._told_of_end: set[str] = set()
        self._changed = asyncio.Condition()
        self._number = 0
        self._messages_in = 0
        self._commits = 0
        self._transactions = 0
        self._watch_store()

    def _watch_store(self) -> None:
        store, commit = self._gateway.store, self._gateway.store.commit

        async def watched(change: Change) -> None:
            await commit(change)
            self._commits += 1
            await self._note(change)

        store.commit = watched  # type: ignore[method-assign]
        store._writer.set_trace_callback(self._count)  # type: ignore[attr-defined]  # noqa: SLF001 - SQLite's own word

    async def _note(self, change: Change) -> None:
        """Remember where the request stands, and whether its partner has heard of its end; tell whoever waits for it."""
        request, event = change.request, change.event
        if request is None:
            return
        async with self._changed:
            self._requests[request.partner_request_id] = request
            if isinstance(event, Told) and event.status is Status.LOAN_COMPLETED:
                self._told_of_end.add(request.partner_request_id)
            self._changed.notify_all()

    def _count(self, statement: str) -> None:
        self._transactions += statement == "COMMIT"

    # ── a loan ───────────────────────────────────────────────────────────────────────────────────

    async def play(self, record_id: str) -> None:
        """One loan of the one copy of a record."""
        self._number += 1
        number = self._number
        await self._post(documents.request(number, record_id))
        await self._until(number, State.WILL_SUPPLY)
        await self._act(number, StaffAction.ARRIVE)
        await self._until(number, State.ARRIVED)
        await self._act(number, StaffAction.SHIP)
        await self._until(number, State.LOANED)
        await self._post(documents.requesting_message(number, "Received"))
        await self._post(documents.requesting_message(number, "ShippedReturn"))
        await self._until(number, State.RETURNING)
        await self._act(number, StaffAction.CHECK_IN)
        await self._until(number, State.COMPLETED)
        await self._wait(lambda: f"BENCH-{number:08}" in self._told_of_end)

    async def _until(self, number: int, state: State) -> None:
        def reached() -> bool:
            request = self._requests.get(f"BENCH-{number:08}")
            return request is not None and request.state is state

        await self._wait(reached)

    async def _wait(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(STEP_DEADLINE_S), self._changed:
            await self._changed.wait_for(condition)

    async def _act(self, number: int, action: StaffAction) -> None:
        request = self._requests[f"BENCH-{number:08}"]
        barcodes = tuple(item.copy.item_barcode for item in request.items)
        event = StaffActed(at=datetime.now(UTC), by="bench", action=action, item_barcodes=barcodes)
        await self._gateway.intake.act(request.id, event)

    async def _post(self, body: bytes) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._gateway.ports["http"])
        head = f"POST /iso18626 HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        answer = await reader.read()
        writer.close()
        assert b"<messageStatus>OK<" in answer, answer
        self._messages_in += 1

    # ── many ─────────────────────────────────────────────────────────────────────────────────────

    async def cost(self, loans: int, at_once: int) -> Cost:
        """Play so many loans, so many at once, and say what they took."""
        waiting = iter(range(loans))
        before, calls_s = self._counts(), self._calls_s()
        wall, cpu = time.perf_counter(), time.process_time()

        async def play_in_turn(record_id: str) -> None:
            for _ in waiting:
                await self.play(record_id)

        async with asyncio.TaskGroup() as group:
            for record_id in ITEMS[:at_once]:
                group.create_task(play_in_turn(record_id))
        wall_s, cpu_s = time.perf_counter() - wall, time.process_time() - cpu
        now = self._counts()
        calls = Counter({name[5:]: now[name] - before[name] for name in now if name.startswith("sip2 ")})
        return Cost(
            loans=loans,
            wall_s=wall_s,
            cpu_s=cpu_s,
            calls=+calls,
            commits=now["commits"] - before["commits"],
            transactions=now["transactions"] - before["transactions"],
            messages_in=now["in"] - before["in"],
            messages_out=now["out"] - before["out"],
            calls_s=self._calls_s() - calls_s,
        )

    def _counts(self) -> Counter[str]:
        counts = Counter({"commits": self._commits, "transactions": self._transactions, "in": self._messages_in})
        for sample in self._samples("ill_sip2_calls_total"):
            counts[f"sip2 {sample.labels['code']}"] += int(sample.value)
        counts["out"] = sum(int(sample.value) for sample in self._samples("ill_messages_sent_total"))
        return counts

    def _calls_s(self) -> float:
        return sum(sample.value for sample in self._samples("ill_sip2_call_seconds_sum"))

    def _samples(self, name: str) -> Iterator[Sample]:
        """The gateway's own metric."""
        families = self._gateway.registry.collect()
        return (sample for family in families for sample in family.samples if sample.name == name)


@asynccontextmanager
async def player(folder: Path, wishes: Wishes) -> AsyncIterator[Player]:
    """A gateway in this process, with the items listed."""
    config = folder / "gateway.toml"
    config.write_text(settings_text(wishes, Ports()), encoding="utf-8")
    async with Gateway(load(config, {})) as gateway:
        rows = "".join(f"{barcode},EXC,The Imaginary Almanac,{barcode}\n" for barcode in ITEMS)
        found = read_csv(f"item_barcode,branch,title,record_id\n{rows}")
        await gateway.store.import_items(found.items, replace=True)
        yield Player(gateway)
