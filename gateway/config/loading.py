"""From file and environment to settings, or to the list of everything that is wrong with them."""

import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from gateway.config import keys, overrides
from gateway.config.checks import contradictions
from gateway.config.machine import exposures, misfits
from gateway.config.secrets import SecretSources
from gateway.config.settings import Settings
from gateway.config.wording import ConfigError, Mistake, lines, mistakes_of

Look = Callable[[Mapping[str, Any], Mapping[keys.Path, str]], Iterable[Mistake]]
"""A further look at the tables, and the variables that some of their keys came from."""


def load(path: Path, env: Mapping[str, str]) -> Settings:
    """The settings of this file, overridden by the environment. Raises ConfigError, with every mistake at once."""
    return _load(path, env, lambda _data, _origins: ())


def check(path: Path, env: Mapping[str, str]) -> None:
    """Look at the settings, and at the files and folders of this machine that they name. Raises ConfigError likewise.

    What is found in addition keeps nobody from starting: who may read a file is for people to settle.
    """
    _load(path, env, lambda data, origins: (*misfits(data), *exposures(path, data, origins)))


def _load(path: Path, env: Mapping[str, str], look: Look) -> Settings:
    data = _read(path)
    origins, mistakes = _override(data, env)
    settings: Settings | None = None
    try:
        settings = Settings.model_validate(data, context=_secret_sources(data, env))
    except ValidationError as error:
        mistakes += mistakes_of(error, Settings)
    mistakes += (*contradictions(data), *look(data, origins))
    if mistakes or settings is None:
        # Without its cause: pydantic's own text may quote what was typed.
        raise ConfigError(str(path), lines(mistakes, data, origins))
    return settings


def _read(path: Path) -> dict[str, Any]:
    try:
        # -sig: editors on Windows put a mark before the text.
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
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
