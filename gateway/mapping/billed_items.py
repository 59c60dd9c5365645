"""Whether an item that is to be billed has come back, as an answer to 17 shows it. Pure."""

from gateway.mapping.circulation import is_charged, knows_item, status_of
from gateway.money.records import Seen
from gateway.sip2.circulation_status import STATUS_WORDS
from gateway.sip2.codec import Reply

_GONE = frozenset({"11", "12", "13"})
"""Claimed returned, lost, missing: the circulation system does not have it either."""


def seen_of(reply: Reply) -> tuple[Seen, str]:
    """Return what is shown of the item, and in which words."""
    if not knows_item(reply):
        return Seen.UNCLEAR, "it knows nothing of the item"
    status = status_of(reply)
    words = STATUS_WORDS.get(status, f"status {status}")
    if status in _GONE:
        return Seen.OUT, words
    charged = is_charged(reply)
    return (Seen.UNCLEAR if charged is None else Seen.OUT if charged else Seen.BACK), words
