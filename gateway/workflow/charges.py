"""Prices of borrowed items that were not returned, as staff set them in the ILS and the gateway reads them back. Values alone."""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from gateway.iso18626.codes import Format
from gateway.workflow.values import Record

KIND_OF: Final[Mapping[Format, str]] = {
    Format.BRAILLE: "book",
    Format.LARGE_PRINT: "book",
    Format.PAPER_COPY: "book",
    Format.PRINTED: "book",
    Format.BLU_RAY: "film",
    Format.DVD: "film",
    Format.VHS: "film",
    Format.CASSETTE_TAPE: "sound",
    Format.CD: "sound",
    Format.DAISY_ROM: "sound",
    Format.LP: "sound",
    Format.MP3: "sound",
    Format.TAPE: "sound",
    Format.CD_ROM: "multimedia",
    Format.MULTIMEDIA: "multimedia",
    Format.MICROFORM: "microform",
    Format.JPEG: "file",
    Format.PDF: "file",
    Format.TIFF: "file",
}
"""Which kind of thing a form is, as prices name it."""


class PriceVerdict(StrEnum):
    """What a look shows of a charge."""

    TO_SET = "to set"
    """Nobody has said yet that it is set in the ILS."""
    AGREES = "agrees"
    DIFFERS = "differs"
    UNCLEAR = "can't tell"


class Price(Record, frozen=True, kw_only=True):
    """What a customer is charged for an unreturned item; `minor`: units of the currency's smallest."""

    request: str
    minor: int
    currency: str
    by_lender: bool
    """The lender has named it; else it is the library's own for the format."""
    named_by: str
    """Who entered it."""
    named_at: datetime
    set_by: str | None = None
    """Who has set it in the ILS; None: nobody says so yet."""
    set_at: datetime | None = None
    off_by: str | None = None
    """Who has taken it off again."""
    off_at: datetime | None = None
    paid_by: str | None = None
    """Who says that the customer has paid it, or that it was waived: nobody can read that back."""
    paid_at: datetime | None = None
    agreed_at: datetime | None = None
    """When a look last showed that it stands there."""
    verdict: PriceVerdict = PriceVerdict.TO_SET
    seen: str = ""
    """What the last look showed, in words that name no customer."""
    seen_at: datetime | None = None

    @property
    def is_paid(self) -> bool:
        """Whether the customer owes it no more, though the item may be missing."""
        return self.paid_at is not None and self.off_at is None


def price_name(form: str | None, names: Collection[str]) -> str:
    """Return which of these prices is that of a form: one of its own code, else that of its kind, else the first."""
    code = Format.lookup(form) if form else None
    wanted = [form, code and KIND_OF[code]]
    by_name = {name.casefold(): name for name in names}
    found = (by_name.get(name.strip().casefold()) for name in wanted if name)
    return next((name for name in found if name), next(iter(names)))
