"""What a library that we don't know tells of itself in its request: the beginning of a partner's record. Pure.

Nothing of a person: the name of a contact stays where it is (ill.md, "Rules that keep people safe").
"""

from typing import Any

import msgspec

from gateway.iso18626 import messages as iso
from gateway.iso18626 import values
from gateway.iso18626.codes import ElectronicAddressType
from gateway.mapping.inbound import addresses_of, postal_address


def introduction(symbol: str, message: iso.Request | None) -> dict[str, Any]:
    """Return name, symbols, address and e-mail of a partner's record as JSON; the symbol stands in for what was not told."""
    info = message.requesting_agency_info if message else None
    address = postal_address(addresses_of(message)) if message else None
    told = {
        "name": (info.name if info else None) or symbol,
        "symbols": [symbol],
        "address": msgspec.to_builtins(address) if address else None,
        "email": _email(info) if info else None,
    }
    return {name: value for name, value in told.items() if value}


def _email(info: iso.RequestingAgencyInfo) -> str | None:
    found = (
        address.electronic_address_data
        for address in info.addresses
        if isinstance(address, values.ElectronicAddress)
        and address.electronic_address_type.matches(ElectronicAddressType.EMAIL)
    )
    return next(found, None)
