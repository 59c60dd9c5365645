"""Paper over the live API: which one it is by our role in the request, and whom it names."""

from typing import Any

import msgspec
import pytest

from gateway.iso18626.codes import ServiceType
from gateway.store.borrowing_port import Asked, Customer
from gateway.store.port import Change, StoreReadsOnly
from gateway.web.api import PREFIX
from gateway.workflow.borrowing_records import Borrowing, LenderLine
from gateway.workflow.partners import Partner
from gateway.workflow.records import Copy, Item, ItemPlace, Request, Role, State
from gateway.workflow.values import PostalAddress
from tests.documents.reading import sizes, texts
from tests.fakes.directory import put
from tests.web.known import ALMANAC, VALLEY, a_request, keep
from tests.web.live import Live, live_api

PAPERS = ("packing-slip", "label", "strap", "routing-slip")
POOL = "30000000009013"
WHO = Customer(barcode="20000000090031", name="Inventa Person", email="inventa@person.example")
LINE = LenderLine(partner="valley", peer="hub", agency="ISIL:XX-EVL")
BORROWED = Borrowing(pickup_branch="East", asked=(LINE,), lender_request_id="V-77", lender_items=("9001",))


async def keep_borrowed(live: Live, **fields: Any) -> Request:
    """A request of a customer of ours, received and waiting."""
    item = Item(copy=Copy(item_barcode=POOL, branch="East", title="The Imaginary Almanac"), place=ItemPlace.AT_DESK)
    usual = {
        "state": State.ON_SHELF,
        "role": Role.BORROWING,
        "borrowing": BORROWED,
        "partner_request_id": "r1",
        "items": (item,),
    }
    request = a_request("r1", **{**usual, **fields})
    await live.store.commit(Change(request=request, created=True, history_of="r1", asked=Asked(customer=WHO)))
    return request


async def paper(live: Live, name: str, **options: Any) -> str:
    status, words = await live.call("GET", f"/requests/r1/{name}", **options)
    assert status == 200, words
    return str(words)


async def test_the_packing_slip_and_the_label_have_the_partners_address(live: Live):
    await keep(live.store, a_request(state=State.CHECKED_OUT))
    for name in ("packing-slip", "label"):
        assert "1 Imaginary Road" in await paper(live, name, role="viewer")


async def test_each_item_has_its_strap_and_its_way(live: Live):
    second = Item(copy=Copy(item_barcode="33191000105864", branch="East"), place=ItemPlace.OUT)
    await keep(live.store, a_request(state=State.CHECKED_OUT, items=(Item(copy=ALMANAC), second)))
    for name in ("strap", "routing-slip"):
        assert (await paper(live, name)).count("\f") == 1
        one = await paper(live, f"{name}?item=33191000105864")
        assert "33191000105864" in one
        assert ALMANAC.item_barcode not in one
        assert (await live.call("GET", f"/requests/r1/{name}?item=1"))[0] == 404
    assert "TO              East" in await paper(live, "routing-slip?item=33191000105864")


async def test_what_comes_back_goes_where_the_check_in_sent_it(live: Live):
    back = Item(copy=ALMANAC, place=ItemPlace.BACK, route_to="North")
    unlisted = Item(copy=Copy(item_barcode="33191000105864", branch=""), place=ItemPlace.BACK, route_to="Hill")
    await keep(live.store, a_request(state=State.COMPLETED, items=(back, unlisted)))
    one, other = (await paper(live, "routing-slip")).split("\f")
    assert "TO              North" in one
    assert "TO              Hill" in other


async def test_no_paper_for_a_partner_we_do_not_know(live: Live):
    await keep(live.store, a_request(partner=None))
    for name in ("packing-slip", "label", "strap"):
        assert (await live.call("GET", f"/requests/r1/{name}"))[0] == 409


async def test_what_we_borrowed_goes_to_its_branch_and_back_to_its_lender(live: Live):
    await keep_borrowed(live)
    assert "PICK UP AT      East" in await paper(live, "strap")
    assert "TO              East" in await paper(live, "routing-slip")
    for name in ("packing-slip", "label"):
        words = await paper(live, name)
        assert "1 Imaginary Road" in words
        assert "V-77" in words
        assert "2 Made-up Street" in words, "who sends it"


async def test_the_check_in_at_the_desk_says_where_it_goes(live: Live):
    await keep_borrowed(live, borrowing=msgspec.structs.replace(BORROWED, route_to="Main"))
    assert "TO              Main" in await paper(live, "routing-slip")


async def test_where_the_lender_said_wins_over_its_record_and_its_return_address_over_its_address(live: Live):
    stacks = PostalAddress(line1="The Stacks")
    await put(live.store, Partner(**{**msgspec.structs.asdict(VALLEY), "return_address": stacks}))
    said = msgspec.structs.replace(BORROWED, return_to=PostalAddress(line1="Dock 3"), return_name="Valley Returns")
    await keep_borrowed(live)
    assert "The Stacks" in await paper(live, "label")
    request = await live.store.request("r1")
    assert request is not None
    changed = msgspec.structs.replace(request, borrowing=said, version=request.version + 1)
    await live.store.commit(Change(request=changed, history_of="r1"))
    label = await paper(live, "label")
    assert "Valley Returns" in label
    assert "Dock 3" in label


@pytest.mark.parametrize(
    "fields",
    [
        {"borrowing": Borrowing(pickup_branch="East"), "state": State.DECIDING, "partner": None},
        {"service": ServiceType.COPY, "state": State.COPY_HERE},
        {"state": State.ASKING, "items": ()},
        {"state": State.UNFILLED, "items": ()},
        {"state": State.COMPLETED, "items": ()},
    ],
)
async def test_nothing_is_sent_back_to_nobody_nor_a_copy_nor_what_no_lender_has_sent(
    live: Live, fields: dict[str, Any]
):
    await keep_borrowed(live, **fields)
    for name in ("packing-slip", "label"):
        assert (await live.call("GET", f"/requests/r1/{name}"))[0] == 409
    assert not {"packing-slip", "label"} & set(await offered_papers(live))


@pytest.mark.parametrize("state", [State.ON_ITS_WAY, State.ON_SHELF, State.SENT_BACK, State.LOST, State.COMPLETED])
async def test_what_a_lender_has_sent_has_its_papers_for_the_way_back_for_good(live: Live, state: State):
    await keep_borrowed(live, state=state)
    assert {"packing-slip", "label"} <= set(await offered_papers(live))
    for name in ("packing-slip", "label"):
        await paper(live, name)


async def offered_papers(live: Live) -> list[str]:
    """The papers that a request's page offers."""
    status, sheet = await live.call("GET", "/requests/r1/sheet", role="viewer")
    assert status == 200, sheet
    return list(sheet["papers"])


async def test_no_paper_names_the_customer(live: Live):
    await keep_borrowed(live, note="for Inventa Person", deliver_by_mail_to="inventa@person.example")
    for name in PAPERS:
        words = await paper(live, name)
        assert not [datum for datum in ("Inventa", "inventa@", "90031") if datum in words], name


async def test_the_strap_alone_names_the_customer_where_the_library_wants_it_and_it_is_written_down():
    async with live_api(names_on_straps=True) as live:
        await keep_borrowed(live)
        assert "Inventa" not in await paper(live, "strap", role="viewer")
        assert await live.store.history("r1") == ()
        assert "For             Inventa Person" in await paper(live, "strap", role="technician")
        (entry,) = await live.store.history("r1")
        assert (entry.by, entry.words) == ("a-technician", "The strap was given out with the customer's name.")
        for name in PAPERS:
            if name != "strap":
                assert "Inventa" not in await paper(live, name, role="technician")


# ---- as PDF


async def pdf(live: Live, path: str, **options: Any) -> bytes:
    """A paper as PDF; live.call reads text alone."""
    headers = {"Authorization": f"Bearer {live.tokens[options.get('role', 'viewer')]}"}
    async with live.http.get(f"{live.url}{PREFIX}{path}", headers=headers) as answer:
        assert answer.status == 200, await answer.text()
        assert answer.content_type == "application/pdf"
        assert answer.headers["Cache-Control"] == "no-store"
        return await answer.read()


@pytest.mark.process
async def test_each_paper_is_there_as_pdf_with_what_the_text_says(live: Live):
    await keep(live.store, a_request(state=State.WILL_SUPPLY))
    for name in (*PAPERS, "cover-band", "pull-slip"):
        page = " ".join("".join(texts(await pdf(live, f"/requests/r1/{name}?format=pdf"))).split())
        number = "their-r1" if name == "label" else "r1"
        assert number in page, name


@pytest.mark.process
async def test_the_printer_the_stock_and_the_first_free_place_can_be_named(live: Live):
    await keep(live.store, a_request(state=State.CHECKED_OUT))
    label = "/requests/r1/label?format=pdf"
    assert sizes(await pdf(live, label)) == [(612, 792)]
    assert sizes(await pdf(live, f"{label}&printer=thermal")) == [(288, 432)]
    assert sizes(await pdf(live, f"{label}&stock=L7163&start=14")) == [pytest.approx((595.3, 841.9), abs=0.1)]
    for wrong in ("&start=7", "&start=0", "&start=x", "&stock=papyrus", "&printer=attic"):
        status, answer = await live.call("GET", label + wrong)
        assert status == 422, wrong
        assert answer["detail"].startswith(wrong[1:].partition("=")[0]), answer
    assert (await live.call("GET", "/requests/r1/label?format=png"))[0] == 422


@pytest.mark.process
async def test_pull_slips_come_in_the_order_in_which_one_walks(live: Live):
    places = [("Main", "QA76.9"), ("East", "FIC ADAMS"), ("Main", "QA9")]
    for number, (branch, call_number) in enumerate(places):
        copy = Copy(item_barcode=f"{number}", branch=branch, call_number=call_number, title="Tale")
        await keep(live.store, a_request(f"r{number}", items=(Item(copy=copy, place=ItemPlace.HELD),)))
    (page,) = texts(await pdf(live, "/lists/pull?format=pdf"))
    shown = " ".join(page.split())
    assert sorted(("FIC ADAMS", "QA9", "QA76.9"), key=shown.index) == ["FIC ADAMS", "QA9", "QA76.9"]


@pytest.mark.process
async def test_pull_slips_that_are_printed_with_a_cart_count_as_sent_to_print(
    live: Live, monkeypatch: pytest.MonkeyPatch
):
    for number in ("r1", "r2"):
        await keep(live.store, a_request(number))
    assert (await live.call("GET", "/requests/r1/pull-slip"))[0] == 200, "looked at"
    slip = {"papers": [{"request": "r2", "paper": "pull-slip"}]}
    assert (await cart(live, slip))[0] == 200
    assert set(await live.store.views.prints(["r1", "r2"], "pull-slip")) == {"r2"}

    async def only_read(*_args: object, **_more: object) -> None:
        raise StoreReadsOnly("a standby")

    monkeypatch.setattr(live.store.views, "note_prints", only_read)
    assert (await cart(live, slip))[0] == 200, "it comes all the same"


async def test_where_there_is_nothing_to_print_that_is_said(live: Live):
    await keep(live.store, a_request(state=State.CHECKED_OUT))
    for path in ("/lists/pull?format=pdf", "/requests/r1/pull-slip", "/requests/r1/pull-slip?format=pdf"):
        status, answer = await live.call("GET", path)
        assert (status, answer["detail"]) == (404, "There is nothing to print."), path
    assert (await live.call("GET", "/lists/due?format=pdf"))[0] == 422


@pytest.mark.process
async def test_no_pdf_names_the_customer_but_the_strap_where_the_library_wants_it():
    async with live_api(names_on_straps=True) as live:
        await keep_borrowed(live, note="for Inventa Person", deliver_by_mail_to="inventa@person.example")
        for name in (*PAPERS, "cover-band"):
            page = "".join(texts(await pdf(live, f"/requests/r1/{name}?format=pdf", role="technician")))
            assert ("Inventa Person" in page) is (name == "strap"), name
            assert "90031" not in page


# ---- a cart


async def cart(live: Live, body: dict[str, Any], role: str = "technician") -> tuple[int, Any, bytes]:
    headers = {"Authorization": f"Bearer {live.tokens[role]}"}
    async with live.http.post(f"{live.url}{PREFIX}/papers", json=body, headers=headers) as answer:
        is_json = answer.content_type == "application/json"
        return answer.status, (await answer.json() if is_json else None), await answer.read()


@pytest.mark.process
async def test_a_carts_papers_are_one_pdf_and_what_is_on_one_stock_comes_together(live: Live):
    copies = [Copy(item_barcode=f"3023400051786{number}", branch="Main") for number in range(2)]
    for number, copy in enumerate(copies):
        item = Item(copy=copy, place=ItemPlace.OUT)
        await keep(live.store, a_request(f"r{number}", state=State.CHECKED_OUT, items=(item,)))
    papers = [{"request": f"r{number}", "paper": kind} for number in range(2) for kind in ("packing-slip", "label")]
    status, _, data = await cart(live, {"papers": [*papers, {"request": "30234000517861", "paper": "strap"}]})
    assert status == 200
    assert sizes(data) == [(612, 792), (612, 792), (612, 792), (792, 612)]
    slip, other_slip, both_labels, strap = texts(data)
    assert ("their-r0" in slip, "their-r1" in other_slip) == (True, True)
    assert ("their-r0" in both_labels, "their-r1" in both_labels) == (True, True)
    assert "30234000517861" in strap, "named by its item's barcode"


@pytest.mark.process
async def test_each_stock_of_a_cart_begins_at_its_first_free_place(live: Live):
    await keep(live.store, a_request(state=State.CHECKED_OUT))
    label = {"request": "r1", "paper": "label"}
    status, _, data = await cart(live, {"papers": [label, label], "starts": {"5164": 6}})
    assert (status, len(sizes(data))) == (200, 2)
    assert sizes((await cart(live, {"papers": [label], "printer": "thermal"}))[2]) == [(288, 432)]


async def test_a_cart_says_which_of_its_papers_there_are_not(live: Live):
    await keep(live.store, a_request(state=State.CHECKED_OUT))
    papers = [
        {"request": "r1", "paper": "label"},
        {"request": "r1", "paper": "pull-slip"},
        {"request": "none", "paper": "strap"},
    ]
    _, answer, _ = await cart(live, {"papers": papers})
    assert answer["problems"] == [
        {"row": 2, "column": "pull-slip", "words": "There is nothing to print."},
        {"row": 3, "column": "strap", "words": "There is no such request."},
    ]


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"papers": []}, 422, ""),
        ({"papers": [{"request": "r1", "paper": "postcard"}]}, 422, ""),
        ({"papers": [{"request": "none", "paper": "label"}]}, 422, "Not every paper can be printed"),
        ({"papers": [{"request": "r1", "paper": "pull-slip"}]}, 422, "Not every paper can be printed"),
        (
            {"papers": [{"request": "r1", "paper": "label"}], "starts": {"5164": 7}},
            422,
            "start: a sheet has places 1 to 6.",
        ),
        ({"papers": [{"request": "r1", "paper": "label"}], "printer": "attic"}, 422, "printer: the settings name no"),
    ],
)
async def test_what_a_cart_can_not_have_is_said(live: Live, body: dict[str, Any], status: int, words: str):
    await keep(live.store, a_request(state=State.CHECKED_OUT))
    found, answer, _ = await cart(live, body)
    assert found == status
    assert answer["detail"].startswith(words)
