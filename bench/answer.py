"""How long a partner waits for WillSupply: from the first byte of its request to the arrival of our answer.

    python -m bench.answer

The gateway, the demonstration ACS and the partner talk over real sockets. Ten copies of the work are found in the item list, each
is asked about (17), the best is chosen, held (15) and the hold is looked for (63), and the partner is told. Each request is
cancelled before the next, so that all ten copies are free again.
"""

import asyncio
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from aiohttp import web

from bench import documents
from bench.lending import ITEMS
from bench.processes import GatewayProcess, demonstration_acs, gateway
from bench.report import heading, table
from bench.settings import Wishes
from gateway import logs
from gateway.iso18626 import messages as iso
from gateway.iso18626.codec import decode
from gateway.iso18626.codes import Status
from gateway.iso18626.receipts import confirmation_for

COPIES = 10
RECORD = "ten-copies"
DELAY_S = 0.05
ROUNDS = 10
DEADLINE_S = 60.0
TARGET_S = 2.0
WORDS = f"""\
{COPIES} copies; the demonstration ACS waits {DELAY_S * 1000:.0f} ms before each reply. One gateway on one core with SQLite, the rest on the
others. “At once” requests arrive together and share the connections. Seconds from the request's first byte to WillSupply."""


class Setting(msgspec.Struct, frozen=True):
    """How many connections there are to the ACS, and how many requests arrive together."""

    pool_size: int
    at_once: int


SETTINGS = tuple(Setting(pool_size, at_once) for at_once in (1, 4) for pool_size in (1, 2, 4, 8))


class Partner:
    """The requesting library: confirms every message at once, and notes when it hears which status of which request."""

    def __init__(self) -> None:
        self._heard: dict[tuple[str, Status], asyncio.Future[float]] = {}
        self.port = 0

    async def hear(self, request: web.Request) -> web.Response:
        """Take one message of the supplier's."""
        at_s = time.perf_counter()
        decoded = decode(await request.read())
        message = decoded.message
        assert isinstance(message, iso.SupplyingAgencyMessage)
        assert message.status_info.status is not None
        waiting = self._future(message.header.requesting_agency_request_id, message.status_info.status)
        if not waiting.done():
            waiting.set_result(at_s)
        return web.Response(body=confirmation_for(decoded, datetime.now(UTC)), content_type="application/xml")

    async def heard(self, number: int, status: Status) -> float:
        """Wait for a status; give the moment at which it came."""
        async with asyncio.timeout(DEADLINE_S):
            return await self._future(f"BENCH-{number:08}", status)

    def _future(self, request_id: str, status: Status) -> "asyncio.Future[float]":
        return self._heard.setdefault((request_id, status), asyncio.get_running_loop().create_future())


@asynccontextmanager
async def serving() -> AsyncIterator[Partner]:
    """The partner's server on a free port."""
    partner = Partner()
    application = web.Application()
    application.router.add_post("/iso18626", partner.hear)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    partner.port = runner.addresses[0][1]
    try:
        yield partner
    finally:
        await runner.cleanup()


async def post(port: int, body: bytes) -> None:
    """Send one message of the partner's; it must be confirmed OK."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"POST /iso18626 HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body)
    answer = await reader.read()
    writer.close()
    assert b"<messageStatus>OK<" in answer, answer


async def answer_s(port: int, partner: Partner, number: int) -> float:
    """Ask, wait for WillSupply, cancel, wait for that too; the seconds of the first part."""
    began_s = time.perf_counter()
    await post(port, documents.request(number, RECORD))
    took_s = await partner.heard(number, Status.WILL_SUPPLY) - began_s
    await post(port, documents.requesting_message(number, "Cancel"))
    await partner.heard(number, Status.CANCELLED)
    return took_s


async def measure(setting: Setting) -> list[float]:
    """The seconds of each answer, the first round (which logs in) left out."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with serving() as partner:
            with demonstration_acs(folder) as (acs_port, control):
                wishes = Wishes(
                    store_url=f"sqlite:///{folder}/gateway.sqlite",
                    acs_port=acs_port,
                    pool_size=setting.pool_size,
                    partner_port=partner.port,
                    knows_partner=True,
                    auto_answer="both",
                )
                with gateway(folder, wishes) as process:
                    _list_items(process, folder)
                    control.ask("misbehave", name="slow", delay_s=DELAY_S)
                    return await _rounds(process.http_port, partner, setting.at_once)


def _list_items(process: GatewayProcess, folder: Path) -> None:
    rows = "".join(f"{barcode},EXC,The Imaginary Almanac,{RECORD}\n" for barcode in ITEMS[:COPIES])
    items = folder / "items.csv"
    items.write_text(f"item_barcode,branch,title,record_id\n{rows}", encoding="utf-8")
    process.command("items", "import", str(items))


async def _rounds(port: int, partner: Partner, at_once: int) -> list[float]:
    numbers = iter(range(1, (ROUNDS + 1) * at_once + 1))
    measured: list[float] = []
    for place in range(ROUNDS + 1):
        took = await asyncio.gather(*(answer_s(port, partner, next(numbers)) for _ in range(at_once)))
        measured += took if place else []
    return measured


def main() -> None:
    """Print the figures."""
    logs.configure("error", logs.LogFormat.TEXT)
    heading("answer: from a request to WillSupply", WORDS)
    rows = [_row(setting, asyncio.run(measure(setting))) for setting in SETTINGS]
    table(("at once", "connections", "median s", "90 % s", "worst s", f"under {TARGET_S:.0f} s"), rows)


def _row(setting: Setting, measured: list[float]) -> tuple[str, ...]:
    slow = sorted(measured)
    within = sum(took_s < TARGET_S for took_s in measured) / len(measured)
    return (
        f"{setting.at_once}",
        f"{setting.pool_size}",
        f"{statistics.median(slow):.2f}",
        f"{slow[len(slow) * 9 // 10]:.2f}",
        f"{slow[-1]:.2f}",
        f"{within:.0%}",
    )


if __name__ == "__main__":
    main()
