"""Copies with their circulation status, and the answer that they make."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from gateway.iso18626.codes import ServiceType
from gateway.policy.judging import answer
from gateway.policy.lines import PolicyTerms
from gateway.workflow.calendar import Calendar, Calendars
from gateway.workflow.policy import Policy
from gateway.workflow.records import Answer, Copy, CopyStatus
from gateway.workflow.values import Money

AT = datetime(2026, 10, 28, 9, 0, tzinfo=UTC)  # a Wednesday
SOON, LATER = AT + timedelta(days=5), AT + timedelta(days=9)
CALENDAR = Calendar(time_zone="Europe/Berlin")
CALENDAR_ZONE = ZoneInfo("Europe/Berlin")
CALENDARS = Calendars(library=CALENDAR)
LOAN = PolicyTerms(service=ServiceType.LOAN)
COPY = PolicyTerms(service=ServiceType.COPY, copyright="US-CCG")
EITHER = PolicyTerms(service=ServiceType.COPY_OR_LOAN, copyright="US-CCG")


def euros(amount: str) -> Money:
    return Money(amount=Decimal(amount), currency="EUR")


def copy(status: str, number: int = 1, **fields: Any) -> CopyStatus:
    branch, item_type = fields.pop("branch", "MAIN"), fields.pop("item_type", None)
    item = Copy(item_barcode=f"3000000000{number:04}", branch=branch, item_type=item_type)
    return CopyStatus(copy=item, status=status, **fields)


def answered(*copies: CopyStatus, terms: PolicyTerms = LOAN, policy: Policy = Policy()) -> Answer:  # noqa: B008 - a frozen value
    return answer(copies, terms, policy, CALENDARS, AT)


def chosen(found: Answer) -> str:
    assert found.choice is not None
    return found.choice.copy.item_barcode[-1]
