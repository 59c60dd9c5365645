"""How the site is reached, as the composition root says it."""

import msgspec

from gateway.desk.guesses import is_proxy


class SiteSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How the site is reached."""

    public_origin: str
    """What browsers call us: scheme, host and port."""
    hosts: frozenset[str]
    """The names that we answer for, in small letters."""
    proxies: tuple[str, ...] = ()
    """Networks of our reverse proxies, whose X-Forwarded-For and X-Forwarded-Proto count."""
    is_demonstration: bool = False

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach us over TLS, here or at the proxy."""
        return self.public_origin.startswith("https:")

    @property
    def cookie(self) -> str:
        """The session's cookie; under TLS with the prefix that lets no other host and no plain HTTP set it."""
        return "__Host-desk" if self.is_secure else "desk"

    def seen_by(self, remote: str | None, proto: str | None, host: str) -> "SiteSettings":
        """Return them for one call: over TLS too if our proxy says so (X-Forwarded-Proto), though no public address does."""
        if self.is_secure or proto != "https" or not is_proxy(remote, self.proxies):
            return self
        return msgspec.structs.replace(self, public_origin=f"https://{host}")
