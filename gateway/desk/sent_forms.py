"""An act's form as it was sent: read, and handed on as any act."""

from collections.abc import AsyncIterator, Mapping
from typing import Final

from gateway.desk.access import Caller
from gateway.desk.acts import act
from gateway.desk.copies import act_with_copy
from gateway.desk.forms import body_of
from gateway.desk.parameters import read_path
from gateway.desk.ports import Desk
from gateway.desk.structs.acts import Acted
from gateway.iso18626.codes import LoanCondition, ReasonRetry, ReasonUnfilled
from gateway.workflow.meaning import NAMES
from gateway.workflow.triggers import StaffAction
from gateway.workflow.words import code_words

UNDO_S: Final = 60.0
"""How long what was asked for at the desk waits, so that it can be undone (ill.md, “Undo”)."""
OWN: Final = ("seen", "seen_in", "key", "sure")
"""What a form carries besides what is filled in: the version and the state that were read, its one-use key, and that it is meant."""


def act_name(action: str) -> str | None:
    """Return what stands on an act's button; None for what is no act."""
    return NAMES.get(StaffAction(action)) if action in set(StaffAction) else None


_CODES: Final = frozenset(code.value for codes in (ReasonRetry, ReasonUnfilled, LoanCondition) for code in codes)


def as_read(name: str, text: str) -> tuple[str, str]:
    """Return a field of an act's form as people read it where the form itself is gone: its name, and a code in words."""
    return name.removeprefix("answer.").replace(".", " "), code_words(text) if text in _CODES else text


async def send_form(
    desk: Desk,
    caller: Caller,
    request: str,
    action: str,
    fields: Mapping[str, str],
    *,
    file: AsyncIterator[bytes] | None = None,
) -> Acted:
    """Do an act as its form says, with the file that came with it. Raises NotThereError for an act that is none, and as `act` does."""
    named = read_path({"action": action}, {"action": StaffAction})["action"]
    own = {name: fields[name] for name in OWN if fields.get(name)}
    body = body_of(fields, **own, undo_s=UNDO_S)
    if file is not None:
        return await act_with_copy(desk, caller, request, named, body, chunks=file)
    return await act(desk, caller, request, named, body)
