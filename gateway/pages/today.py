"""Today: what to do now, what needs a decision, and who keeps us waiting."""

from typing import Final

from aiohttp import web

from gateway.desk.structs.lists import ListName
from gateway.desk.today import show_today
from gateway.pages.visit import Visit

CARDS: Final = (
    ("To fetch from the shelf", ListName.PULL),
    ("Arrived, to ship", ListName.TO_SHIP),
    ("On its way here", ListName.TO_RECEIVE),
    ("To send back", ListName.TO_SEND_BACK),
)
"""What is walked for first, with its list."""


async def show(visit: Visit) -> web.StreamResponse:
    """GET /: the start page."""
    today = await show_today(visit.desk, visit.caller)
    return await visit.show("today.html", today=today, day=visit.desk.today(), cards=CARDS)
