"""From a citation to an answer: what the policy looks at, and what counts against a partner's most loans."""

from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from gateway.iso18626.codes import ServiceType
from gateway.store.port import Change
from gateway.workflow.effects import AskCopies, FindCopies
from gateway.workflow.events import CopiesChecked
from gateway.workflow.lending.groups import FINALS, PROMISED_OR_OUT
from gateway.workflow.partners import Charge
from gateway.workflow.partners import Terms as PartnerTerms
from gateway.workflow.policy import PolicyLine
from gateway.workflow.records import AnswerKind, Request, Role, State
from gateway.workflow.values import Money
from tests.dispatch.house import PEER, THEIRS, House, open_house

LIMITED = (PolicyLine(most_at_once=2, limit_reason="PolicyProblem"),)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with open_house() as opened:
        yield opened


async def keep(house: House, number: int, state: State, **fields: Any) -> Request:
    """A request of the partner in a state."""
    at = house.time.now() - timedelta(hours=1)
    usual: dict[str, Any] = {
        "id": f"L-{number}",
        "role": Role.LENDING,
        "state": state,
        "version": 1,
        "peer": PEER,
        "partner": "sample",
        "requesting_agency": THEIRS,
        "supplying_agency": "ISIL:XX-EXAMPLE",
        "partner_request_id": f"K{number}",
        "created_at": at,
        "updated_at": at,
        "state_since": at,
    }
    request = Request(**{**usual, **fields})
    await house.store.commit(Change(request=request, created=True, history_of=request.id))
    return request


async def checked(house: House, number: str) -> CopiesChecked:
    """What the copies of a request that has just come in come to."""
    request = await house.new(number)
    found = await house.claim(request, FindCopies)
    report = await house.performers.perform(found, request)
    await house.intake.submit(request.id, report.event)  # type: ignore[union-attr]
    request = await house.current(number)
    report = await house.performers.perform(await house.claim(request, AskCopies), request)
    event = report.event  # type: ignore[union-attr]
    assert isinstance(event, CopiesChecked)
    return event


async def test_a_partner_with_the_most_loans_at_once_is_told_so(house: House):
    await house.set_policy(lines=LIMITED)
    await keep(house, 1, State.LOANED)
    await keep(house, 2, State.COMPLETED)
    await keep(house, 3, State.LOANED, partner="another")
    first = await checked(house, "R1")
    assert first.answer.kind is AnswerKind.SUPPLY
    await house.intake.submit((await house.current("R1")).id, first)
    assert (await house.current("R1")).state is State.RESERVING
    answer = (await checked(house, "R2")).answer
    assert (answer.kind, answer.reason) == (AnswerKind.UNFILLED, "PolicyProblem")
    assert "2 loans" in answer.words


async def test_of_two_requests_for_the_last_loan_the_second_knows_of_the_first(house: House):
    await house.set_policy(lines=LIMITED)
    await keep(house, 1, State.LOANED)
    await keep(house, 2, State.CHECKING)
    assert (await checked(house, "R1")).answer.kind is AnswerKind.UNFILLED


async def test_nothing_is_counted_where_no_line_has_a_limit(house: House, monkeypatch: pytest.MonkeyPatch):
    async def counted(*_args: object, **_options: object) -> int:
        raise AssertionError("not asked for")

    monkeypatch.setattr(house.store, "count_of_partner", counted)
    assert (await house.appraiser.terms(ServiceType.LOAN, "sample", None)).open_loans == 0
    await house.set_policy(lines=LIMITED)
    assert (await house.appraiser.terms(ServiceType.LOAN, None, None)).open_loans == 0


async def test_the_partners_groups_and_usual_limit_of_cost_are_looked_at(house: House):
    limit, own, fee = (Money(amount=Decimal(amount), currency="EUR") for amount in (20, 5, 3))
    await house.set_partner(groups=("near",), lending=PartnerTerms(max_cost=limit, charge=Charge.FEE, fee=fee))
    terms = await house.appraiser.terms(ServiceType.COPY, "sample", None)
    assert (terms.service, terms.partner, terms.groups, terms.max_cost) == (
        ServiceType.COPY,
        "sample",
        ("near",),
        limit,
    )
    assert (await house.appraiser.terms(ServiceType.COPY, "sample", own)).max_cost == own
    assert terms.fee == fee
    stranger = await house.appraiser.terms(ServiceType.COPY, None, None)
    assert (stranger.groups, stranger.max_cost, stranger.fee) == ((), None, None)


async def test_the_renewals_of_the_line_are_kept_with_the_request(house: House):
    await house.set_policy(lines=(PolicyLine(renewals=1),))
    event = await checked(house, "R1")
    await house.intake.submit((await house.current("R1")).id, event)
    assert (await house.current("R1")).renewals_allowed == 1


async def test_copies_that_can_not_be_asked_about_are_for_staff(house: House):
    house.acs.knows["17"] = False
    event = await checked(house, "R1")
    assert event.answer is not None
    assert event.answer.kind is AnswerKind.STAFF
    assert "can't be asked about it" in event.answer.words
    assert not event.auto
    assert house.acs.asked == []


def test_what_is_promised_or_out_is_not_over():
    assert not FINALS & set(PROMISED_OR_OUT)
    assert {State.LOANED, State.OVERDUE, State.WILL_SUPPLY} <= set(PROMISED_OR_OUT)
