"""Back-ups: verified copies with a manifest, of both databases, and the way back; what is no back-up is refused."""

import asyncio
import io
import os
import signal
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gateway.dispatch.sealing import Sealer
from gateway.store import backups, postgres_copy, sqlite_copy
from gateway.store.backups import BackupError, Manifest, Tell
from gateway.store.factory import open_store, sqlite_path
from gateway.store.port import Store
from tests.fakes.clock import QuickTime
from tests.store.postgres import empty, programs
from tests.store.values import creation, perform, step

MADE_AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _programs() -> Iterator[None]:
    """pg_dump of the server that the tests start."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PATH", f"{programs()}:{os.environ['PATH']}")
        yield


async def copy_out(url: str, folder: Path) -> Manifest:
    path = sqlite_path(url)
    target = folder / "copy"
    # In a thread: the store that is open here may be asked to copy itself.
    copied = await (
        asyncio.to_thread(sqlite_copy.copy_out, path, target) if path else postgres_copy.copy_out(url, target)
    )
    manifest = Manifest(
        kind="sqlite" if path else "postgresql",
        made_at=MADE_AT,
        gateway="0",
        schema=copied.rows["migrations"],
        file=target.name,
        bytes=target.stat().st_size,
        sha256=backups.digest(target),
        rows=copied.rows,
        sealed=copied.sealed,
    )
    backups.write_manifest(folder, manifest)
    return manifest


def put_back(copy: Path, path: Path, rows: Mapping[str, int]) -> Path | None:
    with sqlite_copy.fresh_copy(copy, path, rows) as fresh:
        return sqlite_copy.take_place(fresh, path)


async def copy_back(folder: Path, url: str) -> Path | None:
    manifest, path = backups.read_manifest(folder), sqlite_path(url)
    if path:
        return put_back(folder / manifest.file, path, manifest.rows)
    await empty(url)
    assert await postgres_copy.copy_back(folder / manifest.file, url, manifest.rows) is None
    return None


async def test_what_was_committed_before_a_copy_is_in_it_and_nothing_after(
    store: Store, url: str, tmp_path: Path
) -> None:
    folder = tmp_path / "backup"
    backups.make_folder(folder)
    await store.commit(creation(1, perform()))
    manifest = await copy_out(url, folder)
    assert (manifest.rows["requests"], manifest.rows["effects"]) == (1, 1)
    await store.commit(step(1))
    await store.commit(creation(2))
    await store.close()
    before = await copy_back(folder, url)
    assert (before is not None) is (sqlite_path(url) is not None)
    again = open_store(url)
    await again.open()
    try:
        await again.migrate()
        found = await again.request("HILL-1")
        assert found is not None
        assert found.version == 1
        assert await again.request("HILL-2") is None
        assert len(await again.pending("HILL-1")) == 1
        await again.commit(step(1))
        await again.commit(creation(2, perform()))
    finally:
        await again.close()


async def test_the_manifest_has_the_head_of_the_audit_chain(store: Store, url: str, tmp_path: Path) -> None:
    await store.commit(creation(1))
    sealer = Sealer(store, QuickTime(MADE_AT))
    await sealer.run_once()
    assert await sealer.run_once() > 0
    last = await store.audit.last_seal()
    assert last is not None
    assert (await copy_out(url, tmp_path)).sealed == last.head


async def test_copies_that_are_made_while_a_gateway_writes_are_whole(store: Store, url: str, tmp_path: Path) -> None:
    enough = asyncio.Event()

    async def write() -> int:
        number = 0
        while not enough.is_set():
            number += 1
            await store.commit(creation(number, perform()))
        return number

    writing = asyncio.create_task(write())
    counts = []
    for turn in range(3):
        folder = tmp_path / f"backup-{turn}"
        backups.make_folder(folder)
        path = sqlite_path(url)
        if path:
            rows = (await asyncio.to_thread(sqlite_copy.copy_out, path, folder / "copy")).rows
        else:
            rows = (await postgres_copy.copy_out(url, folder / "copy")).rows
        assert rows["requests"] == rows["effects"] == rows["messages"] == rows["register"]
        counts.append(rows["requests"])
    enough.set()
    assert counts == sorted(counts)
    assert counts[-1] <= await writing


async def test_when_the_last_copy_was_made_is_kept_in_the_store(store: Store, url: str) -> None:
    path = sqlite_path(url)
    if path:
        sqlite_copy.note_time(path, MADE_AT)
    else:
        await postgres_copy.note_time(url, MADE_AT)
    assert await store.turn_of("backup") == MADE_AT


@pytest.mark.process
async def test_a_dump_goes_into_an_empty_database_alone(postgres_url: str, tmp_path: Path) -> None:
    store = open_store(postgres_url)
    await store.open()
    await store.migrate()
    await store.close()
    rows = (await postgres_copy.copy_out(postgres_url, tmp_path / "copy")).rows
    with pytest.raises(BackupError, match="make an empty one"):
        await postgres_copy.copy_back(tmp_path / "copy", postgres_url, rows)


async def fill(url: str) -> None:
    """Rows enough that the end of a dump is theirs, not the table of contents'."""
    store = open_store(url)
    await store.open()
    try:
        await store.migrate()
        for number in range(1, 40):
            await store.commit(creation(number))
    finally:
        await store.close()


def cut(dump: bytes) -> bytes:
    return dump[:-3000]


def damaged(dump: bytes) -> bytes:
    return dump[:-3000] + bytes(byte ^ 0xFF for byte in dump[-3000:-2000]) + dump[-2000:]


@pytest.mark.process
@pytest.mark.parametrize("spoil", [cut, damaged])
async def test_a_dump_that_is_cut_off_or_damaged_is_found_out(
    spoil: Callable[[bytes], bytes], postgres_url: str, tmp_path: Path
) -> None:
    """Its table of contents, which stands at its beginning, is whole all the same."""
    await fill(postgres_url)
    dump = tmp_path / "copy"
    await postgres_copy.copy_out(postgres_url, dump)
    dump.write_bytes(spoil(dump.read_bytes()))
    await postgres_copy._run("pg_restore", None, "--list", str(dump))
    with pytest.raises(BackupError, match="pg_restore failed"):
        await postgres_copy.check(dump)


@pytest.mark.process
async def test_a_back_up_is_none_if_its_dump_does_not_pass(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dump_whole = postgres_copy._dump

    def dump_and_cut(url: str, snapshot: str, target: Path, tell: Tell) -> None:
        dump_whole(url, snapshot, target, tell)
        target.write_bytes(cut(target.read_bytes()))

    monkeypatch.setattr(postgres_copy, "_dump", dump_and_cut)
    await fill(postgres_url)
    with pytest.raises(BackupError, match="pg_restore failed"):
        await postgres_copy.copy_out(postgres_url, tmp_path / "copy")


@pytest.fixture
def hanging(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A dump that pg_restore reads for ever."""
    (tmp_path / "pg_restore").write_text("#!/bin/sh\nexec sleep 3600\n")
    (tmp_path / "pg_restore").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    (tmp_path / "copy").touch()
    return tmp_path / "copy"


@pytest.mark.process
async def test_a_check_that_hangs_ends_at_its_limit(hanging: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_copy, "LEAST_CHECK_S", 0.0)
    with pytest.raises(BackupError, match="could not be read to its end within 0 s"):
        await postgres_copy.check(hanging)


@pytest.mark.process
async def test_a_program_goes_with_whoever_waits_for_it(hanging: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: asyncio.Future[asyncio.subprocess.Process] = asyncio.get_running_loop().create_future()
    start = asyncio.create_subprocess_exec

    async def start_and_tell(*line: str, **options: Any) -> asyncio.subprocess.Process:
        started.set_result(await start(*line, **options))
        return started.result()

    monkeypatch.setattr(asyncio, "create_subprocess_exec", start_and_tell)
    checking = asyncio.create_task(postgres_copy.check(hanging))
    process = await started
    checking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await checking
    assert process.returncode == -signal.SIGKILL


def test_a_dump_is_taken_piece_by_piece_with_a_rest_after_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rests: list[float] = []
    told: list[tuple[str, int, int]] = []
    monkeypatch.setattr("gateway.store.backups.time.sleep", rests.append)
    dump = bytes(range(256)) * (5 * postgres_copy.PIECE_BYTES // 512)
    with (tmp_path / "copy").open("wb") as file:
        postgres_copy._take_politely(io.BytesIO(dump), file, lambda *now: told.append(now))
    assert (tmp_path / "copy").read_bytes() == dump
    assert len(rests) == 3
    assert told == [("pg_dump, 0 MB", 0, 0)] * 3
    assert all(0 < rest <= backups.MOST_REST_S for rest in rests)


def test_a_rest_is_twice_as_long_as_the_work_before_it_and_never_long(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    rests: list[float] = []
    monkeypatch.setattr("gateway.store.backups.time.monotonic", lambda: now[0])
    monkeypatch.setattr("gateway.store.backups.time.sleep", rests.append)
    rest = backups.resting()
    for worked in (0.01, 0.0, 40.0):
        now[0] += worked
        rest()
    assert rests == pytest.approx([0.02, 0.0, backups.MOST_REST_S])


def test_a_digest_rests_after_each_piece_if_it_is_told_to(tmp_path: Path) -> None:
    (tmp_path / "copy").write_bytes(bytes(backups._PIECE + 1))
    rests: list[None] = []
    assert backups.digest(tmp_path / "copy", rest=lambda: rests.append(None)) == backups.digest(tmp_path / "copy")
    assert len(rests) == 2


@pytest.mark.process
@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("head -c 600000 /dev/zero; echo the server has gone >&2; exit 1", "the server has gone"),
        (None, "not installed"),
    ],
)
def test_a_dump_that_breaks_off_is_none(
    script: str | None, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if script:
        (tmp_path / "pg_dump").write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / "pg_dump").chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    else:
        monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BackupError, match=said):
        postgres_copy._dump("postgresql://ill@db.example/ill", "1-1", tmp_path / "copy", backups.silent)


async def test_a_store_that_a_gateway_has_open_is_not_replaced(sqlite_url: str, tmp_path: Path) -> None:
    store, path = open_store(sqlite_url), sqlite_path(sqlite_url)
    assert path is not None
    await store.open()
    await store.migrate()
    rows = (await asyncio.to_thread(sqlite_copy.copy_out, path, tmp_path / "copy")).rows
    with pytest.raises(BackupError, match="stop it first"):
        put_back(tmp_path / "copy", path, rows)
    await store.close()
    assert put_back(tmp_path / "copy", path, rows) is not None


def small_store(path: Path) -> None:
    with closing(sqlite3.connect(path)) as made:
        made.execute("CREATE TABLE migrations (version INTEGER)")
        made.execute("CREATE TABLE seals (number INTEGER, head TEXT)")
        made.executemany("INSERT INTO migrations VALUES (?)", [(number,) for number in range(2000)])
        made.commit()


def test_a_copy_that_is_damaged_or_lacks_rows_is_found_out(tmp_path: Path) -> None:
    small_store(tmp_path / "store")
    copied = sqlite_copy.copy_out(tmp_path / "store", tmp_path / "copy")
    rows = copied.rows
    assert (rows, copied.sealed) == ({"migrations": 2000, "seals": 0}, None)
    with pytest.raises(BackupError, match=r"migrations \(2000 for 2001\)"):
        sqlite_copy.verify(tmp_path / "copy", {**rows, "migrations": 2001})
    data = bytearray((tmp_path / "copy").read_bytes())
    data[4096:4200] = b"\xff" * 104
    (tmp_path / "copy").write_bytes(data)
    with pytest.raises(BackupError, match="copy"):
        sqlite_copy.verify(tmp_path / "copy", rows)


def test_a_store_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(BackupError):
        sqlite_copy.copy_out(tmp_path / "none", tmp_path / "copy")
    assert not (tmp_path / "none").exists()


def test_a_folder_with_something_in_it_is_no_place_for_a_back_up(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(BackupError, match="not empty"):
        backups.make_folder(tmp_path)


async def test_a_back_up_is_on_the_disk_by_its_name_too(
    store: Store, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a power cut could take the manifest, or the folder, though all was said to be well."""
    folder = tmp_path / "night"
    backups.make_folder(folder)
    written: list[Path] = []
    monkeypatch.setattr(os, "fsync", lambda handle: written.append(Path(f"/proc/self/fd/{handle}").readlink()))
    await copy_out(url, folder)
    assert written[-3:] == [folder / f"{backups.MANIFEST}.new", folder, tmp_path]


def test_only_a_folder_with_its_manifest_and_the_very_file_is_a_back_up(tmp_path: Path) -> None:
    small_store(tmp_path / "copy")
    with pytest.raises(BackupError, match=r"no manifest\.json"):
        backups.read_manifest(tmp_path)
    manifest = Manifest(
        kind="sqlite", made_at=MADE_AT, gateway="0", schema=1, file="copy", bytes=1,
        sha256=backups.digest(tmp_path / "copy"), rows={"migrations": 2000},
    )  # fmt: skip
    backups.write_manifest(tmp_path, manifest)
    assert backups.read_manifest(tmp_path) == manifest
    assert (tmp_path / "manifest.json").stat().st_mode & 0o777 == 0o600
    with (tmp_path / "copy").open("ab") as file:
        file.write(b"x")
    with pytest.raises(BackupError, match="digest is another"):
        backups.read_manifest(tmp_path)
    backups.write_manifest(tmp_path, msgspec.structs.replace(manifest, file="../copy"))
    with pytest.raises(BackupError, match="outside"):
        backups.read_manifest(tmp_path)
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(BackupError, match="can't be read"):
        backups.read_manifest(tmp_path)


@pytest.mark.parametrize(
    ("url", "option", "password"),
    [
        ("postgresql://ill:s%40y@db.example:5433/ill?sslmode=require", "postgresql://ill@db.example:5433/ill?sslmode=require", "s@y"),
        ("postgresql://ill@a.example,b.example/ill", "postgresql://ill@a.example,b.example/ill", None),
        ("postgresql:///ill?host=/run/pg", "postgresql:///ill?host=/run/pg", None),
    ],
)  # fmt: skip
def test_the_password_is_in_no_list_of_processes(url: str, option: str, password: str | None) -> None:
    options, environment = postgres_copy._without_password(url)
    assert options == (f"--dbname={option}",)
    assert environment.get("PGPASSWORD") == password
