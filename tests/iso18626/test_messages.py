"""The message structs: agencies are compared as the field writes them, secrets do not print."""

import msgspec
import pytest

from gateway.iso18626.codes import MessageKind, ReasonUnfilled
from gateway.iso18626.messages import (
    Authentication,
    BibliographicInfo,
    Header,
    Message,
    PatronInfo,
    Request,
    kind_of,
)
from gateway.iso18626.values import AgencyId, Code


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("ISIL", "XX-Example"), ("isil", " xx-EXAMPLE ")),
        (("OCLC", "OCLC-ABCDE"), ("OCLC", "ABCDE")),
        (("OCLC", "oclc:abcde"), ("OCLC", "ABCDE")),
        (("", "OCLC:ABCDE"), ("OCLC", "ABCDE")),
        (("", "ABCDE"), ("", "abcde")),
        (("LOCAL", "A:B$C"), ("local", "a:b$c")),
    ],
)
def test_ids_of_one_agency_have_one_key(first, second):
    assert AgencyId(Code(first[0]), first[1]).key() == AgencyId(Code(second[0]), second[1]).key()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("ISIL", "XX-Example"), ("OCLC", "XX-Example")),
        (("ISIL", "OCLC-ABCDE"), ("ISIL", "ABCDE")),
        (("", "ABCDE"), ("ISIL", "ABCDE")),
        (("LOCAL", "A:B"), ("LOCAL", "B")),
        (("OCLC", "OCLC-"), ("OCLC", "")),
    ],
)
def test_ids_of_two_agencies_have_two_keys(first, second):
    assert AgencyId(Code(first[0]), first[1]).key() != AgencyId(Code(second[0]), second[1]).key()


def test_an_agency_is_built_from_its_symbol():
    assert AgencyId.of("ISIL:XX-Example") == AgencyId(Code("ISIL"), "XX-Example")
    assert AgencyId.of("EXAMPLE") == AgencyId(Code(""), "EXAMPLE")


def test_codes_match_without_regard_to_case():
    assert Code("notheld").matches(ReasonUnfilled.NOT_HELD)
    assert not Code("NotHeld2").matches(ReasonUnfilled.NOT_HELD)


def test_secrets_do_not_print():
    header = Header(
        requesting_agency_id=AgencyId.of("ISIL:XX-Example"),
        requesting_agency_request_id="1",
        authentication=Authentication(account_id="shelf", security_code="sesame"),
    )
    request = Request(
        header=header, bibliographic_info=BibliographicInfo(), patron_info=PatronInfo(surname="Nobody", patron_id="77")
    )
    assert not any(secret in repr(request) + str(request) for secret in ("sesame", "shelf", "Nobody", "77"))


def test_a_message_survives_json_with_its_kind():
    request = Request(
        header=Header(requesting_agency_id=AgencyId.of("ISIL:XX-Example"), requesting_agency_request_id="1"),
        bibliographic_info=BibliographicInfo(title="The Imaginary Almanac"),
    )
    assert msgspec.json.decode(msgspec.json.encode(request), type=Message) == request
    assert kind_of(request) is MessageKind.REQUEST
