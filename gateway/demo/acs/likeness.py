"""The demonstration ACS in the likeness of a product: how it dates, what it lacks, what its replies look like. Pure.

A likeness is for demonstrations of `acs check` and for tests: it shows the marks by which a product is known and what it
can't do, no more. Where the marks are known from: gateway/sip2/products.toml, whose code this must not use.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import reduce

import msgspec

from gateway.demo.acs.edits import Edit
from gateway.demo.acs.frames import join_fields, split_fields
from gateway.demo.acs.misbehaviour import Misbehaviour, Order
from gateway.demo.acs.records import DueDateFormat, Habits, HoldCount


class Product(StrEnum):
    """What the ACS can be like."""

    PLAIN = "plain"
    KOHA = "koha"
    EVERGREEN = "evergreen"
    FOLIO = "folio"
    FOLIO_1 = "folio-1"
    SIERRA = "sierra"
    POLARIS = "polaris"
    ALMA = "alma"
    CARLX = "carlx"
    INVENIO = "invenio"


class Likeness(msgspec.Struct, frozen=True, kw_only=True):
    """What is put in the place of the settings' own (None: nothing), orders that stay, and how bodies are dressed."""

    habits: Habits | None = None
    encoding: str | None = None
    institution: str | None = None
    timeout_tenths: int | None = None
    retries: int | None = None
    always: tuple[Order, ...] = ()
    dresses: tuple[Edit, ...] = ()

    def dress(self, body: bytes) -> bytes:
        """A reply as the product words it."""
        return reduce(lambda worn, edit: edit(worn), self.dresses, body)


def _wears(code: bytes, fields: Mapping[bytes, bytes]) -> Edit:
    """Replies of this code have these fields, in place of their own of the same letters."""

    def edit(body: bytes) -> bytes:
        if body[:2] != code:
            return body
        fixed, own = split_fields(body)
        kept = [field for field in own if field[:2] not in fields]
        return join_fields(fixed, kept + [letters + value for letters, value in fields.items()])

    return edit


def _only(code: bytes, *letters: bytes) -> Edit:
    """Replies of this code have no other fields than these."""

    def edit(body: bytes) -> bytes:
        if body[:2] != code:
            return body
        fixed, own = split_fields(body)
        return join_fields(fixed, [field for field in own if field[:2] in letters])

    return edit


def _says_before(field: bytes, prefix: bytes) -> Edit:
    """Every reply's field of these letters begins with `prefix`."""

    def edit(body: bytes) -> bytes:
        if not body[:2].isdigit() or body[:2] == b"96":
            return body
        fixed, own = split_fields(body)
        return join_fields(fixed, [field + prefix + each[2:] if each[:2] == field else each for each in own])

    return edit


def _zeros_for_blank_zones(body: bytes) -> bytes:
    return re.sub(rb"(?<=\d{8})    (?=\d{6})", b"0000", body)


def _order(name: Misbehaviour) -> Order:
    return Order(name=name)


_SERVICE_POINT = b"00000000-aaaa-4bbb-8ccc-0123456789ab"
_STATUS_ONLY = _only(b"98", b"AO", b"BX")
_FOUND_IN_ORDER = {b"AF": b"Patron status is ok."}

LIKENESSES: Mapping[Product, Likeness] = {
    Product.PLAIN: Likeness(),
    Product.KOHA: Likeness(
        habits=Habits(hold_count=HoldCount.READY),
        encoding="utf-8",
        dresses=(_STATUS_ONLY, _wears(b"98", {b"BX": b"YYYYYYYYYYYNYYYY"}), _wears(b"18", {b"CR": b"FICTION"})),
    ),
    Product.EVERGREEN: Likeness(
        habits=Habits(due_date_format=DueDateFormat.ISO_TIME),
        always=(_order(Misbehaviour.CANCEL_ONLY_HOLDS), _order(Misbehaviour.ZERO_CHECKSUM)),
        dresses=(_STATUS_ONLY, _wears(b"64", {b"PC": b"Adult", b"PI": b"Allowed", b"XI": b"863715"})),
    ),
    Product.FOLIO: Likeness(
        always=(_order(Misbehaviour.NO_HOLDS), _order(Misbehaviour.ALERT_ALWAYS_N)),
        dresses=(_wears(b"98", {b"AN": _SERVICE_POINT}),),
    ),
    Product.FOLIO_1: Likeness(
        always=(_order(Misbehaviour.FEW_MESSAGES), _order(Misbehaviour.ALERT_ALWAYS_N)),
        dresses=(_wears(b"98", {b"AN": _SERVICE_POINT}),),
    ),
    Product.SIERRA: Likeness(habits=Habits(due_date_format=DueDateFormat.SIP_ZEROS), dresses=(_zeros_for_blank_zones,)),
    Product.POLARIS: Likeness(
        dresses=(
            _wears(
                b"64",
                {b"PX": b"20991231    235959", **{b"U%d" % number: b"" for number in range(1, 6)}, **_FOUND_IN_ORDER},
            ),
        )
    ),
    Product.ALMA: Likeness(institution="01EXAMPLE_INST"),
    Product.CARLX: Likeness(dresses=(_says_before(b"AF", b"#"),)),
    Product.INVENIO: Likeness(encoding="utf-8", timeout_tenths=10, retries=10, always=(_order(Misbehaviour.NO_HOLDS),)),
}
"""By product; those of whose marks nothing is known are not among them."""
