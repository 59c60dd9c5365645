"""JSON as records, with every fault at once."""

from typing import Any

import pytest

from gateway.partners.reading import RecordFault, read
from gateway.workflow.partners import Partner, Peer, Period

GOOD: dict[str, Any] = {"id": "east", "name": "Example East Library", "peer": "hub"}


def test_a_record_without_fault_is_read():
    raw = GOOD | {"address": None, "closures": [{"first": "2026-12-24"}], "lending": {"fee": {"amount": "4.50", "currency": "EUR"}}}  # fmt: skip
    record, faults = read(raw, Partner)
    assert faults == ()
    assert record is not None
    assert (record.closures[0].first.day, str(record.lending.fee and record.lending.fee.amount)) == (24, "4.50")


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"name": 1}, "name", "must be text"),
        ({"suspended": "yes"}, "suspended", "must be true or false"),
        ({"symbols": "ISIL:XX-E"}, "symbols", "must be a list"),
        ({"symbols": [1]}, "symbols.0", "must be text"),
        ({"auto_answer": "maybe"}, "auto_answer", "must be one of off, observe, unfilled, supply, both"),
        ({"closures": [{"first": "soon"}]}, "closures.0.first", "must be a date like 2026-12-24"),
        ({"closures": ["soon"]}, "closures.0", "must be a period like 2026-12-24/2026-12-26"),
        ({"address": "here"}, "address", "must have fields of its own"),
        (
            {"lending": {"fee": {"amount": "x", "currency": "EUR"}}},
            "lending.fee.amount",
            "must be an amount like 12.50",
        ),
        ({"lending": {"fee": {"amount": "1"}}}, "lending.fee.currency", "is missing"),
        ({"symbol": []}, "symbol", "there is no such field; did you mean symbols"),
    ],
)
def test_a_fault_is_told_with_its_field(change: dict[str, Any], field: str, words: str):
    assert read(GOOD | change, Partner) == (None, (RecordFault(field, words),))


def test_all_faults_are_told_at_once():
    _, faults = read({"name": None, "peer": 1, "closures": [{"last": 3}]}, Partner)
    assert [fault.field for fault in faults] == ["id", "name", "peer", "closures.0.first", "closures.0.last"]


@pytest.mark.parametrize("raw", [None, 1, [], "x"])
def test_what_is_no_object_is_a_fault_of_the_whole(raw: object):
    assert read(raw, Peer) == (None, (RecordFault("", "must have fields of its own"),))
    assert [str(fault) for fault in read(raw, Period)[1]] == ["must be a period like 2026-12-24/2026-12-26."]
