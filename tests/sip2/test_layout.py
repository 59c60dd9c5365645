"""pysip2's specs drive the reader: this notices when they move, and shows where a fixed part ends."""

import hashlib

import pytest

from gateway.sip2.layout import MESSAGE_SPECS, split_fixed

SPECS_DIGEST = "746df6fa31fbf26b647c17a730a6eeafa0c8a379395fdde8c1bd5dc7542af663"
DATE = "20260828    120000"


def test_pysip2s_specs_are_the_ones_this_reader_was_checked_against() -> None:
    lines = [
        f"{spec.command_id} {spec.struct_type.__name__} {field.name} {field.field_id} {field.width} "
        f"{field.required} {field.repeatable}"
        for spec in MESSAGE_SPECS.values()
        for field in spec.fields
    ]
    digest = hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()
    assert (len(MESSAGE_SPECS), digest) == (31, SPECS_DIGEST), "read the changes, then check layout.py and the vectors"


@pytest.mark.parametrize(
    ("code", "text", "expected", "rest", "aligned"),
    [
        ("12", f"1NUN{DATE}AOx|", {"ok": "1", "desensitize": "N", "transaction_date": DATE}, "AOx|", True),
        ("12", f"1NU{DATE}AOx|", {"ok": "1", "renewal_ok": "N", "desensitize": ""}, "AOx|", False),
        ("12", f"1{DATE}AOx|", {"ok": "1", "transaction_date": DATE}, "AOx|", False),
        ("12", "1NUN" + " " * 18 + "AOx|", {"ok": "1", "transaction_date": " " * 18}, "AOx|", True),
        ("12", "1NUNAOx|", {"ok": "1", "desensitize": "N"}, "AOx|", False),
        ("12", "", {"ok": "", "transaction_date": ""}, "", False),
        ("18", f"30001{DATE}ABX1|", {"circulation_status": "03", "security_marker": "00", "fee_type": "01"}, "ABX1|", False),
        ("18", f"030001{DATE}ABX1|", {"circulation_status": "03", "security_marker": "00"}, "ABX1|", True),
        ("18", "30001202608280000120000ABX1|", {"circulation_status": "03", "fee_type": "01"}, "ABX1|", False),
        ("18", f"030001{DATE}|ABX1|", {"circulation_status": "03"}, "|ABX1|", True),
        ("18", f"030001{DATE}ZZX1|ABX1|", {"fee_type": "01"}, "ZZX1|ABX1|", True),
        ("24", f"{'':14}{DATE}AOx|", {"patron_status": " " * 14, "language": ""}, "AOx|", False),
        ("24", f"{'':14}   {DATE}AOx|", {"patron_status": " " * 14, "language": "   "}, "AOx|", True),
        ("64", f"{'':14}001{DATE}{'':24}AOx|", {"hold_items_count": "    ", "language": "001"}, "AOx|", True),
        ("64", f"{'':14}001{DATE}0001    AOx|", {"hold_items_count": "0001", "unavailable_holds_count": ""}, "AOx|", False),
        ("98", f"YYYYNN0x0003{DATE}2.00AOx|", {"timeout_period": "0x0", "protocol_version": "2.00"}, "AOx|", True),
        ("98", f"YYYYNN300003{DATE}2.0EAOx|", {"protocol_version": "2.0E"}, "AOx|", True),
        ("98", "YYYY|AOx|", {"online_status": "Y", "timeout_period": ""}, "|AOx|", False),
        ("94", "1", {"ok": "1"}, "", True),
        ("94", "1AFwelcome|", {"ok": "1"}, "AFwelcome|", True),
        ("96", "", {}, "", True),
    ],
)  # fmt: skip
def test_the_fixed_part_is_found_and_divided(code, text, expected, rest, aligned) -> None:
    fixed, remaining, as_specified = split_fixed(text, MESSAGE_SPECS[code])
    assert {name: fixed[name] for name in expected} == expected
    assert (remaining, as_specified) == (rest, aligned)


@pytest.mark.parametrize("code", sorted(MESSAGE_SPECS))
def test_every_fixed_field_has_a_value_even_in_an_empty_message(code: str) -> None:
    fixed, _rest, _aligned = split_fixed("", MESSAGE_SPECS[code])
    assert list(fixed) == [field.name for field in MESSAGE_SPECS[code].fields if field.field_id is None]
    assert set(fixed.values()) <= {""}


def test_a_message_without_a_spec_is_all_rest() -> None:
    assert split_fixed("anything|AOx|", None) == ({}, "anything|AOx|", True)
