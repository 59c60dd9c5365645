"""Environment variables take the place of the file's keys."""

from collections.abc import Callable

import pytest

from gateway.config import Settings
from gateway.config.overrides import put, variables

PEER = """
[[peers]]
id = "valley"
agencies = ["*"]
inbound = { networks = ["192.0.2.0/24"] }
[branches.MAIN]
name = "Main Library"
"""


@pytest.mark.parametrize(
    ("name", "text", "read"),
    [
        ("ILL_GATEWAY_ACS__PORT", "6002", lambda s: s.acs.port == 6002),
        ("ILL_GATEWAY_ACS__HOST", "other.example.org", lambda s: s.acs.host == "other.example.org"),
        ("ILL_GATEWAY_LENDING__PAUSED", "true", lambda s: s.lending.paused is True),
        ("ILL_GATEWAY_PEERS__0__ENABLED", "false", lambda s: not s.peers[0].enabled),
        ("ILL_GATEWAY_PEERS__VALLEY__VERSION", "2021-2", lambda s: s.peers[0].version == "2021-2"),
        ("ILL_GATEWAY_BRANCHES__MAIN__NAME", "Centre", lambda s: s.branches["MAIN"].name == "Centre"),
        ("ILL_GATEWAY_ACS__OVERRIDES__KEEPALIVE_S", "20", lambda s: s.acs_profile().keepalive_s == 20),
        ("ILL_GATEWAY_ACS__OVERRIDES__ERROR_DETECTION", "false", lambda s: not s.acs_profile().error_detection),
        ("ILL_GATEWAY_LIBRARY__SYMBOLS", '["ISIL:XX-A", "ISIL:XX-B"]', lambda s: len(s.library.symbols) == 2),
        ("ILL_GATEWAY_LIBRARY__CLOSED_DATES", "[2026-12-25]", lambda s: len(s.library.closed_dates) == 1),
        ("ILL_GATEWAY_ACS__USER", "00123", lambda s: s.acs.user == "00123"),
        ("ILL_GATEWAY_ACS__USER", "[not a list", lambda s: s.acs.user == "[not a list"),
    ],
)
def test_a_variable_overrides_its_key(
    loaded: Callable[..., Settings], name: str, text: str, read: Callable[[Settings], bool]
):
    assert not read(loaded(PEER))
    assert read(loaded(PEER, {name: text}))


def test_a_secret_may_come_from_the_environment_whatever_it_looks_like(loaded: Callable[..., Settings]):
    env = {"ILL_GATEWAY_SECRETS__ACS": '["hush"]', "ILL_GATEWAY_ACS__PASSWORD": "secret:acs"}
    assert loaded("", env).acs_credentials().password == '["hush"]'


def test_variables_without_two_underscores_are_not_ours(loaded: Callable[..., Settings]):
    env = {"ILL_GATEWAY_TOKEN": "x", "ILL_GATEWAY_CONFIG": "y", "OTHER__PORT": "z"}
    assert variables(env) == {}
    assert loaded("", env) == loaded()


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("ILL_GATEWAY_ACS__PROT", "acs.prot (from ILL_GATEWAY_ACS__PROT): is no known key; did you mean port?"),
        ("ILL_GATEWAY_ACZ__PORT", "acz (from ILL_GATEWAY_ACZ__PORT): is no known key; did you mean acs?"),
        ("ILL_GATEWAY_ACS__HOST__NAME", "ILL_GATEWAY_ACS__HOST__NAME: leads into something that is no table"),
        ("ILL_GATEWAY_PEERS__7__ID", 'ILL_GATEWAY_PEERS__7__ID: there is no entry "7" in the list'),
    ],
)
def test_a_variable_that_leads_nowhere_is_a_mistake(problems: Callable[..., tuple[str, ...]], name: str, problem: str):
    assert problems(PEER, {name: "1"}) == (problem,)


def test_put_tells_what_it_made():
    data = {"branches": {"MAIN": {}}, "peers": [{"id": "Valley"}]}
    assert put(data, ("branches", "main", "name"), "x") == [("branches", "MAIN", "name")]
    assert put(data, ("peers", "valley", "url"), "y") == [("peers", 0, "url")]
    assert put(data, ("log", "level"), "z") == [("log",), ("log", "level")]
    assert data == {
        "branches": {"MAIN": {"name": "x"}},
        "peers": [{"id": "Valley", "url": "y"}],
        "log": {"level": "z"},
    }
