"""`--into FILE`: lists that are written as CSV or as a workbook, by the end of the file's name."""

import argparse
from pathlib import Path
from typing import Any, Final

import msgspec

from gateway.commands.base import Failure
from gateway.commands.client import ApiClient, made
from gateway.commands.output import print_json

FORMATS: Final = {".csv": "csv", ".xlsx": "xlsx"}


def into_flag(*, required: bool = False) -> argparse.ArgumentParser:
    """Return the flag, as a parent of the commands that write files."""
    flag = argparse.ArgumentParser(add_help=False)
    words = f"a file with a name ending in {' or '.join(FORMATS)}"
    flag.add_argument("--into", type=Path, metavar="FILE", required=required, help=words)
    return flag


def save(options: argparse.Namespace, *path: str, query: type[msgspec.Struct], **fields: Any) -> int:
    """Fetch a list in the form that the file's name says, and write it there. Raises Failure."""
    file: Path = options.into
    form = FORMATS.get(file.suffix.lower())
    if form is None:
        raise Failure(f"{file}: the name must end in {' or '.join(FORMATS)}.")
    data = ApiClient.of(options).ask("GET", *path, query=made(query, **fields, format=form)).data
    try:
        file.write_bytes(data)
    except OSError as error:
        raise Failure(f"{file} can't be written: {error.strerror}.") from None
    if options.json:
        print_json({"file": str(file), "bytes": len(data)})
    return 0
