import re

from gateway.dispatch.ids import new_request_id


def test_a_number_can_be_typed_from_paper_and_fits_the_protocol():
    number = new_request_id()
    assert re.fullmatch(r"L-[2-9A-HJ-NP-Z]{5}-[2-9A-HJ-NP-Z]{5}", number)
    assert len(number) <= 32


def test_numbers_do_not_meet_twice():
    assert len({new_request_id() for _ in range(10_000)}) == 10_000
