"""The lending policy: the whole of it under its version, its versions, the pause."""

from datetime import datetime
from typing import Annotated

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
