"""The code lists: closed ones agree with the schemas, open ones let unknown values through."""

from typing import Any

import pytest
from lxml import etree

from gateway.iso18626 import codes
from gateway.iso18626.codes import Action, Format, LoanCondition, ReasonUnfilled, SentVia, Status, Version
from gateway.iso18626.schema import schema_file

XS = "{http://www.w3.org/2001/XMLSchema}"
CLOSED: dict[str, Any] = {
    "type_action": codes.Action,
    "type_errorType": codes.ErrorType,
    "type_messageStatus": codes.MessageStatus,
    "type_preferredEdition": codes.PreferredEdition,
    "type_reasonForMessage": codes.ReasonForMessage,
    "type_requestType": codes.RequestType,
    "type_requestSubType": codes.RequestSubType,
    "type_serviceType": codes.ServiceType,
    "type_status": codes.Status,
    "type_yesNo": codes.YesNo,
}


def enumerated(version: Version) -> dict[str, set[str | None]]:
    """Type name -> values, read from the schema itself."""
    tree = etree.parse(schema_file(version))
    return {
        str(simple.get("name")): {value.get("value") for value in simple.iter(f"{XS}enumeration")}
        for simple in tree.iter(f"{XS}simpleType")
        if simple.find(f".//{XS}enumeration") is not None
    }


@pytest.mark.parametrize("version", Version)
def test_every_closed_list_is_what_the_schema_enumerates(version):
    for type_name, values in enumerated(version).items():
        assert {code.value for code in CLOSED[type_name] if codes.known(code, version)} == values, type_name


def test_the_lists_of_2021_are_the_lists_of_this_module():
    assert enumerated(Version.V2021_2).keys() == CLOSED.keys()


def test_1_2_cannot_say_lost_or_hold_return():
    assert not codes.known(Action.LOST, "1.2")
    assert not codes.known(Status.HOLD_RETURN, Version.V1_2)
    assert codes.known(Action.LOST, "2021-2")


def test_open_lists_are_looked_up_without_regard_to_case():
    assert ReasonUnfilled.lookup(" notonshelf ") is ReasonUnfilled.NOT_ON_SHELF
    assert ReasonUnfilled.lookup("AteByDog") is None


def test_the_scheme_of_an_open_list_depends_on_the_version():
    prefix = "http://illtransactions.org/ISO18626/OpenCodeList/"
    assert LoanCondition.scheme("1.2") == f"{prefix}LoanConditionList-V1.0"
    assert LoanCondition.scheme("2021-2") == f"{prefix}LoanConditionList-V2.0"
    assert SentVia.scheme("2021-2") == f"{prefix}DeliveryMethodList-V2.0"
    assert Format.scheme("1.2") == f"{prefix}PreferredFormatList-V1.0"
