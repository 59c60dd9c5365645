"""An act for several requests, one after the other: what is refused for one is done for the others all the same."""

from gateway.desk.access import Caller
from gateway.desk.acts import act
from gateway.desk.errors import DeskError, NotThereError
from gateway.desk.ports import Desk
from gateway.desk.structs.acts import ActBody
from gateway.desk.structs.search import SeveralBody, SeveralDone, SeveralLine
from gateway.workflow.triggers import StaffAction


async def act_on_several(desk: Desk, caller: Caller, action: StaffAction, body: SeveralBody) -> SeveralDone:
    """Do an act to each request, and return a line for each. A store that is away ends it: what is done is done, and can be sent again."""
    lines = [await _line(desk, caller, action, body, request) for request in dict.fromkeys(body.requests)]
    return SeveralDone(lines=tuple(lines), done=sum(line.result == "done" for line in lines))


async def _line(desk: Desk, caller: Caller, action: StaffAction, body: SeveralBody, request: str) -> SeveralLine:
    said = ActBody(
        reason=body.reason,
        note=body.note,
        inside=body.inside,
        assignee=body.assignee,
        key=f"{body.key}:{request}"[-64:] if body.key else None,
    )
    try:
        acted = await act(desk, caller, request, action, said)
    except DeskError as refused:
        return SeveralLine(request=request, result="refused", words=refused.detail)
    return SeveralLine(request=acted.request, result=acted.result, words=acted.words)


def act_named(name: str) -> StaffAction:
    """Return the act of this name. Raises NotThereError."""
    try:
        return StaffAction(name)
    except ValueError:
        raise NotThereError(f"There is no act “{name[:40]}”.") from None
