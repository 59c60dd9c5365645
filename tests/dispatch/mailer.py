"""A process that sends what waits to be mailed, until nothing does; to be killed. `python -m tests.dispatch.mailer STORE PORT`."""

import asyncio
import sys
from typing import Any, cast

from gateway.clock import SystemTime
from gateway.dispatch.backoff import BackOffPolicy
from gateway.dispatch.bill_planning import BillPlanner
from gateway.dispatch.bills import BillIntake
from gateway.dispatch.notices import NoticeIntake
from gateway.dispatch.outbox import Outbox
from gateway.dispatch.outbox_settings import OutboxSettings
from gateway.dispatch.performers.mail import Mail
from gateway.dispatch.results import BillResult
from gateway.dispatch.smtp import MailServer, Smtp
from gateway.dispatch.subjects import BillWork, NoticeWork, Subjects
from gateway.money.effects import MailPaper
from gateway.money.records import Bill
from gateway.outgoing import Destinations
from gateway.store.factory import open_store
from gateway.store.port import EffectRow

OWNER = "mailer"


async def main(url: str, port: int) -> None:
    """Send all that waits."""
    store, time = open_store(url), SystemTime()
    await store.open()
    await store.free_leases(OWNER)
    server = MailServer(host="127.0.0.1", port=port, sender="ill@library.example", start_tls=False, pause_s=0.0)
    mail = Mail(
        store=store,
        time=time,
        owner=OWNER,
        way=Smtp(time=time, server=server, destinations=Destinations(("127.0.0.0/8",))),
    )

    async def send(row: EffectRow, bill: Bill) -> BillResult:
        assert isinstance(row.effect, MailPaper)
        return await mail.send(row, row.effect, bill)

    nobody = cast("Any", None)
    outbox = Outbox(
        store=store,
        subjects=Subjects(
            store,
            nobody,
            nobody,
            lambda _row, _request: None,
            bills=BillWork(intake=BillIntake(store, BillPlanner()), perform=send),
            invoices=nobody,
            notices=NoticeWork(intake=NoticeIntake(store), perform=mail.send_notice),
        ),
        time=time,
        owner=OWNER,
        settings=OutboxSettings(backoff=BackOffPolicy(first_s=0.05, longest_s=0.2, limit=50)),
    )
    await outbox.start()
    while "mail" in await store.lanes():
        await asyncio.sleep(0.02)
    await outbox.stop(drain_s=5.0)
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
