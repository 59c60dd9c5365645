"""What a decision on an invoice asks for: rows of the same queue as the effects of requests and of bills. Pure data."""

from gateway.workflow.effects import Effect, WorkKey


class MakeLetter(Effect, frozen=True, kw_only=True, tag="make letter"):
    """Set a dispute letter as PDF, once. Reports LetterMade or LetterNotMade."""

    letter: int
    """Which of the invoice's, from 1."""

    @classmethod
    def key_of(cls, letter: int) -> WorkKey:
        """`make letter:<number>`."""
        return WorkKey(f"make letter:{letter}")

    @property
    def key(self) -> WorkKey:
        """`make letter:<number>`."""
        return self.key_of(self.letter)


class MailLetter(Effect, frozen=True, kw_only=True, tag="mail letter"):
    """Send a dispute letter by e-mail. Reports LetterMailed or LetterNotMailed."""

    letter: int
    to: str
    time: int = 1
    """The how-manieth mail about this invoice it is: part of its Message-ID, which stays the same when it is tried again."""

    @classmethod
    def key_of(cls, letter: int) -> WorkKey:
        """`mail letter:<number>`."""
        return WorkKey(f"mail letter:{letter}")

    @property
    def key(self) -> WorkKey:
        """`mail letter:<number>`."""
        return self.key_of(self.letter)


AnyInvoiceEffect = MakeLetter | MailLetter
