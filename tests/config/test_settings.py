"""The values that the settings build for others."""

from collections.abc import Callable
from datetime import date, time
from decimal import Decimal

import msgspec
import pytest

from gateway.config import Settings
from gateway.sip2.products import PROFILES
from gateway.sip2.profiles import Encoding
from gateway.workflow.calendar import Calendar
from gateway.workflow.partners import Partner, Peer
from gateway.workflow.policy import (
    DEFAULT_CLOCKS,
    DEFAULT_STATUS_RULES,
    AutoAnswer,
    Availability,
    ClockSetting,
    Policy,
    Preference,
    StatusRule,
)
from gateway.workflow.records import Clock
from gateway.workflow.values import Money, PostalAddress

KNOWN = """
[[peers]]
id = "valley"
url = "https://ill.valley.example.org/"
version = "2021-2"
agencies = ["ISIL:XX-VALLEY"]
first_message_wait_s = 2
[peers.inbound]
account_id = "example"
security_code = "secret:valley"
networks = ["192.0.2.7"]
[[peers]]
id = "asleep"
enabled = false
inbound = { bearer = "secret:valley" }
[[partners]]
id = "valley"
name = "Example Valley Library"
peer = "valley"
symbols = ["ISIL:XX-VALLEY"]
account = "ILL-VALLEY"
auto_answer = "both"
address = { line1 = "2 Riverside", country = "US" }
[secrets]
valley = "hush-hush"
"""


def test_peers_become_records_without_secrets(loaded: Callable[..., Settings]):
    assert loaded(KNOWN).peer_seeds() == (
        Peer(
            id="valley",
            url="https://ill.valley.example.org/",
            version="2021-2",
            agencies=("ISIL:XX-VALLEY",),
            first_message_wait_s=2.0,
        ),
        Peer(id="asleep", enabled=False),
    )


def test_partners_become_records(loaded: Callable[..., Settings]):
    assert loaded(KNOWN).partner_seeds() == (
        Partner(
            id="valley",
            name="Example Valley Library",
            peer="valley",
            symbols=("ISIL:XX-VALLEY",),
            account="ILL-VALLEY",
            address=PostalAddress(line1="2 Riverside", country="US"),
            auto_answer=AutoAnswer.BOTH,
        ),
    )


def test_peers_must_show_what_the_file_says_once_they_are_enabled(loaded: Callable[..., Settings]):
    shown, asleep = loaded(KNOWN).peer_credentials()
    assert asleep.peer == "asleep"
    assert (shown.peer, shown.account_id, shown.security_code) == ("valley", "example", "hush-hush")
    assert shown.networks == ("192.0.2.7/32",)
    assert shown.has_proof


def test_the_default_policy_is_the_workflows(loaded: Callable[..., Settings]):
    assert loaded().lending_policy() == Policy()


def test_the_policy_has_lending_lines_and_changed_statuses(loaded: Callable[..., Settings]):
    policy = loaded(
        """
        [lending]
        auto_answer = "supply"
        paused = true
        paused_reason = "onorder"
        [policy]
        loan_days = 28
        [[policy.lines]]
        item_types = ["dvd"]
        collections = ["new"]
        reason = "onloan"
        embargo_days = 90
        most_at_once = 3
        copies = false
        renewals = 0
        cost = { amount = "12.50", currency = "EUR" }
        [policy.status.08]
        availability = "unfilled"
        reason = "NotOnShelf"
        """
    ).lending_policy()
    assert (policy.auto_answer, policy.paused, policy.paused_reason) == (AutoAnswer.SUPPLY, True, "OnOrder")
    assert policy.loan_days == 28
    (line,) = policy.lines
    assert (line.item_types, line.lend, line.copy, line.renewals) == (("dvd",), True, False, 0)
    assert (line.collections, line.reason, line.embargo_days, line.most_at_once) == (("new",), "OnLoan", 90, 3)
    assert line.cost == Money(amount=Decimal("12.50"), currency="EUR")
    assert policy.status_rules["08"] == StatusRule(availability=Availability.UNFILLED, reason="NotOnShelf")
    assert {**policy.status_rules, "08": DEFAULT_STATUS_RULES["08"]} == DEFAULT_STATUS_RULES


def test_the_default_clocks_are_the_workflows(loaded: Callable[..., Settings]):
    assert loaded().clock_settings() == DEFAULT_CLOCKS


def test_a_changed_clock_keeps_counting_open_days_where_it_did(loaded: Callable[..., Settings]):
    clocks = loaded("[clocks]\nundecided_s = 5\nhold_days = 7\nreturn_days = 60\n").clock_settings()
    assert clocks[Clock.UNDECIDED] == ClockSetting(seconds=5)
    assert clocks[Clock.HOLD] == ClockSetting(days=7, open_days=True)
    assert clocks[Clock.RETURN] == ClockSetting(days=60)


BRANCHES = """
[branches.hill]
name = "Hill Branch"
time_zone = "America/Denver"
closed_weekdays = ["sunday", "monday"]
closed_dates = [2026-08-15]
closed_yearly = ["02-29", "01-06"]
open_from = "10:30"
[branches.open]
name = "Always Open"
closed_weekdays = []
"""


CHRISTMAS = date(2026, 12, 25)
MAIN = Calendar(time_zone="Europe/Berlin", closed_dates=(CHRISTMAS,), closed_yearly=((1, 1),), closes_at=time(21))
HILL = Calendar(
    time_zone="America/Denver",
    closed_weekdays=(0, 6),
    closed_dates=(date(2026, 8, 15), CHRISTMAS),
    closed_yearly=((1, 1), (1, 6), (2, 29)),
    opens_at=time(10, 30),
    closes_at=time(21),
)


@pytest.mark.parametrize(
    ("branch", "calendar"),
    [
        (None, MAIN),
        ("hill", HILL),
        ("open", msgspec.structs.replace(MAIN, closed_weekdays=())),
        ("unheard of", MAIN),
    ],
)
def test_each_branch_has_its_calendar(loaded: Callable[..., Settings], branch: str | None, calendar: Calendar):
    holidays = {
        "ILL_GATEWAY_LIBRARY__CLOSED_DATES": "[2026-12-25]",
        "ILL_GATEWAY_LIBRARY__CLOSED_YEARLY": '["01-01"]',
        "ILL_GATEWAY_LIBRARY__OPEN_UNTIL": "21:00",
    }
    assert loaded(BRANCHES, holidays).calendars().of(branch) == calendar


ACS = """
profile = "koha"
user = "ill"
password = "secret:acs"
location = "ILLDESK"
institution = "EXAMPLE"
terminal_password = "secret:terminal"
timeout_s = 12
overrides = { encoding = "utf-8", keepalive_s = 20 }
[secrets]
acs = "hush-acs"
terminal = "hush-terminal"
"""


def test_the_circulation_systems_profile_has_its_own_keys_and_overrides(loaded: Callable[..., Settings]):
    profile = loaded(ACS).acs_profile()
    assert (profile.name, profile.hold_modes) == ("koha", PROFILES["koha"].hold_modes)
    assert (profile.encoding, profile.keepalive_s, profile.reply_timeout_s) == (Encoding.UTF_8, 20, 12)
    assert (profile.institution_id, profile.location_code) == ("EXAMPLE", "ILLDESK")
    assert profile.terminal_password == "hush-terminal"


def test_the_circulation_systems_account(loaded: Callable[..., Settings]):
    credentials = loaded(ACS).acs_credentials()
    assert (credentials.user, credentials.password) == ("ill", "hush-acs")


def test_partners_holds_are_collected_at_the_desk_unless_another_branch_is_named(loaded: Callable[..., Settings]):
    assert loaded(ACS).pickup_branch() == "ILLDESK"
    assert loaded(ACS, {"ILL_GATEWAY_ACS__PICKUP": "MAIN"}).pickup_branch() == "MAIN"


@pytest.mark.parametrize(("text", "at"), [(None, time(3, 30)), ("23:05", time(23, 5)), ("", None)])
def test_reconciling_has_its_hour_or_none(loaded: Callable[..., Settings], text: str | None, at: time | None):
    line = "" if text is None else f'reconcile_at = "{text}"\n'
    assert loaded(line).reconcile_time() == at


def test_every_row_of_the_availability_table_can_be_changed(loaded):
    """ill.md's table is the default; each row is a table of the file."""
    rows = "".join(f'[policy.status.{code}]\navailability = "staff"\n' for code in DEFAULT_STATUS_RULES)
    rules = loaded(rows).lending_policy().status_rules
    assert {rule.availability for rule in rules.values()} == {Availability.STAFF}
    assert loaded().lending_policy().status_rules == DEFAULT_STATUS_RULES


def test_how_the_best_copy_is_chosen_is_a_setting(loaded):
    policy = loaded('[policy]\npreferences = ["branch", "available"]\nbranch_order = ["main", "hill"]').lending_policy()
    assert policy.preferences == (Preference.BRANCH, Preference.AVAILABLE)
    assert policy.branch_order == ("main", "hill")
