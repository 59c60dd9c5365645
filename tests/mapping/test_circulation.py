"""Acts as SIP2 requests, and replies as outcomes, as they come over the wire."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pysip2.models import CheckinRequest, CheckoutRequest, HoldRequest, ItemInformationRequest, PatronInformationRequest

from gateway.mapping.circulation import (
    LookKind,
    Terminal,
    copy_status,
    is_listed,
    not_possible,
    outcome_of,
    question_request,
    request_for,
)
from gateway.mapping.looking import (
    QUESTIONS,
    found_charged,
)
from gateway.sip2.codec import Reply, decode, encode
from gateway.sip2.products import PROFILES
from gateway.sip2.profiles import HoldMode, Profile, customise
from gateway.workflow.records import Act, Copy, Outcome

AT = datetime(2026, 10, 28, 13, 0, tzinfo=UTC)
DUE = datetime(2026, 12, 9, 22, 59, 59, tzinfo=UTC)
ACCOUNT = "20000000001234"
ITEM = "30000000000001"
OTHER = "30000000000002"
TIME = "20261028    090000"
TERMINAL = Terminal(profile=Profile(), zone=ZoneInfo("Europe/Berlin"), location="ILL", pickup="MAIN")
NAME = "Example, Ada"


def sip2(text: str) -> Reply:
    return decode(text.encode("cp850"), Profile())


def item(status: str = "03", fields: str = "") -> Reply:
    """An 18 for the item."""
    return sip2(f"18{status}0001{TIME}AB{ITEM}|AJThe Imaginary Almanac|{fields}")


UNKNOWN_ITEM = sip2(f"18010001{TIME}CF0|AB{ITEM}|AJ|AH20261209|AFNo such item|")


def customer(fields: str = "", *, holds: str = "0000", charged: str = "0000", unavailable: str = "0000") -> Reply:
    """A 64 for the partner's account; counts have four digits, or are blank."""
    return sip2(f"64              000{TIME}{holds}0000{charged}00000000{unavailable}AOEX|AA{ACCOUNT}|AE{NAME}|{fields}")


# ── requests ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("act", "starts", "holds"),
    [
        (Act.HOLD, "15+", ("BSMAIN|", "BY3|", f"AA{ACCOUNT}|", f"AB{ITEM}|")),
        (Act.CANCEL_HOLD, "15-", (f"AA{ACCOUNT}|", f"AB{ITEM}|")),
        (Act.CHECKOUT, "11NN", (f"AA{ACCOUNT}|", f"AB{ITEM}|")),
        (Act.RENEW, "29NN", (f"AA{ACCOUNT}|", f"AB{ITEM}|")),
        (Act.ARRIVE, "09N", ("APILL|", f"AB{ITEM}|")),
        (Act.CHECKIN, "09N", ("APILL|", f"AB{ITEM}|")),
    ],
)
def test_each_act_is_the_request_that_the_standard_has_for_it(act, starts, holds):
    wire = encode(request_for(act, item=ITEM, account=ACCOUNT, at=AT, terminal=TERMINAL), Profile(), 0).decode("cp850")
    assert wire.startswith(starts)
    assert "20261028    140000" in wire, "in the library's own time"
    for field in holds:
        assert field in wire


@pytest.mark.parametrize(
    ("question", "flag"), [(LookKind.HOLDS, 0), (LookKind.CHARGED, 2), (LookKind.UNAVAILABLE_HOLDS, 5)]
)
def test_each_list_is_asked_for_by_its_own_flag(question, flag):
    request = question_request(question, item=ITEM, account=ACCOUNT, at=AT, terminal=TERMINAL)
    assert isinstance(request, PatronInformationRequest)
    assert [at for at, char in enumerate(request.summary) if char == "Y"] == [flag]


def test_the_item_is_asked_about_by_its_barcode():
    request = question_request(LookKind.ITEM, item=ITEM, account=ACCOUNT, at=AT, terminal=TERMINAL)
    assert isinstance(request, ItemInformationRequest)
    assert request.item_identifier == ITEM


def test_every_act_is_looked_at():
    assert set(QUESTIONS) == set(Act)
    kinds = [request_for(act, item=ITEM, account=ACCOUNT, at=AT, terminal=TERMINAL) for act in Act]
    assert {type(kind) for kind in kinds} >= {HoldRequest, CheckoutRequest, CheckinRequest}


@pytest.mark.parametrize("act", Act)
def test_what_a_profile_or_the_98_excludes_is_not_asked_for(act):
    is_hold = act in (Act.HOLD, Act.CANCEL_HOLD)
    assert not_possible(act, Profile(), supported=False)
    assert not_possible(act, Profile(), supported=None) is None
    assert bool(not_possible(act, PROFILES["folio"], supported=True)) == is_hold
    only_cancels = customise(Profile(), {"hold_modes": [HoldMode.CANCEL]})
    assert bool(not_possible(act, only_cancels, supported=True)) == (act is Act.HOLD)


# ── answers ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("act", [Act.HOLD, Act.CANCEL_HOLD, Act.CHECKOUT, Act.RENEW, Act.CHECKIN])
@pytest.mark.parametrize(("ok", "outcome"), [("1", Outcome.DONE), ("0", Outcome.REFUSED), (" ", Outcome.REFUSED)])
def test_ok_is_what_was_answered_and_not_what_is_so(act, ok, outcome):
    code = {Act.HOLD: "16", Act.CANCEL_HOLD: "16", Act.CHECKOUT: "12", Act.RENEW: "30", Act.CHECKIN: "10"}[act]
    flags = "Y" if code == "16" else "NUN" if code in {"12", "30"} else "YUN"
    answered = outcome_of(act, sip2(f"{code}{ok}{flags}{TIME}AB{ITEM}|AFSaid.|"), account=ACCOUNT, terminal=TERMINAL)
    assert (answered.outcome, answered.words) == (outcome, "Said.")


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("20261209    235959", DUE),
        ("20261209   Z225959", DUE),
        ("20261209", DUE),
        ("2026-12-09 23:59:59", DUE),
        ("09.12.2026", DUE),
        ("12/9/2026,23:59", DUE.replace(second=0)),
        ("2026-12-09", DUE),
        ("soon", None),
        ("", None),
    ],
)
def test_the_due_date_is_read_in_every_form_and_is_utc(written, moment):
    reply = sip2(f"121NUN{TIME}AB{ITEM}|AH{written}|")
    answered = outcome_of(Act.CHECKOUT, reply, account=ACCOUNT, terminal=TERMINAL)
    assert answered.due_at == moment
    assert answered.due_at is None or answered.due_at.tzinfo is UTC


@pytest.mark.parametrize(("fields", "branch"), [("CTEAST|AQWEST|", "EAST"), ("AQWEST|", "WEST"), ("", None)])
def test_a_check_in_says_where_the_item_goes(fields, branch):
    reply = sip2(f"101YUN{TIME}AB{ITEM}|{fields}")
    assert outcome_of(Act.CHECKIN, reply, account=ACCOUNT, terminal=TERMINAL).route_to == branch


@pytest.mark.parametrize(
    ("fields", "branch"),
    [
        ("AQWEST|", None),
        (f"CV01|CY{ACCOUNT}|AQWEST|", None),
        ("CV1|CTEAST|AQWEST|", None),
        ("CV02|CTEAST|AQWEST|", "EAST"),
        ("CTEAST|", "EAST"),
    ],
)
def test_what_was_borrowed_goes_to_its_customers_branch_unless_the_check_in_sends_it_elsewhere(fields, branch):
    reply = sip2(f"101YUN{TIME}AB{ITEM}|{fields}")
    assert outcome_of(Act.RECEIVE, reply, account=ACCOUNT, terminal=TERMINAL).route_to == branch


def test_case_does_not_count_in_barcodes_and_accounts():
    loan = customer("BLY|AUAB12345|", charged="0001")
    assert is_listed(LookKind.CHARGED, loan, "ab12345", Profile())
    trapped = sip2(f"101YUY{TIME}ABab12345|CV01|CYab777|")
    assert outcome_of(Act.ARRIVE, trapped, account="AB777", terminal=TERMINAL).outcome is Outcome.DONE


@pytest.mark.parametrize(
    ("ok", "fields", "outcome"),
    [
        ("1", "", Outcome.DONE),
        ("1", f"CV01|CY{ACCOUNT}|", Outcome.DONE),
        ("0", f"CV01|CY{ACCOUNT}|", Outcome.UNKNOWN),
        ("1", "CV01|CY20000000009999|", Outcome.REFUSED),
        ("0", "CV01|CY20000000009999|", Outcome.REFUSED),
        ("1", "CV02|", Outcome.REFUSED),
        ("1", "CV2|", Outcome.REFUSED),
        ("1", f"CV02|CY {ACCOUNT} |", Outcome.DONE),
        ("0", "", Outcome.UNKNOWN),
    ],
)
def test_arrival_is_refused_where_the_item_is_trapped_for_somebody_else(ok, fields, outcome):
    reply = sip2(f"10{ok}YUY{TIME}AB{ITEM}|{fields}")
    assert outcome_of(Act.ARRIVE, reply, account=ACCOUNT, terminal=TERMINAL).outcome is outcome


def test_nothing_of_the_other_customer_is_kept():
    """CY and DA are personal data: dropped at once (sip2.md, "Meaning")."""
    reply = sip2(f"101YUY{TIME}AB{ITEM}|CV01|CY20000000009999|DA{NAME}|AFTrapped for {NAME}.|")
    answered = outcome_of(Act.ARRIVE, reply, account=ACCOUNT, terminal=TERMINAL)
    assert "9999" not in repr(answered)
    assert "Ada" not in repr(answered)


@pytest.mark.parametrize(
    ("reply", "status", "queue"),
    [
        (item("03", "CF0|"), "03", 0),
        (item("04", "CF2|AH20261209|"), "04", 2),
        (item("03"), "03", 0),
        (item("03", "CFmany|"), "03", 1),
        (item("03", f"CF{'9' * 500}|"), "03", 1),
        (item("  "), "00", 0),
        (UNKNOWN_ITEM, "01", 0),
    ],
)
def test_what_17_says_of_a_copy(reply, status, queue):
    """A queue that can't be read counts as one: we promise nothing on a guess."""
    found = copy_status(Copy(item_barcode=ITEM, branch="MAIN"), reply, TERMINAL)
    assert (found.status, found.queue_length) == (status, queue)


# ── whatever comes over the wire ─────────────────────────────────────────────────────────────────

REPLIES = st.builds(
    lambda code, rest: sip2(f"{code}{rest}"),
    st.sampled_from(["18", "64", "12", "10", "16", "30", "98"]),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=160),
)


@given(st.sampled_from(Act), REPLIES)
def test_no_reply_makes_reading_fail(act, reply):
    assert outcome_of(act, reply, account=ACCOUNT, terminal=TERMINAL).outcome in Outcome
    assert copy_status(Copy(item_barcode=ITEM, branch="MAIN"), reply, TERMINAL).queue_length >= 0


@pytest.mark.parametrize(("status", "charged"), [("04", True), ("03", False), ("10", False), ("01", None)])
def test_a_look_tells_whether_somebody_has_the_item(status, charged):
    assert found_charged({LookKind.ITEM: item(status, "")}) is charged
    assert found_charged({}) is None
