"""Settings out of a few lines of TOML."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from gateway.config import ConfigError, Settings, load

MINIMUM = """
[library]
name = "Example Metropolitan Library"
symbols = ["ISIL:XX-EXAMPLE"]
time_zone = "Europe/Berlin"
[acs]
host = "acs.example.org"
"""
"""The least that has to be said."""

Loader = Callable[..., Settings]
Problems = Callable[..., tuple[str, ...]]


@pytest.fixture
def loaded(tmp_path: Path) -> Loader:
    """`loaded(toml, env, minimum=True)`: the settings of the minimum and these lines."""

    def load_text(toml: str = "", env: Mapping[str, str] | None = None, *, minimum: bool = True) -> Settings:
        path = tmp_path / "ill-gateway.toml"
        path.write_text((MINIMUM if minimum else "") + toml, encoding="utf-8")
        return load(path, env or {})

    return load_text


@pytest.fixture
def problems(loaded: Loader) -> Problems:
    """Likewise, but the mistakes; fails where there are none."""

    def problems_of(toml: str = "", env: Mapping[str, str] | None = None, *, minimum: bool = True) -> tuple[str, ...]:
        with pytest.raises(ConfigError) as caught:
            loaded(toml, env, minimum=minimum)
        return caught.value.problems

    return problems_of
