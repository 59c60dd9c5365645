"""Descriptors: as many as the listeners let in, in the unit that we ship and wherever else the gateway is started."""

import re
import resource
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from gateway.app import descriptors
from gateway.app.gateway import Gateway
from gateway.config.sections import HttpSection
from gateway.room import MOST_LINGERING
from tests.fakes.small_settings import small_settings

UNIT = Path(__file__).parents[2] / "deploy" / "ill-gateway.service"


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The process's limits, soft and hard, as if there were no others."""
    given = [1024, 4096]

    def put(_what: int, pair: tuple[int, int]) -> None:
        if 0 <= given[1] < pair[0]:
            raise ValueError("not allowed to raise maximum limit")
        given[:] = pair

    monkeypatch.setattr(resource, "getrlimit", lambda _what: tuple(given))
    monkeypatch.setattr(resource, "setrlimit", put)
    return given


@pytest.mark.parametrize(
    ("given", "wanted", "allowed", "lines"),
    [
        ((1024, 4096), 2400, 2400, 0),
        ((1024, 4096), 800, 1024, 0),
        ((1024, 4096), 9000, 4096, 1),
        ((1024, resource.RLIM_INFINITY), 9000, 9000, 0),
    ],
)
def test_the_limit_is_raised_as_far_as_it_goes(
    limits: list[int], given: tuple[int, int], wanted: int, allowed: int, lines: int
) -> None:
    limits[:] = given
    with capture_logs() as logged:
        assert descriptors.allow(wanted) == allowed
    assert len(logged) == lines


def test_where_it_may_not_be_raised_it_is_said(limits: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_what: int, _pair: tuple[int, int]) -> None:
        raise PermissionError

    monkeypatch.setattr(resource, "setrlimit", refuse)
    with capture_logs() as logged:
        assert descriptors.allow(2000) == limits[0]
    assert logged[0]["wanted"] == 2000


async def test_the_listeners_that_are_counted_are_those_of_a_gateway(tmp_path: Path) -> None:
    given = small_settings(tmp_path)
    desk = given.desk.model_copy(update={"enabled": True, "port": 0})
    async with Gateway(given.model_copy(update={"desk": desk})) as gateway:
        assert sorted(gateway.ports) == sorted(descriptors.LISTENERS)


def test_of_every_listener_there_is_room_for_all_connections(tmp_path: Path) -> None:
    given = small_settings(tmp_path)
    assert descriptors.wanted(given) == 4 * (given.http.max_connections + MOST_LINGERING) + descriptors.BESIDE


def test_the_unit_allows_what_the_defaults_of_the_settings_need() -> None:
    found = re.search(r"^LimitNOFILE=(\d+)$", UNIT.read_text(), re.MULTILINE)
    assert found
    needed = len(descriptors.LISTENERS) * (HttpSection().max_connections + MOST_LINGERING) + descriptors.BESIDE
    assert int(found[1]) > 2 * needed
