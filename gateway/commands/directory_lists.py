"""`partners import | export`: lists of peers and partners in files."""

import argparse
import sys
from pathlib import Path
from typing import Any

from gateway.commands.base import Failure
from gateway.commands.client import ApiClient, told
from gateway.commands.output import plain
from gateway.desk.structs.directory import ExportQuery, ImportQuery, Taken

TYPES = {".csv": "text/csv", ".tsv": "text/csv", ".txt": "text/csv", ".json": "application/json"}


def add(group: Any, common: argparse.ArgumentParser) -> None:
    """Add the two commands to the group's."""
    exporting = group.add_parser("export", parents=[common], help="print every peer and partner, for a file")
    exporting.add_argument(
        "--format",
        choices=["json", "csv", "plain"],
        default="json",
        help="csv: the partners alone; plain: what others may know of them, for a directory (docs/catalogues.md)",
    )
    exporting.set_defaults(run=export)
    importing = group.add_parser("import", parents=[common], help="read such a file: all of it or nothing")
    importing.add_argument("file", type=Path, help=f"a file with a name ending in {', '.join(TYPES)}")
    importing.add_argument("--dry-run", action="store_true", help="only say what would change")
    importing.add_argument(
        "--service", action="store_true", help="the JSON of a directory service (Crosslink's directory, mod-directory)"
    )
    importing.set_defaults(run=import_file)


def export(options: argparse.Namespace) -> int:
    """Print the list as it is to be stored; --json changes nothing."""
    answer = ApiClient.of(options).ask("GET", "directory", "export", query=ExportQuery(format=options.format))
    sys.stdout.write(answer.text())
    return 0


def import_file(options: argparse.Namespace) -> int:
    """Send a list, and print what it changes."""
    path: Path = options.file
    content_type = TYPES.get(path.suffix.lower())
    if content_type is None or (options.service and content_type != "application/json"):
        raise Failure(f"{path}: the name must end in {'.json' if options.service else ', '.join(TYPES)}.")
    answer = ApiClient.of(options).hand_in(
        "directory",
        "import-service" if options.service else "import",
        file=path,
        content_type=content_type,
        query=ImportQuery(dry_run=options.dry_run),
    )
    told(options, answer, Taken, _print)
    return 0


def _print(taken: Taken) -> None:
    for note in taken.notes:
        print(f"Note: {plain(note)}")
    for change in taken.changes:
        print(plain(f"{change.kind} {change.id}: {change.what}"))
        for name, field in change.fields.items():
            print("  " + plain(f"{name}: {field.before} -> {field.after}"))
    would = "would be " if taken.dry_run else ""
    print(f"{len(taken.changes)} {would}written, {taken.unchanged} as they were.")
