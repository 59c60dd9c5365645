"""Catalogues that answer after the rota is made: it is made anew as long as nobody was asked, and the order of the others after that."""

from gateway.iso18626.codes import RequestType
from gateway.workflow.borrowing.table import BORROWING
from gateway.workflow.borrowing_events import LenderSays, RotaMade
from gateway.workflow.effects import HearLate, SendRequest
from gateway.workflow.events import AnyEvent
from gateway.workflow.machine import Decision, decide
from tests.workflow.borrowing import AT, FIRST, SECOND, TWICE, Talk, asked, asking, late, rota, says, vetted
from tests.workflow.borrowing import THIRD as HOLDER

EARLY = RotaMade(at=AT, lenders=(FIRST, SECOND), is_early=True)


def after(*events: AnyEvent) -> Talk:
    """A request with which these have happened."""
    talk = Talk()
    for event in events:
        talk(event)
    return talk


def chosen() -> Talk:
    """The first is to be asked, and a catalogue was late."""
    talk = after(asked(), vetted())
    assert talk(EARLY) == ["asking", "hear late", "send New 1 to sample-city"]
    return talk


def test_a_catalogue_that_was_late_is_looked_at_again_and_others_are_not():
    assert "hear late" not in after(asked(), vetted())(rota(FIRST))
    chosen()


def test_while_nobody_was_asked_the_rota_is_made_anew_and_the_request_that_was_not_sent_is_taken_back():
    talk = chosen()
    ruling = decide(BORROWING, talk.request, late(HOLDER, FIRST, SECOND, unsent=FIRST.partner))
    assert isinstance(ruling, Decision)
    assert ruling.must_withdraw == (SendRequest.key_of(RequestType.NEW),)
    assert talk(late(HOLDER, FIRST, SECOND, unsent=FIRST.partner)) == ["asking", f"send New 1 to {HOLDER.partner}"]
    assert (talk.request.borrowed.asked, talk.request.borrowed.lenders) == ((HOLDER,), (FIRST, SECOND))
    assert talk.request.partner == HOLDER.partner


def test_once_the_first_was_asked_the_others_come_in_the_new_order():
    talk = asking(FIRST, SECOND)
    assert talk(late(HOLDER, SECOND)) == ["asking"]
    assert talk(says(LenderSays.UNFILLED)) == ["asking", f"send New 2 to {HOLDER.partner}"]


def test_the_same_first_stays_and_is_not_among_the_others():
    talk = chosen()
    assert talk(late(FIRST, HOLDER, SECOND, unsent=FIRST.partner)) == ["asking"]
    assert talk.request.borrowed.lenders == (HOLDER, SECOND)


def test_where_nobody_was_left_a_late_catalogue_can_show_one():
    talk = after(asked(), vetted())
    assert talk(RotaMade(at=AT, is_early=True)) == ["deciding", "hear late", "task no lender left"]
    assert talk(late(HOLDER)) == ["asking", f"send New 1 to {HOLDER.partner}"]


def test_what_stands_in_the_way_is_not_got_round():
    talk = after(asked(), vetted(TWICE))
    assert talk(late(HOLDER)) == ["deciding"]


def test_answers_that_change_nothing_leave_no_line():
    talk = chosen()
    assert talk(late()) == ["asking"]
    assert talk.is_quiet


def test_it_waits_a_little_for_the_answers():
    ruling = decide(BORROWING, after(asked(), vetted()).request, EARLY)
    assert isinstance(ruling, Decision)
    (hear,) = (effect for effect in ruling.effects if isinstance(effect, HearLate))
    assert hear.delay_s > 0
