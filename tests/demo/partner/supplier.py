"""A supplier of the tests' own for the demonstration partner: confirms what it is sent, and writes what it is told to."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

import aiohttp
from aiohttp import web

from gateway.demo.partner.running import RunningPartner
from gateway.iso18626.codec import decode, encode
from gateway.iso18626.codes import ReasonForMessage, Status, Version, YesNo
from gateway.iso18626.messages import (
    Confirmation,
    DeliveryInfo,
    ErrorData,
    Header,
    MessageInfo,
    Request,
    RequestingAgencyMessage,
    StatusInfo,
    SupplyingAgencyMessage,
)
from gateway.iso18626.receipts import confirmation_for
from gateway.iso18626.values import AgencyId

NOW = datetime(2026, 10, 26, 10, 15, tzinfo=UTC)
BEARER = "specimen"


class Supplier:
    """What was posted to it, and how it answers the next posts."""

    def __init__(self) -> None:
        self.documents: list[bytes] = []
        self.authorizations: list[str | None] = []
        self.error: ErrorData | None = None
        self.status = HTTPStatus.OK
        self.port = 0

    @property
    def messages(self) -> list[Any]:
        return [decode(document).message for document in self.documents]

    async def answer(self, request: web.Request) -> web.Response:
        data = await request.read()
        self.documents.append(data)
        self.authorizations.append(request.headers.get("Authorization"))
        if self.status is not HTTPStatus.OK:
            return web.Response(status=self.status)
        return web.Response(body=confirmation_for(decode(data), NOW, self.error), content_type="application/xml")


@asynccontextmanager
async def supplier() -> AsyncIterator[Supplier]:
    running = Supplier()
    application = web.Application()
    application.add_routes([web.post("/iso18626", running.answer)])
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        running.port = runner.addresses[0][1]
        yield running
    finally:
        await runner.cleanup()


def said(
    request_id: str,
    status: Status | None = Status.WILL_SUPPLY,
    reason: ReasonForMessage = ReasonForMessage.STATUS_CHANGE,
    *,
    answer: YesNo | None = None,
    due: datetime | None = None,
    item: str | None = None,
    note: str | None = None,
    at: datetime = NOW,
    agency: str = "ISIL:XX-PARTNER",
) -> SupplyingAgencyMessage:
    """A supplier's message."""
    return SupplyingAgencyMessage(
        header=Header(
            supplying_agency_id=AgencyId.of("ISIL:XX-EXAMPLE"),
            requesting_agency_id=AgencyId.of(agency),
            timestamp=at,
            requesting_agency_request_id=request_id,
            supplying_agency_request_id="OUR-1",
        ),
        message_info=MessageInfo(reason_for_message=reason, answer_yes_no=answer, note=note),
        status_info=StatusInfo(status=status, due_date=due, last_change=at),
        delivery_info=DeliveryInfo(date_sent=at, item_ids=(item,)) if item else None,
    )


async def tell(
    partner: RunningPartner,
    message: SupplyingAgencyMessage | Request | RequestingAgencyMessage | bytes,
    *,
    version: str = Version.V1_2,
    bearer: str | None = BEARER,
    media_type: str = "application/xml",
    timeout_s: float = 5.0,
) -> tuple[int, bytes]:
    """Post to the partner: HTTP status and body."""
    data = message if isinstance(message, bytes) else encode(message, version)
    headers = {"Content-Type": media_type} | ({"Authorization": f"Bearer {bearer}"} if bearer else {})
    timeout = aiohttp.ClientTimeout(total=timeout_s)
    url = f"http://127.0.0.1:{partner.port}/iso18626"
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, data=data, headers=headers, timeout=timeout) as got,
    ):
        return got.status, await got.read()


async def confirmed(
    partner: RunningPartner, message: SupplyingAgencyMessage | Request | bytes, **how: Any
) -> Confirmation:
    """Post to the partner, and read its confirmation."""
    status, body = await tell(partner, message, **how)
    assert status == HTTPStatus.OK, body
    confirmation = decode(body).message
    assert isinstance(confirmation, Confirmation)
    return confirmation


async def direct(
    partner: RunningPartner, method: str, path: str, body: Any = None, *, expect: int = HTTPStatus.OK
) -> Any:
    """One operation on the control port; its JSON."""
    url = f"http://127.0.0.1:{partner.control_port}{path}"
    async with aiohttp.ClientSession() as session, session.request(method, url, json=body) as got:
        answer = await got.json()
        assert got.status == expect, answer
        return answer


async def until(condition: Callable[[], bool]) -> None:
    """Wait for a condition; TimeoutError where it does not come."""
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.01)
