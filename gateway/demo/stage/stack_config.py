"""The settings with which the demonstration starts its gateways, written as the TOML file that any gateway reads. Pure
but for the ports it looks at and the secrets it draws.

Everything in them is fictional, and the secrets are drawn anew for each demonstration.
"""

import json
import secrets
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from string import Template
from typing import Self

import msgspec

from gateway.demo.acs.collection import CollectionName, demonstration_collection
from gateway.demo.stage.processes import free_port

PARTNER_ACCOUNT = "20000000090015"
"""The partner's account in the demonstration ACS (collection.json)."""
PEER = "sample-valley"
WATCH_S = 0.3
"""How often a borrowed item is looked at (17). An hour in the settings of a real library."""


class Library(msgspec.Struct, frozen=True, kw_only=True):
    """A library of the demonstration that has a gateway: `id` is what others call it, `account` is what it has with them."""

    id: str
    name: str
    symbol: str
    street: str
    locality: str
    postal_code: str
    collection: CollectionName
    account: str = ""


VALLEY = Library(
    id="example-valley",
    name="Example Valley Library",
    symbol="ISIL:XX-EXAMPLE",
    street="1 Specimen Square",
    locality="Example Valley",
    postal_code="00000",
    collection=CollectionName.VALLEY,
    account="20000005000019",
)
HILLS = Library(
    id="specimen-hills",
    name="Specimen Hills Library",
    symbol="ISIL:XX-HILLS",
    street="2 Slope Street",
    locality="Specimen Hills",
    postal_code="00002",
    collection=CollectionName.HILLS,
    account="20000000090023",
)


class HousePorts(msgspec.Struct, frozen=True, kw_only=True):
    """Where a gateway and its ACS listen, on loopback."""

    peers: int
    api: int
    operations: int
    desk: int
    acs: int
    acs_control: int

    @classmethod
    def free(cls) -> Self:
        """Any free ones."""
        return cls(**{name: free_port() for name in cls.__struct_fields__})

    @classmethod
    def well_known(cls) -> Self:
        """Those that the documentation names, as far as they are free."""
        return cls(**{name: free_port(WELL_KNOWN[name]) for name in cls.__struct_fields__})


class Ports(HousePorts, frozen=True, kw_only=True):
    """And where the partner listens."""

    partner: int
    partner_control: int


WELL_KNOWN = {
    "peers": 8626,
    "api": 8627,
    "operations": 9626,
    "desk": 8630,
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


class Correspondent(msgspec.Struct, frozen=True, kw_only=True):
    """Another library's system as a gateway's settings introduce it: what it shows us, and what we show it, as a bearer token."""

    id: str
    name: str
    symbol: str
    account: str
    street: str
    locality: str
    postal_code: str
    port: int
    shows: Mapping[str, str]
    """Keys of [peers.inbound], the secret one last."""
    is_shown: str
    version: str = "1.2"
    dialect: str = "plain"

    def __repr__(self) -> str:
        """Nothing of what is shown."""
        return f"Correspondent({self.id})"


def partner_of(ports: Ports, secrets: Secrets, *, version: str, dialect: str) -> Correspondent:
    """The demonstration partner."""
    return Correspondent(
        id=PEER,
        name="Sample Valley Library",
        symbol="ISIL:XX-PARTNER",
        account=PARTNER_ACCOUNT,
        street="1 Imaginary Street",
        locality="Sample Valley",
        postal_code="00001",
        port=ports.partner,
        shows={"basic_user": PEER, "basic_password": secrets.partner_password},
        is_shown=secrets.partner_bearer,
        version=version,
        dialect=dialect,
    )


def neighbour_of(library: Library, port: int, *, shows: str, is_shown: str) -> Correspondent:
    """A library with a gateway of its own, which listens for us at `port`; each shows the other a token."""
    return Correspondent(
        id=library.id,
        name=library.name,
        symbol=library.symbol,
        account=library.account,
        street=library.street,
        locality=library.locality,
        postal_code=library.postal_code,
        port=port,
        shows={"bearer": shows},
        is_shown=is_shown,
    )


def settings_text(
    ports: HousePorts,
    secrets: Secrets,
    *,
    store_url: str,
    correspondents: Iterable[Correspondent] = (),
    library: Library = VALLEY,
    profile: str = "generic",
) -> str:
    """A gateway's settings for the demonstration."""
    known = tuple(correspondents)
    return "\n".join(
        [
            _filled(_HEAD, library),
            *_branches(library),
            _HOUSE.substitute(_quoted(ports, secrets, store_url=store_url, profile=profile)),
            *(_introduction(each) for each in known),
            _REST.substitute(_quoted(secrets), watch_s=WATCH_S),
            *(line for each in known for line in _secrets_of(each)),
            "",
        ]
    )


def sqlite_url(directory: Path) -> str:
    """A SQLite store in a directory."""
    return f"sqlite:///{directory.resolve() / 'gateway.sqlite'}"


def _branches(library: Library) -> Iterator[str]:
    for branch in demonstration_collection(library.collection).branches:
        yield f"[branches.{branch.code}]\nname = {json.dumps(branch.name)}\n"


def _introduction(other: Correspondent) -> str:
    *open_keys, secret_key = other.shows
    inbound = [f"{key} = {json.dumps(other.shows[key])}" for key in open_keys]
    inbound.append(f'{secret_key} = "secret:of-{other.id}"')
    return _filled(_CORRESPONDENT, other, inbound="\n".join(inbound), id=other.id)


def _secrets_of(other: Correspondent) -> Iterator[str]:
    yield f"of-{other.id} = {json.dumps(list(other.shows.values())[-1])}"
    yield f"for-{other.id} = {json.dumps(other.is_shown)}"


def _filled(template: Template, record: msgspec.Struct, **more: object) -> str:
    return template.substitute(_quoted(record), **more)


def _quoted(*records: msgspec.Struct, **more: object) -> dict[str, str]:
    """The records' values as TOML writes them."""
    values = {name: value for record in records for name, value in msgspec.structs.asdict(record).items()} | more
    return {name: json.dumps(value) for name, value in values.items()}


_HEAD = Template("""\
# Written for one demonstration; every library, person and title in it is fictional.
# deploy/ill-gateway.example.toml explains each key.

[library]
name = $name
symbols = [$symbol]
time_zone = "UTC"
closed_weekdays = []

[library.return_address]
line1 = $name
line2 = $street
locality = $locality
postal_code = $postal_code
country = "XX"
""")

_HOUSE = Template("""\
[http]
port = $peers

[api]
port = $api
admin_token = "secret:admin"

[operations]
port = $operations
drain_s = 5.0

[desk]
port = $desk
demonstration = true

[copies]
public_url = "http://127.0.0.1:$peers"

[outgoing]
allowed_networks = ["127.0.0.0/8"]

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
""")

_CORRESPONDENT = Template("""\
[[peers]]
id = "$id"
url = "http://127.0.0.1:$port/iso18626"
version = $version
dialect = $dialect
agencies = [$symbol]
first_message_wait_s = 0.2

[peers.inbound]
$inbound

[peers.outbound]
bearer = "secret:for-$id"

[[partners]]
id = "$id"
name = $name
peer = "$id"
symbols = [$symbol]
account = $account

[partners.address]
line1 = $name
line2 = $street
locality = $locality
postal_code = $postal_code
country = "XX"
""")

_REST = Template("""\
[lending]
auto_answer = "both"
undo_s = 0.0

[[policy.lines]]
item_types = ["REF"]
lend = false
reason = "NonCirculating"

[borrowing.weights]
# How partners served us before does not count: the play is the same however often it is played.
fill_rate = 0
turnaround = 0
balance = 0

[borrowing.catalogues]
# Nobody waits in a play.
batch_s = 0

[clocks]
watch_s = $watch_s
watch_loan_s = $watch_s

[outbox]
first_wait_s = 0.2
longest_wait_s = 2.0

[log]
format = "text"

[secrets]
admin = $admin_token
acs = $acs_password""")
