"""Training: the desk on the demonstration, with a partner that plays along at the press of a button (`ill-gateway demo`).

Starts the same processes as `make run`, puts requests in every state that a day begins with, and serves until Ctrl-C.
"""

from pathlib import Path

from gateway.demo.stage.day import MORNING, Day
from gateway.demo.stage.house import DESK_ACCOUNTS, DESK_PASSWORD
from gateway.demo.stage.neighbours import Neighbours
from gateway.demo.stage.performance import perform, play_scene, prepare, serve, started
from gateway.demo.stage.stack_config import Ports

PARTNER_LENDS = ("--lends",)
"""What the partner is started with: it waits to be told what it says as lender."""


def train(directory: Path | None) -> int:
    """Open the desk; `directory` None keeps everything for the moment. 0 where it ended cleanly, 1 where not, 130 broken off."""
    return perform(directory, _open)


def _open(directory: Path) -> int:
    print("A day at Example Valley Library. Every library, person and book in it is made up.\n")
    with started(directory, Ports.well_known(), partner_arguments=PARTNER_LENDS) as both:
        desk = both.valley.api_as(prepare(both))
        play_scene("What the day begins with", Day(both, desk), MORNING)
        print(_words(both))
        serve(both)
    print("Stopped: gateways, ACSs and partner ended cleanly.")
    return 0


def _words(both: Neighbours) -> str:
    stack = both.valley
    return f"""
desk     {stack.desk_url}/
partner  http://127.0.0.1:{stack.ports.partner_control}/

Open both in a browser, side by side. Sign in to the desk as {", ".join(DESK_ACCOUNTS)}, each with the
password “{DESK_PASSWORD}”. The partner's page plays Sample Valley Library: its buttons ask, answer, send and make trouble.
The tour, ten steps of a day's work: {stack.desk_url}/help/tour

Everything goes on serving until Ctrl-C."""
