"""The gateway and systems that share no code with it: another maker's library borrows from it; it stands its own probes."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.demo.processes import environment_for, wait_for
from gateway.demo.stack import Stack
from gateway.demo.stack_config import PEER
from gateway.demo.talk import Site
from tests.peers.foreign import OLD, RESHARE, STRICT, Foreign, Maker, running

TITLE, ISBN = "The Imaginary Almanac", "9780000000019"
OURS = "XX-EXAMPLE"
COMMAND_DEADLINE_S = 120.0
ITS_DIALECT = {STRICT: "plain", RESHARE: "reshare", OLD: "plain"}


@pytest.fixture(params=[STRICT, RESHARE, OLD], ids=lambda maker: maker.name)
def maker(request: pytest.FixtureRequest) -> Maker:
    found: Maker = request.param
    return found


@pytest.fixture
def stack(tmp_path: Path, maker: Maker) -> Iterator[Stack]:
    with Stack(tmp_path, dialect=ITS_DIALECT[maker]) as running_stack:
        running_stack.import_items()
        running_stack.partner_process.stop()
        yield running_stack


@pytest.fixture
def borrower(stack: Stack, maker: Maker) -> Iterator[Foreign]:
    """A library of another maker, in the partner's place."""
    door = f"http://127.0.0.1:{stack.ports.peers}/iso18626"
    secret = (PEER, stack.secrets.partner_password)
    with running(maker, port=stack.ports.partner, symbol="XX-PARTNER", answers_to=door, secret=secret) as foreign:
        yield foreign


def desk(stack: Stack, partner_request_id: str, action: str) -> None:
    """A step of the technician's with the request that has the partner's number."""
    api: Site = stack.api

    def ours() -> str | None:
        lines = api.get("/requests")["requests"]
        return next((line["id"] for line in lines if line["partner_request_id"] == partner_request_id), None)

    number = wait_for(ours, "the request in the gateway's books", COMMAND_DEADLINE_S)
    shown: dict[str, Any] = api.get(f"/requests/{number}")
    barcodes = [item["copy"]["item_barcode"] for item in shown["request"]["items"]]
    api.post(f"/requests/{number}/actions/{action}", {"item_barcodes": barcodes} if action == "ship" else {})


def test_a_library_of_another_maker_borrows_from_us(stack: Stack, borrower: Foreign, maker: Maker):
    request = borrower.ask(OURS, TITLE, ISBN)
    borrower.wait_for(request, "WillSupply")
    desk(stack, request, "ship")
    loaned = borrower.wait_for(request, "Loaned").texts
    assert loaned["deliveryInfo/itemId"].isdigit()
    assert loaned["statusInfo/dueDate"]
    assert loaned["returnInfo/name"] == "Example Valley Library"
    borrower.act(OURS, request, "Received")
    borrower.act(OURS, request, "ShippedReturn")
    desk(stack, request, "check-in")
    borrower.wait_for(request, "LoanCompleted")
    reasons = [each.texts["messageInfo/reasonForMessage"] for each in borrower.heard]
    assert reasons == ["RequestResponse", "StatusChange", "StatusChange"]
    timeline = str(stack.api.get("/requests"))
    assert "#seq" not in timeline


def conformance(stack: Stack, version: str, *more: str) -> tuple[int, dict[str, Any]]:
    """The command as a partner would run it against the gateway; its exit code and what it found."""
    arguments = [
        "conformance", "--json", "--peer", f"http://127.0.0.1:{stack.ports.peers}/iso18626", "--version", version,
        "--symbol", "ISIL:XX-PARTNER", "--supplier", f"ISIL:{OURS}", "--isbn", ISBN, "--title", TITLE,
        "--secret-env", "PARTNERS_SECRET", "--secret-as", "basic", "--account", PEER, *more,
    ]  # fmt: skip
    run = subprocess.run(
        [sys.executable, "-m", "gateway.cli", *arguments],
        env=environment_for({"PARTNERS_SECRET": stack.secrets.partner_password}),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=COMMAND_DEADLINE_S,
        check=False,
    )
    assert run.stderr.startswith("For TEST endpoints alone"), run.stderr
    return run.returncode, json.loads(run.stdout)


@pytest.mark.parametrize(
    ("version", "tally"),
    [
        ("1.2", {"accepted": 29, "repaired": 18, "refused": 13, "no answer": 0, "not as it should be": 0}),
        ("2021-2", {"accepted": 29, "repaired": 16, "refused": 13, "no answer": 0, "not as it should be": 0}),
    ],
)
def test_the_gateway_stands_its_own_probes(tmp_path: Path, version: str, tally: dict[str, int]):
    with Stack(tmp_path, version=version) as stack:
        stack.import_items()
        stack.partner_process.stop()
        code, found = conformance(stack, version, "--listen", f"127.0.0.1:{stack.ports.partner}")
    lines = {(line["group"], line["probe"]): line for line in found["findings"]}
    assert (code, found["tally"]) == (0, tally)
    assert {line["verdict"] for (group, _), line in lines.items() if group == "deviations"} == {"repaired"}
    assert "the same confirmation" in lines["repeats", "the same message again"]["remarks"]
    talk = [(probe, line["remarks"]) for (group, probe), line in lines.items() if group == "conversation"]
    assert talk == [
        ("request New", ["heard RequestResponse WillSupply"]),
        ("StatusRequest", ["heard StatusRequestResponse WillSupply"]),
        ("Cancel", ["heard CancelResponse Cancelled Y"]),
    ]
