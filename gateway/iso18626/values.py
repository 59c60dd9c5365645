"""The values that several messages share: codes of open lists, agencies, money, addresses. Frozen, without I/O."""

from decimal import Decimal
from functools import lru_cache
from typing import Self

from msgspec import Struct

from gateway.iso18626.codes import OpenCode, Version


class Code(Struct, frozen=True):
    """A value of an open list, with the URI of the list if the sender named it (type_schemeValuePair)."""

    value: str
    scheme: str | None = None

    @classmethod
    def of(cls, code: OpenCode, version: str = Version.V1_2) -> Self:
        """The code with the scheme of its list, as a peer of that version knows it."""
        return cls(code.value, code.scheme(version))

    def matches(self, code: str) -> bool:
        """Whether both name the same value: open lists are compared without regard to case."""
        return self.value.strip().casefold() == code.casefold()


class AgencyId(Struct, frozen=True):
    """A library's symbol and the kind of symbol it is (type_agencyId)."""

    type: Code
    value: str

    @classmethod
    def of(cls, symbol: str) -> Self:
        """The agency that `ISIL:XX-Example` names; without a colon the type is empty."""
        kind, colon, value = symbol.partition(":")
        return cls(Code(kind.strip()), value.strip()) if colon else cls(Code(""), symbol.strip())

    def key(self) -> str:
        """`type:value` in lower case: two ids mean the same agency exactly if their keys are equal.

        Peers write the type into the value as well (`OCLC` with `OCLC-ABCDE` or `OCLC:ABCDE`), or into the value
        alone (an empty type with `OCLC:ABCDE`); other colons and `$` belong to the symbol.
        """
        kind, value = self.type.value.strip().casefold(), self.value.strip().casefold()
        if not kind and ":" in value:
            kind, _, value = value.partition(":")
        for prefix in (f"{kind}:", f"{kind}-") if kind else ():
            value = value.removeprefix(prefix) or value
        return f"{kind}:{value}"


@lru_cache(maxsize=1024)
def agency_key(symbol: str) -> str:
    """The key of the agency that a `type:value` names: in it two symbols are equal that mean the same one."""
    return AgencyId.of(symbol).key()


class Costs(Struct, frozen=True):
    """An amount of money; the currency is an ISO 4217 code (type_costs)."""

    currency_code: Code
    monetary_value: Decimal


class ElectronicAddress(Struct, frozen=True, tag="electronic"):
    """An e-mail address, an FTP server, or the like."""

    electronic_address_type: Code
    electronic_address_data: str


class PhysicalAddress(Struct, frozen=True, kw_only=True, tag="physical"):
    """A postal address. In 2021-2 the region is plain text: there it has no scheme."""

    line1: str | None = None
    line2: str | None = None
    locality: str | None = None
    postal_code: str | None = None
    region: Code | None = None
    country: Code | None = None


Address = ElectronicAddress | PhysicalAddress
