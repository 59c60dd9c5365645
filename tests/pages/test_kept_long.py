"""What is too long to be kept through a sign-in: it is said to be so, and what to do; the browser has it still."""

import aiohttp
import pytest

from tests.pages.conftest import PASSWORD, SignIn, Site
from tests.pages.test_kept import expired, hidden

LONG_FORMS = {
    "a policy of a hundred lines": {f"lines.{line}.{name}": "x" for line in range(100) for name in "abcdefghijklmnopq"},
    "few fields of many letters": {"text": "“" * 7_000},
}


@pytest.mark.parametrize("typed", LONG_FORMS.values(), ids=LONG_FORMS)
async def test_what_is_too_long_to_be_kept_through_a_sign_in_is_said_to_be_so_and_is_not_lost(
    site: Site, sign_in: SignIn, typed: dict[str, str]
):
    browser = await expired(site, await sign_in("admin"))
    old = browser.form_token
    status, html = await browser.post("/policy", fields=typed)
    assert (status, "too long to be kept while you sign in" in html) == (413, True)
    await browser.post("/sign-in", fields={"name": "a-person-admin", "password": PASSWORD})
    status, html = await browser.post("/policy", fields=typed | {"form_token": old})  # the page, loaded again
    assert (status, "earlier sign-in" in html) == (403, True)
    assert hidden(html).items() >= typed.items()


async def test_a_long_list_between_its_preview_and_its_import_is_said_to_be_too_long_as_well(
    site: Site, sign_in: SignIn
):
    browser = await expired(site, await sign_in())
    typed = {"step": "import", "text": "x" * 150_000}

    async def sent(token: str) -> tuple[int, str]:
        form = aiohttp.FormData(typed | {"form_token": token}, default_to_multipart=True)
        async with browser.http.post(f"{site.url}/orders/list", data=form) as answer:
            return answer.status, await answer.text()

    old = browser.form_token
    status, html = await sent(old)
    assert (status, "too long to be kept while you sign in" in html) == (413, True)
    await browser.post("/sign-in", fields={"name": "a-person-technician", "password": PASSWORD})
    status, html = await sent(old)
    assert (status, hidden(html).items() >= typed.items()) == (403, True)
    assert 'action="/orders/list" method="post" enctype="multipart/form-data"' in html, "fields may not be that long"


@pytest.mark.parametrize(("lines", "folded"), [(51, True), (50, False)], ids=["many", "few"])
async def test_of_a_long_form_that_is_sent_again_the_fields_are_counted_and_folded_without_its_own(
    site: Site, sign_in: SignIn, lines: int, *, folded: bool
):
    browser = await expired(site, await sign_in("admin"))
    old = browser.form_token
    await browser.post("/sign-in", fields={"name": "a-person-admin", "password": PASSWORD})
    typed = {f"lines.{line}.name": "Films" for line in range(lines)} | {"open": "3", "do": "open.3"}
    _, html = await browser.post("/policy", fields=typed | {"form_token": old})
    assert ("<summary>What you typed is kept here: 51 fields</summary>" in html) is folded
    assert (html.count("<dd>Films</dd>"), "<dt>Open</dt>" in html, "<dt>Do</dt>" in html) == (lines, False, False)
    assert hidden(html).items() >= typed.items()


async def test_a_script_puts_that_something_is_too_long_to_be_kept_on_top_of_its_page(site: Site, sign_in: SignIn):
    browser = await expired(site, await sign_in("admin"))
    form = {"form_token": browser.form_token, **LONG_FORMS["a policy of a hundred lines"]}
    async with browser.http.post(f"{site.url}/policy", data=form, headers={"HX-Request": "true"}) as answer:
        assert (answer.status, answer.headers["HX-Retarget"], answer.headers["HX-Reselect"]) == (
            413,
            "#main",
            "#trouble",
        )
