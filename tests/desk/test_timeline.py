"""Messages beside their entries in the timeline."""

from datetime import UTC, datetime, timedelta

from gateway.desk.timeline import timeline
from gateway.store.port import HistoryEntry, HistoryKind, Inbound

NOW = datetime(2026, 10, 28, tzinfo=UTC)


def message(document: bytes, *, peer: str = "hub", at: datetime = NOW) -> Inbound:
    return Inbound(
        peer=peer,
        digest="d",
        content="c",
        received_at=at,
        kind="request",
        ok=True,
        document=document,
        confirmation=b"OK",
    )


def entry(*, by: str = "hub", at: datetime = NOW, kind: HistoryKind = HistoryKind.MESSAGE_IN) -> HistoryEntry:
    return HistoryEntry(at=at, by=by, kind=kind, words="Received.")


def documents(*entries: HistoryEntry) -> list[str | None]:
    return [each.detail.get("document") for each in entries]


def test_a_message_stands_with_its_own_entry():
    later = NOW + timedelta(seconds=1)
    history = (entry(), entry(kind=HistoryKind.DECISION), entry(by="other"), entry(at=later))
    messages = (message(b"one"), message(b"two", at=later), message(b"three", peer="other"))
    assert documents(*timeline(history, messages)) == ["one", None, "three", "two"]


def test_two_messages_of_the_same_moment_keep_their_order():
    assert documents(*timeline((entry(), entry()), (message(b"one"), message(b"two")))) == ["one", "two"]


def test_an_entry_without_a_message_stays_as_it_is():
    assert timeline((entry(),), ()) == (entry(),)


def test_bytes_that_are_no_text_do_no_harm():
    assert documents(*timeline((entry(),), (message(b"\xff<x/>"),))) == ["\ufffd<x/>"]
