"""Replies as evidence: which product speaks, and which settings don't fit."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.sip2.codec import decode
from gateway.sip2.errors import FrameError, Reason
from gateway.sip2.evidence import (
    About,
    Confidence,
    HeardReply,
    Inspection,
    LineEnd,
    line_end,
    suggestions,
    supported,
    weigh,
)
from gateway.sip2.products import PRODUCTS, PROFILES, Clue
from gateway.sip2.profiles import Profile, customise
from tests.sip2.talking import summed

TIME = "20261124    120000"
NOON_UTC = datetime(2026, 11, 24, 12, tzinfo=UTC)
BERLIN, IN_UTC = ZoneInfo("Europe/Berlin"), ZoneInfo("UTC")
GENERIC, OURS = Profile(), Profile(institution_id="EXV")
STATUS = f"98YYYYYN030003{TIME}2.00AOEXV|AMExample Valley Library|BXYYYYYYYYYYYYYYYY|"
CUSTOMER = f"64{'':14}000{TIME}{'0000' * 6}AOEXV|AA2999|AEDoe, Jo|BLY|"
ITEM = f"18030001{TIME}AB3999|AJThe Imaginary Almanac|"


def heard(text: str, encoding: str = "cp850", profile: Profile = GENERIC) -> HeardReply:
    raw = summed(text, encoding)
    return HeardReply(decode(raw, profile), raw)


def as_it_came(raw: bytes) -> HeardReply:
    return HeardReply(decode(raw), raw)


def inspection(
    *,
    at: datetime = NOON_UTC,
    greeting: bytes = b"",
    not_open: Reason | None = None,
    status: HeardReply | None = None,
    item: HeardReply | None = None,
    customer: HeardReply | None = None,
) -> Inspection:
    replies = {About.STATUS: status, About.ITEM: item, About.CUSTOMER: customer}
    heard = {asked: each for asked, each in replies.items() if each is not None}
    return Inspection(at=at, greeting=greeting, not_open=not_open, heard=heard, lost={})


def keys(found: Inspection, profile: Profile = OURS, tz: ZoneInfo = IN_UTC) -> dict[str, str]:
    return {each.key: each.value for each in suggestions(found, profile, tz)}


# ── products ─────────────────────────────────────────────────────────────────────────────────────

CAPTURED = {
    # as products send them, with fictional people in the place of real ones
    "sierra": "64              000201610210000142637000000000000000000000000AOexv |AA2999|AEDOE, JO|BZ0030|CA0050|CB0050|BLY|CQY|BV0|CC15.00|",
    "polaris": "64              00120161121    143327000000000000000000000000AO3|AA2999|AEDoe, Jo|BLY|BHUSD|BV9.25|PA1|PEHALL|"
    "U1|U2|U3|U4|U5|PX20180609    235959|PYN|FA0.00|AFPatron status is ok.|",
    "evergreen": "64  Y           00020161021    142851000000000000000000000000AA2999|AEDoe Jo|BHUSD|AQNEW|BLY|PA20191004|PCAdult|PIAllowed|XI863715|AOEXV|",
    "koha": "98YYYYNY60000320240417    0830582.00AO25404|BXYYYYYYYYYYYNYYYY|",
    "folio": f"98YYYNNN005003{TIME}2.00AOexv|AMDatalogisk|BXNYYNYYYYYNNNNNNN|ANe0ab8c91-2a4a-433d-a3cf-1837053c89a8|",
    "alma": f"98YYYYYN030003{TIME}2.00AO01MY_INST|BXYYYYYYYYYYYYYNYY|",
}  # fmt: skip


SHARED = f"98YYYYYN030003{TIME}2.00AOEXV|BXYYYYYYYYYYYYYNYY|"
"""AO and BX and nothing else: Koha and Evergreen both do so."""


@pytest.mark.parametrize(("configured", "other"), [("koha", "evergreen"), ("evergreen", "koha")])
def test_of_products_with_the_same_weight_the_configured_one_is_named_and_the_tie_told(configured: str, other: str):
    verdict = weigh([heard(SHARED)], configured)
    assert verdict.guess is not None
    assert (verdict.guess.name, verdict.tied, verdict.confidence) == (configured, (other,), Confidence.POSSIBLE)


def test_invenios_98_is_known_by_its_numbers_padded_with_blanks():
    verdict = weigh([heard(f"98YYYYYN 10 10{TIME}2.00AOEXV|AMExample|BXYYYYYYYYYYYYYNYY|")])
    assert verdict.guess is not None
    assert verdict.guess.name == "invenio"


@pytest.mark.parametrize("name", CAPTURED)
def test_a_product_is_known_by_its_marks(name: str):
    verdict = weigh([heard(CAPTURED[name])])
    assert verdict.guess is not None
    assert (verdict.guess.name, verdict.confidence) == (name, Confidence.LIKELY)


def test_replies_as_specified_speak_for_nobody():
    assert weigh([heard(STATUS), heard(CUSTOMER), heard(ITEM)]).confidence is Confidence.UNKNOWN


def test_one_light_clue_is_no_more_than_possible():
    verdict = weigh([heard(f"64{'':14}000{TIME}{'0000' * 6}AOhq|AA2999|AE|BLN|AF#Unknown borrower barcode|")])
    assert verdict.guess is not None
    assert (verdict.guess.name, verdict.confidence) == ("carlx", Confidence.POSSIBLE)


def test_two_that_weigh_the_same_can_not_be_told_apart():
    """Koha's and Evergreen's servers have one ancestor."""
    verdict = weigh([heard(f"98YYYYYN030003{TIME}2.00AOEXV|BXYYYYYYYYYYYYYYYY|")])
    assert verdict.confidence is Confidence.POSSIBLE
    assert {verdict.guess.name if verdict.guess else "", *(each.name for each in verdict.others)} == {
        "koha",
        "evergreen",
    }


def test_a_clue_counts_once_however_often_it_is_seen():
    once, twice = weigh([heard(CAPTURED["sierra"])]), weigh([heard(CAPTURED["sierra"])] * 2)
    assert once == twice


@given(st.lists(st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=120), max_size=4))
def test_no_reply_makes_it_fail(texts: list[str]):
    replies = []
    for text in texts:
        raw = text.encode("cp850", "replace") + b"\r"
        try:
            replies.append(HeardReply(decode(raw), raw))
        except FrameError:
            continue
    verdict = weigh(replies)
    assert verdict.guess is None or verdict.guess.name in PRODUCTS
    found = msgspec.structs.replace(inspection(), heard=dict(zip(About, replies, strict=False)))
    assert all(each.words for each in suggestions(found, Profile(), BERLIN))


# ── the wire ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("greeting", "raw", "end"),
    [
        (b"", b"", None),
        (b"941\r", b"18...\r", LineEnd.CR),
        (b"941\r\n", b"18...\r\n", LineEnd.CRLF),
        (b"941\n", b"18...\n", LineEnd.LF),
        (b"941\r\n", b"18...\r", LineEnd.MIXED),
    ],
)
def test_line_ends(greeting: bytes, raw: bytes, end: LineEnd | None):
    assert line_end(inspection(greeting=greeting, item=HeardReply(decode(b"18"), raw))) is end


@pytest.mark.parametrize(
    ("bx", "code", "says"), [("YYYYYYYYYYYYYNYY", "15", False), ("YYYYYYYYYYYYYYYY", "15", True), ("YY", "15", None)]
)
def test_what_is_supported_is_the_98s_word_or_the_profiles(bx: str, code: str, *, says: bool | None):
    found = inspection(status=heard(f"98YYYYYN030003{TIME}2.00AOEXV|BX{bx}|"))
    assert supported(code, found, Profile()) is says
    assert supported(code, found, customise(Profile(), {"supports": ["15"]})) is True
    assert supported(code, inspection(), Profile()) is None


# ── settings ─────────────────────────────────────────────────────────────────────────────────────


def test_replies_that_fit_suggest_nothing():
    assert keys(inspection(status=heard(STATUS), customer=heard(CUSTOMER), item=heard(ITEM))) == {}


@pytest.mark.parametrize(
    ("sent", "configured", "suggested"),
    [
        ("utf-8", "cp850", {"overrides.encoding": "utf-8"}),
        ("utf-8", "utf-8", {}),
        ("cp850", "utf-8", {"overrides.encoding": "cp850"}),
        ("iso-8859-1", "ascii", {"overrides.encoding": "iso-8859-1"}),
        ("iso-8859-1", "cp850", {"overrides.encoding": "iso-8859-1"}),
        ("iso-8859-1", "iso-8859-1", {}),
        ("cp850", "iso-8859-1", {"overrides.encoding": "cp850"}),
        ("cp850", "cp850", {}),
    ],
)
def test_the_code_page_is_told_by_bytes_beyond_ascii(sent: str, configured: str, suggested: dict[str, str]):
    profile = customise(Profile(institution_id="EXV"), {"encoding": configured})
    assert keys(inspection(item=heard(f"18030001{TIME}AB3999|AJMémoires|", sent, profile)), profile) == suggested


@pytest.mark.parametrize(
    ("policy", "suggested"),
    [("strict", {"overrides.checksum": "ignore"}), ("warn", {"overrides.checksum": "ignore"}), ("ignore", {})],
)
def test_checksums_that_are_wrong_are_to_be_ignored(policy: str, suggested: dict[str, str]):
    wrong = as_it_came(f"{ITEM}AY2AZ0000\r".encode())
    assert keys(inspection(item=wrong), customise(Profile(institution_id="EXV"), {"checksum": policy})) == suggested


def test_one_bad_checksum_among_good_ones_is_a_bad_line_and_no_habit():
    found = inspection(status=heard(STATUS), customer=heard(CUSTOMER), item=as_it_came(f"{ITEM}AY2AZ0000\r".encode()))
    (said,) = suggestions(found, OURS, IN_UTC)
    assert said.key == ""
    assert "1 of 3 replies" in said.words
    assert not any("always 0000" in clue.words for clue in _clues(found))


def _clues(found: Inspection) -> list[Clue]:
    verdict = weigh(found.heard.values())
    return [clue for guess in (verdict.guess, *verdict.others) if guess for clue in guess.clues]


def test_a_clue_of_every_reply_needs_them_all():
    zeros = [as_it_came(f"{text}AY2AZ0000\r".encode()) for text in (STATUS, ITEM, CUSTOMER)]
    verdict = weigh(zeros)
    assert verdict.guess is not None
    assert verdict.guess.name == "evergreen"


def test_what_is_denied_and_answered_is_named_for_the_configuration():
    found = inspection(status=heard(STATUS.replace("YYYYYYYYYYYYYYYY", "YYYYYYYYYYNYYYYY")), item=heard(ITEM))
    (said,) = suggestions(found, OURS, IN_UTC)
    assert said.key == "overrides.supports"
    assert '"17"' in said.value
    assert "answers 17" in said.words
    assert keys(found, customise(OURS, {"supports": ["17"]})) == {}


@pytest.mark.parametrize(
    ("shown", "configured", "suggested"),
    [
        ("19/4/2026", None, {"overrides.date_order": "day_first"}),
        ("4/19/2026", None, {}),
        ("4/5/2026", None, {}),
        ("4/19/2026", "day_first", {"overrides.date_order": "month_first"}),
        ("19.04.2026", None, {}),
        ("04.19.2026", None, {"overrides.date_order": "month_first"}),
    ],
)
def test_a_day_beyond_twelve_tells_the_order(shown: str, configured: str | None, suggested: dict[str, str]):
    profile = customise(Profile(institution_id="EXV"), {"date_order": configured})
    assert keys(inspection(item=heard(f"{ITEM}AH{shown}|")), profile) == suggested


@pytest.mark.parametrize(
    ("shown", "suggested"),
    [
        ("20261124    130000", {}),
        ("20261124   Z120000", {}),
        ("202611240000120000", {"overrides.zeros_zone": "utc"}),
        ("20261124    130400", {}),
    ],
    ids=["local", "zone named", "zeros are UTC", "a few minutes off"],
)
def test_the_clocks_are_compared(shown: str, suggested: dict[str, str]):
    status = heard(STATUS.replace(TIME, shown))
    assert keys(inspection(status=status), tz=BERLIN) == suggested


@pytest.mark.parametrize(
    ("shown", "words"),
    [("20261124    120000", "UTC without saying so"), ("20261124    140000", "60 min ahead of ours")],
)
def test_a_clock_that_no_setting_mends_is_told_in_words(shown: str, words: str):
    found = suggestions(inspection(status=heard(STATUS.replace(TIME, shown))), Profile(institution_id="EXV"), BERLIN)
    assert [each.key for each in found] == [""]
    assert words in found[0].words


def test_another_institution_is_told():
    assert keys(inspection(status=heard(STATUS)), Profile(institution_id="OTHER")) == {"institution": "EXV"}
    assert keys(inspection(status=heard(STATUS.replace("AOEXV|", "AO|"))), Profile(institution_id="OTHER")) == {}


@pytest.mark.parametrize(
    ("greeting", "profile", "suggested"),
    [
        (b"Welcome\r\nlogin: ", Profile(), {"overrides.login": "telnet"}),
        (b"", Profile(), {}),
        (b"login: ", customise(Profile(), {"login": "telnet"}), {}),
    ],
)
def test_prompts_before_a_93_mean_another_login(greeting: bytes, profile: Profile, suggested: dict[str, str]):
    assert keys(inspection(greeting=greeting, not_open=Reason.CONNECT), profile) == suggested


def test_the_tolerance_is_small_beside_a_time_zone():
    later = inspection(at=NOON_UTC + timedelta(minutes=6), status=heard(STATUS))
    assert [each.key for each in suggestions(later, PROFILES["generic"], ZoneInfo("UTC"))][:1] == [""]
