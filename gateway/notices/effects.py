"""What a notice asks for: a row of the same queue as the effects of requests. Pure data."""

from gateway.workflow.effects import Effect, WorkKey


class SendNotice(Effect, frozen=True, kw_only=True, tag="send notice"):
    """Send the mail of a notice. Reports a NoticeEvent: taken, not taken, perhaps taken, or tried in vain."""

    @classmethod
    def key_of(cls) -> WorkKey:
        """`send notice`: one at a time."""
        return WorkKey("send notice")

    @property
    def key(self) -> WorkKey:
        """`send notice`."""
        return self.key_of()
