"""`demo`: the desk on a demonstration, with a partner that plays along, to learn a day's work on."""

import argparse
from pathlib import Path
from typing import Any


def add(commands: Any) -> None:
    """Add the command to the parser's."""
    parser = commands.add_parser(
        "demo",
        description=(
            "Opens the desk of a library that is made up, with a day's work on it, and the page of a partner whose buttons"
            " ask, answer, send and make trouble. Serves until Ctrl-C."
        ),
    )
    parser.add_argument("--directory", type=Path, help="keep settings, stores and logs here (default: for the moment)")
    parser.set_defaults(run=demo)


def demo(options: argparse.Namespace) -> int:
    """Open it, and serve."""
    from gateway.demo.stage.training import train  # noqa: PLC0415 - only this command needs the demonstration

    return train(options.directory)
