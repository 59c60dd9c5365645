"""Where a directory service says that a library's catalogue is. Pure.

- Crosslink's directory (indexdata/crosslink, directory/api.yaml, `CatalogConfig`): `sru` or `zoom` with an `address`, a `profile` by the name
  of the circulation system (else that of `lmsConfig.vendor`), `queryConfig` with a template for each index in CQL or PQF (`{term}`),
  `holdingsFormat` with the name of its parser.
- ReShare's mod-directory (seed_data/*.json): a service of type Z3950 or SRU, with the database as the property `Z3950BaseName` of the
  account that the library has with it.

What can't be read is left out; the library's page says what a catalogue found this way answers (“Try its catalogue”).
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from gateway.partners.catalogue_rules import catalogue_faults
from gateway.workflow.catalogue import HOLDINGS, OPAC, Z3950_SCHEME, OwnIndexes
from gateway.workflow.catalogue_products import PRODUCTS
from gateway.workflow.partners import PartnerCatalogue

_INDEXES: Final = {"identifier": "record", "isbn": "isbn", "issn": "issn", "title": "title"}
"""Crosslink's names of indexes, and ours."""
_OF_OPAC: Final = frozenset({"alma", "folio"})
"""Profiles whose holdings come as OPAC records where nothing else is said; over SRU the schema is named so too (directory/host-profiles.md)."""
_CQL: Final = re.compile(r'\s*([\w-]+(?:\.[\w-]+)*)\s*(?:==?|exact|any|all|adj)\s*"?\{term\}"?\s*')
_PQF: Final = re.compile(r'\s*((?:@attr\s+(?:bib-1\s+)?\d+=[\w-]+\s+)+)"?\{term\}"?\s*')
_PLACE: Final = re.compile(r"(?:tcp:|z39\.50s?://)?([\w.-]+|\[[0-9a-f:]+\])(?::(\d{1,5}))?(?:/(.+))?", re.IGNORECASE)
"""As YAZ takes it: `tcp:host:port/database`."""


def of_crosslink(raw: Mapping[str, Any]) -> PartnerCatalogue | None:
    """Read an entry's `catalogConfig`; None where it names no address that can be used."""
    config = _inner(raw, "catalogConfig")
    sru, zoom = _text(_inner(config, "sru").get("address")), _text(_inner(config, "zoom").get("address"))
    profile = (_text(config.get("profile")) or _text(_inner(raw, "lmsConfig").get("vendor")) or "").casefold()
    form = _inner(config, "holdingsFormat")
    holdings = _holdings(form) or (OPAC if profile in _OF_OPAC and not form else None)
    usual_schema = OPAC if holdings == OPAC else None
    return _usable(
        sru or _z3950(zoom, None),
        product=profile if profile in PRODUCTS else "standard",
        schema=_text(_inner(config, "sru").get("recordSchema")) or usual_schema if sru else None,
        holdings=holdings,
        indexes=_indexes(_inner(config, "queryConfig")),
    )


def of_services(services: Iterable[tuple[str, str, Mapping[str, Any]]]) -> PartnerCatalogue | None:
    """Read mod-directory's services: the type of each without marks and in small letters, its address, its account's properties."""
    for kind, address, properties in services:
        found = _usable(address) if kind == "sru" else None
        if kind == "z3950":
            found = _usable(_z3950(address, _first(properties.get("Z3950BaseName"))))
        if found is not None:
            return found
    return None


def _usable(url: str | None, **fields: Any) -> PartnerCatalogue | None:
    """The catalogue at an address; without what the record's rules find fault with, and None where that is the address."""
    if url is None:
        return None
    catalogue = PartnerCatalogue(url=url, **fields)
    if not list(catalogue_faults(catalogue)):
        return catalogue
    bare = PartnerCatalogue(url=url, product=fields.get("product", "standard"))
    return None if list(catalogue_faults(bare)) else bare


def _z3950(address: str | None, database: str | None) -> str | None:
    found = _PLACE.fullmatch(address or "")
    if found is None:
        return None
    host, port, named = found.groups()
    return f"{Z3950_SCHEME}://{host}{f':{port}' if port else ''}/{database or named or 'Default'}"


def _holdings(form: Mapping[str, Any]) -> str | None:
    """The name of ours for a form of holdings; None where there is none."""
    if "opac" in form:
        return OPAC
    field = _text(_inner(form, "marc").get("mainField"))
    return field if field in HOLDINGS else None


def _indexes(config: Mapping[str, Any]) -> OwnIndexes:
    read = _pqf if _text(config.get("type")) == "pqf" else _cql
    found = {ours: read(_text(config.get(theirs)) or "") for theirs, ours in _INDEXES.items()}
    return OwnIndexes(**{ours: index for ours, index in found.items() if index})


def _cql(template: str) -> str | None:
    found = _CQL.fullmatch(template)
    return found[1] if found else None


def _pqf(template: str) -> str | None:
    found = _PQF.fullmatch(template)
    return " ".join(re.findall(r"\d+=[\w-]+", found[1])) if found else None


def _inner(raw: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = raw.get(name)
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _first(value: Any) -> str | None:
    """A property's value: a text, an object with it, or a list of either."""
    if isinstance(value, list):
        value = value[0] if value else None
    return _text(value.get("value") if isinstance(value, dict) else value)
