"""What no line of the log says, whichever way it tries to get there, and what redaction leaves alone."""

import asyncio
import io
import logging
import sys
import warnings
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from gateway.logs import _PATTERNS, BLANK, LogFormat, configure, redact_text
from tests.fakes.logged import BARCODE, begin, fail, lines, logging_as_before


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    with logging_as_before():
        yield


@pytest.fixture
def written() -> io.StringIO:
    return begin()


# ---- what no line says

SECRET_FIELDS = [
    "password", "security_code", "securityCode", "Authorization", "proxy-authorization", "CO", "AD", "AC", "AE", "AA",
    "BD", "BE", "BF", "CN", "CY", "DA", "PB", "patron_info", "patronInfo", "patron_id", "customer_name",
    "customer_barcode", "email", "e-mail", "emailAddress", "phone", "telephone_number", "surname", "given_name",
    "api_token", "client_secret", "Set-Cookie", "date_of_birth", "pin",
]  # fmt: skip


@pytest.mark.parametrize("name", SECRET_FIELDS)
def test_a_personal_field_is_blanked_by_its_name_at_any_depth(written: io.StringIO, name: str):
    hidden = "Zaphira Quill"
    logger = structlog.get_logger("gateway")
    logger.info("flat", **{name: hidden})
    logger.info("deep", reply={"fields": [{name: (hidden,)}]})
    logging.getLogger("foreign").info("extra", extra={"reply": {name: [hidden]}})
    assert "Zaphira" not in written.getvalue()
    assert len(lines(written)) == 3


class Reply(msgspec.Struct):
    screen: str
    patron_name: str


class Opaque:
    def __str__(self) -> str:
        return f"reply for {BARCODE}"

    __repr__ = __str__


@pytest.mark.parametrize(
    "value",
    [
        Reply(f"for {BARCODE}", "Zaphira Quill"),
        Opaque(),
        [Opaque()],
        {BARCODE: 1},
        int(BARCODE),
        BARCODE.encode(),
        bytearray(BARCODE.encode()),
        frozenset({BARCODE}),
        SecretStr("Zaphira Quill"),
        ValueError(BARCODE),
    ],
    ids=lambda value: type(value).__name__,
)
def test_values_of_every_kind_are_searched(written: io.StringIO, value: Any):
    structlog.get_logger("gateway").info("seen", value=value)
    assert "Zaphira" not in written.getvalue()
    assert BARCODE not in written.getvalue()
    assert len(lines(written)) == 1


PERSONAL_TEXTS = {
    "barcode": (f"no such customer {BARCODE}!", BARCODE),
    "barcode with Codabar letters": (f"scanned A{BARCODE}B", BARCODE),
    "e-mail": ("mail to zaphira.quill+ill@post.example.org failed", "zaphira"),
    "international phone": ("call +49 (351) 555-0199 now", "555-0199"),
    "phone": ("call (206) 555-0199 now", "555-0199"),
    "spaced phone": ("call +49 351 55 01 99 now", "351 55"),
    "SIP2 reply": ("64              00120261028    090000AOx|AA99|AEZaphira Quill|BLY|BDHidden Lane 5|AY1AZF000", "Zaphira"),
    "SIP2 address": ("64              00120261028    090000AOx|AA99|AEZaphira Quill|BLY|BDHidden Lane 5|AY1AZF000", "Hidden"),
    "SIP2 customer": ("64              00120261028    090000AOx|AA99345|AEZaphira Quill|AY1AZF000", "99345"),
    "SIP2 first field": ("25              00120261028    090000AEZaphira Quill|AOx|", "Zaphira"),
    "SIP2 without the last bar": ("wrong echo in 24|AOx|AEZaphira Quill", "Zaphira"),
    "SIP2 login": ("9300CNillaccount|COhush-hush|CPdesk|", "hush-hush"),
    "SIP2 account": ("9300CNillaccount|COhush-hush|CPdesk|", "illaccount"),
    "XML secret": ("bad <ill:securityCode>hush-hush</ill:securityCode> here", "hush-hush"),
    "XML patron": ("<patronInfo>\n<surname>Quill</surname>\n</patronInfo>", "Quill"),
    "XML cut off": ("<securityCode>hush-hu", "hush-hu"),
    "basic credentials": ("header Authorization: Basic aHVzaC1odXNo", "aHVzaC1odXNo"),
    "bearer credentials": ("got 'Bearer hush.hush-hush'", "hush.hush"),
    "URL": ("cannot reach postgresql://ill:hush-hush@db.example.org/ill", "hush-hush"),
    "representation": ("Login(user='x', password='hush, hush')", "hush, hush"),
    "mapping": ("{'securityCode': 'hush-hush', 'x': 1}", "hush-hush"),
    "JSON": ('{"customer_name": "Zaphira Quill"}', "Zaphira"),
    "words": ("password: hush-hush", "hush-hush"),
}  # fmt: skip


def fail_twice(text: str) -> None:
    try:
        fail(KeyError(text))
    except KeyError as error:
        error.add_note(text)
        raise RuntimeError(text) from error


@pytest.mark.parametrize(("text", "hidden"), PERSONAL_TEXTS.values(), ids=PERSONAL_TEXTS.keys())
def test_personal_data_in_a_text_gets_out_on_no_way(written: io.StringIO, text: str, hidden: str):
    logger, foreign = structlog.get_logger("gateway"), logging.getLogger("foreign")
    logger.info(text)
    logger.info("field", detail=text)
    logger.info("argument %s", text)
    foreign.info("argument %s", text)
    foreign.info("stack", stack_info=True, extra={"detail": [text]})
    try:
        fail_twice(text)
    except RuntimeError:
        logger.exception("failed")
        foreign.exception("failed")
    assert len(lines(written)) == 7
    assert hidden not in written.getvalue()


def test_an_exceptions_traceback_is_kept_without_what_it_quotes(written: io.StringIO):
    try:
        fail(ValueError(f"no hold for {BARCODE}"))
    except ValueError:
        structlog.get_logger("gateway").exception("look failed")
    (line,) = lines(written)
    assert "ValueError: no hold for …2345" in line["exception"]
    assert "test_redaction.py" in line["exception"]


async def test_the_error_of_a_forgotten_task_is_redacted(written: io.StringIO):
    loop = asyncio.get_running_loop()
    loop.call_exception_handler({"message": "Task exception was never retrieved", "exception": ValueError(BARCODE)})
    assert "never retrieved" in written.getvalue()
    assert BARCODE not in written.getvalue()


def test_an_uncaught_error_is_logged_and_redacted(written: io.StringIO):
    error = ValueError(f"for {BARCODE}")
    sys.excepthook(ValueError, error, None)
    (line,) = lines(written)
    assert (line["event"], line["level"]) == ("stopped by an error", "critical")
    assert line["exception"] == "ValueError: for …2345"


def test_warnings_go_through_the_log(written: io.StringIO):
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=False)
        configure("INFO", LogFormat.JSON, written)
        warnings.warn(f"odd {BARCODE}", UserWarning, stacklevel=1)
    assert "odd …2345" in lines(written)[0]["event"]


# ---- what redaction leaves alone


@pytest.mark.parametrize(
    "text",
    [
        "item 31234000012345 is on loan, due 2026-11-05T23:59:59+01:00",
        "ISBN 9780000000002, OCLC 900000001",
        "peer:valley answered 200 in 12.5 ms",
        "ISIL:XX-EXAMPLE asks for The Imaginary Almanac",
        "connecting to acs.example.org:6001",
        "17ItemInformation · AB 31234000012345 · CF 0",
        "https://ill.example.org/iso18626",
    ],
)
def test_ordinary_words_stay(text: str):
    assert redact_text(text) == text


@given(st.text(), st.integers(10**13, 10**14 - 1).map(str), st.text())
def test_no_customers_barcode_passes(before: str, digits: str, after: str):
    barcode = "2" + digits[1:]
    shown = redact_text(f"{before} {barcode} {after}")
    assert barcode not in shown


@given(st.text())
def test_redacting_twice_is_redacting_once(text: str):
    once = redact_text(text)
    assert redact_text(once) == once


@given(
    st.lists(st.sampled_from([*"+0123456789 ().-|<@:=AEx", "basic ", "Bearer ", "password", "2123400001"])).map("".join)
)
def test_the_first_look_passes_over_nothing_that_a_pattern_finds(text: str):
    searched = text
    for pattern, replacement in _PATTERNS:
        searched = pattern.sub(replacement, searched)
    assert redact_text(text) == searched


def test_blanked_values_say_so():
    assert redact_text("password=hush") == f"password={BLANK}"
