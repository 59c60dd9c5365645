"""By what a request is made and found: agencies however they are written, ids that are missing or too long."""

from typing import Any

import pytest

from gateway.iso18626 import messages as iso
from gateway.iso18626 import values
from gateway.iso18626.codes import Action, ErrorType, ReasonForMessage, RequestType, ServiceType, Status
from gateway.mapping.outbound import message_for
from gateway.workflow.effects import Tell
from gateway.workflow.partners import OurLibrary
from gateway.workflow.records import State
from tests.dispatch.confirmed import count, error_of, is_ok
from tests.dispatch.house import OURS, House, action, header, request

OTHER_SPELLINGS = (
    values.AgencyId(values.Code("ISIL"), "ISIL-XX-PARTNER"),
    values.AgencyId(values.Code("ISIL"), "ISIL:XX-PARTNER"),
    values.AgencyId(values.Code(""), "ISIL:XX-PARTNER"),
)


@pytest.mark.parametrize("spelling", OTHER_SPELLINGS)
async def test_a_library_that_writes_its_symbol_in_another_way_asks_for_nothing_new(
    house: House, spelling: values.AgencyId
):
    await house.new()
    spelt = header(house.time.now(), requesting_agency_id=spelling)
    error = error_of(await house.receive(request(house.time.now(), header=spelt)))
    assert error is not None, "another message under the same id"
    assert error.error_value == "requestingAgencyRequestId R1 is in use"
    assert await count(house) == 1


@pytest.mark.parametrize("spelling", OTHER_SPELLINGS)
async def test_what_a_library_does_is_done_to_its_request_however_it_writes_its_symbol(
    house: House, spelling: values.AgencyId
):
    await house.new()
    spelt = header(house.time.now(), requesting_agency_id=spelling)
    reminder = iso.ServiceInfo(request_type=RequestType.REMINDER, service_type=ServiceType.LOAN)
    assert is_ok(await house.receive(request(house.time.now(), header=spelt, service_info=reminder)))
    assert is_ok(await house.receive(action(house.time.now(), Action.CANCEL, requesting_agency_id=spelling)))
    assert (await house.current()).state is State.CANCELLED


@pytest.mark.parametrize("nobody", [None, values.AgencyId(values.Code(""), "")], ids=["absent", "empty"])
async def test_a_request_that_names_no_supplier_is_answered_in_our_name(house: House, nobody: values.AgencyId | None):
    unnamed = header(house.time.now(), supplying_agency_id=nobody)
    loan = iso.ServiceInfo(request_type=RequestType.NEW, service_type=ServiceType.LOAN)
    message = request(house.time.now(), header=unnamed, service_info=loan)
    assert is_ok(await house.receive(message, version="2021-2"))
    known = await house.current()
    facts = Tell(
        reason=ReasonForMessage.STATUS_CHANGE,
        status=Status.LOANED,
        sent_at=house.time.now(),
        last_change=house.time.now(),
    )
    library = OurLibrary(name="Example Valley Library")
    answer = message_for(facts, known, library, version="2021-2", at=house.time.now())
    assert answer.header.supplying_agency_id == values.AgencyId.of(OURS)
    assert answer.return_info is not None
    assert answer.return_info.return_agency_id == values.AgencyId.of(OURS)


NOBODY = values.AgencyId(values.Code(""), "")
LONG = values.AgencyId(values.Code("ISIL"), "X" * 4000)
LONG_VALUE = "is longer than 255 characters"


@pytest.mark.parametrize(
    ("changes", "kind", "words"),
    [
        ({"requesting_agency_request_id": ""}, ErrorType.BADLY_FORMED_MESSAGE, "requestingAgencyRequestId is missing"),
        ({"requesting_agency_request_id": " "}, ErrorType.BADLY_FORMED_MESSAGE, "requestingAgencyRequestId is missing"),
        ({"requesting_agency_id": NOBODY}, ErrorType.BADLY_FORMED_MESSAGE, "agencyIdValue is missing"),
        ({"requesting_agency_request_id": "x" * 256}, ErrorType.UNRECOGNISED_DATA_VALUE, LONG_VALUE),
        ({"requesting_agency_id": LONG}, ErrorType.UNRECOGNISED_DATA_VALUE, LONG_VALUE),
    ],
)
async def test_ids_that_are_missing_or_too_long_to_keep_are_refused_by_name(
    house: House, changes: dict[str, Any], kind: ErrorType, words: str
):
    wrong = header(house.time.now(), **changes)
    messages = request(house.time.now(), header=wrong), iso.RequestingAgencyMessage(header=wrong, action=Action.CANCEL)
    for message in messages:
        error = error_of(await house.receive(message, peer="peer-two"))
        assert error is not None
        assert error.error_type is kind
        assert error.error_value is not None
        assert error.error_value.endswith(words)
        assert len(error.error_value) < 120, "no more of the text than shows which it is"
    assert await count(house) == 0


async def test_the_longest_id_is_kept_and_our_number_alone_is_enough_for_an_action(house: House):
    known = await house.new("x" * 255)
    by_ours = action(house.time.now(), Action.CANCEL, number="", supplying_agency_request_id=known.id)
    assert is_ok(await house.receive(by_ours))
