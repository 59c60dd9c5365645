"""What `peers` and `partners` share: a record typed as FIELD=VALUE, shown as lines, and its history."""

import argparse
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from gateway.commands.client import Failure, Gateway
from gateway.commands.output import moment, plain, print_json, print_table
from gateway.partners import flat

HELP = "FIELD=VALUE, as `show` prints them; lists as one;two; nothing after = takes the value away"


def add_fields(parser: argparse.ArgumentParser) -> None:
    """Take the id and any number of FIELD=VALUE."""
    parser.add_argument("id")
    parser.add_argument("fields", nargs="*", metavar="FIELD=VALUE", help=HELP)


def typed(fields: Iterable[str]) -> dict[str, str]:
    """Read FIELD=VALUE. Raises Failure."""
    found = {}
    for field in fields:
        name, equals, value = field.partition("=")
        if not equals or not name:
            raise Failure(f"{field} is not FIELD=VALUE.")
        found[name] = value
    return found


def added(options: argparse.Namespace, shape: type[msgspec.Struct]) -> dict[str, Any]:
    """Give the JSON of a new record. Raises Failure."""
    return flat.raw({"id": options.id} | typed(options.fields), shape)


def changed(options: argparse.Namespace, before: Mapping[str, Any], shape: type[msgspec.Struct]) -> dict[str, Any]:
    """Give the JSON of a record with the typed fields in place of its own. Raises Failure."""
    if not options.fields:
        raise Failure(f"Say what to change: {HELP}.")
    return flat.raw(flat.cells(msgspec.convert(before, shape)) | typed(options.fields), shape)


def save(gateway: Gateway, group: str, record: Mapping[str, Any], **query: Any) -> Any:
    """Put a record. Raises Failure."""
    return gateway.send("PUT", group, str(record["id"]), body=record, **query)


def refuse_if_known(gateway: Gateway, group: str, record_id: str) -> int:
    """Give the version of the whole; Failure where the id is taken, so that adding never overwrites."""
    listed = gateway.get(group)
    if any(record["id"] == record_id for record in listed[group]):
        raise Failure(f"There is one called {record_id} already: use change.")
    return int(listed["version"])


def say_saved(options: argparse.Namespace, answer: Mapping[str, Any]) -> int:
    """Print what was done, and what will not work yet."""
    if options.json:
        print_json(answer)
        return 0
    for warning in answer.get("warnings", ()):
        print(f"Note: {plain(warning)}")
    print(f"{plain(options.id)}: {plain(answer['what']) or 'nothing changed'}.")
    return 0


def lines(record: Mapping[str, Any], shape: type[msgspec.Struct]) -> Iterator[str]:
    """Give a record as FIELD=VALUE, one a line, as they can be typed."""
    written = flat.cells(msgspec.convert(record, shape))
    for name in flat.columns(shape):
        if name in written:
            yield f"{name}={plain(written[name])}"


def show_history(options: argparse.Namespace) -> int:
    """Print who changed what, newest first."""
    answer = Gateway.of(options).get(options.group, options.id, "history")
    if options.json:
        print_json(answer)
        return 0
    rows = [(moment(line["at"]), line["by"], line["what"]) for line in answer["history"]]
    print_table(("WHEN", "WHO", "WHAT"), rows, empty="Nothing was changed.")
    return 0


def remove(options: argparse.Namespace) -> int:
    """Remove a record; a refusal is a failure, in the gateway's words."""
    answer = Gateway.of(options).send("DELETE", options.group, options.id)
    if options.json:
        print_json(answer)
    else:
        print(plain(answer["words"]))
    return 0
