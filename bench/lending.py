"""A loan to a partner, from its New to its confirmation of LoanCompleted."""

from bench import documents
from bench.player import Player
from gateway.catalogue.item_list import read_csv
from gateway.demo.acs.collection import demonstration_collection
from gateway.demo.acs.records import CirculationStatus
from gateway.iso18626.codes import Status
from gateway.workflow.records import State
from gateway.workflow.triggers import StaffAction

ITEMS = tuple(
    item.barcode
    for item in demonstration_collection().items
    if item.status is CirculationStatus.AVAILABLE and item.item_type in {"BOOK", "JRNL"}
)
"""Items of the demonstration ACS that are in and circulate; each is listed under a record id of its own: one copy each."""


class Lending(Player):
    """Each place has a copy of its own to lend."""

    at_once_max = len(ITEMS)

    async def prepare(self) -> None:
        """List the items."""
        rows = "".join(f"{barcode},EXC,The Imaginary Almanac,{barcode}\n" for barcode in ITEMS)
        found = read_csv(f"item_barcode,branch,title,record_id\n{rows}")
        await self.gateway.store.import_items(found.items, replace=True)

    async def play(self, number: int, place: int) -> None:
        """By way of the hold, the scan at the desk, the checkout, Received, ShippedReturn and the check-in."""
        request = f"BENCH-{number:08}"
        await self.post(documents.request(number, ITEMS[place]))
        await self.until(request, State.WILL_SUPPLY)
        await self.act(request, StaffAction.ARRIVE, self.barcodes(request))
        await self.until(request, State.ARRIVED)
        await self.act(request, StaffAction.SHIP, self.barcodes(request))
        await self.until(request, State.LOANED)
        await self.post(documents.requesting_message(number, "Received"))
        await self.post(documents.requesting_message(number, "ShippedReturn"))
        await self.until(request, State.RETURNING)
        await self.act(request, StaffAction.CHECK_IN, self.barcodes(request))
        await self.until(request, State.COMPLETED)
        await self.until_told(request, Status.LOAN_COMPLETED)
