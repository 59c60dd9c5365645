"""Lenders' invoices over the live API: what is done to one, and what stands in the place of the workers."""

import io
from datetime import timedelta
from typing import Any

from gateway.dispatch.invoices import InvoiceCause
from gateway.money.invoices.events import LetterMade
from gateway.store.directory_port import RecordChange
from gateway.store.invoices_port import KeptLetter
from gateway.web.api import PREFIX
from gateway.workflow.staff import StaffRole
from tests.web.known import START, VALLEY
from tests.web.live import Live
from tests.web.test_prices import borrow

MANAGER = StaffRole.MANAGER
TECHNICIAN = StaffRole.TECHNICIAN
PDF = b"%PDF-1.7\n% made up\n"
DAY = timedelta(days=1)
CLAIM: dict[str, Any] = {
    "lender": VALLEY.id,
    "number": "2026/00417",
    "kind": "lost",
    "dated": "2026-10-20",
    "amount": "80.00",
    "request": "B-00001",
}


LIST = "Invoice no;Lender;Date;Amount;Request;Type\r\n2026/1;valley;10/20/2026;80.00;B-00001;Lost\r\nA-77;ISIL:XX-EVL;2026-10-21;5.00;;loan fee\r\n"


async def enter(live: Live, *, status: int = 201, headers: dict[str, str] | None = None, **more: Any) -> Any:
    body = {name: value for name, value in (CLAIM | more).items() if value is not None}
    answered, answer = await live.call("POST", "/invoices", role=TECHNICIAN, body=body, headers=headers or {})
    assert answered == status, answer
    return answer


async def act(
    live: Live, name: str, action: str, role: StaffRole = TECHNICIAN, *, status: int = 200, **body: Any
) -> Any:
    answered, answer = await live.call("POST", f"/invoices/{name}/actions/{action}", role=role, body=body)
    assert answered == status, answer
    return answer


def fetch(live: Live, path: str, role: StaffRole = TECHNICIAN) -> Any:
    """Make a call whose answer is a file."""
    return live.http.get(live.url + PREFIX + path, headers={"Authorization": f"Bearer {live.tokens[role]}"})


async def hand_in(live: Live, name: str, data: bytes, content_type: str = "application/pdf") -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {live.tokens[TECHNICIAN]}", "Content-Type": content_type}
    async with live.http.post(
        f"{live.url}{PREFIX}/invoices/{name}/documents", data=io.BytesIO(data), headers=headers
    ) as answer:
        return answer.status, await answer.json()


def says(shown: Any) -> dict[str, str]:
    return {finding["check"]: finding["says"] for finding in shown["findings"]}


async def made(live: Live, name: str, letter: int = 1) -> None:
    """In the place of the worker that makes the letter."""
    kept = KeptLetter(invoice=name, letter=letter, made_at=START, digest="d", template_hash="t", pdf=PDF)
    event = LetterMade(at=START, letter=letter, digest="d")
    await live.desk.money.invoices.submit_invoice(name, event, InvoiceCause(letter=kept))


async def changed(live: Live, change: RecordChange) -> None:
    version = await live.store.directory_version()
    assert await live.store.change_directory([change], version=version, at=START, by="anna", what="changed")


async def came(live: Live, **more: Any) -> str:
    """A book that our customer has lost."""
    return await borrow(live, due_at=START - 20 * DAY, received_at=START - 60 * DAY, **more)
