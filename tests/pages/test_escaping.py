"""What templates write is escaped as markupsafe would, in every place."""

import aiohttp_jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, StrictUndefined, UndefinedError
from markupsafe import Markup, escape

from gateway.pages.escaping import as_written, escape_so
from gateway.pages.rendering import TEMPLATES
from gateway.pages.settings import SiteSettings
from gateway.pages.site import make_site
from tests.pages.conftest import Site

HOSTILE = "<script>\"&amp;'</script>"
PLACES = (
    "{{ x }}",
    "{% for each in [x] %}{{ each }}{% endfor %}",
    "{% macro part(y) %}<b>{{ y }}</b>{% endmacro %}{{ part(x) }}",
    "{% set y %}<b>{{ x }}</b>{% endset %}{{ y }}",
    "{{ x ~ x }}",
    "{{ x[:1] }}{{ x|upper }}{{ x or '' }}{{ x if x else 1 }}",
    "{% block main %}{{ x }}{% endblock %}",
    "{% filter upper %}{{ x }}{% endfilter %}",
    "{% macro around() %}<i>{{ caller() }}</i>{% endmacro %}{% call around() %}{{ x }}{% endcall %}",
    "{{ [x, x]|join('<>') }}",
    "{{ {'title': x}|xmlattr }}",
)


class Called(str):
    """A text of a kind of its own."""

    __slots__ = ()

    def __str__(self) -> str:
        return f"<{super().__str__()}>"


@given(
    st.text()
    | st.text("<>&'\"ab")
    | st.integers()
    | st.floats()
    | st.none()
    | st.text().map(Markup)
    | st.text().map(Called)
)
def test_a_value_is_escaped_as_markupsafe_does(value: object):
    assert as_written(value) == escape(value)


@pytest.mark.parametrize("template", PLACES)
@pytest.mark.parametrize("value", [HOSTILE, "plain", Markup("<b>&amp;</b>"), Called("plain")])
def test_every_place_of_a_template_writes_what_jinja_would(template: str, value: str):
    ours, theirs = Environment(autoescape=True), Environment(autoescape=True)
    escape_so(ours)
    assert "escape(" not in str(ours.compile(template, raw=True)).partition("\ndef ")[2]
    assert ours.from_string(template).render(x=value) == theirs.from_string(template).render(x=value)


def test_a_name_that_is_not_given_is_a_mistake():
    environment = Environment(autoescape=True, undefined=StrictUndefined)
    escape_so(environment)
    with pytest.raises(UndefinedError):
        environment.from_string("{{ nobody }}").render()


async def test_every_template_of_the_pages_escapes_so(site: Site):
    application = make_site(site.live.desk, SiteSettings(public_origin="http://desk.example.org", hosts=frozenset()))
    environment = aiohttp_jinja2.get_env(application)
    assert environment.from_string("{{ x }}").render(x=HOSTILE) == escape(HOSTILE)
    for path in sorted(TEMPLATES.iterdir()):
        code = str(environment.compile(path.read_text(encoding="utf-8"), raw=True))
        assert "escape(" not in code.partition("\ndef ")[2], path.name
