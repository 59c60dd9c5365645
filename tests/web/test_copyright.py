"""The rule of five by the API: counted by title and year, the report, and royalties."""

import csv
import io

import pytest

from gateway.store.borrowing_port import Asked, Customer
from gateway.store.port import Change
from gateway.workflow.borrowing_events import CustomerAsked
from gateway.workflow.borrowing_records import Borrowing, Concern
from gateway.workflow.copyright import count_key
from gateway.workflow.records import Request, Role, State
from gateway.workflow.values import Identifier, Wanted
from tests.web.known import START
from tests.web.live import Live

WANTED = Wanted(
    title="The Journal", article_title="On Nothing", identifiers=(Identifier(code="ISSN", value="0000-0000"),)
)


async def ask(live: Live, number: int, state: State = State.COMPLETED, wanted: Wanted = WANTED) -> str:
    """Keep a request for a copy that counts."""
    event = CustomerAsked(at=START, request=f"B-{number:05}", agency="ISIL:WE", wanted=wanted, pickup_branch="Main")
    request = Request(
        id=event.request, role=Role.BORROWING, state=state, version=1, peer="", requesting_agency="ISIL:WE",
        supplying_agency="", partner_request_id=event.request, created_at=START, updated_at=START, state_since=START,
        wanted=wanted, borrowing=Borrowing(pickup_branch="Main", copyright="US-CCG", waived=(Concern.COPYRIGHT,)),
    )  # fmt: skip
    asked = Asked(customer=Customer(barcode="2"), copied=count_key(wanted, START.year))
    await live.store.commit(Change(request=request, created=True, event=event, asked=asked))
    return request.id


@pytest.fixture
async def six(live: Live) -> list[str]:
    return [await ask(live, number) for number in range(1, 7)]


async def test_six_of_a_title_are_one_over(live: Live, six: list[str]):
    await ask(live, 7, State.UNFILLED)
    _, shown = await live.call("GET", f"/copyright?year={START.year}", role="viewer")
    (work,) = shown["works"]
    assert (work["title"], work["number"], work["counted"], work["filled"]) == ("The Journal", "00000000", 6, 6)
    assert [each["request"] for each in work["requests"] if each["is_over"]] == six[5:]
    assert (shown["over"], shown["unpaid"], shown["allowed"]) == (1, 1, 5)
    assert work["requests"][0]["set_aside"] is True
    assert (await live.call("GET", f"/copyright?year={START.year - 1}", role="viewer"))[1]["works"] == []


async def test_a_royalty_is_noted_beside_the_counter_and_in_the_history(live: Live, six: list[str]):
    body = {"amount": "38.5", "currency": "USD", "reference": "CCC-1"}
    status, done = await live.call("POST", f"/requests/{six[5]}/royalty", role="technician", body=body)
    assert (status, done["words"]) == (200, "Royalty paid: 38.50 USD on 2026-10-28 (CCC-1).")
    _, shown = await live.call("GET", f"/copyright?year={START.year}&over=true", role="viewer")
    assert shown["works"][0]["requests"][5]["royalties"] == [
        {
            "amount": "38.50",
            "currency": "USD",
            "reference": "CCC-1",
            "paid_on": "2026-10-28",
            "noted_by": "a-technician",
        }
    ]
    assert shown["unpaid"] == 0
    assert done["words"] in [entry.words for entry in await live.store.history(six[5])]


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        ("x", "USD", "amount like 12.50"),
        ("0", "USD", "above 0"),
        ("1.234", "USD", "decimals"),
        ("5", "XXQ", "ISO 4217"),
        ("-3", "USD", "above 0"),
    ],
)
async def test_what_is_no_amount_is_refused_in_words(
    live: Live, six: list[str], amount: str, currency: str, words: str
):
    body = {"amount": amount, "currency": currency}
    status, refused = await live.call("POST", f"/requests/{six[0]}/royalty", role="technician", body=body)
    assert (status, words in refused["detail"]) == (422, True), refused


async def test_the_report_for_the_clearance_center_has_a_row_for_each_request(live: Live, six: list[str]):
    headers = {"Authorization": f"Bearer {live.tokens['viewer']}"}
    async with live.http.get(f"{live.url}/api/v1/copyright?year={START.year}&format=csv", headers=headers) as answer:
        rows = list(csv.DictReader(io.StringIO(await answer.text())))
    assert [row["Request"] for row in rows] == six
    assert (rows[5]["Over"], rows[5]["Number"], rows[5]["Article"]) == ("yes", "6", "On Nothing")


async def test_parts_of_a_book_count_over_the_years(live: Live):
    book = Wanted(title="A Book", identifiers=(Identifier(code="ISBN", value="9780306406157"),))
    await ask(live, 1, wanted=book)
    _, shown = await live.call("GET", f"/copyright?year={START.year}", role="viewer")
    assert (shown["works"][0]["is_periodical"], shown["works"][0]["earlier"]) == (False, 0)
    key = count_key(book, START.year)
    assert key is not None
    assert await live.store.copied.earlier([key], START.replace(year=START.year + 1)) == {key: 1}


async def test_a_royalty_of_what_is_no_copy_of_ours_is_refused(live: Live):
    status, _ = await live.call("POST", "/requests/none/royalty", role="technician", body={"amount": "1"})
    assert status == 404
