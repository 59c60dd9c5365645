"""How a partner's catalogue is asked, out of the partner's record and what is usual in its product. Pure."""

from typing import Any, Final

import msgspec

from gateway.workflow.catalogue import (
    HOLDINGS,
    NO_INDEX,
    OPAC,
    UNION_HOLDINGS,
    Indexes,
    ItemFields,
    OwnIndexes,
    SruSettings,
    Z3950Settings,
    is_z3950,
    z3950_place,
)
from gateway.workflow.catalogue_products import PRODUCTS
from gateway.workflow.partners import PartnerCatalogue

AT_ONCE: Final = 2
"""Queries at the same time to a catalogue of somebody else's, where its record does not say it."""
MAX_RECORDS: Final = 40
FRESH_S: Final = 300.0
"""How long an answer stands: whether a copy is in changes in minutes."""
STALE_S: Final = 3600.0
"""How long an answer serves while the catalogue is silent."""
CACHED_QUERIES: Final = 200


def settings_of(catalogue: PartnerCatalogue) -> SruSettings | Z3950Settings | None:
    """Return the way to ask it; None where the record names no address. What `catalogue_faults` finds nothing wrong with is taken."""
    if catalogue.url is None:
        return None
    product, over_z3950 = PRODUCTS[catalogue.product], is_z3950(catalogue.url)
    usual = SruSettings(url="")
    common: dict[str, Any] = {
        "user": catalogue.user,
        "indexes": _indexes(product.z3950 if over_z3950 else product.cql, catalogue.indexes),
        "items": _items(catalogue, product.items),
        "record_number": catalogue.record_number or product.record_number,
        "takes_or": product.takes_or,
        "timeout_s": catalogue.timeout_s or usual.timeout_s,
        "at_once": catalogue.at_once or AT_ONCE,
        "max_records": MAX_RECORDS,
        "fresh_s": FRESH_S,
        "stale_s": STALE_S,
        "cached_queries": CACHED_QUERIES,
    }
    if over_z3950:
        host, port, database = z3950_place(catalogue.url)
        syntax = catalogue.schema or "usmarc"
        usual_z3950 = Z3950Settings(host=host, port=port, database=database, syntax=syntax, **common)
        return msgspec.structs.replace(
            usual_z3950,
            group=catalogue.group,
            query_charset=catalogue.query_charset or usual_z3950.query_charset,
            record_charset=catalogue.record_charset or usual_z3950.record_charset,
        )
    return SruSettings(url=catalogue.url, schema=catalogue.schema or usual.schema, **common)


def _indexes(usual: Indexes, own: OwnIndexes) -> Indexes:
    given = {name: text for name, text in msgspec.structs.asdict(own).items() if text is not None}
    return msgspec.structs.replace(usual, **{name: "" if text == NO_INDEX else text for name, text in given.items()})


def _items(catalogue: PartnerCatalogue, usual: ItemFields | None) -> ItemFields | None:
    """None for OPAC records."""
    if catalogue.holdings is None:
        return usual
    if catalogue.holdings == OPAC:
        return None
    if not catalogue.is_union:
        return HOLDINGS[catalogue.holdings]
    form, symbols = UNION_HOLDINGS[catalogue.holdings], catalogue.symbols
    return form if symbols is None else msgspec.structs.replace(form, tags=(symbols[:3],), symbol=symbols[3:])
