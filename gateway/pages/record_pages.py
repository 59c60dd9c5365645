"""The form of a record of the directory: shown, read, kept, or shown again with what is wrong at its field. One for partners, one for peers."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

from aiohttp import web

from gateway.desk.access import Caller
from gateway.desk.errors import ConflictError, DeskError, UnusableError
from gateway.desk.ports import Desk
from gateway.desk.structs.directory import RecordForm
from gateway.pages.forms import by_field
from gateway.pages.record_fields import FieldGroup, groups_of, typed
from gateway.pages.visit import Visit

READ_VERSION: Final = "read_version"
"""The field that says which version of the directory was looked at; a peer has a column `version` of its own."""


@dataclass(frozen=True, kw_only=True)
class RecordPages:
    """The form of one kind of record, under `<address>/new` and `<address>/<id>/edit`."""

    kind: str
    """As the route calls its id, and as people say it."""
    address: str
    heading: str
    """Of the list that it stands in."""
    titled_by: str
    """The column that a record goes by."""
    fields: tuple[FieldGroup, ...]
    form: Callable[[Desk, Caller, str | None], Awaitable[RecordForm]]
    refuse_known: Callable[[Desk, str], Awaitable[None]]
    keep: Callable[[Desk, Caller, int, Mapping[str, str]], Awaitable[Any]]

    async def show(self, visit: Visit) -> web.StreamResponse:
        """GET: the form, of a new record if none is named."""
        number = visit.http.match_info.get(self.kind)
        form = await self.form(visit.desk, visit.caller, number)
        return await self._page(visit, form, form.cells, number)

    async def save(self, visit: Visit) -> web.StreamResponse:
        """POST: keep it, or show what is wrong at its field with all that was typed."""
        number = visit.http.match_info.get(self.kind)
        form = await self.form(visit.desk, visit.caller, number)
        version, cells = await read_record(visit, form)
        cells |= {"id": number} if number is not None else {}
        try:
            if number is None:
                await self.refuse_known(visit.desk, cells.get("id", ""))
            await self.keep(visit.desk, visit.caller, version, cells)
        except (UnusableError, ConflictError) as wrong:
            return await self._page(visit, form, cells, number, wrong)
        return visit.go(f"{self.address}/{quote(cells['id'])}?said=saved")

    async def _page(
        self,
        visit: Visit,
        form: RecordForm,
        cells: Mapping[str, str],
        number: str | None,
        wrong: DeskError | None = None,
    ) -> web.StreamResponse:
        problems = faults_of(wrong)
        return await visit.show(
            "record_form.html",
            HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
            heading=cells.get(self.titled_by) or f"New {self.kind}",
            place=(self.address, self.heading),
            back=f"{self.address}/{quote(number)}" if number else self.address,
            groups=groups_of(self.fields, cells, problems, form.usual),
            form=form,
            cells=cells,
            is_new=number is None,
            problems=problems,
        )


async def read_record(visit: Visit, form: RecordForm) -> tuple[int, dict[str, str]]:
    """Read a record's form: the version that was looked at, and each column's text."""
    given = await visit.http.post()
    texts = {name: [each for each in given.getall(name, ()) if isinstance(each, str)] for name in form.columns}
    version = str(given.get(READ_VERSION, ""))
    return int(version) if version.isascii() and version.isdigit() else form.version, typed(form, texts)


def faults_of(wrong: DeskError | None) -> dict[str, str]:
    """Return what is wrong, by field."""
    if wrong is None:
        return {}
    return by_field(wrong.problems or ()) or {"": wrong.detail}
