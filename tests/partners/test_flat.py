"""A record as columns and back is the same record."""

from datetime import date

import pytest
from hypothesis import given

from gateway.partners import flat
from gateway.partners.reading import read
from gateway.workflow.partners import Partner, Peer, Period, Terms
from gateway.workflow.values import Money
from tests.fakes.examples import examples
from tests.partners.records import AMOUNT, partners, peers


@examples(60)
@given(partners)
def test_a_partner_survives_its_columns(partner: Partner):
    assert read(flat.raw(flat.cells(partner), Partner), Partner) == (partner, ())


@examples(60)
@given(peers)
def test_a_peer_survives_its_columns(peer: Peer):
    assert read(flat.raw(flat.cells(peer), Peer), Peer) == (peer, ())


def test_columns_are_what_a_person_would_type():
    partner = Partner(
        id="east",
        name="Example East Library",
        peer="hub",
        symbols=("ISIL:XX-E", "OCLC:EXE"),
        lending=Terms(fee=Money(amount=AMOUNT, currency="EUR")),
        closures=(
            Period(first=date(2026, 12, 24), last=date(2026, 12, 26)),
            Period(first=date(2027, 3, 1), last=date(2027, 3, 1), why="Moving"),
            Period(first=date(2027, 8, 1)),
        ),
    )
    assert flat.cells(partner) == {
        "id": "east",
        "name": "Example East Library",
        "peer": "hub",
        "symbols": "ISIL:XX-E; OCLC:EXE",
        "lending.fee.amount": "4.50",
        "lending.fee.currency": "EUR",
        "closures": "2026-12-24/2026-12-26; 2027-03-01 Moving; 2027-08-01/",
    }


def test_what_the_simple_form_would_change_is_json():
    partner = Partner(id="east", name="Example", peer="hub", groups=("one; two", "three"))
    assert flat.cells(partner)["groups"] == '["one; two", "three"]'


@pytest.mark.parametrize("written", ["[1, 2", "[", "some day", "2026-99-01"])
def test_a_cell_that_can_not_be_understood_is_a_fault_of_its_field(written: str):
    cells = {"id": "east", "name": "Example", "peer": "hub", "closures": written}
    record, faults = read(flat.raw(cells, Partner), Partner)
    assert record is None
    assert [fault.field.startswith("closures.0") for fault in faults] == [True] * len(faults)
