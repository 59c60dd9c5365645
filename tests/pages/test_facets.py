"""What a filter shows of its values: those that are there, the first at once, and the chosen ones always."""

import pytest

from gateway.desk.structs.search import FacetShown, FacetValue
from gateway.pages.facets import UNFOLDED, parted


def of(count: int, *, chosen: frozenset[int] = frozenset(), gone: frozenset[int] = frozenset()) -> FacetShown:
    """So many values, each called by its number; some are chosen, of some there is none."""
    values = (
        FacetValue(value=str(n), words=f"value {n}", count=0 if n in gone else 1, is_chosen=n in chosen)
        for n in range(count)
    )
    return FacetShown(field="partner", words="Partner", values=tuple(values))


def numbers(values: tuple[FacetValue, ...]) -> list[int]:
    return [int(value.value) for value in values]


@pytest.mark.parametrize(
    ("count", "at_once", "folded"),
    [
        (0, 0, 0),
        (7, 7, 0),
        (8, 8, 0),
        (9, 8, 1),
        (UNFOLDED, 8, 7),
        (UNFOLDED + 1, 8, 7),
        (300, 8, 7),
    ],
)
def test_the_first_are_there_at_once_and_some_more_folded(count: int, at_once: int, folded: int):
    parts = parted(of(count), 8)
    assert numbers(parts.at_once) == list(range(at_once))
    assert numbers(parts.folded) == list(range(at_once, at_once + folded))
    assert parts.more == count - 8
    assert parts.has_others is (count > UNFOLDED)
    assert not parts.is_open


def test_a_chosen_one_is_there_however_many_come_before_it_and_opens_what_is_folded():
    parts = parted(of(300, chosen=frozenset({2, 10, 299})), 8)
    assert numbers(parts.folded) == [*range(8, UNFOLDED), 299]
    assert parts.is_open
    assert not parted(of(300, chosen=frozenset({2})), 8).is_open


def test_of_what_there_is_none_only_the_chosen_stand_there_behind_the_others():
    parts = parted(of(5, chosen=frozenset({0, 3}), gone=frozenset({0, 1})), 8)
    assert numbers(parts.at_once) == [2, 3, 4, 0]
