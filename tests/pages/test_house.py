"""The page of branches says how long each takes to bring a book, by what that goes, and what is set in place of it; taken back, what was
learned counts again.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from gateway.desk.access import Caller
from gateway.desk.policy import show_policy
from gateway.desk.policy_forms import policy_form
from gateway.dispatch.fetch_book import FetchBook
from gateway.workflow.calendar import Calendars
from gateway.workflow.records import Request, State
from gateway.workflow.staff import StaffRole
from tests.pages.conftest import Browser, SignIn, Site
from tests.web.known import START, a_request

LEARNED = "of 6 books half came within 1 open days, and 95 in 100 within 1"


@dataclass
class Brought:
    """In the place of a store: what a branch has brought."""

    requests: list[Request] = field(default_factory=list)

    async def fetched(self, **_which: object) -> tuple[Request, ...]:
        return tuple(self.requests)


def with_history(site: Site) -> None:
    """The main branch has brought six books, each on the day after."""
    promised = START - timedelta(days=20)
    brought = a_request(state=State.LOANED, promised_at=promised, at_desk_at=promised + timedelta(days=1))
    live = site.live
    known = FetchBook(
        store=Brought([brought] * 6),  # type: ignore[arg-type]
        time=live.time,
        calendars=Calendars(),
        by_policy=lambda: live.directory.policy.days_of_branches(),  # noqa: PLW0108 - of the policy that holds by then
    )
    object.__setattr__(live.desk.looking, "fetching", known.of_branches)


async def main_branch(browser: Browser) -> str:
    """The row of the main branch."""
    _, html = await browser.get("/settings/branches")
    return html.split(">Main Library</th>")[1].split("</tr>")[0]


async def set_days(site: Site, browser: Browser, days: str) -> None:
    """Send the policy's form as it stands, but for the days of branches."""
    await browser.get("/policy")
    now = await show_policy(site.live.desk, Caller("an-admin", StaffRole.ADMIN))
    form = policy_form(now.version, now.policy)
    fields = {"version": str(form.version)}
    fields |= {f"settings.{column}": text for column, text in form.settings.items()}
    fields |= {
        f"statuses.{status}.{column}": text for status, row in form.statuses.items() for column, text in row.items()
    }
    status, html = await browser.post("/policy/save", fields=fields | {"settings.transit_days": days})
    assert (status, "It counts from now on." in html) == (200, True), html


async def test_what_a_branch_takes_is_shown_with_its_basis(sign_in: SignIn, site: Site):
    browser = await sign_in(StaffRole.VIEWER)
    assert "4 open days <small>nothing was fetched there yet</small>" in await main_branch(browser)
    with_history(site)
    assert f"1 open day <small>{LEARNED}</small>" in await main_branch(browser)


async def test_it_is_overridden_by_the_policy_and_that_is_undone_there(sign_in: SignIn, site: Site):
    with_history(site)
    browser = await sign_in(StaffRole.ADMIN)
    await set_days(site, browser, "Main=3")
    set_by = f"3 open days by the policy, in place of what is learned: {LEARNED}"
    assert f"3 open days <small>{set_by}</small>" in await main_branch(browser)
    await set_days(site, browser, "")
    assert f"1 open day <small>{LEARNED}</small>" in await main_branch(browser)
