"""A decision about a request that we make: the draft of the engine, with what a request has because we borrow."""

from datetime import datetime
from typing import Any

import msgspec

from gateway.workflow.borrowing_records import BarcodeMove, PoolState
from gateway.workflow.machine import Draft


class BorrowingDraft(Draft):
    """What the actions of the borrowing table write into."""

    def borrow(self, **fields: Any) -> None:
        """Change fields of what the request has because we borrow."""
        self.set(borrowing=msgspec.structs.replace(self.request.borrowed, **fields))

    def move_barcode(self, barcode: str, to: PoolState, free_since: datetime | None = None) -> None:
        """Say where a barcode of the pool stands from now on; `free_since` see BarcodeMove."""
        self.barcodes.append(BarcodeMove(barcode=barcode, to=to, free_since=free_since))
