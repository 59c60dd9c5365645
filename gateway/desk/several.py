"""An act for several requests, one after the other: what is refused for one is done for the others all the same."""

from gateway.desk.access import Caller
from gateway.desk.acts import act
from gateway.desk.errors import DeskError, NotThereError
from gateway.desk.ports import Desk
from gateway.desk.structs.acts import ActBody
from gateway.desk.structs.search import RequestAsRead, SeveralBody, SeveralDone, SeveralLine
from gateway.workflow.meaning import NAMES
from gateway.workflow.triggers import StaffAction


async def act_on_several(desk: Desk, caller: Caller, action: StaffAction, body: SeveralBody) -> SeveralDone:
    """Do an act to each request, and return a line for each. A store that is away ends it: what is done is done, and can be sent again."""
    chosen = {each.request: each for each in map(_as_read, body.requests)}
    lines = [await _line(desk, caller, action, body, each) for each in chosen.values()]
    return SeveralDone(name=NAMES[action], lines=tuple(lines), done=sum(line.result == "done" for line in lines))


async def _line(
    desk: Desk, caller: Caller, action: StaffAction, body: SeveralBody, chosen: RequestAsRead
) -> SeveralLine:
    said = ActBody(
        reason=body.reason,
        note=body.note,
        inside=body.inside,
        assignee=body.assignee,
        key=f"{body.key}:{chosen.request}"[-64:] if body.key else None,
        undo_s=body.undo_s,
        seen=chosen.seen,
        seen_in=chosen.seen_in,
    )
    try:
        acted = await act(desk, caller, chosen.request, action, said)
    except DeskError as refused:
        return SeveralLine(request=chosen.request, result="refused", words=refused.detail)
    return SeveralLine(request=acted.request, result=acted.result, words=acted.words)


def _as_read(request: str | RequestAsRead) -> RequestAsRead:
    return RequestAsRead(request=request) if isinstance(request, str) else request


def act_named(name: str) -> StaffAction:
    """Return the act of this name. Raises NotThereError."""
    try:
        return StaffAction(name)
    except ValueError:
        raise NotThereError(f"There is no act “{name[:40]}”.") from None
