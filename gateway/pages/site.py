"""The pages of the desk as one application: the table of pages, each with the right it needs, and what stands before each of them.

A call goes through three doors: is it for a name of ours, who is signed in, and, if it changes something, was it sent by a page of ours.
What the desk can't do is shown as a page in its words; a store that is away is said so, with what that means.
"""

import logging
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from functools import cache
from http import HTTPStatus
from typing import Any, Final

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware
from multidict import MultiDict, MultiMapping

from gateway.desk.access import Right
from gateway.desk.errors import DeskError, NotAllowedError, StoreUnavailable
from gateway.desk.ports import Desk
from gateway.desk.sessions import session_of
from gateway.pages import account, assets, bodies, live, printers, scan, search, sign_in, today, worklists
from gateway.pages.frame import Frame
from gateway.pages.guards import (
    BY_ITSELF,
    FIELD,
    HEADER,
    HEADERS,
    NOT_KEPT,
    SAFE,
    form_token,
    is_for_us,
    is_form_token,
    is_from_us,
)
from gateway.pages.invoices import INVOICES
from gateway.pages.money import MONEY
from gateway.pages.office import OFFICE
from gateway.pages.payments import PAYMENTS
from gateway.pages.people import PEOPLE
from gateway.pages.rendering import set_up
from gateway.pages.requests import REQUESTS
from gateway.pages.settings import SiteSettings
from gateway.pages.table import Page
from gateway.pages.troubles import (
    NOT_OURS,
    OLD_FORM,
    OLD_FORM_KEPT,
    OURS,
    STORE_AWAY,
    TOO_LONG_TO_KEEP,
    TroublePage,
    show_trouble,
    since,
    store_trouble,
    trouble_of,
)
from gateway.pages.visit import Visit, Visitor
from gateway.pages.words import moment_words
from gateway.right_of_way import RightOfWay

VISIT: Final = web.RequestKey("visit", Visit)
"""Under which a request keeps who asks, for the page that says what went wrong."""
ASIDE_S: Final = 0.02
"""How long a page lets partners' messages go first before it begins: several, each of which takes 4 ms."""
NOT_TAKEN: Final = frozenset({HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
"""What the very same form may be spared when it is sent once more: as things stand, as often as that, or just now it is not taken."""
_log = logging.getLogger(__name__)


# fmt: off
PAGES: Final[tuple[Page, ...]] = (
    *OFFICE,
    *MONEY,
    *PAYMENTS,
    *INVOICES,
    *PEOPLE,
    Page("GET",  "/sign-in",     None,       sign_in.show),
    Page("POST", "/sign-in",     None,       sign_in.sign_in),
    Page("POST", "/sign-out",    Right.READ, sign_in.sign_out),
    Page("GET",  "/",            Right.READ, today.show),
    Page("GET",  live.STREAM,    Right.READ, live.listen),
    Page("GET",  "/news",        Right.READ, live.catch_up),
    Page("GET",  "/requests",    Right.READ, search.show),
    Page("POST", "/requests/acts", Right.ACT, search.act),
    Page("POST", "/requests/of-card", Right.REVEAL, search.of_card),
    Page("POST", "/views",       Right.READ, search.keep_view),
    Page("POST", "/views/drop",  Right.READ, search.forget_view),
    Page("GET",  "/lists/{list:[a-z-]+}",     Right.READ, worklists.show),
    Page("POST", "/lists/{list:[a-z-]+}",     Right.ACT,  worklists.act),
    Page("GET",  "/lists/{list:[a-z-]+}.csv", Right.READ, worklists.as_csv),
    Page("GET",  "/lists/{list:[a-z-]+}.pdf", Right.READ, worklists.as_pdf),
    Page("POST", "/lists/pull/print",         Right.READ, worklists.print_slips),
    Page("POST", "/lists/pull/walk",          Right.ACT,  worklists.step),
    Page("POST", "/printer",     Right.READ, printers.choose),
    Page("GET",  "/scan",        Right.ACT,  scan.show),
    Page("POST", "/scan",        Right.ACT,  scan.scan),
    Page("GET",  "/scan/cart",   Right.ACT,  scan.refresh),
    Page("POST", "/scan/undo",   Right.ACT,  scan.undo),
    Page("GET",  "/scan/new",    Right.ACT,  scan.begin_cart),
    Page("GET",  "/scan/papers", Right.ACT,  scan.papers),
    *REQUESTS,
)
# fmt: on


def make_site(desk: Desk, settings: SiteSettings, right_of_way: RightOfWay | None = None) -> web.Application:
    """Make the application; whoever calls this serves it, and keeps the store open as long. Pages stand aside for what has the right of way."""
    site = _Site(desk, settings, right_of_way or RightOfWay())
    application = web.Application(
        middlewares=[_first_door(site)], client_max_size=bodies.STRANGERS_MAX, client_max_fields=bodies.FORM_FIELDS
    )
    hub = application[live.HUB] = live.Hub(desk)
    application.cleanup_ctx.append(hub.running)
    application.on_shutdown.append(hub.stop)
    application.on_response_prepare.append(_forbid)
    set_up(application, desk)
    application[_SITE] = site
    for resource in _resources():
        application.router.register_resource(resource)
    return application


@cache
def _resources() -> tuple[web.AbstractResource, ...]:
    """Make what leads from paths to pages. Every application has the same: what is its own stands in it."""
    table = web.UrlDispatcher()
    table.add_get(assets.PREFIX + "/{digest}/{name}", assets.send)
    for page in PAGES:
        table.add_route(page.method, page.path, _guarded(page))
    return tuple(table.resources())


def _guarded(page: Page) -> Handler:
    async def answer(http: web.Request) -> web.StreamResponse:
        return await http.app[_SITE].answer(page, http)

    return answer


async def _forbid(_http: web.Request, answer: web.StreamResponse) -> None:
    """Tell the browser what to forbid, with every answer; a file that is to be saved forbids more by itself."""
    for name, words in HEADERS.items():
        answer.headers.setdefault(name, words)
    answer.headers.setdefault("Cache-Control", NOT_KEPT)


def _first_door(site: "_Site") -> Middleware:
    """Answer for names of ours alone (another is somebody's who leads browsers here under it), and show what goes wrong as a page."""

    @web.middleware
    async def answer(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not is_for_us(request.host, site.settings.hosts):
            return web.Response(status=HTTPStatus.MISDIRECTED_REQUEST, text="This desk does not go by that name.")
        try:
            return await _with_troubles(site, request, handler)
        except StoreUnavailable:  # while the page that says what went wrong was written
            return await site.show_away(request)

    return answer


async def _with_troubles(site: "_Site", request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer with the page, or with one that says what went wrong. Raises StoreUnavailable if what stands around that one can't be read."""
    try:
        return await handler(request)
    except web.HTTPException as exc:
        if exc.status < HTTPStatus.BAD_REQUEST:
            raise
        trouble = trouble_of(exc)
    except DeskError as exc:
        trouble = trouble_of(exc)
        if kept := await site.kept_form(request, trouble):
            return kept
    except StoreUnavailable:
        raise
    except Exception:  # noqa: BLE001 - logged with its traceback, and shown without
        _log.exception("a page failed: %s %s", request.method, request.path)
        trouble = OURS
    return await show_trouble(request.get(VISIT) or site.visit(request, None), trouble)


class _Site:
    """What stands before every page."""

    def __init__(self, desk: Desk, settings: SiteSettings, right_of_way: RightOfWay) -> None:
        self.settings = settings
        self._desk = desk
        self._frame = Frame(is_demonstration=settings.is_demonstration, right_of_way=right_of_way)
        self._away_since: datetime | None = None

    async def answer(self, page: Page, http: web.Request) -> web.StreamResponse:
        """Answer with the page; if the store is away or takes no changes, with a page that says so, and keeps what was typed."""
        try:
            return await self._let_through(page, http)
        except StoreUnavailable as exc:
            typed = _fields(http)
            if typed is None and self._is_from_us(http):
                typed = await bodies.typed(http, page)
            return await self._store_trouble(http, store_trouble(exc), typed)

    async def show_away(self, http: web.Request) -> web.StreamResponse:
        """Say that the store is away, and nothing that it would have to be asked for; what was read of a form is kept."""
        return await self._store_trouble(http, STORE_AWAY, _fields(http))

    async def _store_trouble(
        self, http: web.Request, trouble: TroublePage, typed: MultiMapping[Any] | None
    ) -> web.StreamResponse:
        """Nobody is asked for where the store is away: whoever is signed in holds the cookie that makes the form's token."""
        visit = http.get(VISIT) or self.visit(http, None)
        if trouble is STORE_AWAY:
            visit, trouble = self.visit(http, None), self.store_away()
        token = http.cookies.get(visit.settings.cookie)
        if typed and token and not _is_of_script(http):
            kept = await sign_in.send_again(visit, trouble, typed, form_token(token))
            if kept is not None:
                return kept
        return await show_trouble(visit, trouble)

    async def _let_through(self, page: Page, http: web.Request) -> web.StreamResponse:
        """Let a visitor with the page's right through; whoever is not signed in is asked to. Nothing of a body is read before it is known whose it is."""
        await self._frame.right_of_way.stand_aside(ASIDE_S)
        visitor = await self._visitor(http)
        sent = http.clone(client_max_size=bodies.most_bytes(visitor))
        visit = http[VISIT] = self.visit(sent, visitor)
        changes = http.method not in SAFE
        if changes and (trouble := await self._not_to_be_read(sent, page, visitor)):
            return await show_trouble(visit, trouble)
        if page.right is None:
            return await page.function(visit)
        if visit.visitor is None:
            return await sign_in.ask(visit, await bodies.typed(sent, page))
        if visit.visitor.signed.must_change and not _is_of_oneself(http.path):
            return visit.go(account.HOME)
        with ExitStack() as files:
            if changes:
                visit = http[VISIT] = replace(visit, fields=await bodies.read(sent, page, files))
                if not _is_our_form(visit):
                    return await self._old_form(visit)
            if not visit.may(page.right):
                raise NotAllowedError(f"A {visit.caller.role} may not {page.right}.")
            return await page.function(visit)

    async def _not_to_be_read(self, sent: web.Request, page: Page, visitor: Visitor | None) -> TroublePage | None:
        """Say why a form is not even read; None if it is. Raises what `bodies.look_at` does."""
        if not self._is_from_us(sent):
            return NOT_OURS
        try:
            await bodies.look_at(sent, page, visitor)
        except web.HTTPRequestEntityTooLarge:
            if visitor is None and page.right is not None:  # whose session has ended may have typed that much
                return TOO_LONG_TO_KEEP
            raise
        return None

    async def kept_form(self, http: web.Request, trouble: TroublePage) -> web.Response | None:
        """Show what was typed into a form that its page could not take, and does not show again itself; None if nothing was."""
        visit = http.get(VISIT)
        if trouble.status not in NOT_TAKEN or visit is None or visit.fields is None or _is_of_script(http):
            return None
        return await sign_in.send_again(visit, trouble, visit.fields, visit.signed_in.form_token, buttons_too=False)

    async def _old_form(self, visit: Visit) -> web.StreamResponse:
        typed = visit.fields if visit.fields is not None else MultiDict()
        kept = await sign_in.send_again(visit, OLD_FORM_KEPT, typed, visit.signed_in.form_token)
        return sign_in.instead(kept) if kept else await show_trouble(visit, OLD_FORM)

    def _is_from_us(self, http: web.Request) -> bool:
        return is_from_us(http, self.settings.public_origin)

    def visit(self, http: web.Request, visitor: Visitor | None) -> Visit:
        """Put together what a page's function works with."""
        at, settings = self._desk.now(), self._settings_for(http)
        return Visit(http=http, at=at, desk=self._desk, frame=self._frame, settings=settings, visitor=visitor)

    def _settings_for(self, http: web.Request) -> SiteSettings:
        return self.settings.seen_by(http.remote, http.headers.get(hdrs.X_FORWARDED_PROTO), http.host)

    def store_away(self) -> TroublePage:
        """Say that the store is away, and since when, as far as anybody here has seen."""
        now = self._desk.now()
        self._away_since = self._away_since or now
        return since(STORE_AWAY, moment_words(self._away_since, now, self._desk.zone))

    async def _visitor(self, http: web.Request) -> Visitor | None:
        token = http.cookies.get(self._settings_for(http).cookie)
        signed = await session_of(self._desk, token, seen=_is_of_a_person(http)) if token else None
        self._away_since = self._away_since if signed is None else None  # the store has answered
        return Visitor(signed=signed, token=token) if signed and token else None


_SITE: Final = web.AppKey("site", _Site)


def _is_of_a_person(http: web.Request) -> bool:
    """Say whether somebody did something: pages also look for news by themselves, all night long."""
    return http.path != live.STREAM and BY_ITSELF not in http.headers


def _fields(http: web.Request) -> MultiMapping[Any] | None:
    """Return the form as far as it has been read."""
    visit = http.get(VISIT)
    return visit.fields if visit else None


def _is_of_script(http: web.Request) -> bool:
    """Say whether a script asks, which leaves the form as it is and shows what is said beside it."""
    return "HX-Request" in http.headers or scan.PART in http.headers


def _is_of_oneself(path: str) -> bool:
    """Say whether a page is open to somebody whose password is to be changed first."""
    return path in {"/sign-out", live.STREAM} or path.partition("/password")[0] == account.HOME


def _is_our_form(visit: Visit) -> bool:
    given = visit.http.headers.get(HEADER) or (visit.fields.get(FIELD) if visit.fields is not None else None)
    return isinstance(given, str) and is_form_token(given, visit.signed_in.token)
