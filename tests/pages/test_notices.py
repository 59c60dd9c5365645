"""The pages about mails, without a browser: what went out, what is done about what did not, and what they say."""

import re
from datetime import time
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec
import pytest

from gateway.desk import notices
from gateway.desk.errors import ConflictError
from gateway.notices.life import NoticeEvent, NoticeTrigger
from gateway.notices.schedule import NoticePlan
from gateway.workflow.staff import StaffRole
from tests.fakes.directory import put
from tests.pages.conftest import SignIn, Site
from tests.web.billing import invoice
from tests.web.known import START, VALLEY

HREF = re.compile(r'href="(/notices/N-[^"]+)"')


@pytest.fixture
def mail() -> NoticePlan:
    return NoticePlan(
        mails=True,
        branches={"Main": "main@library.example"},
        pull_slips_at=(time(8),),
        report_on=2,
        report_to=("director@library.example",),
    )


async def changed_meanwhile(*_: Any) -> Any:
    raise ConflictError("It was changed meanwhile.")


@pytest.mark.process
async def test_a_statement_goes_out_by_its_button_and_is_seen_to_when_it_is_refused(
    sign_in: SignIn, site: Site, monkeypatch: pytest.MonkeyPatch
):
    await put(site.live.store, msgspec.structs.replace(VALLEY, email="ill@valley.example"))
    await invoice(site.live)
    browser = await sign_in(StaffRole.TECHNICIAN)
    _, html = await browser.get("/money/owed")
    assert "Mail it" in html
    _, html = await browser.post("/notices", fields={"kind": "statement", "about": VALLEY.id, "currency": "USD"})
    assert "1 mail to send." in html
    address = HREF.search(html)
    assert address
    name = address[1].rpartition("/")[2]
    refused = NoticeEvent(trigger=NoticeTrigger.NOT_TAKEN, at=START, words="The mail server refuses the address: 550.")
    await site.live.desk.mail.notices.submit(name, refused)
    _, html = await browser.get("/notices?state=refused")
    assert "1 refused: each is a task" in html
    assert "Mail statements, pull slips or the report now" in html
    _, html = await browser.get("/tasks")
    assert f'href="{address[1]}"' in html, "the task leads to the mail"
    _, html = await browser.get(address[1])
    assert "refuses the address: 550" in html
    with monkeypatch.context() as now:
        now.setattr(notices, "act_on_notice", changed_meanwhile)
        status, html = await browser.post(f"{address[1]}/set-aside", fields={"words": "They moved."})
    assert (status, re.findall(r'id="words-([^"]+)"[^>]* value="They moved."', html)) == (409, ["set-aside"])
    status, html = await browser.post(f"{address[1]}/send-again", fields={"to": "nobody"})
    assert (status, "Give an e-mail address" in html, 'value="nobody"' in html) == (409, True, True)
    status, html = await browser.post(f"{address[1]}/send-again", fields={"to": "new@valley.example"})
    assert (status, "new@valley.example" in html, "Waiting" in html) == (200, True, True)
    status, html = await browser.post(f"{address[1]}/arrived")
    assert (status, "not possible" in html) == (409, True)


@pytest.mark.process
async def test_its_file_is_handed_out_as_it_was_sent(sign_in: SignIn, site: Site):
    await invoice(site.live)
    browser = await sign_in()
    _, html = await browser.post("/notices", fields={"kind": "statement"})
    address = HREF.search(html)
    assert address
    _, html = await browser.get(address[1])
    link = re.search(r'href="(/notices/[^"]+/file\?name=[^"]+)"', html)
    assert link
    async with browser.http.get(browser.url + link[1]) as file:
        assert (file.status, file.content_type) == (200, "application/pdf")
        assert file.headers["X-Content-Type-Options"] == "nosniff"


async def test_what_can_not_be_sent_is_said(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch):
    browser = await sign_in()
    status, html = await browser.post("/notices", fields={"kind": "pull slips", "about": "Nowhere"})
    assert (status, "no such branch" in html) == (409, True)
    with monkeypatch.context() as now:
        now.setattr(notices, "send_now", changed_meanwhile)
        _, html = await browser.post("/notices", fields={"kind": "pull slips", "about": "Main"})
    assert 'value="Main" selected' in html
    status, html = await browser.post("/notices", fields={"kind": "nonsense"})
    assert (status, "Choose what is to be sent" in html) == (409, True)


async def test_texts_are_shown_with_made_up_values(sign_in: SignIn):
    browser = await sign_in(StaffRole.VIEWER)
    _, html = await browser.get("/notices/texts")
    assert "Statement of account, 2026-11-27, from Example Valley Library" in html
    assert "pull_slips_subject" in html


@pytest.mark.process
async def test_a_status_and_a_kind_are_chosen_together(sign_in: SignIn, site: Site):
    await put(site.live.store, msgspec.structs.replace(VALLEY, email="ill@valley.example"))
    await invoice(site.live)
    browser = await sign_in()
    await browser.post("/notices", fields={"kind": "statement"})
    for query in (
        "",
        "kind=bill",
        "kind=bill&state=refused",
        "state=waiting",
        "kind=statement&state=waiting&about=valley",
    ):
        _, html = await browser.get(f"/notices?{query}")
        chosen = dict(parse_qsl(query))
        links = {
            words: link
            for link, words in re.findall(
                r'href="(/notices(?:\?[^"]*)?)"[^>]*>(All|Waiting|Every kind|Statement)', html
            )
        }
        led = {words: dict(parse_qsl(urlsplit(unescape(link)).query)) for words, link in links.items()}
        bare = {name: {key: text for key, text in chosen.items() if key != name} for name in ("state", "kind")}
        assert led == {
            "All": bare["state"],
            "Waiting": chosen | {"state": "waiting"},
            "Every kind": bare["kind"],
            "Statement": chosen | {"kind": "statement"},
        }, query


async def test_a_viewer_is_offered_nothing(sign_in: SignIn, site: Site):
    await invoice(site.live)
    browser = await sign_in(StaffRole.VIEWER)
    _, html = await browser.get("/notices")
    assert "Send now" not in html
    assert "Mail it" not in (await browser.get("/money/owed"))[1]
    status, _ = await browser.post("/notices", fields={"kind": "statement"})
    assert status == 403
