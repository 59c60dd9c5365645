"""What people have switched off is not done, from the next time on."""

from datetime import UTC, datetime, timedelta

from gateway.dispatch.switched import while_on
from gateway.store.port import Store
from gateway.workflow.staff import Switch, Switching

START = datetime(2026, 10, 28, 9, tzinfo=UTC)


async def asked(work: str) -> str:
    return f"catalogues asked for {work}"


async def not_asked(_work: str) -> str:
    return "nobody asked"


async def test_it_is_done_unless_it_was_switched_off_last(store: Store):
    look_up = while_on(store, Switch.PARTNER_CATALOGUES, asked, not_asked)
    assert await look_up("a book") == "catalogues asked for a book"
    for minutes, is_on, said in ((1, False, "nobody asked"), (2, True, "catalogues asked for a book")):
        at = START + timedelta(minutes=minutes)
        await store.switch(Switching(switch=Switch.PARTNER_CATALOGUES, is_on=is_on, at=at, by="ann"))
        assert await look_up("a book") == said


async def test_another_switch_does_not_count(store: Store):
    await store.switch(Switching(switch=Switch.REPORT, is_on=False, at=START, by="ann"))
    assert await while_on(store, Switch.PARTNER_CATALOGUES, asked, not_asked)("a book") != "nobody asked"
