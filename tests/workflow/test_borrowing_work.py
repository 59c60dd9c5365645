"""Which work is asked for: completed by a catalogue, doubted because of its number, corrected by staff."""

from datetime import UTC

import msgspec

from gateway.workflow.borrowing_events import RotaMade
from gateway.workflow.borrowing_records import Concern, Doubt, FieldDifference
from gateway.workflow.events import AnyEvent
from gateway.workflow.triggers import StaffAction
from gateway.workflow.values import Identifier, Wanted
from gateway.workflow.words import narrate
from tests.workflow.borrowing import AT, FIRST, OWNED, Talk, asked, rota, staff, vetted

ORDERED = Wanted(identifiers=(Identifier(code="ISBN", value="9780306406157"),), published="2004")
TOLD = msgspec.structs.replace(ORDERED, title="The Imaginary Almanac", publisher="Invented Press")
YEAR = FieldDifference(field="published", written="2004", catalogued="1998")
COMPLETED = RotaMade(
    at=AT, lenders=(FIRST,), completed=TOLD, filled=("title", "publisher"), differs=(YEAR,), described_by="brook"
)
OF_ANOTHER = Doubt(
    concern=Concern.WORK, words="Its number is that of another work, “Clouds”, in the catalogue of brook."
)
CLOUDS = Wanted(title="A Treatise on Clouds", author="Fabulist, Fenella")


def after(*events: AnyEvent) -> Talk:
    talk = Talk()
    for event in events:
        talk(event)
    return talk


def test_a_catalogue_completes_the_order_and_what_was_written_is_kept():
    talk = after(asked(wanted=ORDERED), vetted())
    assert talk(COMPLETED) == ["asking", "send New 1 to sample-city"]
    request = talk.request
    assert (request.wanted, request.borrowed.written, request.borrowed.differs) == (TOLD, ORDERED, (YEAR,))
    assert narrate(COMPLETED, UTC).startswith(
        "Completed from the catalogue of brook: title, publisher. "
        "Ordered with published “2004”; the catalogue of brook has “1998”. Lenders to ask: sample-city"
    )


def test_where_nothing_is_left_out_nothing_is_kept_beside_it():
    talk = after(asked(wanted=TOLD), vetted(), msgspec.structs.replace(COMPLETED, completed=None, filled=()))
    assert (talk.request.borrowed.written, talk.request.borrowed.differs) == (None, (YEAR,))
    assert after(asked(), vetted(), rota(FIRST)).request.borrowed.written is None


def test_a_number_of_another_work_is_staffs_before_anybody_is_asked():
    talk = after(asked(wanted=ORDERED), vetted())
    assert talk(RotaMade(at=AT, lenders=(FIRST,), doubts=(OF_ANOTHER,))) == ["deciding", "task which work is meant"]
    assert talk(staff(StaffAction.GO_ON, reason="It is the title that counts.")) == ["choosing a lender", "make rota"]
    assert talk.request.borrowed.waived == (Concern.WORK,)


def test_staff_say_which_work_is_meant_and_it_is_vetted_anew():
    talk = after(asked(wanted=ORDERED), vetted(), RotaMade(at=AT, lenders=(FIRST,), doubts=(OF_ANOTHER,)))
    assert talk(staff(StaffAction.CORRECT_WORK, wanted=CLOUDS)) == ["vetting", "vet", "start deadline"]
    borrowed = talk.request.borrowed
    assert (talk.request.wanted, borrowed.written, borrowed.doubts) == (CLOUDS, ORDERED, ())
    talk(staff(StaffAction.CORRECT_WORK, wanted=TOLD))
    assert talk.request.borrowed.written == ORDERED, "as it came, however often it is corrected"


def test_what_was_set_aside_about_the_work_before_counts_no_more():
    talk = after(asked(waived=(Concern.OWNED, Concern.CUSTOMER)), vetted())
    talk(staff(StaffAction.CORRECT_WORK, wanted=CLOUDS))
    assert talk.request.borrowed.waived == (Concern.CUSTOMER,)
    assert talk(vetted(OWNED))[0] == "deciding"


def test_the_work_must_be_said_and_nobody_be_asked_yet():
    talk = after(asked(), vetted())
    assert talk(staff(StaffAction.CORRECT_WORK)) == ["refused"]
    talk = after(asked(), vetted(), rota(FIRST))
    assert talk(staff(StaffAction.CORRECT_WORK, wanted=CLOUDS)) == ["refused"]
    said = narrate(staff(StaffAction.CORRECT_WORK, wanted=CLOUDS), UTC)
    assert said == "Technician: correct-work. “A Treatise on Clouds”, Fabulist, Fenella."
