"""The part that is wanted: volumes of sets, issues of serials."""

from gateway.catalogue.parts import NO_CAPTION, NO_PART_NAMED, has, of_part
from gateway.workflow.records import Copy
from gateway.workflow.values import Wanted


def copy(number: int, volume: str | None = None) -> Copy:
    return Copy(item_barcode=f"3000000000000{number}", branch="MAIN", volume=volume)


SET = (copy(1, "v.1"), copy(2, "v.2"), copy(3, "v.2"))
SERIAL = (copy(1, "v.11 (1997)"), copy(2, "v.12 no.1-4 (1998)"), copy(3, "v.12 no.5-8 (1998)"))


def test_a_work_in_one_part_is_given_whole():
    assert of_part((copy(1), copy(2)), Wanted(title="x")) == (copy(1), copy(2))


def test_the_volume_of_a_set():
    assert of_part(SET, Wanted(volumes=("Vol. II",))) == SET[1:]


def test_several_volumes_at_once():
    assert of_part(SET, Wanted(volumes=("1", "2"))) == SET


def test_a_volume_that_we_do_not_have_is_none_of_the_copies():
    assert of_part(SET, Wanted(volumes=("5",))) == ()


def test_a_set_of_which_no_volume_is_named_is_for_staff():
    assert [each.doubt for each in of_part(SET, Wanted(title="x"))] == [NO_PART_NAMED] * 3


def test_copies_that_do_not_say_which_part_they_are_are_for_staff():
    assert [each.doubt for each in of_part((copy(1),), Wanted(volumes=("2",)))] == [NO_CAPTION]


def test_the_issue_of_a_serial_by_volume_issue_and_year():
    assert of_part(SERIAL, Wanted(volumes=("12",), issue="no. 6", published="1998")) == SERIAL[2:]


def test_an_article_with_nothing_but_its_year():
    assert of_part(SERIAL, Wanted(published="1997")) == SERIAL[:1]


def test_the_date_of_a_set_is_the_works_own():
    assert of_part(SET, Wanted(volumes=("1",), published="1998")) == SET[:1]


def test_whether_a_part_is_there_for_sure():
    assert has(SERIAL, Wanted(volumes=("12",), published="1998"))
    assert not has(SERIAL, Wanted(volumes=("12",), published="1999"))
    assert not has(SERIAL, Wanted(title="x"))
