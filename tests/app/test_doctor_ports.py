"""`doctor` says if a gateway could not listen where the settings want it to."""

import socket
from pathlib import Path

import pytest

from gateway.app.doctor_ports import look_at_ports, objection
from gateway.app.findings import Level
from gateway.config import Settings, load
from tests.commands.test_setup import CONFIG


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Each port is one that the system draws."""
    path = tmp_path / "ill-gateway.toml"
    path.write_text(CONFIG.format(folder=tmp_path))
    path.chmod(0o600)
    found = load(path, {})
    return found.model_copy(
        update={
            name: getattr(found, name).model_copy(update={"port": 0}) for name in ("http", "api", "desk", "operations")
        }
    )


def test_each_that_is_free_is_well(settings: Settings):
    (finding,) = look_at_ports(settings)
    assert finding.level is Level.WELL


def test_one_at_which_another_program_listens_is_named(settings: Settings):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        taken = settings.model_copy(update={"desk": settings.desk.model_copy(update={"port": port})})
        (finding,) = look_at_ports(taken)
    assert (finding.subject, finding.level) == ("port of [desk]", Level.WRONG)
    assert finding.words == f"A gateway can't listen at 127.0.0.1:{port}: another program listens there."


@pytest.mark.parametrize(
    ("host", "why"),
    [
        ("192.0.2.1", "no network interface of this machine has that address"),
        ("no such name", "the name is not known"),
        ("no..name", "the name is not known"),
        ("127.0.0.1", None),
    ],
)
def test_where_nobody_can_listen_it_is_said_why(host: str, why: str | None):
    assert objection(host, 0) == why
