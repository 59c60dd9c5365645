"""Each screen of the desk over HTTP, with a thousand and with a million requests of ten years in the store.

python -m bench.pages                          1,000 and 1,000,000, on both stores
python -m bench.pages sqlite 1000 100000       one store, other numbers
python -m bench.pages /prices "search: "       screens whose names have one of these words
"""

import asyncio
import random
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from statistics import quantiles
from time import monotonic
from typing import Final
from urllib.parse import quote

import msgspec

from bench.browser import PASSWORD, Answer, Browser
from bench.figures import tell
from bench.filling import fill, seal_all, sum_up
from bench.made_up_words import BRANCHES, NOUNS, PLACES, SURNAMES, TOPICS
from bench.postgres import postgres
from bench.processes import GatewayProcess, gateway, on_other_cores
from bench.report import heading, table
from bench.settings import PEER, Wishes
from bench.ten_years import LONG_STORY_EVERY, PARTNERS, partners
from gateway import logs
from gateway.demo.stage.talk import SaidNo
from gateway.desk.structs.lists import ListName
from gateway.desk.structs.statistics import FigureGroup
from gateway.pages import one_request, tasks
from gateway.pages.site import PAGES
from gateway.store.factory import open_store

WORDS = """\
The gateway is a process of its own on one core; whoever asks, and PostgreSQL, share the others. Each page of the table of pages is asked for 40 times by an
administrator, its parts (a request, a list, a partner) changing, after some to warm up. “p50” and “p95”: until the first byte, wall time, in which is what
else the machine does; “cpu”: the gateway's processor time a page, all threads, without what it spends at rest; “loop”: the longest stretch of
its event loop, in processor time (0: none of 10 ms). KB: the page with the styles and scripts that it names. All in ms but that."""
SIZES: Final = (1_000, 1_000_000)
STORES: Final = ("sqlite", "postgresql")
TIMES: Final = 40
WARM_UP: Final = 5

FIRST_BYTE_MS: Final = 50.0
SEARCH_MS: Final = 100.0
"""Bounds a search and the facets beside it, in place of growth: of what has ended up to a thousand are counted, and in a store of a thousand few fit."""
LOOP_MS: Final = 50.0
PAGE_KB: Final = 150.0
GROWTH: Final = 1.2
AS_FULL: Final = 1.05
"""Growth is judged of pages that weigh no more than this beside their like: a page with more rows costs more whatever the store holds."""
EVEN: Final = "partner-0"
"""A partner with as much to count in every store: what the others asked for in ninety days is hardly anything in a store of a thousand."""
EVEN_REQUESTS: Final = 100
LEAST_MS: Final = 1.0
"""Less of a difference is below what the system counts processor time in."""
MEMORY_MB: Final = 160.0

NO_SCREENS: Final[Mapping[str, str]] = {
    "/events": "a stream",
    "/news": "JSON, which no one waits for",
    "/account/stay": "a sign of life",
    "/sign-in": "leads on whoever is signed in",
    "/sign-in/oidc/start": "leads to a provider",
    "/sign-in/oidc": "leads back from it",
    "/scan/new": "leads to a new cart",
    "/scan/papers": "a PDF (bench.papers)",
    "/requests/{request}/papers/{paper}.pdf": "likewise",
    "/settings/papers/test.pdf": "likewise",
    "/lists/{list:[a-z-]+}.csv": "a file",
    "/lists/{list:[a-z-]+}.pdf": "a PDF (bench.papers)",
    "/partners/export": "a file",
    "/figures/export": "a file",
    "/money/bills/{bill}/paper": "a PDF",
    "/money/owed/{partner}": "a PDF",
    "/money/invoices/exports/{batch}": "CSV",
    "/money/invoices/{invoice}/documents/{document}": "a file",
    "/money/invoices/{invoice}/letters/{letter}": "a PDF",
    "/figures/{figure}": "leads to its group",
    "/figures/{figure}/entries": "needs money that was booked",
    "/requests/{request}/copy": "a file that a lender sent",
    "/partners/approve/{request}": "needs a stranger's request",
    "/notices/{notice}": "needs a mail that was sent",
    "/notices/{notice}/file": "a file",
}
"""What is no page that somebody waits for, and what it is instead."""
MESSAGE: Final = "/requests/{request}/messages/{line}"
_LEADING_BACK: Final = (one_request.lead_back, tasks.lead_back)
_ASSET: Final = re.compile(rb'(?:src|href)="(/static/[^"]+)"')
_PART: Final = re.compile(r"{(\w+)[^}]*}")


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """Of one screen."""

    p50: float
    p95: float
    cpu: float
    loop: float
    kb: float

    @property
    def cells(self) -> tuple[str, ...]:
        """As the table shows it."""
        return tuple(f"{value:.1f}" for value in (self.p50, self.p95, self.cpu, self.loop))


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """Of one store: each screen, and the gateway's resident memory in MB: at its start, and after all pages."""

    screens: Mapping[str, Figure]
    start_mb: float
    end_mb: float


# ── which addresses ──────────────────────────────────────────────────────────────────────────────


def screens(values: Mapping[str, Sequence[str]], chance: random.Random) -> dict[str, list[str]]:
    """Every screen by its name, with the addresses that are asked for in turn."""
    found = {}
    for page in PAGES:
        if page.method == "GET" and page.path not in NO_SCREENS and page.function not in _LEADING_BACK:
            found[page.path] = _addresses(page.path, values)
    lists = found.pop("/lists/{list:[a-z-]+}")
    return found | {address: [address] for address in lists} | _faces(values, chance)


def _addresses(path: str, values: Mapping[str, Sequence[str]]) -> list[str]:
    """Give a page's addresses: the first with the first values of its parts, and so on."""
    if path in values:
        return list(values[path])
    parts = _PART.findall(path)
    if missing := [part for part in parts if part not in values]:
        raise LookupError(f"Say in `values_of` what {missing} of {path} may be, or in NO_SCREENS what it is.")
    count = max((len(values[part]) for part in parts), default=1)
    given = [{part: values[part][place % len(values[part])] for part in parts} for place in range(count)]
    return [_PART.sub(partial(_value, each), path) for each in given]


def _value(given: Mapping[str, str], part: re.Match[str]) -> str:
    return quote(given[part[1]])


def _faces(values: Mapping[str, Sequence[str]], chance: random.Random) -> dict[str, list[str]]:
    """Other faces of pages: searches, what parts them, the way along the shelves."""

    def asked(query: str, *words: Sequence[str]) -> list[str]:
        return [query.format(*(quote(chance.choice(each)) for each in words)) for _ in range(TIMES)]

    numbers = [f"3{chance.randrange(900) * 7:013}" for _ in range(TIMES)]
    return {
        "search: a common word": asked("/requests?q={}", TOPICS),
        "search: two words": asked("/requests?q={}+{}", NOUNS, SURNAMES),
        "search: a barcode": asked("/requests?q={}", numbers),
        "search: a rare word": asked("/requests?q={}+{}", [f"{n:x}" for n in range(5000)], PLACES),
        "search: late, of a branch": asked("/requests?flag=late&branch={}", BRANCHES),
        "search: ended, of a partner": asked("/requests?which=ended&partner={}", values["partner"]),
        "search: ended, of a branch": asked("/requests?which=ended&branch={}", BRANCHES),
        "search: by due date": asked("/requests?which=open&sort=due&branch={}", BRANCHES),
        "along the shelves": asked("/lists/pull?walk={}", BRANCHES),
    }


def values_of(one: GatewayProcess, count: int) -> dict[str, Sequence[str]]:
    """Give what the parts of addresses may be; half of the requests are of the last tenth, where most are open."""
    requests = [*_requests(one, 0, count), *_requests(one, count - count // 10, count)]
    told = [(request, one.api.get(f"/requests/{request}/story")["entries"]) for request in requests]
    lines = [
        (request, exchange["line"]) for request, entries in told for entry in entries for exchange in entry["exchanges"]
    ]
    return {
        "request": requests,
        "partner": [f"partner-{number}" for number in range(1, min(TIMES, PARTNERS))],
        "/partners/{partner}/figures": [f"/partners/{EVEN}/figures"],
        "peer": [PEER],
        "account": ["administrator"],
        "list": list(ListName),
        "range": ["loans"],
        "version": ["1"],
        "report": ["annual", "arl", "board"],
        "bill": [_bill(one)],
        "invoice": [_invoice(one)],
        "figure": ["came"],
        "/figures": [f"/figures?group={group}&period=this-month" for group in FigureGroup],
        "/figures/{figure}/entries": ["/figures/lenders-invoices/entries?period=this-month&row=total/USD&column=asked"],
        "/figures/{figure}/requests": ["/figures/came/requests?period=this-month&column=lending"],
        MESSAGE: [f"/requests/{request}/messages/{line}" for request, line in lines][:TIMES],
    }


def _bill(one: GatewayProcess) -> str:
    """Propose a bill; give its number."""
    line = {"kind": "fee", "words": "Fee of a loan", "amount": "12.00"}
    return str(one.api.post("/bills", {"partner": "partner-1", "lines": [line]})["bill"]["id"])


def _invoice(one: GatewayProcess) -> str:
    """Enter a lender's invoice; give its number."""
    claim = {"lender": "partner-1", "number": "A-100", "kind": "lost", "dated": "2026-11-20", "amount": "80.00"}
    return str(one.api.post("/invoices", claim)["invoice"]["id"])


def _requests(one: GatewayProcess, first: int, end: int) -> list[str]:
    """Give requests with a long story, spread over some that were made one after the other."""
    lines = [line for line in range(first + 1, end + 1) if line % LONG_STORY_EVERY == 0]
    step = max(1, len(lines) // (TIMES // 2))
    return [_id_of(one, line - 1) for line in lines[::step][: TIMES // 2]]


def _id_of(one: GatewayProcess, number: int) -> str:
    """Give the id of a request that was made up under a number."""
    with suppress(SaidNo):
        return str(one.api.get(f"/requests/L{number:010}")["request"]["id"])
    return str(one.api.get(f"/requests/B{number:010}")["request"]["id"])


# ── asking ───────────────────────────────────────────────────────────────────────────────────────


def prepare(one: GatewayProcess) -> Browser:
    """Make what the store lacks: an account, barcodes for borrowed items; sign in."""
    one.api.post("/accounts", {"name": "administrator", "role": "admin", "password": PASSWORD})
    one.api.post("/pool", {"range": "loans", "first": "39999000000", "last": "39999000499"})
    return Browser(one.desk_port, "administrator")


class Asking:
    """Asks a gateway for its pages."""

    def __init__(self, one: GatewayProcess, browser: Browser, stretches: Path) -> None:
        self._one, self._browser, self._stretches = one, browser, stretches
        self._kb: dict[bytes, float] = {}
        self._idle = one.settle()

    def measured(self, name: str, addresses: Sequence[str]) -> Figure:
        """Ask for a screen again and again."""
        for address in islice(cycle(addresses), WARM_UP):
            self._get(name, address)
        began = monotonic()
        with self._one.spending() as spent:
            answers = [self._get(name, address) for address in islice(cycle(addresses), TIMES)]
        cuts = quantiles([each.first_byte_ms for each in answers], n=20)
        return Figure(
            p50=cuts[9],
            p95=cuts[18],
            cpu=max(spent[0].cpu_s - self._idle * spent[0].wall_s, 0.0) / TIMES * 1e3,
            loop=self._longest_ms(began),
            kb=max(map(self._weight_kb, answers)),
        )

    def _get(self, name: str, address: str) -> Answer:
        answer = self._browser.get(address)
        if answer.status != 200 or answer.kind != "text/html":
            raise RuntimeError(f"{name}: {address} is no screen: {answer.status}, {answer.kind}")
        return answer

    def _weight_kb(self, answer: Answer) -> float:
        """A page with what it names."""
        assets = set(_ASSET.findall(answer.body))
        for asset in assets - self._kb.keys():
            self._kb[asset] = len(self._browser.get(asset.decode()).body) / 1e3
        return len(answer.body) / 1e3 + sum(self._kb[asset] for asset in assets)

    def _longest_ms(self, since: float) -> float:
        lines = self._stretches.read_bytes().splitlines() if self._stretches.exists() else []
        told = map(msgspec.json.decode, lines)
        return max((each["cpu_s"] * 1e3 for each in told if each["at_s"] >= since), default=0.0)


@contextmanager
def filled(kind: str, count: int, folder: Path) -> Iterator[str]:
    """The URL of a store that holds so many requests."""
    with ExitStack() as stack:
        url = stack.enter_context(postgres()) if kind == "postgresql" else f"sqlite:///{folder}/gateway.sqlite"
        asyncio.run(_fill(url, count))
        yield url


async def _fill(url: str, count: int) -> None:
    store = open_store(url)
    await store.open()
    await store.migrate()
    await store.seed([], partners())
    await store.close()
    await fill(url, count, datetime.now(UTC))
    await store.open()
    await tell(store, [EVEN] * EVEN_REQUESTS, datetime.now(UTC) - timedelta(days=30))
    await seal_all(store)
    await sum_up(store)
    await store.close()


def measure(url: str, count: int, folder: Path, only: Sequence[str] = ()) -> Measured:
    """Ask a gateway on a filled store for every screen, or for those whose names have one of these words."""
    stretches = folder / "stretches.jsonl"
    with gateway(folder, Wishes(store_url=url), stretches) as one, on_other_cores():
        start_mb = one.resident_mb
        browser = prepare(one)
        asking = Asking(one, browser, stretches)
        found = {}
        for name, addresses in screens(values_of(one, count), random.Random(3)).items():
            if not only or any(words in name for words in only):
                found[name] = asking.measured(name, addresses)
                print(".", end="", file=sys.stderr, flush=True)
        return Measured(screens=found, start_mb=start_mb, end_mb=one.resident_mb)


# ── telling ──────────────────────────────────────────────────────────────────────────────────────


def missed(small: Measured, large: Measured) -> Iterator[str]:
    """Say which bounds were missed, in words."""
    for name, figure in large.screens.items():
        is_search = name.startswith("search") or name == "/requests"
        bound = SEARCH_MS if is_search else FIRST_BYTE_MS
        yield from _over(f"{name}: first byte", figure.p95, bound, "ms")
        yield from _over(f"{name}: loop", figure.loop, LOOP_MS, "ms")
        yield from _over(f"{name}: weight", figure.kb, PAGE_KB, "KB")
        before = small.screens[name]
        is_like_before = not is_search and figure.kb <= before.kb * AS_FULL
        if is_like_before and figure.cpu - before.cpu > LEAST_MS:
            yield from _over(f"{name}: growth", figure.cpu / max(before.cpu, 0.1), GROWTH, "times")
    yield from _over("resident memory", large.end_mb, MEMORY_MB, "MB")


def _over(what: str, value: float, bound: float, unit: str) -> Iterator[str]:
    if value > bound:
        yield f"{what} {value:.1f} {unit}, bound {bound:g}"


def told(kind: str, sizes: Sequence[int], found: Sequence[Measured]) -> None:
    """Print a store's figures, and which bounds were missed."""
    small, large = found[0], found[-1]
    columns = [f"{size:,}: {what}" for size in sizes for what in ("p50", "p95", "cpu", "loop")]
    rows = [
        (
            name,
            *(cell for each in found for cell in each.screens[name].cells),
            f"{large.screens[name].cpu / max(small.screens[name].cpu, 0.1):.2f}",
            f"{small.screens[name].kb:.0f}",
            f"{large.screens[name].kb:.0f}",
        )
        for name in large.screens
    ]
    table((f"{kind}, ms", *columns, "cpu, times", f"KB at {sizes[0]:,}", f"KB at {sizes[-1]:,}"), rows)
    for size, each in zip(sizes, found, strict=True):
        print(f"resident at {size:,}: {each.start_mb:.0f} MB at the start, {each.end_mb:.0f} MB after all pages")
    print(*missed(small, large), "", sep="\n", flush=True)


def main() -> None:
    """Measure and print."""
    logs.configure("warning", logs.LogFormat.TEXT)
    kinds = [each for each in sys.argv[1:] if each in STORES] or STORES
    sizes = [int(each) for each in sys.argv[1:] if each.isdigit()] or SIZES
    only = [each for each in sys.argv[1:] if each not in STORES and not each.isdigit()]
    heading("pages: the first byte of each screen", WORDS)
    for kind in kinds:
        found = []
        for size in sizes:
            with tempfile.TemporaryDirectory() as name, filled(kind, size, Path(name)) as url:
                found.append(measure(url, size, Path(name), only))
        told(kind, sizes, found)


if __name__ == "__main__":
    main()
