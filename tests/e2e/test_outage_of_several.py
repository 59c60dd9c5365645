"""Three gateways on one database, as test_outage.py shows it of one. In a file of its own, so that they need not wait one after the other."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.outage import WITHIN_S, seconds_until_all_move
from tests.faults.database import Kind


@pytest.mark.timed
async def test_work_of_several_moves_within_seconds_of_the_circulation_systems_return(
    tmp_path: Path, record_property: Callable[[str, object], None]
):
    took_s = await seconds_until_all_move(tmp_path, Kind.POSTGRESQL, gateways=3)
    record_property("seconds until all had moved", round(took_s, 2))
    assert took_s < WITHIN_S
