"""Of tokens `doctor` tells when they end, by the store or by the gateway that runs, without their names."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from gateway.app.doctor_tokens import judged, look_at_tokens
from gateway.app.findings import Level
from gateway.config import load
from gateway.store.port import Token
from gateway.store.sqlite import SqliteStore
from tests.app.test_doctor import DENVER, TOKEN, config, name_token

__all__ = ["config"]

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("end", "level", "words"),
    [
        ((), Level.WELL, "None ends within 14 days."),
        ((15 * DAY,), Level.WELL, "None ends within 14 days."),
        ((13 * DAY, DAY), Level.LOOK, "2 will end within 14 days, the first at 2026-01-02 05:00."),
        ((-DAY, 13 * DAY), Level.LOOK, "1 has ended without being revoked: who uses one of those is refused. 1 will end"),
        ((-DAY, -900 * DAY), Level.LOOK, "2 have ended without being revoked: who uses one of those is refused."),
    ],
    ids=("none", "one later", "two soon", "one over, one soon", "two over"),
)  # fmt: skip
def test_what_is_told_of_when_tokens_end(end: tuple[timedelta, ...], level: Level, words: str) -> None:
    found = judged([NOW + each for each in end], NOW, DENVER)
    assert found.level is level
    assert found.words.startswith(words)
    assert bool(found.act) is (level is Level.LOOK)


async def test_without_a_gateway_those_of_the_store_are_looked_at(config: Path, tmp_path: Path) -> None:
    settings, now = load(config, {}), datetime.now(UTC)
    assert (await look_at_tokens(settings, is_running=False)).level is Level.WELL, "there is no store yet"
    store = SqliteStore(tmp_path / "gateway.sqlite")
    await store.open()
    await store.migrate()
    for name, ends_at in (("kiosk", now + DAY), ("script", None), ("old", now - DAY), ("revoked", now - DAY)):
        await store.add_token(Token(name=name, role="admin", hash=name, created_at=now, ends_at=ends_at))
    await store.revoke_token("revoked", at=now)
    assert (await look_at_tokens(settings, is_running=False)).level is Level.UNSEEN, "another has it open"
    await store.close()
    found = await look_at_tokens(settings, is_running=False)
    assert found.words.startswith("1 has ended without being revoked")
    assert "1 will end within 14 days" in found.words
    assert "kiosk" not in found.words, "a bundle has no names"


async def test_a_gateway_that_runs_is_asked(config: Path) -> None:
    async def listed(request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == f"Bearer {TOKEN}"
        token = {"name": "kiosk", "role": "admin", "created_at": "2026-01-01T12:00:00Z", "revoked_at": None}
        return web.json_response({"tokens": [token | {"ends_at": "2026-01-02T12:00:00Z", "configured": False}]})

    assert (await look_at_tokens(load(config, {}), is_running=True)).words == (
        "When they end is not known: name [api] admin_token in the settings, and the gateway that runs is asked."
    )
    app = web.Application()
    app.router.add_get("/api/v1/tokens", listed)
    async with TestServer(app) as server:
        name_token(config, server.port or 0)
        found = await look_at_tokens(load(config, {}), is_running=True)
    assert found.words == "1 has ended without being revoked: who uses one of those is refused."
