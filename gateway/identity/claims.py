"""What a provider says of somebody: an ID token, judged (OpenID Connect Core 1.0, 3.1.3.7). Pure: time and keys are passed in."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from gateway.identity.trip import NotProvedError, Person

ALGORITHMS: Final = (
    "RS256",
    "ES256",
    "PS256",
    "EdDSA",
    "Ed25519",
    "RS384",
    "RS512",
    "ES384",
    "ES512",
    "PS384",
    "PS512",
)
"""Signatures with a key that only the provider has. “none” and HMAC with our own secret prove nothing."""
LEEWAY_S: Final = 60
"""How far the two clocks may be apart."""
GROUPS_MAX: Final = 1000


def judged(token: str, keys: KeySet, *, issuer: str, client_id: str, nonce: str, at: datetime) -> Mapping[str, Any]:
    """Return the claims of an ID token that was made for us, for this sign-in, and counts at that time. Raises NotProvedError."""
    must = {
        "iss": {"essential": True, "value": issuer},
        "aud": {"essential": True, "value": client_id},
        "sub": {"essential": True},
        "exp": {"essential": True},
        "iat": {"essential": True},
        "nonce": {"essential": True, "value": nonce},
    }
    try:
        claims = jwt.decode(token, keys, algorithms=ALGORITHMS).claims
        jwt.JWTClaimsRegistry(now=int(at.timestamp()), leeway=LEEWAY_S, **must).validate(claims)  # type: ignore[arg-type] # its TypedDict
    except (JoseError, ValueError) as error:
        raise NotProvedError(f"What the provider says can't be believed ({type(error).__name__}).") from error
    if claims.get("azp", client_id) != client_id:
        raise NotProvedError("What the provider says was meant for another program.")
    return claims


def person(claims: Mapping[str, Any], *, issuer: str, name_claim: str, groups_claim: str) -> Person:
    """Read who it is. Raises NotProvedError."""
    subject, name, groups = claims.get("sub"), claims.get(name_claim), claims.get(groups_claim, [])
    if not isinstance(subject, str) or not subject:
        raise NotProvedError("The provider names nobody (sub).")
    if not isinstance(name, str) or not name:
        raise NotProvedError(f"The provider gives no sign-in name ({name_claim}).")
    listed = [groups] if isinstance(groups, str) else groups if isinstance(groups, list) else []
    return Person(subject=f"{issuer} {subject}", name=name, groups=frozenset(map(str, listed[:GROUPS_MAX])))
