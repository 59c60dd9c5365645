"""Mails over the live API: what is made by schedule and on demand, what can be done about one, and what they say."""

from collections.abc import AsyncIterator
from datetime import time, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from gateway.desk import due_notices
from gateway.dispatch.printing import NotPrinted
from gateway.money.records import Means, Payment
from gateway.notices.life import NoticeEvent, NoticeTrigger
from gateway.notices.records import Notice, NoticeState
from gateway.notices.schedule import NoticePlan
from gateway.store.notices_port import NoticeFilter
from gateway.workflow.partners import BilledBy, Billing
from gateway.workflow.recovery import Recovery
from gateway.workflow.staff import StaffRole, Switch, Switching
from tests.fakes.directory import put
from tests.web.billing import fetch, invoice
from tests.web.known import START, VALLEY, a_request, keep
from tests.web.live import Live, live_api

# The live desk's clock stands at 03:00 of October 28 in its zone.
PLAN = NoticePlan(
    mails=True,
    texts={"statement_subject": "Your account with $library"},
    branches={"Main": "main@library.example", "East": "east@library.example"},
    pull_slips_at=(time(3),),
    statements_on=28,
    report="board",
    report_on=28,
    report_to=("director@library.example", "board@library.example"),
    monthly_at=time(3),
)
EMAIL = "ill@valley.example"


@pytest.fixture
async def live() -> AsyncIterator[Live]:
    async with live_api(mail=PLAN) as api:
        yield api


async def with_email(live: Live, **more: Any) -> None:
    await put(live.store, msgspec.structs.replace(VALLEY, email=EMAIL, **more))


async def mails(live: Live) -> list[Notice]:
    return sorted(await live.store.notices.notices(NoticeFilter(limit=100)), key=lambda each: each.to)


async def send(live: Live, **body: Any) -> tuple[int, Any]:
    return await live.call("POST", "/notices", body=body)


@pytest.mark.process
async def test_a_statement_is_mailed_with_its_pdf(live: Live):
    await with_email(live)
    await invoice(live)
    status, sent = await send(live, kind="statement", about=VALLEY.id)
    assert (status, sent["words"]) == (201, "1 mail to send.")
    (name,) = sent["notices"]
    shown = (await live.call("GET", f"/notices/{name}"))[1]
    assert (shown["notice"]["to"], shown["notice"]["state"]) == (EMAIL, "waiting")
    assert shown["notice"]["subject"] == "Your account with Example City Library", "in the library's own words"
    assert "75.00 USD as owed" in shown["body"]
    (file,) = shown["files"]
    async with fetch(live, f"/notices/{name}/file", params={"name": file}) as got:
        assert (got.content_type, (await got.read())[:4]) == ("application/pdf", b"%PDF")
    assert len(await live.store.pending(name)) == 1


@pytest.mark.process
async def test_a_partner_without_an_address_is_a_task(live: Live):
    await invoice(live)
    await send(live, kind="statement")
    (mail,) = await mails(live)
    assert (mail.state, "no e-mail address is known" in mail.words) == (NoticeState.REFUSED, True)
    assert [task.about for task in await live.store.tasks()] == [mail.id]
    status, answer = await live.call("POST", f"/notices/{mail.id}/actions/send-again", body={})
    assert (status, "nobody knows one" in answer["detail"]) == (422, True)
    status, answer = await live.call(
        "POST", f"/notices/{mail.id}/actions/send-again", body={"to": "new@valley.example"}
    )
    assert (status, answer["notice"]["state"], answer["notice"]["to"]) == (200, "waiting", "new@valley.example")
    assert await live.store.tasks() == ()
    status, answer = await live.call("POST", f"/notices/{mail.id}/actions/set-aside", body={})
    assert (status, "while the mail is “waiting”" in answer["detail"]) == (409, True)


async def test_who_owes_nothing_or_is_not_billed_gets_no_statement(live: Live):
    assert (await send(live, kind="statement"))[1]["words"] == "There is nothing to send."
    await invoice(live)
    await with_email(live, billing=Billing(by=BilledBy.NOBODY))
    assert (await send(live, kind="statement"))[1]["notices"] == []


@pytest.mark.process
async def test_credit_alone_is_told_too(live: Live):
    await with_email(live)
    paid = Payment(
        id="",
        partner=VALLEY.id,
        currency="EUR",
        amount=Decimal("5.00"),
        received_on=START.date(),
        means=Means.CHECK,
        booked_at=START,
        booked_by="anna",
    )
    await live.desk.money.bills.pay(paid, {})
    await send(live, kind="statement")
    (mail,) = await mails(live)
    assert "-5.00 EUR as owed" in mail.body


@pytest.mark.process
async def test_pull_slips_go_to_their_branches_once(live: Live):
    await keep(live.store, a_request("r1"), a_request("r2"))
    await due_notices.see_to_all(live.desk)
    slips = [mail for mail in await mails(live) if mail.kind == "pull slips"]
    assert [(mail.to, mail.about) for mail in slips] == [("main@library.example", "Main")]
    assert slips[0].subject.startswith("2 items to pull at Main Library")
    assert "Almanac" not in slips[0].subject
    prints = await live.store.views.prints(["r1", "r2"], "pull-slip")
    assert {request: printed.who for request, printed in prints.items()} == {"r1": "schedule", "r2": "schedule"}
    await due_notices.see_to_all(live.desk)
    assert len([mail for mail in await mails(live) if mail.kind == "pull slips"]) == 1, "the time was seen to"
    await live.time.advance(24 * 3600)
    await keep(live.store, a_request("r3"))
    await due_notices.see_to_all(live.desk)
    newest = max((mail for mail in await mails(live) if mail.kind == "pull slips"), key=lambda mail: mail.made_at)
    assert newest.subject.startswith("1 item to pull"), "only what the branch was not sent before"


@pytest.mark.process
async def test_on_demand_a_branch_gets_all_its_slips(live: Live):
    await keep(live.store, a_request("r1"))
    for _ in range(2):
        status, sent = await send(live, kind="pull slips", about="Main")
        assert (status, len(sent["notices"])) == (201, 1)
    assert (await send(live, kind="pull slips"))[1]["notices"] != []
    assert (await send(live, kind="pull slips", about="East"))[0] == 404, "it is none of our branches"


@pytest.mark.process
async def test_the_report_goes_to_each_address_with_its_workbook(live: Live):
    await due_notices.see_to_all(live.desk)
    reports = [mail for mail in await mails(live) if mail.kind == "report"]
    assert [mail.to for mail in reports] == ["board@library.example", "director@library.example"]
    assert "Provided to other libraries: 0 (before: 0, a year ago: 0)" in reports[0].body
    (book,) = await live.store.notices.files(reports[0].id)
    assert (book.name.endswith(".xlsx"), book.data[:2]) == (True, b"PK")


@pytest.mark.process
async def test_the_annual_report_has_its_money_in_the_mail(live: Live):
    await invoice(live)
    await live.time.advance(31 * 86_400)
    object.__setattr__(live.desk.mail, "plan", msgspec.structs.replace(PLAN, report="annual"))
    await send(live, kind="report")
    (mail, _) = [mail for mail in await mails(live) if mail.kind == "report"]
    assert (
        "\nWhat other libraries owe us, USD\nBilled to other libraries, USD: 75.00 (before: 0.00, a year ago: 0.00)\n"
        in mail.body
    )
    assert "\nWhat we owe lenders, USD\nAsked of us by lenders, USD: 0.00 (" in mail.body


@pytest.mark.process
async def test_a_paper_that_can_not_be_printed_is_a_task_and_the_others_go_out(
    live: Live, monkeypatch: pytest.MonkeyPatch
):
    async def broken(*_given: Any, **_more: Any) -> bytes:
        raise NotPrinted("statement.typ:3: unknown variable")

    await with_email(live)
    await invoice(live)
    monkeypatch.setattr(live.desk.printing, "pdf", broken)
    await due_notices.see_to_all(live.desk)
    (statement,) = [mail for mail in await mails(live) if mail.kind == "statement"]
    assert (statement.state, "statement.typ:3" in statement.words) == (NoticeState.REFUSED, True)
    assert len([mail for mail in await mails(live) if mail.kind == "report"]) == 2


@pytest.mark.process
async def test_what_is_switched_off_at_the_desk_is_not_made_until_it_is_on_again(live: Live):
    await live.store.switch(Switching(switch=Switch.REPORT, is_on=False, at=START, by="ann"))
    await keep(live.store, a_request("r1"))
    await due_notices.see_to_all(live.desk)
    assert [mail.kind for mail in await mails(live)] == ["pull slips"]
    await live.store.switch(Switching(switch=Switch.REPORT, is_on=True, at=START + timedelta(minutes=5), by="ann"))
    await due_notices.see_to_all(live.desk)
    assert sorted(mail.kind for mail in await mails(live)) == ["pull slips", "report", "report"]


async def test_nothing_is_made_while_work_is_held_after_a_restore(live: Live):
    await live.store.recovery.begin(Recovery(since=START, why="Restored."))
    await due_notices.see_to_all(live.desk)
    assert await mails(live) == []


@pytest.mark.process
async def test_mails_are_listed_by_state_and_kind_page_by_page(live: Live):
    await due_notices.see_to_all(live.desk)
    status, listed = await live.call("GET", "/notices", params={"limit": 1})
    assert (status, len(listed["notices"]), listed["counts"]) == (200, 1, {"waiting": 2})
    rest = (await live.call("GET", "/notices", params={"before": listed["next"]}))[1]
    assert len(rest["notices"]) == 1
    assert rest["notices"][0]["id"] != listed["notices"][0]["id"]
    assert (await live.call("GET", "/notices", params={"state": "refused"}))[1]["notices"] == []
    assert (await live.call("GET", "/notices", params={"before": "yesterday"}))[0] == 422


@pytest.mark.process
async def test_an_unknown_mail_arrived_if_somebody_says_so(live: Live):
    await with_email(live)
    await invoice(live)
    (name,) = (await send(live, kind="statement"))[1]["notices"]
    perhaps = NoticeEvent(trigger=NoticeTrigger.PERHAPS_TAKEN, at=START, words="The line broke.")
    await live.desk.mail.notices.submit(name, perhaps)
    status, shown = await live.call("POST", f"/notices/{name}/actions/arrived", body={"words": "They have it."})
    assert (status, shown["notice"]["state"], shown["notice"]["words"]) == (200, "sent", "They have it.")
    assert shown["notice"]["changed_by"] == "first-admin"


async def test_what_is_about_a_bill_is_done_at_the_bill(live: Live):
    bill = await invoice(live)
    await live.call("POST", f"/bills/{bill}/actions/mail", body={"to": "a@b.example"})
    (mail,) = await mails(live)
    line = (await live.call("GET", "/notices"))[1]["notices"][0]
    assert (line["bill"], line["acts"], line["state"]) == (bill, [], "waiting")
    status, answer = await live.call("POST", f"/notices/{mail.id}/actions/set-aside", body={})
    assert (status, "at its bill or invoice" in answer["detail"]) == (409, True)


async def test_every_kind_of_text_is_shown_with_made_up_values(live: Live):
    texts = {text["kind"]: text for text in (await live.call("GET", "/notices/texts"))[1]["texts"]}
    assert texts["statement"]["is_own"]
    assert texts["statement"]["subject_shown"] == "Your account with Example Valley Library"
    assert (texts["report"]["is_own"], texts["report"]["settings"]) == (False, ["report_subject", "report_body"])


async def test_without_a_mail_server_nothing_is_sent():
    async with live_api() as bare:
        status, answer = await send(bare, kind="statement")
        assert (status, "[mail]" in answer["detail"]) == (409, True)


async def test_a_viewer_sends_nothing(live: Live):
    assert (await live.call("POST", "/notices", role=StaffRole.VIEWER, body={"kind": "report"}))[0] == 403
