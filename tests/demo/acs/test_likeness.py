"""The likenesses of products, as a client sees them on the wire."""

import re
from datetime import UTC, datetime

import pytest

from gateway.demo.acs.likeness import LIKENESSES, Product
from gateway.demo.acs.misbehaviour import Misbehaviour, Order, Script
from gateway.demo.acs.running import serve
from gateway.demo.acs.settings import AcsSettings
from tests.demo.stage.terminal import ALMANAC_CENTRAL, PARTNER, STATUS, Terminal, customer, hold, item

NOW = datetime(2026, 10, 26, 10, 15, tzinfo=UTC)
UNKNOWN = "29999999999999"


async def said(like: Product, body: str) -> str:
    """The reply of an ACS in this likeness, trailer included."""
    async with (
        await serve(AcsSettings(like=like), now=lambda: NOW) as acs,
        await Terminal.connect(acs.port) as terminal,
    ):
        return (await terminal.ask(body, sequence=3)).decode("utf-8", "replace")


@pytest.mark.parametrize(
    ("like", "body", "mark"),
    [
        (Product.PLAIN, STATUS, r"2\.00AOEXAMPLE\|AMExample Valley Library\|BX"),
        (Product.KOHA, STATUS, r"2\.00AOEXAMPLE\|BXYYYYYYYYYYYNYYYY\|AY3"),
        (Product.KOHA, item(ALMANAC_CENTRAL), r"\|CRFICTION\|"),
        (Product.EVERGREEN, customer(PARTNER), r"\|XI863715\|AY3AZ0000"),
        (Product.FOLIO, STATUS, r"\|AN[0-9a-f-]{36}\|"),
        (Product.FOLIO, STATUS, r"\|BX.{13}N.{2}\|"),
        (Product.SIERRA, customer(PARTNER), r"^64.{17}202610260000101500"),
        (Product.POLARIS, customer(PARTNER), r"\|PX20991231    235959\|U1\|U2\|U3\|U4\|U5\|AFPatron status is ok\.\|"),
        (Product.ALMA, STATUS, r"AO01EXAMPLE_INST\|"),
        (Product.CARLX, customer(UNKNOWN), r"\|AF#No such card\|"),
        (Product.INVENIO, STATUS, r"^98.{6}010010"),
    ],
)
async def test_the_marks_of_a_product(like: Product, body: str, mark: str):
    reply = await said(like, body)
    assert re.search(mark, reply), reply


@pytest.mark.parametrize(
    ("like", "adds", "cancels"),
    [(Product.PLAIN, True, True), (Product.EVERGREEN, False, True), (Product.FOLIO, False, False)],
)
async def test_what_a_product_can_do_about_holds(like: Product, *, adds: bool, cancels: bool):
    async with (
        await serve(AcsSettings(like=like), now=lambda: NOW) as acs,
        await Terminal.connect(acs.port) as terminal,
    ):
        if not adds:
            assert not (await terminal.ask(hold(PARTNER, ALMANAC_CENTRAL))).startswith(b"161")
            return
        assert (await terminal.ask(hold(PARTNER, ALMANAC_CENTRAL))).startswith(b"161")
        assert (await terminal.ask(hold(PARTNER, ALMANAC_CENTRAL, "-"))).startswith(b"161") is cancels


def test_every_product_has_a_likeness():
    assert set(LIKENESSES) == set(Product)


def test_what_a_product_lacks_it_lacks_after_a_reset_too():
    script = Script([Order(name=Misbehaviour.SLOW)], always=LIKENESSES[Product.FOLIO].always)
    script.clear()
    assert script.orders == list(LIKENESSES[Product.FOLIO].always)
