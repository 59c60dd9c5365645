"""Amounts as they are typed."""

from decimal import Decimal, InvalidOperation

from gateway.commands.base import Failure
from gateway.commands.output import plain


def amount_of(text: str) -> Decimal:
    """Read an amount. Raises Failure."""
    try:
        return Decimal(text)
    except InvalidOperation:
        raise Failure(f"{plain(text)} is no amount: write it like 12.50.") from None
