"""What a trial of somebody's catalogue came to, in words for whoever sets it up: what happened, and what to look at. Pure."""

from collections.abc import Mapping
from typing import Final

import msgspec

from gateway.catalogue.catalogue_finder import Records
from gateway.catalogue.held import held, held_by_symbol
from gateway.catalogue.judging import RecordJudged, Sameness
from gateway.workflow.partners import PartnerCatalogue
from gateway.workflow.values import Wanted

_HOST_AND_PORT: Final = (
    "Compare host and port with what the library says, and ask whether its server lets our address in."
)
_LOGIN: Final = "Ask the library for a user and a password; the password is a secret, which the record names."
_DATABASE: Final = "What stands behind host and port in the address is the database's name: ask the library for it; usual ones are in docs/catalogues.md."
_INDEX: Final = (
    "Set that index as the library says (“Index: …”, catalogue.indexes), or to none: then nothing is searched by it."
)
_FORM: Final = "Try another “Form of its records” (catalogue.schema), or ask the library which ones it gives."
_ADDRESS: Final = "The address is not the one of its SRU: ask the library for that."

ADVICE: Final[Mapping[str, str]] = {
    "there is no connection": _HOST_AND_PORT,
    "it ended the connection before it had answered": f"What listens there may speak something else. {_HOST_AND_PORT}",
    "what it sent": f"What listens there may speak something else. {_HOST_AND_PORT}",
    "the connection broke off": _HOST_AND_PORT,
    "it did not answer in time": "It may be slow (“Seconds for one query”, catalogue.timeout_s), or something on the way lets nothing through. "
    f"{_HOST_AND_PORT}",
    "the name of its host is not known": "Look for a slip in the address.",
    "its address is not one of HTTP": "Look for a slip in the address.",
    "its certificate is not trusted": "Tell the library; over Z39.50 there is none.",
    "there is no agreement on TLS": "Compare https and http with what the library says.",
    "it does not let us in": _LOGIN,
    "it wants a user and a password": _LOGIN,
    "it answered with HTTP 401": _LOGIN,
    "it answered with HTTP 403": _LOGIN,
    "it answered with HTTP 30": _ADDRESS,
    "it answered with HTTP 404": _ADDRESS,
    "it answered with HTTP 5": "It has a fault of its own, or the address names a database that it does not have: try again later.",
    "it gave no answer that can be used": _ADDRESS,
    "it said: the database is not available": _DATABASE,
    "it does not have this database": _DATABASE,
    "it does not let us into this database": _LOGIN,
    "it does not have one of our indexes": _INDEX,
    "it does not know the context set": _INDEX,
    "it does not know an attribute": _INDEX,
    "it does not know a structure": _INDEX,
    "it does not know a position": _INDEX,
    "it does not know a truncation": _INDEX,
    "it does not know a completeness": _INDEX,
    "it does not know this combination": _INDEX,
    "it does not give the record in this syntax": _FORM,
    "it does not have this record s": _FORM,
    "it can't give a record in this schema": _FORM,
}
"""By how a clause about a catalogue's trouble, or about what it refused, begins: what to look at."""


class CatalogueAsked(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the catalogue can be asked as its record says, and in words what came of it."""

    ok: bool
    words: str


def advice(clause: str) -> str:
    """Return what to look at; empty where the clause says it itself."""
    return next((words for start, words in ADVICE.items() if clause.startswith(start)), "")


def of_trouble(clause: str) -> CatalogueAsked:
    """Say that it could not be asked."""
    return CatalogueAsked(ok=False, words=_joined(f"It can't be said what it holds: {clause}.", advice(clause)))


def of_records(records: Records, wanted: Wanted, catalogue: PartnerCatalogue) -> CatalogueAsked:
    """Say what it answered, what of the record's settings it does not take, and what is missing in what it gave."""
    faults = [
        f"It answers, and refused a query: {clause}. {advice(clause)}".rstrip()
        for clause in dict.fromkeys(records.refused)
    ]
    if records.unread:
        faults.append(f"{records.unread} of its records can't be read. {_FORM}")
    sure = [each for each in records.chosen if each.verdict is Sameness.SURE]
    missing = _missing_in_union(sure, wanted) if catalogue.is_union else _missing(sure, catalogue)
    answer = f"It answers: {_found(records, wanted, catalogue)}." if sure or not faults else ""
    return CatalogueAsked(ok=not faults, words=_joined(*faults, answer, f"Searched by {records.words}.", missing))


def _found(records: Records, wanted: Wanted, catalogue: PartnerCatalogue) -> str:
    if not catalogue.is_union:
        return held(records, wanted, catalogue.number_as).words
    named = held_by_symbol(records, wanted).items()
    return "; ".join(f"{symbol}: {each.words}" for symbol, each in named) or "no library is named"


def _missing(sure: list[RecordJudged], catalogue: PartnerCatalogue) -> str:
    """Of a library's own records."""
    if not sure:
        return ""
    copies = (
        ""
        if any(each.bib.items for each in sure)
        else (
            "Its record shows no copies: they may stand elsewhere (“Form of its holdings”, catalogue.holdings), perhaps in OPAC records alone."
        )
    )
    numbers = [each.bib.number for each in sure if each.bib.number]
    number = (
        f"Its record number there: {catalogue.number_as.replace('{}', numbers[0])}."
        if numbers
        else (
            "It has no record number in that place (“Where its record number stands”, catalogue.record_number): our request goes without one."
        )
    )
    return _joined(number, copies)


def _missing_in_union(sure: list[RecordJudged], wanted: Wanted) -> str:
    if sure and not held_by_symbol(Records(chosen=tuple(sure)), wanted):
        return "It has the work, and names no library: look where its records have the symbols (“Where the symbol stands”, catalogue.symbols)."
    return ""


def _joined(*sentences: str) -> str:
    return " ".join(filter(None, sentences))
