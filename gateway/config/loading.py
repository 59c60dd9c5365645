"""From file and environment to settings, or to the list of everything that is wrong with them."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from gateway.config import keys, overrides
from gateway.config.checks import contradictions
from gateway.config.secrets import SecretSources
from gateway.config.settings import Settings
from gateway.config.wording import ConfigError, Mistake, lines, mistakes_of


def load(path: Path, env: Mapping[str, str]) -> Settings:
    """The settings of this file, overridden by the environment. Raises ConfigError, with every mistake at once."""
    data = _read(path)
    origins, mistakes = _override(data, env)
    settings: Settings | None = None
    try:
        settings = Settings.model_validate(data, context=_secret_sources(data, env))
    except ValidationError as error:
        mistakes += mistakes_of(error, Settings)
    mistakes += contradictions(data)
    if mistakes or settings is None:
        # Without its cause: pydantic's own text may quote what was typed.
        raise ConfigError(str(path), lines(mistakes, data, origins))
    return settings


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(str(path), (f"can't be read: {error.strerror}",)) from None
    except UnicodeDecodeError:
        raise ConfigError(str(path), ("is not UTF-8 text",)) from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(str(path), (f"is not TOML: {error}",)) from None


def _override(data: dict[str, Any], env: Mapping[str, str]) -> tuple[dict[keys.Path, str], list[Mistake]]:
    """Put the environment's values in; give the variable of each path, and the variables that lead nowhere."""
    origins: dict[keys.Path, str] = {}
    mistakes: list[Mistake] = []
    for name, steps in overrides.variables(env).items():
        try:
            origins |= dict.fromkeys(overrides.put(data, steps, env[name]), name)
        except ValueError as error:
            mistakes.append(Mistake((name,), str(error)))
    return origins, mistakes


def _secret_sources(data: Mapping[str, Any], env: Mapping[str, str]) -> SecretSources:
    table = data.get("secrets")
    return SecretSources(env=env, table=table if isinstance(table, dict) else {})
