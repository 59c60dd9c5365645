"""The session as conversations without a socket: login and status in the order of the profile, and what the 98 tells."""

from math import inf

import pytest

from gateway.sip2 import requests
from gateway.sip2.codec import decode
from gateway.sip2.errors import Outcome
from gateway.sip2.profiles import LoginKind, Profile, StatusFirst
from gateway.sip2.session import ENDED, AcsStatus, Ended, Opened, Session, State, read_status
from tests.sip2.sessions import ACCOUNT, DATE, STATUS, STRICT, ended, opened, wire

# Opening


def test_login_then_status_opens_the_session() -> None:
    session = Session(Profile(location_code="ILL"), ACCOUNT)
    assert session.open(0).startswith(b"9300CNgateway|COhush|CPILL|AY0AZ")
    assert session.receive_data(wire("941", 0), 1).startswith(b"9900802.00AY1AZ")
    assert session.receive_data(wire(STATUS, 1), 3) == b""
    login, status, done = session.events()
    assert isinstance(login, Ended)
    assert isinstance(status, Ended)
    assert (login.code, login.outcome, login.latency_s) == ("93", Outcome.REPLY, 1)
    assert (status.code, status.outcome, status.latency_s) == ("99", Outcome.REPLY, 2)
    assert done == Opened()
    assert session.status == AcsStatus(True, 5.0, 2, "YYYYYYYYYYYYYNYY")


@pytest.mark.parametrize(
    ("login", "first", "codes"),
    [
        (LoginKind.MESSAGE, StatusFirst.REQUIRED, ["99", "93"]),
        (LoginKind.MESSAGE, StatusFirst.ALLOWED, ["93", "99"]),
        (LoginKind.MESSAGE, StatusFirst.FATAL, ["93", "99"]),
        (LoginKind.NONE, StatusFirst.FATAL, ["99"]),
    ],
)
def test_the_order_of_the_opening_is_the_profiles(login: LoginKind, first: StatusFirst, codes: list[str]) -> None:
    session = Session(Profile(login=login, status_first=first), ACCOUNT)
    sent, asked_codes = session.open(0), []
    while sent:
        asked_codes.append(sent[:2].decode())
        sent = session.receive_data(wire("941" if sent.startswith(b"93") else STATUS), 0)
    assert (asked_codes, session.state) == (codes, State.READY)


def test_telnet_prompts_come_before_the_status() -> None:
    session = Session(Profile(login=LoginKind.TELNET), ACCOUNT)
    assert session.open(0) == b""
    assert session.receive_data(b"login: ", 0) == b"gateway\r"
    assert session.receive_data(b"password: ", 0) == b"hush\r"
    assert session.receive_data(b"Login OK.  Initiating SIP\r\n", 0).startswith(b"99")
    session.receive_data(wire(STATUS, 0), 0)
    assert session.state is State.READY


@pytest.mark.parametrize("data", [b"login: ", b"x" * 5000])
def test_prompts_that_end_badly(data: bytes) -> None:
    session = Session(Profile(login=LoginKind.TELNET), ACCOUNT)
    session.open(0)
    for each in (b"login: ", b"password: ", data):
        session.receive_data(each, 0)
    assert session.state in ENDED
    assert ended(session).outcome is (Outcome.LOGIN_REFUSED if data == b"login: " else Outcome.OVERSIZE)


def test_a_refused_login_is_a_state_of_its_own() -> None:
    session = Session(Profile(), ACCOUNT)
    session.open(0)
    assert session.receive_data(wire("940", 0), 0) == b""
    assert (session.state, ended(session).outcome) == (State.REFUSED, Outcome.LOGIN_REFUSED)


@pytest.mark.parametrize("reply", ["94", "94Y", "942"])
def test_a_login_reply_that_is_neither_yes_nor_no_is_no_refusal(reply: str) -> None:
    session = Session(Profile(), ACCOUNT)
    session.open(0)
    session.receive_data(wire(reply, 0), 0)
    event = ended(session)
    assert (session.state, event.outcome, event.login) == (State.SPOILED, Outcome.WRONG_ECHO, True)


def test_a_hang_up_on_the_password_is_told_as_one_on_the_login() -> None:
    session = Session(Profile(login=LoginKind.TELNET), ACCOUNT)
    session.open(0)
    for data in (b"login: ", b"password: "):
        session.receive_data(data, 0)
    session.lose(Outcome.CLOSED, 1)
    assert ended(session).login


def test_a_hang_up_before_the_account_was_named_says_nothing_of_it() -> None:
    session = Session(Profile(login=LoginKind.TELNET), ACCOUNT)
    session.open(0)
    session.receive_data(b"login: ", 0)
    session.lose(Outcome.CLOSED, 1)
    assert not ended(session).login


def test_an_acs_that_is_off_line_opens_nothing() -> None:
    session = Session(Profile(login=LoginKind.NONE), ACCOUNT)
    session.open(0)
    session.receive_data(wire("98N" + STATUS[3:], 0), 0)
    assert session.state is State.SPOILED
    assert [event.outcome for event in session.events() if isinstance(event, Ended)] == [Outcome.REPLY, Outcome.OFFLINE]


def test_banners_and_an_unsolicited_98_do_not_disturb_the_opening() -> None:
    session = Session(Profile(), ACCOUNT)
    session.open(0)
    session.receive_data(b"Welcome to Example Valley Library\r\n" + wire(STATUS), 0)
    session.receive_data(wire("941", 0), 0)
    session.receive_data(wire(STATUS, 1), 0)
    assert session.state is State.READY


@pytest.mark.parametrize("cut", [None, 20], ids=["whole", "its end after the 99"])
def test_a_98_that_came_before_the_99_was_written_is_noted_and_no_reply_to_it(cut: int | None) -> None:
    session = Session(Profile(), ACCOUNT)
    session.open(0)
    early = wire(STATUS.replace("050002", "100000"))
    assert session.receive_data(wire("941", 0) + early[:cut], 0).startswith(b"99")
    if cut:
        session.receive_data(early[cut:], 0)
    assert session.state is State.OPENING
    assert session.status is not None
    assert session.status.timeout_s == 10.0
    session.receive_data(wire(STATUS, 1), 1)
    assert (session.state, session.reply_timeout_s) == (State.READY, 5.0)


def test_a_98_that_begins_with_the_end_of_the_prompts_is_no_reply_to_the_99() -> None:
    session = Session(Profile(login=LoginKind.TELNET), ACCOUNT)
    session.open(0)
    session.receive_data(b"login: ", 0)
    session.receive_data(b"password: ", 0)
    assert session.receive_data(b"Login OK\r\n" + wire(STATUS)[:9], 0).startswith(b"99")
    states = []
    for data in (wire(STATUS)[9:], wire(STATUS, 0)):
        session.receive_data(data, 0)
        states.append(session.state)
    assert states == [State.OPENING, State.READY]


def test_the_login_is_sent_again_when_a_96_asks_for_it() -> None:
    session = Session(Profile(), ACCOUNT)
    first = session.open(0)
    assert session.receive_data(wire("96"), 0) == first
    assert session.receive_data(wire("96"), 0) == b""
    assert (session.state, ended(session).outcome) == (State.SPOILED, Outcome.RESEND_REFUSED)


def test_a_damaged_reply_to_the_login_is_never_asked_for_again() -> None:
    session = Session(STRICT, ACCOUNT)
    session.open(0)
    assert session.receive_data(b"941AY0AZ0001\r", 0) == b""
    assert ended(session).outcome is Outcome.DAMAGED


# What the 98 tells


@pytest.mark.parametrize(
    ("timeout", "retries", "timeout_s", "tries"),
    [
        ("030", "003", 3.0, 3), ("600", "000", 60.0, 0), ("999", "999", None, None), ("000", "001", None, 1),
        ("   ", "   ", None, None), ("3x0", "ab3", None, None),
    ],
)  # fmt: skip
def test_timeout_and_retries_of_the_98(timeout: str, retries: str, timeout_s: float | None, tries: int | None) -> None:
    status = read_status(decode(wire(STATUS.replace("050002", timeout + retries))))
    assert (status.timeout_s, status.retries) == (timeout_s, tries)


def test_the_98_sets_the_patience_within_the_profiles_floor() -> None:
    assert opened().reply_timeout_s == 5.0
    assert opened(Profile(reply_timeout_floor_s=8)).reply_timeout_s == 8
    assert Session(Profile(reply_timeout_s=20), ACCOUNT).reply_timeout_s == 20


@pytest.mark.parametrize(
    ("bx", "code", "expected"),
    [
        ("YYYYYYYYYYYYYNYY", "15", False), ("YYYYYYYYYYYYYNYY", "29", True), ("YYYYYYYYYYYYYYYYYYY", "65", True),
        ("YYYY", "15", None), ("", "99", None), ("yyyyyyyyyyyyynyy", "15", False), ("YYYYYYYYYYYYY?YY", "15", None),
        ("YYYYYYYYYYYYYYYY", "41", None),
    ],
)  # fmt: skip
def test_bx_is_believed_where_it_says_something(bx: str, code: str, expected: bool | None) -> None:  # noqa: FBT001
    assert read_status(decode(wire(f"98YYYYNN050002{DATE}2.00AOEXV|BX{bx}|"))).supports(code) is expected


def test_the_keep_alive_is_due_after_idle_time_in_the_ready_state_only() -> None:
    session = opened(Profile(keepalive_s=45))
    assert [round(session.keep_alive_in(now), 1) for now in (0.2, 45.1, 45.3)] == [45.0, 0.1, -0.1]
    session.send(requests.sc_status(Profile()), 50)
    assert session.keep_alive_in(500) == inf
