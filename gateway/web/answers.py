"""What goes over the wire: JSON bodies in, JSON answers out, and every error in words.

{"error": "<kind>", "detail": "<a sentence>"}

What the desk can't do (`desk/errors.py`) is answered as the table FAILURES says; what only HTTP knows is here:

ApiError                 an answer that isn't 2xx, raised from anywhere below a handler
├── BadBodyError         400: not JSON, not text, broken off
├── NotIdentifiedError   401: no valid token
├── TooSlowError         408
├── TooLargeError        413
└── PackedError          415: compressed
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from http import HTTPStatus
from math import ceil
from typing import Any, Final, TypeVar

import msgspec
from aiohttp import ClientError, StreamReader, web
from aiohttp.typedefs import Handler
from msgspec import UNSET

from gateway.attachments import attachment, send
from gateway.desk.errors import (
    BusyError,
    ConflictError,
    DeskError,
    HasNoneError,
    NotAllowedError,
    NotPrintedError,
    NotThereError,
    StoreFailedError,
    StoreUnavailable,
    TooOftenError,
    UnreadableError,
    UnusableError,
    WrongPasswordError,
)
from gateway.desk.structs.common import Download, Outgoing, Problem, Refusal

JSON_MAX: Final = 256 * 1024
"""Bytes of a JSON body; a policy of a hundred lines has 20 KB."""
RETRY_AFTER_S: Final = 5
PATIENCE_S: Final = 15.0
"""How long a body may keep us waiting, in all, beyond what it takes at the least speed."""
LEAST_BYTES_PER_S: Final = 10_000
"""A list of the greatest size may take hours; one that trickles in for ever holds its memory and its connection."""

_log = logging.getLogger(__name__)
Shape = TypeVar("Shape")


class ApiError(Exception):
    """An answer that isn't 2xx."""

    status = HTTPStatus.INTERNAL_SERVER_ERROR
    kind = "internal error"

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail

    def headers(self) -> Mapping[str, str]:
        """Headers that belong to the status."""
        return {}


class BadBodyError(ApiError):
    """The body can't be read at all."""

    status = HTTPStatus.BAD_REQUEST
    kind = "unreadable"


class NotIdentifiedError(ApiError):
    """No token, or none that counts."""

    status = HTTPStatus.UNAUTHORIZED
    kind = "not identified"

    def headers(self) -> Mapping[str, str]:
        """RFC 6750: a 401 names the scheme."""
        return {"WWW-Authenticate": "Bearer"}


class TooSlowError(ApiError):
    """The body did not come in time."""

    status = HTTPStatus.REQUEST_TIMEOUT
    kind = "too slow"


class TooLargeError(ApiError):
    """More bytes than the call takes."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    kind = "too large"


class PackedError(ApiError):
    """The body came compressed: a few bytes could stand for any number."""

    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    kind = "compressed"

    def headers(self) -> Mapping[str, str]:
        """RFC 9110, 15.5.16: what would be taken."""
        return {"Accept-Encoding": "identity"}


def ok(value: Any, status: HTTPStatus = HTTPStatus.OK) -> web.Response:
    """Answer with JSON. Records leave their defaults out; datetimes are ISO 8601, amounts are strings."""
    return _json(value, status, {})


def file(download: Download) -> web.Response:
    """Answer with a file, which a browser shows if it can, and saves under its name."""
    if download.data:
        named = {"Content-Disposition": f'inline; filename="{download.name}"', "X-Content-Type-Options": "nosniff"}
        return web.Response(body=download.data, content_type=download.content_type, headers={**_NOT_KEPT, **named})
    return web.Response(text=download.text, content_type=download.content_type, charset="utf-8", headers=_NOT_KEPT)


async def sent(http: web.Request, outgoing: Outgoing) -> web.StreamResponse:
    """Answer with a file that is saved and never shown, as it is read."""
    response = attachment(outgoing.content_type, outgoing.size, outgoing.name)
    await response.prepare(http)
    await send(response, outgoing.chunks)
    return response


async def read_bytes(http: web.Request, max_bytes: int) -> bytes:
    """Read the body as it is. Raises TooLargeError, TooSlowError, PackedError, BadBodyError."""
    return b"".join([chunk async for chunk in arriving(http, max_bytes)])


async def arriving(http: web.Request, max_bytes: int) -> AsyncIterator[bytes]:
    """Yield the body as it is and as it comes. Raises TooLargeError, TooSlowError, PackedError, BadBodyError."""
    if http.headers.get("Content-Encoding", "identity").strip().casefold() != "identity":
        raise PackedError("The body must not be compressed.")
    size = 0
    try:
        async for chunk in _arriving(http.content):
            size += len(chunk)
            if size > max_bytes:
                raise TooLargeError(f"The body may have {max_bytes} bytes.")
            yield chunk
    except TimeoutError:
        raise TooSlowError("The body did not come in time.") from None
    except (ClientError, OSError, web.RequestPayloadError):
        # Whoever hung up hears no answer, and it is no fault of ours.
        raise BadBodyError("The body broke off.") from None


async def _arriving(content: StreamReader) -> AsyncIterator[bytes]:
    """The pieces of a body as they come. Raises TimeoutError where they come more slowly than a body may."""
    loop, left_s = asyncio.get_running_loop(), PATIENCE_S
    while not content.at_eof():
        began_s = loop.time()
        async with asyncio.timeout(left_s):
            chunk = await content.readany()
        yield chunk
        left_s = min(PATIENCE_S, left_s - (loop.time() - began_s) + len(chunk) / LEAST_BYTES_PER_S)


async def read_text(http: web.Request, max_bytes: int) -> str:
    """Read the body as UTF-8, with or without a byte order mark. Raises TooLargeError, BadBodyError."""
    data = await read_bytes(http, max_bytes)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadBodyError(f"The body is not UTF-8 (byte {error.start}).") from None


async def read_json(http: web.Request, shape: type[Shape]) -> Shape:
    """Read the body as JSON of a shape; an empty body is an empty object. Raises TooLargeError, BadBodyError, UnusableError.

    A field that the shape doesn't know is an error, so that a misspelt condition never widens a rule.
    """
    body = await read_text(http, JSON_MAX) or "{}"
    try:
        raw = msgspec.json.decode(body)
        value = msgspec.convert(raw, shape)
    except msgspec.ValidationError as error:
        raise UnusableError(f"{error}.") from None
    except (msgspec.DecodeError, RecursionError) as error:
        raise BadBodyError(f"The body is not JSON: {error}.") from None
    unknown = unknown_fields(raw, value)
    if unknown:
        raise UnusableError(f"Unknown: {', '.join(unknown)}.")
    return value


def unknown_fields(raw: Any, value: Any, path: str = "") -> list[str]:
    """Return the paths of what stands in the JSON and went nowhere in the value made of it."""
    if isinstance(value, msgspec.Struct):
        names = set(value.__struct_encode_fields__)
        found = [f"{path}{name}" for name in raw if name not in names]
        return found + [
            each
            for name in raw
            if name in names
            for each in unknown_fields(raw[name], getattr(value, name), f"{path}{name}.")
        ]
    if isinstance(value, Mapping):
        return [each for name in raw for each in unknown_fields(raw[name], value.get(name), f"{path}{name}.")]
    if isinstance(value, tuple | list):
        pairs = enumerate(zip(raw, value, strict=True))
        return [each for place, pair in pairs for each in unknown_fields(*pair, f"{path}{place}.")]
    return []


@web.middleware
async def errors_in_words(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn whatever is raised below into JSON with the right status; what nobody foresaw is logged, and told without its text."""
    try:
        return await handler(request)
    except ApiError as error:
        return _failed(error.status, error.kind, error.detail, headers=error.headers())
    except DeskError as error:
        return _refused(error)
    except StoreUnavailable as error:
        _log.warning("store unavailable: %s %s: %s", request.method, request.path, error)
        return _refused(StoreFailedError("The store can't be reached or written just now. Nothing was changed."))
    except web.HTTPException as error:
        if error.status < HTTPStatus.BAD_REQUEST:
            raise
        words = _ROUTING.get(error.status, error.reason)
        return _failed(error.status, error.reason.casefold(), words, headers=_allow(error))
    except Exception:  # noqa: BLE001 - logged with its traceback; the caller gets JSON like every other failure
        _log.exception("unforeseen: %s %s", request.method, request.path)
        words = "Something went wrong in the gateway; its log says what."
        return _failed(HTTPStatus.INTERNAL_SERVER_ERROR, "internal error", words)


FAILURES: Final[Mapping[type[DeskError], tuple[HTTPStatus, str]]] = {
    UnreadableError: (HTTPStatus.BAD_REQUEST, "unreadable"),
    NotAllowedError: (HTTPStatus.FORBIDDEN, "not allowed"),
    NotThereError: (HTTPStatus.NOT_FOUND, "not found"),
    HasNoneError: (HTTPStatus.NOT_FOUND, "not found"),
    ConflictError: (HTTPStatus.CONFLICT, "refused"),
    UnusableError: (HTTPStatus.UNPROCESSABLE_ENTITY, "unusable"),
    NotPrintedError: (HTTPStatus.INTERNAL_SERVER_ERROR, "not printed"),
    BusyError: (HTTPStatus.SERVICE_UNAVAILABLE, "busy"),
    WrongPasswordError: (HTTPStatus.FORBIDDEN, "wrong password"),
    TooOftenError: (HTTPStatus.TOO_MANY_REQUESTS, "too many"),
    StoreFailedError: (HTTPStatus.SERVICE_UNAVAILABLE, "store unavailable"),
}
"""How each refusal of the desk is answered: the status, and what stands under `error`."""
_ROUTING: Final[dict[int, str]] = {
    HTTPStatus.NOT_FOUND: "There is no such address.",
    HTTPStatus.METHOD_NOT_ALLOWED: "This address doesn't take this method.",
}
_NOT_KEPT: Final = {"Cache-Control": "no-store"}


def _refused(error: DeskError) -> web.Response:
    status, kind = FAILURES[type(error)]
    return _failed(status, kind, error.detail, error.problems, _come_back(error, status))


def _come_back(error: DeskError, status: HTTPStatus) -> Mapping[str, str]:
    """Say when to ask again, if that helps."""
    if isinstance(error, TooOftenError):
        return {"Retry-After": str(max(1, ceil(error.wait_s)))}
    return {"Retry-After": str(RETRY_AFTER_S)} if status is HTTPStatus.SERVICE_UNAVAILABLE else {}


def _failed(
    status: int,
    kind: str,
    detail: str,
    problems: tuple[Problem, ...] | None = None,
    headers: Mapping[str, str] | None = None,
) -> web.Response:
    failure = Refusal(error=kind, detail=detail, problems=UNSET if problems is None else problems)
    return _json(failure, status, headers or {})


def _json(value: Any, status: int, headers: Mapping[str, str]) -> web.Response:
    return web.Response(
        body=msgspec.json.encode(value),
        status=status,
        content_type="application/json",
        headers={**_NOT_KEPT, **headers},
    )


def _allow(error: web.HTTPException) -> Mapping[str, str]:
    return {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
