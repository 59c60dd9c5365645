"""Carts at the page Scan: each that is begun is one of its own."""

import re

from tests.pages.conftest import SignIn


async def test_two_carts_begun_in_one_second_are_two(sign_in: SignIn):
    browser, name = await sign_in(), re.compile(r'name="cart" value="([^"]+)"')
    _, first = await browser.get("/scan/new")
    _, second = await browser.get("/scan/new")
    carts = [found.group(1) for found in map(name.search, (first, second)) if found]
    assert len(set(carts)) == 2
