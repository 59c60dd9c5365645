"""A browser as far as benchmarks need one: signs in, and asks for pages over one connection, one after the other."""

import http.client
import time
from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

import msgspec

from gateway.pages.guards import FIELD, form_token

PASSWORD: Final = "made-up-for-a-benchmark"  # noqa: S105 - opens nothing else
COOKIE: Final = "desk"
TIMEOUT_S: Final = 60.0
_FORM: Final = "application/x-www-form-urlencoded"


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What came, and after how long: the first byte, and all of it."""

    status: int
    kind: str
    body: bytes
    first_byte_ms: float
    whole_ms: float


class Browser:
    """Somebody who is signed in."""

    def __init__(self, port: int, name: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
        self._headers: dict[str, str] = {}
        self.token = self._sign_in(name)

    def _sign_in(self, name: str) -> str:
        fields = urlencode({"name": name, "password": PASSWORD})
        self._connection.request("POST", "/sign-in", fields, {"Content-Type": _FORM})
        response = self._connection.getresponse()
        response.read()
        token = response.headers.get("Set-Cookie", "").partition(f"{COOKIE}=")[2].partition(";")[0]
        if response.status != HTTPStatus.SEE_OTHER or not token:
            raise RuntimeError(f"{name} is not signed in: {response.status}")
        self._headers = {"Cookie": f"{COOKIE}={token}"}
        return token

    def get(self, path: str) -> Answer:
        """Ask for a page."""
        return self._ask("GET", path, None, {})

    def post(self, path: str, fields: dict[str, str], headers: dict[str, str] | None = None) -> Answer:
        """Send a form, with its token."""
        body = urlencode({FIELD: form_token(self.token), **fields})
        return self._ask("POST", path, body, {"Content-Type": _FORM, **(headers or {})})

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Answer:
        began = time.perf_counter()
        self._connection.request(method, path, body, self._headers | headers)
        response = self._connection.getresponse()
        first = time.perf_counter()
        data = response.read()
        return Answer(
            status=response.status,
            kind=response.headers.get_content_type(),
            body=data,
            first_byte_ms=(first - began) * 1e3,
            whole_ms=(time.perf_counter() - began) * 1e3,
        )
