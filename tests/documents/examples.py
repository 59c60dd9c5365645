"""Fictional records for the tests of the documents."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from gateway.workflow.partners import OurLibrary, Partner
from gateway.workflow.records import Copy, Item, ItemPlace, Request, Role, State
from gateway.workflow.values import PostalAddress, Wanted

ZONE = ZoneInfo("America/New_York")
LATE_ON_THE_NINTH = datetime(2026, 10, 10, 3, 59, tzinfo=UTC)
"""The ninth of October in New York, the tenth in UTC."""
AT = datetime(2026, 8, 28, 14, 0, tzinfo=UTC)

LIBRARY = OurLibrary(
    name="Example Valley Library",
    department="Interlibrary Loan",
    address=PostalAddress(
        line1="1 Example Street", locality="Example Valley", region="EX", postal_code="00001", country="Exampleland"
    ),
    contact="ill@library.example",
    branches={"North": "North Branch", "EAST": "East Branch"},
)
PARTNER = Partner(
    id="sample-city",
    name="Sample City Library",
    peer="sample",
    address=PostalAddress(line1="2 Sample Square", line2="Loading dock", locality="Sample City", postal_code="00002"),
)
ALMANAC = Item(
    copy=Copy(
        item_barcode="30234000517861",
        branch="Main",
        title="The Imaginary Almanac: a most complete and altogether invented account of days that never were",
        author="Invented, Ina",
        call_number="AY31 .I5",
    ),
    place=ItemPlace.OUT,
    due_at=LATE_ON_THE_NINTH,
)
LOAN = Request(
    id="L2026-000001",
    role=Role.LENDING,
    state=State.LOANED,
    peer="sample",
    partner="sample-city",
    requesting_agency="ISIL:EX-SAMPLE",
    supplying_agency="ISIL:EX-VALLEY",
    partner_request_id="SCL-77",
    created_at=AT,
    updated_at=AT,
    state_since=AT,
    wanted=Wanted(title="Imaginary almanac", volumes=("3",)),
    note="for Pat Pretend, card 2999",
    deliver_by_mail_to="pat@pretend.example",
    items=(ALMANAC,),
    due_at=LATE_ON_THE_NINTH,
    condition="NoReproduction",
)


def item_at(branch: str, call_number: str | None, barcode: str, **changes: Any) -> Item:
    """An item on the shelf, held for a loan."""
    copy = Copy(item_barcode=barcode, branch=branch, call_number=call_number, title=f"Tale {barcode}")
    return msgspec.structs.replace(Item(copy=copy, place=ItemPlace.HELD), **changes)


def loan(**changes: Any) -> Request:
    """The example loan, changed."""
    return msgspec.structs.replace(LOAN, **changes)
