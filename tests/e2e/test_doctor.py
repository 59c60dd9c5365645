"""`doctor` beside a gateway that runs, before and after things go wrong."""

import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from gateway.demo.stage.processes import wait_for
from gateway.demo.stage.stack import Stack
from gateway.demo.stage.talk import SaidNo


def looked(stack: Stack) -> dict[str, Any]:
    """What it finds, by subject, whatever its exit code."""
    try:
        said = stack.command("doctor", "--config", str(stack.config), "--json")
    except SaidNo as no:
        said = str(no)
    return {finding["subject"]: finding for finding in json.loads(said)}


def misses_the_circulation_system(stack: Stack) -> bool:
    """The gateway itself, whom it asks."""
    return not stack.operations.get("/readyz")["checks"]["circulation system"]["ok"]


def made_at_the_desk(stack: Stack) -> None:
    """A peer that the settings don't name: its system is the gateway itself."""
    record = {"url": f"http://127.0.0.1:{stack.ports.peers}/iso18626", "agencies": ["ISIL:XX-DESK"]}
    stack.api.call("PUT", "/peers/made-at-the-desk", record)


def test_a_gateway_that_is_well_and_one_whose_neighbours_are_away(stack: Stack, tmp_path: Path):
    said = stack.command("doctor", "--config", str(stack.config), "--bundle", str(tmp_path / "bundle.tar.gz"))
    assert "It runs, and answers." in said
    assert "WRONG" not in said.replace("WRONG  disk", "")
    with tarfile.open(tmp_path / "bundle.tar.gz") as bundle:
        names = {Path(name).name for name in bundle.getnames()}
        texts = b"".join(file.read() for name in bundle.getnames() if (file := bundle.extractfile(name)))
    assert names == {"findings.json", "versions.json", "settings.json", "readyz.json", "metrics.txt"}
    for secret in (stack.secrets.admin_token, stack.secrets.acs_password, stack.secrets.partner_password):
        assert secret.encode() not in texts

    stack.partner_process.stop()
    made_at_the_desk(stack)
    beside = looked(stack)
    assert (beside["peer sample-valley"]["level"], beside["peer made-at-the-desk"]["level"]) == ("wrong", "well")
    stack.acs_process.stop()
    wait_for(lambda: misses_the_circulation_system(stack), "the lost ACS on /readyz")
    assert looked(stack)["circulation system"]["level"] == "wrong"
    stack.gateway.stop()
    alone = looked(stack)
    assert (alone["gateway"]["level"], alone["store"]["level"]) == ("look", "well")
    assert (alone["peer sample-valley"]["level"], alone["peer made-at-the-desk"]["level"]) == ("wrong", "wrong")
    with pytest.raises(SaidNo):
        stack.command("doctor", "--config", str(stack.config))
