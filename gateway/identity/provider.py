"""The provider: where to send a browser, and, once it has come back, who it is.

What holds a sign-in together (`Trip`) goes along in the browser's own cookie: `state` ties the way back to the browser that left,
`nonce` the ID token to the sign-in, the PKCE verifier the code to both. The provider's description and keys are kept for an hour; keys
are asked for anew where a token names one that isn't there. Follows no redirect, keeps no cookie; an answer has a limit and a time-out.
"""

import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from http import HTTPStatus
from typing import Any, Final, TypeVar
from urllib.parse import quote, urlencode

import aiohttp
import msgspec
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from gateway.identity.claims import judged, person
from gateway.identity.trip import NotProvedError, Person, Trip

ANSWER_MAX: Final = 512 * 1024
TIMEOUT_S: Final = 10.0
KEPT_FOR: Final = timedelta(hours=1)
_AWAY: Final = "The provider can't be asked just now. Try again, or sign in with a password."
_BASIC: Final = "client_secret_basic"
Shape = TypeVar("Shape")


class Description(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider says of itself (OpenID Connect Discovery 1.0, 3)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    token_endpoint_auth_methods_supported: tuple[str, ...] = (_BASIC,)
    authorization_response_iss_parameter_supported: bool = False


class ExchangedTokens(msgspec.Struct, frozen=True, kw_only=True):
    """What a code is exchanged for."""

    id_token: str
    access_token: str = ""


class ProviderSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How a provider knows us, and where it says what."""

    issuer: str
    client_id: str
    client_secret: str | None
    redirect_uri: str
    scopes: tuple[str, ...]
    name_claim: str
    groups_claim: str

    def __repr__(self) -> str:
        """Nothing of the secret."""
        return f"ProviderSettings({self.issuer})"


class Provider:
    """One provider. `socket_factory` makes the socket for each connection, or refuses its address."""

    def __init__(
        self,
        settings: ProviderSettings,
        *,
        now: Callable[[], datetime],
        socket_factory: aiohttp.SocketFactoryType | None = None,
    ) -> None:
        self._settings = settings
        self._now = now
        self._socket_factory = socket_factory
        self._described: tuple[datetime, Description] | None = None
        self._keys: tuple[datetime, KeySet] | None = None

    async def introduce(self) -> None:
        """Ask for the provider's description and keys, as a sign-in does. Raises NotProvedError."""
        await self._key_set(await self._description(), fresh=True)

    async def begin(self, to: str) -> tuple[str, Trip]:
        """Return where to send the browser, and what it carries meanwhile. Raises NotProvedError."""
        about = await self._description()
        trip = Trip(state=_drawn(), nonce=_drawn(), verifier=_drawn(), to=to)
        asked = {
            "response_type": "code",
            "client_id": self._settings.client_id,
            "redirect_uri": self._settings.redirect_uri,
            "scope": " ".join(self._settings.scopes),
            "state": trip.state,
            "nonce": trip.nonce,
            "code_challenge": _challenge(trip.verifier),
            "code_challenge_method": "S256",
        }
        joint = "&" if "?" in about.authorization_endpoint else "?"
        return f"{about.authorization_endpoint}{joint}{urlencode(asked)}", trip

    async def end(self, trip: Trip, given: Mapping[str, str]) -> Person:
        """Return who came back, by the parameters of the address. Raises NotProvedError."""
        about = await self._description()
        if not hmac.compare_digest(given.get("state", "").encode(), trip.state.encode()):
            raise NotProvedError("This is not the way back of a sign-in that began in this browser. Try again.")
        if about.authorization_response_iss_parameter_supported and given.get("iss") != about.issuer:
            raise NotProvedError("The answer is another provider's.")  # RFC 9207: mixed-up providers
        if "code" not in given:
            raise NotProvedError("The provider did not let you in." if "error" in given else "The answer has no code.")
        tokens = await self._exchange(about, given["code"], trip)
        return await self._person(about, tokens, trip)

    async def _person(self, about: Description, tokens: ExchangedTokens, trip: Trip) -> Person:
        own = self._settings
        claims = dict(await self._claims(about, tokens.id_token, trip))
        wanted = {own.name_claim, own.groups_claim}
        if wanted - claims.keys() and about.userinfo_endpoint and tokens.access_token:
            more = await self._user_info(about.userinfo_endpoint, tokens.access_token)
            if more.get("sub") != claims["sub"]:  # OpenID Connect Core 1.0, 5.3.2
                raise NotProvedError("The provider tells of two people.")
            claims = {**more, **claims}
        return person(claims, issuer=own.issuer, name_claim=own.name_claim, groups_claim=own.groups_claim)

    async def _claims(self, about: Description, token: str, trip: Trip) -> Mapping[str, Any]:
        """Judge the token; where that fails, once more with keys that are asked for anew: the provider may have changed them."""
        own = self._settings
        for fresh in (False, True):
            keys = await self._key_set(about, fresh=fresh)
            try:
                return judged(token, keys, issuer=own.issuer, client_id=own.client_id, nonce=trip.nonce, at=self._now())
            except NotProvedError:
                if fresh:
                    raise
        raise AssertionError("unreachable")

    # ── what is asked of the provider ────────────────────────────────────────────────────────────

    async def _description(self) -> Description:
        if self._described is None or self._now() - self._described[0] >= KEPT_FOR:
            url = self._settings.issuer.rstrip("/") + "/.well-known/openid-configuration"
            about = _read(await self._ask("GET", url), Description)
            if about.issuer != self._settings.issuer:
                raise NotProvedError("The provider goes by another name than the settings say (issuer).")
            self._described = (self._now(), about)
        return self._described[1]

    async def _key_set(self, about: Description, *, fresh: bool) -> KeySet:
        if fresh or self._keys is None or self._now() - self._keys[0] >= KEPT_FOR:
            try:
                keys = KeySet.import_key_set(_read(await self._ask("GET", about.jwks_uri), dict[str, Any]))  # type: ignore[arg-type] # its TypedDict
            except (JoseError, ValueError, KeyError, TypeError) as error:
                raise NotProvedError("The provider's keys can't be read.") from error
            self._keys = (self._now(), keys)
        return self._keys[1]

    async def _exchange(self, about: Description, code: str, trip: Trip) -> ExchangedTokens:
        own = self._settings
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": own.redirect_uri,
            "code_verifier": trip.verifier,
        }
        headers = {}
        if own.client_secret is None:
            form["client_id"] = own.client_id
        elif _BASIC in about.token_endpoint_auth_methods_supported:
            headers["Authorization"] = aiohttp.encode_basic_auth(_plain(own.client_id), _plain(own.client_secret))
        else:
            form |= {"client_id": own.client_id, "client_secret": own.client_secret}
        return _read(await self._ask("POST", about.token_endpoint, data=form, headers=headers), ExchangedTokens)

    async def _user_info(self, url: str, token: str) -> dict[str, Any]:
        return _read(await self._ask("GET", url, headers={"Authorization": f"Bearer {token}"}), dict[str, Any])

    async def _ask(self, method: str, url: str, **more: Any) -> bytes:
        """Ask, and return the answer's body. Raises NotProvedError, which quotes nothing of it."""
        connector = aiohttp.TCPConnector(socket_factory=self._socket_factory)
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
        try:
            async with (
                aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as http,
                http.request(method, url, timeout=timeout, allow_redirects=False, **more) as answer,
            ):
                body = await _all_of(answer.content)
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            raise NotProvedError(_AWAY) from error
        if answer.status != HTTPStatus.OK:
            raise NotProvedError(_AWAY if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR else _REFUSED)
        return body


_REFUSED: Final = (
    "The provider refused what it was asked. Try again; if it happens always, the settings of the sign-in are wrong."
)


async def _all_of(content: aiohttp.StreamReader) -> bytes:
    """Read to the end. Raises ValueError if that is too far."""
    body = bytearray()
    async for piece in content.iter_chunked(64 * 1024):
        body += piece
        if len(body) > ANSWER_MAX:
            raise ValueError("too long")
    return bytes(body)


def _read(body: bytes, shape: type[Shape]) -> Shape:
    try:
        return msgspec.json.decode(body, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise NotProvedError("The provider's answer can't be read.") from error


def _drawn() -> str:
    return secrets.token_urlsafe(32)


def _challenge(verifier: str) -> str:
    """RFC 7636, 4.2: the verifier's SHA-256."""
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _plain(text: str) -> str:
    """RFC 6749, 2.3.1: as a form writes it, before it goes into the header."""
    return quote(text, safe="")
