"""A customer's card, as it was scanned or typed."""

from gateway.barcodes import scanned
from gateway.desk.errors import UnusableError
from gateway.orders.cells import CellError, read_customer


def read_card(text: str) -> str:
    """Return the card's barcode; raises UnusableError, which quotes nothing."""
    try:
        return read_customer(scanned(text).barcode)
    except CellError as error:
        raise UnusableError(f"customer: {error}.") from None
