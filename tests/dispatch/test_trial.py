"""The dry run: it shows what a real request then gets, and touches nothing."""

import sqlite3
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway.dispatch.trial import Trials, UnknownPartner
from gateway.iso18626.codes import ServiceType
from gateway.sip2.errors import NotSent, Reason
from gateway.workflow.effects import AskCopies, FindCopies
from gateway.workflow.events import CopiesChecked
from gateway.workflow.partners import Period
from gateway.workflow.policy import AutoAnswer, Availability, PolicyLine
from gateway.workflow.records import AnswerKind, Copy
from gateway.workflow.trial import Supposed, Trial, TrialQuestion
from gateway.workflow.values import Wanted
from tests.dispatch.house import BARCODE, THEIRS, House, open_house

ALMANAC = Wanted(title="The Imaginary Almanac", record_id="ex000001")
LINES = (
    PolicyLine(name="Films", item_types=("film",), lend=False, copy=False, reason="PolicyProblem"),
    PolicyLine(name="New", embargo_days=90),
)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with open_house() as opened:
        yield opened


async def tried(house: House, **fields: Any) -> Trial:
    question = TrialQuestion(**{"partner": "sample", "wanted": ALMANAC, **fields})
    return await Trials(house.appraiser, house.directory).run(question)


def everything(path: Path) -> dict[str, list[Any]]:
    """Every row of every table; an index of words keeps its own in tables beside it."""
    database = sqlite3.connect(path)
    try:
        known = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
        tables = [name for (name,) in database.execute(known)]
        return {name: list(database.execute(f"SELECT * FROM {name}")) for name in tables}  # noqa: S608 - their own names
    finally:
        database.close()


@pytest.mark.parametrize("service", list(ServiceType))
async def test_nothing_is_written_held_or_sent(house: House, service: ServiceType):
    await house.set_policy(lines=LINES)
    before = everything(house.store._path)
    assert (await tried(house, service=service)).answer.kind is AnswerKind.SUPPLY
    await tried(house, wanted=Wanted(), supposed=Supposed(item_type="film"), service=service)
    assert house.acs.asked == ["17"], "the one question, about the one copy that was found"
    assert house.poster.sent == []
    assert everything(house.store._path) == before
    assert len(before) > 5, "the tables were looked at"


async def test_it_answers_as_a_request_is_answered(house: House):
    await house.set_policy(lines=LINES)
    trial = await tried(house)
    request = await house.new()
    found = await house.performers.perform(await house.claim(request, FindCopies), request)
    await house.intake.submit(request.id, found.event)  # type: ignore[union-attr]
    request = await house.current()
    checked = (await house.performers.perform(await house.claim(request, AskCopies), request)).event  # type: ignore[union-attr]
    assert isinstance(checked, CopiesChecked)
    assert (trial.answer, trial.goes_out, trial.policy_version) == (
        checked.answer,
        checked.auto,
        checked.policy_version,
    )


async def test_the_reasoning_is_shown_copy_by_copy(house: House):
    await house.set_policy(lines=LINES)
    house.finder.copies = (
        Copy(item_barcode=BARCODE, branch="EXC", item_type="film"),
        Copy(item_barcode="30000000001028", branch="EXC", acquired_on=house.time.now().date() - timedelta(days=10)),
    )
    trial = await tried(house)
    film, new = trial.copies
    assert [(line.number, line.name, line.fits) for line in film.lines] == [(1, "Films", True)]
    assert [(line.number, line.fits, line.why) for line in new.lines] == [
        (1, False, ("item type unknown, not film",)),
        (2, True, ()),
    ]
    assert [(each.availability, each.reason) for copy in trial.copies for each in copy.verdicts] == [
        (Availability.UNFILLED, "PolicyProblem"),
        (Availability.RETRY, "NotCurrentAvailableForILL"),
    ]
    assert trial.told.startswith("RetryPossible, reasonRetry NotCurrentAvailableForILL, retryAfter ")
    assert (trial.found, trial.asked, trial.partner_name) == ("Found.", True, "Sample Valley Library")


async def test_of_either_service_both_verdicts_are_shown(house: House):
    await house.set_policy(lines=(PolicyLine(lend=False, reason="NonCirculating"),))
    (copy,) = (await tried(house, service=ServiceType.COPY_OR_LOAN)).copies
    assert [(each.service, each.availability) for each in copy.verdicts] == [
        (ServiceType.LOAN, Availability.UNFILLED),
        (ServiceType.COPY, Availability.CANDIDATE),
    ]


async def test_a_copy_can_be_supposed_to_be_otherwise_and_its_status_assumed(house: House):
    await house.set_policy(lines=LINES)
    film = await tried(house, supposed=Supposed(item_type="film"), status="04")
    assert (film.answer.reason, film.asked) == ("PolicyProblem", False)
    on_loan = await tried(house, status="04")
    assert (on_loan.answer.reason, on_loan.copies[0].status.status) == ("OnLoan", "04")
    new = await tried(house, supposed=Supposed(acquired_on=house.time.now().date()))
    assert new.answer.kind is AnswerKind.RETRY


async def test_without_a_citation_one_available_copy_is_imagined(house: House):
    trial = await tried(house, wanted=Wanted(), supposed=Supposed(branch="EAST"))
    (copy,) = trial.copies
    assert (copy.status.copy.branch, copy.status.status, trial.answer.kind) == ("EAST", "03", AnswerKind.SUPPLY)
    assert house.acs.asked == []


async def test_a_work_that_we_do_not_have_is_not_held(house: House):
    house.finder.copies = ()
    trial = await tried(house)
    assert (trial.told, trial.goes_out, trial.copies) == ("Unfilled, reasonUnfilled NotHeld", True, ())
    house.finder.certain = False
    assert not (await tried(house)).goes_out


async def test_what_is_turned_away_before_anything_is_looked_up_is_told(house: House):
    await house.set_policy(paused=True, auto_answer=AutoAnswer.OFF)
    await house.set_partner(auto_answer=None)
    paused = await tried(house)
    assert (paused.answer.kind, paused.answer.words, paused.goes_out) == (AnswerKind.RETRY, "Lending is paused.", True)
    await house.set_partner(suspensions=(Period(first=date(2000, 1, 1)),))
    suspended = await tried(house)
    assert (suspended.answer.kind, suspended.answer.reason) == (AnswerKind.UNFILLED, "PolicyProblem")
    assert suspended.answer.words.startswith("Sample Valley Library: suspended")


async def test_a_partner_is_known_by_any_symbol_and_a_stranger_waits_for_staff(house: House):
    assert (await tried(house, partner=THEIRS.lower())).partner == "sample"
    stranger = await tried(house, partner=None)
    assert (stranger.partner, stranger.auto_answer, stranger.goes_out) == (None, AutoAnswer.OFF, False)
    with pytest.raises(UnknownPartner):
        await tried(house, partner="nobody")


@pytest.mark.parametrize(
    ("mode", "goes_out"), [(AutoAnswer.OFF, False), (AutoAnswer.OBSERVE, False), (AutoAnswer.SUPPLY, True)]
)
async def test_whether_it_would_go_out_is_the_partners_setting(house: House, mode, goes_out):
    await house.set_partner(auto_answer=mode)
    trial = await tried(house)
    assert (trial.auto_answer, trial.goes_out) == (mode, goes_out)


async def test_a_circulation_system_that_is_silent_is_told_to_whoever_asks(house: House):
    house.acs.answers["17"] = NotSent(Reason.CONNECT, "no connection")
    with pytest.raises(NotSent):
        await tried(house)
