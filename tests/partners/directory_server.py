"""A directory service on loopback, in either project's form: fictional libraries, page by page, and trouble when it is told to."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from gateway.workflow.directories import DirectoryForm, DirectoryService


def crosslink_entry(number: int, **fields: Any) -> dict[str, Any]:
    """An institution as Crosslink's Directory API gives it."""
    return {
        "id": f"00000000-0000-5000-8000-{number:012}",
        "name": f"Example Library {number}",
        "type": "Institution",
        "hrid": f"LIB{number}",
        "symbols": [{"authority": "ISIL", "symbol": f"XX-L{number}"}],
        "illConfig": {"iso18626Url": f"https://l{number}.example.org/iso18626", "iso18626Vendor": "ReShare"},
        **fields,
    }


def reshare_entry(number: int) -> dict[str, Any]:
    """A directory entry as mod-directory gives it."""
    return {
        "id": f"{number}",
        "name": f"Example Library {number}",
        "slug": f"LIB{number}",
        "symbols": [{"authority": {"symbol": "RESHARE"}, "symbol": f"L{number}"}],
        "services": [
            {"service": {"type": {"value": "iso18626"}, "address": f"https://l{number}.example.org/iso18626"}},
            {
                "service": {"type": {"value": "z3950"}, "address": f"tcp:l{number}.example.org:210"},
                "customProperties": {"Z3950BaseName": [{"value": "MAIN"}]},
            },
        ],
    }


class DirectoryServer:
    """What it has, what it was asked, and as whom; `trouble` is what it answers with instead."""

    def __init__(self, entries: list[dict[str, Any]]) -> None:
        self.entries = entries
        self.asked: list[dict[str, str]] = []
        self.headers: list[dict[str, str]] = []
        self.trouble: web.Response | None = None
        self.url = ""

    async def crosslink(self, request: web.Request) -> web.StreamResponse:
        """`limit` and `offset`, as directory/api.yaml has them: ten entries where nothing is said."""
        first, limit = int(request.query.get("offset", 0)), int(request.query.get("limit", 10))
        page = self.entries[first : first + limit]
        return self._answer(request, {"about": {"count": len(self.entries)}, "items": page})

    async def reshare(self, request: web.Request) -> web.StreamResponse:
        """`perPage` and `page`, with `stats`: the entries stand in `results`."""
        page, size = int(request.query.get("page", 1)), int(request.query.get("perPage", 10))
        found = self.entries[(page - 1) * size : page * size]
        return self._answer(request, {"results": found, "totalRecords": len(self.entries), "page": page})

    async def plain(self, request: web.Request) -> web.StreamResponse:
        """All of it."""
        return self._answer(request, {"libraries": self.entries})

    def _answer(self, request: web.Request, page: dict[str, Any]) -> web.StreamResponse:
        self.asked.append(dict(request.query))
        self.headers.append(dict(request.headers))
        return self.trouble or web.json_response(page)

    def service(self, form: DirectoryForm = DirectoryForm.CROSSLINK, **fields: Any) -> DirectoryService:
        """How it is asked."""
        return DirectoryService(id="consortium", url=f"{self.url}/{form.value}", form=form, **fields)


@asynccontextmanager
async def directory_server(*entries: dict[str, Any]) -> AsyncIterator[DirectoryServer]:
    """Serve until the block ends."""
    server = DirectoryServer(list(entries))
    application = web.Application()
    for form in DirectoryForm:
        application.router.add_get(f"/{form.value}", getattr(server, form.value))
    async with TestServer(application) as running:
        server.url = str(running.make_url("")).rstrip("/")
        yield server
