"""A breach of a promise, as both invariants give it."""

from enum import StrEnum

import msgspec


class Rule(StrEnum):
    """What was broken."""

    LOST = "lost"
    DOUBLED = "doubled"
    STUCK = "stuck"
    LEFT_STANDING = "left standing"
    DISAGREES = "disagrees"
    MESSAGE = "message"
    OTHERS = "others"
    """The script of a partner, of a lender or of a customer came to a stop."""


class Breach(msgspec.Struct, frozen=True, kw_only=True):
    """One breach, of one loan (by the partner's id, or by the order's)."""

    rule: Rule
    request: str
    words: str
