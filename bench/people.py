"""People at the desk: a scan to its answer, 25 of them beside 100 messages a second from partners, 200 pages that are open and at rest.

python -m bench.people                       a million requests, on both stores
python -m bench.people sqlite 1000           one store, another number
"""

import asyncio
import random
import secrets
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from pathlib import Path
from statistics import quantiles
from time import perf_counter
from typing import Final

import aiohttp

from bench.browser import COOKIE, PASSWORD, Browser
from bench.load import Figures, Load
from bench.made_up_words import TOPICS
from bench.pages import STORES, filled
from bench.processes import GatewayProcess, demonstration_acs, gateway, generate, on_other_cores
from bench.report import heading, table
from bench.settings import Wishes
from gateway import logs
from gateway.dispatch.bookkeeping import EVERY_S
from gateway.pages.guards import FIELD, form_token

WORDS = """\
One gateway on one core; everybody else, PostgreSQL and the demonstration's circulation system, share the others. A scan ships a book of the pull
list; its answer is what the page shows at once, while the circulation system is asked. Each of 25 people has a page open that hears news, and asks
for a page, scans or writes a note once a second, at random moments; who looks at Today looks again whenever there is news. Messages come at 100/s, at
random moments, and are new requests of 4.5 KB; nothing follows them."""
PEOPLE: Final = 25
RATE: Final = 100.0
SECONDS: Final = 20.0
CONNECTIONS: Final = 32
SCANS: Final = 40
STREAMS: Final = 200
REST_S: Final = 45.0
"""More than two signs of life of each stream."""
SETTLES_S: Final = 3.0

ACCEPTED_MS: Final = 20.0
"""p99 of a message, with 25 people."""
SCANNED_MS: Final = 100.0
AT_REST: Final = 0.05
"""Of a core."""

PAGES: Final = ("/", "/lists/pull", "/lists/due", "/lists/to-receive", "/tasks", "/requests", "/requests?q={}", "/scan")


def person(number: int) -> str:
    """Give the sign-in name of one of them."""
    return f"technician{number}"


# ── a scan ───────────────────────────────────────────────────────────────────────────────────────


def scans(browser: Browser, barcodes: Sequence[str]) -> list[float]:
    """Scan books one after the other; milliseconds to each answer."""
    browser.get("/scan/new")
    return [_scan(browser, barcode) for barcode in barcodes]


def _scan(browser: Browser, barcode: str) -> float:
    answer = browser.post("/scan", {"code": barcode, "key": secrets.token_hex(8)}, {"X-Part": "said"})
    if b"data-open" not in answer.body and barcode.encode() not in answer.body:
        raise RuntimeError(f"{barcode} was not shipped: {answer.status} {answer.body[:400]!r}")
    return answer.whole_ms


# ── people ───────────────────────────────────────────────────────────────────────────────────────


class Person:
    """Somebody in front of a browser: one page, one stream of news, a page or an act a second."""

    def __init__(
        self, session: aiohttp.ClientSession, token: str, requests: Sequence[str], barcodes: list[str]
    ) -> None:
        self._session, self._token, self._requests, self._barcodes = session, token, requests, barcodes
        self._here = "/"
        self.took_ms: list[float] = []
        self.looked_again = 0

    async def work(self, seconds: float) -> None:
        """Work for so long."""
        listening = asyncio.create_task(self._listen())
        until = perf_counter() + seconds
        while perf_counter() < until:
            await asyncio.sleep(random.expovariate(1.0))  # first of all: not all of them press a key at the start
            began = perf_counter()
            await self._do_something()
            self.took_ms.append((perf_counter() - began) * 1e3)
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening

    async def _do_something(self) -> None:
        choice = random.random()
        if choice < 0.6:
            self._here = random.choice((*PAGES, *(f"/requests/{each}" for each in self._requests)))
            await self._get(self._here.format(random.choice(TOPICS)))
        elif choice < 0.8 and self._barcodes:
            self._here = "/scan"
            await self._post("/scan", {"code": self._barcodes.pop(), "key": secrets.token_hex(8)})
        else:
            request = random.choice(self._requests)
            await self._post(
                "/requests/acts", {"act": "note", "request": request, "words": "Asked for at the counter."}
            )

    async def _get(self, path: str, **headers: str) -> None:
        async with self._session.get(path, headers=headers) as answer:
            await answer.read()
            answer.raise_for_status()

    async def _post(self, path: str, fields: dict[str, str]) -> None:
        async with self._session.post(path, data={FIELD: form_token(self._token), **fields}) as answer:
            await answer.read()
            answer.raise_for_status()

    async def _listen(self) -> None:
        async with self._session.get("/events") as stream:
            async for line in stream.content:
                if line.startswith(b"event: news") and self._here == "/":
                    self.looked_again += 1
                    await self._get("/", **{"X-By-Itself": "news"})


@asynccontextmanager
async def at_desks(one: GatewayProcess, tokens: Sequence[str]) -> AsyncIterator[list[aiohttp.ClientSession]]:
    """A browser for each session, each with an address of its own: browsers sit at different machines."""
    async with AsyncExitStack() as stack:
        found = []
        for number, token in enumerate(tokens):
            session = aiohttp.ClientSession(
                f"http://127.0.0.1:{one.desk_port}",
                connector=aiohttp.TCPConnector(local_addr=(f"127.0.1.{number % 250 + 1}", 0), limit=0),
                cookies={COOKIE: token},
                timeout=aiohttp.ClientTimeout(total=None),
            )
            found.append(await stack.enter_async_context(session))
        yield found


async def crowd(one: GatewayProcess, people: Sequence[Person]) -> Figures:
    """Let people work while partners' messages come; what the messages took."""
    load = Load(port=one.http_port, connections=CONNECTIONS, seconds=SECONDS, rate=RATE, first=5_000_000)
    _, figures = await asyncio.gather(
        asyncio.gather(*(each.work(SECONDS) for each in people)), asyncio.to_thread(generate, load)
    )
    return figures


async def beside_messages(
    one: GatewayProcess, tokens: Sequence[str], barcodes: list[str]
) -> tuple[Figures, list[Person]]:
    """25 people beside 100 messages a second."""
    requests = [row["id"] for row in one.api.get("/search?which=open&limit=40")["rows"]]
    async with at_desks(one, tokens) as sessions:
        people = [Person(session, token, requests, barcodes) for session, token in zip(sessions, tokens, strict=True)]
        return await crowd(one, people), people


async def at_rest(one: GatewayProcess, tokens: Sequence[str]) -> tuple[float, float]:
    """Do nothing, and then open 200 pages and do nothing; which part of a core each costs."""
    each = STREAMS // len(tokens)
    await asyncio.sleep(EVERY_S)  # by then figures begin to follow the messages before
    await asyncio.to_thread(one.settle)
    with one.spending() as alone:
        await asyncio.sleep(REST_S)
    async with at_desks(one, tokens) as sessions, AsyncExitStack() as stack:
        streams = [await stack.enter_async_context(session.get("/events")) for session in sessions for _ in range(each)]
        drains = [asyncio.create_task(_drain(stream)) for stream in streams]
        await asyncio.sleep(SETTLES_S)
        with one.spending() as spent:
            await asyncio.sleep(REST_S)
        if any(drain.done() for drain in drains):
            raise RuntimeError("a stream ended")
        for drain in drains:
            drain.cancel()
        await asyncio.gather(*drains, return_exceptions=True)
    return alone[0].cpu_s / alone[0].wall_s, spent[0].cpu_s / spent[0].wall_s


async def _drain(stream: aiohttp.ClientResponse) -> None:
    async for _ in stream.content:
        pass


# ── measuring ────────────────────────────────────────────────────────────────────────────────────


def p(values: Sequence[float], percent: int) -> float:
    """Give the value below which so many per cent are."""
    return quantiles(values, n=100)[percent - 1]


def rows(one: GatewayProcess) -> Iterator[tuple[str, ...]]:
    """Measure everything on one gateway: what, its bound, and the figures."""
    for number in range(PEOPLE):
        one.api.post("/accounts", {"name": person(number), "role": "technician", "password": PASSWORD})
    one.settle()
    browsers = [Browser(one.desk_port, person(number)) for number in range(PEOPLE)]
    tokens = [browser.token for browser in browsers]
    barcodes = [row["item_barcode"] for row in one.api.get("/lists/pull")["rows"]]
    with one.spending() as spent:
        scanned = scans(browsers[0], [barcodes.pop() for _ in range(min(SCANS, len(barcodes) // 2))])
    yield (
        "scan to answer, ms",
        f"p95 {SCANNED_MS:g}",
        f"{p(scanned, 50):.1f}",
        f"{p(scanned, 95):.1f}",
        "",
        f"CPU a scan {spent[0].cpu_s / len(scanned) * 1e3:.0f} ms",
    )
    load = Load(port=one.http_port, connections=CONNECTIONS, seconds=SECONDS, rate=RATE, first=4_000_000)
    with one.spending() as spent:
        alone = generate(load)
    yield _accepting("accepting at 100/s, nobody at the desk, ms", alone, spent[0].cpu_s)
    with one.spending() as spent:
        beside, people = asyncio.run(beside_messages(one, tokens, barcodes))
    yield _accepting(f"accepting at 100/s beside {PEOPLE} people, ms", beside, spent[0].cpu_s)
    took = [each for one_person in people for each in one_person.took_ms]
    again = sum(each.looked_again for each in people)
    yield (
        f"their pages and acts, ms ({len(took)})",
        "",
        f"{p(took, 50):.1f}",
        f"{p(took, 95):.1f}",
        f"{p(took, 99):.1f}",
        f"Today looked again {again} times",
    )
    closed, opened = asyncio.run(at_rest(one, tokens))
    yield (
        f"{STREAMS} open pages at rest",
        f"{AT_REST:.0%} of a core",
        "",
        "",
        "",
        f"{opened - closed:.1%} of a core beside {closed:.1%} without any",
    )
    yield ("resident memory", "160 MB", "", "", "", f"{one.resident_mb:.0f} MB")


def _accepting(what: str, figures: Figures, cpu_s: float) -> tuple[str, ...]:
    return (
        what,
        f"p99 {ACCEPTED_MS:g}",
        f"{figures.percentile_ms(50):.1f}",
        f"{figures.percentile_ms(95):.1f}",
        f"{figures.percentile_ms(99):.1f}",
        f"{figures.ok} OK, {figures.failed} failed; CPU {cpu_s / figures.seconds:.0%} of a core",
    )


@contextmanager
def staffed(kind: str, count: int) -> Iterator[GatewayProcess]:
    """A gateway with so many requests in its store and a circulation system."""
    with tempfile.TemporaryDirectory() as name, filled(kind, count, Path(name)) as url:
        folder = Path(name)
        with (
            demonstration_acs(folder) as (acs_port, _),
            gateway(folder, Wishes(store_url=url, acs_port=acs_port)) as one,
        ):
            yield one


def main() -> None:
    """Measure and print."""
    logs.configure("warning", logs.LogFormat.TEXT)
    kinds = [each for each in sys.argv[1:] if each in STORES] or STORES
    count = next((int(each) for each in sys.argv[1:] if each.isdigit()), 1_000_000)
    heading("people: the desk at work", WORDS)
    for kind in kinds:
        with staffed(kind, count) as one, on_other_cores():
            table((f"{kind}, {count:,} requests", "bound", "p50", "p95", "p99", "besides"), list(rows(one)))


if __name__ == "__main__":
    main()
