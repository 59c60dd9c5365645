"""Today: what to do now, what needs a decision, and who keeps us waiting."""

from typing import Final

from aiohttp import web

from gateway.desk.access import Right
from gateway.desk.structs.lists import ListName
from gateway.desk.structs.sheet import TasksPageQuery
from gateway.desk.tasks import show_tasks
from gateway.desk.today import count_work
from gateway.pages.one_request import new_key
from gateway.pages.visit import Visit

CARDS: Final = (
    ("To fetch from the shelf", ListName.PULL),
    ("Arrived, to ship", ListName.TO_SHIP),
    ("On its way here", ListName.TO_RECEIVE),
    ("To send back", ListName.TO_SEND_BACK),
)
"""What is walked for first, with its list."""


SHOWN: Final = 10
"""Tasks on the page; all of them stand on a page of their own."""


async def show(visit: Visit) -> web.StreamResponse:
    """GET /: the start page."""
    return await visit.show(
        "today.html",
        work=await count_work(visit.desk),
        page=await show_tasks(visit.desk, visit.caller, TasksPageQuery(limit=SHOWN)),
        day=visit.desk.today(),
        cards=CARDS,
        may_act=visit.may(Right.ACT),
        new_key=new_key,
    )
