"""The report of an inspection: what counts as a fault, what as handwork, and that no reply breaks it or slips through it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.commands.acs_report import CheckLine, CheckReport, CheckResult, report
from gateway.sip2.circulation_status import STATUS_WORDS
from gateway.sip2.codec import decode
from gateway.sip2.errors import FrameError, Outcome, Reason
from gateway.sip2.evidence import About, HeardReply, Inspection
from gateway.sip2.products import PRODUCTS, PROFILES, Basis
from gateway.sip2.profiles import Credentials, Profile, customise

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
TIME = "20261124    120000"
IN_UTC = ZoneInfo("UTC")
STATUS = f"98YYYYYN030003{TIME}2.00AOEXV|BX{{}}|"
UNKNOWN = f"64{'':14}000{TIME}{'0000' * 6}AOEXV|AA2999|AE|BLN|"
NAMES = "AEDoe, Jo|BDSample Lane 1|BEjo@example.org|BF555-0104|"


def heard(replies: Mapping[str, str]) -> dict[About, HeardReply]:
    frames = {About(name): f"{text}\r".encode("cp850", "replace") for name, text in replies.items()}
    return {asked: HeardReply(decode(raw), raw) for asked, raw in frames.items()}


def inspected(lost: dict[About, Outcome] | None = None, not_open: Reason | None = None, **replies: str) -> Inspection:
    return Inspection(at=NOON, greeting=b"941\r", not_open=not_open, heard=heard(replies), lost=lost or {})


def told(inspection: Inspection, profile: Profile | None = None) -> CheckReport:
    return report(inspection, profile or Profile(institution_id="EXV"), Credentials("gateway", "hush"), IN_UTC)


def line(found: CheckReport, what: str) -> CheckLine:
    return next(line for line in found.lines if line.what.startswith(what))


@pytest.mark.parametrize("reason", [Reason.LOGIN, Reason.CONNECT, Reason.OFFLINE])
def test_a_session_that_could_not_be_opened_is_all_there_is_to_say(reason: Reason):
    found = told(inspected(not_open=reason))
    assert [each.result for each in found.lines] == [CheckResult.FAILS]
    assert not found.is_well


def test_a_system_that_is_not_on_line_fails():
    assert (
        line(told(inspected(status=STATUS.format("Y" * 16).replace("98Y", "98N"))), "status").result
        is CheckResult.FAILS
    )


def test_acts_are_never_tried_and_those_that_it_denies_are_done_by_hand():
    found = told(inspected(status=STATUS.format("YYYYYYYYYYYYYNNY")))
    results = {each.what: each.result for each in found.lines}
    assert results["placing holds (15)"] is results["renewing (29)"] is CheckResult.BY_HAND
    assert results["checking out (11)"] is CheckResult.NOT_TRIED
    assert found.is_well, "what is done by hand is no fault"
    assert sum("done-by-hand" in chore for chore in found.by_hand) == 3


def test_the_profiles_word_stands_in_place_of_bx():
    profile = customise(Profile(institution_id="EXV"), {"supports": ["15", "11", "29", "09", "17", "63"]})
    found = told(inspected(status=STATUS.format("N" * 16)), profile)
    assert CheckResult.BY_HAND not in {each.result for each in found.lines}


@pytest.mark.parametrize(
    ("flags", "message", "words"),
    [("YNYYYN", "checking in (09)", "checking in"), ("YYNYYN", "checking out (11)", "checking out")],
)
def test_an_n_of_the_98_for_checkouts_or_check_ins_is_shown_and_obeyed(flags: str, message: str, words: str):
    status = STATUS.format("Y" * 16).replace("98YYYYYN", f"98{flags}")
    found = told(inspected(status=status))
    assert f"takes no {words} (N in the 98)" in line(found, "status").words
    assert line(found, message).result is CheckResult.BY_HAND
    every = customise(Profile(institution_id="EXV"), {"supports": ["09", "11", "15", "17", "29", "63"]})
    assert line(told(inspected(status=status), every), message).result is CheckResult.NOT_TRIED


def test_lists_of_an_account_that_is_not_known_say_nothing():
    found = told(inspected(holds=UNKNOWN))
    assert line(found, "list of holds").result is CheckResult.NOT_TRIED
    assert "does not know the account" in line(found, "list of holds").words


def test_an_empty_list_is_no_proof_of_a_complete_one():
    found = told(inspected(holds=UNKNOWN.replace("BLN", "BLY")))
    assert line(found, "list of holds").result is CheckResult.NOT_TRIED
    assert "Empty" in line(found, "list of holds").words


def test_what_came_is_shown_where_a_login_fails_without_our_account():
    greeting = b"Welcome\r\nlogin: gateway\r\npassword: hush\r\nno such account\r\n"
    found = told(Inspection(at=NOON, greeting=greeting, not_open=Reason.CONNECT, heard={}, lost={}))
    assert "no such account" in found.lines[0].words
    assert "gateway" not in found.lines[0].words.split("It sent")[1]
    assert "hush" not in found.lines[0].words
    assert (
        "It sent nothing."
        in told(Inspection(at=NOON, greeting=b"", not_open=Reason.CONNECT, heard={}, lost={})).lines[0].words
    )


@pytest.mark.parametrize("code", [*STATUS_WORDS, "99", "  "])
def test_every_status_has_words(code: str):
    words = line(told(inspected(item=f"18{code}0001{TIME}AB3999|AJThe Imaginary Almanac|")), "item").words
    assert words.startswith(STATUS_WORDS.get(code, f"status {code.strip().zfill(2)}"))


def test_a_lost_reply_fails_and_the_rest_is_not_tried():
    found = told(inspected(status=STATUS.format("Y" * 16), lost={About.ITEM: Outcome.TIMEOUT}))
    assert (line(found, "item").result, line(found, "account").result) == (CheckResult.FAILS, CheckResult.NOT_TRIED)
    assert "given up" in line(found, "account").words


def test_a_screen_message_is_shown_with_its_meaning_and_without_names():
    reply = f"64YYYY{'':10}000{TIME}{'0000' * 6}AOEXV|AA2999|{NAMES}BLY|AFDoe: Patron has blocks.|"
    words = line(told(inspected(customer=reply), PROFILES["polaris"]), "account").words
    assert "Patron has blocks" in words
    assert "Doe" not in words


def test_what_a_message_means_is_said_where_the_profile_knows():
    reply = f"64YYYY{'':10}000{TIME}{'0000' * 6}AOEXV|AA2999|{NAMES}BLY|AFPatron has blocks.|"
    assert "(blocked)" in line(told(inspected(customer=reply), PROFILES["polaris"]), "account").words


@pytest.mark.parametrize("name", sorted(PRODUCTS))
def test_every_products_handwork_is_told(name: str):
    found = told(
        inspected(status=STATUS.format("Y" * 16)), msgspec.structs.replace(PROFILES[name], institution_id="EXV")
    )
    for chore in PRODUCTS[name].by_hand:
        assert any(chore.words in each for each in found.by_hand)
    assert any("could be verified" in each for each in found.by_hand) is (PRODUCTS[name].basis is Basis.UNVERIFIED)


@given(
    st.dictionaries(
        st.sampled_from(["status", "item", "customer", "holds", "loans"]),
        st.builds("{}{}".format, st.sampled_from(["98", "18", "64", "16"]), st.text(max_size=160)),
    )
)
def test_no_reply_makes_it_fail(replies: dict[str, str]):
    try:
        inspection = msgspec.structs.replace(inspected(), heard=heard(replies))
    except FrameError:
        return
    for profile in PROFILES.values():
        assert all(each.words or each.result is CheckResult.WORKS for each in told(inspection, profile).lines)


@given(st.text(st.characters(min_codepoint=65, max_codepoint=90), min_size=8, max_size=12))
def test_nothing_personal_is_in_it(secret: str):
    fields = "".join(f"{code}{secret}|" for code in ("AE", "BD", "BE", "BF", "PB", "AA", "CY", "DA"))
    reply = f"64{'':14}000{TIME}{'0000' * 6}AOEXV|{fields}BLY|AFHello {secret}|"
    found = told(inspected(customer=reply, holds=reply, loans=reply))
    assert secret not in msgspec.json.encode(found).decode()
