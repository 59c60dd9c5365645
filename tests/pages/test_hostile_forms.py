"""Every field of every form of every page, with what nobody should write there: no page fails, and nothing of it is markup.

Forms and their fields are read off the pages themselves, so that a new field is tried by itself.
"""

import asyncio
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import lxml.html
import pytest

from gateway.pages import one_request, tasks
from gateway.pages.site import PAGES
from gateway.workflow.records import State
from gateway.workflow.staff import StaffRole
from gateway.workflow.tasks import TaskKind
from tests.pages.conftest import Browser, SignIn, Site
from tests.pages.test_one_request import with_request

TEXTS: Final[Mapping[str, str]] = {
    "a script": '<script>hostile()</script>"><img src=x onerror=hostile()>',
    "quotes": "'\"`{{ 7*7 }}${7*7}<!--]]>",
    "right to left, never closed": "\u202etxet\u2066 \u202b",
    "emoji": "\U0001f4da\U0001f9d1\u200d\U0001f4bb",
    "NUL": "a\0b",
    "ten thousand letters": "W" * 10_000,
    "a lone surrogate's bytes": "\ufffd\ufeff",
    "line ends": "a\r\nSet-Cookie: stolen=1\r\n\r\nb",
    "a number too long": "9" * 400,
}
MARKUP: Final = ("<script>hostile", "<img src=x")
PLACES: Final[Mapping[str, str]] = {
    "partner": "valley",
    "peer": "hub",
    "range": "pool",
    "version": "1",
    "request": "r1",
    "account": "a-person-viewer",
    "list": "pull",
    "report": "annual",
    "figure": "provided",
}
LEADING_BACK: Final = (one_request.lead_back, tasks.lead_back)
ENDS_THE_VISIT: Final = ("/sign-out", "/end", "/end-sessions", "/disable")
NO_PAGES: Final = ("/events", "/messages/", "/account/stay", "/sign-in", ".pdf", ".csv", "/news")
"""A stream, what is asked for by a number, a sign of life, what leads to a provider, files."""
Form = tuple[str, str, dict[str, str], set[str]]


def forms_in(page: str) -> list[Form]:
    """The forms of a page: where each goes, how, its fields with their values, and the names of those for text."""
    document: Any = lxml.html.document_fromstring(page)
    found: dict[Any, Form] = {
        form: (form.get("action", ""), form.get("method", "get"), {}, set()) for form in document.iter("form")
    }
    for field in document.iter("input", "textarea", "select", "button"):
        form = (
            document.get_element_by_id(field.get("form"))
            if "form" in field.attrib
            else next(field.iterancestors("form"), None)
        )
        if form is not None and field.get("name"):
            _, _, values, texts = found[form]
            _note(field, values, texts)
    return list(found.values())


def _note(field: Any, values: dict[str, str], texts: set[str]) -> None:
    name, value = field.get("name"), field.get("value", "")
    kind = field.get("type", "text") if field.tag == "input" else field.tag
    if kind in {"checkbox", "radio", "file", "button"}:
        values.setdefault(name, value)
        return
    values[name] = value
    if kind != "hidden":
        texts.add(name)


async def forms_of(browser: Browser, address: str) -> list[Form]:
    async with browser.http.get(browser.url + address) as answer:
        assert answer.status in {200, 404}, address
        if answer.status == 404 or answer.content_type != "text/html":
            return []  # what this request or house has none of, and files
        html = browser._read(await answer.text())
    return [
        (urljoin(address, action), method, fields, texts)
        for action, method, fields, texts in forms_in(html)
        if texts and not urlsplit(action).path.endswith(ENDS_THE_VISIT)
    ]


def addresses() -> Iterator[str]:
    for page in PAGES:
        is_page = page.method == "GET" and page.right is not None and page.function not in LEADING_BACK
        if is_page and not any(part in page.path for part in NO_PAGES):
            yield re.sub(r"{(\w+)[^}]*}", lambda part: PLACES.get(part[1], "1"), page.path)


async def send(browser: Browser, action: str, method: str, fields: Mapping[str, str]) -> tuple[int, str]:
    if method.lower() == "post":
        return await browser.post(action, fields=dict(fields) | {"form_token": browser.form_token})
    async with browser.http.get(browser.url + urlsplit(action).path, params=dict(fields)) as answer:
        return answer.status, await answer.text(errors="replace")  # some lead to a PDF


@pytest.fixture
async def browser(site: Site, sign_in: SignIn) -> Browser:
    await with_request(site, "r1", State.DECIDING, TaskKind.ANSWER)
    await site.live.call("POST", "/pool", body={"range": "pool", "barcodes": ["P-1"]})
    await site.live.call("PUT", "/policy", body={"version": 0, "policy": {"lines": [{"name": "All"}]}})
    return await sign_in(StaffRole.ADMIN)


@pytest.mark.process  # some forms print
@pytest.mark.parametrize("text", TEXTS)
async def test_no_text_in_any_field_of_any_form_fails_or_becomes_markup(browser: Browser, text: str):
    faults: list[str] = []
    tried: set[tuple[str, str]] = set()
    for address in dict.fromkeys(addresses()):
        for action, method, fields, texts in await forms_of(browser, address):
            for name in (*sorted(texts), None):
                if (action, name or "") in tried:
                    continue
                tried.add((action, name or ""))
                filled = dict.fromkeys(texts if name is None else [name], TEXTS[text])
                async with asyncio.timeout(120):
                    status, html = await send(browser, action, method, fields | filled)
                if status >= 500 or any(markup in html for markup in MARKUP):
                    faults.append(f"{address} {action} {name or 'all'}: {status}")
    assert faults == []
    assert len(tried) > 60, "the pages have as many fields"


@pytest.mark.parametrize("back", ["//[", "http://[", "/\\[", "\x00"])
async def test_a_list_is_answered_for_whatever_address_its_form_leads_back_to(sign_in: SignIn, back: str):
    """An address that can't be taken apart has no filters."""
    browser = await sign_in()
    for path in ("/lists/pull", "/requests/acts"):
        await browser.get("/lists/pull")
        status, page = await browser.post(path, fields={"back": back, "act": "flag"})
        assert (status, "Choose requests first" in page) == (200, True), path
    await browser.get("/lists/pull")
    status, page = await browser.post("/lists/pull/print", fields={"back": back})
    assert (status, "There is nothing to print." in page) == (404, True)
