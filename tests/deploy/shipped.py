"""What is shipped for deployments, read as the programs that use it read it."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from gateway.config import Settings, load

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
SECRET_FILE = re.compile(r"file:/run/secrets/\S+")


def documents(text: str) -> list[Any]:
    """The documents of a YAML text; references and merged keys are put in place."""
    return [each for each in YAML(typ="safe", pure=True).load_all(text) if each is not None]


def settings_with(folder: Path, text: str, environment: Mapping[str, str]) -> Settings:
    """Settings of a text and what a container's environment sets; each secret that it names is there. Raises ConfigError."""
    secret = folder / "secret"
    secret.write_text("admin.a-visibly-fictional-secret")
    secret.chmod(0o600)
    path = folder / "ill-gateway.toml"
    path.write_text(text)
    path.chmod(0o600)
    return load(path, {name: SECRET_FILE.sub(f"file:{secret}", value) for name, value in environment.items()})
