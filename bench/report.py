"""How figures are printed: a heading with what was measured on what, and tables with one line a figure."""

import os
import platform
import statistics
import tempfile
import timeit
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter, process_time

from lxml import etree

from bench import documents

_CPUINFO = Path("/proc/cpuinfo")


def heading(title: str, words: str | None = None) -> None:
    """Print what is measured, on what."""
    print(f"\n== {title}")
    print(f"   {machine()}")
    if words:
        print("\n".join(f"   {line}".rstrip() for line in words.strip().splitlines()))
    print(flush=True)


def machine() -> str:
    """The machine, as far as it bears on the figures."""
    lines = _CPUINFO.read_text(encoding="ascii", errors="replace").splitlines() if _CPUINFO.exists() else []
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown CPU")
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} x {model}, Python {platform.python_version()}; load before: {load:.2f}; "
        f"parse and check: {yardstick_us():.0f} us; plain Python: {python_us():.0f} us; disk: {disk_ms():.1f} ms"
    )


def yardstick_us() -> float:
    """CPU microseconds in which lxml alone parses the request and checks it: how fast the machine is just now."""
    schema, data = etree.XMLSchema(file=str(documents.schema_path())), documents.request(1)
    best_s = min(timeit.repeat(lambda: schema.validate(etree.fromstring(data)), process_time, repeat=20, number=100))
    return best_s / 100 * 1e6


def python_us() -> float:
    """CPU microseconds of a thousand turns of plain Python: an interpreter built without optimisation takes half as long again."""
    best_s = min(timeit.repeat(lambda: sum(map(_turn, range(1000))), process_time, repeat=20, number=20))
    return best_s / 20 * 1e6


def _turn(number: int) -> int:
    seen = {"number": number}
    return len(f"{seen['number']}")


def disk_ms() -> float:
    """Milliseconds until a commit of 100 KB is on the disk, the median of twenty."""
    with tempfile.TemporaryFile() as file:
        return statistics.median(_written_ms(file.fileno()) for _ in range(20))


def _written_ms(descriptor: int) -> float:
    began_s = perf_counter()
    os.write(descriptor, bytes(100_000))
    os.fdatasync(descriptor)
    return (perf_counter() - began_s) * 1e3


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows under their columns: text to the left, figures to the right."""
    widths = [max(len(row[place]) for row in (columns, *rows)) for place in range(len(columns))]
    for row in (columns, *rows):
        print("  ".join(_fit(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip(), flush=True)


def _fit(cell: str, width: int) -> str:
    return cell.rjust(width) if cell[:1].isdigit() else cell.ljust(width)
