"""Lists that the desk gives whole, page by page; and what is done to a row goes on on its page."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest

from gateway.desk import bills, payments
from gateway.desk.structs.bills import OwedList, OwedShown, ToBill, ToBillList
from gateway.money.ageing import BillAge
from gateway.pages.money import OWED_LISTED, TO_BILL_LISTED
from gateway.pages.paging import LISTED, After, paged
from gateway.store.values import Token
from gateway.workflow.staff import Session, StaffRole
from tests.pages.conftest import SignIn, Site
from tests.web.known import START

ROWS = ["a", "b", "c", "d", "e"]
NEXT = re.compile(r'href="([^"]+)" rel="next"')
HEADING = re.compile(r"<h1>.*?</h1>")
END = re.compile(r'action="([^"]*/sessions/[^"]+/end[^"]*)"')


@pytest.mark.parametrize(
    ("after", "rows", "begins", "following"),
    [
        ("",  ["a", "b"], "",  "b"),
        ("b", ["c", "d"], "b", "d"),
        ("d", ["e"],      "d", None),
        ("e", ["a", "b"], "",  "b"),
        ("x", ["a", "b"], "",  "b"),
    ],
    ids=["the first", "the second", "the last", "none is left behind it", "the row has gone"],
)  # fmt: skip
def test_a_page_begins_behind_a_row(after: str, rows: list[str], begins: str, following: str | None):
    page = paged(ROWS, after, str, most=2)
    assert (page.rows, page.after, page.next, page.total) == (rows, begins, following, 5)


def test_an_empty_list_is_one_empty_page():
    page = paged(list[str](), "gone", str)
    assert (page.rows, page.after, page.next, page.total) == ([], "", None, 0)


def test_the_way_back_keeps_the_page():
    assert After(after="the shelf").of("/settings/tokens") == "/settings/tokens?after=the+shelf"
    assert After().of("/settings/tokens") == "/settings/tokens"


async def open_sessions(site: Site, count: int, account: str) -> None:
    """So many browsers at which somebody has signed in, one second before the other."""
    for number in range(count):
        await site.live.store.add_session(
            Session(
                id=f"{number:012x}",
                hash=f"{number:064x}",
                account=account,
                made_at=START - timedelta(seconds=number),
                last_seen_at=START - timedelta(seconds=number),
                ends_at=START + timedelta(hours=8),
                address="192.0.2.1",
                agent="Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36",
            )
        )


@pytest.mark.parametrize(
    "address", ["/settings/sessions", "/settings/accounts/a-person-technician", "/account"], ids=str
)
async def test_sessions_are_ended_on_each_page(site: Site, sign_in: SignIn, address: str):
    browser = await sign_in(StaffRole.ADMIN)
    account = "a-person-admin" if address == "/account" else "a-person-technician"
    await open_sessions(site, 2 * LISTED, account)
    _, first = await browser.get(address)
    _, second = await browser.get(NEXT.findall(first)[0])
    assert "First page" in second
    assert not set(END.findall(first)) & set(END.findall(second))
    here = [path for path in END.findall(second) if account in second]
    assert len(here) >= LISTED - 1
    status, after = await browser.post(here[0].replace("&amp;", "&"))
    assert status == 200
    assert END.findall(after)[: LISTED - 2] == here[1 : LISTED - 1], "the same page, without the one that is over"
    assert "First page" in after
    assert HEADING.findall(after) == HEADING.findall(second), "not everybody's list, from the page of one account"
    kept = await site.live.store.sessions(account=account, at=START)
    assert here[0].split("/")[-2] not in {each.id for each in kept}


@pytest.mark.parametrize("address", ["/settings/sessions", "/account"], ids=str)
async def test_who_is_seen_while_the_pages_are_turned_stands_where_they_stood(
    site: Site, sign_in: SignIn, address: str
):
    browser = await sign_in(StaffRole.ADMIN)
    await open_sessions(site, LISTED + 10, "a-person-admin")
    _, first = await browser.get(address)
    last = f"{LISTED + 9:012x}"
    assert last not in first
    await site.live.store.session_seen(last, at=START + timedelta(minutes=1))
    _, second = await browser.get(NEXT.findall(first)[0])
    assert last in second


async def test_all_sessions_of_an_account_are_ended_whichever_page_is_open(site: Site, sign_in: SignIn):
    browser = await sign_in(StaffRole.ADMIN)
    await open_sessions(site, 2 * LISTED, "a-person-technician")
    address = "/settings/accounts/a-person-technician"
    _, first = await browser.get(address)
    await browser.get(NEXT.findall(first)[0])
    _, html = await browser.post(f"{address}/end-sessions")
    assert "Nowhere." in html
    assert await site.live.store.sessions(account="a-person-technician", at=START) == ()


async def test_two_hundred_sessions_weigh_what_fifty_do(site: Site, sign_in: SignIn):
    browser = await sign_in(StaffRole.ADMIN)
    await open_sessions(site, 200, "a-person-technician")
    _, html = await browser.get("/settings/sessions")
    assert "At 201 browsers" in html
    assert len(END.findall(html)) == LISTED - 1
    assert len(html) < 55_000


async def test_tokens_are_revoked_on_each_page(site: Site, sign_in: SignIn):
    browser = await sign_in(StaffRole.ADMIN)
    for number in range(2 * LISTED):
        name = f"program-{number:03}"
        await site.live.store.add_token(Token(name=name, role="viewer", hash=f"{number:064x}", created_at=START))
    _, first = await browser.get("/settings/tokens")
    _, second = await browser.get(NEXT.findall(first)[0])
    path = re.findall(r'action="(/settings/tokens/[^"]+/revoke[^"]*)"', second)[-1]
    _, html = await browser.post(path)
    assert "First page" in html
    assert html.count(">revoked<") == 1


async def test_what_is_owed_is_paged_and_the_sums_are_those_of_all(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch):
    def owed(partner: str, amount: int) -> OwedShown:
        by_age = dict.fromkeys(BillAge, Decimal(amount))
        no = Decimal(0)
        return OwedShown(
            partner=partner,
            partner_name=partner,
            currency="USD",
            by_age=by_age,
            total=Decimal(amount),
            disputed=no,
            credit=no,
        )

    every = tuple(owed(f"partner-{number:02}", 1) for number in range(OWED_LISTED + 1))

    async def listed(*_: object) -> OwedList:
        return OwedList(today=date(2027, 1, 4), partners=every, totals=(owed("", len(every)),))

    monkeypatch.setattr(payments, "list_owed", listed)
    browser = await sign_in()
    _, first = await browser.get("/money/owed")
    _, second = await browser.get(NEXT.findall(first)[0])
    assert (first.count('scope="row"><a'), second.count('scope="row"><a')) == (OWED_LISTED, 1)
    assert all(f">{len(every)} USD<" in html for html in (first, second))


async def test_what_is_to_be_billed_beyond_a_page_stands_among_the_tasks(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
):
    each = ToBill(
        request="L-7K3QX-9D2MF",
        item=None,
        title="An Almanac",
        partner="valley",
        partner_name="Valley",
        due_on=None,
        since=START,
        words="",
        bill=None,
    )

    async def listed(*_: object) -> ToBillList:
        return ToBillList(requests=(each,) * (TO_BILL_LISTED + 7))

    monkeypatch.setattr(bills, "list_to_bill", listed)
    _, html = await (await sign_in()).get("/money")
    assert html.count("An Almanac</bdi>") == TO_BILL_LISTED
    assert '<a href="/tasks?kind=bill">7 more</a> among the tasks' in html
