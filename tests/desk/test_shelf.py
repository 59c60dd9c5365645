"""The walk along the shelves: requests are read once, and again when their line has changed."""

from collections.abc import Collection, Mapping

import msgspec

from gateway.desk.shelf import Shelves
from gateway.store.register_port import RegisterLine
from gateway.workflow.records import Copy, Item, ItemPlace, Request, Role, State
from tests.store.values import NOW


class Register:
    """Knows requests, and counts what is read of it."""

    def __init__(self, *requests: Request) -> None:
        self.known = {request.id: request for request in requests}
        self.read: list[str] = []

    async def requests(self, ids: Collection[str]) -> Mapping[str, Request]:
        self.read += ids
        return {name: self.known[name] for name in ids if name in self.known}


def to_pull(name: str, *copies: Copy, places: tuple[ItemPlace, ...] = ()) -> Request:
    held = (*places, *(ItemPlace.HELD,) * (len(copies) - len(places)))
    return Request(
        id=name, role=Role.LENDING, state=State.WILL_SUPPLY, peer="hub", requesting_agency="x", supplying_agency="y",
        partner_request_id=name, created_at=NOW, updated_at=NOW, state_since=NOW,
        items=tuple(Item(copy=copy, place=place) for copy, place in zip(copies, held, strict=True)),
    )  # fmt: skip


def copy(barcode: str, call_number: str, branch: str = "Main") -> Copy:
    return Copy(item_barcode=barcode, branch=branch, call_number=call_number)


def line(name: str, number: int = 1) -> RegisterLine:
    return RegisterLine(number, name, True, "lending", "will supply", "", "Main", "Loan", 0, 0, 0, None, "", "", "")


async def test_items_come_as_one_walks_and_what_is_out_already_is_left_out() -> None:
    register = Register(
        to_pull("a", copy("1", "QA 20"), copy("2", "QA 3")),
        to_pull("b", copy("3", "QA 10"), copy("4", "QA 1"), places=(ItemPlace.HELD, ItemPlace.OUT)),
    )
    spots = await Shelves().walk([line("a"), line("b", 2)], register.requests)
    assert [(spot.request, spot.item_barcode) for spot in spots] == [("a", "2"), ("b", "3"), ("a", "1")]


async def test_a_request_is_read_once_until_its_line_has_changed() -> None:
    register, shelves = Register(to_pull("a", copy("1", "QA 20")), to_pull("b", copy("2", "QA 10"))), Shelves()
    lines = [line("a"), line("b", 2)]
    for _ in range(3):
        assert [spot.request for spot in await shelves.walk(lines, register.requests)] == ["b", "a"]
    assert register.read == ["a", "b"]
    register.known["a"] = to_pull("a", copy("1", "QA 1"))
    changed = [msgspec.structs.replace(lines[0], updated_at=1), lines[1]]
    assert [spot.request for spot in await shelves.walk(changed, register.requests)] == ["a", "b"]
    assert register.read == ["a", "b", "a"]


async def test_a_request_that_is_let_go_meanwhile_is_left_out() -> None:
    register = Register(to_pull("a", copy("1", "QA 20")))
    assert [spot.request for spot in await Shelves().walk([line("a"), line("gone", 2)], register.requests)] == ["a"]
