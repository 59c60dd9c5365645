"""Secrets: the file names them, this module looks them up. None is ever part of a message.

Four kinds of name: `env:NAME` a variable of the environment, `file:/path` the content of a file (without its last
line break), `credential:name` what systemd hands to the unit under this name (LoadCredential=, systemd.exec(5)), `secret:name` an entry of the
file's own table [secrets].
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
from pydantic import BeforeValidator, SecretStr, ValidationInfo

HOW_TO_NAME: Final = 'a secret is named here, not written: "env:NAME", "file:/path", "credential:name" or "secret:name"'


class SecretSources(msgspec.Struct, frozen=True, kw_only=True):
    """Where names of secrets are looked up; the validation's context."""

    env: Mapping[str, str]
    table: Mapping[str, Any]

    def __repr__(self) -> str:
        """Nothing of what it holds."""
        return "SecretSources(...)"

    def find(self, reference: str) -> str:
        """The secret that is named. Raises ValueError, in words and without the secret."""
        kind, _, name = reference.partition(":")
        match kind:
            case "env":
                return _given(self.env.get(name), f"the environment variable {name} is not set")
            case "file":
                return _given(_content(name), f"the file {name} is empty")
            case "credential":
                return _given(_content(self._credential(name)), f"the credential {name} is empty")
            case "secret":
                entry = self.table.get(name)
                return _given(entry if isinstance(entry, str) else None, f"[secrets] has no text {name}")
            case _:
                raise ValueError(HOW_TO_NAME)

    def _credential(self, name: str) -> str:
        folder = self.env.get("CREDENTIALS_DIRECTORY")
        if folder is None:
            raise ValueError(f"credential:{name} is for units of systemd: CREDENTIALS_DIRECTORY is not set")
        if "/" in name:
            raise ValueError("a credential's name has no slash")
        return f"{folder}/{name}"


def _given(secret: str | None, otherwise: str) -> str:
    """An empty secret is as good as none, and would open what it should keep shut."""
    if not secret:
        raise ValueError(otherwise)
    return secret


def _content(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8-sig").removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise ValueError(f"the file {path} is not UTF-8 text") from None
    except OSError as error:
        raise ValueError(f"can't read the file {path}: {error.strerror}") from None


def _look_up(value: Any, info: ValidationInfo) -> SecretStr:
    if not isinstance(value, str):
        raise ValueError(HOW_TO_NAME)  # noqa: TRY004 - a mistake in the file, which pydantic collects as ValueError
    sources = info.context
    assert isinstance(sources, SecretSources), "settings are validated by config.load alone"
    return SecretStr(sources.find(value))


Secret = Annotated[SecretStr, BeforeValidator(_look_up)]
"""A field that names a secret and holds it."""
