"""A gateway whose lenders have seconds where the settings count days: `python -m tests.e2e.quick_gateway serve --config FILE`."""

import sys
from collections.abc import Callable
from functools import partial
from unittest import mock

from gateway import cli
from gateway.app import building
from gateway.dispatch.performers.letters import Post
from gateway.dispatch.planning import Planner
from gateway.workflow.calendar import Calendars
from gateway.workflow.policy import ClockSetting
from gateway.workflow.records import Clock

CLOCKS = {
    Clock.LENDER_ANSWER: ClockSetting(seconds=60.0),
    Clock.LENDER_SENDS: ClockSetting(seconds=6.0),
    Clock.SILENCE: ClockSetting(seconds=1.5),
}


def _planner(
    *,
    clocks: dict[Clock, ClockSetting],
    calendars: Calendars,
    batch_s: Callable[[], float],
    billable_days: Callable[[str | None], int | None],
) -> Planner:
    return Planner(clocks=clocks | CLOCKS, calendars=calendars, batch_s=batch_s, billable_days=billable_days)


if __name__ == "__main__":
    with mock.patch.multiple(building, Planner=_planner, Post=partial(Post, timeout_s=3.0)):
        sys.exit(cli.main())
