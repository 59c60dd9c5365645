import pytest

from gateway.catalogue.likeness import Fit
from gateway.catalogue.same_work import is_same_work
from gateway.workflow.records import Copy
from gateway.workflow.values import Wanted

RESERVED = Copy(item_barcode="30000000001010", branch="EX", title="The Imaginary Almanac", author="Example, Ada")
WANTED = Wanted(title="Imaginary almanac, The", author="Ada Example")


def item(title: str | None, author: str | None = None, volume: str | None = None) -> Copy:
    return Copy(item_barcode="30000000009999", branch="", title=title, author=author, volume=volume)


@pytest.mark.parametrize(
    "title",
    [
        "The Imaginary Almanac",
        "the imaginary almanac",
        "The imaginary almanac / Ada Example",
        "The imaginary almanac : days that never were",
        "Imaginary Almanac",
        "The Imaginry Almanac",
    ],
)
def test_another_copy_is_known_however_its_title_is_written(title: str):
    assert is_same_work(item(title), (RESERVED,), Wanted()) is Fit.YES
    assert is_same_work(item(title), (), Wanted(title="The Imaginary Almanac")) is Fit.YES


@pytest.mark.parametrize(
    "title", ["A Field Guide to Paper Clips", "Imaginary Bridges", "The Almanac", "Almanac of Imaginary Birds", "1984"]
)
def test_another_book_is_another_book(title: str):
    assert is_same_work(item(title), (RESERVED,), WANTED) is Fit.NO


def test_a_number_in_a_title_has_no_slips():
    """Of the issues of a serial, or the volumes of a set, nothing else may differ."""
    for one, other in (
        ("year f000151", "year f000152"),
        ("2024", "2025"),
        ("vol. 1", "vol. 2"),
        ("Issue A1", "Issue A2"),
    ):
        known = Copy(item_barcode="1", branch="EX", title=f"The Imaginary Almanac of Everything, {one}")
        assert is_same_work(item(f"The Imaginary Almanac of Everything, {one}"), (known,), Wanted()) is Fit.YES
        assert is_same_work(item(f"The Imaginary Almanac of Everything, {other}"), (known,), Wanted()) is Fit.NO


def test_a_title_that_was_cut_short_is_the_same_and_a_series_is_not():
    long = Copy(item_barcode="1", branch="EX", title="The Imaginary Almanac of Everything That Never Was")
    assert is_same_work(item("The Imaginary Almanac of Everyth"), (long,), Wanted()) is Fit.YES
    assert is_same_work(item("The Imaginary Almanac"), (long,), Wanted()) is Fit.NO


def test_another_author_or_another_volume_is_another_work():
    assert is_same_work(item("The Imaginary Almanac", "Sample, Bo"), (RESERVED,), Wanted()) is Fit.NO
    first = Copy(item_barcode="1", branch="EX", title="Collected Letters", volume="v. 1")
    assert is_same_work(item("Collected Letters", volume="Vol. 1"), (first,), Wanted()) is Fit.YES
    assert is_same_work(item("Collected Letters", volume="Vol. 2"), (first,), Wanted()) is Fit.NO
    assert is_same_work(item("Collected Letters"), (first,), Wanted()) is Fit.YES


def test_where_no_title_is_known_nobody_can_say():
    assert is_same_work(item(None), (RESERVED,), WANTED) is Fit.UNCLEAR
    assert is_same_work(item("The Imaginary Almanac"), (), Wanted(record_id="ex1")) is Fit.UNCLEAR
