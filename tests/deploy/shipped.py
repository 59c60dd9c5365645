"""What is shipped for deployments, read as the programs that use it read it."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from gateway.app.descriptors import LISTENERS
from gateway.app.gateway import ANNOUNCED_AT_MOST
from gateway.config import Settings, load
from gateway.config.sections import OperationsSection
from gateway.listener import CUT_WITHIN_S, STOP_WITHIN_S

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
SECRET_FILE = re.compile(r"file:/run/secrets/\S+")


def longest_stop_s(operations: OperationsSection) -> float:
    """How long a gateway may take to stop: its listeners stop one after the other."""
    leaving_s = ANNOUNCED_AT_MOST * operations.announce_s + operations.drain_s
    return leaving_s + len(LISTENERS) * (STOP_WITHIN_S + 2 * CUT_WITHIN_S)


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
