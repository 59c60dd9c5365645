"""Our requests and what we tell lenders, as messages: valid in both versions, saying what was asked and nothing of the customer."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.iso18626 import messages as iso
from gateway.iso18626.codec import decode, encode
from gateway.iso18626.codes import Action, RequestType, ServiceType, Version, YesNo
from gateway.iso18626.dialects import DIALECTS, encode_for
from gateway.iso18626.notes import Tokens
from gateway.iso18626.schema import problems
from gateway.mapping.inbound import ACTIONS, addresses_of, electronic_address, max_cost, postal_address
from gateway.mapping.inbound import wanted as wanted_of
from gateway.mapping.requested import action_message, request_message
from gateway.workflow.borrowing_records import Borrowing, LenderLine
from gateway.workflow.effects import SendAction, SendRequest
from gateway.workflow.partners import OurLibrary
from gateway.workflow.records import Request, Role, State
from gateway.workflow.values import Identifier, Money, PostalAddress, Wanted
from tests.fakes.examples import examples
from tests.iso18626.strategies import ANY_TEXT, SOME_TEXT

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
NEED_BEFORE = datetime(2026, 12, 24, tzinfo=UTC)
NUMBER = "B-27K3M-9QXT2"
VERSIONS = list(Version)
LIBRARY = OurLibrary(
    name="Example Valley Library",
    department="Interlibrary Loan",
    address=PostalAddress(line1="1 Example Street", locality="Exampleton", postal_code="00001", region="EX", country="XX"),
)  # fmt: skip
FIRST, SECOND = (
    LenderLine(partner=f"{name}-city", peer=f"{name}-system", agency=f"ISIL:XX-{name.upper()}")
    for name in ("sample", "other")
)
EVERYTHING = Wanted(
    title="The Imaginary Almanac",
    author="Example, Ann",
    record_id="ex000001",
    identifiers=(
        Identifier(code="ISBN", value="9780000000002"),
        Identifier(code="oclc", value="000000001"),
        Identifier(code="PMID", value="1"),
        Identifier(code="DOI", value="10.0000/example"),
    ),
    edition="2nd",
    volumes=("2",),
    issue="3",
    pages="4-5",
    article_title="On Almanacs",
    article_author="Sample, Sam",
    publisher="Example Press",
    published="1998",
)


def request(*asked: LenderLine, number_there: str | None = None, **fields: Any) -> Request:
    """A request of ours that these lenders were asked for; the last has it."""
    borrowed = {name: fields.pop(name) for name in ("copyright", "any_edition") if name in fields}
    given: dict[str, Any] = {
        "id": NUMBER,
        "role": Role.BORROWING,
        "state": State.ASKING,
        "peer": "sample-system",
        "requesting_agency": "ISIL:XX-EXAMPLE",
        "supplying_agency": "",
        "partner_request_id": NUMBER,
        "created_at": AT,
        "updated_at": AT,
        "state_since": AT,
        "wanted": EVERYTHING,
        "borrowing": Borrowing(
            pickup_branch="EAST", asked=asked or (FIRST,), lender_request_id=number_there, **borrowed
        ),
    }
    return Request(**(given | fields))


def build(of: Request, kind: RequestType = RequestType.NEW, version: str = Version.V1_2, attempt: int = 1) -> Any:
    effect = SendRequest(kind=kind, attempt=attempt, lender=of.borrowed.asked[attempt - 1])
    return request_message(effect, of, LIBRARY, version=version, at=AT)


def on_the_wire(message: iso.Message, version: str = Version.V1_2, dialect: str = "plain") -> Any:
    """What the lender reads; fails where the schema would."""
    data = encode_for(DIALECTS[dialect], message, version)
    assert problems(data, version) == []
    return decode(data).message


def test_the_lender_is_asked_by_the_number_that_its_catalogue_has():
    numbered = LenderLine(partner="sample-city", peer="sample-system", agency="ISIL:XX-SAMPLE", record_id="theirs-7")
    asked = on_the_wire(build(request(numbered)))
    assert asked.bibliographic_info.supplier_unique_record_id == "theirs-7"
    again = on_the_wire(build(request(numbered, numbered), RequestType.RETRY, attempt=2))
    assert again.bibliographic_info.supplier_unique_record_id == "ex000001", "the record that the lender proposed"


@pytest.mark.parametrize("version", VERSIONS)
def test_what_is_wanted_is_asked_for_in_both_versions(version: Version):
    asked = request(
        level="rush", need_before=NEED_BEFORE, note="For the reading room.", copyright="us-ccl", any_edition=False,
        max_cost=Money(amount=Decimal("12.50"), currency="EUR"),
    )  # fmt: skip
    read = on_the_wire(build(asked, version=version), version)
    assert msgspec.structs.replace(wanted_of(read), identifiers=()) == msgspec.structs.replace(
        EVERYTHING, identifiers=()
    )
    assert {(each.code, each.value) for each in wanted_of(read).identifiers} == {
        (each.code, each.value) for each in EVERYTHING.identifiers
    }
    service = read.service_info
    assert (service.request_type, service.service_type, service.any_edition) == (
        RequestType.NEW,
        ServiceType.LOAN,
        YesNo.N,
    )
    assert (service.service_level.value, service.copyright_compliance.value) == ("Rush", "US-CCL")
    assert (service.need_before_date, service.note) == (NEED_BEFORE, "For the reading room.")
    assert read.requesting_agency_info.name == "Example Valley Library"
    assert max_cost(read.billing_info) == asked.max_cost


def test_numbers_of_records_and_of_publications_stand_where_the_open_lists_have_them():
    info = build(request()).bibliographic_info
    codes = [each.bibliographic_record_identifier_code.value for each in info.bibliographic_record_ids]
    assert codes == ["oclc", "PMID"]
    assert [each.bibliographic_item_identifier_code.value for each in info.bibliographic_item_ids] == ["ISBN", "DOI"]


def test_a_level_and_a_compliance_of_a_librarys_own_go_out_as_they_are():
    service = build(request(level="Overnight", copyright="Local rule")).service_info
    assert (service.service_level.value, service.service_level.scheme) == ("Overnight", None)
    assert (service.copyright_compliance.value, service.copyright_compliance.scheme) == ("Local rule", None)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("kind", list(RequestType))
def test_each_attempt_has_its_own_number_and_only_a_retry_names_the_one_before(kind: RequestType, version: Version):
    read = on_the_wire(build(request(FIRST, SECOND, SECOND), kind, version, attempt=3), version)
    header, service = read.header, read.service_info
    assert header.requesting_agency_request_id == f"{NUMBER}.3"
    assert service.requesting_agency_previous_request_id == (f"{NUMBER}.2" if kind is RequestType.RETRY else None)
    assert service.request_type is kind
    assert header.supplying_agency_id.key() == "isil:xx-other"
    assert header.requesting_agency_id.key() == "isil:xx-example"


def header_of(message: iso.Message) -> iso.Header:
    assert isinstance(message, iso.RequestingAgencyMessage)
    return message.header


def test_the_lenders_own_number_goes_to_the_lender_that_gave_it_and_to_no_other():
    of = request(FIRST, SECOND, number_there="S-2")
    now = SendAction(action=Action.RECEIVED, attempt=2, lender=SECOND)
    before = SendAction(action=Action.CANCEL, attempt=1, lender=FIRST)
    assert header_of(action_message(now, of, at=AT)).supplying_agency_request_id == "S-2"
    former = header_of(action_message(before, of, at=AT))
    assert (former.supplying_agency_request_id, former.requesting_agency_request_id) == (None, NUMBER)
    assert former.supplying_agency_id is not None
    assert former.supplying_agency_id.key() == "isil:xx-sample"


@pytest.mark.parametrize("dialect", list(DIALECTS))
@pytest.mark.parametrize("version", VERSIONS)
def test_every_action_is_valid_and_says_what_was_meant(version: Version, dialect: str):
    for action in Action:
        effect = SendAction(action=action, attempt=1, lender=FIRST, note="Words.")
        read = on_the_wire(action_message(effect, request(number_there="S-1"), at=AT), version, dialect)
        assert read.header.requesting_agency_request_id == NUMBER
        if read.action is Action.NOTIFICATION and action is not Action.NOTIFICATION:
            assert len(read.note) > len("Words."), f"{action} is told in words where it can't be said"
        else:
            assert read.action is action
        assert "Words." in read.note


@pytest.mark.parametrize("dialect", list(DIALECTS))
def test_an_action_that_the_lender_did_not_take_is_said_in_words(dialect: str):
    effect = SendAction(
        action=Action.NOTIFICATION, in_place_of=Action.RENEW, attempt=1, lender=FIRST, note="For a class."
    )
    read = on_the_wire(action_message(effect, request(), at=AT), Version.V1_2, dialect)
    assert (read.action, read.note) == (Action.NOTIFICATION, "Please renew this loan. For a class.")


@pytest.mark.parametrize("accepted", [True, False])
@pytest.mark.parametrize("dialect", ["reshare", "koha", "broker", "illiad", "plain"])
def test_the_answer_to_conditions_reaches_a_system_that_has_a_word_for_it(dialect: str, accepted: bool):  # noqa: FBT001
    effect = SendAction(action=Action.NOTIFICATION, attempt=1, lender=FIRST, note="Our answer.", accepted=accepted)
    spoken = DIALECTS[dialect]
    data = encode_for(
        spoken, action_message(effect, request(), at=AT), Version.V1_2, Tokens(condition_accepted=accepted)
    )
    read = decode(data).message
    assert isinstance(read, iso.RequestingAgencyMessage)
    note = read.note
    has_word = spoken.tokens or spoken.answers_in_words
    assert (note != "Our answer.") == has_word
    assert note is not None
    assert "Our answer." in note


def test_every_action_of_ours_is_one_that_a_lender_like_us_acts_on():
    assert set(ACTIONS) == set(Action)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_loan_comes_to_the_department_and_a_copy_by_mail_where_that_is_taken(version: Version):
    def delivery(**fields: Any) -> tuple[PostalAddress | None, str | None, list[int]]:
        read = on_the_wire(build(request(**fields), version=version), version)
        order = [each.sort_order for each in read.requested_delivery_infos]
        return postal_address(addresses_of(read)), electronic_address(addresses_of(read)), order

    mail, branch = "ill@library.example", PostalAddress(line1="2 Branch Road", country="XX")
    assert delivery(deliver_by_mail_to=mail) == (LIBRARY.address, None, [1])
    assert delivery(deliver_to=branch) == (branch, None, [1])
    assert delivery(service=ServiceType.COPY) == (LIBRARY.address, None, [1])
    assert delivery(service=ServiceType.COPY, deliver_by_mail_to=mail) == (LIBRARY.address, mail, [1, 2])


def test_nothing_is_said_of_the_customer():
    for kind in RequestType:
        message = build(request(FIRST, FIRST, service=ServiceType.COPY), kind, attempt=2)
        assert message.patron_info is None
        assert b"patron" not in encode(message, Version.V1_2).lower()


TEXT = st.none() | ANY_TEXT
WANTED = st.builds(
    Wanted,
    title=TEXT, author=TEXT, record_id=TEXT, edition=TEXT, issue=TEXT, pages=TEXT, article_title=TEXT,
    article_author=TEXT, publisher=TEXT, published=TEXT, volumes=st.lists(SOME_TEXT, max_size=2).map(tuple),
    identifiers=st.lists(st.builds(Identifier, code=SOME_TEXT, value=SOME_TEXT), max_size=3).map(tuple),
)  # fmt: skip


ASKED = st.fixed_dictionaries(
    {"wanted": WANTED, "note": TEXT, "level": TEXT, "copyright": TEXT, "service": st.sampled_from(ServiceType)}
)


@pytest.mark.parametrize("version", VERSIONS)
@examples(50)
@given(asked=ASKED)
def test_whatever_intake_lets_through_can_be_asked_for(version: Version, asked: dict[str, Any]):
    read = on_the_wire(build(request(**asked), version=version), version)
    assert read.header.requesting_agency_request_id == NUMBER


@pytest.mark.parametrize(("version", "volumes"), [(Version.V1_2, ("2, 5",)), (Version.V2021_2, ("2", "5"))])
def test_several_volumes_are_asked_for_where_a_version_has_room_for_one(version: Version, volumes: tuple[str, ...]):
    wanted = Wanted(title="The Imaginary Almanac", volumes=("2", "5"))
    read = on_the_wire(build(request(wanted=wanted), version=version), version)
    assert read.bibliographic_info.volumes == volumes
