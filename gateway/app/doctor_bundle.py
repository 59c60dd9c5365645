"""What `ill-gateway doctor --bundle` writes for whoever helps: nothing in it is secret, or names a person."""

import importlib.metadata
import platform
import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from gateway import __version__
from gateway.config import Settings

MASKED: Final = "**********"
_OF_PEOPLE: Final = frozenset({"account", "user", "basic_user", "contact", "phone", "notes"})
_BEFORE_AT: Final = re.compile(r"[^\s/@,;<>]+@")
"""Of an e-mail address, or of a URL with a user."""


def bundled(settings: Settings, checks: Mapping[str, str | None], metrics: str) -> dict[str, bytes]:
    """Return the files of a bundle: versions, settings, and what a gateway that runs says of itself (nothing of one that does not)."""
    versions = {"ill-gateway": __version__, "python": platform.python_version(), "system": platform.platform()}
    installed = {each.metadata["Name"]: each.version for each in importlib.metadata.distributions()}
    files = {
        "versions.json": msgspec.json.format(
            msgspec.json.encode({**versions, "libraries": dict(sorted(installed.items()))})
        ),
        "settings.json": msgspec.json.format(msgspec.json.encode(without_accounts(settings.model_dump(mode="json")))),
    }
    if metrics:
        files |= {"readyz.json": msgspec.json.encode(checks), "metrics.txt": metrics.encode()}
    return files


def without_accounts(value: Any) -> Any:
    """Return settings without accounts, users and what may name a person; secrets are masked already."""
    match value:
        case dict():
            return {
                name: MASKED if name in _OF_PEOPLE and each else without_accounts(each) for name, each in value.items()
            }
        case list():
            return [without_accounts(each) for each in value]
        case str():
            return _BEFORE_AT.sub(f"{MASKED}@", value)
        case _:
            return value
