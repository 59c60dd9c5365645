"""`doctor`: looks at everything that the gateway needs, says in words what is wrong and what to do, and what it did not look at; a bundle for whoever helps.

It changes nothing. Beside a gateway that runs it asks that one (/readyz), and tries the rest itself.
"""

import argparse
import asyncio
import io
import os
import tarfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from gateway.commands.base import Failure
from gateway.commands.output import json_flag, plain, print_json
from gateway.commands.setup import config_flag, config_path

if TYPE_CHECKING:
    from gateway.app.doctor import Examined

MARKS: Final = {"well": "ok", "look": "LOOK", "wrong": "WRONG", "not looked at": "--"}


def add(commands: Any) -> None:
    """Add the command to the parser's."""
    looking = commands.add_parser("doctor", parents=[config_flag(), json_flag()])
    looking.add_argument(
        "--bundle",
        type=Path,
        metavar="FILE",
        help="write what was found, versions, metrics and the settings without secrets there (.tar.gz)",
    )
    looking.set_defaults(run=doctor)


def doctor(options: argparse.Namespace) -> int:
    """Look, and print; 1 if anything is wrong."""
    from gateway.app.doctor import examine  # noqa: PLC0415 - this command alone needs it

    examined = asyncio.run(examine(config_path(options), os.environ))
    if options.json:
        print_json(msgspec.to_builtins(examined.findings))
    else:
        _print(examined)
    if options.bundle:
        _write(options.bundle, examined)
    return 1 if any(finding.level == "wrong" for finding in examined.findings) else 0


def _print(examined: "Examined") -> None:
    width = max(len(finding.subject) for finding in examined.findings)
    for finding in examined.findings:
        print(f"{MARKS[finding.level]:<5}  {plain(finding.subject):<{width}}  {plain(finding.words)}")
        if finding.act:
            print(f"{'':<5}  {'':<{width}}  -> {plain(finding.act)}")


def _write(path: Path, examined: "Examined") -> None:
    """Write the bundle, for its owner alone. Raises Failure."""
    files = {"findings.json": msgspec.json.format(msgspec.json.encode(examined.findings)), **examined.files}
    try:
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(opened, "wb") as file, tarfile.open(fileobj=file, mode="w:gz") as bundle:
            for name, data in sorted(files.items()):
                entry = tarfile.TarInfo(f"ill-gateway/{name}")
                entry.size, entry.mtime, entry.mode = len(data), int(time.time()), 0o600
                bundle.addfile(entry, io.BytesIO(data))
    except OSError as error:
        raise Failure(f"{path} can't be written: {error.strerror}.") from None
