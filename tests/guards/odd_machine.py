"""The gateway on a machine whose clock is wrong and whose disk is nearly full: `python -m tests.guards.odd_machine serve …`.

The environment says how odd it is: ODD_CLOCK_S, the seconds by which the clock is ahead; ODD_FREE, the part of the disk that is free. All else
is the gateway as `ill-gateway` starts it.
"""

import os
import shutil
import sys
from datetime import UTC, datetime, timedelta
from unittest import mock

from gateway.cli import main
from gateway.clock import SystemTime

AHEAD = timedelta(seconds=float(os.environ.get("ODD_CLOCK_S", "0")))
FREE = os.environ.get("ODD_FREE")


def _now(_: SystemTime) -> datetime:
    return datetime.now(UTC) + AHEAD


def _disk_usage(_: object) -> "shutil._ntuple_diskusage":
    total = 10**9
    free = round(total * float(FREE or "1"))
    return shutil._ntuple_diskusage(total, total - free, free)


if __name__ == "__main__":
    with mock.patch.object(SystemTime, "now", _now), mock.patch.object(shutil, "disk_usage", _disk_usage):
        sys.exit(main())
