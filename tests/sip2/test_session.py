"""The session as conversations without a socket: requests and their replies, floods, and its table walked in full."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.sip2 import requests
from gateway.sip2.codec import decode
from gateway.sip2.errors import Outcome
from gateway.sip2.profiles import Profile
from gateway.sip2.session import ENDED, REPEATABLE, REPLY_CODES, TABLE, Arrival, Do, Ended, State, echoes, transition
from tests.fuzz.timing import bounded
from tests.sip2.sessions import AT, BAD_SUM, DATE, GOOD, STATUS, STRICT, asked, ended, opened, opening, wire

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


# The table


@pytest.mark.parametrize("state", State)
def test_every_state_has_an_answer_to_everything(state: State) -> None:
    for heard in Arrival:
        to, do = transition(state, heard)
        if state in ENDED:
            assert (to, do) == (state, Do.IGNORE), heard
        elif (state, heard) not in TABLE:
            assert (to, do) == (State.SPOILED, Do.LOSE), heard
        assert (do in {Do.DELIVER, Do.NEXT_STEP}) <= (heard is Arrival.ECHO), "only an echo is ever a reply"


def test_97_is_sent_only_for_a_damaged_reply_to_a_request_under_way() -> None:
    assert [key for key, (_to, do) in TABLE.items() if do is Do.ASK_AGAIN] == [(State.AWAITING, Arrival.DAMAGED)]


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
    with bounded(1.0):  # measured: at most 30 ms
        session.receive_data(flood, 11)
    assert session.state is State.SPOILED
    assert [event.outcome for event in session.events() if isinstance(event, Ended)] == [outcome]
