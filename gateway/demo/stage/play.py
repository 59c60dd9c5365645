"""The demonstration: starts two libraries, each with a gateway and an ACS, and a partner, and plays loans between them.

    python -m gateway.demo.stage.play            a loan, a request that ends Unfilled, a borrowed loan, an order; exit code 0 or 1 (`make demo`)
    python -m gateway.demo.stage.play --stay     a loan, a borrowed loan and an order; then it serves until Ctrl-C (`make run`)

Everything is written into a directory of its own, which goes with the demonstration unless --directory names one.
"""

import argparse
import shutil
import sys
import time
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path

from gateway.demo.stage.borrowing_scene import HELD_ELSEWHERE, HELD_THERE, BorrowingScene
from gateway.demo.stage.house import House
from gateway.demo.stage.neighbours import Neighbours
from gateway.demo.stage.performance import name_catalogue, perform, play_scene, prepare, serve, started
from gateway.demo.stage.scene import LOAN, REFUSAL, Scene
from gateway.demo.stage.stack_config import Ports
from gateway.demo.stage.verdict import Finding, borrowed_findings, findings

ALMANAC = {"title": "The Imaginary Almanac", "author": "Placeholder, Ada", "isbn": "9780000000019"}
NOBODYS = {"title": "The Book That Nobody Wrote", "author": "Nemo, Nora", "isbn": "9780000000194"}
CARTOGRAPHER = {
    "title": "The Cartographer of Clouds",
    "author": "Invented, Iris",
    "identifiers": [{"code": "ISBN", "value": "9780000000507"}],
}
CLOUDS = {"title": "Clouds for Beginners", "identifiers": [{"code": "ISBN", "value": "9780000000620"}]}
"""The partner's catalogue has it (demo/partner/catalogue.py)."""
PROGRAM = "ill-gateway"


def main(argv: Sequence[str]) -> int:
    """Play; 0 where everything came as it must, 1 where not, 130 where it was broken off."""
    options = _parser().parse_args(argv)
    return perform(options.directory, partial(_play, stay=options.stay))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m gateway.demo.stage.play", description="An interlibrary loan, played."
    )
    parser.add_argument("--stay", action="store_true", help="go on serving until Ctrl-C")
    parser.add_argument("--directory", type=Path, help="keep settings, store and logs here (default: for the moment)")
    return parser


def _play(directory: Path, *, stay: bool) -> int:
    print("Interlibrary loans between five processes that talk over TCP. Every name in them is fictional.\n")
    began_s = time.monotonic()
    with started(directory, Ports.well_known() if stay else Ports.free()) as both:
        token = prepare(both)
        name_catalogue(both)
        desk = both.valley.api_as(token)
        loan = Scene(both.valley, desk, ALMANAC)
        play_scene(f"A loan: “{ALMANAC['title']}” for Sample Valley Library", loan, LOAN)
        if not stay:
            refused = Scene(both.valley, desk, NOBODYS)
            play_scene(f"A request for what nobody holds: “{NOBODYS['title']}”", refused, REFUSAL)
        borrowed = BorrowingScene(both, desk, both.hills.api, CARTOGRAPHER)
        play_scene(f"A borrowed loan: “{CARTOGRAPHER['title']}” for a customer of ours", borrowed, HELD_ELSEWHERE)
        promised = BorrowingScene(both, desk, both.hills.api, CLOUDS)
        play_scene(f"An order for what the partner's catalogue has: “{CLOUDS['title']}”", promised, HELD_THERE)
        _show("The loan's timeline", both.valley, loan.our_id, token)
        agreed = _books("Do the three books agree on the loan?", findings(loan))
        _show("The borrowed loan's timeline", both.valley, borrowed.our_id, token)
        agreed = _books("Do both libraries' books agree on the borrowed loan?", borrowed_findings(borrowed)) and agreed
        print(f"\nPlayed in {time.monotonic() - began_s:.1f} s.")
        if stay:
            _stay(both, loan, borrowed, token)
    print("Stopped: gateways, ACSs and partner ended cleanly.")
    return 0 if agreed else 1


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

Where to look next in another terminal (the token is valid for this demonstration alone):
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

  And one that Sample Valley's catalogue has, which is therefore asked first, by its record number, and promises it:
  {command} borrow new --customer {borrowed.customer} --pickup SMP --title "The Lighthouse Keeper's Ledger" --id ISBN 9780000000606

  Health and figures: http://127.0.0.1:{ports.operations}/readyz and http://127.0.0.1:{ports.operations}/metrics
  Settings, stores and logs: {both.directory}

Everything goes on serving until Ctrl-C."""
    )
    serve(both)


def how_to_call() -> tuple[str, str]:
    """How the command line is called in another terminal: the line that puts it on the PATH, as far as one is needed, and its name."""
    beside = Path(sys.executable).with_name(PROGRAM)
    if not beside.exists():
        return "", f"{sys.executable} -m gateway.cli"
    if shutil.which(PROGRAM) == str(beside):
        return "", PROGRAM
    return f'\n  export PATH="{beside.parent}:$PATH"', PROGRAM


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
