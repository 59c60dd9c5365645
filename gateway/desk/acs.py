"""The connection to the circulation system: how it stands, ask it, let waiting work go on."""

from gateway.desk.access import Caller
from gateway.desk.ports import Desk
from gateway.desk.shown import shown
from gateway.desk.structs.acs import AcsResumed, AcsSaid, AcsStatus, Reconciled


async def show_acs(desk: Desk, _caller: Caller) -> AcsStatus:
    """Say how the connection stands, without asking the system."""
    return desk.circulation.status()


async def check_acs(desk: Desk, _caller: Caller) -> AcsSaid:
    """Ask the system now."""
    return await desk.circulation.check()


async def reconcile_acs(desk: Desk, _caller: Caller) -> Reconciled:
    """Compare its loans and holds of partners' accounts with the requests; differences become tasks."""
    return shown(await desk.circulation.reconcile(), Reconciled)


async def resume_acs(desk: Desk, _caller: Caller) -> AcsResumed:
    """Log in again after refused logins, close the breaker, start waiting work at once."""
    await desk.circulation.resume()
    return shown(desk.circulation.status(), AcsResumed, result="done", words="Waiting work starts now.")
