"""A copy of a PostgreSQL store: what is said where there is no connection (the copies: test_backups.py)."""

import asyncpg
import pytest

from gateway.store import postgres_copy
from gateway.store.backups import BackupError


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ConnectionRefusedError(111, "Connect call failed ('127.0.0.1', 1)"), "nothing listens there"),
        (TimeoutError(), "no answer in time"),
        (asyncpg.TargetServerAttributeNotMatched("None of the hosts match"), "None of the hosts match"),
    ],
    ids=("nothing listens", "no answer", "none takes writes"),
)
async def test_why_a_database_can_not_be_reached_is_said(
    error: Exception, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def connect(_url: str) -> None:
        raise error

    monkeypatch.setattr(asyncpg, "connect", connect)
    with pytest.raises(BackupError, match=f"^the database can't be reached: {words}$"):
        await postgres_copy.has_store("postgresql://u@db/ill")
