"""The API's description of itself: as it is committed, and as what the API really answers."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from yarl import URL

from gateway.desk.workbooks import XLSX
from gateway.web.api import PREFIX, ROUTES, openapi
from gateway.web.openapi import failures_of
from gateway.web.routes import placeholders
from tests.fakes.examples import examples
from tests.store.fresh import Fill
from tests.web.everything import HILLS, NAMES, everything
from tests.web.known import VALLEY
from tests.web.live import Live
from tests.web.usual_calls import NEVER_DONE, USUAL, Usual
from tests.web.values import values

COMMITTED = Path(__file__).parents[2] / "docs/openapi.json"
DOCUMENT = json.loads(openapi())
CALLS = [(path, method) for path, methods in DOCUMENT["paths"].items() for method in methods]
KNOWN: Mapping[str, list[Any]] = {
    "partner": [VALLEY.id, HILLS.id],
    "peer": ["hub", "idle"],
    "version": [1, 0],
    "view": ["rush"],
    "figure": ["provided", "bills"],
    "report": ["annual", "board"],
}
"""What a live API has by these names, beside what was made for the test (NAMES); else a call would seldom get beyond “not found”."""
FILES = {
    "text/csv": [
        "id,name,peer,symbols\neast,Example East,hub,ISIL:XX-E\n",
        "item_barcode,branch,isbn\nP-1,Main,9780306406157\n",
    ],
    "application/json": ["[]", "{}", '{"peers": [], "partners": []}'],
    "*/*": ["customer,title,pickup\n20000000090031,The Imaginary Almanac,Main\n"],
}
"""By the type that is taken; a list of orders is CSV whatever it says it is."""


def test_the_committed_document_is_what_the_table_says():
    assert COMMITTED.read_text() == openapi(), "python -m gateway.web > docs/openapi.json"


def test_every_route_is_described():
    described = {named(*each) for each in CALLS}
    assert described == {f"{row.method} {placeholders(row.path)}" for row in ROUTES}


def test_what_is_said_of_calls_is_said_of_real_ones():
    assert {*USUAL, *NEVER_DONE} <= {named(*each) for each in CALLS}


async def test_the_api_serves_it(live: Live):
    assert await live.call("GET", "/openapi.json", role="viewer") == (200, DOCUMENT)


def test_every_call_says_as_what_its_answer_comes():
    answers = {(named(*each), status): said for each in CALLS for status, said in responses(*each).items()}
    assert [each for each, said in answers.items() if "$ref" not in said and not said["content"]] == []


def test_every_schema_is_one():
    for schema in DOCUMENT["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_a_name_of_a_function_is_a_calls_alone():
    names = [operation["operationId"] for methods in DOCUMENT["paths"].values() for operation in methods.values()]
    assert len(names) == len(set(names))


def whole(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A schema with what it refers to."""
    return {**schema, "components": DOCUMENT["components"]}


@cache
def validator(schema: str) -> Draft202012Validator:
    return Draft202012Validator(whole(json.loads(schema)))


@cache
def allowed(schema: str) -> st.SearchStrategy[Any]:
    return values(json.loads(schema), DOCUMENT["components"]["schemas"])


def drawn(data: st.DataObject, schema: Mapping[str, Any]) -> Any:
    return data.draw(allowed(json.dumps(schema)))


def address(data: st.DataObject, path: str, operation: Mapping[str, Any], usual: Usual) -> URL:
    """The call's address, with values for what stands in it and some of its parameters."""
    query = []
    for each in operation.get("parameters", ()):
        name = each["name"]
        if each["in"] == "path":
            known = usual.path.get(name) or KNOWN.get(name) or NAMES.get(name)
            if known and not data.draw(st.booleans()):
                value = quoted(data.draw(st.sampled_from(known)))
            else:
                value = quoted(drawn(data, each["schema"])).replace(".", "x") or "x"
            path = path.replace(f"{{{name}}}", value)
        elif each["in"] == "query" and data.draw(st.booleans()):
            value = drawn(data, each["schema"])
            query += [f"{name}={quoted(part)}" for part in (value if isinstance(value, list) else [value])]
        elif each["in"] == "query" and name in usual.query:
            query.append(f"{name}={quoted(usual.query[name])}")
    return URL(path + (f"?{'&'.join(query)}" if query else ""), encoded=True)


def quoted(value: Any) -> str:
    text = json.dumps(value) if isinstance(value, bool) else str(value)
    return quote(text, safe="", errors="replace")


def headers(data: st.DataObject, operation: Mapping[str, Any]) -> dict[str, str]:
    """Some of the headers that the call takes."""
    named = [each for each in operation.get("parameters", ()) if each["in"] == "header"]
    return {each["name"]: quoted(drawn(data, each["schema"])) for each in named if data.draw(st.booleans())}


def body(data: st.DataObject, operation: Mapping[str, Any], usual: Usual) -> dict[str, Any]:
    """What is sent: what usually is; JSON of the body's schema, seldom something else; a file of the kind that is taken."""
    content = operation.get("requestBody", {}).get("content", {})
    if not content:
        return {}
    kind = data.draw(st.sampled_from(sorted(content, reverse=True)))
    if usual.body is not None and not data.draw(st.integers(0, 3)):
        text = usual.body if isinstance(usual.body, str) else json.dumps(usual.body)
    elif "schema" in content[kind]:
        schema = content[kind]["schema"]
        value = data.draw(st.integers() | st.text()) if data.draw(st.integers(0, 9)) == 9 else drawn(data, schema)
        text = json.dumps(value)
    else:
        text = data.draw(st.sampled_from(FILES[kind]) | st.text(max_size=200))
    return {"data": text.encode("utf-8", "replace"), "headers": {"Content-Type": kind}}


def complaints(operation: Mapping[str, Any], status: int, content_type: str, data: bytes) -> list[str]:
    """What of an answer the document does not say."""
    said = operation["responses"].get(str(status))
    if said is None:
        return [f"{status} is not named: {data[:300]!r}"]
    if "$ref" in said:
        said = DOCUMENT["components"]["responses"][said["$ref"].rpartition("/")[2]]
    if content_type not in said["content"]:
        return [f"{status} comes as {content_type}"]
    schema = said["content"][content_type].get("schema")
    errors = validator(json.dumps(schema)).iter_errors(json.loads(data)) if schema else ()
    return [f"{status} {error.json_path}: {error.message[:300]}" for error in errors]


def named(path: str, method: str) -> str:
    """A call's name, as in the table of routes."""
    return f"{method.upper()} {path.removeprefix(PREFIX)}"


def responses(path: str, method: str) -> Mapping[str, Any]:
    """What a call may be answered with, by status."""
    answers: Mapping[str, Any] = DOCUMENT["paths"][path][method]["responses"]
    return answers


def call(path: str, method: str) -> Any:
    """A call as a case; what is given as PDF or as a workbook is made by a process."""
    given = json.dumps(responses(path, method))
    marks = [pytest.mark.process] if "application/pdf" in given or XLSX in given else []
    return pytest.param(path, method, id=f"{method} {path.removeprefix(PREFIX)}", marks=marks)


@pytest.fixture
def fill() -> Fill:
    """A library with one of each thing."""
    return everything


@pytest.fixture
def statuses(path: str, method: str) -> Iterator[set[int]]:
    """The statuses that a call was answered with: it did at least once what it is for."""
    found: set[int] = set()
    yield found
    name = named(path, method)
    done = any(200 <= status < 300 for status in found)
    assert done != (name in NEVER_DONE), f"{name} was answered {sorted(found)}: see USUAL and NEVER_DONE"


@pytest.mark.parametrize(("path", "method"), [call(*each) for each in CALLS])
@examples(
    25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much, HealthCheck.too_slow],
)
@given(data=st.data())
async def test_whatever_is_sent_is_answered_as_the_document_says(
    live: Live, path: str, method: str, statuses: set[int], data: st.DataObject
):
    """The simplest example, which is the first, is the usual call: the thing itself, no parameters, a body that is taken."""
    operation, usual = DOCUMENT["paths"][path][method], USUAL.get(named(path, method), Usual())
    if usual.before is not None and not statuses:
        await usual.before(live)
    target = address(data, path, operation, usual)
    sent = body(data, operation, usual)
    token = {"Authorization": f"Bearer {live.tokens['admin']}"}
    sent["headers"] = token | sent.get("headers", {}) | headers(data, operation)
    url = URL(f"{live.url}{target}", encoded=True)
    async with live.http.request(method, url, **sent) as answer:
        statuses.add(answer.status)
        assert complaints(operation, answer.status, answer.content_type, await answer.read()) == [], (url, sent)


def test_every_failure_that_a_route_may_have_is_told_in_words():
    named = {failure for row in ROUTES for failure in failures_of(row)}
    assert {each.name for each in named} == set(DOCUMENT["components"]["responses"])
