"""What the catalogue of a partner's record must be to be of use: every fault as the field's name and words. Pure."""

import re
from collections.abc import Callable, Iterator
from typing import Final
from urllib.parse import urlsplit

from gateway.workflow.catalogue import (
    BIB_1_INDEX,
    CQL_INDEX,
    HOLDINGS,
    NO_INDEX,
    OPAC,
    RECORD_CHARSETS,
    UNION_HOLDINGS,
    Z3950_SCHEME,
    OwnIndexes,
    is_z3950,
    z3950_place,
)
from gateway.workflow.catalogue_products import PRODUCTS
from gateway.workflow.partners import PartnerCatalogue

CATALOGUE_SECRET: Final = re.compile(r"secret:peer-[\w.-]{1,80}", re.ASCII)
"""How the password is named: like those of peers."""
LONGEST_TIMEOUT_S: Final = 60.0

Named = tuple[str, str]
"""A field and what is wrong with it."""


def catalogue_faults(catalogue: PartnerCatalogue) -> Iterator[Named]:
    """Yield what is wrong with it; nothing is, where there is no address and nothing else."""
    if catalogue.url is None:
        if catalogue != PartnerCatalogue():
            yield "url", "is missing: what else is said of the catalogue is of no use"
        return
    words = url_fault(catalogue.url)
    if words is not None:
        yield "url", words
        return
    for check in _CHECKS:
        yield from check(catalogue)


def url_fault(url: str) -> str | None:
    """Say what is wrong with a catalogue's address; None where nothing is."""
    try:
        parts = urlsplit(url)
        if parts.username or parts.password:
            return "must hold no user and no password; name them beside it"
        if is_z3950(url):
            z3950_place(url)
            return None
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError as error:
        return str(error) if str(error).startswith("must") else "is no address"
    return None if usable else f"must be an address that begins with https://, http:// or {Z3950_SCHEME}://"


def _forms(catalogue: PartnerCatalogue) -> Iterator[Named]:
    if catalogue.product not in PRODUCTS:
        yield "product", f"must be one of {', '.join(PRODUCTS)}"
    known = (*(UNION_HOLDINGS if catalogue.is_union else HOLDINGS), OPAC)
    if catalogue.holdings is not None and catalogue.holdings not in known:
        yield "holdings", f"must be one of {', '.join(known)}"
    if catalogue.is_union and catalogue.holdings is None:
        yield "holdings", f"must be said of a union catalogue: one of {', '.join(known)}"
    if catalogue.record_number is not None and not re.fullmatch(r"[0-9A-Z]{3}[0-9a-z]?", catalogue.record_number):
        yield "record_number", "must be a tag of MARC, with a subfield's code or without, like 999c"
    if catalogue.symbols is not None and not re.fullmatch(r"[0-9A-Z]{3}[0-9a-z]", catalogue.symbols):
        yield "symbols", "must be a tag of MARC with a subfield's code, like 850a"
    if catalogue.symbols is not None and (not catalogue.is_union or catalogue.holdings == OPAC):
        yield "symbols", "is for a union catalogue whose holdings stand in fields"
    if catalogue.number_as.count("{}") != 1 or re.search(r"[{}]", catalogue.number_as.replace("{}", "")):
        yield "number_as", "must hold {} once, in the place of the number"


def _limits(catalogue: PartnerCatalogue) -> Iterator[Named]:
    if catalogue.timeout_s is not None and not 0 < catalogue.timeout_s <= LONGEST_TIMEOUT_S:
        yield "timeout_s", f"must be above 0 and at most {LONGEST_TIMEOUT_S:g}"
    for field in ("at_once", "max_per_minute"):
        value = getattr(catalogue, field)
        if value is not None and value < 1:
            yield field, "must be 1 or more"


def _login(catalogue: PartnerCatalogue) -> Iterator[Named]:
    if (catalogue.user is None) != (catalogue.password is None):
        yield "user", "goes together with password"
    if catalogue.password is not None and not CATALOGUE_SECRET.fullmatch(catalogue.password):
        yield "password", "a secret is named here, not written: secret:peer-… with that name in [secrets]"


def _characters(catalogue: PartnerCatalogue) -> Iterator[Named]:
    if catalogue.query_charset is not None and not re.fullmatch(
        r"[A-Za-z0-9][\w.:-]{1,39}", catalogue.query_charset, re.ASCII
    ):
        yield "query_charset", "must be the name of a character set, like iso-8859-1"
    if catalogue.record_charset is not None and catalogue.record_charset not in RECORD_CHARSETS:
        yield "record_charset", f"must be one of {', '.join(RECORD_CHARSETS)}"
    if not is_z3950(catalogue.url or ""):
        for name in ("group", "query_charset", "record_charset"):
            if getattr(catalogue, name) is not None:
                yield name, "is for a catalogue over Z39.50"


def _indexes(catalogue: PartnerCatalogue) -> Iterator[Named]:
    form, like_this = (BIB_1_INDEX, "1=7 4=1") if is_z3950(catalogue.url or "") else (CQL_INDEX, "bath.isbn")
    for name in OwnIndexes.__struct_fields__:
        text = getattr(catalogue.indexes, name)
        if text is not None and text != NO_INDEX and not re.fullmatch(form, text):
            yield f"indexes.{name}", f"must be like {like_this} for this address, or {NO_INDEX}"


_CHECKS: Final[tuple[Callable[[PartnerCatalogue], Iterator[Named]], ...]] = (
    _forms,
    _limits,
    _login,
    _characters,
    _indexes,
)
