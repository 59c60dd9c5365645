"""Two partners that are one library by now: the one is merged into the other.

The other takes its symbols, and what still names the one means the other (`Partner.merged`): open requests go on, under its name and terms, with
the system and the account that they began with. What the one owes, its credit and its payments move, by lines of the ledger; an invoice keeps the name
that it was issued to. What is counted of the past stays as it was.
"""

from collections.abc import Iterator

import msgspec

from gateway.desk.access import Caller
from gateway.desk.book import DirectoryBook, partner_faults, read_book, refuse_if, write
from gateway.desk.errors import UnusableError
from gateway.desk.ports import Desk
from gateway.desk.structs.common import Problem
from gateway.desk.structs.directory import MergeBody, PartnerMerged, VersionQuery
from gateway.partners import rules
from gateway.partners.merging import absorbed
from gateway.store.directory_port import RecordChange
from gateway.store.port import Store
from gateway.workflow.partners import Partner
from gateway.workflow.policy import Policy


async def merge_partner(
    desk: Desk, caller: Caller, partner: str, query: VersionQuery, body: MergeBody
) -> PartnerMerged:
    """Merge a partner into another; asked for once more, it goes on where it was broken off."""
    book = await read_book(desk.store)
    into = book.partners.get(body.into)
    if into is None or into.id == partner:
        words = "name another partner, by its short name."
        raise UnusableError(f"into: {words}", [Problem(column="into", words=words.capitalize())])
    if partner not in into.merged:
        changes = _changes(book, book.partner(partner), into)
        await write(desk, caller, book, changes, f"{partner} merged into {into.id}", version=query.version)
    words = f"Partner {partner} was merged into {into.id}, {into.name}."
    bills = await desk.money.bills.move(partner, into.id, at=desk.now(), by=caller.name, words=words)
    return PartnerMerged(
        partner=(await read_book(desk.store)).partner(into.id),
        bills=bills,
        words=words,
        notes=tuple(await _notes(desk.store, partner)),
    )


def _changes(book: DirectoryBook, merged: Partner, into: Partner) -> list[RecordChange]:
    """One record fewer, and one that stands for both, for which its peer may speak. Raises UnusableError."""
    both = absorbed(into, merged)
    others = {name: each for name, each in book.partners.items() if name != merged.id}
    refuse_if(partner_faults(msgspec.structs.replace(book, partners=others), both))
    peer = book.peers[both.peer]
    granted = RecordChange(before=peer, after=rules.granted(peer, both.aliases))
    return [RecordChange(before=merged), RecordChange(before=into, after=both), granted]


async def _notes(store: Store, merged: str) -> list[str]:
    """What a person is still to look at: lines of the policy go by short names."""
    kept = await store.policy()
    policy = msgspec.json.decode(kept[1], type=Policy) if kept else Policy()
    return list(_named(policy, merged))


def _named(policy: Policy, merged: str) -> Iterator[str]:
    for place, line in enumerate(policy.lines, start=1):
        if merged in line.partners:
            yield f"Line {place} of the policy names {merged}, which it can't be for any more."
