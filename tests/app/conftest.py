"""A SQLite file with its tables, for gateways that need not make them first."""

from pathlib import Path

import pytest

from tests.store.fresh import lay_tables


@pytest.fixture
async def laid(tmp_path: Path) -> None:
    """In the file that tests/fakes/small_settings.py names."""
    await lay_tables(tmp_path / "gateway.sqlite")
