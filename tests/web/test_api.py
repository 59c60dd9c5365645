"""The table of routes: who may call what, and what every call has in common."""

import pytest

from gateway.store.port import StoreUnavailable
from gateway.web.api import PREFIX, ROUTES
from gateway.workflow.staff import StaffRole
from tests.web.live import Live, live_api

LEAST_ROLE = {
    "GET /invoices": "viewer",
    "POST /invoices": "technician",
    "POST /invoices/list": "technician",
    "GET /invoices/exports": "viewer",
    "POST /invoices/exports": "technician",
    "GET /invoices/exports/{batch}": "viewer",
    "GET /invoices/{invoice}": "viewer",
    "POST /invoices/{invoice}/actions/{action}": "technician",
    "POST /invoices/{invoice}/documents": "technician",
    "GET /invoices/{invoice}/documents/{document}": "technician",
    "GET /invoices/{invoice}/letters/{letter}": "viewer",
    "GET /notices": "viewer",
    "POST /notices": "technician",
    "GET /notices/texts": "viewer",
    "GET /notices/{notice}": "viewer",
    "GET /notices/{notice}/file": "viewer",
    "POST /notices/{notice}/actions/{action}": "technician",
    "GET /recovery/numbers": "viewer",
    "POST /recovery/numbers": "admin",
    "POST /bills/fees": "technician",
    "POST /payments/back": "manager",
    "GET /bills": "viewer",
    "POST /bills": "technician",
    "GET /bills/to-bill": "viewer",
    "GET /bills/owed": "viewer",
    "GET /bills/export": "viewer",
    "GET /bills/{bill}": "viewer",
    "GET /bills/{bill}/paper": "viewer",
    "POST /bills/{bill}/actions/{action}": "technician",
    "POST /bills/{bill}/credit-note": "technician",
    "POST /bills/{bill}/use-credit": "technician",
    "GET /payments": "viewer",
    "POST /payments": "technician",
    "GET /payments/{payment}": "viewer",
    "POST /payments/{payment}/take-back": "manager",
    "GET /partners/{partner}/statement": "viewer",
    "GET /search": "viewer",
    "GET /worklists/{name}": "viewer",
    "POST /acts/{action}": "technician",
    "GET /views": "viewer",
    "POST /views": "viewer",
    "DELETE /views/{view}": "viewer",
    "GET /requests": "viewer",
    "GET /requests/{request}": "viewer",
    "GET /requests/{request}/timeline": "viewer",
    "GET /requests/{request}/{paper:packing-slip|label|strap|cover-band|routing-slip|pull-slip}": "viewer",
    "POST /papers": "viewer",
    "POST /requests/{request}/actions/{action}": "technician",
    "POST /requests/{request}/copy": "technician",
    "POST /requests/{request}/approve-partner": "admin",
    "GET /requests/{request}/customer": "technician",
    "POST /borrowing": "technician",
    "POST /borrowing/openurl": "technician",
    "POST /borrowing/list": "technician",
    "GET /pool/{range}": "viewer",
    "GET /places": "viewer",
    "GET /papers/stock": "viewer",
    "GET /papers/test": "viewer",
    "POST /peers/{peer}/try": "technician",
    "GET /unknown-senders": "viewer",
    "POST /borrowing/foresee": "technician",
    "POST /borrowing/check-card": "technician",
    "GET /catalogue/works": "viewer",
    "GET /requests/{request}/works": "technician",
    "GET /directories": "viewer",
    "POST /directories/read": "admin",
    "POST /directories/proposals/{proposal}/accept": "admin",
    "POST /directories/proposals/{proposal}/decline": "admin",
    "POST /borrowing/of-customer": "technician",
    "POST /scans": "technician",
    "GET /scans/{scan}": "viewer",
    "POST /scans/{scan}/undo": "technician",
    "GET /carts/{cart}": "viewer",
    "GET /carts/{cart}/papers": "viewer",
    "GET /pool": "viewer",
    "POST /pool": "admin",
    "POST /pool/{barcode}/block": "technician",
    "POST /pool/{barcode}/unblock": "technician",
    "GET /tasks": "viewer",
    r"POST /tasks/{task:\d+}/claim": "technician",
    r"POST /tasks/{task:\d+}/done": "technician",
    "GET /lists/{list}": "viewer",
    "GET /catalogue/copies": "viewer",
    "GET /acs": "viewer",
    "POST /acs/check": "technician",
    "POST /acs/reconcile": "technician",
    "POST /acs/resume": "technician",
    "POST /lending/pause": "manager",
    "POST /lending/resume": "manager",
    "GET /policy": "viewer",
    "PUT /policy": "admin",
    "GET /policy/versions": "viewer",
    r"GET /policy/versions/{version:\d{1,9}}": "viewer",
    "POST /policy/try": "technician",
    "POST /requests/{request}/try-now": "technician",
    "GET /peers": "viewer",
    "GET /peers/{peer}": "viewer",
    "PUT /peers/{peer}": "admin",
    "DELETE /peers/{peer}": "admin",
    "GET /peers/{peer}/history": "viewer",
    "GET /partners": "viewer",
    "GET /partners/{partner}": "viewer",
    "PUT /partners/{partner}": "admin",
    "DELETE /partners/{partner}": "admin",
    "GET /partners/{partner}/history": "viewer",
    "GET /partners/{partner}/figures": "viewer",
    "GET /prices": "viewer",
    "POST /requests/{request}/price": "technician",
    "POST /requests/{request}/price/{step}": "technician",
    "GET /copyright": "viewer",
    "POST /requests/{request}/royalty": "technician",
    "GET /figures": "viewer",
    "GET /figures/export": "viewer",
    "GET /figures/{figure}": "viewer",
    "GET /figures/{figure}/requests": "viewer",
    "GET /figures/{figure}/entries": "viewer",
    "GET /figure-groups/{group}": "viewer",
    "GET /reports/{report}": "viewer",
    "POST /partners/{partner}/suspend": "admin",
    "POST /partners/{partner}/resume": "admin",
    "POST /partners/{partner}/merge": "admin",
    "POST /partners/{partner}/test-account": "technician",
    "POST /partners/{partner}/test-catalogue": "technician",
    "GET /directory/export": "admin",
    "POST /directory/import": "admin",
    "POST /directory/import-service": "admin",
    "POST /items/import": "admin",
    "GET /tokens": "admin",
    "POST /tokens": "admin",
    "DELETE /tokens/{token}": "admin",
    "GET /accounts": "admin",
    "POST /accounts": "admin",
    "POST /accounts/{account}/role": "admin",
    "POST /accounts/{account}/disable": "admin",
    "POST /accounts/{account}/enable": "admin",
    "POST /accounts/{account}/password": "admin",
    "POST /accounts/{account}/link": "admin",
    "POST /accounts/{account}/end-sessions": "admin",
    "GET /sessions": "admin",
    "DELETE /sessions/{session}": "admin",
    "GET /requests/{request}/sheet": "viewer",
    "GET /requests/{request}/story": "viewer",
    r"GET /requests/{request}/story/{line:\d{1,18}}": "viewer",
    "POST /requests/{request}/customer": "technician",
    "GET /look-ups": "manager",
    "GET /tasks/settling": "viewer",
    "POST /tasks/settle": "technician",
    "GET /accounts/{account}": "admin",
    "POST /audit/verify": "admin",
    "GET /audit/verify": "admin",
    r"POST /audit/erase/{entry:\d{1,18}}": "admin",
    "GET /recovery": "viewer",
    "GET /recovery/requests": "viewer",
    "POST /recovery/compare": "manager",
    "POST /recovery/confirm-access": "admin",
    "POST /recovery/requests/{request}/go-on": "manager",
    "POST /recovery/go-on": "manager",
    "POST /recovery/end": "manager",
    "GET /openapi.json": "viewer",
}
"""What the roles are promised, written down a second time and by hand."""
RANK = ["viewer", "technician", "manager", "admin"]


def address(route: str) -> tuple[str, str]:
    method, _, path = route.partition(" ")
    for placeholder, value in (
        ("{request}", "r1"),
        ("/notices/{notice}/actions/{action}", "/notices/n/actions/arrived"),
        ("{action}", "ship"),
        ("{view}", "mine"),
        ("{name}", "pull"),
        ("{paper:packing-slip|label|strap|cover-band|routing-slip|pull-slip}", "label"),
        (r"{task:\d+}", "1"),
        (r"{line:\d{1,18}}", "1"),
        (r"{version:\d{1,9}}", "1"),
        ("{list}", "pull"),
        ("{bill}", "b"),
        ("{invoice}", "v"),
        ("{batch}", "x"),
        ("{document}", "1"),
        ("{letter}", "1"),
        ("{notice}", "n"),
        ("{payment}", "p"),
        ("{peer}", "p"),
        ("{partner}", "p"),
        ("{proposal}", "p"),
        ("{token}", "t"),
        ("{account}", "a"),
        ("{session}", "s"),
        ("{barcode}", "b"),
        ("{range}", "pool"),
        ("{step}", "look"),
        ("{figure}", "provided"),
        ("{group}", "supply"),
        ("{report}", "annual"),
        ("{scan}", "s"),
        ("{cart}", "c"),
        (r"{entry:\d{1,18}}", "1"),
        ("/papers/test", "/papers/test?printer=none"),  # refused, so that nothing is printed
    ):
        path = path.replace(placeholder, value)
    return method, path


def test_the_promises_name_every_route():
    assert {f"{route.method} {route.path}" for route in ROUTES} == set(LEAST_ROLE)


@pytest.mark.parametrize("role", RANK)
async def test_each_role_reaches_what_it_was_promised_and_nothing_else(live: Live, role: str):
    for route, least in LEAST_ROLE.items():
        method, path = address(route)
        status, answer = await live.call(method, path, role=role, body={})
        allowed = RANK.index(role) >= RANK.index(least)
        assert (status != 403) is allowed, (route, status, answer)
        assert status not in {401, 500}, (route, answer)


@pytest.mark.parametrize(
    "credentials", ["", "Bearer", "Bearer nobody.x", "Basic YWRtaW46eA==", "Bearer first-admin.", "Bearer a-viewer.x"]
)
async def test_nobody_gets_in_without_a_token_that_counts(live: Live, credentials: str):
    for number, route in enumerate(LEAST_ROLE):
        method, path = address(route)
        headers = {"Authorization": credentials, "X-Forwarded-For": f"192.0.2.{number}"}
        status, answer = await live.call(method, path, role="nobody", headers=headers)
        assert (status, answer["error"]) == (401, "not identified"), route


async def test_a_401_names_the_scheme(live: Live):
    async with live.http.get(f"{live.url}{PREFIX}/requests") as answer:
        assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_force_is_a_managers(live: Live):
    body = {"state": "loaned", "reason": "it was sent by hand"}
    assert (await live.call("POST", "/requests/r1/actions/force", role=StaffRole.TECHNICIAN, body=body))[0] == 403
    assert (await live.call("POST", "/requests/r1/actions/force", role=StaffRole.MANAGER, body=body))[0] == 404


async def test_unknown_addresses_and_methods_are_told_in_json(live: Live):
    assert await live.call("GET", "/nothing") == (404, {"error": "not found", "detail": "There is no such address."})
    status, answer = await live.call("DELETE", "/requests")
    assert (status, answer["error"]) == (405, "method not allowed")


async def test_answers_are_not_kept_by_anybody_on_the_way(live: Live):
    async with live.http.get(
        f"{live.url}{PREFIX}/tasks", headers={"Authorization": f"Bearer {live.tokens['viewer']}"}
    ) as answer:
        assert answer.headers["Cache-Control"] == "no-store"


async def test_a_store_that_is_gone_is_told_as_such(
    live: Live, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    async def unreachable(**_where: object) -> None:
        raise StoreUnavailable("disk full at /some/path")

    monkeypatch.setattr(live.store, "tasks", unreachable)
    headers = {"Authorization": f"Bearer {live.tokens['viewer']}"}
    async with live.http.get(f"{live.url}{PREFIX}/tasks", headers=headers) as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
        said = await answer.json()
    assert said["error"] == "store unavailable"
    assert "/some/path" not in said["detail"]
    assert "disk full at /some/path" in caplog.text, "who reads the log can mend it"


async def test_two_that_are_served_at_once_speak_each_for_its_own_desk(live: Live):
    async with live_api() as other:
        assert (await other.call("POST", "/tokens", body={"name": "theirs", "role": "viewer"}))[0] == 201
        assert "theirs" in str(await other.call("GET", "/tokens"))
        assert "theirs" not in str(await live.call("GET", "/tokens"))
