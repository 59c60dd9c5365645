"""A partner's page says what was learned of it, by what that goes, and what staff have set in place of it; emptied, what was learned counts again."""

import re
from datetime import UTC

import msgspec
import pytest

from gateway.dispatch.performers.rota import as_lender
from gateway.reports.lenders import LenderFigures
from gateway.store.port import Change, HistoryEntry, HistoryKind
from gateway.workflow import rota
from gateway.workflow.borrowing_events import RotaMade
from gateway.workflow.borrowing_records import LenderLine
from gateway.workflow.partners import Expected
from gateway.workflow.staff import StaffRole
from gateway.workflow.words import narrate
from tests.pages.conftest import Browser, SignIn, Site
from tests.web.known import VALLEY, a_request

SERVED = LenderFigures(fill_rate=0.6, turnaround_days=6.5, asked=20, no_days=3.4, promise_days=6.0)
LEARNED = {
    "Supplies what it is asked for": ("60%", "of 20 requests that it has answered, or was left for its silence"),
    "Days until its no": ("3.4 days", "mean, until another could be asked"),
    "Waited for": ("7 days", "95 in 100 promises came within 6 days, and one more"),
    "From our request to the item": (
        "6.5 days", "median, from the confirmation of our request to the scan on arrival",
    ),
    "Says Received": ("no", "it has not said so of what we lent to it in the last year, if anything: no task asks for it"),
}  # fmt: skip
"""Each value that choices rest on, by its name on the page, with its basis."""
FORMS = {
    "Supplies what it is asked for": ("expected.supplies_percent", "10", "10%"),
    "Days until its no": ("expected.no_days", "1.5", "1.5 days"),
    "Waited for": ("expected.waits_days", "2", "2 days"),
    "From our request to the item": ("expected.item_days", "4", "4 days"),
    "Says Received": ("expected.says_received", "yes", "yes"),
}
"""The field of its record that overrides each, what is typed there, and how it is shown."""


@pytest.fixture
def served(site: Site) -> None:
    """The partner has lent to us before."""
    site.live.lenders[VALLEY.id] = SERVED


async def learned_of(browser: Browser) -> dict[str, str]:
    """What the page says of each value, as text."""
    _, html = await browser.get(f"/partners/{VALLEY.id}/figures")
    found = re.findall(r"<dt>([^<]+)</dt><dd>([^<]*) <small>([^<]*)</small></dd>", html)
    return {name: f"{value} · {basis}" for name, value, basis in found}


async def change(browser: Browser, **cells: str) -> None:
    """Send the record's form as it stands, but for some cells."""
    _, html = await browser.get(f"/partners/{VALLEY.id}/edit")
    version = html.split('name="read_version" value="')[1].split('"')[0]
    fields = {"read_version": version, "id": VALLEY.id, "name": VALLEY.name, "peer": "hub", "symbols": "ISIL:XX-EVL"}
    status, html = await browser.post(f"/partners/{VALLEY.id}/edit", fields=fields | cells)
    assert status == 200, html


@pytest.mark.usefixtures("served")
async def test_each_learned_value_is_shown_with_its_basis(sign_in: SignIn):
    shown = await learned_of(await sign_in(StaffRole.VIEWER))
    assert shown == {name: f"{value} · {basis}" for name, (value, basis) in LEARNED.items()}


@pytest.mark.parametrize("name", list(LEARNED))
@pytest.mark.usefixtures("served")
async def test_each_is_overridden_in_the_record_and_shown_beside_what_was_learned_until_that_is_undone(
    sign_in: SignIn, name: str
):
    browser = await sign_in(StaffRole.ADMIN)
    column, typed, said = FORMS[name]
    value, basis = LEARNED[name]
    await change(browser, **{column: typed})
    assert (await learned_of(browser))[name] == f"{said} · set in its record; learned: {value}: {basis}"
    await change(browser, **{column: ""})
    assert (await learned_of(browser))[name] == f"{value} · {basis}"


@pytest.mark.parametrize(
    ("expected", "words"),
    [
        (Expected(), ("fill rate 60 % of 20", "turnaround 6.5 days", "3.4 days to a no")),
        (
            Expected(supplies_percent=10, no_days=1.5, item_days=4.0),
            ("fill rate 10 % as set", "turnaround 4 days as set", "1.5 days to a no, as set"),
        ),
    ],
)
async def test_the_timeline_says_by_which_values_a_lender_was_chosen(
    sign_in: SignIn, site: Site, expected: Expected, words: tuple[str, ...]
):
    at = site.live.time.now()
    lender = as_lender(msgspec.structs.replace(VALLEY, expected=expected), at.date(), SERVED)
    (line,) = rota.make_rota([lender], rota.Need(service=a_request().service, today=at.date()), rota.Weights()).lines
    asked = LenderLine(partner=VALLEY.id, peer="hub", agency="ISIL:XX-EVL", score=line.score, reason=line.reason)
    made = RotaMade(at=at, lenders=(asked,), words="", again_at=at)
    history = (HistoryEntry(at=at, by="gateway", kind=HistoryKind.DECISION, words=narrate(made, UTC)),)
    await site.live.store.commit(
        Change(request=a_request(), created=True, history_of="r1", event=made, history=history)
    )
    _, html = await (await sign_in()).get("/requests/r1")
    for each in words:
        assert each in html


@pytest.mark.parametrize(
    "days", ["first=2026-11-20&last=2026-11-01", "first=2010-01-01&last=2026-11-01", "first=abc&last=2026-11-01"]
)
async def test_days_that_cant_be_counted_are_said_at_their_fields_and_the_figures_stay(
    sign_in: SignIn, days: str
) -> None:
    browser = await sign_in(StaffRole.VIEWER)
    status, html = await browser.get(f"/partners/{VALLEY.id}/figures?{days}")
    assert status == 422
    assert "Those days can&#39;t be counted: from 1 to 366 days" in html
    assert 'id="counted"' in html
    assert "<dt>Requests</dt>" in html
    first, last = (day.partition("=")[2] for day in days.split("&"))
    assert f'value="{first}" aria-label="From" aria-invalid="true"' in html
    assert f'value="{last}" aria-label="Until" aria-invalid="true"' in html
    status, html = await browser.get(f"/partners/{VALLEY.id}?{days}")
    assert (status, f"/figures?{days.replace('&', '&amp;')}" in html) == (200, True)
