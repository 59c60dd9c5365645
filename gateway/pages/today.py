"""Today: what to do now, what needs a decision, and who keeps us waiting."""

from typing import Final

from aiohttp import web

from gateway.desk.access import Right
from gateway.desk.structs.tasks_page import TasksPageQuery
from gateway.desk.tasks import show_tasks
from gateway.desk.today import awaited, count_work, group_tasks, show_cards, show_undelivered
from gateway.pages.one_request import new_key
from gateway.pages.tasks import DoneQuery, just_done
from gateway.pages.visit import Visit

SHOWN: Final = 10
"""Tasks on the page; all of them stand on a page of their own."""


async def show(visit: Visit) -> web.StreamResponse:
    """GET /: the start page."""
    work, did = await count_work(visit.desk), visit.query(DoneQuery)
    return await visit.show(
        "today.html",
        work=work,
        cards=await show_cards(visit.desk, work),
        kinds=await group_tasks(visit.desk, work),
        awaited=awaited(work),
        undelivered=await show_undelivered(visit.desk),
        page=await show_tasks(visit.desk, visit.caller, TasksPageQuery(limit=SHOWN)),
        now_at=did.at("/"),
        done=await just_done(visit, did),
        day=visit.desk.today(),
        may_act=visit.may(Right.ACT),
        new_key=new_key,
    )
