"""The lending policy: the whole of it under its version, its versions, the pause."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

import msgspec

from gateway.desk.structs.common import Limit
from gateway.workflow.policy import Policy


class PolicyShown(msgspec.Struct, frozen=True, kw_only=True):
    """A policy and its version; 0 is the built-in one."""

    version: int
    policy: Policy


class PolicyBody(msgspec.Struct, frozen=True, kw_only=True):
    """The whole policy, and the version that it changes."""

    version: Annotated[int, msgspec.Meta(ge=0, le=2**53)]
    policy: Policy


class PauseBody(msgspec.Struct, frozen=True, kw_only=True):
    """The automatic answer during a pause, if it is to be another than before."""

    reason: Annotated[str, msgspec.Meta(max_length=100)] | None = None
    """A code of ReasonRetry."""
    note: Annotated[str, msgspec.Meta(max_length=4000)] | None = None


class VersionsQuery(msgspec.Struct, frozen=True, kw_only=True):
    """How many versions are listed."""

    limit: Limit = 50


class VersionShown(msgspec.Struct, frozen=True, kw_only=True):
    """One version of the policy: when it began to count, and who wrote it."""

    version: int
    saved_at: datetime
    saved_by: str


class VersionList(msgspec.Struct, frozen=True, kw_only=True):
    """Who wrote which version when, newest first."""

    versions: tuple[VersionShown, ...]


Cells = Mapping[str, str]
"""Fields of a form by the names of their columns."""


class LineSaid(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the policy in words."""

    about: str
    """Which copies, for whom."""
    says: str


class PolicyForm(msgspec.Struct, frozen=True, kw_only=True):
    """A policy as the fields of a form."""

    version: int
    """Which it changes."""
    lines: tuple[Cells, ...]
    settings: Cells
    """What holds for the whole library."""
    statuses: Mapping[str, Cells]
    """By circulation status, two digits."""


class PolicyTyped(msgspec.Struct, frozen=True, kw_only=True):
    """A policy as it was typed; the same fields."""

    version: int
    lines: tuple[Cells, ...] = ()
    settings: Cells = {}
    statuses: Mapping[str, Cells] = {}


class TrialTyped(msgspec.Struct, frozen=True, kw_only=True):
    """What is tried, as it was typed."""

    partner: str = ""
    service: str = "Loan"
    numbers: str = ""
    title: str = ""
    item_type: str = ""
    collection: str = ""
    branch: str = ""
    status: str = ""


class PolicyChoices(msgspec.Struct, frozen=True, kw_only=True):
    """What the fields take."""

    line_columns: tuple[str, ...]
    setting_columns: tuple[str, ...]
    of_lines: Mapping[str, tuple[str, ...]]
    of_settings: Mapping[str, tuple[str, ...]]
    of_statuses: Mapping[str, tuple[str, ...]]
    of_pause: tuple[str, ...]
    """Reasons of the automatic answer while lending is paused."""
    code_words: Mapping[str, str]
    """Reasons and conditions as people read them, by their codes."""
    status_names: Mapping[str, str]
    partners: Mapping[str, str]
    """Names of partners by their ids."""


class ComparedLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of two policies put beside each other."""

    change: Literal["", "added", "removed"]
    words: str


class VersionCompared(msgspec.Struct, frozen=True, kw_only=True):
    """What a version of the policy changed."""

    version: int
    lines: tuple[ComparedLine, ...]
