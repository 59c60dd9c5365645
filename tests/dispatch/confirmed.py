"""What a confirmation says, and what it stands for."""

from gateway.iso18626 import messages as iso
from gateway.iso18626.codes import MessageStatus
from gateway.store.port import RequestFilter
from tests.dispatch.house import House


def error_of(confirmation: iso.Confirmation) -> iso.ErrorData | None:
    return confirmation.errors[0] if confirmation.errors else None


def is_ok(confirmation: iso.Confirmation) -> bool:
    return confirmation.confirmation_header.message_status is MessageStatus.OK


async def count(house: House) -> int:
    return len(await house.store.requests(RequestFilter()))


def values_authentication() -> iso.Authentication:
    return iso.Authentication(account_id="sample", security_code="open-sesame")
