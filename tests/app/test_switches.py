"""Every switch of the settings file says how it stands, off and on, and names keys that there are."""

import re
from pathlib import Path
from typing import Final

import pytest

from gateway.app.switches import IN_FILE, fixed_switches
from gateway.config import Settings, load
from gateway.workflow.staff import Switch

BARE: Final = """
[library]
name = "Example Valley Library"
symbols = ["ISIL:XX-EXAMPLE"]
time_zone = "UTC"
[acs]
host = "127.0.0.1"
reconcile_at = ""
[lending]
unknown_partner = "refuse"
[borrowing]
hold_own = false
[borrowing.catalogues]
ask = false
[retention]
requests_days = 0
documents_days = 0
look_ups_days = 0
bills_days = 0
invoices_fiscal_years = 0
notices_days = 0
"""
FULL: Final = """
[library]
name = "Example Valley Library"
symbols = ["ISIL:XX-EXAMPLE"]
time_zone = "UTC"
[branches.MAIN]
name = "Main"
pull_slips_to = "main@library.example"
[acs]
host = "127.0.0.1"
[catalogue]
kind = "both"
url = "https://catalogue.library.example/sru"
[lending]
unknown_peer = "approve"
[borrowing]
names_on_straps = true
[[directories]]
id = "state"
url = "https://directory.example.org/entries"
form = "reshare"
[copies]
public_url = "https://ill.library.example"
[mail]
host = "mail.library.example"
sender = "ill@library.example"
audit_to = "auditor@city.example"
[notices]
pull_slips_at = ["07:30"]
statements_on = 1
report_on = 2
report_to = ["board@library.example"]
[desk]
public_url = "https://desk.library.example"
[desk.oidc]
issuer = "https://login.library.example"
client_id = "ill"
"""


def read(folder: Path, text: str) -> Settings:
    file = folder / "settings.toml"
    file.write_text(text)
    return load(file, {})


def test_every_switch_can_be_off(tmp_path: Path):
    assert [each.name for each in fixed_switches(read(tmp_path, BARE)) if each.is_on] == []


def test_every_switch_can_be_on_and_says_how(tmp_path: Path):
    found = {each.key: each for each in fixed_switches(read(tmp_path, FULL))}
    assert [each.name for each in found.values() if not each.is_on] == []
    assert found["[retention] requests_days"].state == "after 1,461 days"
    assert found["[mail] audit_to"].state == "one a day"
    assert found["[notices] pull_slips_at, [branches.<code>] pull_slips_to"].state == "to 1 branch at 07:30"
    assert found["[[directories]]"].state == "read: state"


def test_each_switch_of_the_desk_stands_once_beside_what_it_switches():
    assert sorted(row.switch for row in IN_FILE if row.switch) == sorted(Switch)


def test_mails_are_off_without_a_mail_server_whatever_is_said_of_each(tmp_path: Path):
    without = re.sub(r"\[mail\]\n.*\n.*\n.*\n", "", FULL)
    on = {each.key for each in fixed_switches(read(tmp_path, without)) if each.is_on}
    assert not on & {"[mail] host", "[notices] statements_on", "[notices] report_on, report_to"}


@pytest.mark.parametrize("key", [row.key for row in IN_FILE])
def test_the_example_knows_each_key(key: str):
    """An administrator looks for it there."""
    example = (Path(__file__).parents[2] / "deploy/ill-gateway.example.toml").read_text()
    for name in re.findall(r"\b[a-z]+(?:_[a-z]+)+\b|\bask\b|\bkind\b|\burl\b|\bhost\b", key):
        assert re.search(rf"^#?{name} = ", example, re.MULTILINE), name
    for table in re.findall(r"\[+[a-z.]+\]+", key):
        assert table in example
