"""A store with one of each thing that the API has an address for, and what these things are called."""

from datetime import timedelta
from typing import Any, Final

import msgspec

from gateway.iso18626.codes import ServiceType
from gateway.notices.records import Notice, NoticeFile, NoticeKind, NoticeState
from gateway.store.notices_port import NewNotice, NoticeChange
from gateway.store.port import Change, HistoryEntry, HistoryKind
from gateway.store.scans_port import ScanRecord, ScanResult
from gateway.store.sqlite import SqliteStore
from gateway.workflow.events import StaffActed
from gateway.workflow.partners import Partner, PartnerCatalogue, Peer
from gateway.workflow.records import State
from gateway.workflow.staff import Session
from gateway.workflow.triggers import StaffAction
from tests.web import billing, invoicing
from tests.web.known import ALMANAC, START, VALLEY, a_request, keep, keep_with_story
from tests.web.live import Live, serving
from tests.web.test_accounts import PASSWORD
from tests.web.test_copyright import ask
from tests.web.test_prices import borrow

HILLS: Final = Partner(
    id="hills", name="Example Hills Library", peer="spare", symbols=("ISIL:XX-EHL",), suspended=True,
    catalogue=PartnerCatalogue(url="https://catalogue.hills.example/sru"),
)  # fmt: skip
"""A partner with which nothing is open, and will not be."""
NAMES: Final[dict[str, list[Any]]] = {}
"""The names of what `everything` has made, by what they stand for in an address; some are drawn by chance."""


async def everything(store: SqliteStore) -> None:
    """Write one of each thing."""
    with_email = msgspec.structs.replace(VALLEY, email="ill@valley.example")
    peers = Peer(id="hub", agencies=("ISIL:XX-EVL",)), Peer(id="spare", agencies=("ISIL:XX-EHL",)), Peer(id="idle")
    await store.seed(peers, [with_email, HILLS])
    async with serving(store) as live:
        await _requests(live)
        await _scans(live)
        await _people(live)
        await _bills(live)
        await _invoices(live)
        await _mails(live)


async def _told(live: Live, path: str, body: Any = None, **options: Any) -> Any:
    status, answer = await live.call("POST", path, body=body, **options)
    assert status in {200, 201}, (path, answer)
    return answer


async def _requests(live: Live) -> None:
    await keep_with_story(live.store, a_request())
    await keep(
        live.store,
        a_request("r3", State.AWAITING_APPROVAL, partner="", requesting_agency="ISIL:XX-NEW"),
        a_request("r4", State.OFFERED),
        a_request("r5", State.TO_COPY, service=ServiceType.COPY),
    )
    borrowed = await borrow(live, due_at=START - timedelta(days=20), received_at=START - timedelta(days=60))
    copy = await ask(live, 2)
    await _told(live, f"/requests/{borrowed}/price", {"amount": "5.00", "currency": "USD"})
    await live.store.borrowing.add_barcodes("main", ("P-1", "P-2"), at=START)
    await _told(live, "/pool/P-2/block")
    first, second = (line.id for line in await live.store.story.lines("r1", limit=2))
    said = StaffActed(at=START, by="ann", action=StaffAction.NOTE, inside="The customer told me.")
    line = HistoryEntry(at=START, by="ann", kind=HistoryKind.DECISION, words="ann noted: The customer told me.")
    await live.store.commit(Change(history_of="r4", event=said, history=(line,)))
    (noted,) = await live.store.story.lines("r4", limit=1)
    NAMES.update(request=["r1", borrowed, copy, "r3", "r4", "r5"])
    NAMES.update(line=[second, first], entry=[noted.id, first], task=[1])
    NAMES.update(barcode=["P-1", "P-2"], range=["main"])


async def _scans(live: Live) -> None:
    """A slip that lies in the cart, and an answer that may still be undone."""
    cart = "first-admin.1"
    of_all: dict[str, Any] = {"cart": cart, "at": START, "by": "first-admin", "result": ScanResult.DONE, "said": "Done"}
    shipped = ScanRecord(id="s1", request="r1", item=ALMANAC.item_barcode, act=StaffAction.SHIP, taken=True, **of_all)
    offered = ScanRecord(id="s2", request="r4", act=StaffAction.OFFER, taken=True, **of_all)
    for record in (shipped, offered):
        await live.store.scans.add(record, unless_since=None)
    NAMES.update(scan=["s2", "s1"], cart=[cart])


async def _people(live: Live) -> None:
    await _told(live, "/accounts", {"name": "ann", "role": "technician", "password": PASSWORD})
    await _told(live, "/views", {"name": "rush", "address": "/requests?q=rush"})
    status, _ = await live.call("PUT", "/policy", body={"version": 0, "policy": {"loan_days": 28}})
    assert status == 200
    ends = START + timedelta(days=1)
    session = Session(id="s1", hash="0" * 64, account="ann", made_at=START, last_seen_at=START, ends_at=ends)
    await live.store.add_session(session)
    NAMES.update(account=["ann"], session=["s1"], token=["a-viewer", "first-admin"])


async def _bills(live: Live) -> None:
    await billing.lost(live, "r2")
    proposed = await _told(live, "/bills", {"request": "r2"})
    paid = {"partner": VALLEY.id, "amount": "100.00", "currency": "USD"}
    first = await billing.invoice(live)
    payment = await _told(live, "/payments", paid)
    open_one = await billing.invoice(live)
    NAMES.update(bill=[open_one, first, proposed["bill"]["id"]], payment=[payment["id"]])


async def _invoices(live: Live) -> None:
    """A disputed one with its document and letter, one that was exported, and one that waits for the next export."""
    disputed = (await invoicing.enter(live))["invoice"]["id"]
    await invoicing.hand_in(live, disputed, invoicing.PDF)
    await invoicing.act(live, disputed, "dispute", reason="The book is back on your shelf.")
    await invoicing.made(live, disputed)
    exported = await _approved(live, "2026/00418")
    batch = await _told(live, "/invoices/exports")
    waiting = await _approved(live, "2026/00419")
    NAMES.update(invoice=[disputed, exported, waiting], batch=[batch["batch"]], document=[1], letter=[1])


async def _approved(live: Live, number: str) -> str:
    shown = await invoicing.enter(live, number=number, request=None, title=f"Rivers, volume {number[-1]}")
    name = str(shown["invoice"]["id"])
    await invoicing.act(live, name, "verify", reason="Asked for by telephone.")
    await invoicing.act(live, name, "approve", invoicing.MANAGER)
    return name


async def _mails(live: Live) -> None:
    mail = Notice(
        id="N-1", kind=NoticeKind.STATEMENT, state=NoticeState.REFUSED, about=VALLEY.id, to="ill@valley.example", subject="Statement",
        body="See the attached statement.\n", made_at=START, changed_at=START,
    )  # fmt: skip
    file = NoticeFile(name="statement.pdf", content_type="application/pdf", data=billing.PDF)
    await live.store.notices.commit(NoticeChange(at=START, new=(NewNotice(notice=mail, files=(file,)),)))
    NAMES.update(notice=["N-1"])
