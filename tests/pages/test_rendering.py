"""What templates write: days in words, links alone to what may be linked, nothing unescaped."""

import asyncio
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import aiohttp_jinja2
import pytest
from jinja2 import Environment, FileSystemLoader, Template
from markupsafe import Markup, escape

from gateway.desk.access import Caller
from gateway.desk.structs.lists import ListName
from gateway.pages import rendering, visit
from gateway.pages.navigation import shown
from gateway.pages.rendering import Compiled, _filters, compile_templates, dated, written
from gateway.pages.settings import SiteSettings
from gateway.pages.site import make_site
from gateway.right_of_way import RightOfWay
from gateway.workflow.records import State
from gateway.workflow.staff import StaffRole
from tests.pages.conftest import SignIn, Site
from tests.web.known import a_request, keep

AT = datetime(2027, 2, 18, 8, 5, 31, tzinfo=UTC)


def day(on: date) -> Markup:
    return Markup("<b>{}</b>").format(f"{on.day} {on:%B}")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Due 2027-02-18.", "Due <b>18 February</b>."),
        ("From 2026-12-24 to 2027-01-02", "From <b>24 December</b> to <b>2 January</b>"),
        ("It came on 2026-11-26.", "It came on <b>26 November</b>."),
        ("“To pull, 2027-02-18” was sent on 2027-02-18", "“To pull, 2027-02-18” was sent on <b>18 February</b>"),
        ("2027-02-30 is no day", "2027-02-30 is no day"),
        ("Barcode 32027-02-18", "Barcode 32027-02-18"),
        ("<i>2027-02-18</i>", "&lt;i&gt;<b>18 February</b>&lt;/i&gt;"),
        ("", ""),
    ],
)
def test_days_in_words_of_ours_are_written_as_people_write_them(text: str, shown: str):
    assert dated(text, day) == shown


@pytest.mark.parametrize(
    ("name", "given", "shown"),
    [
        ("when", AT, ('2027-02-18T08:05:31+00:00" title="Thursday, 18 February 2027, 09:05:31"', ">today 09:05<")),
        ("day", AT, ('2027-02-18T08:05:31+00:00" title="Thursday, 18 February 2027, 09:05:31"', ">today<")),
        ("day", AT.date(), ('2027-02-18" title="Thursday, 18 February 2027"', ">today<")),
        ("age", AT, ('2027-02-18T08:05:31+00:00" title="Thursday, 18 February 2027, 09:05:31"', ">20 min<")),
        ("clock", AT, ('2027-02-18T08:05:31+00:00" title="Thursday, 18 February 2027, 09:05:31"', ">09:05:31<")),
    ],
)
def test_a_time_stands_in_short_with_the_full_one_on_hover(name: str, given: date, shown: tuple[str, str]):
    filters = _filters(lambda: AT + timedelta(minutes=20), timezone(timedelta(hours=1)))
    begins, words = shown
    written = filters[name](given)
    assert isinstance(written, Markup)
    assert written == f'<time datetime="{begins}{words}/time>'


async def test_before_the_first_visit_every_template_is_compiled(site: Site):
    application = make_site(site.live.desk, SiteSettings(public_origin="http://desk.example.org", hosts=frozenset()))
    compile_templates(application)
    environment = aiohttp_jinja2.get_env(application)
    assert environment.cache is not None
    assert {name for _, name in environment.cache} == set(environment.list_templates())


@pytest.mark.parametrize("count", [0, 1, 29, 30, 31, 100])
@pytest.mark.parametrize(("each_ms", "in_a_piece"), [(0.0, 1000), (0.15, 7), (0.4, 3), (7.0, 1)])
async def test_a_page_is_written_in_pieces_with_everybody_elses_turn_before_each(
    count: int, each_ms: float, in_a_piece: int, monkeypatch: pytest.MonkeyPatch
):
    """A piece is as long as the clock says, be that of a few long rows or of many short ones."""
    template, turns = Environment(autoescape=True).from_string("{% for n in names %}{{ n() }}{% endfor %}"), list[int]()
    clock, names = Clock(), [f"<{number}>" for number in range(count)]
    monkeypatch.setattr(asyncio.get_running_loop(), "time", clock.time)

    async def somebody_else() -> None:
        while True:
            turns.append(len(turns))
            await asyncio.sleep(0)

    waiting = asyncio.create_task(somebody_else())
    page = await written(template, {"names": [clock.taking(each_ms, name) for name in names]}, RightOfWay())
    waiting.cancel()
    assert page == "".join(map(str, map(escape, names)))
    assert len(turns) == 1 + count // in_a_piece


@pytest.mark.parametrize("turns", [0, 1, 20])
async def test_each_piece_lets_a_partners_message_go_first(turns: int, monkeypatch: pytest.MonkeyPatch):
    """A message that comes after the first piece is through before the second, however many turns of the loop it needs."""
    template, way, told = (
        Environment(autoescape=True).from_string("{% for n in names %}{{ n() }}{% endfor %}"),
        RightOfWay(),
        list[str](),
    )
    monkeypatch.setattr(rendering, "PIECE_S", 0.0)
    monkeypatch.setattr(rendering, "ASIDE_S", 60.0)

    async def message() -> None:
        with way:
            for _ in range(turns):
                await asyncio.sleep(0)
            told.append("message")

    coming = list[asyncio.Task[None]]()

    def first() -> str:
        coming.append(asyncio.create_task(message()))
        return "1"

    def second() -> str:
        told.append("second piece")
        return "2"

    assert await written(template, {"names": [first, second]}, way) == "12"
    await coming[0]
    assert told == ["message", "second piece"]


async def test_a_page_waits_for_messages_that_do_not_end_for_a_moment_only():
    way = RightOfWay()
    with way:
        assert await written(Environment(autoescape=True).from_string("a{{ 1 }}b"), {}, way) == "a1b"


class Clock:
    """A loop's, by which time passes while a text is made alone."""

    def __init__(self) -> None:
        self.ms = 0.0

    def time(self) -> float:
        return self.ms / 1000

    def taking(self, ms: float, name: str) -> Callable[[], str]:
        def make() -> str:
            self.ms += ms
            return name

        return make


async def test_the_places_on_the_left_are_written_once_for_all_who_have_the_same_before_them(site: Site):
    application = make_site(site.live.desk, SiteSettings(public_origin="http://desk.example.org", hosts=frozenset()))
    navigation: Any = aiohttp_jinja2.get_env(application).globals["navigation"]

    def on_the_left(name: str, role: StaffRole, path: str, waiting: int) -> Any:
        return navigation(shown(Caller(name, role), path, {ListName.PULL: waiting}, 5))

    first = on_the_left("ada", StaffRole.TECHNICIAN, "/tasks", 1400)
    assert isinstance(first, Markup)
    assert '<a href="/tasks" aria-current="page">' in first
    assert 'data-count="pull">1,400</span>' in first
    assert on_the_left("grace", StaffRole.TECHNICIAN, "/tasks", 1400) is first
    assert 'data-count="pull">1,401</span>' in on_the_left("ada", StaffRole.TECHNICIAN, "/tasks", 1401)
    assert '<a href="/tasks">' in on_the_left("ada", StaffRole.TECHNICIAN, "/", 1400)
    assert 'href="/scan"' in first
    assert 'href="/scan"' not in on_the_left("ada", StaffRole.VIEWER, "/tasks", 1400)


async def test_pages_are_written_one_after_the_other(site: Site, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch):
    """News brings all who look at Today at once; in each turn of the event loop one of them writes a piece."""
    under_way, most = list[Template](), list[int]()

    async def watched(template: Template, context: Mapping[str, Any], way: RightOfWay) -> str:
        under_way.append(template)
        most.append(len(under_way))
        text = await written(template, context, way)
        under_way.remove(template)
        return text

    browser = await sign_in()
    monkeypatch.setattr(visit, "written", watched)
    await asyncio.gather(*(browser.get("/") for _ in range(5)))
    assert most == [1] * 5


class Counting(Environment):
    """Notes which templates it compiles."""

    def __init__(self, folder: Path, kept: Path) -> None:
        super().__init__(loader=FileSystemLoader(folder), autoescape=True, bytecode_cache=Compiled(kept))
        self.compiled: list[str | None] = []

    def compile(self, source: Any, name: str | None = None, *rest: Any, **more: Any) -> Any:
        self.compiled.append(name)
        return super().compile(source, name, *rest, **more)


def test_the_next_process_compiles_the_templates_alone_that_have_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    templates, kept = tmp_path / "templates", tmp_path / "kept"
    for folder in (templates, kept):
        folder.mkdir()
    for name in ("one", "two"):
        (templates / name).write_text(f"{name} as it was", encoding="utf-8")
    first = Counting(templates, kept)
    assert [first.get_template(name).render() for name in ("one", "two")] == ["one as it was", "two as it was"]
    (templates / "two").write_text("two as it is now", encoding="utf-8")
    next_one = Counting(templates, kept)
    assert [next_one.get_template(name).render() for name in ("one", "two")] == ["one as it was", "two as it is now"]
    assert (first.compiled, next_one.compiled) == (["one", "two"], ["two"])


@pytest.mark.parametrize("is_python_told_so", [True, False])
def test_templates_are_compiled_where_nothing_can_be_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_python_told_so: bool
):
    monkeypatch.setattr(sys, "dont_write_bytecode", is_python_told_so)
    (tmp_path / "one").write_text("as it is", encoding="utf-8")
    kept = tmp_path / "kept"
    if is_python_told_so:
        kept.mkdir()
    for _ in range(2):
        environment = Counting(tmp_path, kept)
        assert environment.get_template("one").render() == "as it is"
        assert environment.compiled == ["one"]
    assert is_python_told_so == kept.exists()
    assert not kept.exists() or not list(kept.iterdir())


async def test_no_line_of_a_page_begins_with_spaces_but_what_people_wrote(site: Site, sign_in: SignIn):
    """Templates are indented for those who read them; fifty rows of a list would carry 10 KB of it."""
    await keep(site.live.store, a_request("r1", State.WILL_SUPPLY))
    browser = await sign_in()
    _, page = await browser.get("/requests")
    assert 'id="row-r1"' in page
    assert [line for line in page.splitlines() if line.startswith(" ")] == []
    status, again = await browser.post("/orders/new", fields={"step": "look", "note": "First.\n  Second."})
    assert (status, "First.\n  Second." in again.replace("\r\n", "\n")) == (200, True)
