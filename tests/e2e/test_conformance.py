"""The gateway and systems that share no code with it: they borrow from it and lend to it; it stands its own probes."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.demo.stage.processes import environment_for, wait_for
from gateway.demo.stage.stack import Stack
from gateway.demo.stage.stack_config import PEER
from gateway.demo.stage.talk import Site
from tests.fakes.nursery import Nursery
from tests.peers.foreign import OLD, RESHARE, STRICT, Foreign, Maker, Told, running

TITLE, ISBN = "The Imaginary Almanac", "9780000000019"
OURS = "XX-EXAMPLE"
CUSTOMER = "20000000000048"
COMMAND_DEADLINE_S = 120.0
ITS_DIALECT = {STRICT: "plain", RESHARE: "reshare", OLD: "plain"}


@pytest.fixture(scope="module", params=[STRICT, RESHARE, OLD], ids=lambda maker: maker.name)
def maker(request: pytest.FixtureRequest) -> Maker:
    found: Maker = request.param
    return found


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, maker: Maker) -> Iterator[Stack]:
    with Stack(tmp_path_factory.mktemp(maker.name), dialect=ITS_DIALECT[maker]) as running_stack:
        running_stack.import_items()
        running_stack.partner_process.stop()
        yield running_stack


@pytest.fixture(scope="module")
def foreign(stack: Stack, maker: Maker) -> Iterator[Foreign]:
    """A library of another maker, in the partner's place."""
    door = f"http://127.0.0.1:{stack.ports.peers}/iso18626"
    secret = (PEER, stack.secrets.partner_password)
    with running(maker, port=stack.ports.partner, symbol="XX-PARTNER", answers_to=door, secret=secret) as other:
        yield other


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


def test_a_library_of_another_maker_borrows_from_us(stack: Stack, foreign: Foreign):
    request = foreign.ask(OURS, TITLE, ISBN)
    foreign.wait_for(request, "WillSupply")
    desk(stack, request, "ship")
    loaned = foreign.wait_for(request, "Loaned").texts
    assert loaned["deliveryInfo/itemId"].isdigit()
    assert loaned["statusInfo/dueDate"]
    assert loaned["returnInfo/name"] == "Example Valley Library"
    foreign.act(OURS, request, "Received")
    foreign.act(OURS, request, "ShippedReturn")
    desk(stack, request, "check-in")
    foreign.wait_for(request, "LoanCompleted")
    about = [each.texts for each in foreign.heard if each.texts["header/requestingAgencyRequestId"] == request]
    reasons = [texts["messageInfo/reasonForMessage"] for texts in about]
    assert reasons == ["RequestResponse", "StatusChange", "StatusChange"]
    assert "#seq" not in str(stack.api.get("/requests"))


def test_we_borrow_from_a_library_of_another_maker(stack: Stack, foreign: Foreign, maker: Maker):
    order = {
        "customer": CUSTOMER,
        "name": "Reader, Rita",
        "pickup_branch": "EXC",
        "title": "A Work That Nobody Here Holds",
    }
    number = stack.api.post("/borrowing", order)["request"]

    def lent() -> dict[str, Any] | None:
        request: dict[str, Any] = stack.api.get(f"/requests/{number}")["request"]
        return request if request["state"] == "on its way" else None

    request = wait_for(lent, "Loaned in the gateway's books", COMMAND_DEADLINE_S)
    volumes = ["30000000000001", "30000000000002"] if maker is RESHARE else ["30000000000001"]
    assert request["borrowing"]["lender_items"] == volumes
    assert request["due_at"]
    stack.api.post(f"/requests/{number}/actions/ask-status", {})
    asked = wait_for(lambda: _heard(foreign, number, "requestingAgencyMessage"), "StatusRequest", COMMAND_DEADLINE_S)
    assert asked.texts["action"] == "StatusRequest"
    told = _heard(foreign, number, "request")
    assert told is not None
    assert told.texts["bibliographicInfo/title"] == order["title"]
    assert not any("patronInfo" in path for path in told.texts)
    assert not {CUSTOMER, "Rita", "Reader"} & {word for text in told.texts.values() for word in text.split()}


def _heard(foreign: Foreign, number: str, kind: str) -> Told | None:
    """The first message of a kind about a request of ours."""
    about = (each for each in foreign.heard if each.texts["header/requestingAgencyRequestId"] == number)
    return next((each for each in about if each.kind == kind), None)


def conformance(nursery: Nursery, stack: Stack, version: str, *more: str) -> tuple[int, dict[str, Any]]:
    """The command as a partner would run it against the gateway; its exit code and what it found."""
    arguments = [
        "conformance", "--json", "--peer", f"http://127.0.0.1:{stack.ports.peers}/iso18626", "--version", version,
        "--symbol", "ISIL:XX-PARTNER", "--supplier", f"ISIL:{OURS}", "--isbn", ISBN, "--title", TITLE,
        "--secret-env", "PARTNERS_SECRET", "--secret-as", "basic", "--account", PEER, *more,
    ]  # fmt: skip
    environment = environment_for({"PARTNERS_SECRET": stack.secrets.partner_password})
    run = nursery.run(("gateway.cli", *arguments), environment, COMMAND_DEADLINE_S)
    assert run.stderr.startswith("For TEST endpoints alone"), run.stderr
    return run.returncode, json.loads(run.stdout)


@pytest.mark.parametrize(
    ("version", "tally"),
    [
        ("1.2", {"accepted": 29, "repaired": 18, "refused": 13, "no answer": 0, "not as it should be": 0}),
        ("2021-2", {"accepted": 29, "repaired": 16, "refused": 13, "no answer": 0, "not as it should be": 0}),
    ],
)
def test_the_gateway_stands_its_own_probes(nursery: Nursery, tmp_path: Path, version: str, tally: dict[str, int]):
    with Stack(tmp_path, version=version) as stack:
        stack.import_items()
        stack.partner_process.stop()
        code, found = conformance(nursery, stack, version, "--listen", f"127.0.0.1:{stack.ports.partner}")
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
