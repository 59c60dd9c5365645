"""Harness: a scripted conversation with the sans-I/O SIP2 session.

An input is text: a letter that chooses the profile, then steps parted by `~`:

    ?          the gateway asks (17), if the session is ready        #    the deadline passes
    !          the gateway acts (11), likewise                       ^    the line is closed
    =REPLY     a reply with the right AY and AZ for what was asked   else bytes that arrive, as they are
"""

import re
from datetime import UTC, datetime

from pysip2.models import SIPRequest

from gateway.sip2 import requests
from gateway.sip2.errors import Outcome
from gateway.sip2.profiles import ChecksumPolicy, Credentials, LoginKind, Profile, StatusFirst
from gateway.sip2.session import ENDED, REPLY_CODES, Ended, Event, Session, State
from tests.fuzz.timing import bounded

MAX_LEN_BYTES = 2048
PROFILES = (
    Profile(),
    Profile(checksum=ChecksumPolicy.STRICT),
    Profile(login=LoginKind.NONE),
    Profile(login=LoginKind.TELNET),
    Profile(status_first=StatusFirst.REQUIRED, checksum=ChecksumPolicy.STRICT),
    Profile(error_detection=False, echo_fields=()),
)
ACCOUNT = Credentials("gateway", "open-sesame")
AT = datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC)
_LINE = re.compile(rb"[^\r]*\r\n?")  # CR, or CR LF where a login by prompts was asked with it
_MAX_REQUEST_BYTES = 1024


def check(data: bytes) -> None:
    """Play the conversation; AssertionError where the session breaks one of its rules."""
    profile = PROFILES[(data[0] if data else 0) % len(PROFILES)]
    with bounded():
        talk = _Talk(profile)
        for step in data[1:].split(b"~"):
            talk.play(step)
        talk.end()
    talk.judge()


class _Talk:
    """One conversation and its record: lines that the session wrote, events that it told."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._session = Session(profile, ACCOUNT)
        self._now = 0.0
        self._written: list[tuple[State, bytes]] = []  # the state before, and the bytes
        self._events: list[Event] = []
        self._asked: list[tuple[bytes, int]] = []  # a request, and how many events had been told before it
        self._write(State.NEW, self._session.open(0))

    def play(self, step: bytes) -> None:
        """Do one step of the script."""
        self._now += 1
        match step:
            case b"?":
                self._ask(requests.item_information(self._profile, AT, "3999"))
            case b"!":
                self._ask(requests.checkout(self._profile, AT, customer="2999", item="3999"))
            case b"#":
                self._session.lose(Outcome.TIMEOUT, self._now)
            case b"^":
                self._session.lose(Outcome.CLOSED, self._now)
            case _:
                self._hear(self._trailed(step[1:]) if step.startswith(b"=") else step)
        self._events += self._session.events()
        assert self._session.reply_timeout_s >= self._profile.reply_timeout_floor_s
        self._session.keep_alive_in(self._now)

    def end(self) -> None:
        """Hang up: whatever was under way has ended then."""
        self._session.lose(Outcome.CLOSED, self._now)
        self._events += self._session.events()
        assert self._session.state in ENDED

    def judge(self) -> None:
        """The rules of the session, on the whole record."""
        self._judge_writes()
        ends = [event for event in self._events if isinstance(event, Ended)]
        for frame, told in self._asked:
            same = [event for event in self._events[told:] if isinstance(event, Ended) and event.sent == frame]
            assert len(same) >= 1, "a request without an end"
        for event in ends:
            assert (event.reply is not None) >= (event.outcome is Outcome.REPLY)
            assert event.latency_s >= 0
            if event.outcome is Outcome.REPLY and event.reply is not None:
                self._judge_echo(event)

    def _judge_writes(self) -> None:
        """Nothing is written after the end; a request at most twice, and twice only in answer to something."""
        for before, _data in self._written:
            assert before not in ENDED
        written = b"".join(self._without_options(data) for _before, data in self._written)
        lines = _LINE.findall(written)
        assert b"".join(lines) == written, "something was written that is no whole line"
        for line in lines:
            assert len(line) <= _MAX_REQUEST_BYTES
        asked = [frame for frame, _told in self._asked]
        for frame in set(asked):
            assert asked.count(frame) <= lines.count(frame) <= 2 * asked.count(frame)
        assert sum(line.startswith(b"97") for line in lines) <= len(asked)

    def _without_options(self, data: bytes) -> bytes:
        """What was written without the refusals of telnet options, which are no lines."""
        return (
            re.sub(rb"\xff[\xfc\xfe].", b"", data, flags=re.DOTALL) if self._profile.login is LoginKind.TELNET else data
        )

    def _judge_echo(self, event: Ended) -> None:
        """A delivered reply answers its request: type, and AA and AB where both name them."""
        assert event.reply is not None
        assert event.reply.code == REPLY_CODES[event.code]
        for field in self._profile.echo_fields:
            asked = re.search(rb"(?:\||    )" + field.encode() + rb"([^|]*)\|", event.sent)
            told = event.reply.first(field)
            assert not asked or not told or asked[1].decode() == told

    def _ask(self, request: SIPRequest) -> None:
        if self._session.state is State.READY:
            before = len(self._events)
            frame = self._session.send(request, self._now)
            self._asked.append((frame, before))
            self._write(State.READY, frame)

    def _hear(self, data: bytes) -> None:
        before = self._session.state
        self._write(before, self._session.receive_data(data, self._now))

    def _write(self, before: State, data: bytes) -> None:
        if data:
            self._written.append((before, data))

    def _trailed(self, text: bytes) -> bytes:
        """A reply with the sequence number of the last line written, and a right sum."""
        last = self._written[-1][1] if self._written else b""
        place = last.rfind(b"AY")
        summed = text + (last[place : place + 3] if place >= 0 else b"AY0") + b"AZ"
        return summed + b"%04X\r" % (-sum(summed) & 0xFFFF)
