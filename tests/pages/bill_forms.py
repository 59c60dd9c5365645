"""The form of a bill's lines, as a browser without scripts reads and sends it."""

import re

from tests.pages.conftest import Browser, Site
from tests.web.billing import lost
from tests.web.known import VALLEY

KEY = re.compile(r'name="key" value="([^"]+)"')


async def seen_at(browser: Browser, address: str) -> str:
    """The version that a bill's page shows."""
    found = re.search(r'name="seen" value="(\d+)"', (await browser.get(address))[1])
    assert found
    return found[1]


async def begun(site: Site, browser: Browser) -> str:
    """Begin a bill for a lost loan by the button of the list; return its address."""
    await lost(site.live)
    _, html = await browser.get("/money")
    assert "Begin a bill" in html
    key = KEY.search(html)
    assert key
    await browser.post("/money", fields={"request": "r1", "item": "", "key": key[1]})
    (bill,) = (await site.live.call("GET", "/bills"))[1]["bills"]
    return f"/money/bills/{bill['id']}"


async def fee_draft(site: Site) -> str:
    """Begin a bill of one fee of 5.00; return its address."""
    line = {"kind": "fee", "words": "Fee", "amount": "5.00"}
    _, fee = await site.live.call("POST", "/bills", body={"partner": VALLEY.id, "lines": [line]})
    return f"/money/bills/{fee['bill']['id']}"


def beside(html: str) -> list[str]:
    """The lines that were typed, and stand beside the form."""
    return re.findall(r"<dt>Line \d+</dt><dd>(.*?)</dd>", html)


def in_the_form(html: str) -> list[tuple[str, str]]:
    """The words and the amount of each line of the form."""
    values = [re.findall(rf'name="{name}-\d+"[^>]* value="([^"]*)"', html) for name in ("words", "amount")]
    return list(zip(*values, strict=True))


def typed_again(html: str) -> dict[str, str]:
    """The fields of the form as it stands there."""
    lines = {f"kind-{place}": "fee" for place in range(len(in_the_form(html)))}
    for place, (words, amount) in enumerate(in_the_form(html)):
        lines |= {f"words-{place}": words, f"amount-{place}": amount}
    found = re.search(r'name="seen" value="(\d+)"', html)
    assert found
    return lines | {"seen": found[1]}


def so_many(lines: int) -> dict[str, str]:
    """A form of so many lines."""
    fields = {"kind": "fee", "words": "Fee", "amount": "1.00"}
    return {f"{name}-{place}": text for place in range(lines) for name, text in fields.items()}
