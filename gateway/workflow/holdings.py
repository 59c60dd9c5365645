"""What a possible lender's catalogue says of a work, as values: `catalogue` finds it out, the rota weighs it."""

from enum import StrEnum

from gateway.workflow.values import Record


class Holding(StrEnum):
    """Whether a library holds a work, the best first."""

    AVAILABLE = "holds it, and it is in"
    HOLDS = "holds it"
    NOT_KNOWN = "not known"
    HOLDS_NOT = "does not hold it"


class Held(Record, frozen=True, kw_only=True):
    """What is known of one library: how it stands, in words why, and what the request to it can say."""

    holding: Holding = Holding.NOT_KNOWN
    words: str = ""
    """A clause for the timeline."""
    record_id: str | None = None
    """Its record number, as it goes into the request (supplierUniqueRecordId); of a record that is the work for sure."""
    is_likely: bool = False
    """Of one that is not known: a record there may be the work."""
    is_close: bool = False
    """Of one that is likely: all that the order says agrees but its number, or it names no author."""
    agreement: int = 0
    """Of one that holds it or may: how much of what the order says agrees with its record, in points."""
    is_unfound: bool = False
    """Of one that is not known: its catalogue answered, no record has a number that the order names, and the order names no title."""
    is_out: bool = False
    """Of one that holds it: its catalogue says of every copy that it is out."""
    copies: int = 0
    available: int = 0
    """Of the copies, those that the catalogue says are in."""
    editions: int = 0
    volumes: tuple[str, ...] = ()
    """The captions of the parts that it holds, where the work has parts."""


UNKNOWN = Held()
"""Of a library whose catalogue nobody named."""


class Unwanted(StrEnum):
    """What becomes in the rota of those who don't hold a work."""

    LAST = "last"
    NEVER = "never"
