"""Lending and borrowing together, over the same connections to the circulation system: loans a second, and how busy the connections are.

    python -m bench.both

What a loan of either kind consists of, and what it costs alone: lending.py, borrowing.py, `python -m bench.loan`, `python -m bench.borrow`.
"""

import os

from bench.borrowing import Borrowing
from bench.cost import COLUMNS, DELAY_S, Setting, rate
from bench.lending import Lending
from bench.player import Player
from bench.processes import GATEWAY_CORE
from bench.report import heading, table
from gateway import logs
from gateway.app.gateway import Gateway
from gateway.demo.stage.talk import AcsControl

WORDS = """\
One gateway on one core with SQLite; {lent} loans to a partner and {borrowed} of a lender's are under way at once. “Connections busy” is the share of
the time in which a connection waited for the ACS, as long as there are loans to begin; what other programs take of the gateway's core (“waited for
it”) is missing."""
LOANS = 160
SETTINGS = (Setting(DELAY_S, 1), Setting(DELAY_S, 2), Setting(DELAY_S, 4))


class Both(Player):
    """The first places lend, the others borrow."""

    at_once_max = Lending.at_once_max + Borrowing.at_once_max

    def __init__(self, gateway: Gateway, acs: AcsControl) -> None:
        self._lending, self._borrowing = Lending(gateway, acs), Borrowing(gateway, acs)
        super().__init__(gateway, acs)  # last: the store tells one alone of its transactions

    async def prepare(self) -> None:
        """List the items, fill the pool."""
        await self._lending.prepare()
        await self._borrowing.prepare()

    async def play(self, number: int, place: int) -> None:
        """One loan of either kind."""
        await (self._lending if place < Lending.at_once_max else self._borrowing).play(number, place)


def main() -> None:
    """Print the figures."""
    logs.configure("error", logs.LogFormat.TEXT)
    heading(
        "both: lending and borrowing together", WORDS.format(lent=Lending.at_once_max, borrowed=Borrowing.at_once_max)
    )
    os.sched_setaffinity(0, {GATEWAY_CORE})
    table(COLUMNS, [rate(Both, setting, LOANS) for setting in SETTINGS])


if __name__ == "__main__":
    main()
