"""What the demonstration partner writes is valid in both versions, and says what was wished for."""

from datetime import timedelta
from decimal import Decimal

import pytest

from gateway.demo.partner import messages
from gateway.demo.partner.records import Page, Wish
from gateway.demo.partner.settings import PartnerSettings
from gateway.iso18626.codec import decode, encode
from gateway.iso18626.codes import Action, RequestType, ServiceType, Version
from gateway.iso18626.errors import Inexpressible
from gateway.iso18626.schema import problems
from tests.demo.partner.supplier import NOW

WISH = Wish(
    title="The Imaginary Almanac",
    author="Placeholder, Ada",
    isbn="9780000000019",
    oclc="9990000001",
    record_id="ex000001",
    level="rush",
    need_before=NOW + timedelta(days=20),
    note="Any edition.",
    max_cost=Decimal("12.50"),
)
PAGE = Page(id="A-1", wish=WISH, supplier_id="OUR-1")


@pytest.mark.parametrize("version", Version)
@pytest.mark.parametrize("kind", RequestType)
def test_a_request_comes_through_the_wire(kind: RequestType, version: Version):
    settings = PartnerSettings(version=version)
    message = messages.request(settings, PAGE, kind, NOW)
    data = encode(message, version)
    assert problems(data, version) == []
    assert decode(data).message == message
    assert message.service_info is not None
    assert (message.service_info.request_type, message.service_info.service_type) == (kind, ServiceType.LOAN)


@pytest.mark.parametrize("version", Version)
@pytest.mark.parametrize("action", Action)
def test_an_action_comes_through_the_wire_where_the_version_has_it(action: Action, version: Version):
    message = messages.action(PartnerSettings(version=version), PAGE, action, "A note.", NOW)
    if version is Version.V1_2 and action in {Action.LOST, Action.HOLD_RETURN}:
        with pytest.raises(Inexpressible):
            encode(message, version)
        return
    assert decode(encode(message, version)).message == message
    assert message.header.supplying_agency_request_id == "OUR-1"


def test_a_retry_names_the_request_before_it():
    page = Page(id="A-2", wish=WISH, previous_id="A-1")
    message = messages.request(PartnerSettings(), page, RequestType.RETRY, NOW)
    assert message.service_info is not None
    assert message.service_info.requesting_agency_previous_request_id == "A-1"


def test_an_unlisted_level_is_written_as_it_is():
    message = messages.request(PartnerSettings(), Page(id="A-1", wish=Wish(level="Yesterday")), RequestType.NEW, NOW)
    assert message.service_info is not None
    assert message.service_info.service_level is not None
    assert (message.service_info.service_level.value, message.service_info.service_level.scheme) == ("Yesterday", None)
