"""Accounts of people who sign in at the desk. A password's hash never leaves the store."""

from datetime import datetime
from typing import Annotated

import msgspec

from gateway.workflow.staff import StaffRole

Password = Annotated[str, msgspec.Meta(max_length=1024)]


class AccountBody(msgspec.Struct, frozen=True, kw_only=True):
    """An account that is to be made."""

    name: Annotated[str, msgspec.Meta(max_length=64)]
    role: StaffRole
    password: Password
    must_change: bool = False
    """Whether it is to be changed at the first sign-in."""


class RoleBody(msgspec.Struct, frozen=True, kw_only=True):
    """Another role."""

    role: StaffRole


class PasswordBody(msgspec.Struct, frozen=True, kw_only=True):
    """Another password, set by an administrator."""

    password: Password
    must_change: bool = False
    """Whether it is to be changed at the next sign-in."""


class OwnPasswordBody(msgspec.Struct, frozen=True, kw_only=True):
    """Another password, set by whoever it belongs to."""

    current: Password
    new: Password


class AccountShown(msgspec.Struct, frozen=True, kw_only=True):
    """An account."""

    name: str
    role: StaffRole
    made_at: datetime
    made_by: str
    disabled_at: datetime | None
    must_change: bool
    demonstration: bool
    """Made by a demonstration: opens nothing anywhere else."""
    has_password: bool
    links_next: bool
    """Whether the next person of this name at the provider gets this account."""
    signs_in_elsewhere: bool
    """Whether an OpenID Connect provider says who this is."""
    tokens: tuple[str, ...] = ()
    """Tokens of this name, in any case, that count. They call the API also while the account is switched off."""


class AccountList(msgspec.Struct, frozen=True, kw_only=True):
    """Every account, disabled ones too."""

    accounts: tuple[AccountShown, ...]
