"""What the form around a list says: which of its requests are chosen, and what is to be done to them."""

import secrets
from typing import Annotated, Final

import msgspec

from gateway.desk.errors import DeskError
from gateway.desk.forms import REASONS
from gateway.desk.sent_forms import UNDO_S
from gateway.desk.several import act_named, act_on_several
from gateway.desk.structs.common import Words
from gateway.desk.structs.search import MOST_AT_ONCE, SeveralBody, SeveralDone, request_as_read
from gateway.pages.visit import Visit


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """The form. `back` is where the list stood, with its filters."""

    act: Annotated[str, msgspec.Meta(max_length=40)]
    back: Annotated[str, msgspec.Meta(max_length=4000)] = ""
    request: Annotated[
        tuple[Annotated[str, msgspec.Meta(max_length=120)], ...], msgspec.Meta(max_length=MOST_AT_ONCE)
    ] = ()
    """Each with what was read of it (`request_as_read`)."""
    assignee: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    words: Words | None = None
    """For staff alone."""
    reason: Words | None = None
    key: Annotated[str, msgspec.Meta(min_length=1, max_length=40)] | None = None

    async def done(self, visit: Visit) -> "SeveralSent":
        """Do it; give what came of each, or what is missing, in words."""
        if not self.request:
            return SeveralSent(trouble="Choose requests first: tick the box before each.", form=self)
        if self.act in REASONS and not self.reason:
            return SeveralSent(trouble="Say the reason.", form=self)
        try:
            chosen = tuple(map(request_as_read, self.request))
        except msgspec.ValidationError:
            return SeveralSent(trouble="Choose the requests again: the list was not sent as it was shown.", form=self)
        body = SeveralBody(requests=chosen, key=self.key, undo_s=UNDO_S, **self._said())
        try:
            return SeveralSent(await act_on_several(visit.desk, visit.caller, act_named(self.act), body), form=self)
        except DeskError as refused:
            return SeveralSent(trouble=refused.detail, form=self)

    def _said(self) -> dict[str, str | None]:
        """What belongs to this act of all that stands in the form."""
        if self.act in REASONS:
            return {"reason": self.reason}
        return {"assign": {"assignee": self.assignee}, "note": {"inside": self.words}}.get(self.act, {})


NOTHING_TYPED: Final = Chosen(act="")


class SeveralSent(msgspec.Struct, frozen=True):
    """What came of the form, or what is missing. What was not done stays chosen, with what was typed."""

    outcome: SeveralDone | None = None
    trouble: str = ""
    form: Chosen = NOTHING_TYPED

    @property
    def left(self) -> frozenset[str]:
        """The requests to which it was not done."""
        lines = self.outcome.lines if self.outcome else ()
        refused = {line.request for line in lines if line.result == "refused"}
        missed = self.form.request if self.trouble else ()
        return frozenset(refused.union(text.partition(":")[0] for text in missed))

    @property
    def typed(self) -> Chosen:
        """What is to be shown again."""
        return self.form if self.trouble or self.left else NOTHING_TYPED


NOTHING_SENT: Final = SeveralSent()


def new_key() -> str:
    """Return a form's one-use key: a second click with it does nothing twice."""
    return secrets.token_urlsafe(15)
