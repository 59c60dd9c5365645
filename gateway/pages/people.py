"""The pages about people who work here: signing in elsewhere, one's own account, and the settings of accounts, sessions, tokens and look-ups."""

from typing import Final

from gateway.desk.access import Right
from gateway.pages import account, elsewhere, staff
from gateway.pages.table import Page

# fmt: off
PEOPLE: Final = (
    Page("GET",  "/sign-in/oidc/start",                       None,             elsewhere.leave),
    Page("GET",  "/sign-in/oidc",                             None,             elsewhere.come_back),
    Page("GET",  "/account",                                  Right.READ,       account.show),
    Page("GET",  "/account/stay",                             Right.READ,       account.stay),
    Page("POST", "/account/password",                         Right.READ,       account.change_password),
    Page("POST", "/account/sessions/{session}/end",           Right.READ,       account.end_session),
    Page("GET",  "/settings",                                 Right.READ,       staff.overview),
    Page("POST", "/settings",                                 Right.ADMINISTER, staff.set_switch),
    Page("GET",  "/settings/switches",                        Right.READ,       staff.overview),
    Page("POST", "/settings/switches",                        Right.ADMINISTER, staff.switch_file),
    Page("GET",  "/settings/accounts",                        Right.ADMINISTER, staff.list_accounts),
    Page("POST", "/settings/accounts",                        Right.ADMINISTER, staff.add_account),
    Page("GET",  "/settings/accounts/{account}",              Right.ADMINISTER, staff.show_account),
    Page("POST", "/settings/accounts/{account}/role",         Right.ADMINISTER, staff.change_role),
    Page("POST", "/settings/accounts/{account}/disable",      Right.ADMINISTER, staff.disable),
    Page("POST", "/settings/accounts/{account}/enable",       Right.ADMINISTER, staff.enable),
    Page("POST", "/settings/accounts/{account}/password",     Right.ADMINISTER, staff.set_password),
    Page("POST", "/settings/accounts/{account}/link",         Right.ADMINISTER, staff.link),
    Page("POST", "/settings/accounts/{account}/end-sessions", Right.ADMINISTER, staff.end_sessions),
    Page("GET",  "/settings/sessions",                        Right.ADMINISTER, staff.list_sessions),
    Page("POST", "/settings/sessions/{session}/end",          Right.ADMINISTER, staff.end_session),
    Page("GET",  "/settings/tokens",                          Right.ADMINISTER, staff.list_tokens),
    Page("POST", "/settings/tokens",                          Right.ADMINISTER, staff.add_token),
    Page("POST", "/settings/tokens/{token}/revoke",           Right.ADMINISTER, staff.revoke_token),
    Page("GET",  "/settings/look-ups",                        Right.MANAGE,     staff.list_look_ups),
)
# fmt: on
