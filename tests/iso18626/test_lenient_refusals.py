"""What can not be understood is refused by an error that names it; whatever comes is read or refused, and can be answered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from gateway.iso18626 import messages as m
from gateway.iso18626.codec import decode, encode
from gateway.iso18626.codes import ErrorType, MessageKind, Version
from gateway.iso18626.confirm import confirm
from gateway.iso18626.errors import ProtocolError
from gateway.iso18626.schema import problems
from gateway.iso18626.values import AgencyId, Code
from tests.fakes.examples import examples
from tests.iso18626.samples import NOW, NS, SAMPLES, sample, without

MANDATORY = [
    ("request-1.2", "header"),
    ("request-1.2", "requestingAgencyId"),
    ("request-1.2", "timestamp"),
    ("request-1.2", "requestingAgencyRequestId"),
    ("request-1.2", "bibliographicInfo"),
    ("request-1.2", "serviceType"),
    ("retry-possible-1.2", "messageInfo"),
    ("retry-possible-1.2", "reasonForMessage"),
    ("renew-1.2", "action"),
    ("request-confirmation-1.2", "confirmationHeader"),
    ("request-confirmation-1.2", "messageStatus"),
    ("supplying-confirmation-1.2", "errorType"),
]


@pytest.mark.parametrize(("name", "element"), MANDATORY)
def test_a_mandatory_part_that_is_missing_is_an_error_that_names_it(name, element):
    with pytest.raises(ProtocolError) as caught:
        decode(without(name, element))
    assert caught.value.error_type is ErrorType.BADLY_FORMED_MESSAGE
    assert element in caught.value.error_value
    assert caught.value.kind == etree.QName(etree.fromstring(SAMPLES[name])[0]).localname


VALUES = [
    ("renew-1.2", ">Renew<", ErrorType.UNSUPPORTED_ACTION_TYPE, "action: Juggle"),
    (
        "retry-possible-1.2",
        ">RequestResponse<",
        ErrorType.UNSUPPORTED_REASON_FOR_MESSAGE_TYPE,
        "reasonForMessage: Juggle",
    ),
    ("retry-possible-1.2", ">RetryPossible<", ErrorType.UNRECOGNISED_DATA_VALUE, "status: Juggle"),
    ("request-1.2", ">CopyOrLoan<", ErrorType.UNRECOGNISED_DATA_VALUE, "serviceType: Juggle"),
    ("request-1.2", ">35.00<", ErrorType.UNRECOGNISED_DATA_VALUE, "monetaryValue: Juggle"),
    ("renew-1.2", ">2024-06-01T09:00:00Z<", ErrorType.UNRECOGNISED_DATA_VALUE, "timestamp: Juggle"),
    ("request-1.2", "<sendToPatron>N<", ErrorType.UNRECOGNISED_DATA_VALUE, "sendToPatron: (not shown)"),
]


@pytest.mark.parametrize(("name", "old", "error_type", "error_value"), VALUES)
def test_a_value_that_is_not_understood_is_named_but_no_secret_is_quoted(name, old, error_type, error_value):
    with pytest.raises(ProtocolError) as caught:
        decode(sample(name, (old, f"{old.partition('>')[0]}>Juggle<")))
    assert (caught.value.error_type, caught.value.error_value) == (error_type, error_value)


def test_an_error_carries_what_of_the_header_can_be_read():
    broken = sample("renew-1.2", (">2024-06-01T09:00:00Z<", ">yesterday<"), (">Renew<", ">Juggle<"))
    with pytest.raises(ProtocolError) as caught:
        decode(broken)
    assert caught.value.kind is MessageKind.REQUESTING_AGENCY_MESSAGE
    header = caught.value.header
    assert header.requesting_agency_id == AgencyId(Code("ISIL"), "XX-SAMPLETON")
    assert (header.requesting_agency_request_id, header.supplying_agency_request_id) == ("SAMPLE-0001", "EV-17")
    assert header.authentication == m.Authentication(account_id="sampleton", security_code="open-sesame")
    assert header.timestamp is None


ENVELOPES = [
    ("<ISO18626Message/>", ErrorType.BADLY_FORMED_MESSAGE),
    ("<ISO18626Message>request</ISO18626Message>", ErrorType.BADLY_FORMED_MESSAGE),
    ("<ISO18626Message><request/><request/></ISO18626Message>", ErrorType.BADLY_FORMED_MESSAGE),
    ("<ISO18626Message><haiku/></ISO18626Message>", ErrorType.UNRECOGNISED_DATA_ELEMENT),
    ("<html/>", ErrorType.BADLY_FORMED_MESSAGE),
    (f'<timestamp xmlns="{NS}">2024-01-01T00:00:00Z</timestamp>', ErrorType.BADLY_FORMED_MESSAGE),
]


@pytest.mark.parametrize(("document", "error_type"), ENVELOPES)
def test_an_envelope_without_exactly_one_message_is_refused(document, error_type):
    with pytest.raises(ProtocolError) as caught:
        decode(document.encode())
    assert (caught.value.error_type, caught.value.kind) == (error_type, None)


# A few pieces of messages, right and wrong, that hypothesis puts together in any way it likes.
NAMES = sorted(
    {etree.QName(each).localname for data in SAMPLES.values() for each in etree.fromstring(data).iter(etree.Element)}
)
TEXTS = [
    "",
    " ",
    "x",
    "Renew",
    "Loaned",
    "Y",
    "USD",
    "-1",
    "2024-01-01",
    "2024-05-06T07:08:09Z",
    "0000-00-00T00:00:00Z",
]
LEAVES = st.builds(lambda name, text: f"<{name}>{text}</{name}>", st.sampled_from(NAMES), st.sampled_from(TEXTS))
PIECES = st.recursive(
    LEAVES,
    lambda inner: st.builds(
        lambda name, children: f"<{name}>{''.join(children)}</{name}>",
        st.sampled_from(NAMES),
        st.lists(inner, max_size=6),
    ),
    max_leaves=25,
)


@examples(300)
@given(kind=st.sampled_from(list(MessageKind)), pieces=st.lists(PIECES, max_size=5), qualified=st.booleans())
def test_whatever_is_in_a_message_it_is_read_or_refused_and_can_be_answered(kind, pieces, qualified):
    namespace = f' xmlns="{NS}"' if qualified else ""
    assert_read_or_refused(f"<ISO18626Message{namespace}><{kind}>{''.join(pieces)}</{kind}></ISO18626Message>".encode())


@examples(300)
@given(name=st.sampled_from(sorted(SAMPLES)), data=st.data())
def test_a_sample_with_a_part_of_another_in_it_is_read_or_refused_and_can_be_answered(name, data):
    root = etree.fromstring(SAMPLES[name])
    donors = list(etree.fromstring(SAMPLES[data.draw(st.sampled_from(sorted(SAMPLES)))]).iter(etree.Element))
    places = list(root.iter(etree.Element))
    for _ in range(data.draw(st.integers(1, 3))):
        target = data.draw(st.sampled_from(places))
        target.insert(data.draw(st.integers(0, len(target))), data.draw(st.sampled_from(donors)))
    assert_read_or_refused(etree.tostring(root))


def assert_read_or_refused(document: bytes) -> None:
    """Nothing but ProtocolError; what is invalid leaves a record; what came can be confirmed in either version."""
    answered = read_or_refused(document)
    if isinstance(answered, ProtocolError | m.Request | m.SupplyingAgencyMessage | m.RequestingAgencyMessage):
        for version in Version:
            assert decode(encode(confirm(answered, now=NOW, version=version), version)).repairs == ()


def read_or_refused(document: bytes) -> m.Message | ProtocolError:
    try:
        decoded = decode(document)
    except ProtocolError as error:
        return error
    assert decoded.repairs or not problems(document, decoded.version), "a violation was read without a record"
    return decoded.message
