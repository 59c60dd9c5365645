"""Who asked: looked up, and written down who looked."""

import msgspec

from gateway.desk.structs.orders import Line


class CustomerQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Why a customer is looked up: up to 500 characters, which are kept in the request's history."""

    reason: str = ""


class CustomerFields(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is known of a customer."""

    barcode: str
    name: str | None = None
    email: str | None = None
    phone: str | None = None


class CustomerShown(msgspec.Struct, frozen=True, kw_only=True):
    """Who asked for a request of ours."""

    request: str
    customer: CustomerFields


class CardBody(msgspec.Struct, frozen=True, kw_only=True):
    """Whose requests are looked for; in a body, for a card in an address would stand in the logs of proxies."""

    customer: Line
    """The barcode, as scanned."""
    open: bool = False
    """Only what is not over yet."""
