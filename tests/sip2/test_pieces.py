"""Lists of a customer (63) that are longer than a message may be, from a server on loopback."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from gateway.sip2 import requests
from gateway.sip2.breaker import Breaker, BreakerState
from gateway.sip2.errors import Outcome, TooLong, Unknown
from gateway.sip2.lines import Lines
from gateway.sip2.pieces import PIECE, Pieces
from gateway.sip2.requests import Summary
from tests.sip2.hostile import DATE, HostileAcs, field, polite
from tests.sip2.open_lines import AT, ITEM, QUICK, lines_on

CUSTOMER = "29999000001234"
LOANS = requests.patron_information(QUICK, AT, CUSTOMER, summary=Summary.CHARGED)
TITLE = "The Imaginary Almanac, with a title that goes on and on " * 4


class Shelf:
    """A customer with so many loans, listed with titles; `ranged`: it knows BP and BQ; `moving`: a loan ends at every look."""

    def __init__(self, loans: int, *, ranged: bool = True, moving: bool = False) -> None:
        self.loans = [f"3{number:013}" for number in range(loans)]
        self.ranged = ranged
        self.moving = moving
        self.asked: list[tuple[str, str]] = []
        self.acs = HostileAcs(usual=self.answer)

    def answer(self, request: str) -> str:
        if request[:2] != "63":
            return polite(request)
        first, last = field(request, "BP"), field(request, "BQ")
        self.asked.append((first, last))
        if self.moving and first:
            self.loans.pop(0)
        part = self.loans[int(first or 1) - 1 : int(last or len(self.loans))] if self.ranged else self.loans
        listed = "".join(f"AU{barcode}|AJ{TITLE}|" for barcode in part)
        return f"64{'':14}000{DATE}00000000{len(self.loans):04}{'0000' * 3}AOEXV|AA{CUSTOMER}|AEDoe, Jo|BLY|{listed}"


@asynccontextmanager
async def lending(shelf: Shelf) -> AsyncIterator[Lines]:
    async with shelf.acs.serve() as acs, lines_on(acs, breaker=Breaker(threshold=2, cooldown_s=30)) as lines:
        yield lines


async def test_a_list_that_is_too_long_is_read_in_pieces_and_the_line_goes_on() -> None:
    async with lending(shelf := Shelf(450)) as lines:
        reply = await Pieces(lines).exchange(LOANS)
        assert list(reply.fields["AU"]) == shelf.loans
        assert reply.fixed["charged_items_count"] == "0450"
        assert (await lines.exchange(ITEM)).code == "18"
        assert lines.status().breaker is BreakerState.CLOSED


async def test_whose_list_was_too_long_once_is_asked_in_pieces_at_once() -> None:
    async with lending(shelf := Shelf(450)) as lines:
        pieces = Pieces(lines)
        await pieces.exchange(LOANS)
        connections, shelf.asked = shelf.acs.connections, []
        await pieces.exchange(LOANS)
        assert shelf.asked[:2] == [("1", str(PIECE)), (str(PIECE), str(2 * PIECE - 1))]
        assert shelf.acs.connections == connections


@pytest.mark.parametrize("loans", [0, 1, 99, 100, 101, 199, 200])
async def test_a_list_comes_whole_wherever_its_last_piece_ends(loans: int) -> None:
    async with lending(shelf := Shelf(loans)) as lines:
        pieces = Pieces(lines)
        pieces._long.add((CUSTOMER, LOANS.summary))
        assert list((await pieces.exchange(LOANS)).fields.get("AU", ())) == shelf.loans


async def test_a_short_list_costs_one_message() -> None:
    async with lending(shelf := Shelf(3)) as lines:
        await Pieces(lines).exchange(LOANS)
        assert shelf.asked == [("", "")]


@pytest.mark.parametrize("how", [{"ranged": False}, {"moving": True}], ids=["no pieces", "moving"])
async def test_what_can_not_be_had_in_pieces_is_the_problem_of_who_asked(how: dict[str, bool]) -> None:
    async with lending(Shelf(450, **how)) as lines:
        pieces = Pieces(lines)
        for _ in range(4):
            with pytest.raises(TooLong):
                await pieces.exchange(LOANS)
        assert (await lines.exchange(ITEM)).code == "18"


async def test_a_reply_that_is_too_long_is_not_asked_for_again() -> None:
    async with lending(shelf := Shelf(450)) as lines:
        with pytest.raises(Unknown) as caught:
            await lines.exchange(LOANS)
        assert (caught.value.outcome, len(shelf.asked)) == (Outcome.OVERSIZE, 1)
