"""A directory in a JSON of our own: what it may hold, and what ours says of partners to others."""

from datetime import date

import msgspec

from gateway.partners.directory_service import entries_of, records_of
from gateway.partners.plain_directory import write
from gateway.workflow.partners import Partner, PartnerCatalogue, Peer, Period, Terms
from tests.partners.test_directory_service import URL

PEER = Peer(id="east-system", url=URL, dialect="alma", agencies=("ISIL:XX-E",))
EAST = Partner(
    id="east",
    name="Example East Library",
    peer="east-system",
    symbols=("ISIL:XX-E",),
    account="20000000090015",
    email="ill@east.example.org",
    closures=(Period(first=date(2026, 12, 25), last=date(2026, 12, 26)),),
    catalogue=PartnerCatalogue(
        url="https://east.example.org/sru", product="koha", user="hill", password="secret:peer-x"
    ),
    borrowing=Terms(reciprocal=True),
    notes="Kind people.",
)


def test_what_is_written_is_read_again_without_what_is_ours():
    raw = msgspec.json.decode(write([EAST], [PEER]))
    (entry,) = entries_of(raw)
    assert (entry.url, entry.dialect, entry.email, entry.closures) == (URL, "alma", EAST.email, EAST.closures)
    assert entry.catalogue == PartnerCatalogue(url="https://east.example.org/sru", product="koha")
    for ours in ("20000000090015", "Kind people", "hill", "secret:peer-x", "reciprocal"):
        assert ours not in write([EAST], [PEER])


def test_it_is_imported_like_any_other_and_changes_nothing_the_second_time():
    raw = msgspec.json.decode(write([EAST], [PEER]))
    found = records_of(raw, (), ())
    assert [(peer.id, peer.url, peer.dialect) for peer in found.peers] == [("east", URL, "alma")]
    assert records_of(raw, [PEER], [EAST]).partners == (EAST,)


def test_what_is_no_library_is_passed_over():
    listed = [
        None,
        {"name": "Without a symbol", "symbols": []},
        {"name": "Bad symbol", "symbols": ["XX"]},
        {"name": "", "symbols": ["ISIL:XX-A"], "catalogue": {"url": "nowhere"}, "dialect": "none of ours"},
    ]
    (entry,) = entries_of({"libraries": listed})
    assert (entry.name, entry.dialect, entry.catalogue) == ("ISIL:XX-A", "plain", None)
    assert list(entries_of({"libraries": "none"})) == []
