"""Pull slips as PDF: how long one waits for 1, 20 and 200 of them, and what the event loop feels of it.

python -m bench.papers
"""

import asyncio
import resource
import sys
import time
from datetime import UTC, datetime

import msgspec

from bench.report import heading, table
from gateway.dispatch.printing import Printing
from gateway.documents.job import PaperStyle, PrintChoice, Stationery
from gateway.documents.papers import CodeKind, PrintedCode, PullSlip
from gateway.documents.samples import COPY_SLIP, PULL_SLIP

WORDS = """\
Slips for loans and copies in turn, each with a title of two lines, two barcodes and a square code of its own, four to a sheet, tagged PDF/UA-1.
Waited: from the structs to the bytes of the PDF, the start of the process included. CPU and memory are that process's; it runs on one thread and at a lower
priority than the gateway. Stood still: the longest that the event loop did not get round while it waited (it looks every millisecond)."""
COUNTS = (1, 20, 200)
ROUNDS = 3
BOUND_S = 3.0
"""For 200."""


def slips(count: int) -> list[PullSlip]:
    """So many different slips."""
    return [_slip(number) for number in range(count)]


def _slip(number: int) -> PullSlip:
    request = f"L-7K3M9-{number:05d}"
    return msgspec.structs.replace(
        (PULL_SLIP, COPY_SLIP)[number % 2],
        item=PrintedCode(text=f"3023400{number:07d}", kind=CodeKind.OUR_ITEM),
        our_request=PrintedCode(text=request, kind=CodeKind.REQUEST),
        at_desk=PrintedCode(text=request, kind=CodeKind.AT_DESK),
    )


async def longest_gap_s(ends: asyncio.Event) -> float:
    """Look every millisecond until it ends; the longest that it took to come round."""
    longest, before = 0.0, time.perf_counter()
    while not ends.is_set():
        await asyncio.sleep(0.001)
        now = time.perf_counter()
        longest, before = max(longest, now - before), now
    return longest


async def printed(count: int) -> tuple[float, float, float, int]:
    """Print so many: seconds waited, seconds of CPU, seconds that the loop stood still, bytes."""
    printing = Printing(PaperStyle(), Stationery(), lambda: datetime.now(UTC), UTC)
    papers, ends = slips(count), asyncio.Event()
    watching = asyncio.create_task(longest_gap_s(ends))
    cpu_s, began = _children_cpu_s(), time.perf_counter()
    pdf = await printing.pdf("Pull slips", papers, PrintChoice())
    waited_s = time.perf_counter() - began
    ends.set()
    return waited_s, _children_cpu_s() - cpu_s, await watching, len(pdf)


def _children_cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> int:
    """Measure; 1 if 200 slips took longer than they may."""
    heading("Papers: pull slips as PDF", WORDS)
    rows, waited_s = [], 0.0
    for count in COUNTS:
        waited_s, cpu_s, gap_s, size = min(asyncio.run(printed(count)) for _ in range(ROUNDS))
        memory_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        rows.append(
            (
                f"{count}",
                f"{waited_s:.2f} s",
                f"{cpu_s:.2f} s",
                f"{memory_mb:.0f} MB",
                f"{gap_s * 1000:.1f} ms",
                f"{size / 1024:.0f} KB",
            )
        )
    table(("slips", "waited", "CPU", "memory", "stood still", "PDF"), rows)
    return int(waited_s > BOUND_S)


if __name__ == "__main__":
    sys.exit(main())
