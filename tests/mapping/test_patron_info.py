"""What a lender is told of a customer: nothing, unless its record says what."""

import pytest

from gateway.iso18626.messages import PatronInfo
from gateway.mapping.privacy import CustomerData
from gateway.mapping.requested import patron_info
from gateway.workflow.partners import CustomerDatum

D = CustomerDatum
KNOWN = CustomerData(barcodes=("20000000000048",), names=("Reader, Rita",), emails=("rita@example.org",), phones=("1",))


def test_by_default_nothing():
    assert patron_info((), KNOWN) is None


def told(info: PatronInfo | None) -> tuple[object, ...]:
    """Barcode, names, e-mail addresses."""
    assert info is not None
    mails = tuple(getattr(each, "electronic_address_data", None) for each in info.addresses)
    return (info.patron_id, info.surname, info.given_name, mails)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ((D.BARCODE,), ("20000000000048", None, None, ())),
        ((D.NAME,), (None, "Reader", "Rita", ())),
        ((D.EMAIL,), (None, None, None, ("rita@example.org",))),
        (tuple(D), ("20000000000048", "Reader", "Rita", ("rita@example.org",))),
    ],
)
def test_what_is_named_and_no_more(data: tuple[CustomerDatum, ...], expected: tuple[object, ...]):
    assert told(patron_info(data, KNOWN)) == expected


@pytest.mark.parametrize(
    ("name", "surname", "given"),
    [("Rita Reader", "Reader", "Rita"), ("Rita", "Rita", None), ("Reader,", "Reader", None)],
)
def test_names_as_people_write_them(name: str, surname: str, given: str | None):
    assert told(patron_info((D.NAME,), CustomerData(names=(name,))))[1:3] == (surname, given)


def test_what_is_not_known_can_not_be_told():
    assert patron_info(tuple(D), CustomerData()) is None
