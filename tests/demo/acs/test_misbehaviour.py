"""The table of misbehaviours, and the script that says when they happen."""

import pytest

from gateway.demo.acs.misbehaviour import TABLE, Answerer, Delivery, Misbehaviour, Order, Plan, Script


def fired(script: Script, *codes: str) -> list[bool]:
    return [script.plan(code).sends is Delivery.CONNECTION_CLOSED for code in codes]


def test_every_misbehaviour_has_a_row():
    assert TABLE.keys() == set(Misbehaviour)


def test_without_orders_the_library_answers():
    assert Script().plan("11") == Plan()


@pytest.mark.parametrize(
    ("order", "codes", "expected"),
    [
        (Order(name=Misbehaviour.LOST_AFTER_ACT), "11 17", [True, True]),
        (Order(name=Misbehaviour.LOST_AFTER_ACT, codes=frozenset({"11"})), "17 11", [False, True]),
        (Order(name=Misbehaviour.LOST_AFTER_ACT, count=1), "11 11", [True, False]),
        (Order(name=Misbehaviour.LOST_AFTER_ACT, skip=1, count=1), "11 11 11", [False, True, False]),
        (Order(name=Misbehaviour.LOST_AFTER_ACT, skip=1, codes=frozenset({"11"})), "17 11 11", [False, False, True]),
        (Order(name=Misbehaviour.LOST_AFTER_ACT, probability=0), "11 11", [False, False]),
    ],
)
def test_when_an_order_fires(order: Order, codes: str, expected: list[bool]):
    assert fired(Script([order]), *codes.split()) == expected


def test_chance_is_repeatable_by_its_seed():
    def run(seed: int) -> list[bool]:
        return fired(Script([Order(name=Misbehaviour.LOST_AFTER_ACT, probability=0.5)], seed), *["11"] * 64)

    assert run(1) == run(1) != run(2)
    assert {True, False} == set(run(1))


def test_a_row_names_the_requests_it_befalls():
    script = Script([Order(name=Misbehaviour.REFUSED_LOGIN)])
    assert [script.plan(code).answers for code in ("93", "11")] == [Answerer.EMPTY_LIBRARY, Answerer.LIBRARY]


def test_orders_add_up():
    script = Script(
        [
            Order(name=Misbehaviour.OK_THAT_LIES, delay_s=1),
            Order(name=Misbehaviour.BLANKS_BEFORE_SEQUENCE, delay_s=2),
            Order(name=Misbehaviour.CRLF),
            Order(name=Misbehaviour.SEGMENTS),
        ]
    )
    plan = script.plan("15")
    assert (plan.answers, plan.sends, plan.delay_s) == (Answerer.REHEARSAL, Delivery.IN_SEGMENTS, 3)
    assert (len(plan.bodies), len(plan.frames)) == (1, 1)


def test_rules_of_the_session_befall_no_request():
    script = Script(
        [
            Order(name=Misbehaviour.CLOSED_IDLE, delay_s=60),
            Order(name=Misbehaviour.CONNECTION_LIMIT, limit=2),
        ]
    )
    assert script.plan("17") == Plan()
    assert (script.idle_s(), script.connection_limit()) == (60, 2)
    script.clear()
    assert (script.idle_s(), script.connection_limit()) == (None, None)
