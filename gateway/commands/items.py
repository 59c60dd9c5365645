"""`items import FILE`: the local item list, with every row's problems."""

import argparse
from pathlib import Path
from typing import Any

from gateway.commands.base import Failure
from gateway.commands.client import ApiAnswer, ApiClient, calling_flags, made, problem_line, told
from gateway.commands.confirming import confirm, yes_flag
from gateway.commands.output import plain
from gateway.desk.structs.items import ItemsImported, ItemsQuery

TYPES = {".csv": "text/csv", ".txt": "text/csv", ".tsv": "text/csv", ".json": "application/json"}


def add(commands: Any) -> None:
    """Add the group to the parser's commands."""
    common = calling_flags()
    group = commands.add_parser("items").add_subparsers(required=True, metavar="COMMAND")
    importing = group.add_parser("import", parents=[common, yes_flag()], help="read a list of our items: CSV or JSON")
    importing.add_argument("file", type=Path, help=f"a file with a name ending in {', '.join(TYPES)}")
    importing.add_argument(
        "--replace", action="store_true", help="forget the items that aren't in this list; asks first"
    )
    importing.add_argument(
        "--drop-at-most",
        type=int,
        metavar="PERCENT",
        help="the largest share of the list that --replace may forget (10)",
    )
    importing.add_argument("--dry-run", action="store_true", help="say what would be done, and change nothing")
    importing.set_defaults(run=import_items)


def import_items(options: argparse.Namespace) -> int:
    """Send the list, and print what was wrong with it. 0 where items were imported, even if others had a problem."""
    path: Path = options.file
    content_type = TYPES.get(path.suffix.lower())
    if content_type is None:
        raise Failure(f"{path}: the name must end in {', '.join(TYPES)}.")
    if options.replace and not options.dry_run and not options.yes:
        preview = _send(options, content_type, dry_run=True).of(ItemsImported)
        confirm(
            f"{_dropped(preview)} would be forgotten, for they aren't in this list. Go on?", yes=not preview.dropped
        )
    answer = _send(options, content_type, dry_run=options.dry_run)
    told(options, answer, ItemsImported, lambda imported: _print(imported, replace=options.replace))
    return 0


def _print(imported: ItemsImported, *, replace: bool) -> None:
    for problem in imported.problems:
        print(plain(problem_line(problem)))
    would = "would be " if imported.dry_run else ""
    forgotten = f", {_dropped(imported)} {would}forgotten" if replace else ""
    print(f"{imported.imported} items {would}imported{forgotten}, {len(imported.problems)} problems.")


def _dropped(imported: ItemsImported) -> str:
    return f"{imported.dropped} of {imported.of} items"


def _send(options: argparse.Namespace, content_type: str, *, dry_run: bool) -> ApiAnswer:
    """Upload the list. Raises Failure."""
    query = made(ItemsQuery, replace=options.replace, dry_run=dry_run, drop_at_most=options.drop_at_most)
    return ApiClient.of(options).hand_in("items", "import", file=options.file, content_type=content_type, query=query)
