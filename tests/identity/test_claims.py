"""What a provider says of somebody is believed if it is the provider's, for us, for this sign-in, and counts now."""

import hmac
from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from gateway.identity.claims import judged, person
from gateway.identity.trip import NotProvedError, Person

NOW = datetime(2026, 10, 28, 9, 0, tzinfo=UTC)
AT = int(NOW.timestamp())
KEY = RSAKey.generate_key(2048, {"kid": "one"})
ANOTHER = RSAKey.generate_key(2048, {"kid": "one"})
PUBLISHED = KeySet.import_key_set({"keys": [KEY.as_dict(private=False)]})
CLAIMS = {
    "iss": "https://id.example.org",
    "aud": "ill-gateway",
    "sub": "17",
    "exp": AT + 300,
    "iat": AT,
    "nonce": "a-nonce",
}


def judge(token: str) -> dict[str, Any]:
    found = judged(token, PUBLISHED, issuer="https://id.example.org", client_id="ill-gateway", nonce="a-nonce", at=NOW)
    return dict(found)


def signed(key: Any = KEY, alg: str = "RS256", **claims: Any) -> str:
    given = {name: value for name, value in (CLAIMS | claims).items() if value is not None}
    return jwt.encode({"alg": alg, "kid": "one"}, given, key, algorithms=[alg])


def test_what_is_right_is_believed():
    assert judge(signed()) == CLAIMS
    assert judge(signed(aud=["another", "ill-gateway"], azp="ill-gateway"))["sub"] == "17"
    assert judge(signed(exp=AT - 30, iat=AT + 30)), "the two clocks may be a minute apart"


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://elsewhere.example"},
        {"aud": "another"},
        {"aud": []},
        {"azp": "another", "aud": ["another", "ill-gateway"]},
        {"nonce": "of another sign-in"},
        {"exp": AT - 300},
        {"iat": AT + 300},
        {"nbf": AT + 300},
        *({name: None} for name in CLAIMS),
    ],
    ids=str,
)
def test_what_is_not_for_us_here_and_now_is_not(claims: dict[str, Any]):
    with pytest.raises(NotProvedError):
        judge(signed(**claims))


def test_what_somebody_else_signed_is_not():
    unsigned = ".".join([*signed().split(".")[:2], ""])
    nobody = "eyJhbGciOiJub25lIn0." + signed().split(".")[1] + "."
    for token in (signed(ANOTHER), unsigned, nobody, with_public_key(), "", "a.b.c", signed() + "x"):
        with pytest.raises(NotProvedError) as refused:
            judge(token)
        assert "17" not in str(refused.value)


def with_public_key() -> str:
    """HMAC with what everybody knows, in the hope that it is taken for a secret (RFC 8725, 2.1)."""
    text = encoded(b'{"alg":"HS256","kid":"one"}') + "." + signed().split(".")[1]
    return f"{text}.{encoded(hmac.digest(KEY.as_pem(private=False), text.encode(), 'sha256'))}"


def encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


READ = {"issuer": "https://id.example.org", "name_claim": "preferred_username", "groups_claim": "groups"}


def test_who_it_is():
    said = {"sub": "17", "preferred_username": "mara", "groups": ["ill-staff", 3]}
    expected = Person(subject="https://id.example.org 17", name="mara", groups=frozenset({"ill-staff", "3"}))
    assert person(said, **READ) == expected
    assert person(said | {"groups": "one"}, **READ).groups == {"one"}
    assert person(said | {"groups": None}, **READ).groups == frozenset()


@pytest.mark.parametrize(
    "said",
    [{}, {"sub": "17"}, {"sub": 17, "preferred_username": "mara"}, {"sub": "17", "preferred_username": ["mara"]}],
)
def test_who_has_no_name_is_nobody(said: dict[str, Any]):
    with pytest.raises(NotProvedError):
        person(said, **READ)
