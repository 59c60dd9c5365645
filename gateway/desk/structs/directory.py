"""Peers and partners: the records, how they stand, what was done to them, and lists of them."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal

import msgspec

from gateway.desk.structs.common import Limit
from gateway.desk.structs.requests import RequestLine
from gateway.workflow.partners import Partner, Peer

PeerFields = Annotated[Mapping[str, Any], msgspec.Meta(extra_json_schema={"$ref": "#/components/schemas/Peer"})]
"""A peer's record as it was written, field by field and unchecked, so that everything that is wrong with it is told at once."""
PartnerFields = Annotated[Mapping[str, Any], msgspec.Meta(extra_json_schema={"$ref": "#/components/schemas/Partner"})]
"""A partner's, likewise."""
GivenFields = Annotated[Mapping[str, Any], msgspec.Meta(description="Fields of a Partner, none of them needed")]
"""Some of a partner's fields."""


class VersionQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which version of the whole was read before it is changed."""

    version: Annotated[int, msgspec.Meta(ge=0, le=2**53)] | None = None
    """Refused if somebody has changed anything since; without it, only if somebody does so meanwhile."""


class ImportQuery(VersionQuery, frozen=True, kw_only=True):
    """How a list is taken."""

    dry_run: bool = False
    """Say what would be written, and write nothing."""


class ExportQuery(msgspec.Struct, frozen=True, kw_only=True):
    """As what a list is written."""

    format: Literal["json", "csv", "plain"] = "json"
    """json: everything; csv: the partners; plain: what others may know of the partners, as a directory of the form `plain` (JSON)."""


class HistoryQuery(msgspec.Struct, frozen=True, kw_only=True):
    """How far back one looks."""

    limit: Limit = 50


class PeerList(msgspec.Struct, frozen=True, kw_only=True):
    """Every peer, and the version of the whole."""

    version: int
    peers: tuple[Peer, ...]


class PeerShown(msgspec.Struct, frozen=True, kw_only=True):
    """A peer, and the ids of the partners behind it."""

    version: int
    peer: Peer
    partners: tuple[str, ...]


class PeerSaved(msgspec.Struct, frozen=True, kw_only=True):
    """A peer as it is kept now."""

    peer: Peer
    what: str
    """What was changed."""


class StandingShown(msgspec.Struct, frozen=True, kw_only=True):
    """How a partner stands today, in words that end no sentence; None if nothing is in the way."""

    requests_refused: str | None
    not_asked_to_lend: str | None


class PartnersQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which partners: every word must be in a name, a symbol, a group, the peer or the e-mail address."""

    q: Annotated[str, msgspec.Meta(max_length=200)] = ""
    away: bool = False
    """Only those that are not asked to lend today."""


class PartnerList(msgspec.Struct, frozen=True, kw_only=True):
    """Partners, how each stands by its id, how many there are in all, and the version of the whole."""

    version: int
    partners: tuple[Partner, ...]
    standing: Mapping[str, StandingShown]
    total: int


class PartnerShown(msgspec.Struct, frozen=True, kw_only=True):
    """A partner, how it stands, and what will not work yet."""

    version: int
    partner: Partner
    standing: StandingShown
    warnings: tuple[str, ...]


class PartnerSaved(msgspec.Struct, frozen=True, kw_only=True):
    """A partner as it is kept now."""

    partner: Partner
    what: str
    """What was changed."""
    warnings: tuple[str, ...]


class Removed(msgspec.Struct, frozen=True, kw_only=True):
    """That a record is gone."""

    what: str = "removed"
    words: str


class MergeBody(msgspec.Struct, frozen=True, kw_only=True):
    """Into which partner, by its short name."""

    into: Annotated[str, msgspec.Meta(max_length=200)]


class PartnerMerged(msgspec.Struct, frozen=True, kw_only=True):
    """The record that stands for both now, and how many bills have moved to it."""

    partner: Partner
    bills: int
    words: str
    notes: tuple[str, ...]
    """What is still to be looked at."""


class SuspendBody(msgspec.Struct, frozen=True, kw_only=True):
    """From when until when, both included: today and until further notice if no days are named."""

    first: date | None = None
    last: date | None = None
    why: str = ""


class PeerChange(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a peer's history. It holds no secret, for the record holds none."""

    at: datetime
    by: str
    kind: str
    id: str
    what: str
    before: Peer | None
    after: Peer | None


class PeerHistory(msgspec.Struct, frozen=True, kw_only=True):
    """Who changed what, newest first."""

    history: tuple[PeerChange, ...]


class PartnerChange(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a partner's history."""

    at: datetime
    by: str
    kind: str
    id: str
    what: str
    before: Partner | None
    after: Partner | None


class PartnerHistory(msgspec.Struct, frozen=True, kw_only=True):
    """Who changed what, newest first."""

    history: tuple[PartnerChange, ...]


class AcsAccountShown(msgspec.Struct, frozen=True, kw_only=True):
    """What a partner's account on the circulation system can do; None if that is not known."""

    exists: bool | None
    can_borrow: bool | None
    can_place_holds: bool | None
    can_renew: bool | None
    words: tuple[str, ...]


class Approved(msgspec.Struct, frozen=True, kw_only=True):
    """A library that is a partner now, and the kept requests of its that go on."""

    partner: Partner
    released: tuple[str, ...]
    words: str


class FieldChange(msgspec.Struct, frozen=True, kw_only=True):
    """A field's value before and after."""

    before: Any
    after: Any


class RecordChanged(msgspec.Struct, frozen=True, kw_only=True):
    """A record that a list adds or changes, with the fields that change."""

    kind: str
    id: str
    what: str
    fields: Mapping[str, FieldChange]


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What a list changes."""

    dry_run: bool
    changes: tuple[RecordChanged, ...]
    unchanged: int
    notes: tuple[str, ...]
    """What of it was passed over."""


class PeerTried(msgspec.Struct, frozen=True, kw_only=True):
    """What came of connecting to a peer, without a message."""

    ok: bool
    words: str


class CatalogueTried(msgspec.Struct, frozen=True, kw_only=True):
    """What came of looking a work up in a partner's catalogue. `ok`: it answered."""

    ok: bool
    words: str


class RecordForm(msgspec.Struct, frozen=True, kw_only=True):
    """A record as the fields of a form: each column's text by its dotted name, as in a spreadsheet."""

    version: int
    """Of the whole, for saving."""
    columns: tuple[str, ...]
    cells: Mapping[str, str]
    choices: Mapping[str, tuple[str, ...]]
    """What a column takes, of those that take one of a list, or several of it."""
    usual: Mapping[str, str] = {}
    """What a column is if nothing is said of it."""


class Stranger(msgspec.Struct, frozen=True, kw_only=True):
    """A library that has written to us and is none of our partners, and its requests that wait for an approval."""

    agency: str
    peer: str | None
    """The peer that sent it; None if nobody knows."""
    requests: tuple[RequestLine, ...]
    """Oldest first."""
    cells: Mapping[str, str]
    """What its message tells of it, as the columns of a partner's record."""


class Strangers(msgspec.Struct, frozen=True, kw_only=True):
    """Everybody who waits for an approval."""

    strangers: tuple[Stranger, ...]
    more: bool = False
    """More wait than are told here: they come once these are answered."""
