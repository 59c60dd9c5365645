"""The settings with which the demonstration starts the gateway, written as the TOML file that any gateway reads. Pure
but for the ports it looks at and the secrets it draws.

Everything in them is fictional, and the secrets are drawn anew for each demonstration.
"""

import json
import secrets
from pathlib import Path
from string import Template
from typing import Self

import msgspec

from gateway.demo.processes import free_port

PARTNER_ACCOUNT = "20000000090015"
"""The partner's account in the demonstration ACS (collection.json)."""
PEER = "sample-valley"


class Ports(msgspec.Struct, frozen=True, kw_only=True):
    """Where everything listens, on loopback."""

    peers: int
    api: int
    operations: int
    acs: int
    acs_control: int
    partner: int
    partner_control: int

    @classmethod
    def free(cls) -> Self:
        """Any free ones."""
        return cls(**{name: free_port() for name in cls.__struct_fields__})

    @classmethod
    def well_known(cls) -> Self:
        """Those that the documentation names, as far as they are free."""
        return cls(**{name: free_port(wanted) for name, wanted in WELL_KNOWN.items()})


WELL_KNOWN = {
    "peers": 8626,
    "api": 8627,
    "operations": 9626,
    "acs": 6001,
    "acs_control": 6002,
    "partner": 8628,
    "partner_control": 8629,
}


class Secrets(msgspec.Struct, frozen=True, kw_only=True):
    """What the processes show each other: the administrator's token, passwords, the token shown to the partner."""

    admin_token: str
    acs_password: str
    partner_password: str
    partner_bearer: str

    @classmethod
    def drawn(cls) -> Self:
        """Fresh ones."""
        return cls(
            admin_token=f"demo.{secrets.token_urlsafe(32)}",
            acs_password=secrets.token_hex(8),
            partner_password=secrets.token_hex(8),
            partner_bearer=secrets.token_hex(16),
        )

    def __repr__(self) -> str:
        """Nothing of what it holds."""
        return "Secrets(...)"


def settings_text(
    ports: Ports,
    secrets: Secrets,
    *,
    store_url: str,
    version: str = "1.2",
    dialect: str = "plain",
    profile: str = "generic",
) -> str:
    """The gateway's settings for the demonstration."""
    values = {
        **msgspec.structs.asdict(ports),
        **{name: json.dumps(value) for name, value in msgspec.structs.asdict(secrets).items()},
        "store_url": json.dumps(store_url),
        "version": json.dumps(version),
        "dialect": json.dumps(dialect),
        "profile": json.dumps(profile),
        "peer": json.dumps(PEER),
        "account": json.dumps(PARTNER_ACCOUNT),
    }
    return _TEMPLATE.substitute(values)


def sqlite_url(directory: Path) -> str:
    """A SQLite store in a directory."""
    return f"sqlite:///{directory.resolve() / 'gateway.sqlite'}"


_TEMPLATE = Template("""\
# Written for one demonstration; every library, person and title in it is fictional.
# deploy/ill-gateway.example.toml explains each key.

[library]
name = "Example Valley Library"
symbols = ["ISIL:XX-EXAMPLE"]
time_zone = "UTC"

[library.return_address]
line1 = "Example Valley Library, Interlibrary Loan"
line2 = "1 Specimen Square"
locality = "Example Valley"
postal_code = "00000"
country = "XX"

[branches.EXC]
name = "Example Central"

[branches.SMP]
name = "Sample Park"

[branches.SPR]
name = "Specimen Road"

[branches.ILL]
name = "Interlibrary Loan Desk, Example Central"

[http]
port = $peers

[api]
port = $api
admin_token = "secret:admin"

[operations]
port = $operations
drain_s = 5.0

[store]
url = $store_url

[acs]
host = "127.0.0.1"
port = $acs
profile = $profile
user = "ill-gateway"
password = "secret:acs"
location = "ILL"
institution = "EXAMPLE"
timeout_s = 5.0

[[peers]]
id = $peer
url = "http://127.0.0.1:$partner/iso18626"
version = $version
dialect = $dialect
agencies = ["ISIL:XX-PARTNER"]
first_message_wait_s = 0.2

[peers.inbound]
basic_user = $peer
basic_password = "secret:partner"

[peers.outbound]
bearer = "secret:shown-to-partner"

[[partners]]
id = $peer
name = "Sample Valley Library"
peer = $peer
symbols = ["ISIL:XX-PARTNER"]
account = $account

[partners.address]
line1 = "Sample Valley Library"
line2 = "1 Imaginary Street"
locality = "Sample Valley"
postal_code = "00001"
country = "XX"

[lending]
auto_answer = "both"
undo_s = 0.0

[[policy.lines]]
item_types = ["REF"]
lend = false
reason = "NonCirculating"

[outbox]
first_wait_s = 0.2
longest_wait_s = 2.0

[log]
format = "text"

[secrets]
admin = $admin_token
acs = $acs_password
partner = $partner_password
shown-to-partner = $partner_bearer
""")
