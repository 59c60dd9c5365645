"""The demonstration: starts gateway, demonstration ACS and demonstration partner, and plays a loan between them.

    python -m gateway.demo.play            a loan, and a request that ends Unfilled; exit code 0 or 1 (`make demo`)
    python -m gateway.demo.play --stay     a loan; then it serves until Ctrl-C (`make run`)

Everything is written into a directory of its own, which goes with the demonstration unless --directory names one.
"""

import argparse
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from gateway.demo.processes import Trouble, Unreachable
from gateway.demo.scene import LOAN, REFUSAL, Scene
from gateway.demo.stack import Stack
from gateway.demo.stack_config import Ports
from gateway.demo.talk import SaidNo
from gateway.demo.verdict import findings

ALMANAC = {"title": "The Imaginary Almanac", "author": "Placeholder, Ada", "isbn": "9780000000019"}
NOBODYS = {"title": "The Book That Nobody Wrote", "author": "Nemo, Nora", "isbn": "9780000000194"}
LOOK_S = 0.5
"""How often it is looked whether the three processes still run, while they serve."""
WIDTH = 14
"""Columns of a step's name."""


def main(argv: Sequence[str]) -> int:
    """Play; 0 where everything came as it must, 1 where not, 130 where it was broken off."""
    sys.stdout.reconfigure(errors="replace", line_buffering=True)  # type: ignore[union-attr] # a terminal without ✓
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    options = _parser().parse_args(argv)
    try:
        with ExitStack() as closing:
            return _play(_directory(options.directory, closing), stay=options.stay)
    except Trouble as trouble:
        return _failed(str(trouble), trouble.log)
    except SaidNo as no:
        return _failed(f"A step was refused: {no}")
    except Unreachable as gone:
        return _failed(f"Nobody answers at {gone}.")
    except KeyboardInterrupt:
        print("\nBroken off; everything is stopped.")
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m gateway.demo.play", description="An interlibrary loan, played.")
    parser.add_argument("--stay", action="store_true", help="go on serving until Ctrl-C")
    parser.add_argument("--directory", type=Path, help="keep settings, store and logs here (default: for the moment)")
    return parser


def _directory(wanted: Path | None, closing: ExitStack) -> Path:
    """Where everything is written. A directory that is named must be empty or new: an old store is no fresh start."""
    if wanted is None:
        return Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="ill-gateway-demo-")))
    wanted.mkdir(parents=True, exist_ok=True)
    if any(wanted.iterdir()):
        raise Trouble(f"{wanted} is not empty: name another directory, or remove it.")
    return wanted


def _play(directory: Path, *, stay: bool) -> int:
    print("An interlibrary loan between three processes that talk over TCP. Every name in it is fictional.\n")
    began_s = time.monotonic()
    with Stack(directory, ports=Ports.well_known() if stay else Ports.free()) as stack:
        _tick("started", _whereabouts(stack), time.monotonic() - began_s)
        token = _prepare(stack)
        desk = stack.api_as(token)
        loan = Scene(stack, desk, ALMANAC)
        _scene(f"A loan: “{ALMANAC['title']}” for Sample Valley Library", loan, LOAN)
        if not stay:
            _scene(f"A request for what nobody holds: “{NOBODYS['title']}”", Scene(stack, desk, NOBODYS), REFUSAL)
        print(f"\nThe loan's timeline, as `ill-gateway requests show {loan.our_id}` prints it:\n")
        print(stack.command("requests", "show", loan.our_id, token=token))
        agreed = _books(loan)
        print(f"\nPlayed in {time.monotonic() - began_s:.1f} s.")
        if stay:
            _stay(stack, loan, token)
    print("Stopped: gateway, ACS and partner ended cleanly.")
    return 0 if agreed else 1


def _prepare(stack: Stack) -> str:
    """The item list, and a token for the technician; the token."""
    _step("item list", stack.import_items)
    began_s = time.monotonic()
    token = stack.command("token", "create", "desk", "technician").strip()
    _tick("token", "the technician at the desk has one; history will say “desk”", time.monotonic() - began_s)
    return token


def _scene(title: str, scene: Scene, steps: Sequence[tuple[str, Callable[[Scene], str]]]) -> None:
    print(f"\n{title}")
    for name, step in steps:
        _step(name, partial(step, scene))


def _step(name: str, step: Callable[[], str]) -> None:
    """Do a step and print it with the time that it took; what takes long is shown meanwhile on a terminal."""
    if sys.stdout.isatty():
        print(f"  …         {name}", end="\r", flush=True)
    began_s = time.monotonic()
    words = step()
    _tick(name, words, time.monotonic() - began_s)


def _tick(name: str, words: str, took_s: float) -> None:
    print(f"  ✓ {took_s:5.2f} s  {name:<{WIDTH}} {words}")


def _whereabouts(stack: Stack) -> str:
    ports = stack.ports
    return (
        f"gateway (ISO 18626 on port {ports.peers}), ACS (SIP2 on {ports.acs}), partner (ISO 18626 on {ports.partner})"
    )


def _books(scene: Scene) -> bool:
    """Compare the three books; whether they agree."""
    print("Do the three books agree?")
    found = list(findings(scene))
    for finding in found:
        print(f"  {'✓' if finding.agrees else '✗'} {finding.words}")
    agreed = all(finding.agrees for finding in found)
    print("They agree." if agreed else "They do NOT agree.")
    return agreed


def _stay(stack: Stack, loan: Scene, token: str) -> None:
    """Say where to look, and serve until Ctrl-C; Trouble where one of the three ends before."""
    ports, command = stack.ports, _command()
    print(
        f"""
Everything goes on serving until Ctrl-C. Where to look next, in another terminal
(the token counts for this demonstration alone):

  export ILL_GATEWAY_URL={stack.api_url}
  export ILL_GATEWAY_TOKEN={token}
  {command} requests list
  {command} requests show {loan.our_id} --full
  {command} tasks list
  {command} lists pull
  {command} acs status

  Another request of the partner's, and what it knows of its requests:
  curl -d '{{"title": "The Atlas of Unbuilt Bridges", "isbn": "9780000000040"}}' http://127.0.0.1:{ports.partner_control}/requests
  curl http://127.0.0.1:{ports.partner_control}/requests

  Health and figures: http://127.0.0.1:{ports.operations}/readyz and http://127.0.0.1:{ports.operations}/metrics
  Settings, store and logs: {stack.directory}
"""
    )
    try:
        while True:
            for process in stack.processes:
                process.check()
            time.sleep(LOOK_S)
    except KeyboardInterrupt:
        print("\nStopping ...")


def _command() -> str:
    """How the command line is called with this Python, from here."""
    python = Path(sys.executable)
    beside = python.with_name("ill-gateway")
    program = beside if beside.exists() else python
    shown = program.relative_to(Path.cwd()) if program.is_relative_to(Path.cwd()) else program
    return str(shown) if program is beside else f"{shown} -m gateway.cli"


def _failed(words: str, log: str = "") -> int:
    print(f"  ✗ {words}")
    if log:
        print("    The last lines of its log:")
        print("\n".join(f"      {line}" for line in log.splitlines()))
    print("The demonstration failed; nothing is left running.")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
