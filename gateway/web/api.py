"""The JSON API, under /api/v1: one table of routes, each with the right it needs.

Every call carries `Authorization: Bearer <name>.<secret>`. A GET changes nothing, but that looking up a customer is written down.
Errors are JSON in words (`answers`). Times are UTC; each answer names the library's zone (`Library-Time-Zone`) for whoever shows them.
A customer's data is nowhere else in it: the records hold none.
"""

from collections.abc import Awaitable, Callable
from functools import cache
from http import HTTPStatus
from typing import Final

import msgspec
from aiohttp import web

from gateway.desk import (
    accounts,
    acs,
    acts,
    approval,
    audit,
    behind,
    bill_numbers,
    bills,
    borrowing,
    carts,
    catalogue,
    copies,
    copyright,  # noqa: A004 - the desk's module
    customers,
    directories,
    directory_lists,
    drafts,
    entries,
    fee_bills,
    figures,
    house,
    invoice_files,
    invoice_lists,
    invoices,
    items,
    lists,
    merging,
    notices,
    papers,
    partners,
    payments,
    peers,
    policy,
    pool,
    prices,
    recovery,
    requests,
    saved,
    scanning,
    search,
    sessions,
    several,
    sheet,
    statements,
    statistics,
    story,
    tasks,
    tokens,
    worklists,
)
from gateway.desk.access import Caller, Right, holder
from gateway.desk.errors import NotAllowedError
from gateway.desk.ports import Desk
from gateway.desk.structs.common import TIME_ZONE, Download
from gateway.desk.workbooks import CSV, XLSX
from gateway.web.answers import errors_in_words
from gateway.web.guesses import OnRefused, WrongTokens
from gateway.web.openapi import document
from gateway.web.routes import JSON, Route

PREFIX: Final = "/api/v1"
FILES: Final = (CSV, XLSX)
_DESK: Final = web.AppKey("desk", Desk)
_GUESSES: Final = web.AppKey("guesses", WrongTokens)


@cache
def openapi() -> str:
    """Write down what the table says, as OpenAPI 3.1."""
    described = document(ROUTES, PREFIX)
    return msgspec.json.format(msgspec.json.encode(described), indent=1).decode() + "\n"


async def show_openapi(_desk: Desk, _caller: Caller) -> Download:
    """Return this description."""
    return Download(content_type=JSON, text=openapi())


# fmt: off
ROUTES: Final[tuple[Route, ...]] = (
    Route("GET",    "/requests",                           Right.READ,       requests.list_requests),
    Route("GET",    "/search",                             Right.READ,       search.search),
    Route("POST",   "/acts/{action}",                      Right.ACT,        several.act_on_several),
    Route("GET",    "/views",                              Right.READ,       saved.list_views),
    Route("POST",   "/views",                              Right.READ,       saved.save_view),
    Route("DELETE", "/views/{view}",                       Right.READ,       saved.drop_view),
    Route("GET",    "/requests/{request}",                 Right.READ,       requests.show_request),
    Route("GET",    "/requests/{request}/sheet",           Right.READ,       sheet.show_sheet),
    Route("GET",    "/requests/{request}/story",           Right.READ,       story.show_story),
    Route("GET",    r"/requests/{request}/story/{line:\d{1,18}}", Right.READ, story.show_raw),
    Route("GET",    "/requests/{request}/timeline",        Right.READ,       requests.show_timeline),
    Route("GET",    r"/requests/{request}/{paper:packing-slip|label|strap|cover-band|routing-slip|pull-slip}", Right.READ, papers.show_paper,
          gives=("text/plain", "application/pdf")),
    Route("POST",   "/papers",                             Right.READ,       papers.print_cart, gives=("application/pdf",)),
    Route("POST",   "/scans",                              Right.ACT,        scanning.scan),
    Route("GET",    "/scans/{scan}",                       Right.READ,       carts.outcome),
    Route("POST",   "/scans/{scan}/undo",                  Right.ACT,        carts.undo_scan),
    Route("GET",    "/carts/{cart}",                       Right.READ,       carts.show_cart),
    Route("GET",    "/carts/{cart}/papers",                Right.READ,       carts.print_papers, gives=("application/pdf",)),
    Route("POST",   "/requests/{request}/actions/{action}", Right.ACT,       acts.act),
    Route("POST",   "/requests/{request}/copy",            Right.ACT,        copies.hand_in_copy, most_bytes=copies.MOST_BYTES),
    Route("POST",   "/requests/{request}/approve-partner", Right.ADMINISTER, approval.approve_partner),
    Route("POST",   "/requests/{request}/try-now",         Right.ACT,        requests.try_now),
    Route("GET",    "/requests/{request}/customer",        Right.REVEAL,     customers.show_customer),
    Route("POST",   "/borrowing",                          Right.ACT,        borrowing.ask, HTTPStatus.CREATED, repeated=HTTPStatus.OK),
    Route("POST",   "/borrowing/openurl",                  Right.ACT,        borrowing.ask_by_link, HTTPStatus.CREATED, repeated=HTTPStatus.OK),
    Route("POST",   "/borrowing/list",                     Right.ACT,        borrowing.ask_by_list, most_bytes=borrowing.LIST_MAX, gives=("text/plain",)),
    Route("POST",   "/requests/{request}/customer",        Right.REVEAL,     customers.look_up_customer),
    Route("GET",    "/look-ups",                           Right.MANAGE,     customers.list_look_ups),
    Route("POST",   "/borrowing/foresee",                  Right.ACT,        drafts.foresee_order),
    Route("POST",   "/borrowing/check-card",               Right.ACT,        drafts.check_card),
    Route("POST",   "/borrowing/of-customer",              Right.REVEAL,     customers.list_of_customer),
    Route("GET",    "/pool",                               Right.READ,       pool.show_pool),
    Route("POST",   "/pool",                               Right.ADMINISTER, pool.add_barcodes),
    Route("GET",    "/pool/{range}",                       Right.READ,       pool.list_barcodes),
    Route("POST",   "/pool/{barcode}/block",               Right.ACT,        pool.block_barcode),
    Route("POST",   "/pool/{barcode}/unblock",             Right.ACT,        pool.unblock_barcode),
    Route("GET",    "/tasks",                              Right.READ,       tasks.list_tasks),
    Route("GET",    "/tasks/settling",                     Right.READ,       tasks.show_tasks),
    Route("POST",   "/tasks/settle",                       Right.ACT,        tasks.settle_tasks),
    Route("POST",   r"/tasks/{task:\d+}/claim",            Right.ACT,        tasks.claim_task),
    Route("POST",   r"/tasks/{task:\d+}/done",             Right.ACT,        tasks.close_task),
    Route("GET",    "/lists/{list}",                       Right.READ,       lists.hand_out_list, gives=("text/plain", "application/pdf")),
    Route("GET",    "/worklists/{name}",                   Right.READ,       worklists.show_worklist),
    Route("GET",    "/acs",                                Right.READ,       acs.show_acs),
    Route("POST",   "/acs/check",                          Right.ACT,        acs.check_acs),
    Route("POST",   "/acs/reconcile",                      Right.ACT,        acs.reconcile_acs),
    Route("POST",   "/acs/resume",                         Right.ACT,        acs.resume_acs),
    Route("POST",   "/audit/verify",                       Right.ADMINISTER, audit.verify_audit),
    Route("GET",    "/audit/verify",                       Right.ADMINISTER, audit.show_progress),
    Route("POST",   r"/audit/erase/{entry:\d{1,18}}",     Right.ADMINISTER, audit.erase_note),
    Route("GET",    "/recovery",                           Right.READ,       recovery.show_recovery),
    Route("GET",    "/recovery/requests",                  Right.READ,       recovery.list_beside),
    Route("POST",   "/recovery/compare",                   Right.MANAGE,     recovery.compare),
    Route("POST",   "/recovery/confirm-access",            Right.ADMINISTER, recovery.confirm_access),
    Route("POST",   "/recovery/requests/{request}/go-on",  Right.MANAGE,     recovery.let_go),
    Route("POST",   "/recovery/go-on",                     Right.MANAGE,     recovery.let_agreeing_go),
    Route("GET",    "/recovery/numbers",                   Right.READ,       bill_numbers.show_numbers),
    Route("POST",   "/recovery/numbers",                   Right.ADMINISTER, bill_numbers.confirm_numbers),
    Route("POST",   "/recovery/end",                       Right.MANAGE,     recovery.end),
    Route("POST",   "/lending/pause",                      Right.MANAGE,     policy.pause_lending),
    Route("POST",   "/lending/resume",                     Right.MANAGE,     policy.resume_lending),
    Route("GET",    "/policy",                             Right.READ,       policy.show_policy),
    Route("PUT",    "/policy",                             Right.ADMINISTER, policy.replace_policy),
    Route("GET",    "/policy/versions",                    Right.READ,       policy.list_versions),
    Route("GET",    r"/policy/versions/{version:\d{1,9}}", Right.READ,       policy.show_version),
    Route("POST",   "/policy/try",                         Right.ACT,        policy.try_policy),
    Route("GET",    "/peers",                              Right.READ,       peers.list_peers),
    Route("GET",    "/peers/{peer}",                       Right.READ,       peers.show_peer),
    Route("PUT",    "/peers/{peer}",                       Right.ADMINISTER, peers.save_peer),
    Route("POST",   "/peers/{peer}/try",                   Right.ACT,        peers.try_peer),
    Route("DELETE", "/peers/{peer}",                       Right.ADMINISTER, peers.remove_peer),
    Route("GET",    "/peers/{peer}/history",               Right.READ,       peers.show_peer_history),
    Route("GET",    "/partners",                           Right.READ,       partners.list_partners),
    Route("GET",    "/unknown-senders",                    Right.READ,       approval.list_strangers),
    Route("GET",    "/partners/{partner}",                 Right.READ,       partners.show_partner),
    Route("PUT",    "/partners/{partner}",                 Right.ADMINISTER, partners.save_partner),
    Route("DELETE", "/partners/{partner}",                 Right.ADMINISTER, partners.remove_partner),
    Route("GET",    "/partners/{partner}/history",         Right.READ,       partners.show_partner_history),
    Route("GET",    "/partners/{partner}/figures",         Right.READ,       figures.show_figures),
    Route("GET",    "/prices",                             Right.READ,       prices.list_prices),
    Route("POST",   "/requests/{request}/price",           Right.ACT,        prices.name_price),
    Route("POST",   "/requests/{request}/price/{step}",    Right.ACT,        prices.step_price),
    Route("GET",    "/copyright",                          Right.READ,       copyright.show_copyright, gives=FILES),
    Route("POST",   "/requests/{request}/royalty",         Right.ACT,        copyright.note_royalty),
    Route("GET",    "/figures",                            Right.READ,       statistics.list_statistics),
    Route("GET",    "/figures/export",                     Right.READ,       behind.export_facts, gives=FILES),
    Route("GET",    "/figures/{figure}",                   Right.READ,       statistics.show_statistic, gives=FILES),
    Route("GET",    "/figures/{figure}/requests",          Right.READ,       behind.show_behind),
    Route("GET",    "/figures/{figure}/entries",           Right.READ,       entries.show_entries),
    Route("GET",    "/figure-groups/{group}",              Right.READ,       statistics.show_group, gives=FILES),
    Route("GET",    "/reports/{report}",                   Right.READ,       statistics.show_report, gives=FILES),
    Route("POST",   "/partners/{partner}/suspend",         Right.ADMINISTER, partners.suspend_partner),
    Route("POST",   "/partners/{partner}/resume",          Right.ADMINISTER, partners.resume_partner),
    Route("POST",   "/partners/{partner}/merge",           Right.ADMINISTER, merging.merge_partner),
    Route("POST",   "/partners/{partner}/test-account",    Right.ACT,        partners.try_account),
    Route("POST",   "/partners/{partner}/test-catalogue",  Right.ACT,        partners.try_catalogue),
    Route("GET",    "/directory/export",                   Right.ADMINISTER, directory_lists.export_records, gives=("application/json", "text/csv")),
    Route("POST",   "/directory/import",                   Right.ADMINISTER, directory_lists.import_records, takes=("text/csv", "application/json"),
          most_bytes=directory_lists.LIST_MAX),
    Route("POST",   "/directory/import-service",           Right.ADMINISTER, directory_lists.import_service, takes=("application/json",),
          most_bytes=directory_lists.LIST_MAX),
    Route("GET",    "/requests/{request}/works",           Right.ACT,        drafts.find_works_of),
    Route("GET",    "/directories",                        Right.READ,       directories.list_directories),
    Route("POST",   "/directories/read",                   Right.ADMINISTER, directories.read_directories),
    Route("POST",   "/directories/proposals/{proposal}/accept",  Right.ADMINISTER, directories.accept_proposal),
    Route("POST",   "/directories/proposals/{proposal}/decline", Right.ADMINISTER, directories.decline_proposal),
    Route("GET",    "/bills",                              Right.READ,       bills.list_bills),
    Route("POST",   "/bills",                              Right.ACT,        bills.propose_bill, HTTPStatus.CREATED, repeated=HTTPStatus.OK),
    Route("POST",   "/bills/fees",                         Right.ACT,        fee_bills.gather_fees),
    Route("GET",    "/bills/to-bill",                      Right.READ,       bills.list_to_bill),
    Route("GET",    "/bills/owed",                         Right.READ,       payments.list_owed),
    Route("GET",    "/bills/export",                       Right.READ,       payments.export_ledger, gives=("text/csv",)),
    Route("GET",    "/bills/{bill}",                       Right.READ,       bills.show_bill),
    Route("GET",    "/bills/{bill}/paper",                 Right.READ,       bills.show_bill_paper, gives=("application/pdf",)),
    Route("POST",   "/bills/{bill}/actions/{action}",      Right.ACT,        bills.act_on_bill),
    Route("POST",   "/bills/{bill}/credit-note",           Right.ACT,        bills.propose_credit_note, HTTPStatus.CREATED, repeated=HTTPStatus.OK),
    Route("POST",   "/bills/{bill}/use-credit",            Right.ACT,        bills.use_credit),
    Route("GET",    "/payments",                           Right.READ,       payments.list_payments),
    Route("POST",   "/payments",                           Right.ACT,        payments.book_payment, HTTPStatus.CREATED, repeated=HTTPStatus.OK),
    Route("POST",   "/payments/back",                      Right.MANAGE,     payments.pay_back, HTTPStatus.CREATED, repeated=HTTPStatus.OK),
    Route("GET",    "/payments/{payment}",                 Right.READ,       payments.show_payment),
    Route("POST",   "/payments/{payment}/take-back",       Right.MANAGE,     payments.take_back_payment),
    Route("GET",    "/partners/{partner}/statement",       Right.READ,       statements.print_statement, gives=("application/pdf",)),
    Route("GET",    "/invoices",                           Right.READ,       invoices.list_invoices),
    Route("POST",   "/invoices",                           Right.ACT,        invoices.enter_invoice, HTTPStatus.CREATED, repeated=HTTPStatus.OK),
    Route("POST",   "/invoices/list",                      Right.ACT,        invoice_lists.take_invoices, takes=("text/csv",),
          most_bytes=invoice_lists.LIST_MAX),
    Route("GET",    "/invoices/exports",                   Right.READ,       invoice_files.list_batches),
    Route("POST",   "/invoices/exports",                   Right.ACT,        invoice_files.export_invoices, HTTPStatus.CREATED, repeated=HTTPStatus.OK),
    Route("GET",    "/invoices/exports/{batch}",           Right.READ,       invoice_files.show_batch, gives=("text/csv",)),
    Route("GET",    "/invoices/{invoice}",                 Right.READ,       invoices.show_invoice),
    Route("POST",   "/invoices/{invoice}/actions/{action}", Right.ACT,       invoices.act_on_invoice),
    Route("POST",   "/invoices/{invoice}/documents",       Right.ACT,        invoice_files.hand_in_document, most_bytes=invoice_files.MOST_BYTES),
    Route("GET",    "/invoices/{invoice}/documents/{document}", Right.ACT,   invoice_files.fetch_document, gives=invoice_files.KINDS_GIVEN),
    Route("GET",    "/invoices/{invoice}/letters/{letter}", Right.READ,      invoice_files.show_letter, gives=("application/pdf",)),
    Route("GET",    "/notices",                            Right.READ,       notices.list_notices),
    Route("POST",   "/notices",                            Right.ACT,        notices.send_now, HTTPStatus.CREATED),
    Route("GET",    "/notices/texts",                      Right.READ,       notices.show_texts),
    Route("GET",    "/notices/{notice}",                   Right.READ,       notices.show_notice),
    Route("GET",    "/notices/{notice}/file",              Right.READ,       notices.show_file, gives=("application/pdf", XLSX)),
    Route("POST",   "/notices/{notice}/actions/{action}",  Right.ACT,        notices.act_on_notice),
    Route("GET",    "/catalogue/copies",                   Right.READ,       catalogue.find_copies),
    Route("GET",    "/catalogue/works",                    Right.READ,       drafts.find_works),
    Route("GET",    "/places",                             Right.READ,       house.show_places),
    Route("GET",    "/papers/stock",                       Right.READ,       house.show_papers),
    Route("GET",    "/papers/test",                        Right.READ,       house.print_test, gives=("application/pdf",)),
    Route("POST",   "/items/import",                       Right.ADMINISTER, items.import_items, takes=("text/csv", "application/json"),
          most_bytes=items.LIST_MAX),
    Route("GET",    "/tokens",                             Right.ADMINISTER, tokens.list_tokens),
    Route("POST",   "/tokens",                             Right.ADMINISTER, tokens.create_token, HTTPStatus.CREATED),
    Route("DELETE", "/tokens/{token}",                     Right.ADMINISTER, tokens.revoke_token),
    Route("GET",    "/accounts",                           Right.ADMINISTER, accounts.list_accounts),
    Route("POST",   "/accounts",                           Right.ADMINISTER, accounts.add_account, HTTPStatus.CREATED),
    Route("GET",    "/accounts/{account}",                 Right.ADMINISTER, accounts.show_account),
    Route("POST",   "/accounts/{account}/role",            Right.ADMINISTER, accounts.change_role),
    Route("POST",   "/accounts/{account}/disable",         Right.ADMINISTER, accounts.disable_account),
    Route("POST",   "/accounts/{account}/enable",          Right.ADMINISTER, accounts.enable_account),
    Route("POST",   "/accounts/{account}/password",        Right.ADMINISTER, accounts.set_password),
    Route("POST",   "/accounts/{account}/link",            Right.ADMINISTER, accounts.link_account),
    Route("POST",   "/accounts/{account}/end-sessions",    Right.ADMINISTER, accounts.end_sessions),
    Route("GET",    "/sessions",                           Right.ADMINISTER, sessions.list_sessions),
    Route("DELETE", "/sessions/{session}",                 Right.ADMINISTER, sessions.revoke_session),
    Route("GET",    "/openapi.json",                       Right.READ,       show_openapi, gives=(JSON,)),
)
# fmt: on


def make_api(desk: Desk, *, proxies: tuple[str, ...], on_refused: OnRefused) -> web.Application:
    """Make the application; whoever calls this serves it, and keeps the store open as long.

    `proxies` are the networks of our reverse proxies, whose X-Forwarded-For counts, in CIDR notation; `on_refused` hears of each call
    without a valid token.
    """
    application = web.Application(middlewares=[errors_in_words])
    application.on_response_prepare.append(_say_zone)
    application[_DESK], application[_GUESSES] = desk, WrongTokens(proxies, on_refused)
    for resource in _resources():
        application.router.register_resource(resource)
    return application


async def _say_zone(http: web.Request, response: web.StreamResponse) -> None:
    response.headers[TIME_ZONE] = http.app[_DESK].zone.key


def bearer(header: str | None) -> str:
    """Return the token that an Authorization header carries; "", which is nobody's, if it carries none."""
    scheme, _, credentials = (header or "").strip().partition(" ")
    return credentials if scheme.casefold() == "bearer" else ""


@cache
def _resources() -> tuple[web.AbstractResource, ...]:
    """Make what leads from paths to routes. Every application has the same: what is its own stands in it."""
    table = web.UrlDispatcher()
    for route in ROUTES:
        table.add_route(route.method, PREFIX + route.path, _guarded(route))
    return tuple(table.resources())


def _guarded(route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Let a caller with the route's right through. Nothing of the body is read before."""

    async def answer(http: web.Request) -> web.StreamResponse:
        desk, guesses = http.app[_DESK], http.app[_GUESSES]
        caller = holder(bearer(http.headers.get("Authorization")), await desk.tokens(), desk.now())
        if caller is None:
            raise guesses.was_wrong(http)
        guesses.was_right(http)
        if not caller.may(route.right):
            raise NotAllowedError(f"A {caller.role} may not {route.right}.")
        return await route.answer(desk, caller, http)

    return answer
