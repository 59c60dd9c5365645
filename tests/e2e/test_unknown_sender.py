"""A library that nobody knows asks, over sockets: its request waits for an approval, and goes on with it.

Once through a system that is known, once from one that shows nothing of who it is.
"""

from collections.abc import Iterator

import pytest

from gateway.demo.stage.scene import Scene
from gateway.demo.stage.stack import Stack
from gateway.demo.stage.stack_config import PARTNER_ACCOUNT, PEER
from gateway.iso18626.codes import ErrorType, MessageStatus
from tests.fakes.stranger import NAME, ask

NEWCOMER = "ISIL:XX-NEWCOMER"
STRANGER = "ISIL:XX-STRANGER"
TITLES = {"title": "The Imaginary Almanac", "record_id": "ex000001"}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The partner's system speaks for a library that isn't among our partners; strangers may leave requests."""
    stack = Stack(tmp_path_factory.mktemp("stack"), partner_arguments=("--agency", NEWCOMER))
    written = stack.config.read_text(encoding="utf-8")
    stack.config.write_text(written.replace("[lending]\n", '[lending]\nunknown_peer = "approve"\n'), encoding="utf-8")
    with stack:
        stack.import_items()
        yield stack


def kept(stack: Stack, agency: str, number: str) -> str:
    """Our id of the request that waits for an approval."""
    listed = stack.api.get("/requests?state=awaiting%20approval")["requests"]
    (line,) = [each for each in listed if each["partner_request_id"] == number]
    assert line["partner"] == agency, "it has no partner yet"
    return str(line["id"])


def test_a_new_library_of_a_known_system(stack: Stack):
    scene = Scene(stack, stack.api, TITLES)
    refused = stack.partner.post("/requests", TITLES)
    assert refused["sent"][0]["sending"] != "confirmed", "its system may not speak for it"
    stack.command("peers", "change", PEER, "agencies=*")
    asked = stack.partner.post("/requests", TITLES)
    scene.partner_id = asked["id"]
    scene.our_id = kept(stack, NEWCOMER, asked["id"])
    assert [task["kind"] for task in scene.shown()["tasks"]] == ["approve partner"]
    said = stack.command("partners", "approve", scene.our_id, f"account={PARTNER_ACCOUNT}", "auto_answer=both")
    assert scene.our_id in said
    scene.until_told("WillSupply")
    shown = stack.api.get("/partners/xx-newcomer")["partner"]
    assert (shown["name"], shown["address"]["locality"]) == ("Sample Valley Library", "Sample Valley")
    assert scene.request()["partner"] == "xx-newcomer"


def test_a_system_that_shows_nothing(stack: Stack):
    status, confirmation = ask(stack, STRANGER, "S-1")
    assert confirmation is not None
    assert (status, confirmation.confirmation_header.message_status) == (200, MessageStatus.OK)
    our_id = kept(stack, STRANGER, "S-1")
    stack.command(
        "partners", "approve", our_id, f"peer={PEER}", f"account={PARTNER_ACCOUNT}", "auto_answer=both",
        "address.country=XX",
    )  # fmt: skip
    scene = Scene(stack, stack.api, TITLES)
    scene.our_id = our_id
    scene.until_state("will supply")
    request = scene.request()
    assert (request["partner"], request["peer"]) == ("xx-stranger", PEER)
    shown = stack.api.get("/partners/xx-stranger")["partner"]
    assert shown["name"] == NAME


def test_who_shows_something_wrong_or_speaks_for_a_partner_is_no_stranger(stack: Stack):
    assert ask(stack, "ISIL:XX-OTHER", "S-2", authorization="Bearer wrong")[0] == 401
    status, confirmation = ask(stack, "ISIL:XX-PARTNER", "S-3")
    assert confirmation is not None
    assert (status, [error.error_type for error in confirmation.errors]) == (200, [ErrorType.UNRECOGNISED_DATA_VALUE])
