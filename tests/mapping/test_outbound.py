"""What is told as a message. That all which the lending table can tell is valid is shown where the table is walked (tests/workflow/test_table.py)."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from gateway.iso18626 import values
from gateway.iso18626.codec import encode
from gateway.iso18626.codes import ReasonForMessage, ReasonRetry, Status, Version, YesNo
from gateway.iso18626.messages import SupplyingAgencyMessage
from gateway.iso18626.schema import problems
from gateway.mapping.outbound import NEW_IN_2021, OLD_WORDS, message_for, note_of
from gateway.workflow.effects import Tell
from gateway.workflow.partners import OurLibrary
from gateway.workflow.records import Request, State
from gateway.workflow.values import Money, PostalAddress
from tests.workflow.builders import request

AT = datetime(2026, 10, 28, 9, 0, tzinfo=UTC)
LIBRARY = OurLibrary(name="Example Valley Library", address=PostalAddress(line1="1 Example Street", region="EX"))
COST = Money(amount=Decimal("12.50"), currency="EUR")
VERSIONS = [Version.V1_2, Version.V2021_2]


def tell(status: Status, reason: ReasonForMessage = ReasonForMessage.STATUS_CHANGE, **fields: Any) -> Tell:
    return Tell(reason=reason, status=status, last_change=AT, **fields)


def message(told: Tell, version: str = Version.V1_2, of: Request | None = None) -> SupplyingAgencyMessage:
    return message_for(told, of or request(State.LOANED), LIBRARY, version=version, at=AT)


def test_both_ids_and_both_agencies_are_sent():
    header = message(tell(Status.WILL_SUPPLY)).header
    assert (header.requesting_agency_request_id, header.supplying_agency_request_id) == ("SCL-77", "L2026-000001")
    assert header.requesting_agency_id.value == "EX-SAMPLE"
    assert header.supplying_agency_id is not None
    assert header.supplying_agency_id.value == "EX-VALLEY"
    assert header.timestamp == AT


def test_loaned_has_the_item_its_dates_and_where_it_goes_back_to():
    built = message(tell(Status.LOANED, due_at=AT, sent_at=AT, item_barcodes=("30000000000001",), cost=COST))
    assert built.status_info.due_date == AT
    assert built.delivery_info is not None
    assert (built.delivery_info.item_ids, built.delivery_info.date_sent) == (("30000000000001",), AT)
    assert built.delivery_info.delivery_costs[0].monetary_value == COST.amount
    assert built.return_info is not None
    assert built.return_info.name == "Example Valley Library"


def test_an_answer_that_sends_nothing_has_no_delivery():
    built = message(tell(Status.LOANED, ReasonForMessage.RENEW_RESPONSE, answer=YesNo.Y, due_at=AT))
    assert built.message_info.answer_yes_no is YesNo.Y
    assert built.delivery_info is None
    assert built.return_info is None


def test_a_link_is_the_item_in_1_2_and_an_element_of_its_own_in_2021():
    sent = tell(Status.COPY_COMPLETED, sent_at=AT, link="https://copies.example/1")
    old, new = (message(sent, version).delivery_info for version in VERSIONS)
    assert old is not None
    assert new is not None
    assert (old.item_ids, old.url, old.delivery_method.value if old.delivery_method else None) == (
        (sent.link,),
        None,
        "URL",
    )
    assert (new.item_ids, new.url) == ((), sent.link)


def test_terms_that_no_block_holds_are_in_the_note():
    offer = tell(Status.RETRY_POSSIBLE, condition="LibraryUseOnly", cost=COST, note="Only so.")
    assert note_of(offer) == "Only so."
    promise = tell(Status.WILL_SUPPLY, condition="LibraryUseOnly", cost=COST, note="Soon.")
    assert note_of(promise) == "Condition: LibraryUseOnly, Cost: 12.50 EUR, Soon."
    assert note_of(tell(Status.LOANED, sent_at=AT, condition="LibraryUseOnly")) is None


def test_a_peer_of_1_2_hears_of_a_condition_by_the_word_that_it_knows():
    told = tell(Status.RETRY_POSSIBLE, reason_retry=ReasonRetry.MUST_MEET_LOAN_CONDITION)
    old, new = (message(told, version).message_info.reason_retry for version in VERSIONS)
    assert old == values.Code("LoanCondition")
    assert new == values.Code.of(ReasonRetry.MUST_MEET_LOAN_CONDITION, Version.V2021_2)


@pytest.mark.parametrize("code", sorted(NEW_IN_2021 - set(OLD_WORDS)))
def test_a_code_that_a_list_does_not_have_goes_without_the_lists_scheme(code):
    told = tell(Status.RETRY_POSSIBLE, reason_retry=code)
    old, new = (message(told, version).message_info.reason_retry for version in VERSIONS)
    assert old is not None
    assert new is not None
    assert (old.value, old.scheme) == (code, None)
    assert (new.value, new.scheme) == (code, ReasonRetry.scheme(Version.V2021_2))


def test_a_code_is_written_as_its_list_has_it_and_words_of_ones_own_stay():
    told = message(tell(Status.RETRY_POSSIBLE, reason_retry="onLOAN"))
    assert told.message_info.reason_retry is not None
    assert told.message_info.reason_retry.value == "OnLoan"
    own = message(tell(Status.LOANED, sent_at=AT, condition="No photographs"))
    assert own.delivery_info is not None
    assert [each.value for each in own.delivery_info.loan_conditions] == ["No photographs"]


def test_an_empty_address_of_ours_is_still_valid():
    bare = msgspec.structs.replace(LIBRARY, address=PostalAddress())
    sent = tell(Status.LOANED, sent_at=AT, due_at=AT)
    for version in VERSIONS:
        built = message_for(sent, request(State.LOANED), bare, version=version, at=AT)
        assert problems(encode(built, version), version) == []
