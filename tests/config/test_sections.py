"""The tables' own limits: what is refused, and in which words."""

from collections.abc import Callable

import pytest

from gateway.config.kinds import Weekday
from gateway.config.sections import ClocksSection
from gateway.sip2.products import PROFILES
from gateway.workflow.policy import DEFAULT_CLOCKS

PEER = '[[peers]]\nid = "valley"\n'


@pytest.mark.parametrize(
    ("toml", "expected"),
    [
        ("port = 70000", "acs.port: 70000 is above 65535"),
        ("port = 1.5", "acs.port: must be a whole number"),
        ("timeout_s = 0", "acs.timeout_s: 0 is not above 0"),
        ("timeout_s = inf", "acs.timeout_s: must be a finite number"),
        ("pool_size = 0", "acs.pool_size: 0 is below 1"),
        ('profile = "kohaa"', f'acs.profile: "kohaa" is no profile; known are {", ".join(PROFILES)}'),
        ("user = 7", "acs.user: must be text"),
        ('reconcile_at = "24:00"', 'acs.reconcile_at: must be a time like "03:30", or ""'),
        ('tls = "yes"', "acs.tls: must be a table"),
        ('tls = { ca = "/nonexistent.pem" }', "acs.tls.ca: there is no file /nonexistent.pem that can be read"),
        ('[http]\npath = "iso18626"', 'http.path: must begin with "/"'),
        ("[http]\nmax_body_bytes = 99999", "http.max_body_bytes: 99999 is below 100000"),
        (
            '[http]\ntrusted_proxies = ["proxy"]',
            'http.trusted_proxies[0]: "proxy" is no address or network, like "192.0.2.0/24"',
        ),
        ("[lending]\npaused = 'perhaps'", "lending.paused: must be true or false"),
        ("[lending]\npaused_reason = 'TooHot'", 'lending.paused_reason: "TooHot" is no ReasonRetry; known are '),
        ("[[policy.lines]]\nreason = 'TooOld'", 'policy.lines[0].reason: "TooOld" is no reason; known are '),
        (
            "[[policy.lines]]\ncondition = 'Gloves'",
            'policy.lines[0].condition: "Gloves" is no LoanCondition; known are ',
        ),
        (
            "[[policy.lines]]\ncost = { amount = 1.005, currency = 'USD' }",
            "policy.lines[0].cost.amount: has more than 2 decimal places",
        ),
        (
            "[[policy.lines]]\ncost = { amount = 1, currency = 'usd' }",
            'policy.lines[0].cost.currency: must be a currency of ISO 4217, like "EUR"',
        ),
        ("[policy.lines]\nlend = true", "policy.lines: must be a list"),
        ("[policy.status.14]\navailability = 'staff'", 'policy.status.14: must be a circulation status, "01" to "13"'),
        ("[policy.status.04]\navailability = 'retry'", 'policy.status.04: "retry" needs a reason out of AtBindery, '),
        (
            "[policy.status.04]\navailability = 'unfilled'\nreason = 'OnLoan'",
            'policy.status.04: "unfilled" needs a reason out of NonCirculating, ',
        ),
        ("[policy.status.03]\navailability = 'staff'\nreason = 'OnLoan'", 'policy.status.03: "staff" takes no reason'),
        (
            "[branches.main]\nname = 'Main'\nopen_from = '18:00'\nopen_until = '09:00'",
            "branches.main: open_until: must be later than open_from",
        ),
        (
            "[branches.main]\nname = 'Main'\nclosed_weekdays = ['sun']",
            "branches.main.closed_weekdays[0]: \"sun\" is none of 'monday', ",
        ),
        (
            "[branches.main]\nname = 'Main'\nclosed_yearly = ['12-25', '02-30']",
            'branches.main.closed_yearly[1]: "02-30" is no day of the year; give month and day, like "12-25"',
        ),
        (
            f"[branches.main]\nname = 'Main'\nclosed_weekdays = {list(map(str, Weekday))}",
            "branches.main.closed_weekdays: names all seven days: ",
        ),
        (
            "[branches.main]\nname = 'Main'\nclosed_dates = ['soon']",
            "branches.main.closed_dates[0]: must be a date like ",
        ),
        (
            "[[partners]]\nid = 'x'\nname = 'X'\npeer = 'valley'\nsymbols = ['ISIL:XX-V']\naccount = '12|3'\n"
            + PEER
            + "agencies = ['ISIL:XX-V']\ninbound = { networks = ['192.0.2.1'] }",
            "partners[x].account: can't be used: SIP2 can't carry its character 3, vertical line",
        ),
        (PEER + "inbound = {}", "peers[valley].inbound: proves nothing: give one of "),
        (PEER + "inbound = { account_id = 'x' }", "peers[valley].inbound: proves nothing: give one of "),
        (
            PEER + "inbound = { basic_user = 'x', networks = ['192.0.2.1'] }",
            "peers[valley].inbound: basic_user and basic_password go together",
        ),
        (
            PEER + "inbound = { networks = ['192.0.2.1'] }\noutbound = { basic_user = 'x' }",
            "peers[valley].outbound: basic_user and basic_password go together",
        ),
        (
            PEER + "inbound = { networks = ['192.0.2.1'] }\nurl = 'ftp://x'",
            "peers[valley].url: must begin with http:// or https://",
        ),
        (
            PEER + "inbound = { networks = ['192.0.2.1'] }\ndialect = 'klingon'",
            'peers[valley].dialect: "klingon" is no dialect; known are plain, ',
        ),
        (
            PEER + "inbound = { networks = ['192.0.2.1'] }\nversion = '1.3'",
            "peers[valley].version: \"1.3\" is none of '1.2' or '2021-2'",
        ),
        (
            "[[peers]]\nid = 'a:b'\ninbound = { networks = ['192.0.2.1'] }",
            "peers[a:b].id: must be up to 64 letters, digits, points, hyphens",
        ),
    ],
)
def test_a_value_that_is_none_of_the_kind_is_told(problems: Callable[..., tuple[str, ...]], toml: str, expected: str):
    (problem,) = problems(toml + "\n")
    assert problem.startswith(expected)


def test_an_admin_token_without_a_long_secret_is_told_and_not_quoted(problems: Callable[..., tuple[str, ...]]):
    (problem,) = problems("[api]\nadmin_token = 'secret:a'\n[secrets]\na = 'admin.tooshort'\n")
    assert problem.startswith("api: admin_token is not <name>.<secret>")
    assert "tooshort" not in problem


def test_bearer_and_basic_exclude_each_other(problems: Callable[..., tuple[str, ...]]):
    outbound = "outbound = { basic_user = 'x', basic_password = 'secret:a', bearer = 'secret:a' }\n"
    toml = PEER + "inbound = { networks = ['192.0.2.1'] }\n" + outbound + "[secrets]\na = 'hush'\n"
    (problem,) = problems(toml)
    assert problem.startswith("peers[valley].outbound: bearer and basic_user exclude each other")


def test_every_clock_has_its_key_and_no_key_is_without_a_clock():
    units = {clock: "s" if setting.seconds else "days" for clock, setting in DEFAULT_CLOCKS.items()}
    expected = {f"{clock.value.replace(' ', '_')}_{unit}" for clock, unit in units.items()}
    assert set(ClocksSection.model_fields) == expected
