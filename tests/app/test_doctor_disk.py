"""What the doctor says of the disk below the store."""

from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest

from gateway.app.doctor_disk import look_at_disk
from gateway.app.findings import DoctorFinding, Level
from gateway.config import Settings
from tests.fakes.small_settings import small_settings


@pytest.mark.parametrize(
    ("free", "store", "level", "words"),
    [
        (30, 10, Level.WELL, "30.0 GB free, 15% of the disk."),
        (19, 1, Level.WRONG, "19.0 GB free, 10% of the disk."),
        (30, 16, Level.WRONG, "30.0 GB free, 15% of the disk. The store takes 16.0 GB."),
    ],
)
def test_a_disk_has_room_for_a_copy(disk: "Disk", free: int, store: int, level: Level, words: str):
    found = disk.judged(free, store)
    assert (found.level, found.words) == (level, f"{disk.folder}: {words}")


@dataclass(frozen=True)
class Disk:
    """One of 200 GB of which 20 are in use: most of the rest is kept for others, and what counts is what we may write."""

    folder: Path
    settings: Settings
    patch: pytest.MonkeyPatch

    def judged(self, free: int, store: int) -> DoctorFinding:
        """With so much free and a store of that size, in GB."""
        usage = {"total": 200 * 2**30, "used": 20 * 2**30, "free": free * 2**30}
        self.patch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(**usage))
        with (self.folder / "gateway.sqlite").open("wb") as file:
            file.truncate(store * 2**30)
        return look_at_disk(self.settings)


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Disk:
    return Disk(tmp_path, small_settings(tmp_path), monkeypatch)


def test_of_a_folder_that_is_still_to_be_made_the_disk_below_is_looked_at(tmp_path: Path):
    settings = small_settings(tmp_path)
    store = settings.store.model_copy(update={"url": f"sqlite:///{tmp_path}/to/be/made/gateway.sqlite"})
    assert look_at_disk(settings.model_copy(update={"store": store})).words.startswith(f"{tmp_path}: ")
