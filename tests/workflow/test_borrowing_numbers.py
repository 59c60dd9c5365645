"""Numbers of attempts: written, read back, and what is none of ours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.workflow.borrowing.numbers import attempt_number, read_number

OURS = "B-27K3M-9QXT2"


@given(st.integers(min_value=1, max_value=999))
def test_what_is_written_is_read_back(attempt: int):
    number = attempt_number(OURS, attempt)
    assert read_number(f" {number} ") == (OURS, attempt)
    assert len(number) <= 32


@pytest.mark.parametrize("number", [f"{OURS}.", f"{OURS}.x", f"{OURS}.1234", f"{OURS}.²", f"{OURS}.-1"])
def test_what_is_no_attempt_is_none(number: str):
    assert read_number(number) is None
