"""npm's oidc-provider as a process on loopback; it is installed once, from tests/npm/package-lock.json. No mock of ours."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from gateway.demo.stage.processes import free_port
from tests.fakes.npm import FOLDER, NODE, installed

SECRET: Final = "hush"
PEOPLE: Final[Mapping[str, Mapping[str, Any]]] = {
    "17": {"name": "mara", "groups": ["everybody", "ill-staff"]},
    "18": {"name": "otto", "groups": ["ill-staff", "ill-managers"]},
    "19": {"name": "guest", "groups": ["everybody"]},
    "20": {"name": "a-person-admin", "groups": ["ill-staff"]},
    "21": {"name": "no name", "groups": ["ill-staff"]},
}
"""By what is typed at the provider's sign-in page."""


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
