"""The demonstration: starts two libraries, each with a gateway and an ACS, and a partner, and plays loans between them.

    python -m gateway.demo.stage.play            a loan, a request that ends Unfilled, a borrowed loan; exit code 0 or 1 (`make demo`)
    python -m gateway.demo.stage.play --stay     a loan and a borrowed loan; then it serves until Ctrl-C (`make run`)

Everything is written into a directory of its own, which goes with the demonstration unless --directory names one.
"""

import argparse
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TypeVar

from gateway.demo.stage.borrowing_scene import BORROWED_LOAN, BorrowingScene, fill_pool
from gateway.demo.stage.house import House
from gateway.demo.stage.neighbours import Neighbours
from gateway.demo.stage.processes import Trouble, Unreachable
from gateway.demo.stage.scene import LOAN, REFUSAL, Scene
from gateway.demo.stage.stack_config import Ports
from gateway.demo.stage.talk import SaidNo
from gateway.demo.stage.verdict import Finding, borrowed_findings, findings

T = TypeVar("T")

ALMANAC = {"title": "The Imaginary Almanac", "author": "Placeholder, Ada", "isbn": "9780000000019"}
NOBODYS = {"title": "The Book That Nobody Wrote", "author": "Nemo, Nora", "isbn": "9780000000194"}
CARTOGRAPHER = {
    "title": "The Cartographer of Clouds",
    "author": "Invented, Iris",
    "identifiers": [{"code": "ISBN", "value": "9780000000507"}],
}
LOOK_S = 0.5
"""How often it is looked whether the processes still run, while they serve."""
PROGRAM = "ill-gateway"
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
    parser = argparse.ArgumentParser(
        prog="python -m gateway.demo.stage.play", description="An interlibrary loan, played."
    )
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
    print("Interlibrary loans between five processes that talk over TCP. Every name in them is fictional.\n")
    began_s = time.monotonic()
    with Neighbours(directory, ports=Ports.well_known() if stay else Ports.free()) as both:
        _tick("started", _whereabouts(both), time.monotonic() - began_s)
        token = _prepare(both)
        desk = both.valley.api_as(token)
        loan = Scene(both.valley, desk, ALMANAC)
        _scene(f"A loan: “{ALMANAC['title']}” for Sample Valley Library", loan, LOAN)
        if not stay:
            refused = Scene(both.valley, desk, NOBODYS)
            _scene(f"A request for what nobody holds: “{NOBODYS['title']}”", refused, REFUSAL)
        borrowed = BorrowingScene(both, desk, both.hills.api, CARTOGRAPHER)
        _scene(f"A borrowed loan: “{CARTOGRAPHER['title']}” for a customer of ours", borrowed, BORROWED_LOAN)
        _show("The loan's timeline", both.valley, loan.our_id, token)
        agreed = _books("Do the three books agree on the loan?", findings(loan))
        _show("The borrowed loan's timeline", both.valley, borrowed.our_id, token)
        agreed = _books("Do both libraries' books agree on the borrowed loan?", borrowed_findings(borrowed)) and agreed
        print(f"\nPlayed in {time.monotonic() - began_s:.1f} s.")
        if stay:
            _stay(both, loan, borrowed, token)
    print("Stopped: gateways, ACSs and partner ended cleanly.")
    return 0 if agreed else 1


def _prepare(both: Neighbours) -> str:
    """The item lists, the pool, the desk's accounts, and a token for the technician; the token."""
    _step("item lists", lambda: f"{both.valley.import_items()} At the other library: {both.hills.import_items()}")
    _step("pool", lambda: fill_pool(both))
    _step("accounts", both.valley.open_accounts)
    began_s = time.monotonic()
    token = both.valley.command("token", "create", "desk", "technician").strip()
    _tick("token", "the technician at the desk has one; history will say “desk”", time.monotonic() - began_s)
    return token


def _scene(title: str, scene: T, steps: Sequence[tuple[str, Callable[[T], str]]]) -> None:
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


def _whereabouts(both: Neighbours) -> str:
    ports = both.valley.ports
    return (
        f"gateway (ISO 18626 on port {ports.peers}), ACS (SIP2 on {ports.acs}), partner (ISO 18626 on {ports.partner}); "
        f"{both.hills.library.name} with gateway and ACS of its own"
    )


def _show(title: str, house: House, request: str, token: str) -> None:
    print(f"\n{title}, as `ill-gateway requests show {request}` prints it:\n")
    print(house.command("requests", "show", request, token=token))


def _books(question: str, found: Iterable[Finding]) -> bool:
    """Compare the books; whether they agree."""
    print(question)
    agreed = True
    for finding in found:
        print(f"  {'✓' if finding.agrees else '✗'} {finding.words}")
        agreed = agreed and finding.agrees
    print("They agree." if agreed else "They do NOT agree.")
    return agreed


def _stay(both: Neighbours, loan: Scene, borrowed: BorrowingScene, token: str) -> None:
    """Say where to look, and serve until Ctrl-C; Trouble where one of the processes ends before."""
    stack, (on_the_path, command) = both.valley, how_to_call()
    ports = stack.ports
    print(
        f"""
desk  {stack.desk_url}/
      Open it in a browser, and sign in as technician, manager or administrator, each with the password “demonstration”.

Where to look next in another terminal (the token counts for this demonstration alone):
{on_the_path}
  export ILL_GATEWAY_URL={stack.api_url}
  export ILL_GATEWAY_TOKEN={token}
  {command} requests list
  {command} requests show {loan.our_id} --full
  {command} requests show {borrowed.our_id} --full
  {command} tasks list
  {command} pool list
  {command} lists pull
  {command} acs status

  An administrator's token, for partners, policy and tokens: {stack.secrets.admin_token}

  Another request of the partner's, and what it knows of its requests:
  curl -d '{{"title": "The Atlas of Unbuilt Bridges", "isbn": "9780000000040"}}' http://127.0.0.1:{ports.partner_control}/requests
  curl http://127.0.0.1:{ports.partner_control}/requests

  A customer's wish that Specimen Hills Library can fill:
  {command} borrow new --customer {borrowed.customer} --pickup SMP --title "The Silent Orchestra" --id ISBN 9780000000552

  Health and figures: http://127.0.0.1:{ports.operations}/readyz and http://127.0.0.1:{ports.operations}/metrics
  Settings, stores and logs: {both.directory}

Everything goes on serving until Ctrl-C."""
    )
    try:
        while True:
            for process in both.processes:
                process.check()
            time.sleep(LOOK_S)
    except KeyboardInterrupt:
        print("\nStopping ...")


def how_to_call() -> tuple[str, str]:
    """How the command line is called in another terminal: the line that puts it on the PATH, as far as one is needed, and its name."""
    beside = Path(sys.executable).with_name(PROGRAM)
    if not beside.exists():
        return "", f"{sys.executable} -m gateway.cli"
    if shutil.which(PROGRAM) == str(beside):
        return "", PROGRAM
    return f'\n  export PATH="{beside.parent}:$PATH"', PROGRAM


def _failed(words: str, log: str = "") -> int:
    print(f"  ✗ {words}")
    if log:
        print("    The last lines of its log:")
        print("\n".join(f"      {line}" for line in log.splitlines()))
    print("The demonstration failed; nothing is left running.")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
