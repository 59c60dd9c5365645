"""Single values: what is read, what is put right, what is refused; and that writing and reading agree."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.iso18626.repairs import RepairKind as Kind
from gateway.iso18626.texts import (
    currency,
    is_uri,
    kept_if_short,
    read_boolean,
    read_decimal,
    read_integer,
    read_time,
    write_decimal,
    write_integer,
    write_time,
)

FIRST, LAST = (datetime.fromisoformat(day) for day in ("0001-01-03", "9999-12-29"))
TIMES = [
    ("2024-05-06T07:08:09Z", datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC), ()),
    ("2024-05-06T07:08:09.0Z", datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC), ()),
    ("2024-05-06T07:08:09.5+02:00", datetime(2024, 5, 6, 5, 8, 9, 500000, tzinfo=UTC), ()),
    ("2024-05-06T24:00:00Z", datetime(2024, 5, 7, tzinfo=UTC), ()),
    ("2024-05-06T07:08:09.123456789Z", datetime(2024, 5, 6, 7, 8, 9, 123456, tzinfo=UTC), (Kind.TIME_PRECISION,)),
    ("2024-05-06T07:08:09.1234560Z", datetime(2024, 5, 6, 7, 8, 9, 123456, tzinfo=UTC), ()),
    ("2024-05-06T07:08:09", datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC), (Kind.TIME_WITHOUT_ZONE,)),
    ("2024-05-06T07:08:09+0200", datetime(2024, 5, 6, 5, 8, 9, tzinfo=UTC), (Kind.TIME_FORM,)),
    ("2024-05-06T07:08:09-05", datetime(2024, 5, 6, 12, 8, 9, tzinfo=UTC), (Kind.TIME_FORM,)),
    ("2024-05-06 07:08:09Z", datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC), (Kind.TIME_FORM,)),
    ("2024-05-06T07:08:09.Z", datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC), (Kind.TIME_FORM,)),
    ("2024-05-06t07:08z", datetime(2024, 5, 6, 7, 8, tzinfo=UTC), (Kind.TIME_FORM,)),
    ("2024-05-06", datetime(2024, 5, 6, tzinfo=UTC), (Kind.TIME_FORM, Kind.TIME_WITHOUT_ZONE)),
    ("0001-01-01T00:00:00", None, (Kind.TIME_WITHOUT_ZONE, Kind.TIME_OUT_OF_RANGE)),
    ("0001-01-01T00:00:00+05:00", None, (Kind.TIME_OUT_OF_RANGE,)),
    ("9999-12-31T23:59:59-05:00", None, (Kind.TIME_OUT_OF_RANGE,)),
    ("-0044-03-15T12:00:00Z", None, (Kind.TIME_OUT_OF_RANGE,)),
    ("123456-01-01T00:00:00Z", None, (Kind.TIME_OUT_OF_RANGE,)),
]


@pytest.mark.parametrize(("text", "moment", "repairs"), TIMES)
def test_times_are_read(text, moment, repairs):
    assert read_time(text) == (moment, repairs)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2024",
        "2024-13-01T00:00:00Z",
        "2024-02-30T00:00:00Z",
        "2024-01-01T25:00:00Z",
        "٢٠٢٤-01-01T00:00:00Z",
        "2024-05-06T07:08:09+99:00",
        "20240506T070809",
        "1" * 100_000,
    ],
)
def test_what_is_no_time_is_refused(text):
    with pytest.raises(ValueError, match="not a time"):
        read_time(text)


@given(st.datetimes(FIRST, LAST, timezones=st.sampled_from([UTC, timezone(timedelta(hours=-11))])))
def test_what_is_written_is_read(moment):
    assert read_time(write_time(moment)) == (moment, ())
    assert write_time(moment).endswith("Z")


def test_times_are_written_with_their_fraction_in_six_digits_or_without_one():
    moment = datetime.fromisoformat("2024-05-06T07:08:09.000100+02:00")
    assert write_time(moment) == "2024-05-06T05:08:09.000100Z"
    assert write_time(moment.replace(microsecond=0)) == "2024-05-06T05:08:09Z"


@pytest.mark.parametrize("moment", [FIRST, datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)])
def test_times_without_a_zone_or_at_the_ends_are_not_written(moment):
    with pytest.raises(ValueError, match="a time"):
        write_time(moment)


@given(st.decimals(-(10**12), 10**12, places=5))
def test_decimals_are_written_in_full(number):
    text = write_decimal(number)
    assert "E" not in text
    assert read_decimal(text) == (number, ())


@pytest.mark.parametrize(
    "text", ["9" * 17, "9" * 16 + ".9", "0." + "9" * 16, "-" + "9" * 17, "9" * 17 + ".9", "0." + "9" * 17]
)
def test_decimals_of_up_to_eighteen_digits_are_read_exactly(text):
    assert read_decimal(text) == (Decimal(text), ())


def test_the_last_decimals_that_schemas_have_no_room_for_are_rounded_off():
    assert read_decimal("0." + "9" * 18) == (Decimal(1), (Kind.VALUE_FORM,))
    assert read_decimal("9" * 17 + ".99") == (Decimal(10) ** 17, (Kind.VALUE_FORM,))
    with pytest.raises(ValueError, match="too large"):
        read_decimal("9" * 18)


@pytest.mark.parametrize("text", ["", "x", "1.2.3", "1e5", "NaN", "Infinity", "1_000", "٣", "9" * 41])
def test_what_is_no_decimal_is_refused(text):
    with pytest.raises(ValueError, match="decimal"):
        read_decimal(text)


@pytest.mark.parametrize(
    "number",
    [Decimal("NaN"), Decimal("-Infinity"), Decimal("1E+1000000"), Decimal("1E-1000000"), Decimal("1." + "1" * 20)],
)
def test_decimals_that_no_schema_need_hold_are_not_written(number):
    with pytest.raises(ValueError, match="decimal"):
        write_decimal(number)


def test_a_comma_is_a_point_put_right():
    assert read_decimal(" 3,50 ") == (Decimal("3.50"), (Kind.VALUE_FORM,))


def test_whole_numbers():
    assert read_integer(" +07 ") == 7
    assert write_integer(-3) == "-3"
    for wrong in ("", "1.0", "1_0", "9" * 5000):
        with pytest.raises(ValueError, match="whole"):
            read_integer(wrong)
    with pytest.raises(ValueError, match="range"):
        write_integer(-1, least=0)
    with pytest.raises(ValueError, match="range"):
        write_integer(10**18)


def test_truth_values():
    assert [read_boolean(text) for text in ("true", "0")] == [(True, ()), (False, ())]
    assert read_boolean("False") == (False, (Kind.VALUE_FORM,))
    with pytest.raises(ValueError, match="neither"):
        read_boolean("maybe")


def test_currencies_are_written_in_capitals_if_they_look_like_one():
    assert [currency(text) for text in ("usd", " EUR ", "points", "", "€€€")] == ["USD", "EUR", "points", "", "€€€"]


def test_uris_are_what_schemas_take_for_one():
    assert is_uri("http://illtransactions.org/ISO18626/OpenCodeList/X-V1.0")
    assert not any(is_uri(text) for text in ("http://[", " urn:x", "urn: \n x", "urn:\x00"))


def test_answers_for_short_texts_are_kept_and_for_long_ones_not():
    """Strangers choose the texts, up to a megabyte each."""
    asked: list[int] = []

    @kept_if_short
    def count(text: str) -> int:
        asked.append(len(text))
        return len(text)

    for length in (3, 1_000_000) * 2:
        assert count("x" * length) == length
    assert asked == [3, 1_000_000, 1_000_000]
