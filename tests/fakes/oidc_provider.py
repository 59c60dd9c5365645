"""npm's oidc-provider as a process on loopback; it is installed once, from tests/npm/package-lock.json. No mock of ours."""

import fcntl
import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from gateway.demo.stage.processes import free_port

FOLDER: Final = Path(__file__).parents[1] / "npm"
SECRET: Final = "hush"
NODE, NPM = shutil.which("node"), shutil.which("npm")
PEOPLE: Final[Mapping[str, Mapping[str, Any]]] = {
    "17": {"name": "mara", "groups": ["everybody", "ill-staff"]},
    "18": {"name": "otto", "groups": ["ill-staff", "ill-managers"]},
    "19": {"name": "guest", "groups": ["everybody"]},
    "20": {"name": "a-person-admin", "groups": ["ill-staff"]},
    "21": {"name": "no name", "groups": ["ill-staff"]},
}
"""By what is typed at the provider's sign-in page."""


def installed() -> None:
    """Have the provider's packages in place, as the lock file names them by their hashes; skip the test where node is missing."""
    if NODE is None or NPM is None:
        pytest.skip("Debian's packages nodejs and npm are not installed")
    with (FOLDER / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (FOLDER / "node_modules" / ".package-lock.json").exists():
            command = [NPM, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
            subprocess.run(command, cwd=FOLDER, check=True, capture_output=True, timeout=300)


@contextmanager
def serving(redirect_uri: str, *, host: str = "127.0.0.1", secret: str | None = SECRET, **more: Any) -> Iterator[str]:
    """Serve until the block ends; give the issuer. `host` is what it goes by."""
    installed()
    port = free_port()
    asked = {"host": host, "port": port, "redirectUri": redirect_uri, "people": PEOPLE, "secret": secret, **more}
    command = [str(NODE), "provider.mjs", json.dumps(asked)]
    with subprocess.Popen(command, cwd=FOLDER, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as running:
        try:
            assert running.stdout is not None
            assert "ready" in running.stdout.readline()
            yield f"http://{host}:{port}"
        finally:
            running.terminate()
            running.wait(30)
