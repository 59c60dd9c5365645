"""What `ill-gateway doctor` looks at: one function a subject, each with what it found, in words. Nothing here changes anything."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import aiohttp
import msgspec

from gateway.app.certificate_ends import AUTHORITIES, Term, certificate_files, terms
from gateway.app.doctor_bundle import bundled, masked
from gateway.app.doctor_database import look_at_database
from gateway.app.doctor_disk import look_at_disk
from gateway.app.doctor_peers import try_peers
from gateway.app.doctor_ports import look_at_ports
from gateway.app.doctor_services import look_at_services
from gateway.app.doctor_tokens import look_at_tokens
from gateway.app.findings import DoctorFinding, Level
from gateway.config import ConfigError, Settings, check, load
from gateway.config.mail import MailTls
from gateway.outgoing import why_unreached

PATIENCE_S: Final = 5.0
ENDS_SOON: Final = timedelta(days=14)
BACKUP_OLD: Final = timedelta(days=2)


class Examined(msgspec.Struct, frozen=True):
    """All that was found, and files for a bundle; nothing in them is secret or about a person."""

    findings: tuple[DoctorFinding, ...]
    files: Mapping[str, bytes] = {}


_Found = DoctorFinding | Sequence[DoctorFinding]

_NOTHING_ELSE: Final = DoctorFinding("all else", Level.UNSEEN, "It is looked at once the settings can be read.")


class Running(msgspec.Struct, frozen=True):
    """What a gateway that runs says of itself."""

    checks: Mapping[str, str | None]
    """What /readyz says is wrong with each part; None: nothing."""
    metrics: str

    def gauge(self, name: str) -> float | None:
        """Return a gauge without labels."""
        found = [line for line in self.metrics.splitlines() if line.startswith(f"{name} ")]
        return float(found[0].split(" ")[1]) if found else None

    def certificates(self) -> Mapping[str, datetime]:
        """Return when each certificate ends that it knows of, those that records of peers name among them."""
        found = re.findall(
            r'^ill_certificate_end_timestamp_seconds\{what="([^"]+)"\} (\S+)$', self.metrics, re.MULTILINE
        )
        return {what: datetime.fromtimestamp(float(at), UTC) for what, at in found}


async def examine(path: Path, env: Mapping[str, str]) -> Examined:
    """Look at everything that can be looked at with these settings. Raises nothing for what is wrong."""
    try:
        settings = load(path, env)
    except ConfigError as error:
        return Examined((*_mistakes(error), _NOTHING_ELSE))
    running, zone = await _ask(settings), ZoneInfo(settings.library.time_zone)
    looks: tuple[tuple[str, Callable[[], _Found | Awaitable[_Found]]], ...] = (
        ("settings", lambda: _settings(path, env)),
        ("gateway", lambda: _gateway(running)),
        ("ports", lambda: [] if running else look_at_ports(settings)),
        ("store", lambda: _store(settings, running)),
        ("database", lambda: look_at_database(settings)),
        ("disk", lambda: look_at_disk(settings)),
        ("back-up", lambda: _backup(running, zone)),
        ("certificates", lambda: _certificates(settings, running)),
        ("clock", lambda: _clock(zone)),
        ("gateway's parts", lambda: _parts(running)),
        ("circulation system", lambda: _circulation(settings, running)),
        ("partners' systems", lambda: try_peers(settings, is_running=running is not None)),
        ("tokens", lambda: look_at_tokens(settings, is_running=running is not None)),
        ("mail", lambda: _mail(settings)),
        ("services", lambda: look_at_services(settings)),
        ("papers", lambda: _papers(settings)),
        ("what was not looked at", lambda: _unseen(running)),
    )
    findings = [finding for subject, look in looks for finding in await _looked(subject, look)]
    return Examined(
        tuple(findings), bundled(settings, running.checks if running else {}, running.metrics if running else "")
    )


async def _looked(subject: str, look: Callable[[], _Found | Awaitable[_Found]]) -> Sequence[DoctorFinding]:
    """Return what a look finds. One that fails in a way that nobody thought of is a finding, too, and keeps no other from being told."""
    try:
        found = look()
        found = await found if isinstance(found, Awaitable) else found
    except Exception as error:  # noqa: BLE001 - see above
        words = f"This could not be looked at: {type(error).__name__}: {masked(str(error))}."
        act = "If a program or a library is missing, install the gateway's requirements anew; else please report it."
        return [DoctorFinding(subject, Level.WRONG, words, act)]
    return [found] if isinstance(found, DoctorFinding) else found


# ── the gateway, if it runs ──────────────────────────────────────────────────────────────────────


async def _ask(settings: Settings) -> Running | None:
    """Ask a gateway that runs by these settings; None if none answers."""
    host = "127.0.0.1" if settings.operations.host in {"0.0.0.0", "::"} else settings.operations.host  # noqa: S104 - compared
    address = f"http://{host}:{settings.operations.port}"
    try:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(PATIENCE_S)) as http:
            async with http.get(f"{address}/readyz") as answer:
                parts = (await answer.json())["checks"]
                checks = {name: None if part["ok"] else str(part["why"]) for name, part in parts.items()}
            async with http.get(f"{address}/metrics") as answer:
                return Running(checks, await answer.text())
    except (aiohttp.ClientError, TimeoutError, OSError, KeyError, ValueError):
        return None


def _gateway(running: Running | None) -> DoctorFinding:
    if running is None:
        return DoctorFinding(
            "gateway", Level.LOOK, "No gateway runs by these settings.", "Start it: ill-gateway serve."
        )
    return DoctorFinding("gateway", Level.WELL, "It runs, and answers.")


def _parts(running: Running | None) -> list[DoctorFinding]:
    """What the gateway itself says of its parts, but the store, which has a line of its own."""
    if running is None:
        return []
    acts = {
        "queue": "Look at /metrics for the lane, and at the tasks.",
        "circulation system": "ill-gateway acs status; ill-gateway acs check.",
        "catalogue": "Look at [catalogue] in the settings, and try ill-gateway catalogue find.",
        "recovery": "ill-gateway recovery show.",
    }
    return [
        DoctorFinding(name, Level.WELL, "The gateway says that it is well.")
        if said is None
        else DoctorFinding(name, Level.WRONG, f"{said[:1].upper()}{said[1:]}.", acts.get(name, ""))
        for name, said in running.checks.items()
        if name != "store"
    ]


# ── what is here ─────────────────────────────────────────────────────────────────────────────────


def _settings(path: Path, env: Mapping[str, str]) -> list[DoctorFinding]:
    try:
        check(path, env)
    except ConfigError as error:
        return _mistakes(error)
    return [DoctorFinding("settings", Level.WELL, f"{path}: no mistakes.")]


def _mistakes(error: ConfigError) -> list[DoctorFinding]:
    return [DoctorFinding("settings", Level.WRONG, problem, "Mend it in the settings.") for problem in error.problems]


async def _store(settings: Settings, running: Running | None) -> list[DoctorFinding]:
    if running is not None:
        said = running.checks.get("store")
        if said is None:
            return [DoctorFinding("store", Level.WELL, f"It can be read and written. {_room(running)}")]
        return [
            DoctorFinding(
                "store", Level.WRONG, f"{said}.", "Look at the disk (SQLite) or the database server (PostgreSQL)."
            )
        ]
    from gateway.store import migrations  # noqa: PLC0415 - only where no gateway runs
    from gateway.store.factory import open_store, sqlite_path  # noqa: PLC0415
    from gateway.store.place import is_new  # noqa: PLC0415
    from gateway.store.port import StoreError  # noqa: PLC0415

    url = settings.store_url().get_secret_value()
    path = sqlite_path(url)
    if path is not None and is_new(path):
        return [DoctorFinding("store", Level.LOOK, f"{path.absolute()} isn't there yet.", "The first start makes it.")]
    store = open_store(url)
    try:
        await store.open()
    except StoreError as error:
        return [DoctorFinding("store", Level.WRONG, f"{error}.", "Mend that before the gateway starts.")]
    await store.close()
    newest = len(migrations.load("sqlite"))
    return [
        DoctorFinding(
            "store",
            Level.WELL,
            f"It can be opened; this program's tables have version {newest}, and a start brings them there.",
        )
    ]


def _room(running: Running) -> str:
    """How large the store is, in words."""
    size, idle = (running.gauge(name) or 0.0 for name in ("ill_store_bytes", "ill_store_idle_bytes"))
    return f"It takes {size / 2**20:,.0f} MB, of which {idle / 2**20:,.0f} MB hold nothing."


def _backup(running: Running | None, zone: ZoneInfo) -> DoctorFinding:
    made_at = running.gauge("ill_backup_timestamp_seconds") if running else None
    if made_at is None:
        return DoctorFinding("back-up", Level.UNSEEN, "Only a gateway that runs tells when the last one was made.")
    if made_at == 0:
        return DoctorFinding(
            "back-up",
            Level.LOOK,
            "None is known.",
            "ill-gateway backup DIR, every night; or, after each that the site makes by its own means, ill-gateway backup --own.",
        )
    at = datetime.fromtimestamp(made_at, zone)
    words = f"The last that is known is of {at:%Y-%m-%d %H:%M}."
    if abs(datetime.now(UTC) - at) > BACKUP_OLD:  # one that is to come was made by a clock that was ahead
        return DoctorFinding(
            "back-up", Level.WRONG, words, "Look at the job that makes them, and at the room where they lie."
        )
    return DoctorFinding("back-up", Level.WELL, words)


def _certificates(settings: Settings, running: Running | None) -> list[DoctorFinding]:
    files, now = dict(certificate_files(settings)), datetime.now(UTC)
    found = terms(files.items())
    told = [_certificate(what, files[what], term, now) for what, term in found.items()]
    told += [
        DoctorFinding(
            f"certificate {what}", Level.WRONG, f"{files[what]} can't be read.", "Put a certificate (PEM) there."
        )
        for what in files.keys() - found.keys()
    ]
    others = running.certificates() if running else {}
    told += [
        _certificate(what, "The file in its record", Term(now, at), now)
        for what, at in others.items()
        if what not in files
    ]
    return told or [DoctorFinding("certificates", Level.UNSEEN, "The settings name none: a proxy's are its own.")]


def _certificate(what: str, file: str, term: Term, now: datetime) -> DoctorFinding:
    subject, words = f"certificate {what}", f"{file} ends {term.ends:%Y-%m-%d}."
    if term.begins > now:
        words = f"{file} is valid only from {term.begins:%Y-%m-%d %H:%M} UTC on: until then nobody accepts it."
        act = "Look at this machine's clock; if it is right, put the certificate of before back, or have one made that is valid now."
        return DoctorFinding(subject, Level.WRONG, words, act)
    if term.ends >= now + ENDS_SOON:
        return DoctorFinding(subject, Level.WELL, words)
    if term.ends <= now:
        words = f"{file} has ended, {term.ends:%Y-%m-%d}."
    do = "Put the authority that follows into the file as well" if what.endswith(AUTHORITIES) else "Renew it"
    return DoctorFinding(subject, Level.WRONG, words, f"{do}; the file is read within a minute, without a restart.")


async def _clock(zone: ZoneInfo) -> DoctorFinding:
    """Whether this machine says that its clock is kept right."""
    try:
        process = await asyncio.create_subprocess_exec(
            "timedatectl", "show", "--property=NTPSynchronized", "--value",
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        said = (await process.communicate())[0].decode().strip()
    except OSError:
        said = ""
    if said == "yes":
        return DoctorFinding("clock", Level.WELL, "It is kept by NTP.")
    if said == "no":
        return DoctorFinding(
            "clock",
            Level.WRONG,
            "Nothing keeps it right.",
            "Set up NTP: due dates, repeats of messages and sign-ins go by it.",
        )
    return DoctorFinding(
        "clock",
        Level.UNSEEN,
        f"This machine does not say whether NTP keeps it. It says {datetime.now(zone):%Y-%m-%d %H:%M:%S}.",
    )


def _papers(settings: Settings) -> list[DoctorFinding]:
    """Set all papers with made-up data, as they are printed usually and at each printer that the settings name."""
    from gateway.dispatch.printing import stationery_of  # noqa: PLC0415 - Typst is loaded for this alone

    printers = tuple(stationery_of(settings.papers).printers)
    faults = {printer: _fault(settings, printer) for printer in (None, *printers)}
    wrong = [
        DoctorFinding(
            f"papers at {printer}" if printer else "papers",
            Level.WRONG,
            f"They can't be printed: {fault}",
            "ill-gateway papers check names each mistake.",
        )
        for printer, fault in faults.items()
        if fault
    ]
    named = f", also on the sheets of {', '.join(printers)}" if printers else ""
    well = f"All can be set{named}. Whether a printer has paper nobody can see from here."
    return wrong or [DoctorFinding("papers", Level.WELL, well)]


def _fault(settings: Settings, printer: str | None) -> str | None:
    """What keeps papers from being printed at a printer, in one line."""
    from gateway.dispatch.printing import look_of, stationery_of  # noqa: PLC0415 - as above
    from gateway.documents.job import Job, PrintChoice, runs  # noqa: PLC0415
    from gateway.documents.pdf import TemplateFault, render  # noqa: PLC0415
    from gateway.documents.samples import SAMPLES  # noqa: PLC0415

    today, made = (
        datetime.now(UTC).date(),
        runs(SAMPLES, stationery_of(settings.papers), PrintChoice(printer=printer)),
    )
    try:
        render(Job(title="Made-up papers", day=today, runs=made, look=look_of(settings.papers)))
    except TemplateFault as fault:
        place = re.search(r"\S+\.typ:\d+", str(fault))
        return f"{str(fault).splitlines()[0]} ({place[0] if place else 'in no template'})."
    return None


# ── whom we talk to ──────────────────────────────────────────────────────────────────────────────


async def _circulation(settings: Settings, running: Running | None) -> list[DoctorFinding]:
    if running is not None:
        return []  # it says so itself
    address = f"{settings.acs.host}:{settings.acs.port}"
    try:
        async with asyncio.timeout(PATIENCE_S):
            _, writer = await asyncio.open_connection(settings.acs.host, settings.acs.port)
        writer.close()
    except OSError as error:
        return [
            DoctorFinding(
                "circulation system",
                Level.WRONG,
                f"{address} can't be reached: {why_unreached(error)}.",
                "Look at the network between, and at [acs].",
            )
        ]
    return [
        DoctorFinding(
            "circulation system", Level.WELL, f"{address} takes connections. Login and habits: ill-gateway acs check."
        )
    ]


async def _mail(settings: Settings) -> DoctorFinding:
    """Whether the mail server takes connections and greets; nothing is sent."""
    mail = settings.mail
    if mail.host is None:
        return DoctorFinding("mail", Level.UNSEEN, "The settings name no server: nothing is sent by e-mail.")
    address = f"{mail.host}:{mail.port}"
    try:
        async with asyncio.timeout(PATIENCE_S):
            reader, writer = await asyncio.open_connection(mail.host, mail.port)
            greeting = b"" if mail.tls is MailTls.TLS else await _line(reader)
        writer.close()
    except (OSError, UnicodeError) as error:
        words = f"{address} can't be reached: {why_unreached(error)}."
        return DoctorFinding("mail", Level.WRONG, words, "Look at the network between, and at [mail].")
    if mail.tls is not MailTls.TLS and not greeting.startswith(b"220"):
        return DoctorFinding(
            "mail", Level.WRONG, f"{address} does not greet as a mail server does.", "Look at [mail] port and tls."
        )
    return DoctorFinding(
        "mail", Level.WELL, f"{address} takes connections. Whether it takes our login shows with the first message."
    )


async def _line(reader: asyncio.StreamReader) -> bytes:
    """Read a line; nothing of one without end."""
    try:
        return await reader.readline()
    except ValueError:
        return b""


def _unseen(running: Running | None) -> list[DoctorFinding]:
    """What was not looked at, so that nobody takes silence for health."""
    unseen = [
        (
            "what partners make of our messages",
            "Their systems were only connected to: ill-gateway conformance tries a partner's test endpoint.",
        ),
        ("each page of the store", "ill-gateway backup looks at all of them."),
        ("what is reachable from outside", "Ask a partner to send something."),
    ]
    if running is None:
        unseen += [("queue, catalogue, recovery", "Only a gateway that runs knows of them.")]
    return [DoctorFinding(subject, Level.UNSEEN, words) for subject, words in unseen]
