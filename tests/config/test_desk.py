"""[desk]: what it comes to, and every mistake in words."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from gateway.config import Settings
from gateway.workflow.staff import StaffRole


def test_what_is_left_out_is_usual(loaded: Callable[[str], Settings]):
    desk = loaded("").desk
    assert (desk.enabled, desk.host, desk.port, desk.demonstration) == (True, "127.0.0.1", 8628, False)
    assert (desk.idle, desk.longest) == (timedelta(hours=8), timedelta(days=7))


def test_groups_are_given_roles(loaded: Callable[[str], Settings]):
    oidc = loaded(
        """\
[desk]
public_url = "https://ill.example.org"
[desk.oidc]
issuer = "https://id.example.org"
client_id = "ill"
[desk.oidc.groups]
"ILL staff" = "technician"
"""
    ).desk.oidc
    assert oidc is not None
    assert oidc.groups == {"ILL staff": StaffRole.TECHNICIAN}


@pytest.mark.parametrize("more", ['trusted_proxies = ["192.0.2.1"]', ""])
def test_passwords_do_not_cross_a_network_unprotected(
    loaded: Callable[[str], Settings], problems: Callable[[str], tuple[str, ...]], more: str
):
    toml = f'[desk]\nhost = "0.0.0.0"\n{more}'
    if more:
        assert loaded(toml).desk.host == "0.0.0.0"
    else:
        (problem,) = problems(toml)
        assert "passwords would cross the network unprotected" in problem


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "ill.example.org"])
def test_a_demonstration_is_for_this_machine_alone(problems: Callable[[str], tuple[str, ...]], host: str):
    (problem,) = problems(f'[desk]\nhost = "{host}"\ntrusted_proxies = ["192.0.2.1"]\ndemonstration = true')
    assert "everybody knows its passwords" in problem


def test_a_provider_needs_an_address_to_send_back_to(problems: Callable[[str], tuple[str, ...]]):
    (problem,) = problems('[desk.oidc]\nissuer = "https://id.example.org"\nclient_id = "ill"')
    assert "public_url" in problem


def test_a_role_that_is_none_is_told(problems: Callable[[str], tuple[str, ...]]):
    toml = """\
[desk]
public_url = "https://ill.example.org"
[desk.oidc]
issuer = "https://id.example.org"
client_id = "ill"
[desk.oidc.groups]
staff = "boss"
"""
    (problem,) = problems(toml)
    assert "desk.oidc.groups.staff" in problem


def test_its_port_is_its_own(problems: Callable[[str], tuple[str, ...]]):
    (problem,) = problems("[desk]\nport = 8627")
    assert "8627 is the port of api too" in problem
