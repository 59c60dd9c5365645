"""The demonstration circulation system (ACS): starts it in a process or for a test, and stops it.

It speaks SIP2 on one port and takes orders on another (control.py). In a test:

    async with await serve(AcsSettings()) as acs:
        ...  # acs.port, acs.control_port, acs.library, acs.script

On the command line: `ill-gateway demo-acs --port 6001 --control-port 6002`.
"""

import argparse
import asyncio
import gc
import signal
import ssl
import sys
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from gateway.demo.acs.circulation import Circulation, Clock
from gateway.demo.acs.collection import CollectionName, demonstration_collection, item_list_csv
from gateway.demo.acs.control import Control
from gateway.demo.acs.frames import MAX_BYTES
from gateway.demo.acs.library import Library
from gateway.demo.acs.likeness import Product
from gateway.demo.acs.misbehaviour import Misbehaviour, Order, Script
from gateway.demo.acs.records import Habits
from gateway.demo.acs.relay import Relay
from gateway.demo.acs.server import start_answerers
from gateway.demo.acs.settings import AcsSettings, Login

T = TypeVar("T")


class RunningAcs:
    """An ACS that listens. `port` and `control_port` are those that were taken; leave it by `async with` or `aclose`."""

    def __init__(self, control: Control, ports: tuple[int, int], closing: AsyncExitStack) -> None:
        self.port, self.control_port = ports
        self.script = control.script
        self.relay = control.relay
        self._circulation = control.circulation
        self._closing = closing

    @property
    def library(self) -> Library:
        """The library as it is now; a reset exchanges it."""
        return self._circulation.library

    async def __aenter__(self) -> Self:
        """The ACS itself; it listens already."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        await self.aclose()

    async def aclose(self) -> None:
        """Stop listening and close every connection."""
        await self._closing.aclose()


def _utc_now() -> datetime:
    return datetime.now(UTC)


async def serve(settings: AcsSettings, *, now: Clock = _utc_now, tls: ssl.SSLContext | None = None) -> RunningAcs:
    """Start an ACS. `now` gives aware datetimes; `tls` is a server's context for the SIP2 port.

    Raises OSError where a port is taken, and msgspec.ValidationError where the state file is not one of ours.
    """
    settings = settings.in_likeness()
    circulation = Circulation(settings, now)
    async with AsyncExitStack() as stack:
        stack.callback(circulation.write)
        ports = await start_answerers(circulation, stack)
        script = Script(settings.misbehaviours, settings.seed, always=settings.likeness.always)
        relay = Relay(settings, script, ports)
        control = Control(circulation, relay.script, relay)
        stack.push_async_callback(relay.connections.drop_all)
        stack.push_async_callback(control.connections.drop_all)
        lines = await asyncio.start_server(relay.accept, settings.host, settings.port, ssl=tls, limit=MAX_BYTES)
        stack.callback(lines.close)
        orders = await asyncio.start_server(control.accept, settings.host, settings.control_port)
        stack.callback(orders.close)
        return RunningAcs(control, (_port_of(lines), _port_of(orders)), stack.pop_all())


def _port_of(server: asyncio.Server) -> int:
    return int(server.sockets[0].getsockname()[1])


async def _serve_until_signalled(settings: AcsSettings) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with await serve(settings) as acs:
        sys.stdout.write(
            f"demonstration ACS listening on {settings.host}:{acs.port} (control {acs.control_port})\n",
        )
        sys.stdout.flush()
        await stop.wait()


def main(argv: Sequence[str]) -> int:
    """Run the ACS until SIGTERM or SIGINT, or write the item list; 0 when that was done, 2 for a wrong argument."""
    arguments = _parser().parse_args(argv)
    if arguments.item_list:
        arguments.item_list.write_text(item_list_csv(demonstration_collection(arguments.collection)), encoding="utf-8")
        return 0
    settings = AcsSettings(
        host=arguments.host,
        port=arguments.port,
        control_port=arguments.control_port,
        login=arguments.login,
        state_file=arguments.state,
        misbehaviours=tuple(arguments.misbehave),
        collection=arguments.collection,
        habits=arguments.habits,
        seed=arguments.seed,
        time_zone=arguments.time_zone,
        like=arguments.like,
    )
    asyncio.run(_serve_until_signalled(settings))
    return 0


def _parser() -> argparse.ArgumentParser:
    names = ", ".join(Misbehaviour)
    parser = argparse.ArgumentParser(
        prog="ill-gateway demo-acs",
        description="A fictional library's circulation system, spoken to over SIP2. For demonstrations and tests.",
        epilog=f"Misbehaviours: {names}.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address for both ports (default: %(default)s)")
    parser.add_argument("--port", type=int, default=6001, help="SIP2 port (default: %(default)s; 0: a free one)")
    parser.add_argument("--control-port", type=int, default=6002, help="control port, JSON lines, no password")
    parser.add_argument("--state", metavar="FILE", help="keep the books in FILE over a restart")
    parser.add_argument("--login", type=_login, metavar="USER:PASSWORD", help="require this SIP login")
    _add_manners(parser)
    parser.add_argument("--time-zone", type=_zone, default="UTC", help="the library's zone (default: %(default)s)")
    parser.add_argument("--item-list", type=Path, metavar="FILE", help="write the items as CSV to FILE, and end")
    return parser


def _add_manners(parser: argparse.ArgumentParser) -> None:
    """How it behaves and misbehaves, and whose books it has."""
    parser.add_argument(
        "--misbehave",
        type=_json(Order),
        action="append",
        default=[],
        metavar="JSON",
        help='an order, e.g. {"name": "lost_after_act", "codes": ["11"], "count": 1}; may be repeated',
    )
    parser.add_argument(
        "--habits",
        type=_json(Habits),
        default=Habits(),
        metavar="JSON",
        help='habits of the product, e.g. {"due_date_format": "iso_date"}',
    )
    parser.add_argument(
        "--like",
        type=Product,
        choices=list(Product),
        default=Product.PLAIN,
        metavar="PRODUCT",
        help=f"look like a product, and lack what it lacks: {', '.join(Product)}",
    )
    parser.add_argument(
        "--collection",
        type=CollectionName,
        choices=list(CollectionName),
        default=CollectionName.VALLEY,
        help="whose books (default: %(default)s)",
    )
    parser.add_argument("--seed", type=int, default=0, help="for misbehaviour by probability")


def _login(text: str) -> Login:
    user, colon, password = text.partition(":")
    if not (user and colon and password):
        raise argparse.ArgumentTypeError("expected USER:PASSWORD")
    return Login(user, password)


def _json(kind: type[T]) -> Callable[[str], T]:
    """An argument that is JSON of this type."""

    def read(text: str) -> T:
        try:
            return msgspec.json.decode(text, type=kind)
        except msgspec.MsgspecError as error:
            raise argparse.ArgumentTypeError(str(error)) from error

    return read


def _zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (ValueError, ZoneInfoNotFoundError) as error:
        raise argparse.ArgumentTypeError(f"no time zone {name!r}") from error


if __name__ == "__main__":
    gc.freeze()  # what is loaded stays to the end: nothing looks through it when the program ends
    sys.exit(main(sys.argv[1:]))
