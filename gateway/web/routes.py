"""A row of the API: how it is called, what right it needs, and the function of the desk that does it.

What a call takes and what it answers is said once, by the function's own annotations: `body` is the JSON, or the `Upload`, that it
takes; `query` is a struct of parameters; every other argument stands in the path under its name. From the same row and the same
annotations a call is decoded here, and `openapi.py` derives the document.
"""

import inspect
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus
from typing import Any, Final, get_args, get_type_hints

from aiohttp import web

from gateway.desk.access import Right
from gateway.desk.errors import UnusableError
from gateway.desk.parameters import read_fields, read_path
from gateway.desk.ports import Desk
from gateway.desk.structs.common import Download, Upload
from gateway.web.answers import JSON_MAX, file, ok, read_bytes, read_json
from gateway.web.ports import Call, Handler

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
    """A struct, a mapping of a record's fields, or Upload; None if it takes no body."""
    answers: tuple[Any, ...]


@dataclass(frozen=True)
class Route:
    """One row."""

    method: str
    path: str
    right: Right
    function: Function
    status: HTTPStatus = HTTPStatus.OK
    takes: tuple[str, ...] = ()
    """The content types of an Upload; none: any."""
    most_bytes: int = JSON_MAX
    gives: tuple[str, ...] = field(default=())
    """The content types of a Download."""

    @cached_property
    def signature(self) -> Signature:
        """Read the function's annotations, once."""
        hints = get_type_hints(self.function, include_extras=True)
        names = list(inspect.signature(self.function).parameters)[2:]
        path = {name: hints[name] for name in names if name not in {"query", "body"}}
        answer = hints["return"]
        return Signature(
            path=path, query=hints.get("query"), body=hints.get("body"), answers=get_args(answer) or (answer,)
        )

    async def answer(self, desk: Desk, call: Call) -> web.StreamResponse:
        """Decode the call, hand it to the desk, and encode what it returns."""
        asked = self.signature
        arguments = read_path(call.http.match_info, asked.path)
        if asked.query is not None:
            arguments["query"] = read_fields(call.http.query, asked.query)
        if asked.body is not None:
            arguments["body"] = await self._body(call.http, asked.body)
        found = await self.function(desk, call.caller, **arguments)
        return file(found) if isinstance(found, Download) else ok(found, self.status)

    async def _body(self, http: web.Request, shape: Any) -> Any:
        if shape is not Upload:
            return await read_json(http, shape)
        if self.takes and http.content_type not in self.takes:
            raise UnusableError(f"Content-Type: {' or '.join(self.takes)}.")
        return Upload(content_type=http.content_type, data=await read_bytes(http, self.most_bytes))


@dataclass(frozen=True, slots=True)
class Own:
    """A row whose handler decodes and encodes for itself."""

    method: str
    path: str
    right: Right
    handler: Handler

    async def answer(self, desk: Desk, call: Call) -> web.StreamResponse:
        """Leave it all to the handler."""
        return await self.handler(desk, call)


AnyRoute = Route | Own


def placeholders(path: str) -> str:
    """Return a path with the names of its placeholders alone, without their patterns."""
    return re.sub(r"\{(\w+):(?:[^{}]|\{[^{}]*\})*\}", r"{\1}", path)
