"""The three processes of the demonstration on this machine: gateway, demonstration ACS, demonstration partner.

    with Stack(directory) as stack:
        stack.import_items()
        stack.partner.post("/requests", {...})
        stack.gateway.kill()
        stack.gateway.start()

Each listens on the same ports for as long as the stack stands, so that it can be killed and started again; the ACS
keeps its books in a file, the partner forgets. Leaving the stack stops all three.
"""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from gateway.demo.collection import demonstration_collection, item_list_csv
from gateway.demo.processes import Process, Trouble, environment_for
from gateway.demo.stack_config import PEER, Ports, Secrets, settings_text, sqlite_url
from gateway.demo.talk import AcsControl, SaidNo, Site

API_PREFIX = "/api/v1"
COMMAND_DEADLINE_S = 60.0


class Stack:
    """Three processes in a directory; `with` starts them and stops them.

    `version` and `dialect` are spoken between gateway and partner, `profile` is what the gateway takes the ACS for; `store_url`
    None is SQLite in the directory. Further arguments go to the ACS and the partner as they are. Raises Trouble where something does not start or stop.
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
        acs_arguments: Sequence[str] = (),
        partner_arguments: Sequence[str] = (),
    ) -> None:
        self.directory = directory
        self.ports = ports or Ports.free()
        self.secrets = Secrets.drawn()
        self.config = directory / "ill-gateway.toml"
        self._write_settings(
            settings_text(
                self.ports,
                self.secrets,
                store_url=store_url or sqlite_url(directory),
                version=version,
                dialect=dialect,
                profile=profile,
            )
        )
        self.gateway = self._gateway_process()
        self.acs_process = self._acs_process(acs_arguments)
        self.partner_process = self._partner_process(partner_arguments, version, dialect)
        self.acs = AcsControl(self.ports.acs_control)
        self.partner = Site(self.ports.partner_control)
        self.operations = Site(self.ports.operations)
        self.api = self.api_as(self.secrets.admin_token)

    @property
    def processes(self) -> tuple[Process, ...]:
        """All three, in the order of their start."""
        return (self.acs_process, self.partner_process, self.gateway)

    def __enter__(self) -> Self:
        """Start all three at once, and wait until each serves; or leave nothing running."""
        try:
            for process in self.processes:
                process.launch()
            for process in self.processes:
                process.wait_until_ready()
        except BaseException:
            self._kill_all()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop all three, the gateway first. Trouble of the stop is told where there was none before."""
        try:
            troubles = [trouble for trouble in map(_stopped, reversed(self.processes)) if trouble]
        finally:
            self._kill_all()  # what still runs, as when an impatient person breaks off the stop
        if troubles and error is None:
            raise troubles[0]

    def api_as(self, token: str) -> Site:
        """The gateway's JSON API, with a token."""
        return Site(self.ports.api, API_PREFIX, token)

    @property
    def api_url(self) -> str:
        """Where the command line finds the API."""
        return f"http://127.0.0.1:{self.ports.api}"

    def command(self, *arguments: str, token: str | None = None) -> str:
        """Run one command of `ill-gateway`, as a script would; its output. SaidNo with its words where it failed."""
        settings = {"ILL_GATEWAY_URL": self.api_url, "ILL_GATEWAY_TOKEN": token or self.secrets.admin_token}
        run = subprocess.run(  # noqa: S603 - a module of this project
            [sys.executable, "-m", "gateway.cli", *arguments],
            env=environment_for(settings),
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=COMMAND_DEADLINE_S,
            check=False,
        )
        if run.returncode != 0:
            raise SaidNo((run.stderr or run.stdout).strip())
        return run.stdout

    def import_items(self) -> str:
        """Give the gateway the list of the ACS's items; the command's words."""
        path = self.directory / "items.csv"
        path.write_text(item_list_csv(demonstration_collection()), encoding="utf-8")
        return self.command("items", "import", str(path)).strip()

    def misbehave_acs(self, name: str, **order: Any) -> None:
        """Order the ACS to misbehave (misbehaviour.py)."""
        self.acs.ask("misbehave", name=name, **order)

    def misbehave_partner(self, name: str, **order: Any) -> None:
        """Order the partner to misbehave (partner_misbehaviour.py)."""
        self.partner.post("/misbehaviours", {"name": name, **order})

    # ── the processes ────────────────────────────────────────────────────────────────────────────

    def _write_settings(self, text: str) -> None:
        self.config.touch(mode=0o600)
        self.config.write_text(text, encoding="utf-8")

    def _gateway_process(self) -> Process:
        return Process(
            "gateway",
            ("gateway.cli", "serve", "--config", str(self.config)),
            log=self.directory / "gateway.log",
            is_ready=lambda: _answers(self.operations, "/readyz"),
        )

    def _acs_process(self, more: Sequence[str]) -> Process:
        arguments = ("gateway.demo.acs", "--port", str(self.ports.acs), "--control-port", str(self.ports.acs_control))
        login = ("--login", f"ill-gateway:{self.secrets.acs_password}")
        books = ("--state", str(self.directory / "acs-books.json"))
        return Process(
            "demonstration ACS",
            (*arguments, *login, *books, *more),
            log=self.directory / "acs.log",
            is_ready=lambda: bool(self.acs.ask("books")),
        )

    def _partner_process(self, more: Sequence[str], version: str, dialect: str) -> Process:
        ports = ("--port", str(self.ports.partner), "--control-port", str(self.ports.partner_control))
        where = ("--supplier-url", f"http://127.0.0.1:{self.ports.peers}/iso18626")
        shown = ("--basic", f"{PEER}:{self.secrets.partner_password}", "--bearer", self.secrets.partner_bearer)
        speech = ("--version", version, "--dialect", dialect)
        return Process(
            "demonstration partner",
            ("gateway.demo.partner", *ports, *where, *shown, *speech, *more),
            log=self.directory / "partner.log",
            is_ready=lambda: _answers(self.partner, "/requests"),
        )

    def _kill_all(self) -> None:
        for process in self.processes:
            process.kill()


def _answers(site: Site, path: str) -> bool:
    """Whether there is an answer, and it is no refusal (/readyz says 503 while the gateway starts)."""
    try:
        site.get(path)
    except SaidNo:
        return False
    return True


def _stopped(process: Process) -> Trouble | None:
    try:
        process.stop()
    except Trouble as trouble:
        return trouble
    return None
