"""The settings of the gateways that are measured, as the TOML file that any gateway reads."""

from string import Template

import msgspec

from bench import documents

ADMIN_TOKEN = "bench.0123456789012345678901234567890123456789"  # noqa: S105 - made up
PEER = "bench"
ACCOUNT = "20000000090015"
"""The partner's account in the demonstration ACS (gateway/demo/acs/collection.json)."""
NOBODY = 1
"""A port where nobody answers."""


class Wishes(msgspec.Struct, frozen=True, kw_only=True):
    """What differs between the gateways."""

    store_url: str
    acs_port: int = NOBODY
    pool_size: int = 2
    partner_port: int = NOBODY
    knows_partner: bool = False
    """Otherwise requests are kept for staff to approve, and no work follows an accepted one."""
    auto_answer: str = "off"
    requests_days: int = 0
    """How long requests are kept after their end; 0: for good."""


class Ports(msgspec.Struct, frozen=True, kw_only=True):
    """Where a gateway listens; 0 takes a free port."""

    http: int = 0
    api: int = 0
    desk: int = 0
    operations: int = 0


def settings_text(wishes: Wishes, ports: Ports) -> str:
    """The file."""
    values = msgspec.structs.asdict(wishes) | msgspec.structs.asdict(ports)
    template = _SETTINGS + (_PARTNER if wishes.knows_partner else "") + _SECRETS
    return Template(template).substitute(values)


_SETTINGS = f"""\
[library]
name = "Example Valley Library"
symbols = ["ISIL:{documents.OURS}"]
time_zone = "UTC"

[http]
port = $http
max_stored_bytes_per_day = 1_000_000_000_000

[api]
port = $api
admin_token = "secret:admin"

[desk]
port = $desk

[operations]
port = $operations

[outgoing]
allowed_networks = ["127.0.0.0/8"]

[store]
url = "$store_url"

[retention]
requests_days = $requests_days
documents_days = 0
look_ups_days = 0
bills_days = 0

[acs]
host = "127.0.0.1"
port = $acs_port
pool_size = $pool_size
location = "ILL"
institution = "EXAMPLE"
reconcile_at = ""

[borrowing]
rest_days = 0

[log]
level = "warning"

[[peers]]
id = "{PEER}"
url = "http://127.0.0.1:$partner_port/iso18626"
agencies = ["*"]
first_message_wait_s = 0.0
max_per_minute = 10_000_000

[peers.inbound]
account_id = "partner"
security_code = "secret:partner"
"""

_PARTNER = f"""
[[partners]]
id = "partner"
name = "Sample Valley Library"
peer = "{PEER}"
symbols = ["ISIL:{documents.AGENCY}"]
account = "{ACCOUNT}"
auto_answer = "$auto_answer"
"""

_SECRETS = f"""
[secrets]
admin = "{ADMIN_TOKEN}"
partner = "{documents.SECURITY_CODE}"
"""
