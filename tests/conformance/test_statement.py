"""CONFORMANCE.md says what the tables say, and what it is derived from is complete."""

from pathlib import Path

import pytest

from gateway.cli import main
from gateway.conformance.asked import actions_said
from gateway.conformance.elements import complete, filled_paths, places, read_paths
from gateway.conformance.statement import AT_THE_DOOR, BEGIN, END, put_into, sent_paths, used_paths
from gateway.conformance.told import moves
from gateway.iso18626.codec import decode, encode
from gateway.iso18626.codes import Action, MessageKind, Version
from gateway.iso18626.messages import kind_of
from gateway.iso18626.schema import problems

FILE = Path(__file__).parents[2] / "CONFORMANCE.md"
KINDS = [(kind, version) for kind in MessageKind for version in Version]
SECRET = ("patronInfo/", "header/requestingAgencyAuthentication/")


def test_the_statement_is_the_tables_own():
    """If this fails because a table has changed: ill-gateway statement --into CONFORMANCE.md."""
    text = FILE.read_text()
    assert put_into(text) == text, "run: ill-gateway statement --into CONFORMANCE.md"


@pytest.mark.parametrize(("kind", "version"), KINDS)
def test_a_complete_message_is_valid_and_has_every_element(kind, version):
    column = 0 if version is Version.V1_2 else 1
    expected = {place.path for place in places(kind) if place.kind is not None and place.marks[column] != "-"}
    found: set[str] = set()
    for form in (0, 1):
        message = complete(kind, version, form)
        data = encode(message, version)
        assert problems(data, version) == []
        assert decode(data).message == message
        assert kind_of(message) is kind
        paths = filled_paths(message, kind, version)
        assert all(f"<{path.rpartition('/')[2]}".encode() in data for path in paths)
        found |= paths
    assert found == expected


@pytest.mark.parametrize(("kind", "version"), KINDS)
def test_a_reader_of_everything_is_found_to_read_everything(kind, version):
    everything = frozenset().union(*(filled_paths(complete(kind, version, form), kind, version) for form in (0, 1)))
    assert read_paths(kind, version, lambda message: message) == everything
    assert read_paths(kind, version, lambda _: None) == frozenset()


def test_what_the_door_looks_at_are_elements():
    for kind, paths in AT_THE_DOOR.items():
        assert paths.keys() <= {place.path for place in places(kind)}


@pytest.mark.parametrize(("kind", "version"), KINDS)
def test_nothing_of_a_person_and_no_secret_is_sent_and_nothing_of_a_person_is_used(kind, version):
    assert not any(path.startswith(SECRET) for path in sent_paths(kind, version))
    assert not any(path.startswith("patronInfo/") for path in used_paths(kind, version))


def test_some_things_that_are_known_to_be_so():
    used = used_paths(MessageKind.REQUEST, Version.V1_2)
    assert {
        "bibliographicInfo/title",
        "requestedDeliveryInfo/sortOrder",
        "requestingAgencyInfo/address/physicalAddress/line1",
        "serviceInfo/requestType",
    } <= used
    assert not {"bibliographicInfo/sponsor", "header/multipleItemRequestId"} & used
    told = {version: sent_paths(MessageKind.SUPPLYING_AGENCY_MESSAGE, version) for version in Version}
    assert "deliveryInfo/sentVia" in told[Version.V1_2] - told[Version.V2021_2]
    assert "retryInfo/loanCondition" in told[Version.V2021_2]
    heard = used_paths(MessageKind.SUPPLYING_AGENCY_MESSAGE, Version.V2021_2)
    assert {"deliveryInfo/URL", "deliveryInfo/deliveryCosts/monetaryValue", "messageInfo/answerYesNo"} <= heard


def test_where_actions_lead():
    assert moves(Action.NOTIFICATION) == ()
    (renew,) = moves(Action.RENEW)
    assert (set(renew.states), renew.to) == ({"loaned", "overdue"}, "renewing")
    assert Action.SHIPPED_FORWARD not in actions_said()
    assert {Action.RECEIVED, Action.RENEW, Action.CANCEL, Action.SHIPPED_RETURN} <= set(actions_said())


def test_the_command_brings_a_file_up_to_date(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    stale = tmp_path / "stale.md"
    stale.write_text(f"before {BEGIN}old{END} after")
    assert main(["statement", "--into", str(stale)]) == 0
    text = stale.read_text()
    assert text.startswith(f"before {BEGIN}\n## ")
    assert text.endswith(f"\n{END} after")
    assert main(["statement"]) == 0
    assert capsys.readouterr().out.strip() in text
    other = tmp_path / "other.md"
    other.write_text("no marks")
    assert main(["statement", "--into", str(other)]) == 1
    assert "are not there" in capsys.readouterr().err
