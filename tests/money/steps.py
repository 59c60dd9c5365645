"""Whatever may happen to what partners owe, in whatever order: what property tests draw, and which call of the books each step is."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from random import Random
from typing import Any, Final

from hypothesis import strategies as st

from gateway.money.events import BillAct
from tests.money.books import SAMPLE, VALLEY, Books, Of

AMOUNTS = st.decimals("0.00", "1000000000.00", places=2)
SMALL = st.decimals("0.01", "60.00", places=2)
REST = st.one_of(SMALL, st.just("rest"))
OF = st.tuples(st.sampled_from((SAMPLE, SAMPLE, VALLEY)), st.sampled_from(("USD", "USD", "KWD")))
PLACE = st.integers(0, 3)
ACTS = (
    BillAct.DISPUTE,
    BillAct.END_DISPUTE,
    BillAct.WRITE_OFF,
    BillAct.REPLACE,
    BillAct.FINALISE,
    BillAct.NOTE,
    BillAct.DROP,
)
Step = tuple[Any, ...]
Call = tuple[str, tuple[Any, ...], dict[str, Any]]
"""A method of the books, with what it is given."""
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("invoice"), OF, st.lists(st.one_of(SMALL, AMOUNTS), min_size=1, max_size=3)),
        st.tuples(st.just("pay"), OF, st.one_of(SMALL, AMOUNTS), st.lists(st.tuples(PLACE, REST), max_size=3)),
        st.tuples(st.just("pay back"), OF, REST),
        st.tuples(st.just("reverse"), st.integers(0, 5)),
        st.tuples(st.just("credit note"), PLACE, REST),
        st.tuples(st.just("use credit"), PLACE, REST),
        st.tuples(st.just("came back"), PLACE, st.booleans()),
        st.tuples(st.just("merge"), st.sampled_from(((SAMPLE, VALLEY), (VALLEY, SAMPLE)))),
        st.tuples(st.just("act"), PLACE, st.sampled_from(ACTS), st.one_of(st.none(), SMALL)),
    ),
    max_size=25,
)  # fmt: skip


def drawn(random: Random) -> Step:
    """Draw a step for a long sequence: few bills of small amounts, so that most of what happens is about the same ones."""
    of = (random.choice((SAMPLE, SAMPLE, SAMPLE, VALLEY)), random.choice(("USD", "USD", "USD", "KWD")))
    place, some = random.randrange(12), Decimal(random.randint(1, 6000)).scaleb(-2)
    amount = random.choice((some, "rest"))
    return random.choice(
        (
            ("invoice", of, [random.choice((some, some, some, Decimal("0.00")))]),
            ("pay", of, some * 3, [(place, amount)]),
            ("pay", of, some, []),
            ("pay back", of, amount),
            ("reverse", random.randrange(40)),
            ("credit note", place, amount),
            ("use credit", place, amount),
            ("came back", place, random.random() < 0.5),
            ("act", place, random.choice(ACTS), random.choice((None, some))),
            ("act", place, random.choice(ACTS), random.choice((None, some))),
            ("merge", (SAMPLE, VALLEY) if random.random() < 0.5 else (VALLEY, SAMPLE))
            if random.random() < 0.2
            else ("reverse", place),
        )
    )


def call_of(books: Books, step: Step) -> Call | None:
    """Say which call a step is by how the books stand; None if there is nothing yet that it could be about."""
    kind, *given = step
    if kind in OF_A_BILL:
        place, *rest = given
        return OF_A_BILL[kind](books, named(books, place), *rest) if books.bills else None
    return OTHERS[kind](books, *given)


def named(books: Books, place: int) -> str:
    names = list(books.bills)
    return names[place % len(names)]


def owed(books: Books, name: str, amount: Decimal | str) -> Decimal:
    return books.bills[name].balance if isinstance(amount, str) else amount


def _pay(books: Books, of: Of, amount: Decimal, shares: Sequence[tuple[int, Decimal | str]]) -> Call:
    by_name = {named(books, place): share for place, share in shares} if books.bills else {}
    return "pay", (amount, {name: owed(books, name, share) for name, share in by_name.items()}, of), {}


def _pay_back(books: Books, of: Of, amount: Decimal | str) -> Call | None:
    whole = books.credits[of] if isinstance(amount, str) else amount
    return ("pay_back", (whole, of), {}) if whole else None


def _reverse(books: Books, place: int) -> Call | None:
    payments = list(books.payments)
    return ("reverse", (payments[place % len(payments)],), {}) if payments else None


OTHERS: Final[Mapping[str, Callable[..., Call | None]]] = {
    "invoice": lambda _, of, amounts: ("bill", (of, amounts), {}),
    "pay": _pay,
    "pay back": _pay_back,
    "reverse": _reverse,
    "merge": lambda _, partners: ("move", partners, {}),
}
OF_A_BILL: Final[Mapping[str, Callable[..., Call]]] = {
    "credit note": lambda books, name, amount: ("credit_note", (name, owed(books, name, amount)), {}),
    "use credit": lambda books, name, amount: ("use_credit", (name, owed(books, name, amount)), {}),
    "came back": lambda _, name, credits_it: ("came_back", (name,), {"credits_it": credits_it}),
    "act": lambda _, name, act, amount: ("act", (name, act), {"words": "a reason", "amount": amount}),
}
