"""The control port: its operations over a socket, and its answers to nonsense."""

import asyncio
import json
import logging
from typing import Any

import pytest

from gateway.demo.acs.control import OPERATIONS, Op
from gateway.demo.acs.running import RunningAcs
from tests.demo.stage.terminal import (
    ALMANAC_ON_LOAN,
    BORIS,
    BRIDGES,
    PARTNER,
    RITA,
    Terminal,
    checkin,
    checkout,
    control,
    customer,
    fields,
    item,
    login,
)


def test_every_operation_has_a_row():
    assert OPERATIONS.keys() == set(Op)


async def test_misbehave_and_behave(acs: RunningAcs, terminal: Terminal):
    honest = await terminal.ask(item(BRIDGES))
    await control(acs.control_port, "misbehave", name="no_such_item", codes=["17"])
    assert fields(await terminal.ask(item(BRIDGES)), 26)["AF"] == "No such item"
    await control(acs.control_port, "behave")
    assert await terminal.ask(item(BRIDGES)) == honest


async def test_habits_change_one_by_one(acs: RunningAcs, terminal: Terminal):
    await control(acs.control_port, "habits", due_date_format="dotted")
    told = await control(acs.control_port, "habits", destination_by_name=True)
    assert (told["due_date_format"], told["destination_by_name"]) == ("dotted", True)
    assert fields(await terminal.ask(checkout(PARTNER, BRIDGES)), 24)["AH"] == "07.12.2026"
    assert fields(await terminal.ask(checkin(BRIDGES, "SPR")), 24)["CT"] == "Example Central"


async def test_connections_are_counted_as_most_at_once_and_anew_after_a_reset(acs: RunningAcs, terminal: Terminal):
    await terminal.ask(item(BRIDGES))
    assert await control(acs.control_port, "connections") == {"open": 1, "most": 1}
    async with await Terminal.connect(acs.port) as other:
        await other.ask(login())
        assert await control(acs.control_port, "connections") == {"open": 2, "most": 2}
    async with asyncio.timeout(60):
        while (await control(acs.control_port, "connections"))["open"] > 1:
            await asyncio.sleep(0.005)
    assert (await control(acs.control_port, "connections"))["most"] == 2
    await control(acs.control_port, "reset")
    assert await control(acs.control_port, "connections") == {"open": 1, "most": 1}


@pytest.mark.parametrize(("habit", "holds"), [("all", b"0001"), ("waiting", b"0001"), ("ready", b"0000")])
async def test_what_hold_counts_mean(acs: RunningAcs, terminal: Terminal, habit: str, holds: bytes):
    await control(acs.control_port, "habits", hold_count=habit)
    assert (await terminal.ask(customer(RITA)))[37:41] == holds


async def test_books_and_received(acs: RunningAcs, terminal: Terminal):
    await terminal.ask(checkout(PARTNER, BRIDGES))
    await terminal.ask(checkout(RITA, BRIDGES))
    told = await control(acs.control_port, "books")
    assert told["counts"] == {f"checkout|{BRIDGES}|{PARTNER}": 1}
    assert [(act["sequence"], act["kind"], act["source"]) for act in told["acts"]] == [(1, "checkout", "sip2")]
    assert any(loan["item"] == BRIDGES for loan in told["loans"])
    assert await control(acs.control_port, "received") == {"11": 2}


async def test_an_item_is_looked_at_and_set(acs: RunningAcs, terminal: Terminal):
    assert (await control(acs.control_port, "item", barcode=BRIDGES))["status"] == "03"
    assert (await control(acs.control_port, "item", barcode=BRIDGES, status="13"))["status"] == "13"
    assert (await terminal.ask(item(BRIDGES))).startswith(b"1813")


async def test_a_customer_is_looked_at_and_blocked(acs: RunningAcs, terminal: Terminal):
    assert (await control(acs.control_port, "customer", barcode=PARTNER))["customer"]["blocked"] is False
    await control(acs.control_port, "customer", barcode=PARTNER, blocked=True)
    assert fields(await terminal.ask(checkout(PARTNER, BRIDGES)), 24)["AF"] == "This card is blocked"


async def test_staff_lend_take_back_recall_and_lose(acs: RunningAcs):
    await control(acs.control_port, "borrow", barcode=BRIDGES, customer=BORIS)
    await control(acs.control_port, "recall", barcode=BRIDGES)
    await control(acs.control_port, "lost", barcode=BRIDGES)
    await control(acs.control_port, "return", barcode=BRIDGES, branch="SPR")
    told = await control(acs.control_port, "books")
    assert [(act["kind"], act["source"]) for act in told["acts"]] == [
        ("checkout", "desk"),
        ("recall", "desk"),
        ("lost", "desk"),
        ("checkin", "desk"),
    ]


async def test_staff_place_a_hold_and_take_it_off(acs: RunningAcs):
    await control(acs.control_port, "hold", customer=PARTNER, item=BRIDGES, pickup="ILL")
    assert [hold["item"] for hold in (await control(acs.control_port, "books"))["holds"]][-1] == BRIDGES
    await control(acs.control_port, "cancel_hold", customer=PARTNER, item=BRIDGES)
    told = await control(acs.control_port, "books")
    assert [(act["kind"], act["source"]) for act in told["acts"]] == [
        ("hold placed", "desk"),
        ("hold cancelled", "desk"),
    ]


async def test_drop_closes_every_connection(acs: RunningAcs, terminal: Terminal):
    await terminal.ask(item(BRIDGES))
    await control(acs.control_port, "drop")
    assert await terminal.read() == b""


async def test_reset_begins_anew(acs: RunningAcs, terminal: Terminal):
    fresh = await terminal.ask(item(ALMANAC_ON_LOAN))
    await terminal.ask(checkin(ALMANAC_ON_LOAN, "SPR"))
    await control(acs.control_port, "habits", due_date_format="dotted")
    await control(acs.control_port, "misbehave", name="silence")
    await control(acs.control_port, "reset")
    assert (await control(acs.control_port, "books"))["acts"] == []
    assert await control(acs.control_port, "received") == {}
    assert await terminal.ask(item(ALMANAC_ON_LOAN)) == fresh


@pytest.mark.parametrize(
    ("line", "part"),
    [
        (b"not json", "malformed"),
        (b"[]", "Expected `object`"),
        (b"{}", "not a valid Op"),
        (b'{"op": "dance"}', "'dance' is not a valid Op"),
        (b'{"op": ["books"]}', "is not a valid Op"),
        (b'{"op": "books", "more": 1}', "unknown field `more`"),
        (b'{"op": "misbehave"}', "missing required field `name`"),
        (b'{"op": "misbehave", "name": "politely"}', "Invalid enum value 'politely'"),
        (b'{"op": "habits", "due_date_format": "roman"}', "Invalid enum value 'roman'"),
        (b'{"op": "item", "barcode": "39999999999999"}', "No such item"),
        (b'{"op": "item", "barcode": 3}', "Expected `str`"),
        (b'{"op": "recall", "barcode": "30000000001085"}', "not on loan"),
        (b"\xff\xfe", "malformed"),
    ],
)
async def test_nonsense_is_answered_in_words(acs: RunningAcs, line: bytes, part: str):
    async with await Terminal.connect(acs.control_port) as port:
        for _ in range(2):  # and the connection goes on
            port.send(line + b"\n")
            answer: dict[str, Any] = json.loads(await port.receive(b"\n"))
            assert answer["ok"] is False
            assert part in answer["error"]


async def test_a_line_without_end_costs_the_connection(acs: RunningAcs, caplog: pytest.LogCaptureFixture):
    async with await Terminal.connect(acs.control_port) as port:
        port.send(b"x" * 70_000)
        assert await port.read() == b""
    assert await control(acs.control_port, "received") == {}
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
