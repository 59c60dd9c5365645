"""The papers that go with an item: golden texts, what may be missing, and what must never be on them."""

from datetime import timedelta
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from gateway.documents.layout import WIDTH, columns
from gateway.iso18626.codes import LoanCondition, ServiceType
from gateway.workflow.partners import OurLibrary, Partner
from gateway.workflow.records import Copy, Item, ItemPlace, Request, State
from gateway.workflow.values import PostalAddress, Wanted
from tests.documents.examples import ALMANAC, AT, LATE_ON_THE_NINTH, LIBRARY, LOAN, PARTNER, ZONE, loan
from tests.documents.printing import cover_band, label, packing_slip, pull_list, routing_slip, strap


def test_the_packing_slip_of_a_loan(golden):
    assert packing_slip(LOAN, PARTNER, LIBRARY, ZONE) == golden("packing_slip_loan")


def test_a_partners_courier_stands_below_its_address():
    by_courier = msgspec.structs.replace(PARTNER, courier="Example Courier, stop 7")
    lines = packing_slip(LOAN, by_courier, LIBRARY, ZONE).splitlines()
    (place,) = [number for number, line in enumerate(lines) if line.endswith("Example Courier, stop 7")]
    assert lines[place].split()[:2] == ["By", "courier"]
    assert "Courier" not in packing_slip(LOAN, PARTNER, LIBRARY, ZONE)


def test_the_packing_slip_of_a_posted_copy_asks_nothing_back(golden):
    copy = loan(
        service=ServiceType.COPY,
        state=State.TO_COPY,
        wanted=Wanted(
            title="Journal of Invented Studies",
            article_title="On Nothing in Particular",
            article_author="Feigned, Fay",
            volumes=("12",),
            issue="4",
            pages="101-115",
        ),
        items=(),
        due_at=None,
        condition=None,
    )
    assert packing_slip(copy, PARTNER, LIBRARY, ZONE) == golden("packing_slip_copy")


def test_a_copy_for_which_a_loan_would_have_done_asks_nothing_back():
    slip = packing_slip(loan(service=ServiceType.COPY_OR_LOAN, state=State.COPY_COMPLETED), PARTNER, LIBRARY, ZONE)
    assert "Return to" not in slip
    assert "Due" not in slip


def test_several_items_are_counted_and_a_different_due_date_is_said():
    second = Item(
        copy=Copy(item_barcode="33191000105864", branch="North", call_number="AY31 .I6"),
        place=ItemPlace.OUT,
        due_at=LATE_ON_THE_NINTH + timedelta(days=3),
    )
    slip = packing_slip(loan(items=(ALMANAC, second)), PARTNER, LIBRARY, ZONE)
    for line in ("Item            1 of 2", "Item            2 of 2", "Barcode         33191000105864"):
        assert line in slip.splitlines()
    assert [line for line in slip.splitlines() if line.startswith("Due")] == [
        "Due             2026-10-09",
        "Due             2026-10-12",
    ]


def test_an_item_that_is_not_out_is_not_in_the_parcel():
    second = Item(copy=Copy(item_barcode="33191000105864", branch="North"), place=ItemPlace.HELD)
    assert "33191000105864" not in packing_slip(loan(items=(ALMANAC, second)), PARTNER, LIBRARY, ZONE)


def test_a_packing_slip_before_the_checkout_and_after_the_return_shows_all_items():
    for place in (ItemPlace.AT_DESK, ItemPlace.BACK):
        item = msgspec.structs.replace(ALMANAC, place=place)
        assert "30234000517861" in packing_slip(loan(items=(item,)), PARTNER, LIBRARY, ZONE)


def test_a_parcel_goes_where_the_request_says_and_to_whom_it_names_for_the_partner_may_be_a_broker():
    elsewhere = loan(deliver_to=PostalAddress(line1="3 Specimen Road"), deliver_to_name="Library Behind")
    broker = msgspec.structs.replace(PARTNER, courier="Example Courier, stop 7")
    for paper in (packing_slip(elsewhere, broker, LIBRARY, ZONE), label(elsewhere, broker, LIBRARY)):
        assert "3 Specimen Road" in paper
        assert "Library Behind" in paper
        assert "Example Courier" not in paper, "that is the broker's"
    assert "Library Behind" in strap(elsewhere, ALMANAC, broker, LIBRARY, ZONE)


def test_where_the_request_says_nothing_a_parcel_goes_to_the_partner():
    partner = msgspec.structs.replace(
        PARTNER, courier="Example Courier, stop 7", address=PostalAddress(line1="4 Own Road")
    )
    for address in (None, PostalAddress()):
        paper = label(loan(deliver_to=address), partner, LIBRARY)
        assert "4 Own Road" in paper
        assert "Example Courier, stop 7" in paper


def test_the_strap(golden):
    assert strap(LOAN, ALMANAC, PARTNER, LIBRARY, ZONE) == golden("strap")


def test_the_routing_slip(golden):
    assert routing_slip(LOAN, ALMANAC, "North Branch", LIBRARY) == golden("routing_slip")


def test_the_cover_band(golden):
    assert cover_band(LOAN, ALMANAC, LIBRARY, ZONE) == golden("cover_band")


def test_every_loan_condition_of_the_list_is_said_in_words():
    for condition in LoanCondition:
        paper = strap(loan(condition=condition), ALMANAC, PARTNER, LIBRARY, ZONE)
        assert condition not in paper
        assert "CONDITIONS" in paper


def test_a_condition_in_the_librarys_own_words_is_said_as_it_stands():
    paper = strap(loan(condition="Handle with kid gloves"), ALMANAC, PARTNER, LIBRARY, ZONE)
    assert "CONDITIONS      Handle with kid gloves" in paper.splitlines()


BARE_ITEM = Item(copy=Copy(item_barcode="1", branch="Main"))
BARE_LOAN = loan(wanted=Wanted(), items=(BARE_ITEM,), due_at=None, condition=None, deliver_to=None)
BARE_PARTNER = Partner(id="p", name="Sample City Library", peer="p")
BARE_LIBRARY = OurLibrary(name="Example Valley Library")


def papers(request: Request, item: Item, partner: Partner, library: OurLibrary) -> list[str]:
    """All our papers for one item."""
    return [
        packing_slip(request, partner, library, ZONE),
        label(request, partner, library),
        strap(request, item, partner, library, ZONE),
        cover_band(request, item, library, ZONE),
        routing_slip(request, item, item.copy.branch, library),
        pull_list([request], ZONE, library),
    ]


def test_missing_fields_leave_neither_none_nor_an_empty_label():
    for paper in papers(BARE_LOAN, BARE_ITEM, BARE_PARTNER, BARE_LIBRARY):
        assert "None" not in paper
        assert all(label not in paper for label in ("Title", "Author", "Due", "DUE", "CONDITIONS", "Volume"))


def test_what_the_partner_wrote_about_its_customer_is_on_no_paper():
    for paper in papers(LOAN, ALMANAC, PARTNER, LIBRARY):
        assert "Pat" not in paper
        assert "pat@" not in paper
        assert "2999" not in paper


TEXTS = st.text(max_size=200) | st.text("宽い한\u0301\x1b\u202eW ", max_size=200)
MAYBE = st.none() | TEXTS
DUE = st.none() | st.datetimes(timezones=st.timezones())


def records(of: Any, **required: Any) -> Any:
    """Records of any content; texts that must be there are anything but None."""
    optional = {
        name: MAYBE for name in of.__struct_fields__ if name not in required and name not in ("items", "volumes")
    }
    return st.builds(of, **(optional | required))


ADDRESSES = st.none() | records(PostalAddress)
COPIES = records(Copy, item_barcode=TEXTS, branch=TEXTS)
ITEMS = st.builds(Item, copy=COPIES, place=st.sampled_from(ItemPlace), due_at=DUE)
WANTED = records(Wanted, identifiers=st.just(()), volumes=st.lists(TEXTS, max_size=3).map(tuple))
LOANS = st.builds(
    loan,
    id=TEXTS,
    partner=MAYBE,
    partner_request_id=TEXTS,
    wanted=WANTED,
    items=st.lists(ITEMS, max_size=3).map(tuple),
    due_at=DUE,
    need_before=DUE,
    condition=MAYBE | st.sampled_from(LoanCondition),
    deliver_to=ADDRESSES,
    state=st.sampled_from(State),
)
PARTNERS = st.builds(Partner, id=TEXTS, name=TEXTS, peer=TEXTS, address=ADDRESSES)
LIBRARIES = st.builds(OurLibrary, name=TEXTS, department=MAYBE, address=records(PostalAddress), contact=MAYBE)


@given(LOANS, ITEMS, PARTNERS, LIBRARIES)
def test_no_line_of_any_paper_is_wider_than_the_page(request_, item, partner, library):
    for paper in papers(request_, item, partner, library):
        lines = paper.split("\n")
        assert max(map(columns, lines)) == WIDTH
        assert max(map(len, lines)) == WIDTH
        assert all(line.isprintable() and line == line.rstrip() for line in lines)


def test_a_due_date_that_never_comes_is_printed_all_the_same():
    never = AT.max.replace(tzinfo=AT.tzinfo)
    assert "9999-12-31" in packing_slip(loan(due_at=never), PARTNER, LIBRARY, ZONE)
