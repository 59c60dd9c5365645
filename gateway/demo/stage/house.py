"""A library of the demonstration: its gateway and its demonstration ACS, as processes on this machine.

Each listens on the same ports for as long as the house stands, so that it can be killed and started again; the ACS
keeps its books in a file.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from gateway.demo.acs.collection import demonstration_collection, item_list_csv
from gateway.demo.stage.processes import Process, Trouble, environment_for, run_python
from gateway.demo.stage.stack_config import (
    VALLEY,
    Correspondent,
    HousePorts,
    Library,
    Secrets,
    settings_text,
    sqlite_url,
)
from gateway.demo.stage.talk import AcsControl, SaidNo, Site

API_PREFIX = "/api/v1"
COMMAND_DEADLINE_S = 180.0
DESK_ACCOUNTS = {"technician": "technician", "manager": "manager", "administrator": "admin"}
"""Who may sign in at a desk of the demonstration, and in which role."""
DESK_PASSWORD = "demonstration"  # noqa: S105 - everybody knows it, and it opens nothing but a demonstration


class House:
    """Gateway and ACS in a directory; `with` starts them and stops them.

    `profile` is what the gateway takes the ACS for; `store_url` None is SQLite in the directory. Further arguments go to
    the ACS as they are. Raises Trouble where something does not start or stop.
    """

    def __init__(
        self,
        directory: Path,
        *,
        ports: HousePorts,
        secrets: Secrets,
        correspondents: Iterable[Correspondent],
        library: Library = VALLEY,
        store_url: str | None = None,
        profile: str = "generic",
        acs_arguments: Sequence[str] = (),
    ) -> None:
        self.directory = directory
        self.library = library
        self.secrets = secrets
        self.config = directory / "ill-gateway.toml"
        self._house_ports = ports
        self._write_settings(
            settings_text(
                ports,
                secrets,
                store_url=store_url or sqlite_url(directory),
                correspondents=correspondents,
                library=library,
                profile=profile,
            )
        )
        self.gateway = self._gateway_process()
        self.acs_process = self._acs_process(acs_arguments)
        self.acs = AcsControl(ports.acs_control)
        self.operations = Site(ports.operations)
        self.api = self.api_as(secrets.admin_token)

    @property
    def processes(self) -> tuple[Process, ...]:
        """All of them, in the order of their start."""
        return (self.acs_process, self.gateway)

    def __enter__(self) -> Self:
        """Start all at once, and wait until each serves; or leave nothing running."""
        start_together(self.processes)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop all, the gateway first. Trouble of the stop is told where there was none before."""
        stop_together(self.processes, is_lost=error is not None)

    def api_as(self, token: str) -> Site:
        """The gateway's JSON API, with a token."""
        return Site(self._house_ports.api, API_PREFIX, token)

    @property
    def api_url(self) -> str:
        """Where the command line finds the API."""
        return f"http://127.0.0.1:{self._house_ports.api}"

    @property
    def desk_url(self) -> str:
        """Where a browser finds the desk."""
        return f"http://127.0.0.1:{self._house_ports.desk}"

    def command(self, *arguments: str, token: str | None = None) -> str:
        """Run one command of `ill-gateway`, as a script would; its output. SaidNo with its words where it failed."""
        settings = {"ILL_GATEWAY_URL": self.api_url, "ILL_GATEWAY_TOKEN": token or self.secrets.admin_token}
        run = run_python(("gateway.cli", *arguments), environment_for(settings), COMMAND_DEADLINE_S)
        if run.returncode != 0:
            raise SaidNo((run.stderr or run.stdout).strip())
        return run.stdout

    def import_items(self) -> str:
        """Give the gateway the list of the ACS's items; the command's words."""
        path = self.directory / "items.csv"
        path.write_text(item_list_csv(demonstration_collection(self.library.collection)), encoding="utf-8")
        return self.command("items", "import", str(path)).strip()

    def open_accounts(self) -> str:
        """Give the desk the accounts of the demonstration; in words."""
        for name, role in DESK_ACCOUNTS.items():
            self.api.post("/accounts", {"name": name, "role": role, "password": DESK_PASSWORD})
        return f"{', '.join(DESK_ACCOUNTS)}: each with the password “{DESK_PASSWORD}”"

    def misbehave_acs(self, name: str, **order: Any) -> None:
        """Order the ACS to misbehave (misbehaviour.py)."""
        self.acs.ask("misbehave", name=name, **order)

    # ── the processes ────────────────────────────────────────────────────────────────────────────

    def _write_settings(self, text: str) -> None:
        self.directory.mkdir(exist_ok=True)
        self.config.touch(mode=0o600)
        self.config.write_text(text, encoding="utf-8")

    def _named(self, process: str) -> str:
        return process if self.library is VALLEY else f"{process} of {self.library.name}"

    def _gateway_process(self) -> Process:
        return Process(
            self._named("gateway"),
            ("gateway.cli", "serve", "--config", str(self.config)),
            log=self.directory / "gateway.log",
            is_ready=lambda: answers(self.operations, "/readyz"),
        )

    def _acs_process(self, more: Sequence[str]) -> Process:
        ports = self._house_ports
        arguments = ("gateway.demo.acs.running", "--port", str(ports.acs), "--control-port", str(ports.acs_control))
        login = ("--login", f"ill-gateway:{self.secrets.acs_password}")
        books = ("--state", str(self.directory / "acs-books.json"), "--collection", self.library.collection.value)
        return Process(
            self._named("demonstration ACS"),
            (*arguments, *login, *books, *more),
            log=self.directory / "acs.log",
            is_ready=lambda: bool(self.acs.ask("books")),
        )


def start_together(processes: Iterable[Process]) -> None:
    """Start processes at once, and wait until each serves; Trouble where one does not, and then none is left running."""
    each_of = tuple(processes)
    try:
        for process in each_of:
            process.launch()
        for process in each_of:
            process.wait_until_ready()
    except BaseException:
        _kill(each_of)
        raise


def stop_together(processes: Iterable[Process], *, is_lost: bool = False) -> None:
    """Stop processes, the last first; raises the first Trouble, unless all `is_lost` anyway."""
    each_of = tuple(processes)
    try:
        troubles = [trouble for trouble in map(_stopped, reversed(each_of)) if trouble]
    finally:
        _kill(each_of)  # what still runs, as when an impatient person breaks off the stop
    if troubles and not is_lost:
        raise troubles[0]


def answers(site: Site, path: str) -> bool:
    """Whether there is an answer, and it is no refusal (/readyz says 503 while the gateway starts)."""
    with suppress(SaidNo):
        site.get(path)
        return True
    return False


def _kill(processes: Iterable[Process]) -> None:
    for process in processes:
        process.kill()


def _stopped(process: Process) -> Trouble | None:
    try:
        process.stop()
    except Trouble as trouble:
        return trouble
    return None
