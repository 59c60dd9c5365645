"""[desk]: the pages that staff see in a browser, and how they sign in."""

from datetime import timedelta
from ipaddress import ip_address
from typing import Annotated, Final

from pydantic import Field

from gateway.config.kinds import HttpUrl, Name, Network, Port, ReadableFile
from gateway.config.secrets import Secret
from gateway.config.section import KeyAgreement, Section, objection_if
from gateway.workflow.staff import StaffRole

_IN_THE_CLEAR: Final = "host: passwords would cross the network unprotected; give desk.tls, or name the proxy that has TLS in trusted_proxies"
_NOT_FOR_OTHERS: Final = (
    "demonstration: everybody knows its passwords, so host must be an address of this machine alone"
)


class DeskTlsSection(Section):
    """[desk.tls]: our certificate."""

    cert: ReadableFile
    key: ReadableFile


class OidcSection(Section):
    """[desk.oidc]: an OpenID Connect provider that says who somebody is."""

    issuer: HttpUrl
    client_id: Name
    client_secret: Secret | None = None
    scopes: tuple[Name, ...] = ("openid", "profile")
    name_claim: Name = "preferred_username"
    groups_claim: Name = "groups"
    label: Name = "Sign in with your library account"
    groups: dict[str, StaffRole] = Field(default_factory=dict)
    """The role of each group; of several the highest counts, and whoever is in none gets no account."""


def is_of_this_machine(host: str) -> bool:
    """Say whether nobody else reaches an address that is listened on."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


class DeskSection(Section):
    """[desk]: where staff's browsers connect."""

    enabled: bool = True
    host: Name = "127.0.0.1"
    port: Port = 8628
    tls: DeskTlsSection | None = None
    trusted_proxies: tuple[Network, ...] = ()
    """Whose X-Forwarded-For and X-Forwarded-Proto count, and of which one has TLS."""
    public_url: HttpUrl | None = None
    """How browsers reach it, without a path; None: the listener's own address."""
    allowed_hosts: tuple[Name, ...] = ()
    """Host names that are answered besides those of public_url and of the listener."""
    idle_minutes: Annotated[int, Field(ge=1, le=7 * 24 * 60)] = 8 * 60
    longest_days: Annotated[int, Field(ge=1, le=90)] = 7
    demonstration: bool = False
    """Whether this is one: accounts that are made have any password, and open nothing elsewhere."""
    oidc: OidcSection | None = None

    agreements = (
        KeyAgreement(
            ("host", "tls", "trusted_proxies"),
            lambda host, tls, proxies: objection_if(not (is_of_this_machine(host) or tls or proxies), _IN_THE_CLEAR),
        ),
        KeyAgreement(
            ("host", "demonstration"),
            lambda host, demonstration: objection_if(demonstration and not is_of_this_machine(host), _NOT_FOR_OTHERS),
        ),
        KeyAgreement(
            ("public_url", "oidc"),
            lambda url, oidc: objection_if(
                oidc is not None and url is None,
                "oidc: the provider sends browsers back to public_url, so give that too",
            ),
        ),
    )

    @property
    def idle(self) -> timedelta:
        """How long a session lasts in which nothing is asked."""
        return timedelta(minutes=self.idle_minutes)

    @property
    def longest(self) -> timedelta:
        """How long a session lasts at the most."""
        return timedelta(days=self.longest_days)
