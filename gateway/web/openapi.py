"""The API's description of itself, OpenAPI 3.1: derived from the table of routes and the desk's structs. Pure.

`python -m gateway.web` prints it; docs/openapi.json is that, and a test compares.
"""

import inspect
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from itertools import groupby
from typing import Any, Final

import msgspec

from gateway import __version__
from gateway.desk.access import RIGHTS, Right
from gateway.desk.structs.common import Download, Incoming, Outgoing, Refusal, Upload
from gateway.web.routes import JSON, KEY, Route, placeholders

Json = dict[str, Any]

_REFS: Final = "#/components/schemas/{name}"
_ALWAYS: Final = (
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
"""No valid token; without the right; too many wrong tokens; no store."""
_OF_A_BODY: Final = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
)
_ABOUT: Final = (
    "What staff can ask and do. Every call carries `Authorization: Bearer <name>.<secret>`; the role that it needs at least stands under "
    "`security`. Times are ISO 8601, amounts are strings. A field or a value of a list may be added to an answer at any time; none is "
    "ever renamed. A body must have no field but those that are named. What is refused is said in words (`Refusal`)."
)


def document(routes: Iterable[Route], prefix: str) -> Json:
    """Describe the routes, whose addresses begin with the prefix."""
    table = sorted(routes, key=lambda route: placeholders(route.path))
    schemas, components = _schemas(table)
    paths = {
        prefix + path: {route.method.lower(): _operation(route, schemas, components) for route in same}
        for path, same in groupby(table, key=lambda route: placeholders(route.path))
    }
    for query in {route.signature.query for route in table} - {None}:
        del components[query.__name__]  # its fields stand beside each call that takes them
    return {
        "openapi": "3.1.0",
        "info": {"title": "ill-gateway", "version": __version__, "description": _ABOUT},
        "paths": paths,
        "components": {
            "schemas": dict(sorted(components.items())),
            "responses": {
                each.name: {"description": each.phrase, "content": {JSON: {"schema": schemas[Refusal]}}}
                for each in sorted({failure for route in table for failure in failures_of(route)})
            },
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _schemas(table: Iterable[Route]) -> tuple[Mapping[Any, Json], Json]:
    """Return the schema of every type by the type, and the components that they refer to."""
    types = dict.fromkeys(_types(table))
    schemas, components = msgspec.json.schema_components(types, ref_template=_REFS)
    return dict(zip(types, schemas, strict=True)), components


def _types(table: Iterable[Route]) -> Iterator[Any]:
    yield Refusal
    for route in table:
        asked = route.signature
        found = (*asked.path.values(), asked.query, asked.body, asked.key, *asked.answers)
        yield from (each for each in found if each not in {None, Upload, Incoming, Download, Outgoing})


def _operation(route: Route, schemas: Mapping[Any, Json], components: Json) -> Json:
    summary, _, more = (inspect.getdoc(route.function) or "").partition("\n\n")
    operation: Json = {
        "operationId": route.function.__name__,
        "tags": [route.function.__module__.rpartition(".")[2]],
        "summary": " ".join(summary.split()),
        "security": [{"token": [_least_role(route.right)]}],
        "responses": _responses(route, schemas),
    }
    parameters = list(_parameters(route, schemas, components))
    told = {"description": " ".join(more.split()), "parameters": parameters, "requestBody": _body(route, schemas)}
    return operation | {name: value for name, value in told.items() if value}


def _least_role(right: Right) -> str:
    return next(role for role, rights in RIGHTS.items() if right in rights)


def _parameters(route: Route, schemas: Mapping[Any, Json], components: Json) -> Iterator[Json]:
    asked = route.signature
    for name, kind in asked.path.items():
        yield {"name": name, "in": "path", "required": True, "schema": schemas[kind]}
    if asked.query is not None:
        shape = components[asked.query.__name__]
        for name, schema in shape["properties"].items():
            required = name in shape.get("required", ())
            yield {"name": name, "in": "query", "required": required, "schema": _without_null(schema)}
    if asked.key is not None:
        yield {"name": KEY, "in": "header", "required": False, "schema": _without_null(schemas[asked.key])}


def _without_null(schema: Json) -> Json:
    """Leave null out of what a parameter may be: it is left out instead."""
    if "anyOf" not in schema:
        return schema
    rest = [each for each in schema["anyOf"] if each != {"type": "null"}]
    return rest[0] if len(rest) == 1 else {"anyOf": rest}


def _body(route: Route, schemas: Mapping[Any, Json]) -> Json | None:
    shape = route.signature.body
    if shape is None:
        return None
    if shape in {Upload, Incoming}:
        return {"required": True, "content": {each: {} for each in route.takes or ("*/*",)}}
    return {"content": {JSON: {"schema": schemas[shape]}}}


def _responses(route: Route, schemas: Mapping[Any, Json]) -> Json:
    statuses = [each for each in (route.status, route.repeated) if each is not None]
    done = {
        str(each.value): {"description": each.phrase, "content": _answers(route, schemas)} for each in sorted(statuses)
    }
    return done | {
        str(each.value): {"$ref": f"#/components/responses/{each.name}"} for each in sorted(failures_of(route))
    }


def _answers(route: Route, schemas: Mapping[Any, Json]) -> Json:
    content: Json = {each: {} for each in route.gives}
    shapes = [schemas[shape] for shape in route.signature.answers if shape not in {Download, Outgoing}]
    if shapes:
        content[JSON] = {"schema": shapes[0] if len(shapes) == 1 else {"anyOf": shapes}}
    return content


def failures_of(route: Route) -> frozenset[HTTPStatus]:
    """Say with which statuses a call of the route can fail, but for what is wrong in the gateway itself."""
    found = {*_ALWAYS}
    asked = route.signature
    if asked.path:
        found.add(HTTPStatus.NOT_FOUND)
    if route.method != "GET" or "request" in asked.path:  # a number may be that of several requests
        found.add(HTTPStatus.CONFLICT)
    if asked.query is not None:
        found.add(HTTPStatus.UNPROCESSABLE_ENTITY)
    if asked.body is not None:
        found.update(_OF_A_BODY)
    return frozenset(found)
