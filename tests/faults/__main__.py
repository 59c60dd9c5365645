"""Run the fault harness: `python -m tests.faults --seed N --loans N --kills N`. Exit code 0: the invariant holds; 1: it is broken; 3: the harness
could not go on.
"""

import argparse
import asyncio
import random
import sys
import tempfile
from pathlib import Path

from tests.faults.crowd import EVERYBODY, Crowd
from tests.faults.database import Kind, database
from tests.faults.house import RunSettings
from tests.faults.orders import LENDERS
from tests.faults.processes import Broken
from tests.faults.report import report
from tests.faults.run import run
from tests.faults.sides import Role

PARTNERS = {Role.LENDING: 4, Role.BORROWING: LENDERS}
AT_ONCE = {Role.LENDING: 40, Role.BORROWING: 150}
"""What we borrow waits for clocks of some seconds, of lenders and of looks."""
MEMORY = Path("/dev/shm")
"""A run spares the disk where it can: what `kill -9` leaves behind does not depend on it."""


def main() -> int:
    """Run as the arguments say."""
    parser = _parser()
    options = parser.parse_args()
    if options.instances > 1 and options.store is Kind.SQLITE:
        parser.error("SQLite is for one process: give --store postgresql")
    settings = RunSettings(
        seed=options.seed if options.seed is not None else random.randrange(1_000_000), role=options.role,
        loans=options.loans, kills=options.kills, partners=options.partners or PARTNERS[options.role], at_once=options.at_once or AT_ONCE[options.role],
        instances=options.instances, crowd=_crowd(options.crowd), minutes=options.minutes, gauges_every_s=options.gauges_every_s,
        wire_faults=options.wire_faults, acs_faults=options.acs_faults,
        partner_fault_every=options.partner_fault_every, outage_every_s=options.outage_every_s, patience_s=options.patience_s,
    )  # fmt: skip
    print(f"seed {settings.seed}", flush=True)
    directory = Path(options.keep or tempfile.mkdtemp(prefix="faults-", dir=MEMORY if MEMORY.is_dir() else None))
    directory.mkdir(exist_ok=True)
    if any(directory.iterdir()):
        print(f"{directory} is not empty: a run begins with fresh books")
        return 2
    print(f"logs and books in {directory}", flush=True)
    try:
        with database(options.store, directory) as books:
            outcome = asyncio.run(run(settings, directory, books))
    except Broken as broken:
        print(f"The harness could not go on (seed {settings.seed}): {broken}")
        return 3
    print(report(outcome))
    return 1 if outcome.compared.breaches else 0


def _crowd(names: list[str]) -> frozenset[Crowd]:
    return EVERYBODY if "all" in names else frozenset(map(Crowd, names))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    add = parser.add_argument
    add("--seed", type=int, help="repeats a run; drawn where it is left out")
    add("--role", type=Role, choices=list(Role), default=Role.LENDING, help="what the gateway under test does")
    add("--loans", type=int, default=300)
    add("--kills", type=int, default=60)
    add("--partners", type=int, help="who borrow from us (4), or lend to us (3)")
    add("--store", type=Kind, choices=list(Kind), default=Kind.SQLITE)
    add("--instances", type=int, default=1, help="gateways that share a PostgreSQL")
    add("--at-once", type=int, help="loans under way at once (40; 150 where we borrow)")
    add("--patience-s", type=float, default=240.0, help="after so long without an answer a loan counts as lost")
    add("--minutes", type=float, help="begin no loan after so long")
    add("--wire-faults", type=float, default=1.0, help="times the usual rates; 0 for none")
    add("--acs-faults", type=float, default=1.0, help="likewise, for the circulation system's misbehaviour")
    add("--partner-fault-every", type=float, default=12.0, help="messages between two misbehaviours; 0 for none")
    add("--outage-every-s", type=float, default=2.0, help="mean time between two outages; 0 for none")
    add("--crowd", nargs="*", choices=["all", *Crowd], default=[], help="who else is in the room (crowd.py)")
    add("--gauges-every-s", type=float, default=0.0, help="print memory, files, sizes and lag so often; 0 for never")
    add("--keep", metavar="DIRECTORY", help="where logs and books go")
    return parser


if __name__ == "__main__":
    sys.exit(main())
