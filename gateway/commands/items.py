"""`items import FILE`: the local item list, with every row's problems."""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO, cast

from gateway.commands.client import UPLOAD_TIMEOUT_S, Failure, Gateway, problem_line
from gateway.commands.output import Counted, plain, print_json, progress

TYPES = {".csv": "text/csv", ".txt": "text/csv", ".tsv": "text/csv", ".json": "application/json"}


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the group to the parser's commands."""
    group = commands.add_parser("items", help="import").add_subparsers(required=True, metavar="COMMAND")
    importing = group.add_parser("import", parents=[common], help="read a list of our items: CSV or JSON")
    importing.add_argument("file", type=Path, help=f"a file with a name ending in {', '.join(TYPES)}")
    importing.add_argument("--replace", action="store_true", help="forget the items that aren't in this list")
    importing.set_defaults(run=import_items)


def import_items(options: argparse.Namespace) -> int:
    """Send the list, and print what was wrong with it. 0 where items were imported, even if others had a problem."""
    path: Path = options.file
    content_type = TYPES.get(path.suffix.lower())
    if content_type is None:
        raise Failure(f"{path}: the name must end in {', '.join(TYPES)}.")
    gateway = replace(Gateway.of(options), timeout_s=UPLOAD_TIMEOUT_S)
    try:
        with path.open("rb") as source:
            answer = _send(gateway, source, path.stat().st_size, content_type, replaces=options.replace)
    except OSError as error:
        raise Failure(f"{path} can't be read: {error.strerror}.") from None
    if options.json:
        print_json(answer)
        return 0
    for problem in answer["problems"]:
        print(plain(problem_line(problem)))
    print(f"{answer['imported']} items imported, {len(answer['problems'])} problems.")
    return 0


def _send(gateway: Gateway, source: BinaryIO, size: int, content_type: str, *, replaces: bool) -> Any:
    counted = Counted(source, size)
    with progress(counted.words):
        return gateway.upload(
            "items",
            "import",
            source=cast(BinaryIO, counted),
            size=size,
            content_type=content_type,
            replace="true" if replaces else None,
        )
