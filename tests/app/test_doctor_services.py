"""What `doctor` tries of the services that the settings name: the sign-in provider, and partners' directories."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from gateway.app.doctor import examine
from gateway.app.doctor_services import look_at_services
from gateway.app.findings import DoctorFinding, Level
from gateway.config import load
from tests.commands.test_setup import CONFIG
from tests.partners.directory_server import crosslink_entry, directory_server

KEYS: Mapping[str, Any] = {"keys": [{"kty": "oct", "k": "dmlzaWJseS1maWN0aW9uYWw", "kid": "one"}]}
NOBODY = "http://127.0.0.1:9"


@pytest.fixture
async def issuer() -> AsyncIterator[str]:
    """A provider that tells of itself, and no more."""
    server = TestServer(web.Application())

    async def description(_request: web.Request) -> web.Response:
        url = str(server.make_url("")).rstrip("/")
        told = {"issuer": url, "authorization_endpoint": f"{url}/go", "token_endpoint": f"{url}/token"}
        return web.json_response({**told, "jwks_uri": f"{url}/keys"})

    async def keys(_request: web.Request) -> web.Response:
        return web.json_response(KEYS)

    server.app.router.add_get("/.well-known/openid-configuration", description)
    server.app.router.add_get("/keys", keys)
    async with server:
        yield str(server.make_url("")).rstrip("/")


def settings_with(folder: Path, *, issuer: str, directory: str) -> Path:
    path = folder / "ill-gateway.toml"
    path.write_text(
        CONFIG.format(folder=folder).replace('host = "127.0.0.1"', 'host = "127.0.0.1"\nport = 1')
        + "[operations]\nport = 1\n"
        + '[outgoing]\nallowed_networks = ["127.0.0.0/8"]\n'
        + '[desk]\npublic_url = "https://desk.example"\n'
        + f'[desk.oidc]\nissuer = "{issuer}"\nclient_id = "ill-gateway"\n'
        + f'[[directories]]\nid = "consortium"\nurl = "{directory}"\nform = "crosslink"\n'
    )
    path.chmod(0o600)
    return path


async def told(path: Path) -> dict[str, DoctorFinding]:
    return {finding.subject: finding for finding in await look_at_services(load(path, {}))}


@pytest.mark.process
async def test_neither_is_left_out_of_what_doctor_tells(tmp_path: Path):
    """Both are away: that is told, with what to do."""
    findings = (await examine(settings_with(tmp_path, issuer=NOBODY, directory=NOBODY), {})).findings
    found = {finding.subject: finding for finding in findings}
    for subject in ("sign-in provider", "directory consortium"):
        assert found[subject].level is Level.WRONG
        assert found[subject].act


async def test_both_are_well_where_they_tell_what_a_gateway_asks(tmp_path: Path, issuer: str):
    async with directory_server(crosslink_entry(1)) as server:
        found = await told(settings_with(tmp_path, issuer=issuer, directory=server.service().url))
    assert {subject: finding.level for subject, finding in found.items()} == {
        "sign-in provider": Level.WELL,
        "directory consortium": Level.WELL,
    }


async def test_a_directory_of_no_library_and_a_provider_of_another_name_are_wrong(tmp_path: Path, issuer: str):
    async with directory_server() as server:
        found = await told(settings_with(tmp_path, issuer=f"{issuer}/", directory=server.service().url))
    assert "no library" in found["directory consortium"].words
    assert "another name" in found["sign-in provider"].words
    assert {finding.level for finding in found.values()} == {Level.WRONG}
