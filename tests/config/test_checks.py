"""What two places of the file must agree on."""

from collections.abc import Callable

import pytest

PEERS = """
[[peers]]
id = "valley"
agencies = ["ISIL:XX-VALLEY"]
inbound = { networks = ["192.0.2.0/24"] }
"""
PARTNER = """
[[partners]]
id = "valley"
name = "Example Valley Library"
peer = "valley"
symbols = ["isil:xx-valley"]
"""


@pytest.mark.parametrize(
    ("toml", "expected"),
    [
        (
            PEERS + PARTNER + PARTNER.replace('id = "valley"', 'id = "second"').replace("isil:", "isil:isil-"),
            'partners[second].symbols: "isil:xx-valley" is taken by another entry',
        ),
        (PEERS + PEERS, 'peers[valley].id: "valley" is taken by another entry'),
        (
            PEERS + PARTNER.replace('peer = "valley"', 'peer = "hills"'),
            'partners[valley].peer: there is no peer "hills"',
        ),
        (
            PEERS + PARTNER.replace("isil:xx-valley", "ISIL:XX-HILLS"),
            'partners[valley].symbols: "ISIL:XX-HILLS" is not among the agencies of its peer',
        ),
        (
            PEERS + PARTNER + PARTNER.replace('id = "valley"', 'id = "second"'),
            'partners[second].symbols: "isil:xx-valley" is taken by another entry',
        ),
        ('[[policy.lines]]\ngroups = ["near"]\n', 'policy.lines[0].groups: no partner is in a group "near"'),
        ('[[policy.lines]]\npartners = ["valley"]\n', 'policy.lines[0].partners: there is no partner "valley"'),
        (
            '[branches.main]\nname = "Main"\n[[policy.lines]]\nbranches = ["mian"]\n',
            'policy.lines[0].branches: there is no branch "mian"',
        ),
        (
            '[branches.main]\nname = "Main"\n[policy]\nbranch_order = ["main", "NOPE"]\n',
            'policy.branch_order: there is no branch "NOPE"',
        ),
        (
            PEERS.replace("networks = [", 'certificate = "x", networks = ['),
            "peers[valley].inbound.certificate: no certificate is ever asked for without http.tls.client_ca",
        ),
        (
            PEERS.replace("agencies", 'url = "http://127.0.0.1:8080/ill"\nagencies'),
            "peers[valley].url: leads to this machine itself; if that is meant, name it in outgoing.allowed_networks",
        ),
        (
            '[catalogue]\nkind = "sru"\nurl = "http://localhost:9999/sru"\n',
            "catalogue.url: leads to this machine itself; if that is meant, name it in outgoing.allowed_networks",
        ),
        (
            '[outgoing.secrets]\npeer-east = ["https://ill.east.example.org"]\n',
            "outgoing.secrets.peer-east: [secrets] has no peer-east",
        ),
        (
            '[branches.main]\nname = "Main"\n[borrowing]\ndefault_pickup = "mian"\n',
            'borrowing.default_pickup: there is no branch "mian"',
        ),
        (
            '[branches.main]\nname = "Main"\n[borrowing]\npickup_branches = ["main", "hill"]\n',
            'borrowing.pickup_branches: there is no branch "hill"',
        ),
        (
            '[branches.main]\nname = "Main"\n[borrowing]\nranges = { hill = "pool" }\n',
            'borrowing.ranges: there is no branch "hill"',
        ),
        ("[http]\nport = 9000\n[operations]\nport = 9000\n", "operations.port: 9000 is the port of http too"),
        ("[api]\nport = 8626\n", "http.port: 8626 is the port of api too"),
        (
            '[store]\nurl = "sqlite:///x"\npassword = "secret:x"\n[secrets]\nx = "hush"\n',
            "store.password: only a postgresql:// store takes a password",
        ),
        ("[acs.overrides]\ncheck_sum = 'warn'\n", "acs.overrides.check_sum: is no known key; did you mean checksum?"),
        ("[acs.overrides]\nlocation_code = 'X'\n", "acs.overrides.location_code: has a key of its own: acs.location"),
        ("[acs.overrides]\nkeepalive_s = 'long'\n", "acs.overrides.keepalive_s: Expected `float`, got `str`"),
        ("[acs.overrides]\nencoding = 'cp037'\n", "acs.overrides.encoding: Invalid enum value 'cp037'"),
    ],
)
def test_a_contradiction_is_told(problems: Callable[..., tuple[str, ...]], toml: str, expected: str):
    assert problems(toml) == (expected,)


@pytest.mark.parametrize(
    "toml",
    [
        PEERS + PARTNER,
        PEERS.replace('"ISIL:XX-VALLEY"', '"*"') + PARTNER.replace("isil:xx-valley", "ISIL:XX-HILLS"),
        "[http]\nport = 0\n[api]\nport = 0\n[operations]\nport = 0\n",
        '[[policy.lines]]\nbranches = ["any"]\n',
        "[acs.overrides]\nencoding = 'utf-8'\nhold_modes = ['-']\n",
    ],
    ids=["partner of its peer", "peer for any", "any free ports", "branches not listed", "overrides"],
)
def test_what_fits_together_is_accepted(loaded: Callable[..., object], toml: str):
    loaded(toml)
