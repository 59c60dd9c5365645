"""How seats are divided: evenly, never one twice, and at rest once everybody has what is theirs."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.store.sharing import granted


@pytest.mark.parametrize(
    ("seats", "held", "shares"),
    [
        (4, {"a": 0}, [4]),
        (4, {"a": 2, "b": 2}, [2, 2]),
        (3, {"a": 1, "b": 2}, [1, 2]),
        (3, {"a": 2, "b": 1}, [2, 1]),
        (1, {"a": 0, "b": 1}, [0, 1]),
        (2, {"a": 1, "b": 1, "c": 0}, [1, 1, 0]),
        (4, {"a": 0, "b": 4}, [0, 2]),
        (5, {"a": 0, "b": 0}, [3, 2]),
    ],
)
def test_seats_are_divided_evenly_as_far_as_they_are_free(seats: int, held: dict[str, int], shares: list[int]) -> None:
    assert [granted(name, seats, held[name], without(held, name)) for name in held] == shares


def test_who_comes_gets_its_share_once_it_was_given_up() -> None:
    assert granted("old", 4, 4, {"new": 0}) == 2
    assert granted("new", 4, 0, {"old": 4}) == 0
    assert granted("new", 4, 0, {"old": 2}) == 2


class Table:
    """Gateways around a table, each with what it still holds and what it was last granted."""

    def __init__(self, seats: int) -> None:
        self.seats = seats
        self.held: dict[str, int] = {}
        self.share: dict[str, int] = {}

    def come(self, name: str) -> None:
        self.held.setdefault(name, 0)
        self.share.setdefault(name, 0)

    def go(self, name: str) -> None:
        self.held.pop(name, None)
        self.share.pop(name, None)

    def attend(self, name: str) -> None:
        if name in self.held:
            self.share[name] = granted(name, self.seats, self.held[name], without(self.held, name))
            self.held[name] = max(self.held[name], self.share[name])

    def close(self, name: str) -> None:
        """Close what goes beyond the share."""
        if name in self.held:
            self.held[name] = min(self.held[name], self.share[name])


TURNS = st.tuples(st.sampled_from([Table.come, Table.go, Table.attend, Table.close]), st.sampled_from("abcdef"))


@given(seats=st.integers(1, 12), turns=st.lists(TURNS))
def test_no_seat_is_ever_had_twice_and_all_are_used_in_the_end(
    seats: int, turns: list[tuple[Callable[[Table, str], None], str]]
) -> None:
    """Gateways come, go, attend and close what they have too much of, in any order; then all attend for a while."""
    table = Table(seats)
    for turn, name in turns:
        turn(table, name)
        assert sum(table.held.values()) <= seats
    table.come("the last")
    for _ in range(3 * len(table.held)):
        before = dict(table.held)
        for name in table.held:
            table.attend(name)
            table.close(name)
    assert table.held == before, "nothing moves any more"
    assert sum(table.held.values()) == seats
    assert max(table.held.values()) - min(table.held.values()) <= 1


def without(held: dict[str, int], name: str) -> dict[str, int]:
    return {other: count for other, count in held.items() if other != name}
