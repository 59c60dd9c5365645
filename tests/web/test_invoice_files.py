"""Lenders' invoices over the live API (duty 10): documents that come with them, lists of many, and finding one."""

from typing import Any

import pytest

from gateway.web.api import PREFIX
from gateway.workflow.staff import StaffRole
from tests.web.invoicing import LIST, PDF, TECHNICIAN, came, enter, fetch, hand_in
from tests.web.known import START
from tests.web.live import Live

# ── files ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        (b"<html><script>alert(1)</script>", "application/pdf"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "image/png"),
        (b"MZ\x90\x00 a program", "application/pdf"),
        (b"PK\x03\x04 a zip", "application/pdf"),
        (b" %PDF-1.7 not at the start", "application/pdf"),
        (b"", "application/pdf"),
    ],
)
async def test_a_hostile_file_is_not_taken_whatever_it_says_it_is(live: Live, data: bytes, content_type: str):
    await came(live)
    name = (await enter(live))["invoice"]["id"]
    status, answer = await hand_in(live, name, data, content_type)
    assert (status, "none of PDF, TIFF, JPEG and PNG" in answer["detail"]) == (422, True)
    assert (await live.call("GET", f"/invoices/{name}"))[1]["documents"] == []
    assert await live.store.copies.of_request(name) == ()


async def test_a_document_that_is_two_things_at_once_is_saved_and_never_shown(live: Live):
    await came(live)
    name = (await enter(live))["invoice"]["id"]
    polyglot = PDF + b"<html><script>alert(1)</script>"
    assert (await hand_in(live, name, polyglot, 'text/html; name="../../x.html"'))[0] == 200
    async with fetch(live, f"/invoices/{name}/documents/1") as answer:
        assert answer.content_type == "application/pdf"
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}-1.pdf"'
        assert "default-src 'none'; sandbox" in answer.headers["Content-Security-Policy"]
    assert (await live.call("GET", f"/invoices/{name}/documents/2", role=TECHNICIAN))[0] == 404
    assert (await live.call("GET", f"/invoices/{name}/documents/1", role=StaffRole.VIEWER))[0] == 403


async def test_a_document_has_twenty_megabytes_at_the_most(live: Live):
    await came(live)
    name = (await enter(live))["invoice"]["id"]
    status, _ = await hand_in(live, name, PDF + bytes(20 * 1024 * 1024))
    assert status in {413, 422}
    assert await live.store.copies.of_request(name) == ()
    assert (await hand_in(live, name, PDF + bytes(1024 * 1024)))[0] == 200
    async with fetch(live, f"/invoices/{name}/documents/1") as answer:
        assert len(await answer.read()) == len(PDF) + 1024 * 1024


async def test_documents_are_no_files_that_partners_can_fetch(live: Live):
    await came(live)
    name = (await enter(live))["invoice"]["id"]
    await hand_in(live, name, PDF)
    (file,) = await live.store.copies.of_request(name)
    assert await live.store.copies.ended(before=START.replace(year=2600)) == (), "it ends with its invoice"
    assert len(file.id) == 64


# ── lists ────────────────────────────────────────────────────────────────────────────────────────


async def take(live: Live, text: str, *, preview: bool = False, status: int = 200) -> Any:
    headers = {"Authorization": f"Bearer {live.tokens[TECHNICIAN]}", "Content-Type": "text/csv"}
    address = f"{live.url}{PREFIX}/invoices/list?preview={str(preview).lower()}"
    async with live.http.post(address, data=text.encode(), headers=headers) as answer:
        told = await answer.json()
        assert answer.status == status, told
        return told


async def test_a_list_is_looked_at_and_taken_and_no_line_twice(live: Live):
    await came(live)
    looked = await take(live, LIST, preview=True)
    assert (looked["taken"], [row["invoice"] for row in looked["rows"]]) == (2, [None, None])
    assert (await live.call("GET", "/invoices"))[1]["invoices"] == []
    taken = await take(live, LIST)
    assert (taken["taken"], taken["known"]) == (2, 0)
    again = await take(live, LIST)
    assert (again["taken"], again["known"]) == (0, 2)
    assert [row["invoice"] for row in again["rows"]] == [row["invoice"] for row in taken["rows"]]
    listed = (await live.call("GET", "/invoices"))[1]["invoices"]
    assert {(each["number"], each["kind"], each["dated"]) for each in listed} == {
        ("2026/1", "lost", "2026-10-20"),
        ("A-77", "loan fee", "2026-10-21"),
    }


@pytest.mark.parametrize(
    ("text", "row", "column"),
    [
        ("lender,number,dated\nvalley,1,2026-10-20\n", 1, "amount"),
        ("lender,number,dated,amount\nvalley,1,2026-10-20,5.001\n", 2, "amount"),
        ("lender,number,dated,amount\nvalley,1,soon,5.00\n", 2, "dated"),
        ("lender,number,dated,amount\n,1,2026-10-20,5.00\n", 2, "lender"),
        ("lender,number,dated,amount,kind\nvalley,1,2026-10-20,5.00,gift\n", 2, "kind"),
        ("lender,number,dated,amount,currency\nvalley,1,2026-10-20,5.00,XXX\n", 2, "currency"),
        ("lender,number,dated,amount\nvalley,1,2026-10-20,5.00\nvalley,1,2026-10-21,6.00\n", 3, "number"),
        ("lender,number,dated,amount\n", 0, None),
        ("", 1, "lender"),
    ],
)
async def test_a_list_with_a_mistake_is_not_taken(live: Live, text: str, row: int, column: str | None):
    answer = await take(live, text, status=422)
    assert (answer["problems"][0]["row"], answer["problems"][0]["column"]) == (row, column)
    assert (await live.call("GET", "/invoices"))[1]["invoices"] == []


@pytest.mark.parametrize(
    ("cells", "column", "words"),
    [
        (",1,2026-10-20,5.00", "lender", "is missing"),
        ("valley,,2026-10-20,5.00", "number", "is missing"),
        ("valley,1,,5.00", "dated", "is missing"),
        (f"valley,{'1' * 65},2026-10-20,5.00", "number", "longer than 64 characters"),
    ],
)
async def test_each_mistake_in_a_list_says_what_it_is(live: Live, cells: str, column: str, words: str):
    answer = await take(live, f"lender,number,dated,amount\n{cells}\n", status=422)
    assert [(each["column"], each["words"]) for each in answer["problems"]] == [(column, words)]


# ── finding ──────────────────────────────────────────────────────────────────────────────────────


async def test_files_are_found_by_lender_year_number_and_words(live: Live):
    await came(live)
    await enter(live)
    await enter(
        live, lender="Library of Nowhere", number="77", request=None, title="Knots Nobody Ties", dated="2026-06-30"
    )

    async def found(query: str) -> list[str]:
        return [each["number"] for each in (await live.call("GET", f"/invoices?{query}"))[1]["invoices"]]

    assert await found("words=alman") == ["2026/00417"]
    assert await found("words=knots%20nowhere") == ["77"]
    assert await found("words=2026/00417") == ["2026/00417"]
    assert await found("fiscal_year=2026") == ["77"]
    assert await found("fiscal_year=2027") == ["2026/00417"]
    assert await found("lender=Library%20of%20NOWHERE") == ["77"]
    assert await found("state=entered&limit=1") == ["77"]
    assert (await live.call("GET", "/invoices?words=a"))[0] == 422
    assert (await live.call("GET", "/invoices?before=yesterday"))[0] == 422
