"""What states, acts, scans and alerts mean, for people who ask."""

import msgspec


class StateMeaning(msgspec.Struct, frozen=True, kw_only=True):
    """A state: its name for people, what it waits for, the next step if it is a person's, what a scan does."""

    state: str
    name: str
    waits: str
    next: str | None
    scan: str | None
    is_over: bool


class ActMeaning(msgspec.Struct, frozen=True, kw_only=True):
    """What an act does in some states, and who hears of it."""

    states: tuple[str, ...]
    """By their names for people; empty: in every other."""
    does: str
    tells: str | None
    flags: tuple[str, ...]


class ActHelp(msgspec.Struct, frozen=True, kw_only=True):
    """An act by the name on its button, with all that it does."""

    name: str
    needs: str
    """The right that it needs."""
    meanings: tuple[ActMeaning, ...]


class RoleHelp(msgspec.Struct, frozen=True, kw_only=True):
    """All states and acts of requests in which we have one role."""

    role: str
    states: tuple[StateMeaning, ...]
    acts: tuple[ActHelp, ...]


class AlertMeaning(msgspec.Struct, frozen=True, kw_only=True):
    """An alert of deploy/alerts.yml in words."""

    name: str
    pages: bool
    """Whether somebody is woken for it."""
    summary: str
    description: str


class Help(msgspec.Struct, frozen=True, kw_only=True):
    """What the help tells of the tables."""

    roles: tuple[RoleHelp, ...]
    alerts: tuple[AlertMeaning, ...]
