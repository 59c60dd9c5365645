"""The table of a partner's misbehaviours, and when an order fires."""

from gateway.demo.partner.misbehaviour import SENDING, TABLE, Misbehaviour, Order, Script

M = Misbehaviour


def test_each_misbehaviour_is_about_what_we_hear_or_about_what_we_send():
    assert TABLE.keys() | SENDING == set(M)
    assert not TABLE.keys() & SENDING


def test_an_order_fires_after_skip_and_count_times():
    script = Script([Order(name=M.FAILS, skip=1, count=2)])
    assert [script.for_heard("Loaned") is not None for _ in range(5)] == [False, True, True, False, False]
    assert script.fired == {M.FAILS: 2}
    assert script.orders == []


def test_an_order_without_count_fires_for_ever():
    script = Script([Order(name=M.SILENT)])
    assert all(script.for_heard("Loaned") for _ in range(3))
    script.clear()
    assert script.for_heard("Loaned") is None


def test_an_order_fires_only_on_what_it_is_about():
    script = Script([Order(name=M.FAILS, about=frozenset({"Loaned", "RenewResponse"}))])
    assert script.for_heard("WillSupply", "RequestResponse") is None
    assert script.for_heard("Loaned", "StatusChange") is not None
    assert script.for_heard(None, "RenewResponse") is not None


def test_the_first_order_that_fits_fires_alone():
    script = Script([Order(name=M.FAILS, count=1), Order(name=M.SILENT, count=1)])
    assert [order.name if order else None for order in (script.for_heard("x") for _ in range(3))] == [
        M.FAILS,
        M.SILENT,
        None,
    ]


def test_what_befalls_our_own_messages_leaves_the_suppliers_alone():
    script = Script([Order(name=M.SENDS_TWICE), Order(name=M.FAILS)])
    assert script.for_heard("Loaned") == Order(name=M.FAILS)
    assert script.for_sent("New") == Order(name=M.SENDS_TWICE)
