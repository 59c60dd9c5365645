"""The invariant notices every breach that it is there to notice: a clean loan passes, each spoilt one does not."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from gateway.demo.acs.records import Act, ActKind, Source
from gateway.demo.acs.records import Books as AcsBooks
from gateway.demo.partner.records import Novelty, Sending, Told
from gateway.iso18626.codes import Action, ReasonForMessage, RequestType, Status, YesNo
from gateway.store.port import EffectRow, Inbound
from gateway.workflow.effects import Look
from gateway.workflow.records import Act as AskedAct
from gateway.workflow.records import Copy, Item, ItemPlace, Request, Role, State
from gateway.workflow.tasks import Task, TaskKind
from tests.faults.books import Books, GatewayBooks, Page, Sent
from tests.faults.borrowing import Log
from tests.faults.breaches import Rule, Scan
from tests.faults.invariant import LEGAL, broken
from tests.faults.strangers import CARDS
from tests.faults.world import Course, LoanPlan, Seat, World

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
PLAN = LoanPlan(id="F-1", seat="valley", record_id="f1", items=("30000000000010",), course=Course.RENEWED)
STRANGER = CARDS[0]
SCAN = Scan(since=AT, until=AT)
LETTERS = [RequestType.NEW, Action.RECEIVED, Action.RENEW, Action.SHIPPED_RETURN]

Change = Callable[[Books], Books]


def told(status: Status, reason: ReasonForMessage = ReasonForMessage.STATUS_CHANGE, **more: Any) -> Told:
    return Told(at=AT, timestamp=AT, reason=reason, status=status, **more)


HEARD = (
    told(Status.WILL_SUPPLY, ReasonForMessage.REQUEST_RESPONSE),
    told(Status.LOANED),
    told(Status.LOANED, ReasonForMessage.RENEW_RESPONSE, answer=YesNo.Y),
    told(Status.LOAN_COMPLETED),
)
ACTS = (
    (ActKind.HOLD_PLACED, "A"),
    (ActKind.CHECKIN, ""),
    (ActKind.CHECKOUT, "A"),
    (ActKind.HOLD_FILLED, "A"),
    (ActKind.RENEWAL, "A"),
    (ActKind.CHECKIN, "A"),
)


def acs(acts: tuple[tuple[ActKind, str], ...], source: Source = Source.SIP2) -> AcsBooks:
    lines = tuple(Act(n, kind, PLAN.items[0], who, source, AT) for n, (kind, who) in enumerate(acts, 1))
    return AcsBooks(lines, {}, (), ())


def letter(number: int) -> Inbound:
    return Inbound(
        peer="valley", digest=f"{number}", content="", received_at=AT, kind="request", ok=True, document=b"",
        confirmation=b"",
    )  # fmt: skip


def clean() -> Books:
    request = Request(
        id="L-1", role=Role.LENDING, state=State.COMPLETED, peer="valley", partner="valley", account="A",
        requesting_agency="ISIL:XX-VALLEY", supplying_agency="ISIL:XX-EXAMPLE", partner_request_id="F-1",
        created_at=AT, updated_at=AT, state_since=AT, shipped_at=AT,
        items=(Item(copy=Copy(item_barcode=PLAN.items[0], branch="EXC"), place=ItemPlace.BACK),),
    )  # fmt: skip
    page = Page(
        status=Status.LOAN_COMPLETED,
        sent=tuple(Sent(what=what, sending=Sending.CONFIRMED) for what in LETTERS),
        told=HEARD,
    )
    return Books(
        world=World(seed=0, seats=(Seat(id="valley", symbol="ISIL:XX-VALLEY", account="A"),), plans=(PLAN,)),
        gateway=GatewayBooks(
            requests=(request,), messages={"L-1": tuple(map(letter, range(4)))}, pending={"L-1": ()}, tasks=()
        ),
        acs=acs(ACTS),
        pages={"F-1": page},
        logs={"F-1": Log(letters=list(LETTERS), sent_back_at=AT)},
    )


def with_request(**fields: Any) -> Change:
    def change(books: Books) -> Books:
        spoilt = replace(books.gateway.requests[0], **fields)
        return replace(books, gateway=replace(books.gateway, requests=(spoilt,)))

    return change


def with_gateway(**fields: Any) -> Change:
    return lambda books: replace(books, gateway=replace(books.gateway, **fields))


def with_page(**fields: Any) -> Change:
    return lambda books: replace(books, pages={"F-1": replace(books.pages["F-1"], **fields)})


def with_acts(*acts: tuple[ActKind, str]) -> Change:
    return lambda books: replace(books, acs=acs(acts))


def with_log(**fields: Any) -> Change:
    return lambda books: replace(books, logs={"F-1": replace(books.logs["F-1"], **fields)})


def twice(books: Books) -> Books:
    request = books.gateway.requests[0]
    both = (request, replace(request, id="L-2"))
    return replace(books, gateway=replace(books.gateway, requests=both, messages={"L-1": (), "L-2": ()}))


def unasked(books: Books) -> Books:
    request = books.gateway.requests[0]
    more = (request, replace(request, id="L-2", partner_request_id="F-9"))
    messages = dict(books.gateway.messages) | {"L-2": ()}
    return replace(books, gateway=replace(books.gateway, requests=more, messages=messages))


def work(lane: str | None) -> EffectRow:
    """A look that waits in a lane; None: of those who need none."""
    look = Look(act=AskedAct.CHECKIN, item_barcode=PLAN.items[0])
    return EffectRow(
        id=1, request="L-1", effect=look, lane=lane, due_at=AT, attempts=0, started_at=None, payload=None
    )  # fmt: skip


def test_a_clean_loan_breaks_nothing():
    assert broken(clean()) == ()
    assert broken(with_gateway(pending={"L-1": (work(None),)})(clean())) == ()


# fmt: off
SPOILT: list[tuple[str, Change, Rule]] = [
    ("confirmed and not there",       with_gateway(requests=()),                                     Rule.LOST),
    ("there twice",                   twice,                                                         Rule.DOUBLED),
    ("there unasked",                 unasked,                                                       Rule.DOUBLED),
    ("resting without a task",        with_request(state=State.WILL_SUPPLY),                  Rule.STUCK),
    ("an end with work left",         with_gateway(pending={"L-1": (work("acs:main"),)}),               Rule.STUCK),
    ("a script that gave up",         with_log(trouble="waited in vain"),                            Rule.OTHERS),
    ("checked out twice",             with_acts(*ACTS, (ActKind.CHECKOUT, "A")),                     Rule.DOUBLED),
    ("renewed twice",                 with_acts(*ACTS, (ActKind.RENEWAL, "A")),                      Rule.DOUBLED),
    ("two holds on one item",         with_acts(*ACTS, (ActKind.HOLD_PLACED, "A"), (ActKind.HOLD_CANCELLED, "A")), Rule.DOUBLED),
    ("scanned in twice",              with_acts(*ACTS, (ActKind.CHECKIN, "")),                       Rule.DOUBLED),
    ("a hold left standing",          with_acts(*ACTS[:3], *ACTS[4:]),                               Rule.LEFT_STANDING),
    ("a loan left standing",          with_acts(*ACTS[:5]),                                          Rule.LEFT_STANDING),
    ("a stranger's loan ended",       with_acts(*ACTS, (ActKind.CHECKIN, STRANGER)),                 Rule.STRANGER),
    ("a stranger's hold taken off",   with_acts(*ACTS, (ActKind.HOLD_CANCELLED, STRANGER)),          Rule.STRANGER),
    ("lent to a stranger",            with_acts(*ACTS, (ActKind.CHECKOUT, STRANGER)),                Rule.STRANGER),
    ("a loan ended too early",        with_log(sent_back_at=AT + timedelta(minutes=1)),                Rule.STRANGER),
    ("another title's item",          with_request(items=(Item(copy=Copy(item_barcode="3", branch="EXC"), place=ItemPlace.BACK),)), Rule.DISAGREES),
    ("Loaned without a checkout",     with_acts(*ACTS[:2], (ActKind.HOLD_CANCELLED, "A")),           Rule.DISAGREES),
    ("a checkout the gateway missed", with_request(shipped_at=None),                                 Rule.DISAGREES),
    ("a partner that believes else",  with_page(status=Status.LOANED),                               Rule.DISAGREES),
    ("an end with the item out",      with_request(items=(Item(copy=Copy(item_barcode="3", branch="EXC"), place=ItemPlace.OUT),)), Rule.DISAGREES),
    ("a letter taken twice",          with_gateway(messages={"L-1": (*map(letter, range(4)), letter(0))}), Rule.MESSAGE),
    ("a letter not taken",            with_gateway(messages={"L-1": tuple(map(letter, range(3)))}),  Rule.MESSAGE),
    ("Loaned heard twice",            with_page(told=(*HEARD[:2], *HEARD[1:])),                      Rule.MESSAGE),
    ("a question without answer",     with_page(told=(*HEARD[:2], HEARD[3])),                        Rule.MESSAGE),
    ("an answer given twice",         with_page(told=(*HEARD[:3], *HEARD[2:])),                      Rule.MESSAGE),
    ("Loaned after the end",          with_page(told=(*HEARD, HEARD[1])),                            Rule.MESSAGE),
    ("a message that is not valid",   with_page(told=(replace(HEARD[0], deviations=("x",)), *HEARD[1:])), Rule.MESSAGE),
]
# fmt: on


@pytest.mark.parametrize(("name", "change", "rule"), SPOILT, ids=[name for name, _, _ in SPOILT])
def test_a_spoilt_loan_is_noticed(name: str, change: Change, rule: Rule):
    assert rule in {breach.rule for breach in broken(change(clean()))}


def test_the_same_bytes_again_are_no_second_message():
    again = replace(HEARD[1], novelty=Novelty.SAME_BYTES)
    assert broken(with_page(told=(*HEARD[:2], again, *HEARD[2:]))(clean())) == ()


def test_a_request_that_waits_for_a_person_is_not_stuck():
    task = Task(id=1, request="L-1", kind=TaskKind.FIND_OUT, words="Look in the ILS and say.", opened_at=AT)
    waiting = with_request(state=State.CHECKING_IN)(clean())
    books = replace(waiting, gateway=replace(waiting.gateway, tasks=(task,)))
    assert Rule.STUCK not in {breach.rule for breach in broken(books)}


def test_a_checkout_that_was_undone_may_be_done_again():
    undone = (*ACTS[:4], (ActKind.CHECKIN, "A"), (ActKind.CHECKOUT, "A"), *ACTS[4:])
    assert broken(with_acts(*undone)(clean())) == ()


def test_what_strangers_do_at_the_desk_is_no_business_of_ours():
    theirs = acs(
        ((ActKind.HOLD_PLACED, STRANGER), (ActKind.CHECKOUT, STRANGER), (ActKind.CHECKIN, STRANGER)), Source.DESK
    )
    books = clean()
    assert broken(replace(books, acs=replace(books.acs, acts=(*books.acs.acts, *theirs.acts)))) == ()


@pytest.mark.parametrize(("since_s", "rules"), [(59, set()), (61, {Rule.STRANGER})], ids=["in hand", "fetched before"])
def test_nobody_fetches_what_the_technician_has_in_hand(since_s: float, rules: set[Rule]):
    books, fetched_at, until = clean(), AT + timedelta(seconds=60), AT + timedelta(seconds=62)
    fetched = Act(7, ActKind.CHECKOUT, PLAN.items[0], STRANGER, Source.DESK, fetched_at)
    ended = Act(8, ActKind.CHECKIN, PLAN.items[0], STRANGER, Source.SIP2, until)
    scans = {PLAN.items[0]: [Scan(since=AT + timedelta(seconds=since_s), until=until)]}
    books = replace(books, acs=replace(books.acs, acts=(*books.acs.acts, fetched, ended)), scans=scans)
    assert {breach.rule for breach in broken(books)} == rules


@pytest.mark.parametrize(
    ("back_at_s", "rules"),
    [(-1, set()), (1, {Rule.STRANGER}), (61, set())],
    ids=["undone before Loaned was heard", "while the partner has it", "sent back"],
)
def test_what_is_undone_is_undone_before_the_partner_has_it(back_at_s: float, rules: set[Rule]):
    books = with_log(sent_back_at=AT + timedelta(seconds=60))(clean())
    undone = replace(PLAN, course=Course.UNDONE)
    back = Act(7, ActKind.CHECKIN, PLAN.items[0], "A", Source.SIP2, AT + timedelta(seconds=back_at_s))
    again = Act(8, ActKind.CHECKOUT, PLAN.items[0], "A", Source.SIP2, back.at)
    acts = (*books.acs.acts[:-1], back, again, replace(back, sequence=9, at=AT + timedelta(seconds=62)))
    books = replace(books, world=replace(books.world, plans=(undone,)), acs=replace(books.acs, acts=acts))
    assert {breach.rule for breach in broken(books)} == rules


def test_what_two_people_check_in_on_the_screen_is_not_our_doing():
    books = clean()
    at_desk = Act(7, ActKind.CHECKIN, PLAN.items[0], "", Source.DESK, AT)
    assert broken(replace(books, acs=replace(books.acs, acts=(*books.acs.acts, at_desk)))) == ()


def test_what_is_scanned_twice_may_arrive_twice():
    books = with_acts(*ACTS, (ActKind.CHECKIN, ""))(clean())
    assert broken(replace(books, scans={PLAN.items[0]: [SCAN, SCAN]})) == ()


def test_every_status_that_may_follow_has_followers_of_its_own():
    assert {status for followers in LEGAL.values() for status in followers} <= set(LEGAL)
