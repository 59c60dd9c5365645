"""Whom a listener's limits leave out."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from gateway.app.doors import listener_limits
from gateway.config.desk import DeskSection
from tests.fakes.small_settings import small_settings


def test_a_proxy_before_the_desk_alone_may_have_as_many_connections_as_there_are(tmp_path: Path):
    """All staff come from its address."""
    desk = DeskSection(trusted_proxies=("192.0.2.1/32",))
    ground: Any = SimpleNamespace(settings=small_settings(tmp_path).model_copy(update={"desk": desk}))
    assert listener_limits(ground).exempt == ("192.0.2.1/32",)
