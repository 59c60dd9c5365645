"""The pages of the office: orders, partners and peers, policy, pool, pool, settings, help. A part of the table in `site.py`."""

from typing import Final

from gateway.desk.access import Right
from gateway.desk.borrowing import LIST_MAX as ORDERS_MAX
from gateway.desk.directory_lists import LIST_MAX as DIRECTORY_MAX
from gateway.desk.items import LIST_MAX as ITEMS_MAX
from gateway.pages import copyright as rule_of_five
from gateway.pages import (
    directories,
    figures,
    help_page,
    house,
    notices,
    orders,
    partners,
    peers,
    policy,
    pool,
    prices,
    recovery,
    tour,
)
from gateway.pages.table import Page

# fmt: off
OFFICE: Final = (
    Page("GET",  "/orders/new",  Right.ACT, orders.show_form),
    Page("POST", "/orders/new",  Right.ACT, orders.take_form),
    Page("GET",  "/orders/list", Right.ACT, orders.show_list),
    Page("POST", "/orders/list", Right.ACT, orders.take_list, ORDERS_MAX),

    Page("GET",  "/partners",                          Right.READ,       partners.show_directory),
    Page("GET",  "/partners/new",                      Right.ADMINISTER, partners.FORM.show),
    Page("POST", "/partners/new",                      Right.ADMINISTER, partners.FORM.save),
    Page("GET",  "/partners/export",                   Right.ADMINISTER, partners.export),
    Page("GET",  "/partners/import",                   Right.ADMINISTER, partners.show_import),
    Page("POST", "/partners/import",                   Right.ADMINISTER, partners.take_import, DIRECTORY_MAX),
    Page("GET",  "/partners/approve/{request}",        Right.ADMINISTER, partners.show_approval),
    Page("POST", "/partners/approve/{request}",        Right.ADMINISTER, partners.approve),
    Page("GET",  "/partners/{partner}",                Right.READ,       partners.show_partner),
    Page("GET",  "/partners/{partner}/figures",        Right.READ,       partners.show_figures),
    Page("GET",  "/partners/{partner}/edit",           Right.ADMINISTER, partners.FORM.show),
    Page("POST", "/partners/{partner}/edit",           Right.ADMINISTER, partners.FORM.save),
    Page("POST", "/partners/{partner}/suspend",        Right.ADMINISTER, partners.suspend),
    Page("POST", "/partners/{partner}/resume",         Right.ADMINISTER, partners.resume),
    Page("POST", "/partners/{partner}/remove",         Right.ADMINISTER, partners.remove),
    Page("GET",  "/partners/{partner}/merge",          Right.READ,       partners.show_partner),
    Page("POST", "/partners/{partner}/merge",          Right.ADMINISTER, partners.merge),
    Page("POST", "/partners/{partner}/try-account",    Right.ACT,        partners.try_account),
    Page("GET",  "/partners/{partner}/try-account",    Right.READ,       partners.show_partner),
    Page("GET",  "/partners/{partner}/try-catalogue",  Right.READ,       partners.show_partner),
    Page("POST", "/partners/{partner}/try-catalogue",  Right.ACT,        partners.try_catalogue),
    Page("GET",  "/partners/{partner}/try-connection", Right.READ,       partners.show_partner),
    Page("POST", "/partners/{partner}/try-connection", Right.ACT,        partners.try_connection),

    Page("GET",  "/directories",                              Right.READ,       directories.show),
    Page("POST", "/directories/read",                         Right.ADMINISTER, directories.read),
    Page("GET",  "/directories/read",                         Right.READ,       directories.show),
    Page("POST", "/directories/proposals/{proposal}/accept",  Right.ADMINISTER, directories.accept),
    Page("POST", "/directories/proposals/{proposal}/decline", Right.ADMINISTER, directories.decline),

    Page("GET",  "/prices", Right.READ, prices.show),
    Page("POST", "/prices", Right.ACT,  prices.take),

    Page("GET",  "/copyright", Right.READ, rule_of_five.show),
    Page("POST", "/copyright", Right.ACT,  rule_of_five.note_royalty),

    Page("GET",  "/notices",                   Right.READ, notices.show_list),
    Page("POST", "/notices",                   Right.ACT,  notices.send_now),
    Page("GET",  "/notices/texts",             Right.READ, notices.show_texts),
    Page("GET",  "/notices/{notice}",          Right.READ, notices.show_notice),
    Page("GET",  "/notices/{notice}/file",     Right.READ, notices.show_file),
    Page("POST", "/notices/{notice}/{action}", Right.ACT,  notices.act),

    Page("GET",  "/figures",                   Right.READ, figures.show),
    Page("GET",  "/figures/export",            Right.READ, figures.export),
    Page("GET",  "/figures/reports/{report}",  Right.READ, figures.show_one_report),
    Page("GET",  "/figures/{figure}",          Right.READ, figures.show_one),
    Page("GET",  "/figures/{figure}/requests", Right.READ, figures.show_requests),
    Page("GET",  "/figures/{figure}/entries",  Right.READ, figures.show_one_number),

    Page("GET",  "/policy",                             Right.READ,       policy.show),
    Page("POST", "/policy",                             Right.ACT,        policy.edit),
    Page("POST", "/policy/save",                        Right.ADMINISTER, policy.save),
    Page("GET",  "/policy/save",                        Right.READ,       policy.show),
    Page("POST", "/policy/pause",                       Right.MANAGE,     policy.pause),
    Page("POST", "/policy/resume",                      Right.MANAGE,     policy.resume),
    Page("GET",  "/policy/versions",                    Right.READ,       policy.show_versions),
    Page("GET",  "/policy/versions/{version}",          Right.READ,       policy.show_version),

    Page("GET",  "/recovery",                Right.READ,       recovery.show),
    Page("POST", "/recovery/compare",        Right.MANAGE,     recovery.compare),
    Page("GET",  "/recovery/compare",        Right.READ,       recovery.show),
    Page("POST", "/recovery/confirm-access", Right.ADMINISTER, recovery.confirm),
    Page("GET",  "/recovery/confirm-access", Right.READ,       recovery.show),
    Page("POST", "/recovery/go-on",          Right.MANAGE,     recovery.let_go),
    Page("GET",  "/recovery/go-on",          Right.READ,       recovery.show),
    Page("GET",  "/recovery/numbers",        Right.READ,       recovery.show_numbers),
    Page("POST", "/recovery/numbers",        Right.ADMINISTER, recovery.confirm_numbers),
    Page("POST", "/recovery/end",            Right.MANAGE,     recovery.end),
    Page("GET",  "/recovery/end",            Right.READ,       recovery.show),

    Page("GET",  "/help",      Right.READ, help_page.show),
    Page("GET",  "/help/tour", Right.READ, tour.show),

    Page("GET",  "/pool",         Right.READ,       pool.show),
    Page("POST", "/pool",         Right.ADMINISTER, pool.add),
    Page("GET",  "/pool/{range}", Right.READ,       pool.show_range),
    Page("POST", "/pool/{range}", Right.ACT,        pool.block),

    Page("GET",  "/settings/branches",            Right.READ,       house.show_branches),
    Page("GET",  "/settings/papers",              Right.READ,       house.show_papers),
    Page("GET",  "/settings/papers/test.pdf",     Right.READ,       house.print_test),
    Page("GET",  "/settings/circulation",         Right.READ,       house.show_circulation),
    Page("POST", "/settings/circulation",         Right.ACT,        house.ask_circulation),
    Page("GET",  "/settings/items",               Right.ADMINISTER, house.show_items),
    Page("POST", "/settings/items",               Right.ADMINISTER, house.take_items, ITEMS_MAX),

    Page("GET",  "/peers",               Right.READ,       peers.show_list),
    Page("GET",  "/peers/new",           Right.ADMINISTER, peers.FORM.show),
    Page("POST", "/peers/new",           Right.ADMINISTER, peers.FORM.save),
    Page("GET",  "/peers/{peer}",        Right.READ,       peers.show_peer),
    Page("GET",  "/peers/{peer}/edit",   Right.ADMINISTER, peers.FORM.show),
    Page("POST", "/peers/{peer}/edit",   Right.ADMINISTER, peers.FORM.save),
    Page("POST", "/peers/{peer}/remove", Right.ADMINISTER, peers.remove),
    Page("GET",  "/peers/{peer}/try",    Right.READ,       peers.show_peer),
    Page("POST", "/peers/{peer}/try",    Right.ACT,        peers.try_connection),
)
# fmt: on
