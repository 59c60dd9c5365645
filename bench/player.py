"""Loans from the request to the return, played with a gateway in this process, counting what they cost.

The circulation system and the partner are processes on other cores. The partner's messages come in over HTTP, staff's
actions through the intake, and each step begins when the commit that it waits for is done: nobody polls. What the player itself
spends (the partner's few messages) is in the gateway's CPU time. What a loan consists of: lending.py, borrowing.py.
"""

import asyncio
import threading
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from prometheus_client.samples import Sample

from gateway.app.gateway import Gateway
from gateway.demo.stage.talk import AcsControl
from gateway.store.port import Change
from gateway.workflow.borrowing_events import Sent
from gateway.workflow.events import StaffActed, Told
from gateway.workflow.records import Request, State
from gateway.workflow.triggers import StaffAction

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
    full_s: float
    """How long as many loans were under way as there may be: until the first of those who play found none to begin."""
    full_calls_s: float
    """What of `calls_s` lies in that time."""
    queued_s: float
    """How long the event loop could have run and had no core, because others had it."""


class Player(ABC):
    """Plays loans with a running gateway; `play` may be awaited by several at once."""

    at_once_max: int
    """How many loans can be under way together."""

    def __init__(self, gateway: Gateway, acs: AcsControl) -> None:
        self.gateway = gateway
        self.acs = acs
        self._requests: dict[str, Request] = {}
        self._told: set[tuple[str, str]] = set()
        self._changed = asyncio.Condition()
        self._played = 0
        self._messages_in = 0
        self._commits = 0
        self._transactions = 0
        self._watch_store()

    def _watch_store(self) -> None:
        store, commit = self.gateway.store, self.gateway.store.commit

        async def watched(change: Change) -> None:
            await commit(change)
            self._commits += 1
            await self._note(change)

        group = store._group  # type: ignore[attr-defined]  # noqa: SLF001 - each batch is a transaction; SQLite's own trace would cost a tenth of a loan
        write = group._write  # noqa: SLF001

        async def counted(batch: Sequence[Any]) -> Sequence[Any]:
            self._transactions += 1
            written: Sequence[Any] = await write(batch)
            return written

        store.commit = watched  # type: ignore[method-assign]
        group._write = counted  # noqa: SLF001

    async def _note(self, change: Change) -> None:
        """Remember where the request stands, and what its partner has heard; tell whoever waits for it."""
        request, event = change.request, change.event
        if request is None:
            return
        async with self._changed:
            self._requests[request.partner_request_id] = request
            if isinstance(event, Told | Sent):
                said = event.status if isinstance(event, Told) else event.what
                self._told.add((request.partner_request_id, said))
            self._changed.notify_all()

    # ── a loan ───────────────────────────────────────────────────────────────────────────────────

    @abstractmethod
    async def prepare(self) -> None:
        """Give the gateway what the loans need."""

    @abstractmethod
    async def play(self, number: int, place: int) -> None:
        """One loan; no other has the number, and none that is under way the place (below `at_once_max`)."""

    async def until(self, request: str, state: State) -> None:
        """Wait until a request, by the number that both sides know, is in a state."""

        def reached() -> bool:
            found = self._requests.get(request)
            return found is not None and found.state is state

        await self._wait(reached)

    async def until_told(self, request: str, said: str) -> None:
        """Wait until the partner has confirmed a message: its status or action."""
        await self._wait(lambda: (request, said) in self._told)

    async def _wait(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(STEP_DEADLINE_S), self._changed:
            await self._changed.wait_for(condition)

    def barcodes(self, request: str) -> tuple[str, ...]:
        """The items of a request."""
        return tuple(item.barcode for item in self._requests[request].items)

    async def act(self, request: str, action: StaffAction, item_barcodes: tuple[str, ...] = ()) -> None:
        """Do what staff do."""
        event = StaffActed(at=datetime.now(UTC), by="bench", action=action, item_barcodes=item_barcodes)
        await self.gateway.intake.act(self._requests[request].id, event)

    async def post(self, body: bytes) -> None:
        """Send a message as the partner does; it must be confirmed OK."""
        answer = await self.call("http", "/iso18626", body)
        assert b"<messageStatus>OK<" in answer, answer
        self._messages_in += 1

    async def call(self, listener: str, path: str, body: bytes, headers: Mapping[str, str] | None = None) -> bytes:
        """Post a body to one of the gateway's listeners; the answer as it comes, head and all."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.gateway.ports[listener])
        lines = {"Host": "x", "Connection": "close", "Content-Length": str(len(body)), **(headers or {})}
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        writer.write(f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + body)
        answer = await reader.read()
        writer.close()
        return answer

    # ── many ─────────────────────────────────────────────────────────────────────────────────────

    async def cost(self, loans: int, at_once: int) -> Cost:
        """Play so many loans, so many at once, and say what they took."""
        first, self._played = self._played, self._played + loans
        waiting = iter(range(first, first + loans))
        before, calls_s, queued_s = self._counts(), self._calls_s(), _queued_s()
        wall, cpu = time.perf_counter(), time.process_time()
        ends: list[tuple[float, float]] = []

        async def play_in_turn(place: int) -> None:
            for number in waiting:
                await self.play(number, place)
            ends.append((time.perf_counter() - wall, self._calls_s() - calls_s))

        async with asyncio.TaskGroup() as group:
            for place in range(at_once):
                group.create_task(play_in_turn(place))
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
            full_s=ends[0][0],
            full_calls_s=ends[0][1],
            queued_s=_queued_s() - queued_s,
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
        families = self.gateway.registry.collect()
        return (sample for family in families for sample in family.samples if sample.name == name)


def _queued_s() -> float:
    """How long this thread has waited for a core so far, as Linux counts it."""
    _ran, waited, _slices = Path(f"/proc/self/task/{threading.get_native_id()}/schedstat").read_text().split()
    return int(waited) / 1e9
