"""What a lender's message comes to: every status with every reason and answer, and what it states."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.iso18626 import messages as iso
from gateway.iso18626.codec import decode, encode
from gateway.iso18626.codes import MessageKind, ReasonForMessage, Status, Version, YesNo, known
from gateway.iso18626.dialects import DIALECTS, incoming
from gateway.iso18626.values import AgencyId, Code, Costs, PhysicalAddress
from gateway.mapping.supplied import lender_said
from gateway.workflow.borrowing_events import LenderSaid, LenderSays
from gateway.workflow.borrowing_records import LoanTerms
from gateway.workflow.triggers import Trigger
from gateway.workflow.values import Money, PostalAddress
from tests.fakes.examples import examples
from tests.iso18626.strategies import messages

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
DUE = AT + timedelta(days=42)
LATER = DUE + timedelta(days=28)
ANSWERS = (None, YesNo.Y, YesNo.N)
R, S, L = ReasonForMessage, Status, LenderSays
SEVEN = Costs(Code("eur"), Decimal("7.00"))
NINE = Costs(Code("USD"), Decimal(9))
BY_STATUS = {
    S.REQUEST_RECEIVED: L.RECEIVED,
    S.EXPECT_TO_SUPPLY: L.EXPECT,
    S.WILL_SUPPLY: L.WILL_SUPPLY,
    S.LOANED: L.LOANED,
    S.OVERDUE: L.OVERDUE,
    S.RECALLED: L.RECALLED,
    S.RETRY_POSSIBLE: L.RETRY,
    S.UNFILLED: L.UNFILLED,
    S.HOLD_RETURN: L.HOLD_RETURN,
    S.RELEASE_HOLD_RETURN: L.RELEASE_RETURN,
    S.COPY_COMPLETED: L.COPY_SENT,
    S.LOAN_COMPLETED: L.COMPLETED,
    S.COMPLETED_WITHOUT_RETURN: L.WITHOUT_RETURN,
    S.CANCELLED: L.CANCELLED,
}


def message(
    reason: ReasonForMessage = R.STATUS_CHANGE,
    status: Status | None = None,
    *,
    info: dict[str, Any] | None = None,
    due_date: datetime | None = None,
    **blocks: Any,
) -> iso.SupplyingAgencyMessage:
    return iso.SupplyingAgencyMessage(
        header=iso.Header(
            supplying_agency_id=AgencyId.of("ISIL:XX-SAMPLE"),
            requesting_agency_id=AgencyId.of("ISIL:XX-EXAMPLE"),
            timestamp=AT,
            requesting_agency_request_id="B-27K3M-9QXT2",
            supplying_agency_request_id="S-1",
        ),
        message_info=iso.MessageInfo(reason_for_message=reason, **(info or {})),
        status_info=iso.StatusInfo(status=status, due_date=due_date, last_change=AT),
        **blocks,
    )


def heard(said: iso.Message, dialect: str = "plain", *, due_before: datetime | None = DUE) -> LenderSaid:
    return lender_said(incoming(DIALECTS[dialect], said), at=AT, by="sample-system", attempt=2, due_before=due_before)


def test_every_status_is_one_that_the_test_knows():
    assert set(BY_STATUS) == set(Status)


@pytest.mark.parametrize("reason", [R.REQUEST_RESPONSE, R.STATUS_REQUEST_RESPONSE, R.STATUS_CHANGE])
def test_the_status_decides_whatever_the_reason_and_the_answer_say(reason: ReasonForMessage):
    for status, answer in product(Status, ANSWERS):
        said = heard(message(reason, status, info={"answer_yes_no": answer}))
        assert (said.says, said.stands) == (BY_STATUS[status], None)


@pytest.mark.parametrize("reason", [each for each in R if each not in {R.CANCEL_RESPONSE, R.RENEW_RESPONSE}])
def test_without_a_status_there_are_words_alone(reason: ReasonForMessage):
    assert heard(message(reason)).says is L.WORDS


@pytest.mark.parametrize("status", [None, *Status])
def test_a_notification_moves_nothing_whatever_its_status(status: Status | None):
    for dialect, answer in product(DIALECTS, ANSWERS):
        said = heard(message(R.NOTIFICATION, status, info={"answer_yes_no": answer, "note": "Words."}), dialect)
        assert (said.says, said.note) == (L.WORDS, "Words.")


def test_a_condition_in_a_notification_is_read_by_the_dialects_that_have_a_word_for_it():
    note = "#ReShareAddLoanCondition# Please read it in the building."
    offer = message(R.NOTIFICATION, S.WILL_SUPPLY, info={"note": note}, delivery_info=_delivery())
    said = heard(offer, "reshare")
    assert (said.says, said.terms and said.terms.conditions) == (L.CONDITION, ("LibraryUseOnly",))
    assert "#" not in (said.note or "")
    assert heard(offer, "plain").says is L.WORDS


@pytest.mark.parametrize("reason", [R.REQUEST_RESPONSE, R.STATUS_REQUEST_RESPONSE, R.STATUS_CHANGE])
def test_a_condition_beside_no_more_than_a_promise_is_one_whatever_the_reason(reason: ReasonForMessage):
    no_more_than_a_promise = {None, S.REQUEST_RECEIVED, S.EXPECT_TO_SUPPLY, S.WILL_SUPPLY}
    info = {"note": "#ReShareAddLoanCondition# Please read it in the building."}
    for status in (None, *Status):
        said = heard(message(reason, status, info=info, delivery_info=_delivery()), "broker")
        expected = L.CONDITION if status in no_more_than_a_promise else BY_STATUS[status]
        assert (said.says, said.terms and said.terms.conditions) == (expected, ("LibraryUseOnly",))


@pytest.mark.parametrize("status", [None, *Status])
def test_the_answer_to_a_cancel_decides_and_where_it_is_missing_the_status(status: Status | None):
    def answered(answer: YesNo | None) -> LenderSaid:
        return heard(message(R.CANCEL_RESPONSE, status, info={"answer_yes_no": answer}))

    assert answered(YesNo.Y).says is L.CANCELLED
    refused = answered(YesNo.N)
    assert (refused.says, refused.stands) == (L.NOT_CANCELLED, BY_STATUS[status] if status else None)
    assert answered(None).says is (L.CANCELLED if status is S.CANCELLED else L.NOT_CANCELLED)


@pytest.mark.parametrize("status", [None, *Status])
@pytest.mark.parametrize("due_date", [None, DUE, LATER])
def test_the_answer_to_a_renewal_decides_and_where_it_is_missing_a_later_date(
    status: Status | None, due_date: datetime | None
):
    def answered(answer: YesNo | None, due_before: datetime | None = DUE) -> LenderSaid:
        said = message(R.RENEW_RESPONSE, status, info={"answer_yes_no": answer}, due_date=due_date)
        return heard(said, due_before=due_before)

    assert answered(YesNo.Y).says is L.RENEWED
    refused = answered(YesNo.N)
    assert (refused.says, refused.stands) == (L.NOT_RENEWED, BY_STATUS[status] if status else None)
    later = status is S.LOANED and due_date == LATER
    assert answered(None).says is (L.RENEWED if later else L.NOT_RENEWED)
    from_nothing = status is S.LOANED and due_date is not None
    assert answered(None, None).says is (L.RENEWED if from_nothing else L.NOT_RENEWED)


def test_an_event_of_each_kind_has_a_trigger_of_its_own():
    assert len({Trigger[f"SAYS_{says.name}"] for says in LenderSays}) == len(LenderSays)


# ── what it states ──


def _delivery(**changes: Any) -> iso.DeliveryInfo:
    given: dict[str, Any] = {"date_sent": AT, "loan_conditions": (Code("LibraryUseOnly"),)}
    return iso.DeliveryInfo(**(given | changes))


def test_loaned_says_when_it_is_due_which_item_it_is_and_where_it_comes_back_to():
    address = PhysicalAddress(line1="1 Sample Street", locality="Sampleton", region=Code("SA"), country=Code("XX"))
    said = heard(
        message(
            status=S.LOANED,
            due_date=DUE,
            info={"note": "Careful."},
            delivery_info=iso.DeliveryInfo(date_sent=AT, item_ids=("9001", "9002")),
            return_info=iso.ReturnInfo(name="Sample City Library", physical_address=address),
        )
    )
    assert said == LenderSaid(
        at=AT,
        by="sample-system",
        says=L.LOANED,
        attempt=2,
        lender_request_id="S-1",
        note="Careful.",
        due_at=DUE,
        lender_items=("9001", "9002"),
        return_name="Sample City Library",
        return_to=PostalAddress(line1="1 Sample Street", locality="Sampleton", region="SA", country="XX"),
    )


@pytest.mark.parametrize("field", ["reason_unfilled", "reason_retry"])
def test_the_reason_of_a_no_is_kept_as_it_came(field: str):
    assert heard(message(status=S.UNFILLED, info={field: Code("InLibraryUse")})).reason == "InLibraryUse"


@pytest.mark.parametrize(
    ("blocks", "note", "terms"),
    [
        ({}, None, None),
        ({"retry_info": iso.RetryInfo(retry_after=AT)}, "Later.", None),
        ({"retry_info": iso.RetryInfo(offered_costs=(SEVEN, NINE))}, None, LoanTerms(cost=Money(amount=Decimal("7.00"), currency="EUR"))),
        (
            {"delivery_info": _delivery(delivery_costs=(NINE,))},
            "Ours.",
            LoanTerms(cost=Money(amount=Decimal(9), currency="USD"), conditions=("LibraryUseOnly",), note="Ours."),
        ),
        (
            {
                "retry_info": iso.RetryInfo(loan_conditions=(Code("NoReproduction"),), offered_costs=(SEVEN,)),
                "delivery_info": _delivery(delivery_costs=(NINE,)),
            },
            None,
            LoanTerms(cost=Money(amount=Decimal("7.00"), currency="EUR"), conditions=("NoReproduction", "LibraryUseOnly")),
        ),
    ],
)  # fmt: skip
def test_terms_are_read_from_whichever_block_has_them(
    blocks: dict[str, Any], note: str | None, terms: LoanTerms | None
):
    assert heard(message(status=S.RETRY_POSSIBLE, info={"note": note}, **blocks)).terms == terms


def test_a_lender_that_cannot_now_says_when_and_what_to_ask_for_instead():
    """retryAfter, the record in itemId, LoanPossible: with RetryPossible alone."""
    info = {"reason_retry": Code("loanpossible")}
    retry: dict[str, Any] = {
        "retry_info": iso.RetryInfo(retry_after=LATER),
        "delivery_info": _delivery(item_ids=("R-2",), loan_conditions=()),
    }
    event = heard(message(R.REQUEST_RESPONSE, S.RETRY_POSSIBLE, info=info, **retry))
    assert event.retry_after == LATER
    assert event.terms == LoanTerms(record_id="R-2", as_loan=True)
    assert heard(message(R.STATUS_CHANGE, S.LOANED, delivery_info=_delivery(loan_conditions=()))).terms is None


@pytest.mark.parametrize(
    ("dialect", "note", "supplier"),
    [
        ("broker", "Supplier: XX-BEHIND", "ISIL:XX-BEHIND"),
        ("broker", "Supplier: OCLC:BHD, Vendor: ReShare, soon", "OCLC:BHD"),
        ("broker-transparent", None, "ISIL:XX-SAMPLE"),
        ("plain", "Supplier: XX-BEHIND", None),
    ],
)
def test_who_supplies_behind_a_broker_is_a_symbol(dialect: str, note: str | None, supplier: str | None):
    event = heard(message(R.STATUS_CHANGE, S.EXPECT_TO_SUPPLY, info={"note": note}), dialect)
    assert event.supplier == supplier


def test_terms_in_words_count_where_the_sender_writes_them_so_and_no_block_has_them():
    info = {"note": "Condition: Signature required, Cost: 35 usd, thank you"}
    said = heard(message(status=S.RETRY_POSSIBLE, info=info), "broker")
    cost = Money(amount=Decimal(35), currency="USD")
    assert said.terms == LoanTerms(cost=cost, conditions=("Signature required",), note=said.note)
    block = heard(message(status=S.RETRY_POSSIBLE, info=info, delivery_info=_delivery()), "broker")
    assert block.terms == LoanTerms(cost=cost, conditions=("LibraryUseOnly",), note=block.note)
    assert heard(message(status=S.RETRY_POSSIBLE, info=info)).terms is None, "a plain peer's words are for people"


LINK = "https://library.example/copies/1"


@pytest.mark.parametrize(
    ("version", "delivery"),
    [
        (Version.V1_2, iso.DeliveryInfo(date_sent=AT, item_ids=(LINK,))),
        (Version.V2021_2, iso.DeliveryInfo(date_sent=AT, url=LINK)),
    ],
)
def test_the_link_of_a_copy_is_found_where_each_version_has_it(version: Version, delivery: iso.DeliveryInfo):
    wire = encode(message(status=S.COPY_COMPLETED, delivery_info=delivery), version)
    assert heard(decode(wire).message).link == LINK


@pytest.mark.parametrize("dialect", list(DIALECTS))
@pytest.mark.parametrize("item_id", ["copies.example/1", "copies.example/a,b,c", LINK])
def test_what_is_sent_by_url_is_a_link_without_a_scheme_and_beside_named_items_too(dialect: str, item_id: str):
    delivery = iso.DeliveryInfo(date_sent=AT, item_ids=(item_id,), delivery_method=Code("url"))
    info = {"note": "#MultipleItems#\n1|QA 1|On Nothing\n#MultipleItemsEnd#"}
    assert heard(message(status=S.COPY_COMPLETED, info=info, delivery_info=delivery), dialect).link == item_id
    assert heard(message(status=S.LOANED, delivery_info=delivery), dialect).link is None


def test_an_item_of_a_loan_is_no_link_and_a_brokers_words_are_one():
    items = iso.DeliveryInfo(date_sent=AT, item_ids=(LINK,))
    assert heard(message(status=S.LOANED, delivery_info=items)).link is None
    assert heard(message(status=S.COPY_COMPLETED, info={"note": f"URL: {LINK}"}), "broker").link == LINK


# ── whatever comes ──


@pytest.mark.parametrize("version", list(Version))
@examples(60)
@given(data=st.data())
def test_whatever_can_be_said_is_read_and_never_raises(version: Version, data: st.DataObject):
    dialect = data.draw(st.sampled_from(list(DIALECTS)))
    said = data.draw(messages(MessageKind.SUPPLYING_AGENCY_MESSAGE, version))
    due_before = data.draw(st.sampled_from([None, DUE]))
    event = heard(decode(encode(said, version)).message, dialect, due_before=due_before)
    assert event.trigger in Trigger
    status = said.status_info.status
    if said.message_info.reason_for_message is R.NOTIFICATION:
        assert event.says in {L.WORDS, L.CONDITION}
    elif said.message_info.reason_for_message not in {R.CANCEL_RESPONSE, R.RENEW_RESPONSE}:
        assert event.says is (L.WORDS if status is None else BY_STATUS[status])
    assert status is None or known(status, version)
