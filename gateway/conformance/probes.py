"""The table of probes: each message kind in both versions, repeats, refusals, deviations, sizes. Pure.

A probe makes one message, from the run's subject and what was said before. In the order of the table: the first request is
the one that later probes act upon.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

from msgspec import Struct

from gateway.conformance import letters
from gateway.conformance.deviations import REPAIRABLE, UNREADABLE, Deviation
from gateway.conformance.findings import Need
from gateway.conformance.subject import Subject
from gateway.iso18626.codec import encode
from gateway.iso18626.codes import Action, MessageKind, RequestType, Version, known
from gateway.iso18626.confirm import confirm
from gateway.iso18626.messages import Message, kind_of

LARGE_NOTE_CHARACTERS: Final = 90_000
"""A message of 100 KB at the least must be taken (iso18626.md, “Confirmations”)."""

STEPS_OF_EVERY_LOAN: Final = frozenset({Action.RECEIVED, Action.CANCEL, Action.SHIPPED_RETURN, Action.NOTIFICATION})
"""Actions without which there is no loan; some systems refuse the others (iso18626.md, “Confirmations”)."""

_UNKNOWN: Final = "NOT-KNOWN"


class Letter(Struct, frozen=True, kw_only=True):
    """What is posted; `meant` is the message, None where the bytes are none; `content_type` None is the client's own."""

    data: bytes
    kind: MessageKind
    meant: Message | None = None
    content_type: str | None = None


class Probe(Struct, frozen=True, kw_only=True):
    """One line to be: what it is called, what is needed of the answer, how its message is made at a time."""

    group: str
    name: str
    need: Need
    write: Callable[[datetime], Letter]
    deviates: bool = False
    repeats: bool = False
    """It is the message before once more: its confirmation should be the same."""


def probes(subject: Subject) -> Iterator[Probe]:
    """Every probe of a run, in order."""
    book = _Book(subject)
    yield from book.messages(subject.version, Need.ACCEPT)
    yield from book.messages(_other(subject.version), Need.FREE)
    yield from book.repeats()
    yield from book.refusals()
    yield from book.deviations()


def _other(version: Version) -> Version:
    return Version.V1_2 if version is Version.V2021_2 else Version.V2021_2


def _letter(message: Message, version: Version) -> Letter:
    return Letter(data=encode(message, version), kind=kind_of(message), meant=message)


class _Book:
    """Numbers the requests of a run and makes its probes; one that repeats is written after the one that it repeats."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._count = 0

    def _next_id(self) -> str:
        self._count += 1
        return f"{self._subject.run_id}-{self._count}"

    def messages(self, version: Version, need: Need) -> Iterator[Probe]:
        """Each kind of message in one version; `need` holds for what every loan needs."""
        subject, request_id, group = self._subject, self._next_id(), f"messages, {version}"

        def request(at: datetime, kind: RequestType, of: str, previous: str | None = None) -> Letter:
            return _letter(letters.request(subject, at, of, version, kind=kind, previous_id=previous), version)

        def act(at: datetime, action: Action) -> Letter:
            return _letter(letters.action(subject, at, request_id, action), version)

        retry_id = self._next_id()
        yield Probe(
            group=group, name="request New", need=need, write=lambda at: request(at, RequestType.NEW, request_id)
        )
        yield Probe(
            group=group,
            name="request Reminder",
            need=Need.FREE,
            write=lambda at: request(at, RequestType.REMINDER, request_id),
        )
        for action in _actions(version):
            yield Probe(
                group=group,
                name=str(action),
                need=need if action in STEPS_OF_EVERY_LOAN else Need.FREE,
                write=lambda at, action=action: act(at, action),  # type: ignore[misc]
            )
        yield Probe(
            group=group,
            name="request Retry",
            need=Need.FREE,
            write=lambda at: request(at, RequestType.RETRY, retry_id, request_id),
        )
        yield Probe(
            group=group,
            name="supplyingAgencyMessage about a request that it never made",
            need=Need.REFUSE,
            write=lambda at: _letter(letters.supplier_message(subject, at, f"{subject.run_id}-{_UNKNOWN}"), version),
        )

    def repeats(self) -> Iterator[Probe]:
        """The same message again, and the same id with another content."""
        subject, version, request_id, group = self._subject, self._subject.version, self._next_id(), "repeats"
        kept: list[Letter] = []

        def first(at: datetime) -> Letter:
            kept.append(_letter(letters.request(subject, at, request_id, version), version))
            return kept[0]

        def other(at: datetime) -> Letter:
            return _letter(letters.request(subject, at, request_id, version, note="Something else."), version)

        yield Probe(group=group, name="a request", need=Need.ACCEPT, write=first)
        yield Probe(group=group, name="the same message again", need=Need.FREE, write=lambda _: kept[0], repeats=True)
        yield Probe(group=group, name="the same id, another content", need=Need.FREE, write=other)

    def refusals(self) -> Iterator[Probe]:
        """What must be refused, and what most refuse."""
        subject, version, group = self._subject, self._subject.version, "refusals"

        def unknown_id(at: datetime) -> Letter:
            return _letter(letters.action(subject, at, f"{subject.run_id}-{_UNKNOWN}", Action.CANCEL), version)

        def unknown_agency(at: datetime) -> Letter:
            message = letters.request(subject, at, self._next_id(), version, ours="ISIL:XX-NOBODY")
            return _letter(message, version)

        def confirmation(at: datetime) -> Letter:
            receipt = confirm(letters.request(subject, at, self._next_id(), version), now=at, version=version)
            return Letter(data=encode(receipt, version), kind=kind_of(receipt))

        yield Probe(group=group, name="Cancel of an unknown request", need=Need.REFUSE, write=unknown_id)
        yield Probe(group=group, name="a confirmation as a message", need=Need.REFUSE, write=confirmation)
        for deviation in UNREADABLE:
            yield self._deviating(group, deviation, Need.REFUSE)
        yield Probe(group=group, name="a request of an unknown library", need=Need.FREE, write=unknown_agency)

    def deviations(self) -> Iterator[Probe]:
        """What a tolerant reader puts right; other media types; a large message."""
        for deviation in REPAIRABLE:
            if deviation.is_one_in(self._subject.version):
                yield self._deviating("deviations", deviation, Need.FREE)
        for media_type, deviates in (("text/xml", False), ("text/plain", True)):
            yield Probe(
                group="transport",
                name=f"media type {media_type}",
                need=Need.FREE,
                write=lambda at, media_type=media_type: self._request(at, content_type=media_type),  # type: ignore[misc]
                deviates=deviates,
            )
        yield Probe(
            group="transport",
            name="a message of 100 KB",
            need=Need.ACCEPT,
            write=lambda at: self._request(at, note="x" * LARGE_NOTE_CHARACTERS + "é" * (LARGE_NOTE_CHARACTERS // 9)),
        )

    def _deviating(self, group: str, deviation: Deviation, need: Need) -> Probe:
        def write(at: datetime) -> Letter:
            letter = self._request(at)
            return Letter(data=deviation.change(letter.data), kind=letter.kind)

        return Probe(group=group, name=deviation.name, need=need, write=write, deviates=True)

    def _request(self, at: datetime, *, note: str = letters.WORDS, content_type: str | None = None) -> Letter:
        version = self._subject.version
        message = letters.request(self._subject, at, self._next_id(), version, note=note)
        return Letter(data=encode(message, version), kind=kind_of(message), meant=message, content_type=content_type)


def _actions(version: Version) -> tuple[Action, ...]:
    """The version's actions; Cancel, after which some systems know the request no more, comes last."""
    rest = [action for action in Action if known(action, version) and action is not Action.CANCEL]
    return (*rest, Action.CANCEL)
