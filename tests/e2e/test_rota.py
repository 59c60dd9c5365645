"""Five partners with catalogues in Zebra, over SRU and over Z39.50: who holds the work is asked first, between processes.

The third of them by its id is the demonstration partner, and alone holds the work; the others would come before it by name.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from gateway.demo.stage.borrowing_scene import CUSTOMER, PICKUP
from gateway.demo.stage.case import Case
from gateway.demo.stage.processes import free_port
from gateway.demo.stage.stack import Stack
from gateway.demo.stage.stack_config import PEER
from tests.catalogue import zebra_server
from tests.catalogue.records import field, item, record

OTHERS = ("brook-city", "east-hills", "upper-shore", "west-creek")
ORDER = tuple(sorted((*OTHERS, PEER)))
WISH = {
    "title": "The Cartography of Fog",
    "author": "Invented, Iris",
    "identifiers": [{"code": "ISBN", "value": "9780000000705"}],
}
NUMBER = "fog-0001"
HELD = record(
    NUMBER,
    field("020", a="9780000000705"),
    item("30000007000015"),
    title="The Cartography of Fog /",
    author="Invented, Iris",
)
OTHER_WORK = record(
    "x-0001", field("020", a="9780000000606"), item("30000007000023"), title="A ledger of lighthouses /"
)


@pytest.fixture(scope="module")
def catalogues(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, int]]:
    """A running Zebra for each partner; where it listens."""
    zebra_server.needed(zebra_server.is_installed(), "Zebra", "idzebra-2.0")
    with ExitStack() as stack:
        found = {}
        for partner in ORDER:
            folder: Path = tmp_path_factory.mktemp(partner)
            records = (HELD,) if partner == PEER else (OTHER_WORK,)
            found[partner] = int(urlsplit(stack.enter_context(zebra_server.zebra(folder, records))).port or 0)
        yield found


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A library and the demonstration partner, which waits to be told what it says; the other partners listen nowhere."""
    with Stack(tmp_path_factory.mktemp("stack"), partner_arguments=("--lends",)) as running:
        for partner in OTHERS:
            symbol = f"ISIL:XX-{partner.upper()}"
            peer = {"id": partner, "url": f"http://127.0.0.1:{free_port()}/iso18626", "agencies": [symbol]}
            running.api.call("PUT", f"/peers/{partner}", peer)
            known = {"id": partner, "name": f"{partner} Library", "peer": partner, "symbols": [symbol]}
            running.api.call("PUT", f"/partners/{partner}", known)
        yield running


def name(stack: Stack, catalogues: dict[str, int], scheme: str) -> None:
    """Put each catalogue into its partner's record."""
    for partner, port in catalogues.items():
        catalogue: dict[str, Any] = {
            "url": f"{scheme}://127.0.0.1:{port}/Default",
            "product": "koha",
            "record_number": "001",
        }
        catalogue["schema"] = "marcxml" if scheme == "http" else "usmarc"
        shown = stack.api.get(f"/partners/{partner}")["partner"]
        stack.api.call("PUT", f"/partners/{partner}", shown | {"catalogue": catalogue})


def order(stack: Stack) -> Case:
    """A customer's order comes in; its case once somebody was asked."""
    case = Case(stack.api, stack.acs, lambda: stack.processes)
    wish = {"customer": CUSTOMER, "pickup_branch": PICKUP, **WISH, "waived": ["duplicate"]}
    case.our_id = stack.api.post("/borrowing", wish)["request"]
    case.until(lambda: case.request()["borrowing"].get("asked"), "a lender that is asked")
    return case


@pytest.mark.parametrize("scheme", ["http", "z39.50s"])
def test_who_alone_holds_the_work_is_asked_first_and_by_its_number(
    stack: Stack, catalogues: dict[str, int], scheme: str
):
    name(stack, catalogues, scheme)
    case = order(stack)
    borrowing = case.request()["borrowing"]
    [asked] = borrowing["asked"]
    assert (asked["partner"], ORDER.index(PEER)) == (PEER, 2)
    assert asked["record_id"] == NUMBER
    assert asked["reason"].startswith("holds it, 1 of 1 copy in, ")
    assert [line["partner"] for line in borrowing["lenders"]] == list(OTHERS)
    assert all(line["reason"].startswith("does not hold it") for line in borrowing["lenders"])
    case.until(lambda: stack.partner.get("/asked")["requests"], "the New at the partner")
    case.until(lambda: _was_sent(case), "the number in what was sent")
    told = next(entry["words"] for entry in case.timeline() if entry["words"].startswith("Lenders to ask: "))
    assert f"Lenders to ask: {PEER}" in told
    assert "Catalogues asked: brook-city: ISBN 9780000000705: 0 records" in told


def _was_sent(case: Case) -> bool:
    """Whether the New that went out has the record's number."""
    documents = (str(entry.get("detail", {}).get("document", "")) for entry in case.timeline())
    return any(f"<supplierUniqueRecordId>{NUMBER}</supplierUniqueRecordId>" in document for document in documents)


def test_without_catalogues_the_order_is_by_what_we_know_of_each_alone(stack: Stack):
    for partner in ORDER:
        shown = stack.api.get(f"/partners/{partner}")["partner"]
        shown.pop("catalogue", None)
        stack.api.call("PUT", f"/partners/{partner}", shown)
    borrowing = order(stack).request()["borrowing"]
    assert [line["partner"] for line in (*borrowing["asked"], *borrowing["lenders"])] == list(ORDER)
