"""Peers and partners as a list in a file: JSON with both, CSV with the partners. Pure.

JSON is `{"peers": [...], "partners": [...]}`, each record whole, as the API has it. CSV has a line for each partner and a
column for each field (flat.py); of a partner that we know, a field without a column stays as it is. Reading gives every record that can be read, and every
fault of every row: row numbers count the lines of CSV (the heading is row 1) or the records of a JSON list (from 1).
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, TypeVar

import msgspec

from gateway.partners import flat
from gateway.partners.reading import RecordFault, read
from gateway.spreadsheets import cell_text, csv_text
from gateway.workflow.partners import Partner, Peer

Shape = TypeVar("Shape", Peer, Partner)
Known = Mapping[str, Partner]
"""The partners that are there already, by id."""


class RowFault(msgspec.Struct, frozen=True, omit_defaults=True):
    """A mistake in a list: the row (0: the list as a whole), the field, and in words what is wrong."""

    row: int
    column: str
    words: str


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """What a list holds, each record with the row that it stands in."""

    peers: tuple[tuple[int, Peer], ...] = ()
    partners: tuple[tuple[int, Partner], ...] = ()
    faults: tuple[RowFault, ...] = ()


def write_json(peers: Iterable[Peer], partners: Iterable[Partner]) -> str:
    """Return the list of both."""
    both = {"peers": list(peers), "partners": list(partners)}
    return msgspec.json.format(msgspec.json.encode(both), indent=2).decode() + "\n"


def read_json(text: str, _known: Known) -> Listing:
    """Read a list of both; a list of partners alone is one too."""
    raw = _decoded(text)
    if isinstance(raw, list):
        raw = {"partners": raw}
    if not isinstance(raw, dict):
        return _unreadable('must be JSON like {"peers": [...], "partners": [...]}')
    unknown = [RowFault(0, name, "there is no such list") for name in raw if name not in {"peers", "partners"}]
    peers, wrong_peers = _records(raw.get("peers", []), Peer)
    partners, wrong_partners = _records(raw.get("partners", []), Partner)
    return Listing(peers=peers, partners=partners, faults=(*unknown, *wrong_peers, *wrong_partners))


def write_csv(partners: Iterable[Partner]) -> str:
    """Return the partners as CSV with every column."""
    columns = flat.columns(Partner)
    written = (flat.cells(partner) for partner in partners)
    return csv_text(columns, ([cells.get(column, "") for column in columns] for cells in written))


def read_csv(text: str, known: Known) -> Listing:
    """Read partners from CSV, with commas, semicolons or tabs between the columns."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    partners: list[tuple[int, Partner]] = []
    faults: list[RowFault] = []
    try:
        heading = [name.strip() for name in next(rows, [])]
        for row in rows:
            if any(cell.strip() for cell in row):
                partner, found = _partner_of(heading, row, known)
                faults += [RowFault(rows.line_num, fault.field, fault.words) for fault in found]
                partners += [(rows.line_num, partner)] if partner else []
    except csv.Error as error:
        faults.append(RowFault(rows.line_num, "", f"can't be read as CSV: {error}"))
    if "id" not in heading:
        return _unreadable("must begin with a line of the fields' names, id among them")
    return Listing(partners=tuple(partners), faults=tuple(faults))


def _partner_of(heading: list[str], row: list[str], known: Known) -> tuple[Partner | None, tuple[RecordFault, ...]]:
    if len(row) > len(heading):
        return None, (RecordFault("", "has more cells than the first line has names"),)
    written = dict(zip(heading, map(cell_text, row), strict=False))
    before = known.get(written.get("id", "").strip())
    kept = {name: text for name, text in flat.cells(before).items() if name not in heading} if before else {}
    return read(flat.raw(kept | written, Partner), Partner)


def _delimiter(text: str) -> str:
    first = text.partition("\n")[0]
    return max(",;\t", key=first.count)


def _decoded(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return None


def _records(raw: Any, shape: type[Shape]) -> tuple[tuple[tuple[int, Shape], ...], tuple[RowFault, ...]]:
    name = f"{shape.__name__.casefold()}s"
    if not isinstance(raw, list):
        return (), (RowFault(0, name, "must be a list"),)
    records: list[tuple[int, Shape]] = []
    faults: list[RowFault] = []
    for number, each in enumerate(raw, 1):
        record, found = read(each, shape)
        faults += [RowFault(number, f"{name}.{fault.field}".rstrip("."), fault.words) for fault in found]
        records += [(number, record)] if record is not None else []
    return tuple(records), tuple(faults)


def _unreadable(words: str) -> Listing:
    return Listing(faults=(RowFault(0, "", words),))


Reader = Callable[[str, Known], Listing]
READERS: Final[Mapping[str, Reader]] = {"application/json": read_json, "text/csv": read_csv}
"""By media type."""


def twice(ids: Iterable[tuple[int, str]]) -> Iterator[RowFault]:
    """Find ids that stand in a list more than once."""
    seen: dict[str, int] = {}
    for row, record_id in ids:
        if record_id in seen:
            yield RowFault(row, "id", f"“{record_id}” stands in row {seen[record_id]} too")
        seen.setdefault(record_id, row)
