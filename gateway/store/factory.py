"""From a URL of the configuration to a store."""

from pathlib import Path

from gateway.store.port import Store
from gateway.store.sqlite import SqliteStore

_SQLITE = "sqlite:///"


def open_store(url: str) -> Store:
    """Return the store of a URL, to be opened by `await store.open()`.

    `sqlite:///relative.db`, `sqlite:////absolute.db`, `postgresql://...` (as asyncpg and libpq read it).
    Raises ValueError on any other; the text holds no part of the URL but its scheme, for the rest may be secret.
    """
    scheme, separator, _ = url.partition("://")
    path = sqlite_path(url)
    if path is not None:
        return SqliteStore(path)
    if scheme in {"postgresql", "postgres"}:
        from gateway.store.postgres import PostgresStore  # noqa: PLC0415 - asyncpg is loaded only where it is used

        return PostgresStore(url)
    found = f", not with {scheme}://" if separator else ""
    raise ValueError(f"a store's URL begins with sqlite:/// and a path, or with postgresql://{found}")


def sqlite_path(url: str) -> Path | None:
    """Return the file of a SQLite store; None for any other URL."""
    return Path(url.removeprefix(_SQLITE)) if url.startswith(_SQLITE) and len(url) > len(_SQLITE) else None
