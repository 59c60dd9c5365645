"""What a directory service's entries would change in our records, as proposals to staff. Pure.

A proposal is worked out anew whenever it is looked at, from the entry and from the records as they are: what staff have changed meanwhile
is neither proposed again nor taken back. Beyond what an imported list does (directory_service.py), an endpoint that has moved is proposed
for a peer that reaches this one library; one behind which others stand is changed by hand. Closures that are over change nothing.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

import msgspec

from gateway.partners.directory_entry import Entry
from gateway.partners.directory_service import EntryBeside, beside
from gateway.workflow.partners import Partner, Peer, Period
from gateway.workflow.values import Record


class DirectoryTold(Record, frozen=True, kw_only=True):
    """An entry as a directory told it last, and what staff have said to it."""

    directory: str
    entry: Entry
    declined: str | None = None
    """The digest of the entry that was declined: another one is a proposal again."""

    @property
    def id(self) -> str:
        """Names it in an address: the same while the directory has its first symbol."""
        return _digest(f"{self.directory}\n{self.entry.symbols[0]}")

    @property
    def digest(self) -> str:
        """Of what the directory says."""
        return digest_of(self.entry)


def digest_of(entry: Entry) -> str:
    """Name what an entry says."""
    return _digest(msgspec.json.encode(entry).decode())


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """What an entry would change, and in words what of it would not be."""

    told: DirectoryTold
    to: EntryBeside
    note: str = ""

    @property
    def is_new(self) -> bool:
        """Whether it would make a partner."""
        return self.to.partner_before is None


def proposals(
    told: Iterable[DirectoryTold], peers: Mapping[str, Peer], partners: Mapping[str, Partner], today: date
) -> Iterator[Proposal]:
    """Yield those that would change something and were not declined, in the order of what was told."""
    for each in told:
        if each.declined != each.digest:
            found = proposal(each, peers, partners, today)
            if found is not None:
                yield found


def proposal(
    told: DirectoryTold, peers: Mapping[str, Peer], partners: Mapping[str, Partner], today: date
) -> Proposal | None:
    """Return what one entry would change; None where it is nothing, or nobody could reach the library."""
    to = beside(told.entry, peers, partners)
    if to is None:
        return None
    to = msgspec.structs.replace(to, partner=_with_closures(to, told.entry, today))
    note = ""
    if told.entry.url is not None and to.peer.url != told.entry.url:
        to, note = _moved(to, told.entry.url, partners)
    is_change = (to.partner, to.peer) != (to.partner_before, to.peer_before)
    return Proposal(told=told, to=to, note=note) if is_change else None


def _moved(to: EntryBeside, url: str, partners: Mapping[str, Partner]) -> tuple[EntryBeside, str]:
    """The peer at its new address where it is this library's alone; else in words why not."""
    others = sorted(each.id for each in partners.values() if each.peer == to.peer.id and each.id != to.partner.id)
    if others:
        return (
            to,
            f"The directory has its system at {url}. Peer {to.peer.id} reaches others too, so it stays at {to.peer.url}.",
        )
    return msgspec.structs.replace(to, peer=msgspec.structs.replace(to.peer, url=url)), ""


def _with_closures(to: EntryBeside, entry: Entry, today: date) -> Partner:
    """Ours where the directory tells of the same days to come."""
    ours = to.partner_before.closures if to.partner_before else ()
    told = _to_come(entry.closures, today)
    closures = ours if not told or told == _to_come(ours, today) else told
    return msgspec.structs.replace(to.partner, closures=closures)


def _to_come(closures: Iterable[Period], today: date) -> tuple[Period, ...]:
    return tuple(each for each in closures if each.last is None or each.last >= today)
