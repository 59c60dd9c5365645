"""The control port of the demonstration ACS: one JSON object a line in, one out. For tests, demonstrations and training.

`{"op": "misbehave", "name": "lost_after_act", "codes": ["11"], "count": 1}` is answered `{"ok": true, "result": ...}`
or `{"ok": false, "error": "..."}`. `OPERATIONS` lists what can be asked. There is no password: the port belongs on
loopback.
"""

import asyncio
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Any

import msgspec

from gateway.demo.acs.circulation import Circulation
from gateway.demo.acs.connections import Connections, close_writers
from gateway.demo.acs.holds import cancel_hold, place_hold
from gateway.demo.acs.loans import checkin, checkout, mark_lost, recall
from gateway.demo.acs.misbehaviour import Order, Script
from gateway.demo.acs.records import CirculationStatus, Habits, HoldWish, Source
from gateway.demo.acs.relay import Relay
from gateway.demo.acs.shelves import Refused, books, customer_information, item_information


class Op(StrEnum):
    """Names of the operations."""

    MISBEHAVE = "misbehave"
    BEHAVE = "behave"
    HABITS = "habits"
    BOOKS = "books"
    RECEIVED = "received"
    CONNECTIONS = "connections"
    ITEM = "item"
    CUSTOMER = "customer"
    BORROW = "borrow"
    RETURN = "return"
    HOLD = "hold"
    CANCEL_HOLD = "cancel_hold"
    RECALL = "recall"
    LOST = "lost"
    DROP = "drop"
    RESET = "reset"


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An operation without arguments."""


class ItemArguments(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An item, and the status to give it; without one it is only looked at."""

    barcode: str
    status: CirculationStatus | None = None


class CustomerArguments(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An account, and whether to block it; without that it is only looked at."""

    barcode: str
    blocked: bool | None = None


class BorrowArguments(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who borrows what at the desk."""

    barcode: str
    customer: str


class ReturnArguments(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What comes back where."""

    barcode: str
    branch: str = ""


class Control:
    """What the operations work on."""

    def __init__(self, circulation: Circulation, script: Script, relay: Relay) -> None:
        self.circulation = circulation
        self.script = script
        self.relay = relay
        self.connections = Connections()

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer line after line until the other side leaves, or the ACS stops."""
        with self.connections.serving():
            try:
                while True:
                    writer.write(await self.answer(await reader.readuntil(b"\n")) + b"\n")
                    await writer.drain()
            finally:
                await close_writers(writer)

    async def answer(self, line: bytes) -> bytes:
        """One operation, and its answer as JSON without a line end. Raises nothing for whatever the line holds."""
        try:
            arguments = msgspec.json.decode(line, type=dict[str, Any])
            operation = OPERATIONS[Op(arguments.pop("op", ""))]
            result = await operation.does(self, msgspec.convert(arguments, operation.takes))
        except (ValueError, Refused) as error:
            return msgspec.json.encode({"ok": False, "error": str(error)})
        return msgspec.json.encode({"ok": True, "result": result})


async def _misbehave(control: Control, order: Order) -> None:
    control.script.add(order)


async def _behave(control: Control, _: Nothing) -> None:
    control.script.clear()


async def _habits(control: Control, changes: dict[str, Any]) -> Habits:
    """Change the habits that are named, and tell them all."""
    current = msgspec.to_builtins(control.circulation.library.habits)
    control.circulation.library.habits = msgspec.convert(current | changes, Habits)
    return control.circulation.library.habits


async def _books(control: Control, _: Nothing) -> Any:
    return books(control.circulation.library.state)


async def _received(control: Control, _: Nothing) -> Any:
    return dict(control.relay.received)


async def _connections(control: Control, _: Nothing) -> Any:
    """How many SIP2 connections are open, and how many were at once since the last reset."""
    return {"open": len(control.relay.connections), "most": control.relay.connections.most}


async def _item(control: Control, arguments: ItemArguments) -> Any:
    with control.circulation.acting(Source.DESK) as (library, _now):
        if arguments.status:
            library.set_status(arguments.barcode, arguments.status)
            control.circulation.keep()
        return item_information(library.state, library.habits, arguments.barcode)


async def _customer(control: Control, arguments: CustomerArguments) -> Any:
    with control.circulation.acting(Source.DESK) as (library, now):
        if arguments.blocked is not None:
            library.set_blocked(arguments.barcode, blocked=arguments.blocked)
            control.circulation.keep()
        return customer_information(library.state, arguments.barcode, "", now)


async def _borrow(control: Control, arguments: BorrowArguments) -> Any:
    with control.circulation.acting(Source.DESK) as (library, now):
        return checkout(library, arguments.customer, arguments.barcode, now)


async def _return(control: Control, arguments: ReturnArguments) -> Any:
    with control.circulation.acting(Source.DESK) as (library, now):
        return checkin(library, arguments.barcode, arguments.branch, now)


async def _hold(control: Control, wish: HoldWish) -> Any:
    with control.circulation.acting(Source.DESK) as (library, now):
        return place_hold(library, wish, now)


async def _cancel_hold(control: Control, wish: HoldWish) -> Any:
    with control.circulation.acting(Source.DESK) as (library, now):
        return cancel_hold(library, wish, now)


async def _recall(control: Control, arguments: ItemArguments) -> Any:
    with control.circulation.acting(Source.DESK) as (library, now):
        return recall(library, arguments.barcode, now)


async def _lost(control: Control, arguments: ItemArguments) -> Any:
    with control.circulation.acting(Source.DESK) as (library, now):
        return mark_lost(library, arguments.barcode, now)


async def _drop(control: Control, _: Nothing) -> None:
    await control.relay.connections.drop_all()


async def _reset(control: Control, _: Nothing) -> None:
    """Fresh books and counters, good behaviour, the habits of the settings."""
    control.script.clear()
    control.relay.received.clear()
    control.relay.connections.forget()
    control.circulation.reset()


class Operation(msgspec.Struct, frozen=True):
    """The type of an operation's arguments, and what is done with them."""

    takes: Any
    does: Callable[[Control, Any], Awaitable[Any]]


OPERATIONS: dict[Op, Operation] = {
    Op.MISBEHAVE: Operation(Order, _misbehave),
    Op.BEHAVE: Operation(Nothing, _behave),
    Op.HABITS: Operation(dict[str, Any], _habits),
    Op.BOOKS: Operation(Nothing, _books),
    Op.RECEIVED: Operation(Nothing, _received),
    Op.CONNECTIONS: Operation(Nothing, _connections),
    Op.ITEM: Operation(ItemArguments, _item),
    Op.CUSTOMER: Operation(CustomerArguments, _customer),
    Op.BORROW: Operation(BorrowArguments, _borrow),
    Op.RETURN: Operation(ReturnArguments, _return),
    Op.HOLD: Operation(HoldWish, _hold),
    Op.CANCEL_HOLD: Operation(HoldWish, _cancel_hold),
    Op.RECALL: Operation(ItemArguments, _recall),
    Op.LOST: Operation(ItemArguments, _lost),
    Op.DROP: Operation(Nothing, _drop),
    Op.RESET: Operation(Nothing, _reset),
}
