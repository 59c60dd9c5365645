"""Every deviation that iso18626.md lists under "Be liberal" is read, and recorded."""

from datetime import UTC, datetime

import pytest
from lxml import etree

from gateway.iso18626 import messages as m
from gateway.iso18626.codec import Decoded, decode
from gateway.iso18626.codes import Action, ErrorType, MessageStatus, Version
from gateway.iso18626.repairs import RepairKind as Kind
from gateway.iso18626.values import AgencyId, Code
from tests.iso18626.samples import NOW, NS, SAMPLES, sample, without

ISSN = "<bibliographicItemIdentifierCode>ISSN</bibliographicItemIdentifierCode>"
ISBN = "<ill:bibliographicItemIdentifier>9780000000002</ill:bibliographicItemIdentifier>"


def kinds(decoded: Decoded) -> set[Kind]:
    return {repair.kind for repair in decoded.repairs}


def original(name: str) -> m.Message:
    return decode(SAMPLES[name]).message


def sam(data: bytes) -> m.SupplyingAgencyMessage:
    message = decode(data).message
    assert isinstance(message, m.SupplyingAgencyMessage)
    return message


# name of the sample, what is changed in it, what is recorded: the message stays the same.
SAME_MESSAGE = {
    "another namespace": ("request-1.2", [(NS, "urn:somebody:else")], {Kind.NAMESPACE, Kind.ATTRIBUTE}),
    "the version unqualified": ("renew-1.2", [("ill:version", "version")], {Kind.ATTRIBUTE}),
    "the version missing": ("renew-1.2", [(' ill:version="1.2"', "")], {Kind.ATTRIBUTE}),
    "schema for scheme": ("request-1.2", [("ill:scheme=", "schema=")], {Kind.ATTRIBUTE}),
    "schema for scheme, qualified": ("request-1.2", [("ill:scheme=", "ill:schema=")], {Kind.ATTRIBUTE}),
    "the scheme unqualified": ("request-1.2", [("ill:scheme=", "scheme=")], {Kind.ATTRIBUTE}),
    "an attribute nobody knows": ("renew-1.2", [("<header>", '<header mood="good">')], {Kind.ATTRIBUTE}),
    "an empty answer": (
        "loaned-1.2",
        [("</ns1:reasonForMessage>", "</ns1:reasonForMessage><ns1:answerYesNo/>")],
        {Kind.EMPTY_ELEMENT},
    ),
    "an answer of blanks": (
        "loaned-1.2",
        [("</ns1:reasonForMessage>", "</ns1:reasonForMessage><ns1:answerYesNo> </ns1:answerYesNo>")],
        {Kind.EMPTY_ELEMENT},
    ),
    "an empty date": ("retry-possible-1.2", [("<lastChange>", "<dueDate/><lastChange>")], {Kind.EMPTY_ELEMENT}),
    "an empty delivery": (
        "retry-possible-1.2",
        [("</statusInfo>", "</statusInfo><deliveryInfo/>")],
        {Kind.EMPTY_ELEMENT},
    ),
    "an empty address": (
        "request-1.2",
        [("<contactName>The ILL desk</contactName>", "<contactName>The ILL desk</contactName><address/>")],
        {Kind.EMPTY_ELEMENT},
    ),
    "no multipleItemRequestId": ("request-1.2", [("<multipleItemRequestId/>", "")], {Kind.MISSING_ELEMENT}),
    "a confirmationHeader where a header is meant": (
        "renew-1.2",
        [("header>", "confirmationHeader>")],
        {Kind.RENAMED_ELEMENT},
    ),
    "a header where a confirmationHeader is meant": (
        "requesting-confirmation-1.2",
        [("confirmationHeader>", "header>")],
        {Kind.RENAMED_ELEMENT},
    ),
    "an action inside the confirmation header": (
        "requesting-confirmation-1.2",
        [
            ("    <action>Renew</action>\n", ""),
            ("</messageStatus>", "</messageStatus><action>Renew</action>"),
        ],
        {Kind.MISPLACED_ELEMENT},
    ),
    "the code before the identifier": (
        "request-1.2",
        [
            ("<bibliographicItemIdentifier>0000-0000</bibliographicItemIdentifier>", ""),
            (
                ISSN,
                f"{ISSN}<bibliographicItemIdentifier>0000-0000</bibliographicItemIdentifier>",
            ),
        ],
        {Kind.ORDER},
    ),
    "an identifier before the code": (
        "request-2021-2",
        [
            (ISBN, ""),
            (
                "<ill:bibliographicItemIdentifierCode>",
                f"{ISBN}<ill:bibliographicItemIdentifierCode>",
            ),
        ],
        {Kind.ORDER},
    ),
    "an unknown element": ("renew-1.2", [("<action>", "<mood>good</mood><action>")], {Kind.UNKNOWN_ELEMENT}),
    "a nest of unknown elements": (
        "renew-1.2",
        [("<action>", "<a><action>Cancel</action></a><action>")],
        {Kind.UNKNOWN_ELEMENT},
    ),
    "an unknown element beside the message": (
        "renew-1.2",
        [("<requestingAgencyMessage>", "<extension/><requestingAgencyMessage>")],
        {Kind.UNKNOWN_ELEMENT},
    ),
    "an element of the other version": (
        "loaned-1.2",
        [("ns1:sentVia>", "ns1:deliveryMethod>"), ("ns1:deliveredFormat>", "ns1:itemFormat>")],
        {Kind.OTHER_VERSION},
    ),
    "text between elements": ("renew-1.2", [("<action>", "now: <action>")], {Kind.STRAY_TEXT}),
    "a code in small letters": ("renew-1.2", [(">Renew<", ">renew<")], {Kind.VALUE_FORM}),
    "a code between blanks": ("renew-1.2", [(">Renew<", ">\n Renew\n<")], {Kind.VALUE_FORM}),
    "a truth value in capitals": ("loaned-1.2", [(">false<", ">False<")], {Kind.VALUE_FORM}),
    "an amount with a comma": ("loaned-1.2", [(">4.5<", ">4,5<")], {Kind.VALUE_FORM}),
    "a zone without a colon": ("renew-1.2", [("09:00:00Z", "09:00:00+0000")], {Kind.TIME_FORM}),
    "a blank for the T": ("renew-1.2", [("2024-06-01T09:00:00Z", "2024-06-01 09:00:00Z")], {Kind.TIME_FORM}),
    "a time between blanks": ("renew-1.2", [("09:00:00Z", "09:00:00Z ")], set()),
    "no zone": ("renew-1.2", [("09:00:00Z", "09:00:00")], {Kind.TIME_WITHOUT_ZONE}),
    "a fraction of nothing": ("renew-1.2", [("09:00:00Z", "09:00:00.0Z")], set()),
    "nanoseconds": ("renew-1.2", [("09:00:00Z", "09:00:00.000000001Z")], {Kind.TIME_PRECISION}),
}


@pytest.mark.parametrize(("name", "changes", "recorded"), SAME_MESSAGE.values(), ids=SAME_MESSAGE)
def test_a_deviation_changes_nothing_but_the_record(name, changes, recorded):
    decoded = decode(sample(name, *changes))
    assert decoded.message == original(name)
    assert kinds(decoded) == recorded
    assert name.endswith(decoded.version)


def test_no_namespace_at_all():
    decoded = decode(sample("renew-1.2", (f' xmlns="{NS}" xmlns:ill="{NS}" ill:version="1.2"', ' version="1.2"')))
    assert decoded.message == original("renew-1.2")
    assert decoded.declared == "1.2"
    assert kinds(decoded) == {Kind.NAMESPACE, Kind.ATTRIBUTE}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_bare_message_without_an_envelope(name):
    message = etree.fromstring(SAMPLES[name])[0]
    message.tail = None
    decoded = decode(etree.tostring(message))
    assert decoded.message == original(name)
    assert (decoded.declared, kinds(decoded)) == (None, {Kind.NO_ENVELOPE})


@pytest.mark.parametrize("name", SAMPLES)
def test_children_in_any_order(name):
    root = etree.fromstring(SAMPLES[name])
    blocks = [
        each for each in root.iter(etree.Element) if len(each) > 1 and len({child.tag for child in each}) == len(each)
    ]
    for block in blocks:
        block[:] = list(reversed(block))
    decoded = decode(etree.tostring(root))
    assert decoded.message == original(name)
    assert kinds(decoded) == {Kind.ORDER}
    assert name.endswith(decoded.version)


def test_blanks_before_the_declaration():
    decoded = decode(b"\n  " + SAMPLES["request-1.2"])
    assert (decoded.message, kinds(decoded)) == (original("request-1.2"), {Kind.LEADING_BLANKS})


def test_an_error_inside_the_confirmation_header():
    error = "<errorData><errorType>BadlyFormedMessage</errorType></errorData>"
    decoded = decode(sample("request-confirmation-1.2", ("</messageStatus>", f"</messageStatus>{error}")))
    assert isinstance(decoded.message, m.RequestConfirmation)
    assert decoded.message.errors == (m.ErrorData(ErrorType.BADLY_FORMED_MESSAGE),)
    assert decoded.message.confirmation_header.message_status is MessageStatus.OK
    assert kinds(decoded) == {Kind.MISPLACED_ELEMENT}


def test_missing_status_info_reads_as_an_empty_one():
    data = without("retry-possible-1.2", "statusInfo")
    assert sam(data).status_info == m.StatusInfo()
    assert kinds(decode(data)) == {Kind.MISSING_ELEMENT}


def test_a_delivery_without_its_date_is_read():
    """Old ReShares write dateSent empty, and deliveryInfo for a condition alone."""
    data = without("retry-possible-2021-2", "dateSent")
    delivery = sam(data).delivery_info
    assert delivery is not None
    assert delivery.date_sent is None
    assert kinds(decode(data)) == {Kind.MISSING_ELEMENT}


def test_missing_last_change_and_empty_status():
    data = sample(
        "retry-possible-1.2",
        ("<status>RetryPossible</status>", "<status/>"),
        ("<lastChange>2024-05-07T10:00:00Z</lastChange>", "<dueDate>2024-06-01T00:00:00Z</dueDate>"),
    )
    assert sam(data).status_info == m.StatusInfo(due_date=NOW)
    assert kinds(decode(data)) == {Kind.MISSING_ELEMENT, Kind.EMPTY_ELEMENT}


@pytest.mark.parametrize("element", ["loanCondition", "dueDate", "returnInfo"])
def test_empty_elements_where_a_value_was_optional(element):
    data = sample("loaned-1.2", ("<ns1:status>Loaned</ns1:status>", "<ns1:status></ns1:status>"))
    start, end = f"<ns1:{element}>", f"</ns1:{element}>"
    before, _, rest = data.decode().partition(start)
    emptied = f"{before}<ns1:{element}/>{rest.partition(end)[2]}".encode()
    message = sam(emptied)
    assert message.delivery_info is not None
    expected = {
        "loanCondition": message.delivery_info.loan_conditions == (),
        "dueDate": message.status_info.due_date is None,
        "returnInfo": message.return_info == m.ReturnInfo(),
    }
    assert expected[element]


def test_a_bare_symbol_is_an_agency_of_no_type():
    decoded = decode(
        sample(
            "renew-1.2",
            (
                "<supplyingAgencyId><agencyIdType>ISIL</agencyIdType><agencyIdValue>XX-EXAMPLEVALLEY</agencyIdValue>",
                "<supplyingAgencyId>EXAMPLE$1",
            ),
            ("<agencyIdType>ISIL</agencyIdType>", ""),
        )
    )
    assert isinstance(decoded.message, m.RequestingAgencyMessage)
    assert decoded.message.header.supplying_agency_id == AgencyId(Code(""), "EXAMPLE$1")
    assert decoded.message.header.requesting_agency_id == AgencyId(Code(""), "XX-SAMPLETON")
    assert kinds(decoded) == {Kind.VALUE_FORM, Kind.MISSING_ELEMENT}


@pytest.mark.parametrize(
    "text", ["0001-01-01T00:00:00", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+05:00", "10000-01-01T00:00:00Z"]
)
def test_a_date_that_python_cannot_hold_everywhere_becomes_none(text):
    data = sample("loaned-1.2", ("2024-06-18T23:59:59-05:00", text))
    assert sam(data).status_info.due_date is None
    assert Kind.TIME_OUT_OF_RANGE in kinds(decode(data))


def test_a_timestamp_that_python_cannot_hold_is_no_reason_to_refuse_a_message():
    decoded = decode(sample("renew-1.2", ("2024-06-01T09:00:00Z", "0001-01-01T00:00:00Z")))
    assert isinstance(decoded.message, m.RequestingAgencyMessage)
    assert decoded.message.header.timestamp is None


def test_a_code_of_the_other_version_is_read():
    decoded = decode(sample("renew-1.2", (">Renew<", ">Lost<")))
    assert isinstance(decoded.message, m.RequestingAgencyMessage)
    assert (decoded.message.action, decoded.version) == (Action.LOST, Version.V1_2)
    assert kinds(decoded) == {Kind.OTHER_VERSION}


def test_the_first_of_two_notes_stays_and_two_items_both_do():
    twice = sample(
        "loaned-1.2",
        ("<ns1:note>In two parcels.</ns1:note>", "<ns1:note>In two parcels.</ns1:note><ns1:note>No, one.</ns1:note>"),
        ("<ns1:itemId>30000000000001</ns1:itemId>", "<ns1:itemId>1</ns1:itemId><ns1:itemId>2</ns1:itemId>"),
    )
    message = sam(twice)
    assert message.message_info.note == "In two parcels."
    assert message.delivery_info is not None
    assert message.delivery_info.item_ids == ("1", "2")
    assert kinds(decode(twice)) == {Kind.REPEATED_ELEMENT}


def test_terms_in_message_info_are_read_from_a_peer_of_2021_too():
    data = sample(
        "retry-possible-2021-2",
        ("</reasonRetry>", "</reasonRetry><retryAfter>2024-05-09T00:00:00Z</retryAfter>"),
        ("<retryInfo>", "<ignored>"),
        ("</retryInfo>", "</ignored>"),
    )
    assert sam(data).retry_info == m.RetryInfo(retry_after=datetime(2024, 5, 9, tzinfo=UTC))
    assert decode(data).version == Version.V2021_2
    assert kinds(decode(data)) == {Kind.OTHER_VERSION, Kind.UNKNOWN_ELEMENT}


def test_a_notification_with_an_empty_status_keeps_its_note():
    message = sam(sample("loaned-1.2", (">StatusChange<", ">Notification<"), (">Loaned<", "><")))
    assert message.status_info.status is None
    assert message.message_info.note == "In two parcels."
