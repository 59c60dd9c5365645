"""What whole loans cost, whichever side we are on: one loan alone, and how many a second by the ACS's speed and the pool's size."""

import asyncio
import os
import tempfile
from pathlib import Path

import msgspec

from bench.player import Cost, Player
from bench.processes import GATEWAY_CORE, demonstration_acs, partner
from bench.report import heading, table
from bench.settings import Ports, Wishes, settings_text
from gateway import logs
from gateway.app.gateway import Gateway
from gateway.app.process import spare_the_collector
from gateway.config.loading import load
from gateway.demo.stage.talk import AcsControl

WORDS = """\
One gateway on one core with SQLite; the demonstration ACS and the partner are processes on the others. {at_once} loans are
under way at once. CPU is the gateway's, with the {messages} that come in. “Connections busy” is the share of the time in
which a connection waited for the ACS, as long as there are loans to begin (the last few can't fill the connections): what is
missing to 100 % is what the gateway adds to the ACS's own time, and what other programs take of its core (“waited for it”).
“Above the delay” compares the whole with round trips times delay by connections, the ACS's work on top of its delay included."""
LOANS = 72
DELAY_S = 0.05


class Setting(msgspec.Struct, frozen=True):
    """How fast the ACS is and how many connections there are to it."""

    delay_s: float
    pool_size: int


COLUMNS = (
    "ACS answers in",
    "connections",
    "loans/s",
    "round trips a loan",
    "CPU ms a loan",
    "core in use",
    "waited for it",
    "ms a call",
    "connections busy",
    "above the delay",
)
SETTINGS = (
    Setting(0.0, 1),
    Setting(0.0, 2),
    Setting(0.0, 4),
    Setting(DELAY_S, 1),
    Setting(DELAY_S, 2),
    Setting(DELAY_S, 4),
)


def measure(side: type[Player], setting: Setting, loans: int = LOANS, at_once: int | None = None) -> Cost:
    """Play loans; the first ones, which log in and fill the caches, are not counted."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with demonstration_acs(folder) as (acs_port, control), partner(folder) as partner_port:
            wishes = Wishes(
                store_url=f"sqlite:///{folder}/gateway.sqlite",
                acs_port=acs_port,
                pool_size=setting.pool_size,
                partner_port=partner_port,
                knows_partner=True,
                auto_answer="both",
            )
            config = folder / "gateway.toml"
            config.write_text(settings_text(wishes, Ports()), encoding="utf-8")
            at_once = at_once or side.at_once_max
            return asyncio.run(_play(side, config, control, setting.delay_s, loans=loans, at_once=at_once))


async def _play(
    side: type[Player], config: Path, control: AcsControl, delay_s: float, *, loans: int, at_once: int
) -> Cost:
    async with Gateway(load(config, {})) as gateway:
        spare_the_collector()  # as a gateway does that serves
        playing = side(gateway, control)
        await playing.prepare()
        await playing.cost(2 * at_once, at_once)
        await asyncio.to_thread(control.ask, "misbehave", name="slow", delay_s=delay_s)
        return await playing.cost(loans, at_once)


def print_cost(side: type[Player], way: str) -> None:
    """What one loan takes, with nothing else going on; `way` says from where to where."""
    loans = 20
    cost = measure(side, Setting(0.0, 2), loans, at_once=1)
    calls = ", ".join(f"{code} x {count / loans:.1f}" for code, count in sorted(cost.calls.items()))
    each = {
        "SIP2 round trips": f"{cost.calls.total() / loans:.1f} ({calls})",
        "decisions written": f"{cost.commits / loans:.1f}",
        "durable transactions of the database": f"{cost.transactions / loans:.1f} (claims and starts of work included)",
        "messages in and out": f"{cost.messages_in / loans:.1f} and {cost.messages_out / loans:.1f}",
        "CPU ms": f"{cost.cpu_s / loans * 1000:.1f}",
        f"ms {way}": f"{cost.wall_s / loans * 1000:.0f}",
    }
    table(("one loan, ACS at once", ""), list(each.items()))


def rate(side: type[Player], setting: Setting, loans: int = LOANS) -> tuple[str, ...]:
    """Loans a second in a setting, and how near that is to the ACS's own time."""
    cost = measure(side, setting, loans)
    acs_s = cost.calls.total() * setting.delay_s / setting.pool_size
    return (
        f"{setting.delay_s * 1000:.0f} ms",
        f"{setting.pool_size}",
        f"{cost.loans / cost.wall_s:.1f}",
        f"{cost.calls.total() / cost.loans:.1f}",
        f"{cost.cpu_s / cost.loans * 1000:.1f}",
        f"{cost.cpu_s / cost.wall_s:.0%}",
        f"{cost.queued_s / cost.wall_s:.0%}",
        f"{cost.calls_s / cost.calls.total() * 1000:.1f}",
        f"{cost.full_calls_s / cost.full_s / setting.pool_size:.1%}",
        f"{cost.wall_s / acs_s - 1:.1%}" if acs_s else "-",
    )


def show(side: type[Player], title: str, words: str, way: str) -> None:
    """Print the figures of one side."""
    logs.configure("error", logs.LogFormat.TEXT)
    heading(title, WORDS.format(at_once=side.at_once_max, messages=words))
    os.sched_setaffinity(0, {GATEWAY_CORE})
    print_cost(side, way)
    print()
    table(COLUMNS, [rate(side, setting) for setting in SETTINGS])
