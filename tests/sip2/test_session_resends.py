"""The session as conversations without a socket: what is sent again after a 96 and a 97, and what never is."""

import pytest
from pysip2.models import SIPRequest

from gateway.sip2 import requests
from gateway.sip2.errors import Outcome
from gateway.sip2.profiles import ChecksumPolicy, Profile
from gateway.sip2.session import Session, State
from tests.sip2.sessions import ACCOUNT, AT, BAD_SUM, GOOD, STATUS, STRICT, asked, ended, wire


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
