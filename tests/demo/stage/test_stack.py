"""The demonstration's settings, and a stack that can't stand."""

from pathlib import Path

import pytest

from gateway.config import load
from gateway.demo.stage.processes import Trouble
from gateway.demo.stage.stack import Stack
from gateway.demo.stage.stack_config import PARTNER_ACCOUNT, Ports, Secrets, partner_of, settings_text, sqlite_url
from gateway.workflow.policy import AutoAnswer


def test_the_settings_have_no_mistake(tmp_path: Path):
    secrets = Secrets.drawn()
    path = tmp_path / "ill-gateway.toml"
    ports = Ports.free()
    partner = partner_of(ports, secrets, version="2021-2", dialect="reshare")
    path.write_text(settings_text(ports, secrets, store_url=sqlite_url(tmp_path), correspondents=[partner]))
    settings = load(path, {})
    assert settings.lending.auto_answer is AutoAnswer.BOTH
    assert settings.lending.undo_s == 0
    (peer,) = settings.peers
    assert (peer.version, peer.dialect, peer.first_message_wait_s) == ("2021-2", "reshare", 0.2)
    assert settings.partners[0].account == PARTNER_ACCOUNT
    assert settings.api.admin_token is not None
    assert settings.api.admin_token.get_secret_value() == secrets.admin_token


def test_secrets_are_drawn_anew_and_not_printed():
    one, other = Secrets.drawn(), Secrets.drawn()
    assert one != other
    assert one.acs_password not in repr(one)


def test_the_settings_are_for_their_owner_alone(tmp_path: Path):
    stack = Stack(tmp_path)
    assert stack.config.stat().st_mode & 0o077 == 0


def test_ports_are_apart():
    ports = Ports.free()
    taken = {getattr(ports, name) for name in Ports.__struct_fields__}
    assert len(taken) == len(Ports.__struct_fields__)


@pytest.mark.process
def test_a_stack_that_cannot_stand_leaves_nothing_running(tmp_path: Path):
    stack = Stack(tmp_path, acs_arguments=["--dance"])
    with pytest.raises(Trouble, match="The demonstration ACS ended with exit code 2") as told, stack:
        pass
    assert "--dance" in told.value.log
    assert not any(process.alive for process in stack.processes)
