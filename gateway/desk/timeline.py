"""A request's timeline as people read it: history, with the partner's own documents beside what was told of them. Pure."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import msgspec

from gateway.store.port import HistoryEntry, HistoryKind, Inbound


def timeline(history: Iterable[HistoryEntry], messages: Iterable[Inbound]) -> tuple[HistoryEntry, ...]:
    """Return the history with each received message's document, confirmation and repairs in its entry's detail.

    A message and its entry belong together by peer and time of receipt; two of the same moment stand in order.
    """
    waiting: defaultdict[tuple[object, str], list[Inbound]] = defaultdict(list)
    for message in messages:
        waiting[message.received_at, message.peer].append(message)
    return tuple(_joined(entry, waiting[entry.at, entry.by]) for entry in history)


def _joined(entry: HistoryEntry, messages: list[Inbound]) -> HistoryEntry:
    if entry.kind is not HistoryKind.MESSAGE_IN or not messages:
        return entry
    return msgspec.structs.replace(entry, detail={**entry.detail, **_detail(messages.pop(0))})


def _detail(message: Inbound) -> dict[str, Any]:
    return {
        "document": message.document.decode("utf-8", "replace"),
        "confirmation": message.confirmation.decode("utf-8", "replace"),
        "repairs": list(message.repairs),
    }
