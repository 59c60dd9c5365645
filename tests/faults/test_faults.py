"""A short run of the harness for each role: some loans, some kills, every kind of trouble, everybody else in the room, and the invariant at the end.

The seeds are fixed, so that a failure is looked into and not tried again; `make faults` draws others.
"""

import asyncio
from pathlib import Path

import pytest

from tests.faults.crowd import EVERYBODY, Crowd
from tests.faults.database import Kind, database
from tests.faults.house import RunSettings
from tests.faults.orders import LENDERS
from tests.faults.report import report
from tests.faults.run import run
from tests.faults.sides import Role

pytestmark = pytest.mark.process

CROWD = EVERYBODY - {Crowd.OUTAGES}
"""Long outages are for long runs."""
SLOWNESS = 6.0
"""The machine may be anybody's, and busy with other tests; `make faults` is stricter."""
LENDING = RunSettings(
    seed=2, loans=60, kills=12, partners=2, at_once=30, outage_every_s=1.0, crowd=CROWD, slowness=SLOWNESS
)
BORROWING = RunSettings(
    seed=2, role=Role.BORROWING, loans=40, kills=8, partners=LENDERS, at_once=40, outage_every_s=1.0, crowd=CROWD,
    slowness=SLOWNESS,
)  # fmt: skip


@pytest.mark.usefixtures("born_loaded")
@pytest.mark.parametrize("settings", [LENDING, BORROWING], ids=[Role.LENDING, Role.BORROWING])
async def test_nothing_is_lost_or_doubled(settings: RunSettings, tmp_path: Path):
    with database(Kind.SQLITE, tmp_path) as books:
        async with asyncio.timeout(1800):
            outcome = await run(settings, tmp_path, books)
    assert not outcome.compared.breaches, report(outcome)
    assert outcome.weather.kills, "nothing was killed: the run has shown nothing"
    assert sum(sum(wire.befell.values()) for wire in outcome.wires), "no wire was ever cut"
    assert outcome.exit_statuses == (0,)
