"""A row of the API: how it is called, what right it needs, and the function of the desk that does it.

What a call takes and what it answers is said once, by the function's own annotations: `body` is the JSON, the `Upload`, or what is
`Incoming`, that it takes; `query` is a struct of parameters; `key` is the header Idempotency-Key; every other argument stands in the path under its name.
From the same row and the same annotations a call is decoded here, and `openapi.py` derives the document.
"""

import inspect
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus
from typing import Any, Final, get_args, get_type_hints

from aiohttp import web

from gateway.desk.access import Caller, Right
from gateway.desk.errors import UnusableError
from gateway.desk.parameters import read_fields, read_path
from gateway.desk.ports import Desk
from gateway.desk.structs.common import Download, Incoming, Outgoing, Upload
from gateway.web.answers import JSON_MAX, arriving, file, ok, read_bytes, read_json, sent

KEY: Final = "Idempotency-Key"
"""The header by which a call that comes twice does nothing twice (draft-ietf-httpapi-idempotency-key-header)."""
JSON: Final = "application/json"
Function = Callable[..., Awaitable[Any]]
"""A function of the desk: `(desk, caller, …)`."""


@dataclass(frozen=True, slots=True)
class Signature:
    """What a function of the desk takes and returns."""

    path: Mapping[str, Any]
    query: Any
    """A struct; None if it takes no parameters."""
    body: Any
    """A struct, a mapping of a record's fields, Upload, or Incoming; None if it takes no body."""
    key: Any
    """None if the same call twice is two calls."""
    answers: tuple[Any, ...]


@dataclass(frozen=True)
class Route:
    """One row."""

    method: str
    path: str
    right: Right
    function: Function
    status: HTTPStatus = HTTPStatus.OK
    repeated: HTTPStatus | None = None
    """In its place where the answer is not new (`is_new`): the call was made before."""
    takes: tuple[str, ...] = ()
    """The content types of an Upload; none: any."""
    most_bytes: int = JSON_MAX
    gives: tuple[str, ...] = field(default=())
    """The content types of a Download or of what is Outgoing."""

    @cached_property
    def signature(self) -> Signature:
        """Read the function's annotations, once."""
        hints = get_type_hints(self.function, include_extras=True)
        names = list(inspect.signature(self.function).parameters)[2:]
        path = {name: hints[name] for name in names if name not in {"query", "body", "key"}}
        answer = hints["return"]
        return Signature(
            path=path,
            query=hints.get("query"),
            body=hints.get("body"),
            key=hints.get("key"),
            answers=get_args(answer) or (answer,),
        )

    async def answer(self, desk: Desk, caller: Caller, http: web.Request) -> web.StreamResponse:
        """Decode the call, hand it to the desk, and encode what it returns."""
        asked = self.signature
        arguments = read_path(http.match_info, asked.path)
        if asked.query is not None:
            arguments["query"] = read_fields(http.query, asked.query)
        if asked.body is not None:
            arguments["body"] = await self._body(http, asked.body)
        if asked.key is not None:
            arguments["key"] = http.headers.get(KEY)
        found = await self.function(desk, caller, **arguments)
        if isinstance(found, Outgoing):
            return await sent(http, found)
        return file(found) if isinstance(found, Download) else ok(found, self._status_of(found))

    def _status_of(self, found: Any) -> HTTPStatus:
        return self.status if self.repeated is None or found.is_new else self.repeated

    async def _body(self, http: web.Request, shape: Any) -> Any:
        if shape is Incoming:
            return Incoming(content_type=http.content_type, chunks=arriving(http, self.most_bytes))
        if shape is not Upload:
            return await read_json(http, shape)
        if self.takes and http.content_type not in self.takes:
            raise UnusableError(f"Content-Type: {' or '.join(self.takes)}.")
        return Upload(content_type=http.content_type, data=await read_bytes(http, self.most_bytes))


def placeholders(path: str) -> str:
    """Return a path with the names of its placeholders alone, without their patterns."""
    return re.sub(r"\{(\w+):(?:[^{}]|\{[^{}]*\})*\}", r"{\1}", path)
