"""A gateway whose primary is gone, and whose standby nobody has promoted yet: it is looked at, it says so, and it goes on by itself afterwards."""

from collections.abc import Iterator
from http import HTTPStatus
from urllib.error import HTTPError
from urllib.request import urlopen

import aiohttp
import pytest

from gateway.demo.stage.house import DESK_PASSWORD
from gateway.demo.stage.processes import wait_for
from gateway.demo.stage.stack import Stack
from tests.pages.conftest import Browser
from tests.store.pair import Pair, pair

pytestmark = pytest.mark.process

BANNER = "The database can only be read for now."
PAGES = ("/", "/scan", "/requests", "/tasks", "/lists/pull", "/partners", "/pool", "/settings", "/account")


@pytest.fixture
def servers() -> Iterator[Pair]:
    with pair() as both:
        yield both


@pytest.fixture
def stack(servers: Pair, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(tmp_path_factory.mktemp("stack"), store_url=servers.url) as running:
        running.open_accounts()
        yield running


def gauge(stack: Stack, name: str) -> float:
    with urlopen(f"http://127.0.0.1:{stack.ports.operations}/metrics") as answer:
        (line,) = [line for line in answer.read().decode().splitlines() if line.startswith(f"{name} ")]
    return float(line.split()[1])


def is_ready(stack: Stack) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{stack.ports.operations}/readyz") as answer:
            return bool(answer.status == HTTPStatus.OK)
    except HTTPError:
        return False


async def test_pages_are_shown_and_say_so_and_partners_are_told_to_come_again(stack: Stack, servers: Pair):
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        browser = Browser(stack.desk_url, http)
        assert (await browser.post("/sign-in", fields={"name": "technician", "password": DESK_PASSWORD}))[0] == 200
        servers.kill_primary()
        wait_for(lambda: gauge(stack, "ill_store_read_only") == 1, "the gauge", watch=stack.processes)
        assert not is_ready(stack)
        for path in PAGES:
            status, html = await browser.get(path)
            assert (status, BANNER in html) == (200, True), path
        assert (await browser.post("/sign-out"))[0] == HTTPStatus.SERVICE_UNAVAILABLE
        sent = stack.partner.post("/requests", {"title": "The Imaginary Almanac"})["sent"][-1]
        assert sent["sending"] != "confirmed"

        servers.promote()
        wait_for(lambda: is_ready(stack), "the gateway to go on", watch=stack.processes)
        wait_for(lambda: gauge(stack, "ill_store_read_only") == 0, "the gauge", watch=stack.processes)
        sent = stack.partner.post("/requests", {"title": "The Imaginary Almanac"})["sent"][-1]
        assert sent["sending"] == "confirmed"
        assert BANNER not in (await browser.get("/"))[1]
