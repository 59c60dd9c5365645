"""`backup | restore | restored`: a verified copy of the store while the gateway serves, and the way back.

They work on the store itself, by the settings, and need no running gateway. What `restore` and `restored` leave behind is a store in which
all work is held until people let it go on (`recovery`).
"""

import argparse
import asyncio
import os
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from gateway import __version__
from gateway.commands.base import Failure
from gateway.commands.output import Stage, json_flag, moment, print_json, progress
from gateway.commands.setup import config_flag, settings_of

if TYPE_CHECKING:
    from gateway.store.backups import Manifest, Tell
    from gateway.store.port import Store

POLITENESS: Final = 10
"""By how much a back-up stands behind the gateway, and behind everything else on the machine, for the processor."""
OTHERS_AHEAD: Final = timedelta(minutes=5)
"""By how much the clock of the machine that told a time may be ahead of this one's."""
NEXT: Final = "Start the gateway: it takes messages, but does no work until people let it go on: “ill-gateway recovery show”, or the desk."
HOLDING: Final = "holding its work"

LEFT: Final = {
    "sqlite": "The store is as it was.",
    "postgresql": "The database holds the copy: mend that, then type “ill-gateway restored”; start no gateway on it before.",
}
"""How a restore that broke off at its last step leaves the store."""


def add(commands: Any) -> None:
    """Add the commands to the parser's."""
    common = [config_flag(), json_flag()]
    backing_up = commands.add_parser("backup", parents=common)
    one = backing_up.add_mutually_exclusive_group(required=True)
    one.add_argument("dir", type=Path, nargs="?", help="a folder that isn't there yet")
    one.add_argument(
        "--own",
        action="store_true",
        help="make no back-up, but note that the site has made one by its own means, for alerts and doctor",
    )
    backing_up.add_argument("--made-at", metavar="TIME", help="with --own: when (ISO 8601 with its zone); else now")
    backing_up.set_defaults(run=back_up)
    restoring = commands.add_parser("restore", parents=common)
    restoring.add_argument("dir", type=Path, help="a folder that `backup` made")
    restoring.add_argument(
        "--new", action="store_true", help="make the store where the settings name one that isn't there"
    )
    restoring.set_defaults(run=restore)
    restored = commands.add_parser("restored", parents=common)
    restored.add_argument(
        "--to", metavar="TIME", help="the time that the store was brought back to (ISO 8601 with its zone)"
    )
    restored.set_defaults(run=say_restored)


def back_up(options: argparse.Namespace) -> int:
    """Copy the store, verify the copy, write the manifest; or take the site's word that it has made a copy of its own."""
    if options.made_at and not options.own:
        raise Failure("--made-at needs --own: it is the time of a back-up that the site has made itself.")
    return _note_own(options) if options.own else _back_up(options)


def _note_own(options: argparse.Namespace) -> int:
    """Keep the time of the site's own back-up. Nothing of it is looked at."""
    from gateway.store.backups import BackupError  # noqa: PLC0415

    made_at = _time("--made-at", options.made_at) if options.made_at else datetime.now(UTC)
    try:
        asyncio.run(_note(_url(options), made_at))
    except BackupError as error:
        raise Failure(f"Nothing was noted: {error}.") from None
    store = _named(options)
    if options.json:
        print_json({"store": store, "own_made_at": made_at.isoformat()})
    else:
        print(f"{store}: the site has made a back-up of its own at {_moment(options, made_at)}. It was not looked at.")
    return 0


async def _note(url: str, made_at: datetime) -> None:
    """Keep when the last back-up was made, unless a later one is known. Raises BackupError if there is no store."""
    from gateway.store import postgres_copy, sqlite_copy  # noqa: PLC0415

    path = await _there(url)
    if path:
        sqlite_copy.note_time(path, made_at)
    else:
        await postgres_copy.note_time(url, made_at)


def _back_up(options: argparse.Namespace) -> int:
    from gateway.store.backups import BackupError, new_folder  # noqa: PLC0415 - loaded by this command alone

    with suppress(OSError):  # a unit or a container may forbid it: then it is done all the same
        os.nice(POLITENESS)
    stage = Stage("opening the store")
    try:
        with progress(stage.words), new_folder(options.dir):
            manifest = asyncio.run(_copy_out(_url(options), options.dir, stage.tell))
    except BackupError as error:
        raise Failure(f"No back-up was made: {error}.") from None
    if options.json:
        print_json(msgspec.to_builtins(manifest))
    else:
        rows = f"{sum(manifest.rows.values()):,} rows in {len(manifest.rows)} tables"
        print(
            f"{options.dir}: a verified copy as of {_moment(options, manifest.made_at)}, {manifest.bytes:,} bytes, {rows}."
        )
    return 0


async def _copy_out(url: str, folder: Path, tell: "Tell") -> "Manifest":
    from gateway.store import backups, postgres_copy, sqlite_aside, sqlite_copy  # noqa: PLC0415

    path = await _there(url)
    target = folder / ("gateway.sqlite" if path else "gateway.dump")
    if path:
        copied = sqlite_copy.copy_out(path, target, tell, sqlite_aside.verify_aside)
    else:
        copied = await postgres_copy.copy_out(url, target, tell)
    manifest = backups.Manifest(
        kind="sqlite" if path else "postgresql",
        made_at=copied.made_at,
        gateway=__version__,
        schema=copied.rows["migrations"],
        file=target.name,
        bytes=target.stat().st_size,
        sha256=backups.digest(target, tell, backups.resting()),
        rows=copied.rows,
        sealed=copied.sealed,
    )
    backups.write_manifest(folder, manifest)
    if path:
        sqlite_copy.note_time(path, copied.made_at)
    else:
        await postgres_copy.note_time(url, copied.made_at)
    return manifest


def restore(options: argparse.Namespace) -> int:
    """Put a copy in the store's place, with all its work held."""
    from gateway.store.backups import BackupError, NotWhole, read_manifest  # noqa: PLC0415
    from gateway.store.factory import sqlite_path  # noqa: PLC0415
    from gateway.store.port import StoreError  # noqa: PLC0415

    stage = Stage("reading the manifest")
    try:
        with progress(stage.words):
            manifest = read_manifest(options.dir, stage.tell)
            copying = _copy_back(
                _url(options), options.dir.absolute(), manifest, may_be_new=options.new, tell=stage.tell
            )
            before = asyncio.run(copying)
    except BackupError as error:
        raise Failure(f"Nothing was restored: {error}.") from None
    except NotWhole as error:
        words = "The database holds a copy that is not whole: drop it and make an empty one"
        raise Failure(f"{words} ({error}).") from None
    except StoreError as error:
        left = LEFT["sqlite" if sqlite_path(_url(options)) else "postgresql"]
        raise Failure(f"The work of the copy could not be held: {error}. {left}") from None
    store = _named(options)
    if options.json:
        restored = msgspec.to_builtins(manifest)
        print_json({"restored": restored, "store": store, "before": str(before) if before else None})
        return 0
    print(f"{store} is as of {_moment(options, manifest.made_at)}. {NEXT}")
    if before:
        print(f"What was there before: {before}")
        print("Delete that, and what stands beside it under its name, once all is well: customers are in it.")
    return 0


async def _copy_back(url: str, folder: Path, manifest: "Manifest", *, may_be_new: bool, tell: "Tell") -> Path | None:
    from gateway.store import backups, sqlite_copy  # noqa: PLC0415
    from gateway.store.factory import open_store, sqlite_path  # noqa: PLC0415
    from gateway.store.port import StoreError  # noqa: PLC0415

    path = sqlite_path(url)
    if path and manifest.kind == "postgresql":
        raise backups.BackupError("the copy is of a PostgreSQL database, and the settings name a SQLite store")
    backups.must_be_known(manifest)
    if path and not may_be_new and not sqlite_copy.is_there(path):
        raise backups.BackupError(f"{_no_store(path)}. To make one there, say --new")
    why = f"The store was restored from {folder}."
    if path:
        return await _replace(path, folder / manifest.file, manifest, why, tell)
    odd = await _load(url, folder, manifest, tell)
    tell(HOLDING, 0, 0)
    try:
        await _hold(open_store(url), why, manifest.made_at)
    except StoreError:
        if not odd:  # else it has to be dropped, whether its work could be held or not
            raise
    if odd:
        raise backups.NotWhole(odd)
    return None


async def _load(url: str, folder: Path, manifest: "Manifest", tell: "Tell") -> str | None:
    """Put a copy into an empty database; say what is not whole there by its rows."""
    from gateway.store import carrying, postgres_copy  # noqa: PLC0415

    if manifest.kind == "postgresql":
        return await postgres_copy.copy_back(folder / manifest.file, url, manifest.rows, tell)
    await carrying.carry_over(folder, manifest, url, tell)
    return None


async def _replace(path: Path, copy: Path, manifest: "Manifest", why: str, tell: "Tell") -> Path | None:
    """All that can fail is done to a copy beside the store, which stays in its place until then."""
    from gateway.store import sqlite_copy  # noqa: PLC0415
    from gateway.store.sqlite import SqliteStore  # noqa: PLC0415

    with sqlite_copy.fresh_copy(copy, path, manifest.rows, tell) as fresh:
        tell(HOLDING, 0, 0)
        await _hold(SqliteStore(fresh), why, manifest.made_at)
        return sqlite_copy.take_place(fresh, path)


def _no_store(path: Path) -> str:
    words = f"there is no store at {path.absolute()}"
    return (
        words
        if path.is_absolute()
        else f"{words}; the settings name it from the folder where a command is run: go to the gateway's (WorkingDirectory of its unit)"
    )


def say_restored(options: argparse.Namespace) -> int:
    """Hold all work, after the site brought its database back by its own means."""
    from gateway.store.backups import BackupError  # noqa: PLC0415
    from gateway.store.port import StoreError  # noqa: PLC0415

    copy_of = _time("--to", options.to) if options.to else None
    try:
        requests = asyncio.run(_hold_there(_url(options), copy_of))
    except BackupError as error:
        raise Failure(f"Nothing is held: {error}.") from None
    except StoreError as error:
        raise Failure(f"The work of this store could not be held: {error}. Start no gateway on it.") from None
    store = _named(options)
    if options.json:
        print_json({"held": True, "store": store, "requests": requests})
    else:
        brought = f" It was brought back to {_moment(options, copy_of)}." if copy_of else ""
        print(f"All work is held in {store}, which has {requests:,} requests.{brought} {NEXT}")
    return 0


def _time(flag: str, said: str) -> datetime:
    """Read a time that was typed."""
    try:
        at = datetime.fromisoformat(said)
    except ValueError:
        raise Failure(f"{flag}: not a time of ISO 8601, such as 2027-01-31T04:00:00Z.") from None
    # A guess that is hours off would compare with partners what is not in question, and leave out what is.
    if at.tzinfo is None:
        raise Failure(
            f"{flag}: say its zone as well. 2027-01-31T04:00:00Z is UTC, 2027-01-31T04:00:00-07:00 seven hours behind it."
        )
    # A year that was mistyped, say: what came since then would be looked for in no time at all.
    if at > datetime.now(UTC) + OTHERS_AHEAD:
        raise Failure(f"{flag} is in the future.")
    return at


async def _hold_there(url: str, copy_of: datetime | None) -> int:
    """Hold all work of a store that is there; return how many requests it has. Raises BackupError, StoreError."""
    from gateway.store import postgres_copy  # noqa: PLC0415
    from gateway.store.factory import open_store  # noqa: PLC0415

    if await _there(url) is None:
        await postgres_copy.settle_in(url)
    return await _hold(open_store(url), "The store was brought back by other means than ill-gateway's.", copy_of)


async def _there(url: str) -> Path | None:
    """Look whether there is a store; return the path of one that is a file. Raises BackupError if there is none."""
    from gateway.store import backups, postgres_copy, sqlite_copy  # noqa: PLC0415
    from gateway.store.factory import sqlite_path  # noqa: PLC0415

    path = sqlite_path(url)
    if path and not sqlite_copy.has_store(path):
        raise backups.BackupError(_no_store(path))
    if path is None and not await postgres_copy.has_store(url):
        raise backups.BackupError("the database that the settings name has no store of the gateway's")
    return path


async def _hold(store: "Store", why: str, copy_of: datetime | None) -> int:
    """Hold all work of a store; return how many requests it has. Raises StoreError."""
    from gateway.workflow.recovery import Recovery  # noqa: PLC0415

    await store.open()
    try:
        await store.migrate()
        await store.recovery.begin(Recovery(since=datetime.now(UTC), why=why, copy_of=copy_of))
        return sum((await store.count_by_state()).values())
    finally:
        await store.close()


def _moment(options: argparse.Namespace, at: datetime) -> str:
    """Return a time by the library's clock, as the desk has it: a server's own is often UTC."""
    return moment(at, seconds=True, zone=settings_of(options).library.time_zone)


def _url(options: argparse.Namespace) -> str:
    return settings_of(options).store_url().get_secret_value()


def _named(options: argparse.Namespace) -> str:
    """Say where the store is: the whole path of a file; of a database its URL, but for options, which may hold secrets."""
    from gateway.store.factory import sqlite_path  # noqa: PLC0415

    url = settings_of(options).store.url
    path = sqlite_path(url)
    return str(path.absolute()) if path else url.partition("?")[0]
