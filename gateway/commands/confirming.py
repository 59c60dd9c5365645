"""Asking at the terminal before something that can't be undone; scripts say `--yes`."""

import argparse
import sys

from gateway.commands.base import Failure


def yes_flag() -> argparse.ArgumentParser:
    """`--yes`, as a parent of a command that asks."""
    flag = argparse.ArgumentParser(add_help=False)
    flag.add_argument("--yes", action="store_true", help="don't ask; scripts need this")
    return flag


def confirm(question: str, *, yes: bool) -> None:
    """Go on if the answer is yes. Raises Failure if it is no, or if nobody can be asked."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise Failure(f"{question}\nNobody can be asked here: say --yes if that is meant. Nothing was done.")
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().casefold() not in {"y", "yes"}:
        raise Failure("Nothing was done.")
