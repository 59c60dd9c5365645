"""Settings of the demonstration partner, given at its start; misbehaviours can be changed while it runs."""

import msgspec

from gateway.demo.partner.misbehaviour import Order
from gateway.iso18626.codes import Version


class PartnerSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where to listen, whom to write to, who we are, how we speak.

    Port 0 takes a free one. `basic_user` and `basic_password` are shown to the supplier; `bearer` is what the supplier
    must show (None: nothing). A message to the supplier may take `timeout_s`. With `automatic`, what is due is done
    without being told: Received after Loaned, ShippedReturn after Overdue or Recalled. With `lends`, a request to us as
    lender waits to be told what we say; without, we say at once whether we send it: what our catalogue has in.
    """

    host: str = "127.0.0.1"
    port: int = 0
    control_port: int = 0
    path: str = "/iso18626"
    supplier_url: str = "http://127.0.0.1:8626/iso18626"
    agency: str = "ISIL:XX-PARTNER"
    supplier: str = "ISIL:XX-EXAMPLE"
    library_name: str = "Sample Valley Library"
    version: Version = Version.V1_2
    dialect: str = "plain"
    basic_user: str | None = None
    basic_password: str | None = None
    bearer: str | None = None
    timeout_s: float = 10.0
    misbehaviours: tuple[Order, ...] = ()
    automatic: bool = False
    lends: bool = False

    def __repr__(self) -> str:
        """Who it is and nothing of what it shows."""
        return f"PartnerSettings(agency={self.agency!r}, ...)"
