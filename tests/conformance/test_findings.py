"""What an answer means, whether it is as it should be, and what a confirmation leaves out."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from gateway.conformance.findings import Need, NeedFinding, Verdict, echo_remarks, judge, tally
from gateway.conformance.letters import action, request, supplier_message
from gateway.conformance.subject import Subject
from gateway.iso18626.codes import Action, ErrorType, Version
from gateway.iso18626.confirm import confirm
from gateway.iso18626.messages import RequestConfirmation, RequestingAgencyMessageConfirmation
from gateway.iso18626.repairs import Repair, RepairKind
from gateway.iso18626.replies import Confirmed, NotDelivered, Rejected

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
SUBJECT = Subject(ours="ISIL:XX-OURS", theirs="ISIL:XX-THEIRS", run_id="CT")
ASKED = request(SUBJECT, AT, "CT-1", Version.V1_2)
RENEW = action(SUBJECT, AT, "CT-1", Action.RENEW)
OK = Confirmed(http_status=200, data=b"", confirmation=confirm(ASKED, now=AT))
NO = Rejected(
    http_status=200, error_type=ErrorType.UNRECOGNISED_DATA_VALUE, error_value="x", confirmation=confirm(ASKED, now=AT)
)
GONE = NotDelivered(words="no connection", may_have_arrived=False)


def finding(
    outcome: Confirmed | Rejected | NotDelivered, need: Need = Need.FREE, *, deviates: bool = False
) -> NeedFinding:
    return judge(group="g", probe="p", need=need, outcome=outcome, sent=ASKED, deviates=deviates)


@pytest.mark.parametrize(
    ("outcome", "need", "verdict", "is_ok"),
    [
        (OK, Need.ACCEPT, Verdict.ACCEPTED, True),
        (OK, Need.FREE, Verdict.ACCEPTED, True),
        (OK, Need.REFUSE, Verdict.ACCEPTED, False),
        (NO, Need.ACCEPT, Verdict.REFUSED, False),
        (NO, Need.FREE, Verdict.REFUSED, True),
        (NO, Need.REFUSE, Verdict.REFUSED, True),
        (GONE, Need.ACCEPT, Verdict.NO_ANSWER, False),
        (GONE, Need.FREE, Verdict.NO_ANSWER, False),
        (GONE, Need.REFUSE, Verdict.NO_ANSWER, False),
    ],
)
def test_a_verdict_is_held_against_the_need(outcome, need, verdict, is_ok):
    found = finding(outcome, need)
    assert (found.verdict, found.is_ok) == (verdict, is_ok)


def test_what_deviates_and_is_accepted_was_repaired():
    assert finding(OK, deviates=True).verdict is Verdict.REPAIRED
    assert not finding(OK, Need.REFUSE, deviates=True).is_ok


def test_a_refusal_says_why():
    assert finding(NO).remarks == ("UnrecognisedDataValue: x",)
    bare = Rejected(http_status=415, error_type=None, error_value=None)
    assert finding(bare).remarks == ("HTTP 415 without a confirmation",)
    assert finding(replace(NO, error_type=None, error_value=None)).remarks == ("no errorType",)
    assert finding(GONE).remarks == ("no connection",)


def test_what_we_repaired_in_a_confirmation_is_told():
    repaired = replace(OK, repairs=(Repair(RepairKind.TIME_FORM, "a"), Repair(RepairKind.TIME_FORM, "b")))
    assert finding(repaired).remarks == ("we repaired: time-form",)


def test_a_confirmation_repeats_what_it_should():
    for sent in (ASKED, RENEW, supplier_message(SUBJECT, AT, "CT-1")):
        assert echo_remarks(confirm(sent, now=AT), sent) == ()


def test_a_confirmation_that_repeats_nothing_is_found_out():
    header = replace(
        confirm(RENEW, now=AT).confirmation_header, requesting_agency_request_id=None, timestamp_received=None
    )
    assert echo_remarks(RequestingAgencyMessageConfirmation(confirmation_header=header), RENEW) == (
        "does not repeat the request's id",
        "timestampReceived is not the message's timestamp",
        "does not repeat the action",
    )
    other = RequestConfirmation(confirmation_header=confirm(RENEW, now=AT).confirmation_header)
    assert echo_remarks(other, RENEW) == ("answered by a requestConfirmation",)


def test_the_tally_counts_verdicts_and_what_is_not_as_it_should_be():
    found = [finding(OK), finding(OK, deviates=True), finding(NO, Need.ACCEPT), finding(GONE)]
    assert tally(found) == {"accepted": 1, "repaired": 1, "refused": 1, "no answer": 1, "not as it should be": 2}
