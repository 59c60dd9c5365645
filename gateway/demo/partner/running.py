"""The demonstration partner, a library's system: starts it in a process or for a test, and stops it.

It speaks ISO 18626 over HTTP both ways and takes orders on another port: by JSON (control.py), or on a page in a browser
(board.py). In a test:

    async with await serve(PartnerSettings(supplier_url=...)) as partner:
        ...  # partner.port, partner.control_port, partner.library

On the command line: `ill-gateway demo-partner --port 8628 --control-port 8629`.
"""

import argparse
import asyncio
import gc
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

import msgspec
from aiohttp import web

from gateway.demo.partner.board import Board
from gateway.demo.partner.control import Control
from gateway.demo.partner.library import PartnerLibrary
from gateway.demo.partner.misbehaviour import Misbehaviour, Order
from gateway.demo.partner.server import Door
from gateway.demo.partner.settings import PartnerSettings
from gateway.iso18626.client import Iso18626Client, client_session
from gateway.iso18626.codes import Version
from gateway.iso18626.dialects import DIALECTS
from gateway.iso18626.exchange import Exchange

_DEFAULTS = PartnerSettings()


class RunningPartner:
    """A partner that listens. `port` and `control_port` are those that were taken; leave it by `async with` or `aclose`."""

    def __init__(self, library: PartnerLibrary, ports: tuple[int, int], closing: AsyncExitStack) -> None:
        self.library = library
        self.port, self.control_port = ports
        self._closing = closing

    async def __aenter__(self) -> Self:
        """The partner itself; it listens already."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        await self.aclose()

    async def aclose(self) -> None:
        """Stop listening, leave what is under way."""
        await self._closing.aclose()


def _utc_now() -> datetime:
    return datetime.now(UTC)


async def serve(settings: PartnerSettings, *, now: Callable[[], datetime] = _utc_now) -> RunningPartner:
    """Start a partner. `now` gives aware datetimes. Raises OSError where a port is taken."""
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(client_session())
        client = Iso18626Client(session, now=now, sleep=asyncio.sleep, on_exchange=_keep_no_record)
        library = PartnerLibrary(settings, client, now)
        stack.push_async_callback(library.aclose)
        door = await listen(stack, Door(library).application(), settings.host, settings.port)
        directing = Control(library).application()
        directing.add_routes(Board(library).routes())
        control = await listen(stack, directing, settings.host, settings.control_port)
        return RunningPartner(library, (door, control), stack.pop_all())


async def listen(stack: AsyncExitStack, application: web.Application, host: str, port: int) -> int:
    """Serve an application until the stack unwinds; the port that was taken.

    A handler ends when its caller leaves: a message that is never answered must not outlive its sender.
    """
    runner = web.AppRunner(application, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, host, port).start()
    return int(runner.addresses[0][1])


def _keep_no_record(_exchange: Exchange) -> None:
    """What was sent and heard stands in the books."""


async def _serve_until_signalled(settings: PartnerSettings) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with await serve(settings) as partner:
        sys.stdout.write(
            f"demonstration partner listening on http://{settings.host}:{partner.port}{settings.path}"
            f" (control {partner.control_port})\n"
        )
        sys.stdout.flush()
        await stop.wait()


def main(argv: Sequence[str]) -> int:
    """Run the partner until SIGTERM or SIGINT; 0 when that was done, 1 where a port is taken, 2 for a wrong argument."""
    arguments = _parser().parse_args(argv)
    user, password = arguments.basic or (None, None)
    settings = PartnerSettings(
        host=arguments.host,
        port=arguments.port,
        control_port=arguments.control_port,
        supplier_url=arguments.supplier_url,
        agency=arguments.agency,
        supplier=arguments.supplier,
        library_name=arguments.name,
        version=arguments.version,
        dialect=arguments.dialect,
        basic_user=user,
        basic_password=password,
        bearer=arguments.bearer,
        timeout_s=arguments.timeout_s,
        misbehaviours=tuple(arguments.misbehave),
        automatic=arguments.auto,
        lends=arguments.lends,
    )
    try:
        asyncio.run(_serve_until_signalled(settings))
    except OSError as error:
        sys.stderr.write(f"The demonstration partner can't listen: {error.strerror or error}.\n")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="ill-gateway demo-partner",
        description="A fictional library, spoken to over ISO 18626. For demonstrations and tests.",
        epilog=f"Misbehaviours: {', '.join(Misbehaviour)}.",
    )
    add = parser.add_argument
    add("--host", default=_DEFAULTS.host, help="address for both ports (default: %(default)s)")
    add("--port", type=int, default=8628, help="where the supplier writes to (default: %(default)s; 0: a free one)")
    add("--control-port", type=int, default=8629, help="control port, JSON over HTTP, no password")
    add("--supplier-url", default=_DEFAULTS.supplier_url, help="where we write to (default: %(default)s)")
    add("--agency", default=_DEFAULTS.agency, help="our symbol (default: %(default)s)")
    add("--supplier", default=_DEFAULTS.supplier, help="the supplier's symbol (default: %(default)s)")
    add("--name", default=_DEFAULTS.library_name, help="our name (default: %(default)s)")
    add(
        "--version", type=Version, choices=list(Version), default=_DEFAULTS.version, help="of ISO 18626, as we write it"
    )
    add("--dialect", choices=list(DIALECTS), default=_DEFAULTS.dialect, help="habits of the product that we play")
    add("--basic", type=_pair, metavar="USER:PASSWORD", help="what we show the supplier")
    add("--bearer", metavar="TOKEN", help="what the supplier must show us")
    add("--timeout-s", type=float, default=_DEFAULTS.timeout_s, help="patience with one confirmation")
    add("--auto", action="store_true", help="do what is due: Received after Loaned, ShippedReturn after Overdue")
    add(
        "--lends",
        action="store_true",
        help="wait to be told what to say to a request to lend, instead of going by our catalogue",
    )
    add(
        "--misbehave",
        type=_order,
        action="append",
        default=[],
        metavar="JSON",
        help='an order, e.g. {"name": "fails", "about": ["Loaned"], "count": 2}; may be repeated',
    )
    return parser


def _pair(text: str) -> tuple[str, str]:
    user, colon, password = text.partition(":")
    if not (user and colon and password):
        raise argparse.ArgumentTypeError("expected USER:PASSWORD")
    return user, password


def _order(text: str) -> Order:
    try:
        return msgspec.json.decode(text, type=Order)
    except msgspec.MsgspecError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


if __name__ == "__main__":
    gc.freeze()  # what is loaded stays to the end: nothing looks through it when the program ends
    sys.exit(main(sys.argv[1:]))
