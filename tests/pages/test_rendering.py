"""What templates write: days in words, links alone to what may be linked, nothing unescaped."""

from datetime import date

import aiohttp_jinja2
import pytest
from markupsafe import Markup

from gateway.pages.rendering import compile_templates, dated
from gateway.pages.settings import SiteSettings
from gateway.pages.site import make_site
from tests.pages.conftest import Site


def day(on: date) -> Markup:
    return Markup("<b>{}</b>").format(f"{on.day} {on:%B}")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Due 2027-02-18.", "Due <b>18 February</b>."),
        ("From 2026-12-24 to 2027-01-02", "From <b>24 December</b> to <b>2 January</b>"),
        ("It came on 2026-11-26.", "It came on <b>26 November</b>."),
        ("2027-02-30 is no day", "2027-02-30 is no day"),
        ("Barcode 32027-02-18", "Barcode 32027-02-18"),
        ("<i>2027-02-18</i>", "&lt;i&gt;<b>18 February</b>&lt;/i&gt;"),
        ("", ""),
    ],
)
def test_days_in_words_of_ours_are_written_as_people_write_them(text: str, shown: str):
    assert dated(text, day) == shown


async def test_before_the_first_visit_every_template_is_compiled(site: Site):
    application = make_site(site.live.desk, SiteSettings(public_origin="http://desk.example.org", hosts=frozenset()))
    compile_templates(application)
    environment = aiohttp_jinja2.get_env(application)
    assert environment.cache is not None
    assert {name for _, name in environment.cache} == set(environment.list_templates())
