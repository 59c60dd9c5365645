"""What a library switches on and off. Those of the desk are fields of the policy, so each change is a version of it, by name and time."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from gateway.desk.access import Caller
from gateway.desk.errors import ConflictError, UnusableError
from gateway.desk.policy import replace_policy, show_policy
from gateway.desk.ports import Desk
from gateway.desk.structs.common import Done
from gateway.desk.structs.policy import PolicyBody, PolicyShown
from gateway.desk.structs.switches import DeskSwitch, PauseShown, StopBody, SwitchBody, Switches, SwitchGroup
from gateway.workflow.policy import AutoAnswer, Policy
from gateway.workflow.staff import Switching

MOST_TOLD: Final = 50


class _Row(msgspec.Struct, frozen=True, kw_only=True):
    """A switch of the desk."""

    field: str
    name: str
    does: str
    choices: Mapping[str, str]
    off: str
    """What it stands at while it is off."""


AT_DESK: Final = (
    _Row(
        field="auto_answer",
        name="Answers without a person",
        does="A new request is answered by the policy at once. A partner's own record may say otherwise.",
        choices={
            AutoAnswer.OFF: "People answer everything",
            AutoAnswer.OBSERVE: "The answer is worked out and shown, and people give it",
            AutoAnswer.UNFILLED: "A no goes out by itself; people promise",
            AutoAnswer.SUPPLY: "A promise goes out by itself; people say no",
            AutoAnswer.BOTH: "A promise and a no go out by themselves",
        },
        off=AutoAnswer.OFF,
    ),
    _Row(
        field="lend_with_queue",
        name="Lending what others wait for",
        does="A copy on which holds wait may go to a partner all the same.",
        choices={"true": "Lent although others wait", "false": "Not lent while others wait"},
        off="false",
    ),
    _Row(
        field="other_number",
        name="Copies of another number without a person",
        does="A copy whose title, author and year are those asked for goes out by itself, though its number is another.",
        choices={"true": "Goes out by itself", "false": "A person looks at each"},
        off="false",
    ),
)
"""Fields of the policy that switch something on and off for the whole library; it has others, which say how much or in which order."""


async def show_switches(desk: Desk, caller: Caller) -> Switches:
    """Return every switch as it stands now."""
    now, last = await show_policy(desk, caller), await desk.store.switched()
    return Switches(
        version=now.version,
        pause=PauseShown(is_paused=now.policy.paused, note=now.policy.paused_note),
        at_desk=tuple(_shown(row, now.policy) for row in AT_DESK),
        in_file=tuple(replace(each, last=last.get(each.switch) if each.switch else None) for each in desk.switches),
        switchings=await desk.store.switchings(limit=MOST_TOLD),
    )


async def set_switch(desk: Desk, caller: Caller, body: SwitchBody) -> PolicyShown:
    """Let a switch of the desk stand otherwise, unless somebody changed the policy since it was read."""
    row = next((row for row in AT_DESK if row.field == body.field), None)
    if row is None or body.value not in row.choices:
        raise UnusableError("There is no such switch, or it can't stand like that.")
    now = await show_policy(desk, caller)
    policy = replace(now.policy, **{row.field: _value(row.field, body.value)})
    return await replace_policy(desk, caller, PolicyBody(version=body.version, policy=policy))


async def switch_file(desk: Desk, caller: Caller, body: StopBody) -> Done:
    """Switch off, or on again, what the settings file sets up: from the next time on, at every gateway."""
    found = next((each for each in desk.switches if each.switch is body.switch and each.is_on), None)
    if found is None:
        raise ConflictError("The settings file does not set it up: there is nothing to switch.")
    await desk.store.switch(Switching(switch=body.switch, is_on=body.is_on, at=desk.now(), by=caller.name))
    return Done(words=f"{found.name}: switched {'on' if body.is_on else 'off'}")


def name_of(body: SwitchBody) -> str:
    """Return what a switch is called, and how it is to stand, in words."""
    row = next(row for row in AT_DESK if row.field == body.field)
    return f"{row.name}: {row.choices[body.value]}"


def _value(field: str, text: str) -> Any:
    return AutoAnswer(text) if field == "auto_answer" else text == "true"


def _shown(row: _Row, policy: Policy) -> DeskSwitch:
    value = str(msgspec.to_builtins(getattr(policy, row.field))).lower()
    return DeskSwitch(
        group=SwitchGroup.LENDING,
        name=row.name,
        does=row.does,
        field=row.field,
        is_on=value != row.off,
        value=value,
        choices=row.choices,
    )
