"""A sign-in by a provider as the desk knows it: under way, done, or not proved. Loads nothing that judges tokens."""

import msgspec


class Trip(msgspec.Struct, frozen=True, kw_only=True):
    """A sign-in that is under way."""

    state: str
    nonce: str
    verifier: str
    to: str
    """Where somebody was going."""


class NotProvedError(Exception):
    """The provider did not say who it is, or what it said can't be believed; the text is a sentence for people."""


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Who somebody is at a provider."""

    subject: str
    """The issuer, a space, and its name for the person, which never changes and is nobody else's."""
    name: str
    """What they call themselves: it may change, and may be another's by now."""
    groups: frozenset[str]
