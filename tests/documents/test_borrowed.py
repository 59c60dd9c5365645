"""The papers of what we borrow: golden texts, which address and day count, and what must never be on them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest

from gateway.workflow.borrowing_records import Borrowing, LenderLine, LoanTerms
from gateway.workflow.partners import Partner
from gateway.workflow.records import Copy, Item, ItemPlace, Role, State
from gateway.workflow.values import Money, PostalAddress, Wanted
from tests.documents.examples import LATE_ON_THE_NINTH, LIBRARY, PARTNER, ZONE, loan
from tests.documents.printing import borrowed_band, borrowed_strap, return_label, return_slip

LINE = LenderLine(partner="sample-city", peer="sample", agency="ISIL:EX-SAMPLE")
BORROWED = Borrowing(
    pickup_branch="North",
    asked=(LINE, LINE),
    lender_request_id="SCL-77",
    lender_items=("31168098063892", "31168098063900"),
    return_to=PostalAddress(line1="Returns dock", line2="4 Sample Square", locality="Sample City", postal_code="00002"),
    return_name="Sample City Library, returns",
    terms=LoanTerms(
        cost=Money(amount=Decimal("5.00"), currency="EUR"), conditions=("LibraryUseOnly", "NoReproduction")
    ),
)
ITEM = Item(
    copy=Copy(item_barcode="30000000009013", branch="North Branch", title="Imaginary almanac"),
    place=ItemPlace.AT_DESK,
)
REQUEST = loan(
    id="B-27K3M-9QXT2",
    role=Role.BORROWING,
    state=State.ON_SHELF,
    partner_request_id="B-27K3M-9QXT2",
    wanted=Wanted(title="Imaginary almanac", author="Invented, Ina", volumes=("3",)),
    supplying_agency="ISIL:EX-SAMPLE",
    borrowing=BORROWED,
    items=(ITEM,),
)


def test_the_strap(golden):
    assert borrowed_strap(REQUEST, ITEM, LIBRARY, ZONE) == golden("borrowed_strap")


def test_the_packing_slip_back_to_the_lender(golden):
    assert return_slip(REQUEST, PARTNER, LIBRARY, ZONE) == golden("return_slip")


def test_the_label_back_to_the_lender(golden):
    assert return_label(REQUEST, PARTNER, LIBRARY) == golden("return_label")


def test_the_day_on_the_strap_is_our_own_once_there_is_one():
    item = msgspec.structs.replace(ITEM, due_at=LATE_ON_THE_NINTH - timedelta(days=5))
    assert "DUE 2026-10-04" in borrowed_strap(REQUEST, item, LIBRARY, ZONE)


@pytest.mark.parametrize("due_at", [None, datetime.min.replace(tzinfo=UTC)])
def test_a_loan_without_a_due_date_or_with_one_of_long_ago_has_its_strap(due_at):
    request = msgspec.structs.replace(REQUEST, due_at=due_at)
    assert ("DUE" in borrowed_strap(request, ITEM, LIBRARY, ZONE)) is (due_at is not None)


def test_the_check_digit_is_shown_where_the_barcode_has_one():
    odd = msgspec.structs.replace(ITEM, copy=msgspec.structs.replace(ITEM.copy, item_barcode="P-1"))
    assert "Check digit     3" in borrowed_strap(REQUEST, ITEM, LIBRARY, ZONE)
    assert "Check digit" not in borrowed_strap(REQUEST, odd, LIBRARY, ZONE)


def test_where_it_goes_back_to_the_lenders_word_its_record_or_its_symbol():
    silent = msgspec.structs.replace(REQUEST, borrowing=Borrowing(pickup_branch="North", asked=(LINE,)))
    elsewhere = Partner(**{**msgspec.structs.asdict(PARTNER), "return_address": PostalAddress(line1="The Stacks")})
    assert "2 Sample Square" in return_label(silent, PARTNER, LIBRARY)
    assert "The Stacks" in return_label(silent, elsewhere, LIBRARY)
    assert "4 Sample Square" in return_label(REQUEST, elsewhere, LIBRARY)
    assert "ISIL:EX-SAMPLE" in return_label(silent, None, LIBRARY)
    assert "B-27K3M-9QXT2" in return_label(silent, None, LIBRARY), "our number where the lender has said none"


def test_an_address_that_begins_with_the_name_says_it_once():
    said = PostalAddress(line1="SAMPLE City Library, Returns", line2="4 Sample Square")
    twice = msgspec.structs.replace(BORROWED, return_to=said)
    label = return_label(msgspec.structs.replace(REQUEST, borrowing=twice), PARTNER, LIBRARY)
    assert label.casefold().count("sample city library") == 1
    assert "4 Sample Square" in label


def test_what_was_written_about_the_customer_is_on_no_paper():
    for paper in (
        borrowed_band(REQUEST, ITEM, LIBRARY, ZONE),
        borrowed_strap(REQUEST, ITEM, LIBRARY, ZONE),
        return_slip(REQUEST, PARTNER, LIBRARY, ZONE),
        return_label(REQUEST, PARTNER, LIBRARY),
    ):
        assert not [datum for datum in ("Pat", "pat@", "2999") if datum in paper]


def test_the_customer_is_named_where_it_is_said_to_be():
    assert "For             Inventa Person" in borrowed_strap(REQUEST, ITEM, LIBRARY, ZONE, "Inventa Person")
