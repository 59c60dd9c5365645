"""What partners' directory services propose, and what staff say to it: accept or decline, one at a time, or read them again now."""

import asyncio
from collections.abc import Iterator

import msgspec

from gateway.desk.access import Caller
from gateway.desk.book import DirectoryBook, partner_faults, peer_faults, read_book, refuse_if, write
from gateway.desk.errors import HasNoneError
from gateway.desk.ports import Desk, PartnerParts
from gateway.desk.structs.directories import ColumnChange, Directories, DirectoryShown, ProposalAnswered, ProposalShown
from gateway.desk.structs.directory import VersionQuery
from gateway.partners import flat
from gateway.partners.proposals import Proposal, proposals
from gateway.partners.reading import RecordFault
from gateway.store.directory_port import RecordChange
from gateway.workflow.partners import Partner, Peer


async def list_directories(desk: Desk, _caller: Caller) -> Directories:
    """Return the services with how each was read last, and what they propose: new libraries last."""
    book = await read_book(desk.store)
    readings = {each.directory: each for each in await desk.store.told.readings()}
    found = sorted(await _proposals(desk, book), key=lambda each: (each.is_new, each.to.partner.name.casefold()))
    return Directories(
        version=book.version,
        directories=tuple(
            DirectoryShown(
                id=service.id,
                form=service.form.value,
                every_hours=service.every_hours,
                read_at=reading.at if (reading := readings.get(service.id)) else None,
                entries=reading.entries if reading else 0,
                trouble=reading.trouble if reading else "",
            )
            for service in desk.partners.directories.services
        ),
        proposals=tuple(_shown(desk.partners, book, each) for each in found),
    )


async def count_proposals(desk: Desk) -> int:
    """Count what is proposed; nothing is looked at where the settings name no service."""
    return len(await _proposals(desk, await read_book(desk.store))) if desk.partners.directories.services else 0


async def read_directories(desk: Desk, caller: Caller) -> Directories:
    """Read every service now, and return what they propose."""
    await desk.partners.directories.read_all()
    return await list_directories(desk, caller)


async def accept_proposal(desk: Desk, caller: Caller, proposal: str, query: VersionQuery) -> ProposalAnswered:
    """Write what an entry would change, as it is worked out now. Raises NotThereError, UnusableError, ConflictError."""
    book = await read_book(desk.store)
    found = await _proposal(desk, book, proposal)
    refuse_if(_faults(desk.partners, book, found))
    to = found.to
    changes = [
        RecordChange(before=to.peer_before, after=to.peer),
        RecordChange(before=to.partner_before, after=to.partner),
    ]
    what = f"taken from the directory {found.told.directory}"
    await write(desk, caller, book, changes, what, version=query.version)
    words = f"{to.partner.name} is {'a partner now' if found.is_new else 'changed'}."
    return ProposalAnswered(partner=to.partner.id, name=to.partner.name, words=words)


async def decline_proposal(desk: Desk, _caller: Caller, proposal: str) -> ProposalAnswered:
    """Leave everything as it is, until the directory says something else of the library. Raises NotThereError."""
    book = await read_book(desk.store)
    found = await _proposal(desk, book, proposal)
    await desk.store.told.decline(found.told)
    words = f"{found.to.partner.name} stays as it is, until the directory says something else of it."
    return ProposalAnswered(partner=found.to.partner.id, name=found.to.partner.name, words=words)


async def _proposals(desk: Desk, book: DirectoryBook) -> list[Proposal]:
    """In a thread: a consortium has hundreds of libraries."""
    named = {service.id for service in desk.partners.directories.services}
    told = [each for each in await desk.store.told.told() if each.directory in named]
    return await asyncio.to_thread(lambda: list(proposals(told, book.peers, book.partners, desk.today())))


async def _proposal(desk: Desk, book: DirectoryBook, number: str) -> Proposal:
    for each in await _proposals(desk, book):
        if each.told.id == number:
            return each
    raise HasNoneError("This is no proposal any more: it was answered, or the directory says something else.")


def _faults(partners: PartnerParts, book: DirectoryBook, found: Proposal) -> tuple[RecordFault, ...]:
    to = found.to
    with_peer = msgspec.structs.replace(book, peers={**book.peers, to.peer.id: to.peer})
    return (*peer_faults(partners, to.peer), *partner_faults(with_peer, to.partner))


def _shown(partners: PartnerParts, book: DirectoryBook, found: Proposal) -> ProposalShown:
    to = found.to
    return ProposalShown(
        id=found.told.id,
        directory=found.told.directory,
        partner=to.partner.id,
        name=to.partner.name,
        is_new=found.is_new,
        symbols=found.told.entry.symbols,
        changes={
            **dict(_changes(to.partner_before, to.partner, "")),
            **dict(_changes(to.peer_before, to.peer, "peer.")),
        },
        note=found.note,
        problems=tuple(map(str, _faults(partners, book, found))),
    )


def _changes(before: Partner | Peer | None, after: Partner | Peer, prefix: str) -> Iterator[tuple[str, ColumnChange]]:
    """The columns that differ; of a new record those that say something."""
    old, new = flat.cells(before) if before else {}, flat.cells(after)
    for name in flat.columns(type(after)):
        if old.get(name, "") != new.get(name, ""):
            yield f"{prefix}{name}", ColumnChange(before=old.get(name, ""), after=new.get(name, ""))
