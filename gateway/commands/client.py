"""The API as the commands see it: one call at a time, and every failure in words.

On the standard library's http.client and msgspec alone, so that a command starts at once.
"""

import argparse
import http.client
import json
import os
import socket
import ssl
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, BinaryIO, Final, Self, TypeVar, cast
from urllib.parse import SplitResult, quote, urlencode, urlsplit

import msgspec

from gateway.commands.base import DEFAULT_URL, TOKEN_VARIABLE, URL_VARIABLE, Failure
from gateway.commands.option_names import in_options
from gateway.commands.output import AtLibrary, CountedFile, json_flag, print_json, progress
from gateway.desk.structs.common import TIME_ZONE, Problem, Refusal

Shape = TypeVar("Shape")

PREFIX: Final = "/api/v1"
TIMEOUT_S: Final = 60.0
UPLOAD_TIMEOUT_S: Final = 900.0


def calling_flags() -> argparse.ArgumentParser:
    """Return the flags of a command that calls the gateway, as a parent: those that `ApiClient.of` reads, and --json."""
    flags = argparse.ArgumentParser(add_help=False, parents=[json_flag()])
    flags.add_argument("--url", help=f"where the gateway's API is (${URL_VARIABLE}; {DEFAULT_URL})")
    flags.add_argument(
        "--token", help=f"who asks (better: ${TOKEN_VARIABLE}, which other users of this machine can't see)"
    )
    return flags


@dataclass(frozen=True)
class ApiClient:
    """Where the running gateway is, and the token to call it with."""

    url: str
    token: str
    timeout_s: float = TIMEOUT_S
    options: frozenset[str] = frozenset()
    """Those that the command has: a refusal names what is wrong by them."""

    @classmethod
    def of(cls, options: argparse.Namespace) -> Self:
        """Take flags first, then the environment. Raises Failure without a token, or with an address that is none."""
        url = options.url or os.environ.get(URL_VARIABLE) or DEFAULT_URL
        token = options.token or os.environ.get(TOKEN_VARIABLE) or ""
        if not _is_address(url):
            raise Failure(f"{url} is not an address of a gateway: it starts with http:// or https://.")
        if not token or not token.isascii() or not token.isprintable():
            raise Failure(f"A token is needed: set {TOKEN_VARIABLE}, or give --token.")
        return cls(url=url.rstrip("/"), token=token, options=frozenset(vars(options)))

    def ask(
        self,
        method: str,
        *path: str,
        query: msgspec.Struct | None = None,
        body: object | None = None,
        key: str | None = None,
    ) -> "ApiAnswer":
        """Make a call: a struct's fields as parameters, a struct or a record's fields as JSON. Raises Failure.

        Parts of the path are quoted. With the same `key` twice it is done once.
        """
        data = None if method == "GET" else msgspec.json.encode({} if body is None else body)
        headers = {} if data is None else {"Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        return ApiAnswer(self._call(method, path, _parameters(query), data, headers))

    def hand_in(self, *path: str, file: Path, content_type: str, query: msgspec.Struct | None = None) -> "ApiAnswer":
        """Send a file as it is read, and show how far that is. Raises Failure with the gateway's own words where it said no."""
        try:
            with file.open("rb") as source:
                counted = CountedFile(source, file.stat().st_size)
                headers = {"Content-Type": content_type, "Content-Length": str(counted.size)}
                with progress(counted.words):
                    body = cast(BinaryIO, counted)
                    return ApiAnswer(
                        self._call("POST", path, _parameters(query), body, headers, timeout_s=UPLOAD_TIMEOUT_S)
                    )
        except OSError as error:
            raise Failure(f"{file} can't be read: {error.strerror}.") from None

    def _call(
        self,
        method: str,
        path: tuple[str, ...],
        query: Mapping[str, Any],
        body: bytes | BinaryIO | None,
        headers: Mapping[str, str],
        *,
        timeout_s: float | None = None,
    ) -> bytes:
        parts = urlsplit(self.url)
        target = parts.path + PREFIX + "".join(f"/{quote(part, safe='')}" for part in path) + _query(query)
        connection = _connection(parts, timeout_s or self.timeout_s)
        try:
            connection.request(method, target, body, {"Authorization": f"Bearer {self.token}", **headers})
            response = connection.getresponse()
            data = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise Failure(_trouble(self.url, error)) from None
        finally:
            connection.close()
        AtLibrary.zone = response.getheader(TIME_ZONE) or ""
        if response.status >= HTTPStatus.MULTIPLE_CHOICES:
            raise Failure(_refusal(self.url, response.status, data, self.options))
        return data


@dataclass(frozen=True)
class ApiAnswer:
    """What the gateway answered: as it came, or as the struct that it is."""

    data: bytes

    def of(self, shape: type[Shape]) -> Shape:
        """Read the struct; what a newer gateway says beside it is passed over. Raises Failure."""
        try:
            return msgspec.json.decode(self.data, type=shape)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise Failure(
                f"The answer can't be read ({error}): is this the gateway's address, and its version?"
            ) from None

    def json(self) -> Any:
        """Read JSON for scripts. Raises Failure."""
        return _decoded(self.data)

    def text(self) -> str:
        """Read a file that is text."""
        return self.data.decode("utf-8")


def told(options: argparse.Namespace, answer: ApiAnswer, shape: type[Shape], say: Callable[[Shape], None]) -> Shape:
    """Print an answer as JSON where that is asked for, else in words; return it. Raises Failure."""
    found = answer.of(shape)
    if options.json:
        print_json(answer.json())
    else:
        say(found)
    return found


def made(shape: type[Shape], **fields: Any) -> Shape:
    """Make what is sent of what was typed, as far as it was, and as it was: the gateway checks it, and says what is wrong in its words."""
    return shape(**{name: value for name, value in fields.items() if value is not None})


def _parameters(query: msgspec.Struct | None) -> Mapping[str, Any]:
    """What differs from the usual, as it stands in an address."""
    if query is None:
        return {}
    usual = {each.name: each.default for each in msgspec.structs.fields(query)}
    given = {name: value for name, value in msgspec.structs.asdict(query).items() if value != usual[name]}
    return {name: str(value).lower() if isinstance(value, bool) else value for name, value in given.items()}


def _connection(parts: SplitResult, timeout_s: float) -> http.client.HTTPConnection:
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    return kind(parts.hostname or "", parts.port, timeout=timeout_s)


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, a bracket without its end
        return False


def _query(query: Mapping[str, Any]) -> str:
    given = {name: value for name, value in query.items() if value not in (None, ())}
    return f"?{urlencode(given, doseq=True)}" if given else ""


def _decoded(data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError:
        raise Failure("The answer is not JSON: is this the gateway's address?") from None


def _trouble(url: str, error: Exception) -> str:
    """Say why there was no answer."""
    match error:
        case ConnectionRefusedError():
            return f"No gateway answers at {url}: start it with “ill-gateway serve”, or name another with --url."
        case socket.gaierror():
            return f"The name in {url} is not known."
        case TimeoutError():
            return f"The gateway at {url} did not answer in time."
        case ssl.SSLCertVerificationError():
            return f"The certificate of {url} is not trusted: {error.verify_message}."
        case _:
            return f"The connection to {url} broke: {error or type(error).__name__}."


def _refusal(url: str, status: int, data: bytes, options: Collection[str]) -> str:
    """Say what the gateway said; its words where it gave some."""
    try:
        refusal = msgspec.json.decode(data, type=Refusal)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return f"{url} answered HTTP {status}: is this the gateway's address?"
    if status == HTTPStatus.UNAUTHORIZED:
        return (
            f"The gateway doesn't know this token, or it is no longer valid: it was revoked, has ended, or is suspended after a restore "
            f"({TOKEN_VARIABLE} or --token)."
        )
    said = refusal.detail.casefold()
    lines = [line for line in map(problem_line, refusal.problems or ()) if line.casefold() not in said]
    return "\n".join([in_options(refusal.detail, options), *(f"  {in_options(line, options)}" for line in lines)])


def problem_line(problem: Problem) -> str:
    """Say where something is wrong in a list or a record, and what."""
    row = f"row {problem.row}" if problem.row else None
    return f"{', '.join(str(part) for part in (row, problem.column) if part) or 'as a whole'}: {problem.words}"
