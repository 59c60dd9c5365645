"""What the form around a list says: which of its requests are chosen, and what is to be done to them."""

import secrets
from typing import Annotated

import msgspec

from gateway.desk.errors import DeskError
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
    key: Annotated[str, msgspec.Meta(min_length=1, max_length=40)] | None = None

    async def done(self, visit: Visit) -> tuple[SeveralDone | None, str]:
        """Do it; give what came of each, or what is missing, in words."""
        if not self.request:
            return None, "Choose requests first: tick the box before each."
        said = {"assign": {"assignee": self.assignee}, "note": {"inside": self.words}}.get(self.act, {})
        try:
            chosen = tuple(map(request_as_read, self.request))
        except msgspec.ValidationError:
            return None, "Choose the requests again: the list was not sent as it was shown."
        body = SeveralBody(requests=chosen, key=self.key, undo_s=UNDO_S, **said)
        try:
            return await act_on_several(visit.desk, visit.caller, act_named(self.act), body), ""
        except DeskError as refused:
            return None, refused.detail


def new_key() -> str:
    """Return a form's one-use key: a second click with it does nothing twice."""
    return secrets.token_urlsafe(15)
