"""A copy that we send: one step from the scan to CopyCompleted, and the partner fetches what was scanned."""

import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from gateway.demo.stage.case import Case
from gateway.demo.stage.house import DESK_PASSWORD
from gateway.demo.stage.processes import wait_for
from gateway.demo.stage.stack import Stack
from tests.browser.conftest import Note, SignIn
from tests.browser.hands import Hands
from tests.browser.test_scan import found

SCAN = b"%PDF-1.7\n" + bytes(range(256)) * 1_000
WISH = {
    "title": "A Short History of Tomorrow",
    "isbn": "9780000000132",
    "service": "Copy",
    "article_title": "On Tomorrow",
    "pages": "7-9",
}


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    path = tmp_path / "from the scanner.pdf"
    path.write_bytes(SCAN)
    return path


@pytest.fixture
def copy(house: Stack) -> Case:
    """A copy that the partner wants and was promised."""
    return promised_copy(house)


def promised_copy(house: Stack) -> Case:
    """Let the partner ask for a copy, and promise it."""
    asked = house.partner.post("/requests", WISH)
    line = wait_for(partial(found, house, asked["id"]), "the request")
    case = Case(house.api, house.acs, lambda: house.processes, our_id=line["id"])
    if case.until_state("to copy", "deciding") == "deciding":
        case.act("supply")
        case.until_state("to copy")
    return case


def link_of(case: Case) -> str:
    """Where the partner was told to fetch it, by our own book."""
    documents = [entry["detail"].get("document", "") for entry in case.timeline() if "detail" in entry]
    told = next(text for text in documents if "CopyCompleted" in text and "/copies/" in text)
    return str(told[told.index("http://127.0.0.1") :].partition("<")[0])


@contextmanager
def to_be_undone(page: Page) -> Iterator[None]:
    """The partner hears in a minute; nobody waits here for that."""
    yield
    expect(page.locator("[data-act=undo]")).to_be_visible()


def test_a_scan_is_chosen_and_sent_by_one_press(sign_in: SignIn, copy: Case, scan: Path, note_hands: Note):
    page = sign_in(anew=True)
    page.goto(f"/requests/{copy.our_id}")
    hands = Hands(page)
    with to_be_undone(page):
        hands.choose("[data-act=copy-sent] [type=file]", str(scan))
        page.locator("[data-act=copy-sent] button").click()
        copy.until_state("copy completed")
    assert hands.counted == {"files": 1, "clicks": 1, "pages": 1}
    note_hands("a copy that we send", hands.counted)
    with page.expect_download() as saved:
        page.get_by_role("link", name=f"{copy.our_id}.pdf").click()
    assert Path(saved.value.path()).read_bytes() == SCAN
    page.locator("[data-act=undo] button").click()
    copy.until_state("to copy")


def test_without_a_script_a_scan_is_sent_and_what_is_no_scan_is_said_at_its_field(
    sign_in: SignIn, house: Stack, copy: Case, scan: Path
):
    """A session that ends meanwhile keeps the form, and asks for the file once more: no browser may fill that in."""
    page = sign_in(anew=True, java_script_enabled=False)
    page.goto(f"/requests/{copy.our_id}")
    form = page.locator("[data-act=copy-sent]")
    form.locator("[type=file]").set_input_files(
        {"name": "scan.pdf", "mimeType": "application/pdf", "buffer": b"No PDF"}
    )
    form.locator("button").click()
    expect(form.locator(".problem")).to_contain_text("PDF")
    form.locator("[type=file]").set_input_files(scan)
    house.api.post("/accounts/technician/end-sessions")
    form.locator("button").click()
    expect(page.get_by_text("What you typed is kept")).to_be_visible()
    page.fill("[name=name]", "technician")
    page.fill("[name=password]", DESK_PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("The file").set_input_files(scan)
    with to_be_undone(page):
        page.get_by_role("button", name="Send it now").click()
        copy.until_state("copy completed")
    with page.expect_download() as saved:
        page.get_by_role("link", name=f"{copy.our_id}.pdf").click()
    assert Path(saved.value.path()).read_bytes() == SCAN
    page.locator("[data-act=undo] button").click()
    copy.until_state("to copy")


def test_the_partner_fetches_what_was_scanned(house: Stack, copy: Case, scan: Path):
    said = house.command("requests", "act", copy.our_id, "copy-sent", "--file", str(scan))
    assert "Copy sent" in said
    link = copy.until(partial(_link_or_none, copy), "the link is told")
    with urllib.request.urlopen(link) as answer:  # noqa: S310 - our own
        assert answer.read() == SCAN
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{copy.our_id}.pdf"'


def _link_or_none(case: Case) -> str | None:
    try:
        return link_of(case)
    except StopIteration:
        return None
