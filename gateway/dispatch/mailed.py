"""What came of handing a mail to the mail server; apart from the way there, which only a gateway with a mail server loads."""

import msgspec

from gateway.dispatch.results import Later


class MailSent(msgspec.Struct, frozen=True):
    """The mail server has taken it."""

    words: str


class MailUnsent(msgspec.Struct, frozen=True, kw_only=True):
    """It could not be handed over; `perhaps`: it may have been taken; `heard`: the server gave a sign of life."""

    words: str
    perhaps: bool = False
    heard: bool = True


MailOutcome = MailSent | MailUnsent | Later
