"""The table [acs.overrides]: single settings of a SIP2 profile, checked one by one against the profile's own fields."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from gateway.config.keys import unknown_key
from gateway.sip2.products import PROFILES
from gateway.sip2.profiles import Profile

_OWN_KEYS: Final = {
    "institution_id": "institution",
    "location_code": "location",
    "name": "profile",
    "reply_timeout_s": "timeout_s",
    "terminal_password": "terminal_password",
}
"""Fields of a profile that have a key of their own in [acs]."""

_TYPES: Final = {field.name: field.type for field in msgspec.structs.fields(Profile) if field.name not in _OWN_KEYS}


def customised(profile: str, overrides: Mapping[str, Any]) -> Profile:
    """The named profile with single settings changed. Raises ValueError (msgspec.ValidationError is one), KeyError."""
    values = {name: msgspec.convert(value, _TYPES[name], strict=False) for name, value in overrides.items()}
    return msgspec.structs.replace(PROFILES[profile], **values)


def mistakes(overrides: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each key that is wrong, and why."""
    for name, value in overrides.items():
        if name in _OWN_KEYS:
            yield name, f"has a key of its own: acs.{_OWN_KEYS[name]}"
        elif name not in _TYPES:
            yield name, unknown_key(name, _TYPES)
        else:
            try:
                customised("generic", {name: value})
            except ValueError as error:
                yield name, str(error)
