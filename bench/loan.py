"""What a whole loan costs, and how many a second there are, by the circulation system's speed and the pool's size.

    python -m bench.loan

The gateway runs in this process, with SQLite; the demonstration ACS is a process of its own; the partner is a stub in this
process that confirms whatever it hears. A loan goes from the New to LoanCompleted told, with Received, ShippedReturn and the
technician's three steps; as many at once as there are items. CPU is this process's, stub and technician included. “Of the ACS's own
time” compares with round trips times delay divided by connections, the time in which the ACS alone could have served these calls.
"""

import asyncio
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from aiohttp import web

from bench.processes import ACCOUNT, demonstration_acs
from bench.report import heading, table
from gateway.app import Gateway
from gateway.config import load
from gateway.demo.collection import demonstration_collection
from gateway.demo.records import CirculationStatus
from gateway.iso18626 import messages as iso
from gateway.iso18626 import values
from gateway.iso18626.codec import decode, encode
from gateway.iso18626.codes import Action
from gateway.iso18626.receipts import confirmation_for
from gateway.iso18626.server import Received
from gateway.workflow.events import StaffActed, StaffAction
from gateway.workflow.records import Copy, LendingState, ListedItem

SECONDS = 8.0
COUNTED = ("commit", "start", "claim", "postpone")

SETTINGS = """
[library]
name = "Example Valley Library"
symbols = ["ISIL:XX-EXAMPLE"]
time_zone = "UTC"
[http]
port = 0
[api]
port = 0
[operations]
port = 0
drain_s = 0.5
[store]
url = "sqlite:///{folder}/gateway.sqlite"
[acs]
host = "127.0.0.1"
port = {acs}
pool_size = {pool}
location = "ILL"
reconcile_at = ""
[log]
level = "error"
[[peers]]
id = "partner"
url = "http://127.0.0.1:{partner}/"
agencies = ["ISIL:XX-PARTNER"]
first_message_wait_s = 0
[peers.inbound]
networks = ["127.0.0.0/8"]
[[partners]]
id = "partner"
name = "Sample Valley Library"
peer = "partner"
symbols = ["ISIL:XX-PARTNER"]
account = "{account}"
auto_answer = "both"
"""


class Cost(msgspec.Struct):
    """What was counted while loans went by."""

    loans: int = 0
    wall_s: float = 0.0
    cpu_s: float = 0.0
    calls: int = 0
    writes: Counter[str] = msgspec.field(default_factory=Counter)
    messages: int = 0


@asynccontextmanager
async def partner(cost: Cost) -> AsyncIterator[int]:
    """A partner that confirms everything; gives its port."""

    async def hear(http: web.Request) -> web.Response:
        cost.messages += 1
        decoded = decode(await http.read())
        return web.Response(body=confirmation_for(decoded, datetime.now(UTC)), content_type="application/xml")

    application = web.Application()
    application.router.add_post("/", hear)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


class Lender:
    """Plays loans against a gateway, one after the other for each item."""

    def __init__(self, gateway: Gateway, cost: Cost) -> None:
        self._gateway = gateway
        self._cost = cost
        self._number = 0

    async def loans_of(self, item: str, until_s: float) -> None:
        """Lend one item again and again."""
        while time.perf_counter() < until_s:
            self._number += 1
            await self._loan(item, f"B{self._number}")
            self._cost.loans += 1

    async def _loan(self, item: str, number: str) -> None:
        await self._post(iso.Request(header=_header(number), bibliographic_info=_wanted(item)))
        request = await self._reaches(number, LendingState.WILL_SUPPLY)
        for step, state in ((StaffAction.ARRIVE, LendingState.ARRIVED), (StaffAction.SHIP, LendingState.LOANED)):
            await self._gateway.intake.act(request, StaffActed(at=datetime.now(UTC), by="bench", action=step))
            await self._reaches(number, state)
        for action in (Action.RECEIVED, Action.SHIPPED_RETURN):
            await self._post(iso.RequestingAgencyMessage(header=_header(number), action=action))
        await self._gateway.intake.act(
            request, StaffActed(at=datetime.now(UTC), by="bench", action=StaffAction.CHECK_IN)
        )
        await self._reaches(number, LendingState.COMPLETED)

    async def _post(self, message: iso.Message) -> None:
        self._cost.messages += 1
        data = encode(message)
        received = Received(peer="partner", decoded=decode(data), data=data, received_at=datetime.now(UTC))
        answer = await self._gateway.receiver.receive(received)
        assert answer.error is None, answer.error

    async def _reaches(self, number: str, state: LendingState) -> str:
        async with asyncio.timeout(30):
            while True:
                request = await self._gateway.store.request_by_partner_id("ISIL:XX-PARTNER", number)
                if request is not None and request.state is state:
                    return request.id
                await asyncio.sleep(0.002)


def _header(number: str) -> iso.Header:
    return iso.Header(
        supplying_agency_id=values.AgencyId.of("ISIL:XX-EXAMPLE"),
        requesting_agency_id=values.AgencyId.of("ISIL:XX-PARTNER"),
        timestamp=datetime.now(UTC),
        requesting_agency_request_id=number,
    )


def _wanted(item: str) -> iso.BibliographicInfo:
    return iso.BibliographicInfo(title="The Imaginary Almanac", supplier_unique_record_id=item)


def _count(gateway: Gateway, cost: Cost) -> None:
    """Count the store's durable writes and the SIP2 calls from here on."""
    for name in COUNTED:
        setattr(gateway.store, name, _counting(getattr(gateway.store, name), name, cost))
    exchange = gateway.pool.exchange

    async def counted(*arguments: object, **named: object) -> object:
        cost.calls += 1
        return await exchange(*arguments, **named)  # type: ignore[arg-type]

    gateway.pool.exchange = counted  # type: ignore[assignment,method-assign]


def _counting(method: object, name: str, cost: Cost) -> object:
    async def counted(*arguments: object, **named: object) -> object:
        result = await method(*arguments, **named)  # type: ignore[operator]
        if name != "claim" or result:
            cost.writes[name] += 1
        return result

    return counted


def _lendable() -> list[str]:
    """The barcodes of the demonstration items that are available and circulate for as long as the policy expects."""
    collection = demonstration_collection()
    held = {hold.item for hold in collection.holds if getattr(hold, "item", "")}
    lent = {kind.code for kind in collection.item_types if kind.loan_days}
    return [
        item.barcode
        for item in collection.items
        if item.status is CirculationStatus.AVAILABLE and item.item_type in lent and item.barcode not in held
    ]


async def measure(acs_port: int, pool: int) -> Cost:
    """Let loans go by for a while."""
    cost = Cost()
    items = _lendable()
    with tempfile.TemporaryDirectory() as folder:
        async with partner(cost) as partner_port:
            text = SETTINGS.format(folder=folder, acs=acs_port, pool=pool, partner=partner_port, account=ACCOUNT)
            path = Path(folder) / "gateway.toml"
            path.write_text(text, encoding="utf-8")
            async with Gateway(load(path, {})) as gateway:
                listed = [
                    ListedItem(copy=Copy(item_barcode=item, branch="EXC"), keys=(f"record:{item}",)) for item in items
                ]
                await gateway.store.import_items(listed, replace=True)
                _count(gateway, cost)
                lender = Lender(gateway, cost)
                began, cpu = time.perf_counter(), time.process_time()
                await asyncio.gather(*(lender.loans_of(item, began + SECONDS) for item in items))
                cost.wall_s, cost.cpu_s = time.perf_counter() - began, time.process_time() - cpu
    return cost


def main() -> None:
    """Print the figures."""
    heading("loan: what a whole loan costs, and loans a second", __doc__.partition("\n\n")[2].partition("\n\n")[2])
    rows = []
    for delay_s, pools in ((0.0, (2,)), (0.05, (1, 2, 4))):
        for pool in pools:
            with tempfile.TemporaryDirectory() as folder, demonstration_acs(Path(folder)) as (port, control):
                if delay_s:
                    control.ask("misbehave", name="slow", delay_s=delay_s)
                cost = asyncio.run(measure(port, pool))
            ideal_s = cost.calls * delay_s / pool
            rows.append((
                f"{delay_s * 1000:.0f} ms", f"{pool}", f"{cost.loans / cost.wall_s:.1f}", f"{cost.calls / cost.loans:.1f}",
                f"{sum(cost.writes.values()) / cost.loans:.1f}", f"{cost.messages / cost.loans:.1f}",
                f"{cost.cpu_s / cost.loans * 1000:.1f}", f"{100 * cost.wall_s / ideal_s - 100:+.0f} %" if ideal_s else "-",
            ))  # fmt: skip
    columns = (
        "ACS answers in",
        "pool",
        "loans/s",
        "SIP2 calls",
        "durable writes",
        "messages",
        "CPU ms",
        "of the ACS's own time",
    )
    table(columns, rows)


if __name__ == "__main__":
    main()
