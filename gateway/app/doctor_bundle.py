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
_OF_QUERY: Final = re.compile(r"([?&][^\s=&#]+=)[^\s&#]+")
"""What a parameter of a URL says: some systems want a key there."""
_TOLD: Final = ("target_session_attrs=", "sslmode=")
"""Parameters of a database's URL that help whoever helps, and are no secret."""


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
            return masked(value)
        case _:
            return value


def masked(text: str) -> str:
    """Return a text without users, and without what parameters of a URL say."""
    return _OF_QUERY.sub(_of_query, _BEFORE_AT.sub(f"{MASKED}@", text))


def _of_query(found: re.Match[str]) -> str:
    return found[0] if found[1][1:] in _TOLD else f"{found[1]}{MASKED}"
