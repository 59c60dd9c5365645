"""The settings of a gateway for one test: ports that are free, a store of its own, and no desk."""

from pathlib import Path

from gateway.config import Settings, load

TOKEN = "admin.visibly-fictional-secret-of-a-test"
NOBODY_LISTENS = 9  # the discard port
_TEXT = """
[library]
name = "Example Valley Library"
symbols = ["ISIL:XX-EXAMPLE"]
time_zone = "UTC"
[http]
port = {http}
[api]
port = 0
admin_token = "secret:admin"
[desk]
enabled = false
[operations]
port = 0
drain_s = 0.2
[store]
url = "{url}"
instance = "{name}"
[acs]
host = "127.0.0.1"
port = {acs}
user = "sip"
password = "secret:acs"
location = "ILL"
[secrets]
acs = "open"
admin = "{token}"
"""


def known_peer(network: str = "127.0.0.0/8", agencies: str = "ISIL:XX-PARTNER") -> str:
    """A peer that is known by where it calls from."""
    return f"""
[[peers]]
id = "sample"
agencies = ["{agencies}"]
[peers.inbound]
networks = ["{network}"]
"""


def small_settings(
    folder: Path,
    *,
    name: str = "gateway",
    url: str | None = None,
    acs: int = NOBODY_LISTENS,
    http: int = 0,
    secrets: str = "",
    more: str = "",
) -> Settings:
    """Write the settings into a folder, and read them: `secrets` are further lines of [secrets], `more` are further tables."""
    path = folder / f"{name}.toml"
    store = url or f"sqlite:///{folder}/gateway.sqlite"
    path.write_text(_TEXT.format(http=http, url=store, name=name, acs=acs, token=TOKEN) + secrets + more)
    return load(path, {})
