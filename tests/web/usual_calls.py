"""For each call of the API that needs more than the name of what it is about: how it is usually made (of the store of `everything`)."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from gateway.desk.structs.customers import LookUpReason
from gateway.workflow.recovery import Agreement, Beside
from tests.partners.directory_server import crosslink_entry, directory_server
from tests.web.everything import HILLS, NAMES
from tests.web.known import ALMANAC, VALLEY, keep_work
from tests.web.live import Live
from tests.web.test_accounts import PASSWORD
from tests.web.test_audit import seal
from tests.web.test_directories import read
from tests.web.test_prices import CARD
from tests.web.test_recovery import HELD


@dataclass(frozen=True, kw_only=True)
class Usual:
    """How a call is usually made."""

    path: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    """What stands in the address, where it is not the first thing of that name."""
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    """What is sent as JSON; a text as it is."""
    before: Callable[[Live], Awaitable[None]] | None = None
    """What happens before the first call."""


async def restored(live: Live) -> None:
    """Let all work rest after a restore."""
    live.found = [Beside(request="r1", agreement=Agreement.AGREES)]
    await live.store.recovery.begin(HELD)
    await live.store.recovery.keep(live.found, at=live.time.now())


async def confirmed(live: Live) -> None:
    """Let all work rest, and confirm who may sign in."""
    await restored(live)
    assert (await live.call("POST", "/recovery/confirm-access"))[0] == 200


async def busy(live: Live) -> None:
    """Let a request's work wait."""
    await keep_work(live.store, "r1")


async def proposed(live: Live) -> None:
    """Read a directory that tells of a library which nobody knows."""
    async with directory_server(crosslink_entry(7)) as server:
        NAMES["proposal"] = [each["id"] for each in (await read(live, server))["proposals"]]


WORK: Final = {"customer": CARD, "title": "The Imaginary Almanac", "pickup_branch": "Main"}
INVOICE: Final = {
    "lender": VALLEY.id, "number": "7", "kind": "loan fee", "dated": "2026-10-20", "amount": "5.00", "title": "The Imaginary Almanac",
}  # fmt: skip
PAID: Final = {"partner": VALLEY.id, "amount": "5.00", "currency": "USD"}
REST: Final = Usual(before=restored)
USUAL: Final[Mapping[str, Usual]] = {
    "POST /accounts": Usual(body={"name": "bob", "role": "viewer", "password": PASSWORD}),
    "POST /accounts/{account}/password": Usual(body={"password": f"other {PASSWORD}"}),
    "POST /accounts/{account}/role": Usual(body={"role": "viewer"}),
    "POST /acts/{action}": Usual(path={"action": ["flag", "note"]}, body={"requests": ["r1"], "inside": "Told."}),
    "POST /audit/erase/{entry}": Usual(before=seal, body={"reason": "Privacy."}),
    "POST /bills": Usual(body={"partner": VALLEY.id, "lines": [{"kind": "fee", "words": "Fee", "amount": "5.00"}]}),
    "POST /bills/{bill}/actions/{action}": Usual(
        path={"action": ["note", "write-off", "dispute"]}, body={"reason": "Told by telephone."}
    ),
    "POST /bills/{bill}/credit-note": Usual(body={"lines": [{"kind": "fee", "words": "Fee", "amount": "5.00"}]}),
    "POST /borrowing": Usual(body=WORK),
    "POST /borrowing/check-card": Usual(body={"customer": CARD}),
    "POST /borrowing/foresee": Usual(body=WORK),
    "POST /borrowing/of-customer": Usual(body={"customer": CARD}),
    "POST /borrowing/openurl": Usual(
        body={"customer": CARD, "pickup_branch": "Main", "openurl": "rft.btitle=Almanac&rft.genre=book"}
    ),
    "GET /catalogue/copies": Usual(query={"title": "Almanac"}),
    "GET /catalogue/works": Usual(query={"title": "Almanac"}),
    "POST /directories/proposals/{proposal}/accept": Usual(before=proposed),
    "POST /directories/proposals/{proposal}/decline": Usual(before=proposed),
    "GET /figures/{figure}/entries": Usual(
        path={"figure": ["bills"]}, query={"period": "2027", "row": "total/USD", "column": "billed"}
    ),
    "POST /invoices": Usual(body=INVOICE),
    "POST /invoices/list": Usual(body="lender,number,kind,dated,amount,title\nvalley,8,loan fee,2026-10-20,5.00,A\n"),
    "POST /invoices/{invoice}/actions/{action}": Usual(
        path={"action": ["note", "end-dispute"]}, body={"reason": "Told by telephone."}
    ),
    "POST /invoices/{invoice}/documents": Usual(body="%PDF-1.7 made up"),
    "POST /items/import": Usual(body="item_barcode,branch,isbn\nP-1,Main,9780306406157\n"),
    "POST /notices/{notice}/actions/{action}": Usual(
        path={"action": ["set-aside"]}, body={"words": "Told by telephone."}
    ),
    "GET /notices/{notice}/file": Usual(query={"name": "statement.pdf"}),
    "POST /papers": Usual(body={"papers": [{"request": "r1", "paper": "pull-slip"}]}),
    "PUT /partners/{partner}": Usual(path={"partner": [HILLS.id]}, body=msgspec.to_builtins(HILLS)),
    "DELETE /partners/{partner}": Usual(path={"partner": [HILLS.id]}),
    "POST /partners/{partner}/merge": Usual(path={"partner": [HILLS.id]}, body={"into": VALLEY.id}),
    "POST /partners/{partner}/resume": Usual(path={"partner": [HILLS.id]}),
    "POST /partners/{partner}/suspend": Usual(body={"why": "A made-up reason."}),
    "POST /partners/{partner}/test-catalogue": Usual(path={"partner": [HILLS.id]}, query={"title": "Almanac"}),
    "POST /payments": Usual(body=PAID),
    "POST /payments/back": Usual(body=PAID),
    "POST /payments/{payment}/take-back": Usual(body={"reason": "A made-up reason."}),
    "PUT /peers/{peer}": Usual(path={"peer": ["idle"]}, body={"id": "idle"}),
    "DELETE /peers/{peer}": Usual(path={"peer": ["idle"]}),
    "PUT /policy": Usual(body={"version": 1, "policy": {"loan_days": 21}}),
    "POST /pool": Usual(body={"range": "main", "barcodes": ["P-2"]}),
    "POST /pool/{barcode}/unblock": Usual(path={"barcode": ["P-2"]}),
    "POST /recovery/compare": REST,
    "POST /recovery/confirm-access": REST,
    "POST /recovery/end": Usual(before=confirmed, body={"sure": True}),
    "POST /recovery/go-on": REST,
    "POST /recovery/numbers": Usual(
        before=confirmed, body={"last": [{"series": "INV", "fiscal_year": 2027, "last": 9}]}
    ),
    "POST /recovery/requests/{request}/go-on": REST,
    "POST /requests/{request}/actions/{action}": Usual(path={"action": ["note", "flag"]}, body={"inside": "Told."}),
    "POST /requests/{request}/approve-partner": Usual(
        path={"request": ["r3"]}, body={"id": "new", "name": "Example New Library"}
    ),
    "POST /requests/{request}/copy": Usual(path={"request": ["r5"]}, body="%PDF-1.7 made up"),
    "GET /requests/{request}/customer": Usual(path={"request": ["B-00001"]}, query={"reason": LookUpReason.TELL}),
    "POST /requests/{request}/customer": Usual(path={"request": ["B-00001"]}, body={"reason": LookUpReason.TELL}),
    "POST /requests/{request}/price": Usual(path={"request": ["B-00001"]}, body={"amount": "5.00", "currency": "USD"}),
    "POST /requests/{request}/price/{step}": Usual(path={"request": ["B-00001"], "step": ["set", "look"]}),
    "POST /requests/{request}/royalty": Usual(
        path={"request": ["B-00002"]}, body={"amount": "5.00", "reference": "4711"}
    ),
    "POST /requests/{request}/try-now": Usual(before=busy),
    "GET /requests/{request}/works": Usual(path={"request": ["B-00001"]}),
    "POST /scans": Usual(body={"code": ALMANAC.item_barcode}),
    "POST /tasks/settle": Usual(body={"tasks": [1]}),
    "POST /tokens": Usual(body={"name": "another", "role": "viewer"}),
    "POST /views": Usual(body={"name": "mine", "address": "/requests"}),
}
NEVER_DONE: Final[Mapping[str, str]] = {
    "POST /accounts/{account}/link": "no provider to sign in with stands in the settings here: tests/pages/test_elsewhere.py",
    "POST /notices": "no mail server stands in the settings here: tests/web/test_notices.py",
}
"""Calls that never succeed on such a live API, and why."""
