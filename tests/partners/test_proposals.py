"""What a directory's entries would change: new partners, new symbols, days, catalogues, endpoints that have moved."""

from datetime import date
from typing import Any

import msgspec

from gateway.partners.directory_entry import Entry
from gateway.partners.proposals import DirectoryTold, Proposal, proposal, proposals
from gateway.workflow.partners import Partner, PartnerCatalogue, Peer, Period
from tests.partners.test_directory_service import URL

TODAY = date(2026, 11, 27)
PEER = Peer(id="east-system", url=URL, agencies=("ISIL:XX-E",))
EAST = Partner(id="east", name="Example East Library", peer="east-system", symbols=("ISIL:XX-E",))
ENTRY = Entry(name="Example East Library", ids=("EAST",), symbols=("ISIL:XX-E",), url=URL)
PAST = Period(first=date(2026, 1, 1), last=date(2026, 1, 2))
TO_COME = Period(first=date(2026, 12, 25), last=date(2026, 12, 26))


def of(entry: Entry = ENTRY, *, peer: Peer = PEER, partners: tuple[Partner, ...] = (EAST,), **told: Any) -> Any:
    told_entry = DirectoryTold(directory="consortium", entry=entry, **told)
    return proposal(told_entry, {peer.id: peer}, {each.id: each for each in partners}, TODAY)


def changed(**fields: Any) -> Any:
    return of(msgspec.structs.replace(ENTRY, **fields))


def test_what_is_as_we_have_it_is_no_proposal():
    assert of() is None


def test_a_library_that_we_do_not_know_would_be_a_partner_at_a_peer_of_its_own():
    entry = msgspec.structs.replace(ENTRY, symbols=("ISIL:XX-NEW",), url="https://new.example.org/", ids=("new",))
    found = of(entry)
    assert isinstance(found, Proposal)
    assert (found.is_new, found.to.partner.id, found.to.peer.url, found.to.peer_before) == (
        True, "new", "https://new.example.org/", None,
    )  # fmt: skip
    assert of(msgspec.structs.replace(entry, url=None)) is None, "nobody could reach it"


def test_a_symbol_more_is_added_and_its_peer_may_speak_for_it():
    found = changed(symbols=("ISIL:XX-E", "OCLC:EXE"))
    assert (found.to.partner.symbols, found.to.peer.agencies) == (
        ("ISIL:XX-E", "OCLC:EXE"), ("ISIL:XX-E", "OCLC:EXE"),
    )  # fmt: skip


def test_days_to_come_are_proposed_and_days_that_are_over_are_not():
    assert changed(closures=(PAST,)) is None
    assert changed(closures=(PAST, TO_COME)).to.partner.closures == (TO_COME,)
    known = msgspec.structs.replace(EAST, closures=(PAST, TO_COME))
    entry = msgspec.structs.replace(ENTRY, closures=(TO_COME,))
    assert of(entry, partners=(known,)) is None


def test_a_catalogue_is_proposed_and_what_is_between_us_and_it_stays():
    told = PartnerCatalogue(url="https://east.example.org/new-sru", product="koha")
    ours = PartnerCatalogue(
        url="https://east.example.org/sru", user="hill", password="secret:peer-x", at_once=1, number_as="b{}"
    )
    entry = msgspec.structs.replace(ENTRY, catalogue=told)
    found = of(entry, partners=(msgspec.structs.replace(EAST, catalogue=ours),))
    assert found.to.partner.catalogue == msgspec.structs.replace(ours, url=told.url, product="koha")
    elsewhere = msgspec.structs.replace(told, url="https://other.example.org/sru")
    found = of(
        msgspec.structs.replace(ENTRY, catalogue=elsewhere),
        partners=(msgspec.structs.replace(EAST, catalogue=ours),),
    )
    assert (found.to.partner.catalogue.user, found.to.partner.catalogue.password) == (None, None)


def test_an_endpoint_that_has_moved_is_proposed_unless_others_stand_behind_it():
    moved = "https://moved.example.org/iso18626"
    found = changed(url=moved)
    assert (found.to.peer.url, found.to.peer_before.url) == (moved, URL)
    other = Partner(id="other", name="Other", peer="east-system", symbols=("ISIL:XX-O",))
    assert of(msgspec.structs.replace(ENTRY, url=moved), partners=(EAST, other)) is None
    found = of(msgspec.structs.replace(ENTRY, url=moved, email="new@example.org"), partners=(EAST, other))
    assert found.to.peer.url == URL
    assert found.note.startswith(f"The directory has its system at {moved}.")


def test_what_was_declined_stays_declined_until_the_directory_says_something_else():
    entry = msgspec.structs.replace(ENTRY, email="new@example.org")
    told = DirectoryTold(directory="consortium", entry=entry)
    declined = msgspec.structs.replace(told, declined=told.digest)
    again = msgspec.structs.replace(declined, entry=msgspec.structs.replace(entry, email="newer@example.org"))
    known = {PEER.id: PEER}, {EAST.id: EAST}, TODAY
    assert len(list(proposals([told], *known))) == 1
    assert list(proposals([declined], *known)) == []
    assert len(list(proposals([again], *known))) == 1
    assert told.id == again.id
