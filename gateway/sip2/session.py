"""One SIP2 session as a table, sans I/O: bytes in, bytes and events out. No socket, no clock (`now` is passed in).

The seam is four verbs. `open` gives the first bytes; `send` gives a request's bytes; `receive_data` takes what
arrived and gives what must be written in answer; `events` gives what happened since it was last asked. `lose` tells
the session that a deadline passed or the line went dead.

Rules, from sip2.md ("The wire", "The session"):

- One request at a time. A reply must echo the request: message type, AY, AA, AB.
- What came before a request was written can't answer it: a 98 is noted then, and the reply waited for.
- 96 permits one resend of anything, byte for byte, unless the reply came with it. A second 96 ends the session.
- A damaged reply (strict profile) is asked for again by 97, once; a 96 in reply to that means communication failed.
  97 is never sent before a reply to a request of this session is due: it could bring another client's last reply.
- After a lost reply, a wrong echo or an unsolicited 98 in place of a reply the session is spoiled: its line must be
  dropped, for a late reply would be taken for the next one. Whether the request may then be repeated is a property
  of its message: `REPEATABLE`.
"""

from collections import deque
from collections.abc import Mapping
from enum import StrEnum
from math import inf
from typing import Final

import msgspec
from pysip2.models import RequestACSResend, SIPRequest

from gateway.sip2 import requests
from gateway.sip2.codec import Checksum, Reply, decode, encode, folded, framed, message_code, written
from gateway.sip2.errors import FrameError, Outcome
from gateway.sip2.frames import Splitter
from gateway.sip2.profiles import ChecksumPolicy, Credentials, LoginKind, Profile, StatusFirst
from gateway.sip2.telnet import PromptLogin, TelnetStep

REPEATABLE: Final = frozenset({"17", "23", "63", "99"})
"""Messages that change nothing on the ACS: the only ones to send again after a lost reply."""

REPLY_CODES: Final[Mapping[str, str]] = {
    "01": "24", "09": "10", "11": "12", "15": "16", "17": "18", "19": "20", "23": "24", "25": "26", "29": "30",
    "35": "36", "37": "38", "63": "64", "65": "66", "93": "94", "99": "98",
}  # fmt: skip

BX_ORDER: Final = ("23", "11", "09", "01", "99", "97", "93", "63", "35", "37", "17", "19", "25", "15", "29", "65")
"""What each position of BX stands for (SIP2 2.00, "supported messages")."""

_DENIED_BY: Final[Mapping[str, str]] = {"checkin_ok": "09", "checkout_ok": "11"}
"""What the fixed part of a 98 denies by an N, whatever BX says (SIP2 2.00, "ACS Status")."""

MOST_UNASKED_BYTES: Final = 4096
"""What may come in one segment that nobody asked for (98s, banners): a flood of it would keep us reading and nothing else."""

_LEAST_BYTES: Final = 32
"""What a shorter message counts for: reading one is work, however short it is."""

_UNSTATED: Final = frozenset({0, 999})  # timeout 000: not on line; 999, of timeout and retries: not known


class State(StrEnum):
    """Where a session stands."""

    NEW = "new"
    PROMPTS = "prompts"
    OPENING = "opening"  # a message of the opening (93 or 99) is under way
    READY = "ready"
    AWAITING = "awaiting"  # a request is under way
    ASKED_AGAIN = "asked_again"  # its reply was damaged and 97 has been sent
    REFUSED = "refused"
    SPOILED = "spoiled"


class Arrival(StrEnum):
    """What a message that arrived is, seen from the request under way."""

    ECHO = "echo"  # the reply to it
    REFUSAL = "refusal"  # a 94 with ok = 0
    RESEND = "resend"  # 96, the first for this request
    RESEND_AGAIN = "resend_again"  # 96, not the first
    STATUS = "status"  # a 98 that nobody asked for
    STRANGER = "stranger"  # a reply to something else
    DAMAGED = "damaged"  # wrong checksum, strict profile
    NOISE = "noise"  # no SIP2 message


class Do(StrEnum):
    """What the session does about it."""

    DELIVER = "deliver"
    NEXT_STEP = "next_step"
    RESEND = "resend"
    ASK_AGAIN = "ask_again"
    NOTE = "note"
    REFUSE = "refuse"
    LOSE = "lose"
    IGNORE = "ignore"


_ROWS: Final = (
    # in                 heard               go to              and do
    (State.OPENING,      Arrival.ECHO,         State.OPENING,     Do.NEXT_STEP),
    (State.OPENING,      Arrival.REFUSAL,      State.REFUSED,     Do.REFUSE),
    (State.OPENING,      Arrival.RESEND,       State.OPENING,     Do.RESEND),
    (State.OPENING,      Arrival.STATUS,       State.OPENING,     Do.NOTE),
    (State.OPENING,      Arrival.NOISE,        State.OPENING,     Do.IGNORE),  # a banner
    (State.READY,        Arrival.STATUS,       State.READY,       Do.NOTE),
    (State.AWAITING,     Arrival.ECHO,         State.READY,       Do.DELIVER),
    (State.AWAITING,     Arrival.RESEND,       State.AWAITING,    Do.RESEND),
    (State.AWAITING,     Arrival.DAMAGED,      State.ASKED_AGAIN, Do.ASK_AGAIN),
    (State.ASKED_AGAIN,  Arrival.ECHO,         State.READY,       Do.DELIVER),
)  # fmt: skip

TABLE: Final[Mapping[tuple[State, Arrival], tuple[State, Do]]] = {(at, heard): (to, do) for at, heard, to, do in _ROWS}
"""What is not in here ends the session: (SPOILED, LOSE); in a session that has ended: (the same, IGNORE)."""

ENDED: Final = frozenset({State.REFUSED, State.SPOILED})

_LOSS: Final[Mapping[Arrival, Outcome]] = {
    Arrival.ECHO: Outcome.WRONG_ECHO,
    Arrival.REFUSAL: Outcome.WRONG_ECHO,
    Arrival.RESEND: Outcome.RESEND_REFUSED,
    Arrival.RESEND_AGAIN: Outcome.RESEND_REFUSED,
    Arrival.STATUS: Outcome.STATUS_INSTEAD,
    Arrival.STRANGER: Outcome.WRONG_ECHO,
    Arrival.DAMAGED: Outcome.DAMAGED,
    Arrival.NOISE: Outcome.NOISE,
}


def transition(state: State, heard: Arrival) -> tuple[State, Do]:
    """The table with its two defaults."""
    return TABLE.get((state, heard), (state, Do.IGNORE) if state in ENDED else (State.SPOILED, Do.LOSE))


class AcsStatus(msgspec.Struct, frozen=True):
    """What a 98 told. `timeout_s` and `retries` are None where it gives none that can be used."""

    online: bool
    timeout_s: float | None
    retries: int | None
    supported: str  # BX as sent
    denied: frozenset[str] = frozenset()  # messages that the fixed part says no to

    def supports(self, code: str) -> bool | None:
        """What the 98 says of a message; None if it says nothing (BX too short, another letter, no such position)."""
        if code in self.denied:
            return False
        place = BX_ORDER.index(code) if code in BX_ORDER else len(self.supported)
        return {"Y": True, "N": False}.get(self.supported[place : place + 1].upper())


def read_status(reply: Reply) -> AcsStatus:
    """The parts of a 98 that steer us."""
    tenths = _number(reply.fixed.get("timeout_period", ""))
    return AcsStatus(
        online=reply.fixed.get("online_status") != "N",
        timeout_s=None if tenths is None else tenths / 10,  # SIP2 2.00, "timeout period"
        retries=_number(reply.fixed.get("retries_allowed", ""), unstated=frozenset({999})),
        supported=reply.first("BX"),
        denied=frozenset(code for name, code in _DENIED_BY.items() if reply.fixed.get(name, "").upper() == "N"),
    )


def _number(text: str, unstated: frozenset[int] = _UNSTATED) -> int | None:
    digits = text.strip()
    number = int(digits) if digits.isascii() and digits.isdigit() else None
    return None if number in unstated else number


class Opened(msgspec.Struct, frozen=True):
    """The opening is through: requests may be sent."""


class Ended(msgspec.Struct, frozen=True):
    """An exchange ended, well (`reply` is given) or not; of the opening's messages too.

    `sent` and `received` are the bytes of both sides, `received` as far as it came. `login`: the ACS had been told our
    account and password and not answered yet.
    """

    code: str
    outcome: Outcome
    sent: bytes
    received: bytes
    latency_s: float
    reply: Reply | None = None
    login: bool = False


Event = Opened | Ended


class _Flight(msgspec.Struct):
    """The request under way."""

    request: SIPRequest
    code: str
    frame: bytes
    sequence: int
    sent_at: float
    earlier: int
    """How many messages had come, or begun, before it was written and have not been looked at yet."""
    resent: bool = False


class Session:
    """One session. `state` tells where it stands, `status` what the last 98 said."""

    def __init__(self, profile: Profile, credentials: Credentials) -> None:
        self.state = State.NEW
        self.status: AcsStatus | None = None
        self._profile = profile
        self._steps = _opening(profile, credentials)
        self._prompts = PromptLogin(profile, credentials)
        self._splitter = Splitter()
        self._unheard: deque[bytes] = deque()
        self._answer = b""
        """What is to be written once all of a segment has been heard."""
        self._unasked_bytes = 0
        """What came in this segment and was passed over."""
        self._flight: _Flight | None = None
        self._sequence = 0
        self._active_at = 0.0
        self._events: list[Event] = []

    @property
    def reply_timeout_s(self) -> float:
        """How long to wait for a reply: what the 98 allows, else the profile."""
        told = self.status.timeout_s if self.status else None
        return max(self._profile.reply_timeout_s if told is None else told, self._profile.reply_timeout_floor_s)

    def open(self, now: float) -> bytes:
        """Begin; gives the first bytes to write (none when the other side speaks first)."""
        assert self.state is State.NEW, "a session is opened once"
        self._active_at = now
        if self._profile.login is LoginKind.TELNET:
            self.state = State.PROMPTS
            return b""
        return self._next_step(now)

    def send(self, request: SIPRequest, now: float, payload: bytes | None = None) -> bytes:
        """The bytes of a request; only in READY. `payload`: as it was `written`. Raises Inexpressible, which leaves the session as it was."""
        assert self.state is State.READY, "one request at a time, and none before the opening is through"
        frame = self._launch(request, now, payload)
        self.state = State.AWAITING
        return frame

    def receive_data(self, data: bytes, now: float) -> bytes:
        """Take one segment as it came from the line; gives the bytes to write in answer, if any."""
        self._active_at = now
        if self.state is State.PROMPTS:
            return self._hear_prompts(data, now)
        try:
            self._unheard.extend(self._splitter.feed(data))
        except FrameError:
            self.lose(Outcome.OVERSIZE, now)
        self._unasked_bytes = 0
        while self._unheard and self.state not in ENDED:
            self._hear(self._unheard.popleft(), now)
        if self._flight is not None and self._flight.resent and self._splitter.begun:
            return b""  # what has begun to come behind the 96 may be the reply
        answer, self._answer = self._answer, b""
        return answer

    def events(self) -> list[Event]:
        """What happened since the last call, in order."""
        events, self._events = self._events, []
        return events

    def lose(self, outcome: Outcome, now: float) -> None:
        """The deadline passed or the line is dead: nothing more will be read. Harmless in a session that has ended."""
        if self.state not in ENDED:
            self.state = State.SPOILED
            self._end(outcome, self._splitter.partial, now)

    def keep_alive_in(self, now: float) -> float:
        """Seconds until the line has been idle so long that a 99 should go out; for ever while it isn't idle."""
        return self._active_at + self._profile.keepalive_s - now if self.state is State.READY else inf

    def _hear(self, frame: bytes, now: float) -> None:
        heard, reply = self._judge(frame)
        self.state, do = self._braked(len(frame), *transition(self.state, heard))
        if reply is not None and reply.code == "98" and do in {Do.DELIVER, Do.NEXT_STEP, Do.NOTE}:
            self.status = read_status(reply)
        self._do(do, heard, frame, reply, now)

    def _braked(self, length: int, state: State, do: Do) -> tuple[State, Do]:
        """What the table says, but that too much which is passed over ends the session."""
        if do in {Do.NOTE, Do.IGNORE}:
            self._unasked_bytes += max(length, _LEAST_BYTES)
        return (state, do) if self._unasked_bytes <= MOST_UNASKED_BYTES else (State.SPOILED, Do.LOSE)

    def _do(self, do: Do, heard: Arrival, frame: bytes, reply: Reply | None, now: float) -> None:
        match do:
            case Do.DELIVER:
                self._end(Outcome.REPLY, frame, now, reply)
            case Do.NEXT_STEP:
                self._end(Outcome.REPLY, frame, now, reply)
                self._answer = self._next_step(now)
            case Do.REFUSE:
                self._end(Outcome.LOGIN_REFUSED, frame, now, reply)
            case Do.LOSE:
                self._end(_LOSS[heard], frame, now, reply)
            case Do.RESEND:
                assert self._flight is not None
                self._flight.resent = True
                self._answer = self._flight.frame
            case Do.ASK_AGAIN:  # never first: that can bring another client's reply (sip2.md, "The wire")
                self._answer = encode(RequestACSResend(), self._profile, 0)
            case Do.NOTE | Do.IGNORE:
                pass

    def _judge(self, frame: bytes) -> tuple[Arrival, Reply | None]:
        flight = self._addressed()
        try:
            reply = decode(frame, self._profile)
        except FrameError:
            return Arrival.NOISE, None
        if reply.code == "96":  # it permits one resend of anything (sip2.md, "The wire")
            return Arrival.RESEND_AGAIN if flight is None or flight.resent else Arrival.RESEND, reply
        if reply.checksum is Checksum.BAD and self._profile.checksum is ChecksumPolicy.STRICT:
            return Arrival.DAMAGED, reply
        if flight is not None and echoes(flight.request, flight.sequence, reply, self._profile):
            return _judge_login(reply) if flight.code == "93" else Arrival.ECHO, reply
        return Arrival.STATUS if reply.code == "98" else Arrival.STRANGER, reply

    def _addressed(self) -> _Flight | None:
        """The request that the next message may be about: none that was written after the message had begun to come."""
        if self._flight is None or not self._flight.earlier:
            return self._flight
        self._flight.earlier -= 1
        return None

    def _next_step(self, now: float) -> bytes:
        if self.status is not None and not self.status.online:  # it answers, but takes no requests
            self.state = State.SPOILED
            self._events.append(Ended("99", Outcome.OFFLINE, b"", b"", 0.0))
            return b""
        if not self._steps:
            self.state = State.READY
            self._events.append(Opened())
            return b""
        self.state = State.OPENING
        return self._launch(self._steps.pop(0), now)

    def _hear_prompts(self, data: bytes, now: float) -> bytes:
        try:
            answer = self._prompts.receive_data(data)
        except FrameError:
            self.lose(Outcome.OVERSIZE, now)
            return b""
        if self._prompts.step is TelnetStep.REFUSED:
            self.state = State.REFUSED
            self._end(Outcome.LOGIN_REFUSED, b"", now)
        elif self._prompts.step is TelnetStep.DONE:
            self._unheard.extend(self._splitter.feed(self._prompts.rest))
            answer += self._next_step(now) + self.receive_data(b"", now)
        return answer

    def _launch(self, request: SIPRequest, now: float, payload: bytes | None = None) -> bytes:
        frame = framed(payload or written(request, self._profile), self._profile, self._sequence)
        earlier = len(self._unheard) + self._splitter.begun
        self._flight = _Flight(request, message_code(request), frame, self._sequence, now, earlier)
        self._sequence = (self._sequence + 1) % 10
        self._active_at = now
        return frame

    def _end(self, outcome: Outcome, received: bytes, now: float, reply: Reply | None = None) -> None:
        """Close the request under way; of what ends between requests only that the line is lost is told."""
        flight, self._flight, self._answer = self._flight, None, b""
        code, sent, sent_at = (flight.code, flight.frame, flight.sent_at) if flight else ("", b"", now)
        login = code == "93" or self._prompts.step is TelnetStep.ANSWER
        self._events.append(Ended(code, outcome, sent, received, now - sent_at, reply, login))


def echoes(request: SIPRequest, sequence: int, reply: Reply, profile: Profile) -> bool:
    """Whether a reply answers this request: its type, AY, and the fields of the profile's `echo_fields`.

    An AY, AA or AB that the reply leaves out or blank is no contradiction (fields come empty: sip2.md); case and
    outer blanks don't count.
    """
    if reply.code != REPLY_CODES.get(message_code(request)):
        return False
    if profile.error_detection and reply.sequence not in {None, sequence}:
        return False
    asked = {"AA": getattr(request, "patron_identifier", None), "AB": getattr(request, "item_identifier", None)}
    pairs = ((asked.get(code), reply.first(code)) for code in profile.echo_fields)
    return all(not ours or not theirs or folded(ours) == folded(theirs) for ours, theirs in pairs)


def _judge_login(reply: Reply) -> Arrival:
    """Only a plain 0 is a refusal; what is neither 0 nor 1 is not understood, and counts for less (`LoginGate`)."""
    return {"1": Arrival.ECHO, "0": Arrival.REFUSAL}.get(reply.fixed.get("ok", ""), Arrival.STRANGER)


def _opening(profile: Profile, credentials: Credentials) -> list[SIPRequest]:
    """The messages that open a session, in order. 99 is always among them: its 98 carries timeout, retries and BX."""
    status = requests.sc_status(profile)
    if profile.login is not LoginKind.MESSAGE:
        return [status]
    login = requests.login(profile, credentials)
    return [status, login] if profile.status_first is StatusFirst.REQUIRED else [login, status]
