"""From a URL to a store."""

import subprocess
import sys
from pathlib import Path

import pytest

from gateway.store.factory import open_store
from gateway.store.postgres import PostgresStore
from gateway.store.sqlite import SqliteStore


@pytest.mark.parametrize(
    ("url", "path"), [("sqlite:///relative.db", "relative.db"), ("sqlite:////var/lib/abs.db", "/var/lib/abs.db")]
)
def test_a_sqlite_url_names_a_file(url: str, path: str) -> None:
    store = open_store(url)
    assert isinstance(store, SqliteStore)
    assert store._path == Path(path)


@pytest.mark.parametrize("scheme", ["postgresql", "postgres"])
def test_a_postgresql_url_is_handed_on(scheme: str) -> None:
    assert isinstance(open_store(f"{scheme}://gateway@localhost/ill"), PostgresStore)


@pytest.mark.parametrize(
    "url", ["", "sqlite://", "sqlite:///", "sqlite:x.db", "mysql://gateway:s3cret@db/ill", "s3cret"]
)
def test_any_other_url_is_refused_without_repeating_what_may_be_secret(url: str) -> None:
    with pytest.raises(ValueError, match="sqlite:///") as refused:
        open_store(url)
    assert "s3cret" not in str(refused.value)


@pytest.mark.process
def test_asyncpg_is_loaded_only_where_it_is_used() -> None:
    program = "import sys; from gateway.store.factory import open_store; open_store('sqlite:///x.db'); sys.exit('asyncpg' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
