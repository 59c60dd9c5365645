"""What each product sends is read, and heard through its dialect; the origin of each document is in its folder's README."""

import re
from pathlib import Path

import pytest

from gateway.iso18626.codec import Decoded, decode
from gateway.iso18626.dialects import DIALECTS, HeardMessage, incoming
from gateway.iso18626.dialects.habits import note_of
from gateway.iso18626.messages import Request, SupplyingAgencyMessage
from gateway.iso18626.notes import NotedItem, Tokens, Words
from gateway.iso18626.repairs import RepairKind

FOLDER = Path(__file__).parents[1] / "vectors" / "dialects"
VOLUMES = (NotedItem("30000000000001", "QA 76", "Vol. 1"), NotedItem("30000000000002", "", "Vol. 2"))

HEARD = [
    ("reshare-request.xml", "reshare", "Large print if possible.", {"tokens": Tokens(sequence=0)}),
    (
        "reshare-condition-agreed.xml",
        "reshare",
        "We shall use it here.",
        {"tokens": Tokens(condition_accepted=True, sequence=2)},
    ),
    (
        "reshare-pickup-changed.xml",
        "reshare",
        "Moved.\nChanged: PickupLocation: North Branch.",
        {"tokens": Tokens(sequence=3, updated_fields=(("PickupLocation", "North Branch"),))},
    ),
    (
        "reshare-condition-added.xml",
        "reshare",
        "No renewals",
        {"tokens": Tokens(sequence=1, condition_added=True)},
    ),
    ("reshare-loaned.xml", "reshare", None, {"tokens": Tokens(sequence=4, items=VOLUMES)}),
    ("reshare-loaned-joined.xml", "reshare", None, {"tokens": Tokens(sequence=4, items=VOLUMES)}),
    ("broker-request-opaque.xml", "broker", "Large print if possible.", {"tokens": Tokens(sequence=0)}),
    (
        "broker-expect-opaque.xml",
        "broker",
        None,
        {
            "tokens": Tokens(sequence=0),
            "words": Words(supplier="XX-SAMPLETON", vendor="ReShare"),
            "supplier": "XX-SAMPLETON",
        },
    ),
    (
        "broker-unfilled-relayed.xml",
        "broker",
        None,
        {"words": Words(supplier="XX-SAMPLETON"), "supplier": "XX-SAMPLETON", "still_searching": True},
    ),
    (
        "broker-loaned-transparent.xml",
        "broker-transparent",
        "Two volumes",
        {"tokens": Tokens(items=(VOLUMES[0], NotedItem("30000000000002"))), "supplier": "XX-SAMPLETON"},
    ),
    ("alma-accept.xml", "alma", ' "Accept". ', {"tokens": Tokens(condition_accepted=True)}),
    ("alma-message.xml", "alma", "It travels tomorrow.", {}),
    ("oclc-unfilled.xml", "oclc", None, {}),
    ("illiad-request.xml", "illiad", "Please #rush# this.", {}),
    ("koha-request.xml", "koha", None, {}),
]


def read(name: str) -> Decoded:
    return decode((FOLDER / name).read_bytes())


def heard(name: str, dialect: str) -> HeardMessage:
    return incoming(DIALECTS[dialect], read(name).message)


@pytest.mark.parametrize(("name", "dialect", "note", "said"), HEARD)
def test_each_document_is_heard_as_it_was_meant(name, dialect, note, said):
    found = heard(name, dialect)
    assert found == HeardMessage(message=found.message, **said)
    assert note_of(found.message) == note


def test_each_document_is_heard_here_and_its_origin_is_stated():
    files = {path.name for path in FOLDER.glob("*.xml")}
    assert {name for name, *_ in HEARD} == files
    stated = re.findall(
        r"^\| `([^`]+)` \| [^|]+ \| [^|]+ \| [^|]+ \|$", (FOLDER / "README.md").read_text(), re.MULTILINE
    )
    assert sorted(stated) == sorted(files)


def test_every_product_has_a_document():
    named = {dialect for _, dialect, *_ in HEARD}
    assert named == set(DIALECTS) - {"plain"}


@pytest.mark.parametrize(
    ("name", "dialect"),
    [
        ("reshare-loaned.xml", "reshare"),
        ("reshare-loaned-joined.xml", "reshare"),
        ("broker-loaned-transparent.xml", "broker-transparent"),
    ],
)
def test_several_volumes_become_barcodes_wherever_they_are_named(name, dialect):
    message = heard(name, dialect).message
    assert isinstance(message, SupplyingAgencyMessage)
    assert message.delivery_info is not None
    assert message.delivery_info.item_ids == ("30000000000001", "30000000000002")


def test_kohas_request_is_put_right():
    decoded = read("koha-request.xml")
    assert isinstance(decoded.message, Request)
    assert decoded.message.header.requesting_agency_request_id == "42"
    assert decoded.message.header.timestamp is not None
    assert {repair.kind for repair in decoded.repairs} == {
        RepairKind.NAMESPACE,
        RepairKind.NO_ENVELOPE,
        RepairKind.ORDER,
        RepairKind.MISSING_ELEMENT,
        RepairKind.TIME_FORM,
        RepairKind.TIME_WITHOUT_ZONE,
    }


def test_the_two_forms_of_an_oclc_symbol_are_one_library():
    unfilled, request = read("oclc-unfilled.xml").message, read("illiad-request.xml").message
    assert isinstance(unfilled, SupplyingAgencyMessage)
    assert isinstance(request, Request)
    assert unfilled.header.supplying_agency_id is not None
    assert request.header.requesting_agency_id.key() == unfilled.header.supplying_agency_id.key() == "oclc:exa"
