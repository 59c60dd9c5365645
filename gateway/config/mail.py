"""[mail]: the server that takes our e-mail, and what it says. [notices]: what goes out by itself."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from gateway.config.kinds import EmailAddress, Moment, Name, Port, PositiveSeconds, ReadableFile
from gateway.config.secrets import Secret
from gateway.config.section import KeyAgreement, Section, go_together, objection_if
from gateway.notices.records import NoticeKind
from gateway.notices.texts import unknown_names


class MailTls(StrEnum):
    """How the line to the mail server is made secret."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


def _known_in(kind: NoticeKind) -> AfterValidator:
    """A check of a text's names against those that its kind knows."""

    def check(text: str) -> str:
        unknown = unknown_names(kind, text)
        if unknown:
            raise ValueError(f"nothing is called {', '.join(f'${name}' for name in unknown)} there")
        return text

    return AfterValidator(check)


_Length = Field(max_length=10_000)
OfBill = Annotated[str, _Length, _known_in(NoticeKind.BILL)]
OfReminder = Annotated[str, _Length, _known_in(NoticeKind.REMINDER)]
OfDispute = Annotated[str, _Length, _known_in(NoticeKind.DISPUTE)]
OfStatement = Annotated[str, _Length, _known_in(NoticeKind.STATEMENT)]
OfPullSlips = Annotated[str, _Length, _known_in(NoticeKind.PULL_SLIPS)]
OfReport = Annotated[str, _Length, _known_in(NoticeKind.REPORT)]
DayOfMonth = Annotated[int, Field(ge=1, le=31)]


class MailTextsSection(Section):
    """[mail.texts]: our own words in the place of the usual."""

    bill_subject: OfBill | None = None
    bill_body: OfBill | None = None
    reminder_subject: OfReminder | None = None
    reminder_body: OfReminder | None = None
    dispute_subject: OfDispute | None = None
    dispute_body: OfDispute | None = None
    statement_subject: OfStatement | None = None
    statement_body: OfStatement | None = None
    pull_slips_subject: OfPullSlips | None = None
    pull_slips_body: OfPullSlips | None = None
    report_subject: OfReport | None = None
    report_body: OfReport | None = None


class MailSection(Section):
    """[mail]: without a host nothing is sent by e-mail."""

    host: Name | None = None
    port: Port = 587
    tls: MailTls = MailTls.STARTTLS
    ca: ReadableFile | None = None
    """The authority that has signed the server's certificate, in place of those that the system trusts."""
    user: Name | None = None
    password: Secret | None = None
    sender: EmailAddress | None = None
    """Whom it comes from: an address of the department."""
    audit_to: EmailAddress | None = None
    """Who keeps the heads of the audit chain: one a day; None: nobody is sent them."""
    per_minute: Annotated[int, Field(ge=1, le=6000)] = 60
    timeout_s: PositiveSeconds = 30.0
    texts: MailTextsSection = MailTextsSection()

    agreements = (
        go_together("host", "sender"),
        go_together("user", "password"),
        KeyAgreement(
            ("host", "audit_to"),
            lambda host, to: objection_if(to is not None and host is None, "audit_to needs a host"),
        ),
        KeyAgreement(
            ("tls", "password"),
            lambda tls, password: objection_if(
                tls is MailTls.NONE and password is not None,
                "tls: a password is not sent over a line that anybody can read",
            ),
        ),
    )


class NoticesSection(Section):
    """[notices]: what goes out by e-mail by itself; each is switched on by its own key."""

    pull_slips_at: tuple[Moment, ...] = ()
    """On its open days, to each branch that has an address ([branches.<code>] pull_slips_to)."""
    statements_on: DayOfMonth | None = None
    report: Literal["annual", "arl", "board"] = "board"
    report_on: DayOfMonth | None = None
    report_to: tuple[EmailAddress, ...] = ()
    monthly_at: Moment = "06:00"

    agreements = (
        KeyAgreement(
            ("report_on", "report_to"),
            lambda day, to: objection_if((day is None) != (not to), "report_on and report_to go together"),
        ),
    )
