"""Entries of directory services, in the shapes of the two projects; every library in them is fictional."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.partners.directory_service import records_of
from gateway.workflow.partners import Partner, Peer, Period
from gateway.workflow.values import PostalAddress

URL = "https://east.example.org/iso18626"
CROSSLINK: dict[str, Any] = {
    "items": [
        {
            "id": "11111111-0000-5000-8000-000000000001",
            "name": "Example East Library",
            "type": "institution",
            "hrid": "EAST",
            "email": "ill@east.example.org",
            "illConfig": {"iso18626Vendor": "ReShare"},
            "symbols": [{"authority": "ISIL", "symbol": "XX-E"}, {"authority": "OCLC", "symbol": "EXE"}],
            "endpoints": [
                {"type": "http", "address": "https://east.example.org/statistics"},
                {"type": "ISO18626", "address": URL},
            ],
            "addresses": [
                {"type": "Billing", "addressComponents": [{"type": "Thoroughfare", "value": "Elsewhere"}]},
                {
                    "type": "Shipping",
                    "addressComponents": [
                        {"type": "Thoroughfare", "value": "5 Fictional Avenue"},
                        {"type": "Locality", "value": "East"},
                        {"type": "AdministrativeArea", "value": "XY"},
                        {"type": "PostalCode", "value": "00005"},
                        {"type": "CountryCode", "value": "XXX"},
                        {"type": "Other", "value": "passed over"},
                    ],
                },
            ],
            "closures": [
                {"startDate": "2026-12-25", "endDate": "2026-12-26", "reason": "Holidays"},
                {"startDate": "2027-02-02", "endDate": "2027-01-01", "reason": "ends before it begins"},
                {"startDate": "some day"},
            ],
        },
        {
            "id": "2",
            "name": "East / Branch",
            "type": "branch",
            "parent": "11111111-0000-5000-8000-000000000001",
            "symbols": [],
        },
        {"id": "3", "name": "Example consortium", "type": "consortium"},
        {"id": "4", "name": "Example Unreachable Library", "symbols": [{"authority": "ISIL", "symbol": "XX-U"}]},
    ],
    "resultInfo": {"totalRecords": 4},
}
MOD_DIRECTORY: dict[str, Any] = {
    "name": "Example West Library",
    "slug": "Example_West",
    "emailAddress": "ill@west.example.org",
    "symbols": [{"authority": {"symbol": "RESHARE"}, "symbol": "WEST", "priority": "a"}],
    "services": [
        {"slug": "west_ncip", "service": {"type": "NCIP", "address": "https://west.example.org/ncip"}},
        {"slug": "west_iso", "service": {"type": {"value": "iso18626"}, "address": "https://west.example.org/iso18626"}},
    ],
    "addresses": [{"lines": [{"type": {"value": "Thoroughfare"}, "value": "6 Made-up Road"}, {"type": {"value": "Locality"}, "value": "West"}]}],
    "units": [{"name": "West Annex", "symbols": [{"authority": {"symbol": "RESHARE"}, "symbol": "ANNEX"}]}],
}  # fmt: skip


def test_an_entry_of_crosslinks_directory():
    found = records_of(CROSSLINK, (), ())
    assert found.peers == (Peer(id="east", url=URL, dialect="reshare", agencies=("ISIL:XX-E", "OCLC:EXE")),)
    assert found.partners == (
        Partner(
            id="east",
            name="Example East Library",
            peer="east",
            symbols=("ISIL:XX-E", "OCLC:EXE"),
            email="ill@east.example.org",
            address=PostalAddress(
                line1="5 Fictional Avenue", locality="East", region="XY", postal_code="00005", country="XXX"
            ),
            closures=(Period(first=date(2026, 12, 25), last=date(2026, 12, 26), why="Holidays"),),
        ),
    )
    assert found.notes == (
        "Example Unreachable Library has no endpoint of ISO 18626 there, and is not known here: left out.",
    )


def test_an_entry_of_mod_directory_and_the_unit_below_it():
    found = records_of(MOD_DIRECTORY, (), ())
    assert [(peer.id, peer.url, peer.agencies) for peer in found.peers] == [
        ("example-west", "https://west.example.org/iso18626", ("RESHARE:WEST", "RESHARE:ANNEX"))
    ]
    assert [(partner.id, partner.name, partner.peer, partner.email) for partner in found.partners] == [
        ("example-west", "Example West Library", "example-west", "ill@west.example.org"),
        ("annex", "West Annex", "example-west", None),
    ]
    assert found.partners[0].address == PostalAddress(line1="6 Made-up Road", locality="West")


def test_a_partner_that_we_know_keeps_what_is_ours_and_its_peer():
    hub = Peer(id="hub", url="https://hub.example.org/", agencies=("OCLC:EXE",))
    ours = Partner(id="e1", name="East", peer="hub", symbols=("OCLC:exe",), account="20000000090015", notes="Kind.")
    found = records_of(CROSSLINK, [hub], [ours])
    (partner,) = found.partners
    assert (partner.id, partner.name, partner.account, partner.notes, partner.peer) == (
        "e1", "Example East Library", "20000000090015", "Kind.", "hub",
    )  # fmt: skip
    assert partner.symbols == ("OCLC:exe", "ISIL:XX-E")
    assert [peer.agencies for peer in found.peers] == [("OCLC:EXE", "ISIL:XX-E")]
    assert found.notes[0] == (
        f"Example East Library is at {URL} there, and at https://hub.example.org/ by peer hub here: that stays."
    )


def test_the_same_directory_once_more_changes_nothing():
    for raw in (CROSSLINK, [MOD_DIRECTORY]):
        once = records_of(raw, (), ())
        again = records_of(raw, once.peers, once.partners)
        assert (again.peers, again.partners) == (once.peers, once.partners)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["items", "symbols", "authority", "symbol", "endpoints", "services", "service", "type", "address",
                         "closures", "startDate", "addresses", "lines", "units", "parent", "id", "illConfig", "vendor"]),
        inner, max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@given(JSON)
def test_no_json_breaks_it(raw: Any):
    found = records_of(raw, (), ())
    assert all(partner.symbols for partner in found.partners)


@pytest.mark.parametrize("raw", [None, [], {}, {"items": None}, {"items": [1]}])
def test_a_directory_without_an_entry_is_empty(raw: Any):
    assert records_of(raw, (), ()).partners == ()
