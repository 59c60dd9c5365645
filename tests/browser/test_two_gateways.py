"""Two whole gateways on one PostgreSQL, a browser at each: what happens at one desk is seen at the other."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from gateway.demo.stage.house import House
from gateway.demo.stage.scene import Scene
from gateway.demo.stage.stack import Stack
from gateway.demo.stage.stack_config import HousePorts, partner_of
from tests.browser.conftest import PATIENCE_MS, SignIn
from tests.browser.test_live import pull_count, to_fetch
from tests.store.postgres import postgres_server, programs

pytestmark = pytest.mark.process

ALMANAC = {"title": "The Imaginary Almanac", "isbn": "9780000000019"}
ATLAS = {"title": "The Atlas of Unbuilt Bridges", "isbn": "9780000000040"}
KNOTS = {"title": "Knots Nobody Ties", "isbn": "9780000000057"}


@pytest.fixture(scope="module")
def store_url() -> Iterator[str]:
    with postgres_server() as url:
        yield url


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, store_url: str) -> Iterator[Stack]:
    with Stack(tmp_path_factory.mktemp("first"), store_url=store_url) as stack:
        stack.import_items()
        stack.open_accounts()
        yield stack


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory, house: Stack, store_url: str) -> Iterator[House]:
    """Another gateway of the same library: the same store, circulation system and partner, and a name and ports of its own."""
    folder = tmp_path_factory.mktemp("second")
    beside = _beside(folder, house, store_url)
    beside.config.write_text(beside.config.read_text().replace("[store]\n", '[store]\ninstance = "second"\n'))
    beside.gateway.start()
    yield beside
    beside.gateway.stop()


def _beside(folder: Path, house: Stack, store_url: str) -> House:
    free = HousePorts.free()
    ports = HousePorts(
        peers=free.peers, api=free.api, operations=free.operations, desk=free.desk,
        acs=house.ports.acs, acs_control=house.ports.acs_control,
    )  # fmt: skip
    partner = partner_of(house.ports, house.secrets, version="1.2", dialect="plain")
    return House(folder, ports=ports, secrets=house.secrets, correspondents=(partner,), store_url=store_url)


@pytest.fixture
def here(sign_in: SignIn) -> Page:
    """The technician, at the first gateway."""
    return sign_in("technician")


@pytest.fixture
def there(sign_in: SignIn, second: House) -> Page:
    """The manager, at the second."""
    return sign_in("manager", at=second.desk_url)


def asked(house: Stack, wish: dict[str, str]) -> str:
    """Let the partner ask for a book, until it is promised."""
    scene = Scene(house, house.api, wish)
    scene.ask()
    scene.until_state("will supply")
    return scene.our_id


def open_by(page: Page) -> Locator:
    return page.locator("[data-open]")


def test_who_has_a_request_open_is_told_at_the_other_gateway(house: Stack, here: Page, there: Page):
    number = asked(house, ALMANAC)
    here.goto(f"/requests/{number}")
    there.goto(f"/requests/{number}")
    expect(open_by(here)).to_have_text("manager has this open", timeout=PATIENCE_MS)
    expect(open_by(there)).to_have_text("technician has this open", timeout=PATIENCE_MS)
    there.goto("/tasks")
    expect(open_by(here)).to_have_text("", timeout=PATIENCE_MS)


def test_a_new_request_at_one_gateway_is_counted_at_the_other(house: Stack, there: Page):
    there.goto("/")
    before = to_fetch(house, there)
    asked(house, ATLAS)
    expect(pull_count(there)).to_have_text(str(before + 1), timeout=PATIENCE_MS)


def test_what_a_scan_comes_to_is_seen_at_the_other_gateway(house: Stack, here: Page, there: Page):
    number = asked(house, KNOTS)
    there.goto(f"/requests/{number}")
    item = house.api.get(f"/requests/{number}")["request"]["items"][0]["copy"]["item_barcode"]
    pull = to_fetch(house, there)
    here.goto("/scan")
    here.fill("#scan", item)
    here.press("#scan", "Enter")
    expect(here.locator("#said")).to_contain_text("Shipped to", timeout=PATIENCE_MS)
    expect(there.locator(".marks")).to_contain_text("Checked out", timeout=PATIENCE_MS)
    expect(pull_count(there)).to_have_text(str(pull - 1), timeout=PATIENCE_MS)


def test_who_acts_second_hears_what_was_done_at_the_other_gateway(house: Stack, here: Page, there: Page):
    number = asked(house, {"title": "A Short History of Tomorrow", "isbn": "9780000000132"})
    there.goto(f"/requests/{number}")
    here.goto(f"/requests/{number}")
    refusal, flag = here.locator("form[data-act=unfilled]"), there.locator("form[data-act=flag]")
    here.get_by_text("More", exact=True).click()
    here.locator("details.deed", has=refusal).locator("summary").click()
    refusal.locator("select").select_option("NotOnShelf")
    refusal.locator("textarea").fill("We have looked everywhere.")
    there.get_by_text("More", exact=True).click()
    there.locator("details.deed", has=flag).locator("summary").click()
    flag.locator("button").click()
    expect(there.locator(".marks")).to_contain_text("Needs attention", timeout=PATIENCE_MS)
    expect(here.locator("[data-news-waits]")).to_be_visible(timeout=PATIENCE_MS)
    refusal.locator("button").click()
    expect(here.locator("#refused")).to_contain_text("manager has acted on it since", timeout=PATIENCE_MS)
    expect(here.locator("form[data-act=unfilled] textarea")).to_have_value("We have looked everywhere.")


# ── how it stands ────────────────────────────────────────────────────────────────────────────────

AWAY = re.compile("it (does not answer|has not answered since)")
SEEN_WITHIN_MS = 120_000
"""A circulation system that says nothing is asked for a sign of life every quarter of a minute."""


@contextmanager
def without_circulation(house: Stack) -> Iterator[None]:
    house.acs_process.kill()
    try:
        yield
    finally:
        house.acs_process.start()


@contextmanager
def read_only(store_url: str) -> Iterator[None]:
    """The database as it is while a standby answers for the primary."""
    psql = str(programs() / "psql")

    def setting(change: str) -> None:
        words = [f"ALTER SYSTEM {change}", "SELECT pg_reload_conf()"]
        subprocess.run([psql, store_url, *(part for each in words for part in ("-c", each))], check=True)

    setting("SET default_transaction_read_only = on")
    try:
        yield
    finally:
        setting("RESET default_transaction_read_only")


def banner(page: Page, name: str) -> Locator:
    return page.get_by_role("complementary", name=name)


def dot(page: Page) -> Locator:
    return page.locator("[data-dot='Circulation system']")


def test_open_pages_say_that_the_circulation_system_is_away_and_that_it_is_back(house: Stack, here: Page, there: Page):
    here.goto("/requests")
    there.goto("/tasks")
    with without_circulation(house):
        for page in (here, there):
            expect(banner(page, "Circulation system")).to_contain_text(AWAY, timeout=SEEN_WITHIN_MS)
            expect(dot(page)).to_have_text("Circulation system waits")
    for page in (here, there):
        expect(banner(page, "Circulation system")).to_have_count(0, timeout=SEEN_WITHIN_MS)
        expect(dot(page)).to_have_text("Circulation system")


def test_open_pages_say_that_the_database_can_only_be_read_and_that_it_takes_changes_again(
    store_url: str, here: Page, there: Page
):
    here.goto("/requests")
    there.goto("/tasks")
    with read_only(store_url):
        for page in (here, there):
            expect(banner(page, "Database")).to_contain_text("can only be read for now", timeout=SEEN_WITHIN_MS)
    for page in (here, there):
        expect(banner(page, "Database")).to_have_count(0, timeout=SEEN_WITHIN_MS)
