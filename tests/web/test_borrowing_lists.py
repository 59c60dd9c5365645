"""What our customers want, over the live API: orders that come by a link, or in a list."""

import pytest

from tests.web.live import Live
from tests.web.ordering import CARD, LIST, ours, send_list

# ── a link ───────────────────────────────────────────────────────────────────────────────────────

LINK = (
    "ctx_ver=Z39.88-2004&rft_val_fmt=info:ofi/fmt:kev:mtx:journal&rft.genre=article&rft.jtitle=Journal+of+Imagined+Results"
    "&rft.atitle=On+Nothing&rft.issn=0000-0000&rft.date=2001&rft.weather=fine"
)


async def test_a_link_becomes_a_request_with_what_is_unknown_as_a_note(live: Live):
    body = {"openurl": LINK, "customer": CARD, "pickup_branch": "Main"}
    status, answer = await live.call("POST", "/borrowing/openurl", body=body)
    assert (status, answer["copyright"]) == (201, "US-CCL")
    (request,) = await ours(live)
    assert (request.wanted.article_title, request.note) == ("On Nothing", "weather: fine")


async def test_a_link_to_nothing_is_refused(live: Live):
    body = {"openurl": "rft.genre=book", "customer": CARD, "pickup_branch": "Main"}
    status, answer = await live.call("POST", "/borrowing/openurl", body=body)
    assert (status, [each["column"] for each in answer["problems"]]) == (422, ["openurl"])


async def test_a_link_may_be_asked_for_as_something_else(live: Live):
    body = {"openurl": LINK, "customer": CARD, "pickup_branch": "Main", "service": "Loan"}
    assert (await live.call("POST", "/borrowing/openurl", body=body))[1]["copyright"] is None


# ── a list ───────────────────────────────────────────────────────────────────────────────────────


async def test_a_list_is_imported_and_a_second_import_makes_nothing(live: Live):
    first = await send_list(live, LIST)
    second = await send_list(live, LIST)
    assert (first[1]["imported"], first[1]["known"]) == (2, 0)
    assert (second[1]["imported"], second[1]["known"]) == (0, 2)
    assert [line["request"] for line in first[1]["requests"]] == [line["request"] for line in second[1]["requests"]]
    assert {request.wanted.title for request in await ours(live)} == {"The Imaginary Almanac", "Another Almanac"}


async def test_an_error_in_one_line_keeps_the_whole_list_out(live: Live):
    wrong = f"{LIST}{CARD},A Third Almanac,,Nowhere\n{CARD},A Fourth Almanac,,\n"
    status, answer = await send_list(live, wrong)
    assert status == 422
    assert [(each["row"], each["column"]) for each in answer["problems"]] == [
        (4, "pickup branch"),
        (5, "pickup branch"),
    ]
    assert await ours(live) == []


async def test_a_note_about_the_customer_is_an_error_of_its_line(live: Live):
    status, answer = await send_list(live, f"customer,title,pickup,note\n{CARD},An Almanac,Main,card {CARD}\n")
    assert (status, [(each["row"], each["column"]) for each in answer["problems"]]) == (422, [(2, "note")])


async def test_a_preview_writes_nothing_and_knows_what_was_there(live: Live):
    await send_list(live, f"customer,title,isbn,pickup\n{CARD},The Imaginary Almanac,0306406152,East\n")
    status, answer = await send_list(live, LIST, preview="true")
    assert (status, answer["may_be_imported"]) == (200, True)
    assert [bool(each["known"]) for each in answer["requests"]] == [True, False]
    assert len(await ours(live)) == 1
    assert CARD not in str(answer)


@pytest.mark.parametrize(("form", "beginning"), [("text", "2 requests, 0 errors"), ("csv", "line,result,column")])
async def test_a_preview_comes_as_text_too(live: Live, form: str, beginning: str):
    status, answer = await send_list(live, LIST, preview="true", format=form)
    assert status == 200
    assert answer.startswith(beginning)
    assert (await send_list(live, LIST, format=form))[0] == 422
