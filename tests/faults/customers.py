"""Our customers' side of a run in which we borrow: a program that hands their orders to the gateway's API, and hears how they end. No books.

An order whose answer is lost is given again under the same Idempotency-Key, until it is answered.
"""

import asyncio
from http import HTTPStatus
from typing import Any, Final

import aiohttp
import msgspec

from gateway.workflow.borrowing.groups import FINALS
from tests.faults.orders import PICKUP, Course, OrderPlan

AGAIN_S: Final = 0.2
LOOK_S: Final = 0.3
_PAGE: Final = "200"


class OrderLog(msgspec.Struct):
    """What is known of an order besides its lenders' pages: the requests that were answered, and what went wrong."""

    answered: list[str] = []
    """The request's number, for each answer that was heard."""
    trouble: str = ""


class OrderDesk:
    """The program that takes customers' orders."""

    def __init__(self, session: aiohttp.ClientSession, port: int, token: str) -> None:
        self._session = session
        self._api = f"http://127.0.0.1:{port}/api/v1"
        self._headers = {"Authorization": f"Bearer {token}"}
        self._ended: set[str] = set()
        self._news = asyncio.Condition()

    async def order(self, plan: OrderPlan, log: OrderLog) -> str | None:
        """Give the order until it is answered; its request, None where it was refused."""
        body = {"customer": plan.customer, "pickup_branch": PICKUP, "title": plan.title, "author": "Example, Ada"}
        if plan.course is Course.COPY:
            body |= {"service": "Copy", "article_title": f"An article of {plan.id}", "pages": "1-9"}
        headers = {**self._headers, "Idempotency-Key": plan.id}
        while True:
            status, answer = await self._call("POST", "/borrowing", json=body, headers=headers)
            if status in {HTTPStatus.OK, HTTPStatus.CREATED}:
                log.answered.append(str(answer["request"]))
                return log.answered[-1]
            if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
                log.trouble = f"the order was refused: {status} {answer}"
                return None
            await asyncio.sleep(AGAIN_S)

    async def until_ended(self, request: str) -> None:
        """Wait until the request has ended."""
        async with self._news:
            await self._news.wait_for(lambda: request in self._ended)

    async def watch(self) -> None:
        """Look which requests have ended, until cancelled: those of all orders in one question."""
        query = [*(("state", str(state)) for state in FINALS), ("limit", _PAGE)]
        while True:
            _, answer = await self._call("GET", "/requests", params=query, headers=self._headers)
            async with self._news:
                self._ended |= {str(line["id"]) for line in answer.get("requests", ())}
                self._news.notify_all()
            await asyncio.sleep(LOOK_S)

    async def _call(self, method: str, path: str, **more: Any) -> tuple[int, Any]:
        """The answer, with a status of 0 where there was none."""
        try:
            async with self._session.request(method, self._api + path, **more) as response:
                return response.status, await response.json()
        except (aiohttp.ClientError, TimeoutError, ValueError):
            return 0, {}
