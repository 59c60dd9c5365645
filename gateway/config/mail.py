"""[mail]: the server that takes our e-mail, and what it says."""

from collections.abc import Collection
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field

from gateway.config.kinds import Name, Port, PositiveSeconds
from gateway.config.secrets import Secret
from gateway.config.section import Agreement, Section, go_together, objection_if
from gateway.notices import bills, invoices
from gateway.notices.texts import unknown_names


class MailTls(StrEnum):
    """How the line to the mail server is made secret."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


def _knows(fields: Collection[str]) -> AfterValidator:
    def known(text: str) -> str:
        unknown = unknown_names(text, fields)
        if unknown:
            raise ValueError(f"nothing is called {', '.join(f'${name}' for name in unknown)}")
        return text

    return AfterValidator(known)


OwnText = Annotated[str, Field(max_length=10_000), _knows(bills.FIELDS)]
OwnLetter = Annotated[str, Field(max_length=10_000), _knows(invoices.FIELDS)]
EmailAddress = Annotated[str, Field(pattern=r"^[^@\s<>]{1,64}@[A-Za-z0-9.-]{1,253}$")]


class MailTexts(Section):
    """[mail.texts]: our own words in the place of the usual."""

    bill_subject: OwnText | None = None
    bill_body: OwnText | None = None
    reminder_subject: OwnText | None = None
    reminder_body: OwnText | None = None
    dispute_subject: OwnLetter | None = None
    dispute_body: OwnLetter | None = None


class Mail(Section):
    """[mail]: without a host nothing is sent by e-mail."""

    host: Name | None = None
    port: Port = 587
    tls: MailTls = MailTls.STARTTLS
    user: Name | None = None
    password: Secret | None = None
    sender: EmailAddress | None = None
    """Whom it comes from: an address of the department."""
    audit_to: EmailAddress | None = None
    """Who keeps the heads of the audit chain: one a day; None: nobody is sent them."""
    per_minute: Annotated[int, Field(ge=1, le=6000)] = 60
    timeout_s: PositiveSeconds = 30.0
    texts: MailTexts = MailTexts()

    agreements = (
        go_together("host", "sender"),
        go_together("user", "password"),
        Agreement(
            ("host", "audit_to"),
            lambda host, to: objection_if(to is not None and host is None, "audit_to needs a host"),
        ),
    )
