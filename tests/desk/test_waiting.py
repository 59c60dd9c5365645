"""Why work has not gone on: of each reason its words, since when, and when the next try is."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from gateway.desk.structs.requests import Wait
from gateway.desk.waiting import Surroundings, library_or_system, why_waiting
from gateway.iso18626.codes import ReasonForMessage, Status
from gateway.store.port import BackOff, EffectRow
from gateway.workflow.effects import AnyEffect, FindCopies, Look, Perform, StartTimer, Tell
from gateway.workflow.partners import Partner
from gateway.workflow.records import Act, Clock
from gateway.workflow.values import Wanted
from tests.web.known import a_request

NOW = datetime(2026, 10, 28, 14, 8, tzinfo=UTC)
SINCE, NEXT = NOW - timedelta(minutes=3), NOW + timedelta(minutes=4)
PLACE, ACS = Perform(act=Act.HOLD, item_barcode="30000000000017"), "acs:main"
LOANED = Tell(reason=ReasonForMessage.STATUS_CHANGE, status=Status.LOANED, last_change=NOW)
DEAD = BackOff(lane=ACS, until=NEXT, failures=3, words="no connection", since=SINCE)
NO_ANSWER = "the circulation system has given no usable answer"


def row(effect: AnyEffect = PLACE, lane: str | None = ACS, **fields: Any) -> EffectRow:
    given: dict[str, Any] = {
        "id": 2,
        "request": "r1",
        "due_at": NOW,
        "attempts": 0,
        "started_at": None,
        "payload": None,
    } | fields
    return EffectRow(effect=effect, lane=lane, **given)


def why(asked: EffectRow, *others: EffectRow, backoffs: tuple[BackOff, ...] = (), **around: Any) -> Wait | None:
    known: dict[str, Any] = {
        "backoffs": {each.lane: each for each in backoffs},
        "before_at_item": {},
        "now": NOW,
    } | around
    request = a_request(requesting_agency="ISIL:XX-EVL")
    return why_waiting(asked, (asked, *others), Surroundings(request=request, **known))


def test_what_waits_behind_a_lane_that_is_left_alone_says_so():
    dead = Wait(words=NO_ANSWER, since=SINCE, reason="no connection", next_at=NEXT)
    for waiting in (row(), row(with_lane=True, failed="the circulation system failed too often", failing_since=NOW)):
        assert why(waiting, backoffs=(DEAD,)) == dead
    catalogue = msgspec.structs.replace(DEAD, lane="look-ups")
    found = why(row(FindCopies(wanted=Wanted()), "look-ups"), backoffs=(catalogue,))
    assert found is not None
    assert found.words == "the catalogue has given no usable answer"


def test_a_back_off_that_is_over_is_tried_now_and_one_of_an_old_version_gives_the_rows_own_reason():
    over = msgspec.structs.replace(DEAD, until=SINCE, words="", since=None)
    assert why(row(failed="no answer"), backoffs=(over,)) == Wait(words=NO_ANSWER, reason="no answer", next_at=NOW)


def test_what_waits_for_longer_by_itself_gives_its_own_reason():
    late = NEXT + timedelta(hours=1)
    mine = row(due_at=late, attempts=7, failed="it named another item", failing_since=SINCE)
    own = Wait(words="it has failed", since=SINCE, reason="it named another item", next_at=late)
    assert why(mine, backoffs=(DEAD,)) == own
    assert why(mine) == own


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("peer:hub", "the system of hub has given no usable answer"),
        ("peer:hub isil:xx-evl", "isil:xx-evl, behind the system of hub, has given no usable answer"),
        ("peer:hub isil:xx-other", "it waits for its turn"),
    ],
)
def test_of_a_peer_and_of_a_library_behind_it_is_told_which_of_them_is_left_alone(name: str, words: str):
    found = why(row(LOANED, "peer:hub"), backoffs=(msgspec.structs.replace(DEAD, lane=name),))
    assert found is not None
    assert found.words == words


def test_what_comes_behind_other_work_or_another_request_or_is_under_way_says_so():
    look = row(Look(act=Act.HOLD, item_barcode="30000000000017"))
    assert why(look, row(id=1)) == Wait(words="it comes after the request's other work for the circulation system")
    assert why(row(), row(LOANED, "peer:hub", id=1), before_at_item={2: "L-1"}) == Wait(
        words="request L-1 comes first at item 30000000000017"
    )
    trying = row(leased_until=NEXT, started_at=SINCE)
    assert why(trying, backoffs=(DEAD,)) == Wait(words="it is being tried now", since=SINCE)
    assert why(row(due_at=SINCE)) == Wait(words="it waits for its turn", since=SINCE)


def test_what_only_waits_for_its_time_has_no_reason():
    assert why(row(due_at=NEXT)) is None
    assert why(row(StartTimer(clock=Clock.HOLD, since=NOW), None), backoffs=(DEAD,)) is None


@pytest.mark.parametrize(
    ("backoff", "names"),
    [
        ("peer:valley", "Sample Valley Library"),
        ("peer:hub", "the system of hub, with 2 libraries behind it,"),
        ("peer:hub isil:xx-hil", "Hills"),
        ("peer:hub isil:xx-old", "Evl"),
        ("peer:hub isil:xx-gone", "isil:xx-gone, behind the system of hub,"),
        ("peer:nobody", "the system of nobody"),
    ],
)
def test_who_is_away_is_named_as_the_library_and_of_several_as_their_system(backoff: str, names: str):
    partners = (
        Partner(id="v", name="Sample Valley Library", peer="valley", symbols=("ISIL:XX-VAL",)),
        Partner(id="h", name="Hills", peer="hub", symbols=("ISIL:XX-HIL",)),
        Partner(id="e", name="Evl", peer="hub", symbols=("ISIL:XX-EVL",), aliases=("ISIL:XX-OLD",)),
    )
    assert library_or_system(backoff, partners) == names
