"""What goes out by e-mail, and who does the work of the office, put together from the ground."""

from pathlib import Path

from gateway.app.ground import Ground
from gateway.config.mail import MailTls
from gateway.dispatch.acs import Acs
from gateway.dispatch.performers.bill_items import BillItems
from gateway.dispatch.performers.bill_papers import BillPapers
from gateway.dispatch.performers.invoice_letters import InvoiceLetters
from gateway.dispatch.performers.mail import Mail
from gateway.dispatch.performers.office import OfficePerformers
from gateway.dispatch.printing import Printing
from gateway.dispatch.sealing import Sealer
from gateway.notices.audit import head_text
from gateway.store.sealing import Seal


def make_mail(ground: Ground) -> Mail | None:
    """Make what hands mails to the mail server; None if the settings name none."""
    given = ground.settings.mail
    if given.host is None or given.sender is None:
        return None
    from gateway.dispatch.smtp import MailServer, Smtp  # noqa: PLC0415 - aiosmtplib is loaded only where it is used

    server = MailServer(
        host=given.host,
        port=given.port,
        sender=given.sender,
        use_tls=given.tls is MailTls.TLS,
        start_tls=given.tls is MailTls.STARTTLS,
        ca_file=given.ca,
        user=given.user,
        password=given.password.get_secret_value() if given.password else None,
        timeout_s=given.timeout_s,
        pause_s=60 / given.per_minute,
        texts=dict(ground.settings.notice_plan().texts),
    )
    way = Smtp(time=ground.time, server=server, destinations=ground.destinations)
    enclosed = tuple(map(Path, ground.settings.money.enclosed))
    return Mail(store=ground.store, time=ground.time, owner=ground.owner, way=way, enclosed=enclosed)


def make_office(ground: Ground, acs: Acs, printing: Printing) -> OfficePerformers:
    """Make those who do the work of bills, lenders' invoices and notices."""
    return OfficePerformers(
        bill_items=BillItems(acs=acs, time=ground.time),
        bill_papers=BillPapers(printing=printing, time=ground.time),
        invoice_letters=InvoiceLetters(printing=printing, time=ground.time),
        mail=make_mail(ground),
        time=ground.time,
    )


def make_sealer(ground: Ground) -> Sealer:
    """Make what seals history, and mails the head of the chain where the settings say to whom."""
    mail, to = make_mail(ground), ground.settings.mail.audit_to
    if mail is None or to is None:
        return Sealer(ground.store, ground.time, on_changed=ground.metrics.seal_changed)

    async def mail_head(last: Seal) -> str | None:
        text = head_text(ground.library.name, last.number, last.sealed_at.astimezone(ground.zone), last.head)
        return await mail.post(to, text, f"audit.{last.head[:32]}")

    return Sealer(ground.store, ground.time, mail_head, on_changed=ground.metrics.seal_changed)
