"""The invariant of borrowing notices every breach that it is there to notice: a clean loan passes, each spoilt one does not."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from gateway.demo.acs.records import Act, ActKind, Source
from gateway.demo.acs.records import Books as AcsBooks
from gateway.iso18626.codes import Action, ReasonForMessage, RequestType, Status, YesNo
from gateway.store.borrowing_port import PoolBarcode
from gateway.store.port import EffectRow, Inbound
from gateway.workflow.borrowing_records import Borrowing, LenderLine, PoolState
from gateway.workflow.effects import Look
from gateway.workflow.records import Act as AskedAct
from gateway.workflow.records import Copy, Item, Request, Role, State
from gateway.workflow.tasks import Task, TaskKind
from gateway.workflow.values import Wanted
from tests.faults.books import GatewayBooks
from tests.faults.borrowing_invariant import broken
from tests.faults.breaches import Rule, Scan
from tests.faults.customers import OrderLog
from tests.faults.lending_pages import HeardLetter, LenderPage, SaidLetter, Stand
from tests.faults.orders import Answer, Course, OrderPlan, OrderWorld
from tests.faults.orders_books import OrderBooks
from tests.faults.strangers import CARDS

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
CUSTOMER, BARCODE = "20000000000097", "39990000000001"
PLAN = OrderPlan(
    id="W-1",
    customer=CUSTOMER,
    course=Course.RENEWED,
    answers=(Answer.UNFILLED, Answer.PROMISES),
    hurry_s=0.0,
    waits=True,
)
HILLS, SLOPE = (LenderLine(partner=name, peer=name, agency=f"ISIL:XX-{name.upper()}") for name in ("hills", "slope"))
R = ReasonForMessage

Change = Callable[[OrderBooks], OrderBooks]


def minutes(after: float) -> datetime:
    return AT + timedelta(minutes=after)


def heard(after: float, what: str, **more: Any) -> HeardLetter:
    return HeardLetter(at=minutes(after), what=what, **more)


def said(
    after: float, status: Status, reason: ReasonForMessage = R.STATUS_CHANGE, answer: YesNo | None = None
) -> SaidLetter:
    at = minutes(after)
    return SaidLetter(at=at, reason=reason, status=status, answer=answer, confirmed_at=at)


def first_page() -> LenderPage:
    return LenderPage(
        id="B-1",
        lender=HILLS.agency,
        order="W-1",
        kind=RequestType.NEW,
        asked_at=minutes(0),
        answers=Answer.UNFILLED,
        stand=Stand.SAID_NO,
        heard=[heard(0, RequestType.NEW)],
        said=[said(1, Status.UNFILLED, R.REQUEST_RESPONSE)],
    )


def second_page() -> LenderPage:
    return LenderPage(
        id="B-1.2",
        lender=SLOPE.agency,
        order="W-1",
        kind=RequestType.NEW,
        asked_at=minutes(2),
        answers=Answer.PROMISES,
        stand=Stand.BACK,
        heard=[
            heard(2, RequestType.NEW),
            heard(5, Action.RECEIVED),
            heard(10, Action.RENEW),
            heard(20, Action.SHIPPED_RETURN),
        ],
        said=[
            said(3, Status.WILL_SUPPLY, R.REQUEST_RESPONSE),
            said(4, Status.LOANED),
            said(10, Status.LOANED, R.RENEW_RESPONSE, YesNo.Y),
            said(21, Status.LOAN_COMPLETED),
        ],
    )


ACTS = (
    (6, ActKind.HOLD_PLACED, CUSTOMER),
    (7, ActKind.CHECKIN, ""),
    (8, ActKind.CHECKOUT, CUSTOMER),
    (8, ActKind.HOLD_FILLED, CUSTOMER),
    (11, ActKind.RENEWAL, CUSTOMER),
    (18, ActKind.CHECKIN, CUSTOMER),
    (19, ActKind.CHECKIN, ""),
)


def acs(*acts: tuple[float, ActKind, str], item: str = BARCODE) -> AcsBooks:
    lines = (Act(n, kind, item, who, Source.SIP2, minutes(at)) for n, (at, kind, who) in enumerate(acts, 1))
    return AcsBooks(tuple(lines), {}, (), ())


def message(number: int) -> Inbound:
    return Inbound(
        peer="hills", digest=f"{number}", content="", received_at=AT, kind="supplyingAgencyMessage", ok=True, document=b"",
        confirmation=b"",
    )  # fmt: skip


def clean() -> OrderBooks:
    request = Request(
        id="B-1", role=Role.BORROWING, state=State.COMPLETED, peer="slope", partner="slope",
        requesting_agency="ISIL:XX-EXAMPLE", supplying_agency=SLOPE.agency, partner_request_id="B-1",
        created_at=AT, updated_at=AT, state_since=AT, received_at=minutes(5), wanted=Wanted(title=PLAN.title),
        items=(Item(copy=Copy(item_barcode=BARCODE, branch="SMP")),),
        borrowing=Borrowing(pickup_branch="SMP", asked=(HILLS, SLOPE)),
    )  # fmt: skip
    rests = PoolBarcode(barcode=BARCODE, range="pool", state=PoolState.COOLING, request=None, since=AT)
    return OrderBooks(
        world=OrderWorld(seed=0, seats=(), customers=(CUSTOMER,), pool=(BARCODE,), plans=(PLAN,)),
        gateway=GatewayBooks(
            requests=(request,),
            messages={"B-1": tuple(map(message, range(5)))},
            pending={"B-1": ()},
            tasks=(),
            pool={BARCODE: rests},
        ),
        acs=acs(*ACTS),
        pages={"B-1": first_page(), "B-1.2": second_page()},
        logs={"W-1": OrderLog(answered=["B-1", "B-1"])},
    )


def with_request(**fields: Any) -> Change:
    def change(books: OrderBooks) -> OrderBooks:
        spoilt = replace(books.gateway.requests[0], **fields)
        return replace(books, gateway=replace(books.gateway, requests=(spoilt,)))

    return change


def with_gateway(**fields: Any) -> Change:
    return lambda books: replace(books, gateway=replace(books.gateway, **fields))


def with_pool(**fields: Any) -> Change:
    return lambda books: with_gateway(pool={BARCODE: replace(books.gateway.pool[BARCODE], **fields)})(books)


def with_first(**fields: Any) -> Change:
    return lambda books: replace(books, pages={**books.pages, "B-1": replace(first_page(), **fields)})


def with_second(**fields: Any) -> Change:
    return lambda books: replace(books, pages={**books.pages, "B-1.2": replace(second_page(), **fields)})


def hears_more(*letters: HeardLetter) -> Change:
    return with_second(heard=[*second_page().heard, *letters])


def with_acts(*acts: tuple[float, ActKind, str], item: str = BARCODE) -> Change:
    return lambda books: replace(books, acs=acs(*acts, item=item))


def with_log(**fields: Any) -> Change:
    return lambda books: replace(books, logs={"W-1": replace(books.logs["W-1"], **fields)})


def again(**fields: Any) -> Change:
    """A second request in the gateway's books."""

    def change(books: OrderBooks) -> OrderBooks:
        both = (books.gateway.requests[0], replace(books.gateway.requests[0], id="B-2", **fields))
        messages = dict(books.gateway.messages) | {"B-2": ()}
        return replace(books, gateway=replace(books.gateway, requests=both, messages=messages))

    return change


def a_page_of_nobodys(books: OrderBooks) -> OrderBooks:
    return replace(books, pages={**books.pages, "B-1.2": replace(second_page(), id="B-1.3")})


def work(lane: str | None) -> EffectRow:
    """A look that waits in a lane; None: of those who need none."""
    look = Look(act=AskedAct.CHECKIN, item_barcode=BARCODE)
    return EffectRow(
        id=1, request="B-1", effect=look, lane=lane, due_at=AT, attempts=0, started_at=None, payload=None
    )  # fmt: skip


def test_a_clean_loan_breaks_nothing():
    assert broken(clean()) == ()
    assert broken(with_gateway(pending={"B-1": (work(None),)})(clean())) == ()


WHILE_OUT = (*ACTS[:5], (22, ActKind.CHECKIN, CUSTOMER))
CANCELLED = with_request(state=State.CANCELLED)
# fmt: off
SPOILT: list[tuple[str, Change, Rule]] = [
    ("confirmed and not there",        with_gateway(requests=()),                                      Rule.LOST),
    ("confirmed as another",           with_log(answered=["B-1", "B-2"]),                              Rule.LOST),
    ("there twice",                    again(items=()),                                                Rule.DOUBLED),
    ("there and nobody ordered it",    again(items=(), wanted=Wanted(title="Another Almanac")),        Rule.DOUBLED),
    ("resting without a task",         with_request(state=State.TO_RETURN),                            Rule.STUCK),
    ("an end with work left",          with_gateway(pending={"B-1": (work("acs:main"),)}),              Rule.STUCK),
    ("an order that was given up",     with_log(trouble="waited in vain"),                             Rule.OTHERS),
    ("a lender that was refused",      with_first(trouble="Unfilled was refused"),                     Rule.OTHERS),
    ("two lenders asked at a time",    with_first(said=[said(3, Status.UNFILLED)]),                    Rule.DOUBLED),
    ("the next asked and none left",   with_first(said=[], stand=Stand.ASKED),                         Rule.DOUBLED),
    ("left, and it sends all the same", with_first(stand=Stand.OUT),                                   Rule.DISAGREES),
    ("sent back, and it is out there", with_second(stand=Stand.OUT),                                   Rule.DISAGREES),
    ("sent back, and never arrived",   with_second(stand=Stand.COMING_BACK),                           Rule.DISAGREES),
    ("cancelled, and it is promised",  lambda books: CANCELLED(with_second(stand=Stand.PROMISED)(books)), Rule.DISAGREES),
    ("completed, and nobody asked",    lambda books: replace(books, pages={}),                         Rule.DISAGREES),
    ("asked under an unknown number",  a_page_of_nobodys,                                              Rule.MESSAGE),
    ("New heard twice",                hears_more(heard(3, RequestType.NEW)),                          Rule.MESSAGE),
    ("Received heard twice",           hears_more(heard(9, Action.RECEIVED)),                          Rule.MESSAGE),
    ("sent back twice",                hears_more(heard(22, Action.SHIPPED_RETURN)),                   Rule.MESSAGE),
    ("Cancel heard twice",             with_first(heard=[*first_page().heard, heard(1, Action.CANCEL), heard(2, Action.CANCEL)]), Rule.MESSAGE),
    ("a renewal that nobody answered", hears_more(heard(12, Action.RENEW)),                            Rule.MESSAGE),
    ("a letter that is not valid",     hears_more(heard(12, Action.NOTIFICATION, deviations=("x",))),  Rule.MESSAGE),
    ("a letter before its request",    with_second(heard=[heard(1, Action.RECEIVED), *second_page().heard]), Rule.MESSAGE),
    ("sent back, and not received",    with_second(heard=[each for each in second_page().heard if each.what != Action.RECEIVED]), Rule.MESSAGE),
    ("a message taken twice",          with_gateway(messages={"B-1": (*map(message, range(5)), message(0))}), Rule.MESSAGE),
    ("a message not taken",            with_gateway(messages={"B-1": tuple(map(message, range(4)))}),  Rule.MESSAGE),
    ("a message that nobody wrote",    with_gateway(messages={"B-1": tuple(map(message, range(6)))}),  Rule.MESSAGE),
    ("one barcode for two",            again(wanted=Wanted(title=replace(PLAN, id="W-2").title)),      Rule.DOUBLED),
    ("an act on nobody's barcode",     with_acts(*ACTS, item="39990000000009"),                        Rule.DISAGREES),
    ("two holds at once",              with_acts(*ACTS[:1], *ACTS, (12, ActKind.HOLD_CANCELLED, CUSTOMER)), Rule.DOUBLED),
    ("two holds, one after the other", with_acts(*ACTS[:4], (9, ActKind.HOLD_PLACED, CUSTOMER), (9, ActKind.HOLD_FILLED, CUSTOMER), *ACTS[4:]), Rule.DOUBLED),
    ("a hold left standing",           with_acts(*ACTS[:3], *ACTS[4:]),                                Rule.LEFT_STANDING),
    ("a loan left standing",           with_acts(*ACTS[:5], ACTS[6]),                                  Rule.LEFT_STANDING),
    ("borrowed twice",                 with_acts(*ACTS, (19.5, ActKind.CHECKOUT, CUSTOMER), (19.7, ActKind.CHECKIN, CUSTOMER)), Rule.DOUBLED),
    ("renewed unasked",                with_acts(*ACTS, (12, ActKind.RENEWAL, CUSTOMER)),              Rule.DOUBLED),
    ("a stranger's loan ended",        with_acts(*ACTS, (22, ActKind.CHECKIN, CARDS[0])),              Rule.STRANGER),
    ("a stranger's hold taken off",    with_acts(*ACTS, (22, ActKind.HOLD_CANCELLED, CARDS[0])),       Rule.STRANGER),
    ("a customer who never had it",    with_acts(*ACTS[:2], (8, ActKind.HOLD_CANCELLED, CUSTOMER)),    Rule.DISAGREES),
    ("another customer's",             with_acts(*ACTS, (12, ActKind.HOLD_CHANGED, "20000000000105")), Rule.DISAGREES),
    ("acts on what never came",        with_request(received_at=None),                                 Rule.DISAGREES),
    ("sent back while it is on loan",  with_acts(*WHILE_OUT),                                          Rule.DISAGREES),
    ("sent back while it is held",     with_acts(*ACTS[:1], (22, ActKind.HOLD_CANCELLED, CUSTOMER)),   Rule.DISAGREES),
    ("a barcode that is free at once", with_pool(state=PoolState.FREE),                                Rule.DISAGREES),
    ("a barcode that is none of ours", with_gateway(pool={}),                                          Rule.DISAGREES),
    ("a barcode that another has",     lambda books: with_request(state=State.TO_RETURN)(with_pool(request="B-9")(books)), Rule.DISAGREES),
]
# fmt: on


@pytest.mark.parametrize(("name", "change", "rule"), SPOILT, ids=[name for name, _, _ in SPOILT])
def test_a_spoilt_loan_is_noticed(name: str, change: Change, rule: Rule):
    assert rule in {breach.rule for breach in broken(change(clean()))}


def test_what_strangers_do_at_the_desk_is_no_business_of_ours():
    books = clean()
    theirs = tuple(
        Act(99, kind, BARCODE, CARDS[0], Source.DESK, minutes(30))
        for kind in (ActKind.HOLD_PLACED, ActKind.CHECKOUT, ActKind.CHECKIN)
    )
    assert broken(replace(books, acs=replace(books.acs, acts=(*books.acs.acts, *theirs)))) == ()


@pytest.mark.parametrize(
    ("since", "rules"), [(29.9, set()), (30.1, {Rule.STRANGER})], ids=["in hand", "fetched before"]
)
def test_nobody_fetches_what_the_technician_has_in_hand(since: float, rules: set[Rule]):
    books = clean()
    fetched = Act(98, ActKind.CHECKOUT, BARCODE, CARDS[0], Source.DESK, minutes(30))
    ended = Act(99, ActKind.CHECKIN, BARCODE, CARDS[0], Source.SIP2, minutes(30.2))
    scans = {BARCODE: [Scan(since=minutes(since), until=minutes(30.2))]}
    books = replace(books, acs=replace(books.acs, acts=(*books.acs.acts, fetched, ended)), scans=scans)
    assert {breach.rule for breach in broken(books)} == rules


def test_the_same_bytes_again_are_no_second_letter():
    assert broken(hears_more(heard(6, Action.RECEIVED, again=True))(clean())) == ()


def test_a_lender_that_has_heard_cancel_and_says_nothing_may_be_left():
    letters = [*first_page().heard, heard(1, Action.CANCEL)]
    silent = with_first(heard=letters, said=[], stand=Stand.CANCELLED)(clean())
    assert Rule.DOUBLED not in {breach.rule for breach in broken(silent)}


def sent_anyway(stand: Stand, *, says: Status = Status.LOANED, back: float = 9) -> Change:
    """The first lender heard Cancel, was left, and sent it; its parcel went back without another word."""
    return with_first(
        answers=Answer.SENDS_ANYWAY,
        heard=[*first_page().heard, heard(1, Action.CANCEL), heard(back, Action.SHIPPED_RETURN)],
        said=[said(6, says), said(back + 1, Status.LOAN_COMPLETED)],
        stand=stand,
    )


def with_one_more_message(books: OrderBooks) -> OrderBooks:
    return with_gateway(messages={"B-1": tuple(map(message, range(6)))})(books)


def test_what_a_lender_sends_that_was_left_goes_back_while_ours_is_here():
    """At minute 9, when ours is with the customer, under its barcode."""
    assert broken(with_one_more_message(sent_anyway(Stand.BACK)(clean()))) == ()


@pytest.mark.parametrize(
    ("cancelled_at", "rules"), [(1, set()), (0.4, {Rule.DISAGREES})], ids=["crossed", "after Cancel"]
)
def test_of_a_second_copy_nothing_goes_back_if_it_crossed_with_cancel(cancelled_at: float, rules: set[Rule]):
    copied = with_first(
        heard=[*first_page().heard, heard(cancelled_at, Action.CANCEL)],
        said=[said(0.5, Status.COPY_COMPLETED)],
        stand=Stand.COPIED,
    )
    assert {breach.rule for breach in broken(copied(clean()))} == rules


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (sent_anyway(Stand.OUT), Rule.DISAGREES),
        (sent_anyway(Stand.CANCELLED), Rule.DISAGREES),
        (sent_anyway(Stand.BACK, says=Status.WILL_SUPPLY), Rule.MESSAGE),
    ],
    ids=["it still has it as out", "it knows nothing of a parcel", "it never said that it sent it"],
)
def test_what_becomes_of_a_second_parcel_is_looked_at(change: Change, rule: Rule):
    assert rule in {breach.rule for breach in broken(with_one_more_message(change(clean())))}


def test_a_promise_of_a_lender_that_was_left_may_be_cancelled_once_more():
    late = with_first(
        heard=[*first_page().heard, heard(1, Action.CANCEL), heard(5, Action.CANCEL)],
        said=[said(4, Status.WILL_SUPPLY, R.REQUEST_RESPONSE)],
        stand=Stand.CANCELLED,
    )
    assert broken(late(clean())) == ()


def test_what_was_taken_for_overdue_is_said_to_be_sent_back_once_more():
    page = second_page()
    crossed = with_second(
        heard=[*page.heard, heard(21, Action.SHIPPED_RETURN)], said=[*page.said, said(20, Status.RECALLED)]
    )
    books = with_gateway(messages={"B-1": tuple(map(message, range(6)))})(crossed(clean()))
    assert broken(books) == ()


def test_a_request_that_waits_for_a_person_is_not_stuck():
    task = Task(id=1, request="B-1", kind=TaskKind.CHECK_IN, words="Check it in in the ILS.", opened_at=AT)
    waiting = with_request(state=State.TAKING_BACK)(with_gateway(tasks=(task,))(clean()))
    assert Rule.STUCK not in {breach.rule for breach in broken(waiting)}


@pytest.mark.parametrize(("most", "rules"), [(2, set()), (1, {Rule.LEFT_STANDING})])
def test_a_barcode_that_stood_for_it_before_is_its_own_and_nothing_is_left_of_it(most: int, rules: set[Rule]):
    """It was over, and is received once more: another barcode stands for it then."""
    books, former = clean(), "39990000000009"
    kinds = (ActKind.HOLD_PLACED, ActKind.HOLD_CANCELLED)[:most]
    before = tuple(Act(90, kind, former, CUSTOMER, Source.SIP2, minutes(1)) for kind in kinds)
    books = replace(books, acs=replace(books.acs, acts=(*before, *books.acs.acts)))
    found = broken(replace(books, gateway=replace(books.gateway, former={former: "B-1"})))
    assert {breach.rule for breach in found} == rules
    assert broken(books), "nobody's barcode"
