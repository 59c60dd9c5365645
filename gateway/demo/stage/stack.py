"""The three processes of the demonstration on this machine: gateway, demonstration ACS, demonstration partner.

    with Stack(directory) as stack:
        stack.import_items()
        stack.partner.post("/requests", {...})
        stack.gateway.kill()
        stack.gateway.start()

The partner forgets when it ends. Leaving the stack stops all three.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from gateway.demo.stage.house import House, answers
from gateway.demo.stage.processes import Process
from gateway.demo.stage.stack_config import PEER, Correspondent, Ports, Secrets, partner_of
from gateway.demo.stage.talk import Site


class Stack(House):
    """A house with a partner.

    `version` and `dialect` are spoken between gateway and partner, `neighbours` are whom the gateway knows besides. Further
    arguments go to the ACS and the partner as they are; the rest is the house's.
    """

    def __init__(
        self,
        directory: Path,
        *,
        ports: Ports | None = None,
        store_url: str | None = None,
        version: str = "1.2",
        dialect: str = "plain",
        profile: str = "generic",
        neighbours: Iterable[Correspondent] = (),
        acs_arguments: Sequence[str] = (),
        partner_arguments: Sequence[str] = (),
    ) -> None:
        self.ports = ports or Ports.free()
        secrets = Secrets.drawn()
        partner = partner_of(self.ports, secrets, version=version, dialect=dialect)
        super().__init__(
            directory,
            ports=self.ports,
            secrets=secrets,
            correspondents=(partner, *neighbours),
            store_url=store_url,
            profile=profile,
            acs_arguments=acs_arguments,
        )
        self.partner_process = self._partner_process(partner_arguments, version, dialect)
        self.partner = Site(self.ports.partner_control)

    @property
    def processes(self) -> tuple[Process, ...]:
        """All three, in the order of their start."""
        return (self.acs_process, self.partner_process, self.gateway)

    def name_catalogue(self) -> str:
        """Put the partner's catalogue into its record at the gateway, so that it is asked what it holds; in words."""
        catalogue = {"url": f"http://127.0.0.1:{self.ports.partner}/sru", "product": "koha"}
        record = self.api.get(f"/partners/{PEER}")["partner"] | {"catalogue": catalogue}
        self.api.call("PUT", f"/partners/{PEER}", record)
        tried = self.api.post(f"/partners/{PEER}/test-catalogue?isbn=9780000000620", {})
        return f"{PEER} has one, over SRU. {tried['words']}"

    def misbehave_partner(self, name: str, **order: Any) -> None:
        """Order the partner to misbehave (demo/partner/misbehaviour.py)."""
        self.partner.post("/misbehaviours", {"name": name, **order})

    def _partner_process(self, more: Sequence[str], version: str, dialect: str) -> Process:
        ports = ("--port", str(self.ports.partner), "--control-port", str(self.ports.partner_control))
        where = ("--supplier-url", f"http://127.0.0.1:{self.ports.peers}/iso18626")
        shown = ("--basic", f"{PEER}:{self.secrets.partner_password}", "--bearer", self.secrets.partner_bearer)
        speech = ("--version", version, "--dialect", dialect)
        return Process(
            "demonstration partner",
            ("gateway.demo.partner.running", *ports, *where, *shown, *speech, *more),
            log=self.directory / "partner.log",
            is_ready=lambda: answers(self.partner, "/requests"),
        )
