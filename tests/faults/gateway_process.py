"""The gateway as the harness runs it: `gateway.app` with its store wrapped and its longest waits made short.

A parent imports everything once and forks a process for each life, so that a life begins in a tenth of a second; the
life is a whole gateway with sockets, locks and files of its own, and `kill -9` ends it as it would any process. The only
seams are the names that `seams` puts in place of those in gateway.app; no code of the gateway knows of them.

    python -m tests.faults.gateway_process SETTINGS LOG ORDERS

The parent reads `start` lines and writes `life <pid>`, `ready` and `ended <status>`. A life that gets SIGUSR1 reads an
order (faulty_store.Order) from the file ORDERS. When the parent's input ends, so does the life, and then the parent.
"""

import asyncio
import io
import os
import random
import select
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final, cast
from unittest import mock

import msgspec

from gateway import config, logs
from gateway.app import building, circulation, ground, process
from gateway.dispatch.outbox_settings import OutboxSettings
from gateway.dispatch.performers import letters, look_ups
from gateway.dispatch.performers.letters import Post
from gateway.dispatch.performers.rota import RotaMaker
from gateway.dispatch.planning import Planner
from gateway.fleet.logins import SharedLogins
from gateway.fleet.seats import Patience, Seats
from gateway.reports import learned
from gateway.sip2.breaker import LoginGate
from gateway.sip2.lines import Limits, Lines
from gateway.store.errors import StoreUnavailable
from gateway.store.factory import open_store
from gateway.workflow.acts import act
from gateway.workflow.borrowing import clocks
from gateway.workflow.calendar import Calendars
from gateway.workflow.policy import ClockSetting
from gateway.workflow.records import Clock
from tests.faults.faulty_store import FaultyStore, Order

CLOCKS: Final = {
    Clock.LENDER_ANSWER: ClockSetting(seconds=3.0),
    Clock.LENDER_SENDS: ClockSetting(seconds=4.0),
    Clock.SILENCE: ClockSetting(seconds=0.5),
    Clock.WITHDRAWAL: ClockSetting(seconds=2.0),
}
"""Clocks that settings count in days, and lenders of a run in seconds."""


def _planner(
    *,
    clocks: dict[Clock, ClockSetting],
    calendars: Calendars,
    batch_s: Callable[[], float],
    billable_days: Callable[[str | None], int | None],
) -> Planner:
    return Planner(clocks=clocks | CLOCKS, calendars=calendars, batch_s=batch_s, billable_days=billable_days)


def _rota_maker(**given: Any) -> RotaMaker:
    return RotaMaker(**given | {"ask_again": timedelta(seconds=3)})


SHORT: Final[dict[str, Any]] = {
    "Lines": partial(Lines, limits=Limits(busy_timeout_s=10.0, grow_pause_s=0.5)),
    "SharedLogins": partial(SharedLogins, gate=LoginGate(pause_s=2.0, unclear_pause_s=0.5, try_s=5.0)),
    "COOL_DOWN_S": 0.5,
    "Post": partial(Post, timeout_s=2.0),
    "Planner": _planner,
    "RotaMaker": _rota_maker,
    "OutboxSettings": partial(OutboxSettings, deadline_s=20.0, lease_margin_s=2.0, sweep_s=2.0, store_pause_s=0.1),
    "Seats": partial(Seats, patience=Patience(every_s=0.5, attempt_s=1.0, cut_s=2.5, gone_s=5.0)),
}
"""Names in gateway.app.building, and what stands in their place: the same classes with shorter waits."""


@contextmanager
def seams(stores: list[FaultyStore]) -> Iterator[None]:
    """Put the wrapped store and the short waits in place; every store that is opened is added to `stores`."""

    def open_faulty(url: str) -> FaultyStore:
        stores.append(FaultyStore(open_store(url), random.Random(url)))
        return stores[-1]

    with (
        mock.patch.object(ground, "open_store", open_faulty),
        mock.patch.multiple(building, **SHORT),
        mock.patch.object(circulation, "WATCH_S", 2.0),
        mock.patch.object(clocks, "SOONEST_RETURN", timedelta(seconds=2)),
        mock.patch.object(learned, "PATIENCE_MORE", 3 / 86_400),
        mock.patch.object(act, "LOOK_AFTER_UNKNOWN_S", 0.3),
        mock.patch.object(act, "REFUSED_AGAIN_S", 1.0),
        mock.patch.object(letters, "UNKNOWN_ID_WAIT_S", 0.5),
        mock.patch.object(look_ups, "UNKNOWN_ITEM_WAIT_S", 1.0),
    ):
        yield


async def _live(settings: config.Settings, orders: Path, stores: list[FaultyStore]) -> int:
    """One life: until SIGTERM."""

    def obey() -> None:
        stores[-1].obey(msgspec.json.decode(orders.read_bytes(), type=Order))

    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, obey)
    real_info = process._log.info

    def tell(event: str, **fields: Any) -> None:
        real_info(event, **fields)
        if event == "ready":
            os.write(1, b"ready\n")

    with mock.patch.object(process, "_log", mock.Mock(wraps=process._log, info=tell)):
        return await process.run(settings)


def _life(settings: config.Settings, log: Path, orders: Path) -> None:
    """The forked process: never comes back."""
    code = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        sink = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.dup2(sink, 2)
        logs.configure(settings.log.level, settings.log.format)
        stores: list[FaultyStore] = []
        with seams(stores):
            code = asyncio.run(_live(settings, orders, stores))
    except (StoreUnavailable, OSError) as fault:  # as process.serve
        process._log.error("could not start", why=str(fault))
    except BaseException:  # noqa: BLE001 - the process ends here, and its log says why
        process._log.critical("stopped by an error", exc_info=True)
    finally:
        sys.stderr.flush()
        os._exit(code)


def main(settings_file: str, log: str, orders: str) -> int:
    """Fork a life for each `start`, one at a time."""
    settings = config.load(Path(settings_file), {})
    while sys.stdin.readline().strip() == "start":
        life = os.fork()
        if life == 0:
            _life(settings, Path(log), Path(orders))
        _say(f"life {life}")
        _say(f"ended {_wait(life)}")
    return 0


def _wait(life: int) -> int:
    """Wait for the end of a life, and bring it about where nobody reads us any more; its wait status."""
    end = os.pidfd_open(life)
    while end not in select.select([sys.stdin, end], [], [])[0]:
        if not cast("io.BufferedReader", sys.stdin.buffer).peek(1):
            os.kill(life, signal.SIGKILL)
    os.close(end)
    return os.waitpid(life, 0)[1]


def _say(line: str) -> None:
    os.write(1, f"{line}\n".encode())


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
