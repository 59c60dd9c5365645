"""What was written once is read for ever: released_rows.json holds at least one row of every kind, all fields set.

A row of that file is never edited. A new kind, or a new field with its default, gets a row of its own.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from gateway.money.events import AnyBillEvent
from gateway.money.invoices.events import AnyInvoiceEvent
from gateway.store import encoding
from gateway.store.values import AnyWork
from gateway.workflow.events import AnyEvent

ROWS: dict[str, list[dict[str, Any]]] = json.loads(Path(__file__).with_name("released_rows.json").read_text("utf-8"))

DECODERS: dict[str, Callable[[str], Any]] = {
    "event": encoding.decode_event,
    "effect": encoding.decode_effect,
    "bill event": encoding.decode_bill_event,
    "bill": encoding.decode_bill,
    "invoice event": encoding.decode_invoice_event,
    "invoice": encoding.decode_invoice,
    "loan": encoding.decode_loan,
    "payment": encoding.decode_payment,
    "request": encoding.decode_request,
    "history": encoding.decode_entry,
    "peer": encoding.decode_peer,
    "partner": encoding.decode_partner,
    "copy": encoding.decode_copy,
    "account": encoding.decode_account,
    "session": encoding.decode_session,
    "scan": encoding.decode_scan,
    "price": encoding.decode_price,
}
RELEASED = [(kind, row) for kind, rows in ROWS.items() for row in rows]


@pytest.mark.parametrize(("kind", "row"), RELEASED, ids=[f"{kind}: {row.get(kind, '')}" for kind, row in RELEASED])
def test_a_released_row_is_read_with_every_field(kind: str, row: dict[str, Any]) -> None:
    """Decoding passes over a field that it doesn't know, so a renamed one would be missing when encoded again."""
    assert json.loads(encoding.encode(DECODERS[kind](json.dumps(row)))) == row


@pytest.mark.parametrize(
    ("field", "union"),
    [
        ("event", AnyEvent),
        ("effect", AnyWork),
        ("bill event", AnyBillEvent),
        ("invoice event", AnyInvoiceEvent),
    ],
)
def test_every_tag_has_a_released_row(field: str, union: Any) -> None:
    assert {row[field.rpartition(" ")[2]] for row in ROWS[field]} == {
        struct.__struct_config__.tag for struct in get_args(union)
    }


def test_every_field_has_a_released_row() -> None:
    """Also of the structs within: a field that no row shows could be renamed unseen."""
    shown: dict[type[msgspec.Struct], set[str]] = defaultdict(set)
    for kind, row in RELEASED:
        for struct, fields in fields_shown(DECODERS[kind](json.dumps(row)), row):
            shown[struct] |= fields
    missing = {struct.__name__: set(struct.__struct_encode_fields__) - fields for struct, fields in shown.items()}
    assert {name: fields for name, fields in missing.items() if fields} == {}, "add rows to released_rows.json"


def fields_shown(value: Any, row: Any) -> Iterator[tuple[type[msgspec.Struct], set[str]]]:
    """Walk a value beside its JSON; give each struct with the fields that the JSON shows of it."""
    if isinstance(value, msgspec.Struct):
        names = set(value.__struct_encode_fields__) & row.keys()
        yield type(value), names
        for name in names:
            yield from fields_shown(getattr(value, name), row[name])
    elif isinstance(value, tuple):
        for one, its_row in zip(value, row, strict=True):
            yield from fields_shown(one, its_row)


def test_a_field_of_a_newer_program_is_passed_over() -> None:
    row = {**ROWS["request"][0], "a_field_of_tomorrow": 1}
    assert json.loads(encoding.encode(encoding.decode_request(json.dumps(row)))) == ROWS["request"][0]


def test_a_tag_that_nobody_knows_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="unheard of"):
        encoding.decode_effect('{"effect": "unheard of"}')


def test_the_repairs_of_a_message_survive() -> None:
    repairs = ("a namespace was missing", "")
    assert encoding.decode_repairs(encoding.encode_repairs(repairs)) == repairs
