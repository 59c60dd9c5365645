"""What follows from a day."""

from datetime import date

import msgspec
import pytest

from gateway.iso18626.codes import ServiceType
from gateway.partners.standing import PartnerStanding, lends, resume, standing, suspend
from gateway.workflow.partners import Partner, Period, Terms

MAY = Period(first=date(2026, 5, 1), last=date(2026, 5, 31), why="unpaid")
PARTNER = Partner(id="valley", name="Example Valley Library", peer="hub")


@pytest.mark.parametrize(
    ("day", "refused"),
    [
        (date(2026, 4, 30), None),
        (date(2026, 5, 1), "suspended until 2026-05-31 (unpaid)"),
        (date(2026, 5, 31), "suspended until 2026-05-31 (unpaid)"),
        (date(2026, 6, 1), None),
    ],
)
def test_a_suspension_holds_on_its_first_and_its_last_day(day: date, refused: str | None):
    held = PartnerStanding(requests_refused=refused, not_asked_to_lend=refused)
    assert standing(suspend(PARTNER, MAY), day) == held


def test_a_closed_partner_may_ask_but_is_not_asked():
    closed = msgspec.structs.replace(PARTNER, closures=(Period(first=date(2026, 5, 1)),))
    assert standing(closed, date(2030, 1, 1)) == PartnerStanding(not_asked_to_lend="closed until further notice")


def test_suspended_until_further_notice():
    away = msgspec.structs.replace(PARTNER, suspended=True)
    assert standing(away, date(2026, 5, 1)).requests_refused == "suspended until further notice"


def test_the_same_suspension_twice_is_one_and_they_stand_in_order():
    later = Period(first=date(2026, 8, 1))
    assert suspend(suspend(suspend(PARTNER, later), MAY), MAY).suspensions == (MAY, later)


def test_taken_back_ends_what_holds_and_drops_what_comes():
    away = suspend(suspend(msgspec.structs.replace(PARTNER, suspended=True), MAY), Period(first=date(2026, 8, 1)))
    back = resume(away, date(2026, 5, 10))
    assert back.suspensions == (msgspec.structs.replace(MAY, last=date(2026, 5, 9)),)
    assert standing(back, date(2026, 5, 10)) == PartnerStanding()
    assert resume(back, date(2026, 5, 10)) == back
    assert resume(away, date(2026, 5, 1)).suspensions == (), "it never began"
    assert resume(away, date(2026, 6, 9)).suspensions == (MAY,), "what is past stays as it was"


@pytest.mark.parametrize(
    ("services", "wanted", "allowed"),
    [
        ((), ServiceType.COPY, True),
        ((ServiceType.LOAN,), ServiceType.LOAN, True),
        ((ServiceType.LOAN,), ServiceType.COPY, False),
        ((ServiceType.LOAN,), ServiceType.COPY_OR_LOAN, True),
        ((ServiceType.COPY_OR_LOAN,), ServiceType.COPY, True),
    ],
)
def test_the_terms_say_what_is_lent(services: tuple[ServiceType, ...], wanted: ServiceType, *, allowed: bool):
    assert lends(msgspec.structs.replace(PARTNER, lending=Terms(services=services)), wanted) is allowed
