"""What staff expect of a partner, set over the API in place of what was learned: shown beside that, obeyed, and undone."""

from typing import Any

import msgspec
import pytest

from gateway.dispatch.performers.rota import as_lender
from gateway.dispatch.performers.timers import Timers
from gateway.reports.lenders import LenderFigures
from gateway.workflow import rota
from gateway.workflow.effects import StartTimer
from gateway.workflow.events import TimerFired
from gateway.workflow.records import Clock, Request, State
from tests.web.known import START, VALLEY, a_request, keep
from tests.web.live import Live

RECORD: dict[str, Any] = msgspec.to_builtins(VALLEY)
SERVED = LenderFigures(fill_rate=0.6, turnaround_days=6.5, asked=20, no_days=3.4, promise_days=6.0)
NAMES = {
    "supplies_percent": "Supplies what it is asked for",
    "no_days": "Days until its no",
    "waits_days": "Waited for",
    "item_days": "From our request to the item",
    "says_received": "Says Received",
}
LEARNED = {
    "supplies_percent": ("60%", "of 20 requests that it has answered, or was left for its silence"),
    "no_days": ("3.4 days", "mean, until another could be asked"),
    "waits_days": ("7 days", "95 in 100 promises came within 6 days, and one more"),
    "item_days": ("6.5 days", "median, from the confirmation of our request to the scan on arrival"),
    "says_received": (
        "no",
        "it has not said so of what we lent to it in the last year, if anything: no task asks for it",
    ),
}
"""By the field that overrides it: what counts, and its basis."""
SET: dict[str, tuple[Any, str]] = {
    "supplies_percent": (0, "0%"),
    "no_days": (1.5, "1.5 days"),
    "waits_days": (2, "2 days"),
    "item_days": (4, "4 days"),
    "says_received": ("yes", "yes"),
}
"""What is sent in each field, and how it is shown."""
AS_LEARNED = {field: (*learned, None) for field, learned in LEARNED.items()}


@pytest.fixture(autouse=True)
def _served(live: Live) -> None:
    """The partner has lent to us before."""
    live.lenders[VALLEY.id] = SERVED


async def save(live: Live, **expected: Any) -> None:
    """Send the partner's record with what is expected of it."""
    status, answer = await live.call("PUT", "/partners/valley", body=RECORD | {"expected": expected})
    assert status == 200, answer


async def told(live: Live) -> dict[str, tuple[str, str, str | None]]:
    """By the field that overrides it: what counts, by what it goes, and what was learned where it is set."""
    _, answer = await live.call("GET", "/partners/valley/figures", role="viewer")
    by_name = {each["name"]: each for each in (*answer["as_lender"], *answer["as_borrower"])}
    known = {field: by_name[name] for field, name in NAMES.items()}
    assert len(by_name) == len(known)
    return {field: (each["value"], each["basis"], each.get("learned")) for field, each in known.items()}


@pytest.mark.parametrize("field", list(SET))
@pytest.mark.parametrize("is_named", [False, True], ids=["left out", "as null"])
async def test_one_is_set_and_undone_and_the_others_stay_as_learned(live: Live, field: str, *, is_named: bool):
    sent, shown = SET[field]
    value, basis = LEARNED[field]
    assert await told(live) == AS_LEARNED
    await save(live, **{field: sent})
    assert await told(live) == AS_LEARNED | {field: (shown, "set in its record", f"{value}: {basis}")}
    await save(live, **({field: None} if is_named else {}))
    assert await told(live) == AS_LEARNED


async def test_one_of_several_is_undone_alone(live: Live):
    await save(live, **{field: sent for field, (sent, _) in SET.items()})
    assert {field: value for field, (value, _, _) in (await told(live)).items()} == {
        field: shown for field, (_, shown) in SET.items()
    }
    await save(live, **{field: sent for field, (sent, _) in SET.items() if field != "item_days"})
    assert [field for field, (_, _, learned) in (await told(live)).items() if learned is None] == ["item_days"]


async def test_what_was_set_is_in_the_history_and_the_record_before_it_undoes_it(live: Live):
    await save(live, says_received="yes", item_days=4)
    _, answer = await live.call("GET", "/partners/valley/history", role="viewer")
    line = answer["history"][0]
    assert (line["by"], line["what"]) == ("first-admin", "changed expected")
    assert line["after"]["expected"] == {"says_received": "yes", "item_days": 4}
    assert (await live.call("PUT", "/partners/valley", body=line["before"]))[1]["what"] == "changed expected"
    assert await told(live) == AS_LEARNED


@pytest.mark.parametrize(
    ("field", "sent", "words"),
    [
        ("item_days", 0, "must be above 0, and 365 at the most"),
        ("item_days", 366, "must be above 0, and 365 at the most"),
        ("item_days", "soon", "must be a number"),
        ("waits_days", -1, "must be above 0, and 365 at the most"),
        ("no_days", 0, "must be above 0, and 365 at the most"),
        ("supplies_percent", 101, "must be from 0 to 100"),
        ("says_received", "perhaps", "must be one of yes, no"),
        ("says_recieved", "yes", "there is no such field; did you mean says_received"),
    ],
)
async def test_what_can_not_be_expected_is_refused_at_its_field(live: Live, field: str, sent: Any, words: str):
    status, answer = await live.call("PUT", "/partners/valley", body=RECORD | {"expected": {field: sent}})
    assert (status, answer["problems"]) == (422, [{"column": f"expected.{field}", "words": words}])
    assert await told(live) == AS_LEARNED


async def never_says(live: Live, request: Request) -> bool:
    """Whether a clock of Received finds that none is to be expected, so that it opens no task."""
    waits = StartTimer(clock=Clock.RECEIPT, since=START)
    ringing = Timers(store=live.store, directory=live.directory, time=live.time)
    event = (await ringing.ring(waits, request)).event
    assert isinstance(event, TimerFired)
    return event.never_said


@pytest.mark.parametrize("has_said", [False, True], ids=["never said", "has said"])
async def test_received_is_waited_for_as_set_until_that_is_undone(live: Live, *, has_said: bool):
    lent = a_request(state=State.LOANED, received_at=START if has_said else None)
    await keep(live.store, lent)
    learned, other = ("yes", "no") if has_said else ("no", "yes")
    assert ((await told(live))["says_received"][0], await never_says(live, lent)) == (learned, not has_said)
    await save(live, says_received=other)
    assert ((await told(live))["says_received"][0], await never_says(live, lent)) == (other, has_said)
    await save(live)
    assert ((await told(live))["says_received"][0], await never_says(live, lent)) == (learned, not has_said)


def chosen_by(live: Live) -> rota.RotaLine:
    """The partner in a rota that is made now."""
    partner, today = live.directory.partner(VALLEY.id), START.date()
    assert partner is not None
    need = rota.Need(service=a_request().service, today=today)
    (line,) = rota.make_rota([as_lender(partner, today, SERVED)], need, rota.Weights()).lines
    return line


async def test_a_rota_weighs_the_days_to_the_item_as_set_until_that_is_undone(live: Live):
    learned = chosen_by(live)
    assert "turnaround 6.5 days" in learned.reason
    await save(live, item_days=12)
    slower = chosen_by(live)
    assert "turnaround 12 days as set" in slower.reason
    assert slower.score < learned.score
    await save(live, item_days=4)
    assert chosen_by(live).score > learned.score
    await save(live)
    assert chosen_by(live) == learned
