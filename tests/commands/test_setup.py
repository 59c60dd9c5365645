"""Commands that need no running gateway."""

import gc
import json
import os
import sqlite3
from pathlib import Path

import pytest

from gateway.cli import main
from gateway.config import Settings

CONFIG = """\
[library]
name = "Example City Library"
symbols = ["ISIL:XX-ECL"]
time_zone = "America/Denver"

[store]
url = "sqlite:///{folder}/gateway.sqlite"

[acs]
host = "127.0.0.1"
location = "ILL"
"""


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("ILL_GATEWAY_")]:
        monkeypatch.delenv(name)
    path = tmp_path / "ill-gateway.toml"
    path.write_text(CONFIG.format(folder=tmp_path))
    return path


def test_a_good_configuration_is_said_to_be_good(config: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["check-config", "--config", str(config)]) == 0
    assert capsys.readouterr().out == f"{config}: no mistakes.\n"


def test_every_mistake_is_named_at_once(config: Path, capsys: pytest.CaptureFixture[str]):
    config.write_text(config.read_text() + 'port = "many"\nsise = 2\n')
    assert main(["check-config", "--config", str(config)]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "acs.port" in said.err
    assert "acs.sise" in said.err


def test_mistakes_as_json(config: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["check-config", "--config", str(config), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"ok": True, "problems": []}
    config.write_text("")
    assert main(["check-config", "--config", str(config), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["ok"] is False


def test_the_file_can_be_named_in_the_environment(config: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ILL_GATEWAY_CONFIG", str(config))
    assert main(["check-config"]) == 0
    monkeypatch.setenv("ILL_GATEWAY_CONFIG", str(config.with_name("missing.toml")))
    assert main(["check-config"]) == 1


def test_migrate_makes_the_tables_once(config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["migrate", "--config", str(config)]) == 0
    assert capsys.readouterr().out.startswith("The store went from version 0 to ")
    assert main(["migrate", "--config", str(config), "--json"]) == 0
    versions = json.loads(capsys.readouterr().out)
    assert versions["before"] == versions["after"] >= 1
    database = sqlite3.connect(tmp_path / "gateway.sqlite")
    assert database.execute("SELECT count(*) FROM requests").fetchone() == (0,)
    database.close()


def test_migrate_says_why_it_can_not(config: Path, capsys: pytest.CaptureFixture[str]):
    config.write_text(config.read_text().replace("/gateway.sqlite", "/no/such/folder/gateway.sqlite"))
    assert main(["migrate", "--config", str(config)]) == 1
    assert capsys.readouterr().err.startswith("The store can't be migrated: ")


def test_serve_refuses_a_wrong_configuration_before_anything_starts(config: Path, capsys: pytest.CaptureFixture[str]):
    config.write_text("[library]\n")
    assert main(["serve", "--config", str(config)]) == 1
    assert "library.name" in capsys.readouterr().err


def test_garbage_is_not_looked_for_while_the_gateway_starts(config: Path, monkeypatch: pytest.MonkeyPatch):
    looked_for: list[bool] = []

    def run(_settings: Settings) -> int:
        looked_for.append(gc.isenabled())
        return 0

    monkeypatch.setattr("gateway.app.process.serve", run)
    assert main(["serve", "--config", str(config)]) == 0
    assert (looked_for, gc.isenabled()) == ([False], True)


def test_the_demonstration_acs_gets_its_own_arguments(tmp_path: Path):
    path = tmp_path / "items.csv"
    assert main(["demo-acs", "--item-list", str(path)]) == 0
    assert path.read_text().startswith("item_barcode,")


@pytest.mark.parametrize(("options", "state"), [((), "will_supply"), (("--role", "borrowing"), "choosing_a_lender")])
def test_the_diagram_of_either_role(options: tuple[str, ...], state: str, capsys: pytest.CaptureFixture[str]):
    assert main(["diagram", *options]) == 0
    assert f"as {state}" in capsys.readouterr().out
