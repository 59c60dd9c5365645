"""README's commands, run in its order against the demonstration: what stands for the reader's own is put in, and others play their parts.

Each command runs as somebody at a shell would run it, in this process; the gateway, its circulation system, the partner and a second
library are processes. A command that nobody knows here is run as it stands.
"""

import base64
import contextlib
import http
import http.client
import io
import os
import re
import shlex
import signal
import subprocess
import sys
import tomllib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeVar

import pytest

from gateway.cli import main
from gateway.demo.acs.collection import demonstration_collection, item_list_csv
from gateway.demo.stage.borrowing_scene import BorrowingScene
from gateway.demo.stage.neighbours import Neighbours
from gateway.demo.stage.processes import Process, environment_for, free_port, wait_for
from gateway.demo.stage.scene import Scene
from gateway.demo.stage.stack_config import HILLS, PEER, VALLEY
from gateway.iso18626 import messages as iso
from gateway.iso18626.codec import encode
from gateway.iso18626.values import AgencyId
from tests.deploy.shipped import DEPLOY
from tests.handbook.parsing import filled
from tests.handbook.shown import ROOT, Shown

ALMANAC: Final = {"title": "The Imaginary Almanac", "author": "Placeholder, Ada", "isbn": "9780000000019"}
BRIDGES: Final = {"title": "The Atlas of Unbuilt Bridges", "isbn": "9780000000040"}
OF_ADMINISTRATORS: Final = ("pool add", "partners", "peers")
DESK_FROM: Final = "A technician's day"
NEWCOMER: Final = "ISIL:XX-NEW"
DEADLINE_S: Final = 300.0
LENT, BORROWED = "L-7K3M9-QXT2B", "B-7K3M9-QXT2B"


class Terminal(io.StringIO):
    """Somebody sits there."""

    def isatty(self) -> bool:
        return True


class Story:
    """Two libraries of which the first has no gateway yet, and a shell in a folder of its own."""

    def __init__(self, folder: Path, environment: pytest.MonkeyPatch) -> None:
        self.both = Neighbours(folder)
        self.valley, self.hills = self.both.valley, self.both.hills
        self.token_of_technician = ""
        self.lent: Scene | None = None
        self.borrowed: BorrowingScene | None = None
        self.kept = ""
        self._folder = folder
        self._environment = environment
        self._is_at_desk = False

    def begin(self) -> None:
        """Start everybody but the gateway, and write what README has the reader write."""
        for process in self._others:
            process.launch()
        for process in self._others:
            process.wait_until_ready()
        self.hills.import_items()
        (switched_on,) = re.findall(r'`(admin_token = "[^"]+")`', (ROOT / "README.md").read_text(encoding="utf-8"))
        settings = self.valley.config.read_text(encoding="utf-8")
        assert f"#{switched_on}\n" in (DEPLOY / "ill-gateway.example.toml").read_text(encoding="utf-8")
        self._write("ill-gateway.toml", settings.replace('admin_token = "secret:admin"', switched_on))
        self._write("items.csv", item_list_csv(demonstration_collection(VALLEY.collection)))
        self._write("CONFORMANCE.md", (ROOT / "CONFORMANCE.md").read_text(encoding="utf-8"))
        self._environment.chdir(self._folder)
        self._environment.setenv("ILL_GATEWAY_URL", self.valley.api_url)
        self._environment.setenv("ILL_GATEWAY_ADMIN_TOKEN", self.valley.secrets.admin_token)

    def end(self) -> None:
        """Stop everybody."""
        self.both.__exit__(None, None, None)

    @property
    def _others(self) -> tuple[Process, ...]:
        return tuple(process for process in self.both.processes if process is not self.valley.gateway)

    def _write(self, name: str, text: str) -> None:
        path = self._folder / name
        path.touch(mode=0o600)
        path.write_text(text, encoding="utf-8")

    # ── a command ────────────────────────────────────────────────────────────────────────────────

    def play(self, shown: Shown) -> None:
        """Let happen what the command is about, run it, and wait for what it leads to."""
        self._is_at_desk = shown.document == "README.md" and (self._is_at_desk or shown.section == DESK_FROM)
        before, after = _around(BEFORE, shown), _around(AFTER, shown)
        if before:
            before(self)
        said = self._run(shown)
        if after:
            after(self, said)

    def _run(self, shown: Shown) -> str:
        own_way = _around(OWN_WAYS, shown)
        if own_way:
            return own_way(self, shown)
        return self.command(shown, *self._real(shown))

    def command(self, shown: Shown, *words: str, code: int = 0) -> str:
        """Run a command of ours as somebody would who may; its output. Fails the test where it ends in another way."""
        administers = not self._is_at_desk or " ".join(words).startswith(OF_ADMINISTRATORS)
        token = self.valley.secrets.admin_token if administers else self.token_of_technician
        self._environment.setenv("ILL_GATEWAY_TOKEN", token)
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                ended = main(words)
            except SystemExit as end:
                ended = int(end.code or 0)
        assert ended == code, f"{shown.document}: {shown.text}\n{out.getvalue()}{err.getvalue()}"
        papers = [Path(word) for word in words if word.endswith(".pdf")]
        assert out.getvalue().strip() or papers or "--into" in words, shown.text
        assert all(paper.read_bytes().startswith(b"%PDF") for paper in papers), shown.text
        return out.getvalue()

    def _real(self, shown: Shown) -> list[str]:
        """The words after `ill-gateway`, with this demonstration's numbers in place of README's."""
        words = filled(shown.words[1:])
        numbers = {
            LENT: self.kept if "approve" in words else self.lent and self.lent.our_id,
            BORROWED: self._number_of_ours(),
        }
        real = [numbers.get(word) or word for word in words]
        if words[:2] == ["requests", "act"]:
            real.append("--yes")
        return real

    def _number_of_ours(self) -> str:
        return self.borrowed.our_id if self.borrowed else ""

    # ── commands that are run in a way of their own ──────────────────────────────────────────────

    def serve(self, shown: Shown) -> str:
        """As a process that goes on."""
        arguments = ("gateway.cli", *shown.words[1:])
        self.valley.gateway = Process(
            "gateway",
            arguments,
            log=self._folder / "gateway.log",
            is_ready=lambda: bool(self.valley.operations.get("/healthz")),
            environment={"ILL_GATEWAY_ADMIN_TOKEN": self.valley.secrets.admin_token},
        )
        self.valley.gateway.start()
        return ""

    def export(self, shown: Shown) -> str:
        """By a shell: what it sets is of the form that is wanted; the demonstration has its own."""
        name, _, _ = shown.words[1].partition("=")
        done = subprocess.run(
            ["bash", "-euc", f"{shown.text}\nprintenv {shlex.quote(name)}"],
            capture_output=True, text=True, check=True, env=os.environ | {"ILL_GATEWAY_ADMIN_TOKEN": "admin.shown"},
        )  # fmt: skip
        assert re.fullmatch(r"admin\.(?:[0-9a-f]{32}|shown)", done.stdout.strip()), shown.text
        return ""

    def conformance(self, shown: Shown) -> str:
        """The other library's gateway is the test endpoint."""
        secrets = tomllib.loads(self.hills.config.read_text(encoding="utf-8"))["secrets"]
        self._environment.setenv("SECRET", secrets[f"of-{VALLEY.id}"])
        url = tomllib.loads(self.valley.config.read_text(encoding="utf-8"))["peers"][1]["url"]
        real = {"URL": url, "ISIL:US": VALLEY.symbol, "ISIL:THEM": HILLS.symbol, "NAME": "SECRET"}
        return self.command(shown, *(real.get(word, word) for word in shown.words[1:]))

    def check_beside(self, shown: Shown) -> str:
        """README has the gateway stopped; here it runs."""
        return self.command(shown, *self._real(shown), "--extra-connection")

    def add_account(self, shown: Shown) -> str:
        """At a terminal, where the password is typed."""
        self._environment.setattr("gateway.commands.accounts.getpass", lambda _prompt: "seven visibly fictional words")
        self._environment.setattr("sys.stdin", Terminal())
        return self.command(shown, *self._real(shown))

    def find_by_title(self, shown: Shown) -> str:
        """The demonstration has no catalogue but its item list, and that is searched by number."""
        said = self.command(shown, *self._real(shown), code=1)
        assert "No copy was found; that proves nothing." in said
        return said

    def demo_acs(self, shown: Shown) -> str:
        """On a port that is free, until it serves."""
        port, log = free_port(), self._folder / "another-acs.log"
        with log.open("wb") as sink, subprocess.Popen(
            [sys.executable, "-m", "gateway.cli", *shown.words[1:], "--port", str(port), "--control-port", str(free_port())],
            stdout=sink, stderr=sink, env=environment_for({}),
        ) as running:  # fmt: skip
            try:
                wait_for(lambda: log.stat().st_size and running.poll() is None, "the demonstration ACS", watch=())
            finally:
                running.terminate()
        return ""

    def demo(self, shown: Shown) -> str:
        """Until its day has begun; then Ctrl-C ends it."""
        log = self._folder / "a-day.log"
        with (
            log.open("wb") as sink,
            subprocess.Popen(
                [sys.executable, "-m", "gateway.cli", *shown.words[1:]],
                stdout=sink,
                stderr=sink,
                env=environment_for({}),
            ) as running,
        ):
            try:
                wait_for(lambda: b"Ctrl-C" in log.read_bytes() or running.poll() is not None, "a day's begin", 120.0)
            finally:
                running.send_signal(signal.SIGINT)
        assert running.returncode == 0, log.read_text()
        return ""

    # ── what others do ───────────────────────────────────────────────────────────────────────────

    def partner_asks(self, wish: Mapping[str, str] = ALMANAC) -> Scene:
        """A request comes, and waits for staff: auto-answer is for Unfilled alone by then."""
        self.lent = Scene(self.valley, self.valley.api, wish)
        self.lent.ask()
        self.lent.until_state("deciding")
        return self.lent

    def partner_sends_back(self) -> None:
        """The loan's end at the partner."""
        assert self.lent is not None
        self.lent.receive()
        self.lent.send_back()

    def another_is_promised(self) -> None:
        """A second request, whose copy can't be found."""
        other = self.partner_asks(BRIDGES)
        other.act("supply")
        other.until_state("will supply")

    def has_ordered(self, said: str) -> None:
        """The order's number; the first lender says no, the second one sends it."""
        found = re.search(r"B-\w{5}-\w{5}", said)
        assert found is not None, said
        self.borrowed = BorrowingScene(self.both, self.valley.api, self.hills.api, {})
        self.borrowed.ours.our_id = found[0]
        self.borrowed.second_lender()
        self.borrowed.loaned()

    def customer_fetches(self) -> None:
        """From the shelf of the branch."""
        assert self.borrowed is not None
        self.borrowed.on_shelf()
        self.borrowed.hand_out()

    def customer_brings_back(self) -> None:
        """And the renewal was granted meanwhile."""
        assert self.borrowed is not None
        self.borrowed.ours.until(lambda: not self._renewal_is_awaited(), "the lender's answer")
        self.borrowed.bring_back()

    def _renewal_is_awaited(self) -> bool:
        assert self.borrowed is not None
        return bool(self.borrowed.ours.request()["borrowing"].get("renewal_asked_at"))

    def stranger_asks(self) -> None:
        """A library that nobody knows, through the partner's system; its request is kept."""
        message = iso.Request(
            header=iso.Header(
                supplying_agency_id=AgencyId.of(VALLEY.symbol),
                requesting_agency_id=AgencyId.of(NEWCOMER),
                timestamp=datetime.now(UTC),
                requesting_agency_request_id="NEW-1",
            ),
            bibliographic_info=iso.BibliographicInfo(title=ALMANAC["title"], supplier_unique_record_id="ex000001"),
            requesting_agency_info=iso.RequestingAgencyInfo(name="Example New Library"),
        )
        shown = base64.b64encode(f"{PEER}:{self.valley.secrets.partner_password}".encode()).decode()
        connection = http.client.HTTPConnection("127.0.0.1", self.valley.ports.peers, timeout=DEADLINE_S)
        with contextlib.closing(connection):
            headers = {"Content-Type": "application/xml", "Authorization": f"Basic {shown}"}
            connection.request("POST", "/iso18626", encode(message), headers)
            assert connection.getresponse().status == http.HTTPStatus.OK
        (line,) = self.valley.api.get("/requests?state=awaiting%20approval")["requests"]
        self.kept = line["id"]


# ── which command has whom play a part ───────────────────────────────────────────────────────────


def _keeps_token(story: Story, said: str) -> None:
    story.token_of_technician = said.strip()


def _lent_is(state: str) -> Callable[[Story, str], None]:
    def wait(story: Story, _said: str) -> None:
        assert story.lent is not None
        story.lent.until_state(state)

    return wait


def _ours_is(state: str) -> Callable[[Story, str], None]:
    def wait(story: Story, _said: str) -> None:
        assert story.borrowed is not None
        story.borrowed.ours.until_state(state)

    return wait


OWN_WAYS: Final[Mapping[str, Callable[[Story, Shown], str]]] = {
    "export ILL_GATEWAY": Story.export,
    "ill-gateway serve": Story.serve,
    "ill-gateway conformance --peer": Story.conformance,
    "ill-gateway acs check": Story.check_beside,
    "ill-gateway account add": Story.add_account,
    "ill-gateway catalogue find --title": Story.find_by_title,
    "ill-gateway demo-acs": Story.demo_acs,
    "ill-gateway demo": Story.demo,
}
BEFORE: Final[Mapping[str, Callable[[Story], object]]] = {
    "ill-gateway requests list --open --lending": Story.partner_asks,
    f"ill-gateway scan {LENT}": Story.partner_sends_back,
    f"ill-gateway requests act {LENT} cannot-find": Story.another_is_promised,
    f"ill-gateway requests act {BORROWED} renew": Story.customer_fetches,
    f"ill-gateway scan {BORROWED}": Story.customer_brings_back,
    "ill-gateway partners approve": Story.stranger_asks,
}
AFTER: Final[Mapping[str, Callable[[Story, str], None]]] = {
    "ill-gateway token create mara": _keeps_token,
    f"ill-gateway requests act {LENT} supply": _lent_is("will supply"),
    f"ill-gateway requests act {LENT} arrived": _lent_is("arrived"),
    f"ill-gateway requests act {LENT} ship": _lent_is("loaned"),
    f"ill-gateway scan {LENT}": _lent_is("completed"),
    "ill-gateway borrow new": Story.has_ordered,
    f"ill-gateway requests act {BORROWED} receive": _ours_is("waiting for the customer"),
    f"ill-gateway scan {BORROWED}": _ours_is("sent back"),
}

Part = TypeVar("Part")


def _around(parts: Mapping[str, Part], shown: Shown) -> Part | None:
    return next((part for beginning, part in parts.items() if shown.text.startswith(beginning)), None)
