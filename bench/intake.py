"""How fast orders of customers are taken: over the API one by one, and as lists.

    python -m bench.intake

Each order is one transaction, durable when its answer comes. The circulation system is out of reach, so that what is measured
is the intake; the work that follows waits.
"""

import asyncio
import tempfile
import time
from pathlib import Path
from statistics import quantiles
from typing import Any, Final

import aiohttp

from bench.processes import GatewayProcess, gateway, on_other_cores
from bench.report import heading, table
from bench.settings import ADMIN_TOKEN, Wishes

ORDERS: Final = 2_000
CALLERS: Final = (1, 16)
ROWS: Final = 1_000
CARD: Final = "20000000090031"
WORDS: Final = f"""\
One gateway on one core with SQLite; whoever asks is on the others. {ORDERS:,} orders over the API, by 1 caller and by {CALLERS[-1]}; then a list
of {ROWS:,} lines, and the same list once more, of which every line is known. The CPU is the gateway's, an order."""


def body(number: int) -> dict[str, object]:
    """An order for a work of its own."""
    return {
        "customer": CARD,
        "pickup_branch": "EXC",
        "title": f"The Imaginary Almanac, part {number}",
        "author": "Example, Ann",
        "identifiers": [{"code": "ISBN", "value": "0-306-40615-2"}],
        "note": "The third edition, please.",
    }


def listed() -> bytes:
    """A list of so many lines."""
    lines = (f"{CARD},The Imaginary Almanac in line {number},Ann Example,0306406152,EXC" for number in range(ROWS))
    return "\n".join(("customer,title,author,isbn,pickup", *lines, "")).encode()


async def call(
    http: aiohttp.ClientSession, url: str, kind: str, data: bytes | dict[str, object]
) -> tuple[float, object]:
    """One call: how many milliseconds it took, and its answer. Raises ClientResponseError where it was refused."""
    began = time.perf_counter()
    given: dict[str, Any] = (
        {"json": data} if isinstance(data, dict) else {"data": data, "headers": {"Content-Type": kind}}
    )
    async with http.post(url, raise_for_status=True, **given) as answer:
        found = await answer.json()
    return (time.perf_counter() - began) * 1e3, found


async def by_api(url: str, callers: int, first: int) -> tuple[float, list[float]]:
    """Send all orders; the seconds for all, the milliseconds for each."""
    waiting, took_ms = iter(range(first, first + ORDERS)), []

    async def caller(http: aiohttp.ClientSession) -> None:
        for number in waiting:
            each_ms, _ = await call(http, f"{url}/borrowing", "application/json", body(number))
            took_ms.append(each_ms)

    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {ADMIN_TOKEN}"}) as http:
        began = time.perf_counter()
        await asyncio.gather(*(caller(http) for _ in range(callers)))
        return time.perf_counter() - began, took_ms


async def by_list(url: str) -> float:
    """Send the list; the seconds it took."""
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {ADMIN_TOKEN}"}) as http:
        took_ms, _ = await call(http, f"{url}/borrowing/list", "text/csv", listed())
    return took_ms / 1e3


def rows(running: GatewayProcess) -> list[tuple[str, ...]]:
    """Measure everything with one gateway."""
    found: list[tuple[str, ...]] = []
    for place, callers in enumerate(CALLERS):
        with running.spending() as spent:
            wall_s, took_ms = asyncio.run(by_api(running.api_url, callers, place * ORDERS))
        percentiles = quantiles(took_ms, n=100)
        found.append(
            (
                f"API, {callers} at once",
                f"{ORDERS / wall_s:,.0f}",
                f"{percentiles[49]:.1f}",
                f"{percentiles[98]:.1f}",
                f"{spent[0].cpu_s / ORDERS * 1e3:.2f}",
            )
        )
    for words in ("list", "list, every line known"):
        with running.spending() as spent:
            took_s = asyncio.run(by_list(running.api_url))
        cost = f"{spent[0].cpu_s / ROWS * 1e3:.2f}"
        found.append((words, f"{ROWS / took_s:,.0f}", f"{took_s * 1e3:,.0f} in all", "", cost))
    return found


def main() -> None:
    """Measure and print."""
    heading("orders of customers", WORDS)
    with tempfile.TemporaryDirectory() as name, on_other_cores():
        folder = Path(name)
        with gateway(folder, Wishes(store_url=f"sqlite:///{folder}/gateway.sqlite")) as running:
            measured = rows(running)
    table(("way", "orders/s", "p50 ms", "p99 ms", "CPU ms"), measured)


if __name__ == "__main__":
    main()
