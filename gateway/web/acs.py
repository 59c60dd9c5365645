"""The connection to the circulation system over the API: how it stands, ask it, let waiting work go on."""

from aiohttp import web

from gateway.web.answers import ok
from gateway.web.ports import Api, Call


async def show_acs(api: Api, _call: Call) -> web.Response:
    """GET acs: how the connection stands, without asking the system."""
    return ok(api.acs_status())


async def check_acs(api: Api, _call: Call) -> web.Response:
    """POST acs/check: ask the system now."""
    return ok(await api.acs_check())


async def reconcile_acs(api: Api, _call: Call) -> web.Response:
    """POST acs/reconcile: compare its loans and holds of partners' accounts with the requests; differences become tasks."""
    return ok(await api.acs_reconcile())


async def resume_acs(api: Api, _call: Call) -> web.Response:
    """POST acs/resume: log in again after refused logins, close the breaker, start waiting work at once."""
    await api.acs_resume()
    return ok({"result": "done", "words": "Waiting work starts now.", **api.acs_status()})
