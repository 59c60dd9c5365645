"""`papers check | copy | stocks`: the templates of a library's papers. Needs no running gateway, and takes in what it needs when called."""

import argparse
import shutil
from datetime import date
from pathlib import Path
from typing import Any

from gateway.commands.base import Failure, plain_lines
from gateway.commands.output import json_flag, print_json, print_table
from gateway.commands.pdf_files import write_pdf
from gateway.commands.setup import config_flag, settings_of
from gateway.stationery import STOCKS, USUAL, PaperName


def add(commands: Any) -> None:
    """Add the group to the parser's commands."""
    group = commands.add_parser("papers").add_subparsers(required=True, metavar="COMMAND")
    checking = group.add_parser(
        "check", parents=[config_flag(), json_flag()], help="set every paper with made-up data, and name each mistake"
    )
    checking.add_argument("--pdf", type=Path, metavar="FILE", help="write the made-up papers there, to look at them")
    checking.add_argument("--outlines", action="store_true", help="draw the places of each sheet, to try a printer")
    checking.set_defaults(run=check)
    copying = group.add_parser("copy", parents=[json_flag()], help="copy our templates into a folder, to change them")
    copying.add_argument("folder", type=Path, help="the one that [papers] templates names")
    copying.add_argument(
        "papers",
        nargs="*",
        choices=[[], *(each.value for each in PaperName)],
        metavar="PAPER",
        help=", ".join(PaperName),
    )
    copying.set_defaults(run=copy)
    listing = group.add_parser("stocks", parents=[json_flag()], help="list the sheets, labels and rolls that there are")
    listing.set_defaults(run=list_stocks)


def check(options: argparse.Namespace) -> int:
    """Set each paper by itself, so that one mistake hides no other, also on the sheets of each printer; 1 if there is any."""
    from gateway.dispatch.printing import look_of, stationery_of  # noqa: PLC0415 - see the module's docstring
    from gateway.documents.job import Job, PrintChoice, runs  # noqa: PLC0415
    from gateway.documents.papers import Paper  # noqa: PLC0415
    from gateway.documents.pdf import TemplateFault, render  # noqa: PLC0415
    from gateway.documents.samples import SAMPLES  # noqa: PLC0415

    papers = settings_of(options).papers
    look, stationery = look_of(papers), stationery_of(papers)

    def job(*samples: Any, printer: str | None = None) -> Job:
        made = runs(samples, stationery, PrintChoice(printer=printer))
        return Job(title="Made-up papers", day=date(2026, 9, 1), runs=made, look=look, outlines=options.outlines)

    tries: list[tuple[str, Paper, str | None]] = [(sample.named(), sample, None) for sample in SAMPLES]
    for printer, stocks in stationery.printers.items():
        tries += [(f"{each.named()} at {printer}", each, printer) for each in SAMPLES if each.named() in stocks]
    faults: dict[str, str] = {}
    for name, sample, at in tries:
        try:
            render(job(sample, printer=at))
        except TemplateFault as fault:
            faults[name] = str(fault)
    if options.pdf and not faults:
        write_pdf(options.pdf, render(job(*SAMPLES)).pdf)
    _tell(options, faults, of=len({name for name, *_ in tries}))
    return 1 if faults else 0


def _tell(options: argparse.Namespace, faults: dict[str, str], *, of: int) -> None:
    if options.json:
        print_json({"ok": not faults, "faults": faults})
        return
    for name, words in faults.items():
        print("\n".join([f"{name}:", *plain_lines(words), ""]))
    print(f"{len(faults)} of {of} papers can't be printed." if faults else "All papers can be printed.")


def copy(options: argparse.Namespace) -> int:
    """Copy templates; one that is there already is left as it is."""
    from gateway.documents.template_files import TEMPLATES  # noqa: PLC0415 - see the module's docstring

    wanted = [f"{name}.typ" for name in options.papers] or sorted(path.name for path in TEMPLATES.glob("*.typ"))
    copied = []
    try:
        options.folder.mkdir(parents=True, exist_ok=True)
        for name in wanted:
            if not (options.folder / name).exists():
                shutil.copyfile(TEMPLATES / name, options.folder / name)
                copied.append(name)
    except OSError as error:
        raise Failure(f"{options.folder} can't be written: {error.strerror}.") from None
    if options.json:
        print_json({"copied": copied})
    else:
        kept = ", ".join(name for name in wanted if name not in copied)
        print(f"Copied: {', '.join(copied) or 'nothing'}.")
        if kept:
            print(f"Left as they are: {kept}.")
    return 0


def list_stocks(options: argparse.Namespace) -> int:
    """List what can be printed on, and what is usual for which paper."""
    rows = [
        (name, stock.places, _size(stock.width, stock.height), ", ".join(_usual(name)))
        for name, stock in STOCKS.items()
    ]
    if options.json:
        print_json([{"stock": row[0], "places": row[1], "size": row[2], "usual_for": _usual(row[0])} for row in rows])
    else:
        print_table(("STOCK", "PLACES", "EACH", "USUAL FOR"), rows, empty="")
    return 0


def _usual(name: str) -> list[str]:
    return [paper.value for paper, stocks in USUAL.items() if name in stocks.values()]


def _size(width: float, height: float) -> str:
    """In inches and millimetres; a roll has no height."""
    inches = " x ".join(f"{points / 72:.4g}" for points in (width, height) if points)
    millimetres = " x ".join(f"{points / 72 * 25.4:.0f}" for points in (width, height) if points)
    return f"{inches} in, {millimetres} mm"
