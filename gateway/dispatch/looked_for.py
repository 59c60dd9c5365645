"""A customer's order as catalogues are asked for it, ours and those of possible lenders. Pure."""

import msgspec

from gateway.iso18626.codes import ServiceType
from gateway.workflow.values import Editions, Wanted


def as_looked_for(wanted: Wanted, service: ServiceType, *, any_edition: bool) -> Wanted:
    """Return the work in any edition, where the customer takes any; a part to be copied is of this one alone."""
    if any_edition and service is not ServiceType.COPY:
        return msgspec.structs.replace(wanted, editions=Editions.ANY)
    return wanted
