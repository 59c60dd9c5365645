"""The session as conversations without a socket, and its table walked in full."""

from datetime import UTC, datetime
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pysip2 import calculate_checksum
from pysip2.models import SIPRequest

from gateway.sip2 import requests
from gateway.sip2.codec import decode
from gateway.sip2.errors import Outcome
from gateway.sip2.profiles import ChecksumPolicy, Credentials, LoginKind, Profile, StatusFirst
from gateway.sip2.session import (
    ENDED,
    REPEATABLE,
    REPLY_CODES,
    TABLE,
    AcsStatus,
    Do,
    Ended,
    Heard,
    Opened,
    Session,
    State,
    echoes,
    read_status,
    transition,
)
from tests.fuzz.timing import bounded

AT = datetime(2026, 8, 28, 12, tzinfo=UTC)
DATE = "20260828    120000"
STATUS = f"98YYYYNN050002{DATE}2.00AOEXV|BXYYYYYYYYYYYYYNYY|"
ACCOUNT = Credentials("gateway", "hush")
STRICT = Profile(checksum=ChecksumPolicy.STRICT)


def wire(text: str, sequence: int | None = None) -> bytes:
    """A reply with a right trailer, or none."""
    if sequence is None:
        return text.encode() + b"\r"
    summed = f"{text}AY{sequence}AZ".encode()
    return summed + calculate_checksum(summed).encode() + b"\r"


def opened(profile: Profile | None = None) -> Session:
    session = Session(profile or Profile(), ACCOUNT)
    session.open(0)
    session.receive_data(wire("941", 0), 0.1)
    session.receive_data(wire(STATUS, 1), 0.2)
    session.events()
    assert session.state is State.READY
    return session


def asked(profile: Profile | None = None, request: SIPRequest | None = None) -> tuple[Session, bytes]:
    """A session that waits for the reply to a request, by default a 17 for item 3999 with AY2."""
    session = opened(profile)
    return session, session.send(request or requests.item_information(Profile(), AT, "3999"), 10)


def ended(session: Session) -> Ended:
    event, *others = session.events()
    assert isinstance(event, Ended)
    assert others == []
    return event


GOOD = f"18030001{DATE}AB3999|AJThe Imaginary Almanac|"


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


# Requests


def test_a_reply_that_echoes_is_delivered() -> None:
    session, sent = asked()
    assert sent.startswith(b"17")
    session.receive_data(wire(GOOD, 2), 10.5)
    event = ended(session)
    assert (event.code, event.outcome, event.latency_s, event.sent) == ("17", Outcome.REPLY, 0.5, sent)
    assert event.reply is not None
    assert event.reply.first("AJ") == "The Imaginary Almanac"
    assert session.state is State.READY


def test_sequence_numbers_go_round() -> None:
    session, sent = asked()
    numbers = []
    for _ in range(12):
        sequence = decode(sent).sequence
        numbers.append(sequence)
        session.receive_data(wire(GOOD, sequence), 11)
        sent = session.send(requests.item_information(Profile(), AT, "3999"), 12)
    assert numbers == [2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3]


@pytest.mark.parametrize(
    "reply",
    [
        wire(GOOD, 3),  # AY
        wire(GOOD.replace("AB3999", "AB3998"), 2),  # AB: another item's reply
        wire(f"121NUN{DATE}AOEXV|AA2999|AB3999|", 2),  # message type
        wire("941", 2),
    ],
)
def test_a_reply_to_something_else_spoils_the_session(reply: bytes) -> None:
    session, _sent = asked()
    assert session.receive_data(reply, 11) == b""
    assert (session.state, ended(session).outcome) == (State.SPOILED, Outcome.WRONG_ECHO)


def test_another_customers_reply_spoils_the_session() -> None:
    session, _sent = asked(request=requests.checkout(Profile(), AT, customer="2999", item="3999"))
    session.receive_data(wire(f"121NUN{DATE}AOEXV|AA2998|AB3999|", 2), 11)
    assert ended(session).outcome is Outcome.WRONG_ECHO


@pytest.mark.parametrize(
    ("profile", "reply", "same"),
    [
        (Profile(), wire(GOOD), True),  # no AY at all
        (Profile(), wire(GOOD.replace("AB3999", "AB"), 2), True),  # a blank AB
        (Profile(), wire(GOOD.replace("AB3999", "AB 3999 "), 2), True),
        (Profile(), wire(GOOD.replace("AB3999", "AB3998"), 2), False),
        (Profile(echo_fields=("AA",)), wire(GOOD.replace("AB3999", "AB3998"), 2), True),
        (Profile(error_detection=False), wire(GOOD, 7), True),
        (Profile(), wire(GOOD, 7), False),
    ],
)
def test_what_counts_as_an_echo(profile: Profile, reply: bytes, same: bool) -> None:  # noqa: FBT001 - the expectation
    request = requests.item_information(Profile(), AT, "3999")
    assert echoes(request, 2, decode(reply), profile) is same


def test_an_unsolicited_98_in_place_of_a_reply_loses_it() -> None:
    session, _sent = asked()
    session.receive_data(wire(STATUS), 11)
    assert (session.state, ended(session).outcome) == (State.SPOILED, Outcome.STATUS_INSTEAD)


def test_an_unsolicited_98_on_an_idle_line_is_noted() -> None:
    session = opened()
    session.receive_data(wire(STATUS.replace("050002", "100000")), 11)
    assert session.status is not None
    assert (session.state, session.status.timeout_s, session.status.retries) == (State.READY, 10.0, 0)


@pytest.mark.parametrize("stray", [wire(GOOD, 2), wire("96"), b"%% restarting %%\r"])
def test_anything_else_on_an_idle_line_spoils_it(stray: bytes) -> None:
    session = opened()
    session.receive_data(stray, 11)
    assert session.state is State.SPOILED
    assert ended(session).code == ""


def test_two_replies_in_one_segment_deliver_the_first_and_spoil_the_line() -> None:
    session, _sent = asked()
    session.receive_data(wire(GOOD, 2) + wire(GOOD, 2), 11)
    first, second = session.events()
    assert isinstance(first, Ended)
    assert isinstance(second, Ended)
    assert (first.outcome, second.code, session.state) == (Outcome.REPLY, "", State.SPOILED)


def test_garbage_in_place_of_a_reply_loses_it() -> None:
    session, _sent = asked()
    session.receive_data(b"\xfe\x13 out of memory\r", 11)
    assert ended(session).outcome is Outcome.NOISE


def test_a_reply_without_end_loses_it() -> None:
    session, _sent = asked()
    session.receive_data(b"18" + b"x" * 70_000, 11)
    assert ended(session).outcome is Outcome.OVERSIZE


def test_a_deadline_tells_what_had_arrived() -> None:
    session, _sent = asked()
    session.receive_data(b"18030001", 11)
    session.lose(Outcome.TIMEOUT, 15)
    event = ended(session)
    assert (event.outcome, event.received, event.latency_s) == (Outcome.TIMEOUT, b"18030001", 5)
    session.lose(Outcome.CLOSED, 16)
    assert session.events() == []


# 96 and 97


@pytest.mark.parametrize("request_", [None, requests.checkout(Profile(), AT, customer="2999", item="3999")])
def test_a_96_permits_one_resend_of_anything_byte_for_byte(request_: SIPRequest | None) -> None:
    session, sent = asked(request=request_)
    assert session.receive_data(wire("96"), 11) == sent
    assert session.state is State.AWAITING
    assert session.receive_data(wire("96"), 12) == b""
    assert (session.state, ended(session).outcome) == (State.SPOILED, Outcome.RESEND_REFUSED)


def test_the_reply_after_a_resend_is_delivered() -> None:
    session, _sent = asked()
    session.receive_data(wire("96"), 11)
    session.receive_data(wire(GOOD, 2), 12)
    assert ended(session).outcome is Outcome.REPLY


BAD_SUM = GOOD.encode() + b"AY2AZ0001\r"


def test_a_96_that_comes_with_the_reply_is_followed_by_no_resend() -> None:
    """The act was done: written again it would be done twice."""
    session, _sent = asked()
    assert session.receive_data(wire("96") + wire(GOOD, 2), 11) == b""
    assert (session.state, ended(session).outcome) == (State.READY, Outcome.REPLY)


def test_a_resend_waits_for_the_end_of_what_comes_behind_the_96() -> None:
    session, sent = asked()
    assert session.receive_data(wire("96") + wire(GOOD, 2)[:9], 11) == b""
    assert session.receive_data(wire(GOOD, 2)[9:], 12) == b""
    assert (session.state, ended(session).outcome) == (State.READY, Outcome.REPLY)
    sent = session.send(requests.item_information(Profile(), AT, "3999"), 13)
    assert session.receive_data(wire("96") + b" ", 14) == sent, "blanks are no message"


@pytest.mark.parametrize("then", [wire("96"), wire(STATUS), wire(GOOD, 3), b"x" * 70_000])
def test_a_96_is_followed_by_no_resend_on_a_session_that_is_spoiled_by_then(then: bytes) -> None:
    session, _sent = asked()
    assert session.receive_data(wire("96") + then, 11) == b""
    assert session.state is State.SPOILED


def test_a_96_that_comes_with_the_answer_to_the_login_is_followed_by_the_99_alone() -> None:
    session = Session(Profile(), ACCOUNT)
    session.open(0)
    written = session.receive_data(wire("96") + wire("941", 0), 0)
    assert (written[:2], written.count(b"\r")) == (b"99", 1)


def test_a_damaged_reply_that_is_mended_at_once_is_not_asked_for_again() -> None:
    session, _sent = asked(STRICT)
    assert session.receive_data(BAD_SUM + wire(GOOD, 2), 11) == b""
    assert (session.state, ended(session).outcome) == (State.READY, Outcome.REPLY)


def test_a_damaged_reply_is_asked_for_again_once() -> None:
    session, _sent = asked(STRICT)
    assert session.receive_data(BAD_SUM, 11) == b"97AZFEF5\r"
    session.receive_data(wire(GOOD, 2), 12)
    assert (session.state, ended(session).outcome) == (State.READY, Outcome.REPLY)


@pytest.mark.parametrize(
    ("second", "outcome"),
    [(wire("96"), Outcome.RESEND_REFUSED), (BAD_SUM, Outcome.DAMAGED), (wire(GOOD, 1), Outcome.WRONG_ECHO)],
)
def test_what_follows_a_97_badly_loses_the_reply(second: bytes, outcome: Outcome) -> None:
    session, _sent = asked(STRICT)
    session.receive_data(BAD_SUM, 11)
    assert session.receive_data(second, 12) == b""
    assert (session.state, ended(session).outcome) == (State.SPOILED, outcome)


@pytest.mark.parametrize("policy", [ChecksumPolicy.WARN, ChecksumPolicy.IGNORE])
def test_a_tolerant_profile_takes_the_damaged_reply(policy: ChecksumPolicy) -> None:
    session, _sent = asked(Profile(checksum=policy))
    assert session.receive_data(BAD_SUM, 11) == b""
    event = ended(session)
    assert event.reply is not None
    assert ("checksum_bad" in event.reply.repairs) is (policy is ChecksumPolicy.WARN)


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


# The table


@pytest.mark.parametrize("state", State)
def test_every_state_has_an_answer_to_everything(state: State) -> None:
    for heard in Heard:
        to, do = transition(state, heard)
        if state in ENDED:
            assert (to, do) == (state, Do.IGNORE), heard
        elif (state, heard) not in TABLE:
            assert (to, do) == (State.SPOILED, Do.LOSE), heard
        assert (do in {Do.DELIVER, Do.NEXT_STEP}) <= (heard is Heard.ECHO), "only an echo is ever a reply"


def test_97_is_sent_only_for_a_damaged_reply_to_a_request_under_way() -> None:
    assert [key for key, (_to, do) in TABLE.items() if do is Do.ASK_AGAIN] == [(State.AWAITING, Heard.DAMAGED)]


def test_only_questions_are_repeatable() -> None:
    assert sorted(REPEATABLE) == ["17", "23", "63", "99"]
    assert set(REPLY_CODES) >= REPEATABLE


@given(
    st.lists(st.binary(max_size=40) | st.sampled_from([wire("96"), wire(STATUS), wire(GOOD, 2), BAD_SUM]), max_size=12)
)
def test_whatever_arrives_a_request_is_written_at_most_twice(segments: list[bytes]) -> None:
    session, sent = asked(STRICT)
    written = [sent, *(session.receive_data(segment, 11) for segment in segments)]
    assert b"".join(written).count(sent) <= 2
    assert b"".join(written).count(b"97AZ") <= 1


# Floods


@pytest.mark.parametrize(
    ("flood", "outcome"),
    [
        (wire(STATUS) * 3_000, Outcome.STATUS_INSTEAD),
        (b"98\r" * 80_000, Outcome.STATUS_INSTEAD),
        (b"x\r" * 120_000, Outcome.NOISE),
        (wire(STATUS + "ZZ|" * 20_000) * 4, Outcome.STATUS_INSTEAD),
    ],
    ids=["98s", "short ones", "noise", "long 98s"],
)
@pytest.mark.parametrize("at", [State.OPENING, State.READY, State.AWAITING])
def test_a_flood_of_what_nobody_asked_for_ends_the_session_at_once(at: State, flood: bytes, outcome: Outcome) -> None:
    session = opening() if at is State.OPENING else opened() if at is State.READY else asked()[0]
    session.events()
    with bounded(0.25):  # measured: at most 30 ms
        session.receive_data(flood, 11)
    assert session.state is State.SPOILED
    assert [event.outcome for event in session.events() if isinstance(event, Ended)] == [outcome]


def opening() -> Session:
    """A session whose login is under way."""
    session = Session(Profile(), ACCOUNT)
    session.open(0)
    return session
