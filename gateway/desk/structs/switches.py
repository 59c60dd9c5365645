"""What a library switches on and off: how each stands, what it does, and who can change it where."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

import msgspec

from gateway.workflow.staff import Switch, Switching


class SwitchGroup(StrEnum):
    """What a switch is about: the headings on the page."""

    LENDING = "Lending"
    BORROWING = "Borrowing"
    MAIL = "E-mail that goes out by itself"
    SIGN_IN = "Signing in"
    KEEPING = "Letting go of what is old"
    UPKEEP = "Looking after the books"


class FixedSwitch(msgspec.Struct, frozen=True, kw_only=True):
    """One that the settings file says: it counts from the start of a gateway."""

    group: SwitchGroup
    name: str
    does: str
    """What it does while it is on."""
    key: str
    """Where it stands in the file."""
    is_on: bool
    state: str
    """How it stands, in words."""
    switch: Switch | None = None
    """By which it is switched off at the desk, and on again; None: the file alone does."""
    last: Switching | None = None
    """What was last done to it at the desk."""

    @property
    def is_stopped(self) -> bool:
        """Whether the file sets it up, and somebody has switched it off."""
        return self.is_on and self.last is not None and not self.last.is_on


class DeskSwitch(msgspec.Struct, frozen=True, kw_only=True):
    """One that is changed at the desk: it is part of the policy, and counts at every gateway at once."""

    group: SwitchGroup
    name: str
    does: str
    field: str
    """Of the policy."""
    is_on: bool
    value: str
    choices: Mapping[str, str]
    """What it can stand at, each in words."""


class PauseShown(msgspec.Struct, frozen=True, kw_only=True):
    """Whether lending is paused, and what partners are told then."""

    is_paused: bool
    note: str


class Switches(msgspec.Struct, frozen=True, kw_only=True):
    """All of them. `version` is that of the policy, in which those of the desk stand."""

    version: int
    pause: PauseShown
    at_desk: tuple[DeskSwitch, ...]
    in_file: tuple[FixedSwitch, ...]
    switchings: tuple[Switching, ...]
    """What was done to those of the file at the desk, newest first."""


class SwitchBody(msgspec.Struct, frozen=True, kw_only=True):
    """How a switch of the desk is to stand, and the version of the policy that was read."""

    version: Annotated[int, msgspec.Meta(ge=0, le=2**53)]
    field: Annotated[str, msgspec.Meta(max_length=40)]
    value: Annotated[str, msgspec.Meta(max_length=40)]


class StopBody(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be switched off or on of what the settings file sets up."""

    switch: Switch
    is_on: bool
