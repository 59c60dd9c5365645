"""Whom a listener's limits leave out, and whether browsers reach the desk over TLS."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from gateway.app.doors import listener_limits, site_settings
from gateway.config.desk import DeskSection, DeskTlsSection
from tests.fakes.small_settings import small_settings


def test_a_proxy_before_the_desk_alone_may_have_as_many_connections_as_there_are(tmp_path: Path):
    """All staff come from its address."""
    desk = DeskSection(trusted_proxies=("192.0.2.1/32",))
    ground: Any = SimpleNamespace(settings=small_settings(tmp_path).model_copy(update={"desk": desk}))
    assert listener_limits(ground).exempt == ("192.0.2.1/32",)


def test_the_desk_is_reached_over_tls_where_it_has_a_certificate_or_its_address_says_so(tmp_path: Path):
    certificate = tmp_path / "desk.pem"
    certificate.touch()
    own = DeskTlsSection(cert=str(certificate), key=str(certificate))
    for desk, is_secure in (
        (DeskSection(), False),
        (DeskSection(trusted_proxies=("192.0.2.1/32",)), False),  # that proxy says it with each call
        (DeskSection(public_url="https://ill.example.org"), True),
        (DeskSection(tls=own), True),
    ):
        reached = site_settings(desk)
        assert (reached.is_secure, reached.proxies) == (is_secure, desk.trusted_proxies)
