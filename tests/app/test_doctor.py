"""What `doctor` finds: here, with settings of a test; beside a gateway that runs, tests/e2e."""

import asyncio
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Self
from zoneinfo import ZoneInfo

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from gateway.app import doctor
from gateway.app.certificate_ends import Term
from gateway.app.doctor import examine
from gateway.app.doctor_bundle import without_accounts
from gateway.app.doctor_peers import try_peers
from gateway.app.findings import DoctorFinding, Level
from gateway.config import load
from gateway.store.sqlite import SqliteStore
from gateway.workflow.partners import Peer
from tests.commands.test_setup import CONFIG

DENVER: Final = ZoneInfo("America/Denver")
TOKEN: Final = "admin.visibly-fictional-secret-of-a-test"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "ill-gateway.toml"
    path.write_text(
        CONFIG.format(folder=tmp_path).replace('host = "127.0.0.1"', 'host = "127.0.0.1"\nport = 1')
        + "[operations]\nport = 1\n"
    )
    path.chmod(0o600)
    return path


async def found(config: Path) -> dict[str, DoctorFinding]:
    return {finding.subject: finding for finding in (await examine(config, {})).findings}


@pytest.fixture
def bad(config: Path) -> Path:
    config.write_text("[library]\n")
    return config


async def test_settings_that_can_not_be_read_are_all_that_is_told(bad: Path):
    examined = await examine(bad, {})
    *mistakes, last = examined.findings
    assert {(finding.subject, finding.level) for finding in mistakes} == {("settings", Level.WRONG)}
    assert (last.subject, last.level) == ("all else", Level.UNSEEN)
    assert any("library.name" in finding.words for finding in examined.findings)


@pytest.mark.process
async def test_a_machine_on_which_no_gateway_runs(config: Path):
    all_found = await found(config)
    assert all_found["gateway"].level is Level.LOOK
    assert all_found["settings"].level is Level.WELL
    assert all_found["store"].words.endswith("isn't there yet.")
    assert all_found["circulation system"].level is Level.WRONG
    assert all_found["papers"].level is Level.WELL
    assert all_found["mail"].level is Level.UNSEEN
    assert all_found["circulation system"].words == "127.0.0.1:1 can't be reached: nothing listens there."


async def test_of_a_store_that_is_not_there_the_whole_path_is_told(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """The settings' own is below the folder where a command is typed: whoever types it elsewhere sees so."""
    monkeypatch.chdir(tmp_path)
    settings = load(config, {})
    settings = settings.model_copy(
        update={"store": settings.store.model_copy(update={"url": "sqlite:///var/x.sqlite"})}
    )
    (finding,) = await doctor._store(settings, None)
    assert finding.words == f"{tmp_path}/var/x.sqlite isn't there yet."


@pytest.mark.process
async def test_a_look_that_fails_is_told_and_keeps_no_other_from_being_told(
    config: Path, monkeypatch: pytest.MonkeyPatch
):
    """As where the typesetter was not installed with the rest."""
    monkeypatch.setitem(sys.modules, "typst", None)
    monkeypatch.delitem(sys.modules, "gateway.documents.pdf", raising=False)
    told = await found(config)
    assert (told["papers"].level, bool(told["papers"].act)) == (Level.WRONG, True)
    assert told["papers"].words.startswith("This could not be looked at: ModuleNotFoundError: ")
    assert told["mail"].level is Level.UNSEEN


@pytest.mark.process
async def test_every_finding_that_is_wrong_says_what_to_do(config: Path):
    assert [each for each in (await examine(config, {})).findings if each.level is Level.WRONG and not each.act] == []


@pytest.fixture
def unseen_store(config: Path) -> Path:
    """Settings whose store can't be looked at."""
    config.write_text(config.read_text().replace("gateway.sqlite", "long" * 100))
    return config


@pytest.mark.process
async def test_a_store_that_can_not_be_looked_at_is_told_in_words(unseen_store: Path):
    told = await found(unseen_store)
    assert told["store"].level is Level.WRONG
    assert "can't be opened or made: File name too long" in told["store"].words
    assert told["partners' systems"].words.endswith("the store can't be read.")
    assert told["disk"].level is not Level.UNSEEN


@pytest.mark.process
async def test_a_store_that_is_lost_is_wrong_and_not_new(config: Path, tmp_path: Path):
    (tmp_path / "gateway.sqlite.mark").touch()
    told = (await found(config))["store"]
    assert told.level is Level.WRONG
    assert "gateway.sqlite.mark beside it: one was there" in told.words


@pytest.mark.process
async def test_a_store_that_another_has_open_is_told(config: Path, tmp_path: Path):
    store = SqliteStore(tmp_path / "gateway.sqlite")
    await store.open()
    assert (await found(config))["store"].level is Level.WRONG
    await store.close()
    assert (await found(config))["store"].level is Level.WELL


@pytest.mark.parametrize(
    ("greeting", "level"), [(b"220 mail.example\r\n", Level.WELL), (b"SSH-2.0\r\n", Level.WRONG), (None, Level.WRONG)]
)
async def test_a_mail_server_must_be_there_and_greet(config: Path, greeting: bytes | None, level: Level):
    async def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting or b"")
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    settings = load(config, {})
    where = settings.mail.model_copy(update={"host": "127.0.0.1", "port": server.sockets[0].getsockname()[1]})
    if greeting is None:
        server.close()
    found = await doctor._mail(settings.model_copy(update={"mail": where}))
    server.close()
    assert found.level is level
    assert (await doctor._mail(settings)).level is Level.UNSEEN


@pytest.mark.parametrize(("days", "level"), [(13, Level.WRONG), (15, Level.WELL)])
def test_a_certificate_that_ends_soon_is_wrong(days: int, level: Level):
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert doctor._certificate("http", "cert.pem", Term(now, now + timedelta(days=days)), now).level is level


def test_a_certificate_that_is_not_valid_yet_or_any_more_is_wrong_and_said_so():
    now = datetime(2026, 1, 1, tzinfo=UTC)
    early = doctor._certificate("http", "cert.pem", Term(now + timedelta(hours=1), now + timedelta(days=90)), now)
    assert (early.level, early.words) == (
        Level.WRONG,
        "cert.pem is valid only from 2026-01-01 01:00 UTC on: until then nobody accepts it.",
    )
    assert early.act.startswith("Look at this machine's clock")
    late = doctor._certificate("http", "cert.pem", Term(now - timedelta(days=90), now - timedelta(days=1)), now)
    assert (late.level, late.words) == (Level.WRONG, "cert.pem has ended, 2025-12-31.")


def test_what_is_to_be_done_about_a_certificate_is_said_of_what_it_is():
    now = datetime(2026, 1, 1, tzinfo=UTC)
    own, others = (
        doctor._certificate(what, "cert.pem", Term(now, now), now).act for what in ("acs", "acs: authorities")
    )
    assert own.startswith("Renew it;")
    assert others.startswith("Put the authority that follows into the file as well;")


@pytest.mark.parametrize(("days", "level"), [(13, Level.WRONG), (15, Level.WELL)])
async def test_a_certificate_that_a_record_names_is_told_by_the_gateway_that_runs(
    config: Path, days: int, level: Level
) -> None:
    at = (datetime.now(UTC) + timedelta(days=days, hours=1)).timestamp()
    running = doctor.Running({}, f'ill_certificate_end_timestamp_seconds{{what="peer made-at-the-desk"}} {at:e}\n')
    (finding,) = doctor._certificates(load(config, {}), running)
    assert (finding.subject, finding.level) == ("certificate peer made-at-the-desk", level)
    assert doctor._certificates(load(config, {}), None)[0].level is Level.UNSEEN


@pytest.mark.parametrize(
    ("metrics", "level"),
    [
        ("ill_backup_timestamp_seconds 0.0\n", Level.LOOK),
        ("ill_backup_timestamp_seconds 1e9\n", Level.WRONG),
        ("ill_backup_timestamp_seconds 1e10\n", Level.WRONG),
        (f"ill_backup_timestamp_seconds {datetime.now(UTC).timestamp()}\n", Level.WELL),
        ("", Level.UNSEEN),
    ],
    ids=("none yet", "years old", "years to come", "of just now", "not told"),
)
def test_a_back_up_is_judged_by_its_age(metrics: str, level: Level):
    assert doctor._backup(doctor.Running({}, metrics), DENVER).level is level


def test_a_back_up_is_told_by_the_librarys_clock():
    finding = doctor._backup(doctor.Running({}, "ill_backup_timestamp_seconds 1e9\n"), DENVER)
    assert finding.words == "The last that is known is of 2001-09-08 19:46."


def test_settings_in_a_bundle_have_no_accounts():
    given = {"acs": {"user": "ill", "account": "2123", "host": "acs"}, "partners": [{"account": "2124", "id": "x"}]}
    assert without_accounts(given) == {
        "acs": {"user": "**********", "account": "**********", "host": "acs"},
        "partners": [{"account": "**********", "id": "x"}],
    }


async def test_a_store_in_use_is_told_with_its_size_and_what_of_it_holds_nothing(config: Path):
    metrics = "ill_store_bytes 3.145728e+07\nill_store_idle_bytes 1.048576e+06\n"
    (finding,) = await doctor._store(load(config, {}), doctor.Running({"store": None}, metrics))
    assert finding.words == "It can be read and written. It takes 30 MB, of which 1 MB hold nothing."


def test_settings_in_a_bundle_name_no_person():
    given = {
        "partners": [{"email": "j.doe@valley.example", "notes": "Ask for J. Doe", "id": "valley"}],
        "money": {"contact": "J. Doe, extension 12", "remit_to": ["Example Library", "pay: <j.doe@example.org>"]},
        "store": {"url": "postgresql://doe@db1,db2/ill"},
    }
    shown = str(without_accounts(given))
    assert "doe" not in shown.casefold()
    assert all(word in shown for word in ("valley.example", "db1,db2/ill", "Example Library"))


def test_a_key_in_an_address_is_masked_in_a_bundle():
    given = {
        "peers": [{"url": "https://ill.example/iso?tenant=hush-1&x-api-key=hush-2#part"}],
        "store": {"url": "postgresql://db1,db2/ill?target_session_attrs=read-write&password=hush-3"},
    }
    shown = str(without_accounts(given))
    assert "hush" not in shown
    assert all(word in shown for word in ("https://ill.example/iso?tenant=*", "target_session_attrs=read-write"))


PRINTER = '[papers.printers.upstairs]\nshipping-label = "5126"\n'


@pytest.fixture
def printer(config: Path) -> Path:
    """Settings with a printer of labels."""
    config.write_text(config.read_text() + PRINTER)
    return config


@pytest.fixture
def small_labels(config: Path, tmp_path: Path) -> Path:
    """Settings with a template that suits the usual labels, and not those of one printer."""
    template = "#let paper(it) = layout(size => if size.width > 5in { it.nothing } else { [A label] })"
    (tmp_path / "shipping-label.typ").write_text(template)
    config.write_text(f'{config.read_text()}[papers]\ntemplates = "{tmp_path}"\n{PRINTER}')
    return config


@pytest.mark.process
async def test_papers_are_tried_as_each_printer_prints_them(small_labels: Path):
    told = [each for each in (await examine(small_labels, {})).findings if each.subject.startswith("papers")]
    assert [(each.subject, each.level) for each in told] == [("papers at upstairs", Level.WRONG)]
    assert "shipping-label.typ:1" in told[0].words


@pytest.mark.process
async def test_that_each_printer_can_print_is_said(printer: Path):
    assert "also on the sheets of upstairs" in (await found(printer))["papers"].words


@pytest.mark.process
async def test_of_partners_systems_that_the_store_knows_each_is_tried(config: Path, tmp_path: Path):
    store = SqliteStore(tmp_path / "gateway.sqlite")
    await store.open()
    await store.migrate()
    peers = (Peer(id="away", url="http://127.0.0.1:9/iso18626", agencies=("ISIL:XX-AWAY",)), Peer(id="mute", url=None))
    await store.seed(peers, ())
    while_open = await found(config)
    await store.close()
    assert "peer away" not in while_open
    assert "the store can't be read" in while_open["partners' systems"].words
    all_found = await found(config)
    assert all_found["peer away"].level is Level.WRONG
    assert not {"peer mute", "partners' systems"} & all_found.keys()


@pytest.mark.process
async def test_beside_a_gateway_without_a_token_it_says_which_it_could_not_try(config: Path):
    told = await try_peers(load(config, {}), is_running=True)
    assert [(each.level, "admin_token" in each.words) for each in told] == [(Level.UNSEEN, True)]


def name_token(config: Path, port: int) -> None:
    """Add where the API is, and a token for it, to the settings."""
    more = f'[api]\nport = {port}\nadmin_token = "secret:admin"\n[secrets]\nadmin = "{TOKEN}"\n'
    config.write_text(config.read_text() + more)


class Api:
    """A gateway's API as far as `doctor` asks it: what it answers when it is asked for peers."""

    def __init__(self, status: int, peers: str) -> None:
        self.status, self.peers, self.port = status, peers, 0

    async def __aenter__(self) -> Self:
        """Serve."""
        app = web.Application()
        app.router.add_get("/api/v1/peers", self._listed)
        self._server = TestServer(app)
        await self._server.start_server()
        self.port = self._server.port or 0
        return self

    async def __aexit__(self, *_: object) -> None:
        """Serve no longer."""
        await self._server.close()

    async def _listed(self, _request: web.Request) -> web.Response:
        return web.Response(status=self.status, text=self.peers)


@pytest.mark.parametrize(
    ("status", "peers", "words"),
    [
        (200, '{"version": 1, "peers": []}', "None is known that has an address."),
        (401, "{}", "refuses [api] admin_token"),
        (503, "{}", "HTTP 503"),
    ],
)
async def test_beside_a_gateway_partners_systems_are_never_left_out(
    config: Path, status: int, peers: str, words: str
) -> None:
    """None that has an address, a token that it refuses, an API that can't answer: each in its own words."""
    async with Api(status, peers) as api:
        name_token(config, api.port)
        (finding,) = await try_peers(load(config, {}), is_running=True)
    assert (finding.subject, finding.level) == ("partners' systems", Level.UNSEEN)
    assert words in finding.words
    assert "name [api] admin_token" not in finding.words
