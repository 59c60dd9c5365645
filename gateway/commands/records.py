"""What `peers` and `partners` share: a record typed as FIELD=VALUE, shown as lines, and its history."""

import argparse
from collections.abc import Iterable, Iterator

import msgspec

from gateway.commands.base import Failure, typed
from gateway.commands.client import ApiClient, told
from gateway.commands.output import moment, plain, print_table
from gateway.desk.structs.directory import (
    PartnerFields,
    PartnerHistory,
    PartnerSaved,
    PeerFields,
    PeerHistory,
    PeerSaved,
    Removed,
)
from gateway.partners import flat
from gateway.workflow.partners import Partner, Peer

HELP = "FIELD=VALUE, as `show` prints them; lists as one;two; nothing after = takes the value away"


def add_fields(parser: argparse.ArgumentParser) -> None:
    """Take the id and any number of FIELD=VALUE."""
    parser.add_argument("id", help="the record's id")
    parser.add_argument("fields", nargs="*", metavar="FIELD=VALUE", help=HELP)


def added(options: argparse.Namespace, shape: type[msgspec.Struct]) -> PeerFields | PartnerFields:
    """Return the JSON of a new record. Raises Failure."""
    return flat.raw({"id": options.id} | typed(options.fields), shape)


def changed(options: argparse.Namespace, before: Peer | Partner) -> PeerFields | PartnerFields:
    """Return the JSON of a record with the typed fields in place of its own. Raises Failure."""
    if not options.fields:
        raise Failure(f"Say what to change: {HELP}.")
    return flat.raw(flat.cells(before) | typed(options.fields), type(before))


def refuse_if_known(record_id: str, known: Iterable[Peer | Partner]) -> None:
    """Raise Failure if the id is taken, so that adding never overwrites."""
    if any(record.id == record_id for record in known):
        raise Failure(f"There is one called {record_id} already: use change.")


def say_saved(saved: PeerSaved | PartnerSaved) -> None:
    """Print what was done, and what will not work yet."""
    record, warnings = (saved.peer, ()) if isinstance(saved, PeerSaved) else (saved.partner, saved.warnings)
    for warning in warnings:
        print(f"Note: {plain(warning)}")
    print(f"{plain(record.id)}: {plain(saved.what) or 'nothing changed'}.")


def lines(record: Peer | Partner) -> Iterator[str]:
    """Yield a record as FIELD=VALUE, one a line, as they can be typed."""
    written = flat.cells(record)
    for name in flat.columns(type(record)):
        if name in written:
            yield f"{name}={plain(written[name])}"


def say_history(shown: PeerHistory | PartnerHistory) -> None:
    """Print who changed what, newest first."""
    rows = [(moment(line.at), line.by, line.what) for line in shown.history]
    print_table(("WHEN", "WHO", "WHAT"), rows, empty="Nothing was changed.")


def remove(options: argparse.Namespace) -> int:
    """Remove a record; a refusal is a failure, in the gateway's words."""
    answer = ApiClient.of(options).ask("DELETE", options.group, options.id)
    told(options, answer, Removed, lambda removed: print(plain(removed.words)))
    return 0
