"""A task says all that is needed to settle it, and nothing twice."""

from datetime import UTC

import msgspec
import pytest

from gateway.workflow.about import LONGEST, bare, by_name, named, parted, told
from gateway.workflow.borrowing_events import LateHeard, LenderSays, RotaMade
from gateway.workflow.borrowing_records import Concern, Doubt, FieldDifference, LenderLine
from gateway.workflow.machine import Decision
from gateway.workflow.records import Request, State
from gateway.workflow.rota import Skipped, not_asked
from gateway.workflow.values import Identifier, Wanted
from gateway.workflow.words import narrate
from tests.workflow import borrowing
from tests.workflow.builders import AT, item, request, ruling
from tests.workflow.every_case import EVENTS, STATES

WANTED = Wanted(
    title="A Made-up Work",
    author="Inventa, Ada",
    published="1998",
    volumes=("v. 2",),
    identifiers=(Identifier(code="ISBN", value="9783161484100"),),
)


def lent(state: State = State.WILL_SUPPLY) -> Request:
    made = request(state)
    return msgspec.structs.replace(made, wanted=WANTED, need_before=AT, deliver_to_name="East Library")


def test_a_task_names_work_numbers_item_shelf_library_and_day():
    said, copy = told("Ask the branch.", lent(), UTC), item(1).copy
    for fact in (
        "“A Made-up Work”", "by Inventa, Ada", "1998", "part v. 2", "ISBN 9783161484100 as asked for",
        f"item {copy.item_barcode} of {copy.branch}", "for East Library", f"needed by {AT:%Y-%m-%d}",
    ):  # fmt: skip
        assert fact in said, fact
    assert said.startswith("Ask the branch. It is about “A Made-up Work”")


def test_what_it_is_about_is_a_sentence_of_its_own():
    assert told("In doubt: found by its title alone", lent(), UTC).startswith(
        "In doubt: found by its title alone. It is about “"
    )
    untitled = msgspec.structs.replace(lent(), wanted=Wanted(author="Inventa, Ada"))
    assert "It is about a work by Inventa, Ada, item" in told("No copy was found.", untitled, UTC)


def test_the_shelf_is_named_where_it_is_known():
    shelved = msgspec.structs.replace(item(1).copy, call_number="QA 76.9")
    made = msgspec.structs.replace(lent(), items=(msgspec.structs.replace(item(1), copy=shelved),))
    assert f"of {shelved.branch}, shelf QA 76.9" in told("", made, UTC)


def test_what_is_said_already_is_not_said_again():
    said = told("“A Made-up Work” by Inventa, Ada, for East Library, did not come.", lent(), UTC)
    assert [said.count(words) for words in ("A Made-up Work", "Inventa", "East Library")] == [1, 1, 1]


def test_a_line_that_names_the_work_itself_takes_the_words_alone():
    assert bare(told("Ask the branch.", lent(), UTC)) == "Ask the branch."
    assert bare("Ask the branch.") == "Ask the branch."


def test_a_page_that_shows_the_title_takes_words_and_facts_apart_without_it():
    words, facts = parted(told("Ask the branch.", lent(), UTC), WANTED.title)
    assert words == "Ask the branch."
    assert facts.startswith("by Inventa, Ada, 1998")
    assert facts.endswith(f"needed by {AT:%Y-%m-%d}")
    branch = item(1).copy.branch
    assert " of North Library, shelf AY 1, for East Library, needed" in named(facts, {}, {branch: "North Library"})
    assert named("item 3 for pickup at SMP, from hills", {"hills": "Hills Library"}, {}) == (
        "item 3 for pickup at SMP, from Hills Library"
    )
    assert parted("Ask the branch.", WANTED.title) == ("Ask the branch.", "")
    assert (
        parted(told("It came back.", msgspec.structs.replace(lent(), wanted=Wanted()), UTC), None)[0] == "It came back."
    )


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (
            "item 3 of main, shelf AY 1, for main, needed",
            "item 3 of Main Branch, shelf AY 1, for Main County Library, needed",
        ),
        ("item 3 for pickup at main, from main", "item 3 for pickup at Main Branch, from Main County Library"),
    ],
)
def test_one_code_may_be_a_branchs_and_a_partners(facts: str, said: str):
    assert named(facts, {"main": "Main County Library"}, {"main": "Main Branch"}) == said


def test_a_title_is_left_out_whatever_it_is():
    for title in ("x" * (LONGEST + 1), "What It is about is this", "”, it is", "."):
        made = msgspec.structs.replace(lent(), wanted=Wanted(title=title, author="Inventa, Ada"))
        words, facts = parted(told("Ask.", made, UTC), title)
        assert words == "Ask."
        assert facts.startswith(f"by Inventa, Ada, item {item(1).copy.item_barcode} of {item(1).copy.branch}"), facts


def test_each_task_of_lending_names_work_and_library_wherever_it_opens():
    opened = 0
    for state in STATES:
        before = lent(state)
        for event in EVENTS:
            made = ruling(before, event)
            for task in made.open_tasks if isinstance(made, Decision) else ():
                opened += 1
                assert "A Made-up Work" in task.words, (state, event)
                assert "East Library" in task.words, (state, event)
    assert opened


def test_a_task_about_an_order_names_work_and_lender():
    talk = borrowing.Talk()
    talk(borrowing.asked(wanted=WANTED))
    talk(borrowing.vetted(Doubt(concern=Concern.OWNED, words="We have it: 1 (Main).")))
    assert "“A Made-up Work”, by Inventa, Ada, 1998, part v. 2, ISBN 9783161484100 as asked for" in talk.asked
    here = borrowing.on_shelf()
    here(borrowing.says(LenderSays.RECALLED))
    assert f"from {here.request.partner}" in here.asked


NAMES = {
    "hills": "Hills Library",
    "lakes-1": "Lakes Library",
    "Not": "Never",
    "sends": "Never",
    "none": "Never",
    "New": "Never",
}


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            "Nobody. Asked so far: hills: unfilled, not held (2026-10-28); lakes-1: no answer (2026-10-29). Add one.",
            "Nobody. Asked so far: Hills Library: unfilled, not held (2026-10-28); Lakes Library: no answer (2026-10-29). Add one.",
        ),
        (
            "A lender that we had left, hills, sends it as well.",
            "A lender that we had left, Hills Library, sends it as well.",
        ),
        (
            "Lenders to ask: hills (49: near (as set)), lakes-1 (7: far). Not hills, lakes-1: closed.",
            "Lenders to ask: Hills Library (49: near (as set)), Lakes Library (7: far). Not Hills Library, Lakes Library: closed.",
        ),
        ("Lenders to ask: none.", "Lenders to ask: none."),
        (
            "Catalogues asked: hills: holds it. lakes-1: its catalogue leaves it open.",
            "Catalogues asked: Hills Library: holds it. Lakes Library: its catalogue leaves it open.",
        ),
        ("Completed from the catalogue of hills: author.", "Completed from the catalogue of Hills Library: author."),
        (
            "Ordered with year “1”; the catalogue of lakes-1 has “2”.",
            "Ordered with year “1”; the catalogue of Lakes Library has “2”.",
        ),
        ("“A Tale”, in the catalogue of hills. Say which.", "“A Tale”, in the catalogue of Hills Library. Say which."),
        ("Sent New to lakes-1.", "Sent New to Lakes Library."),
        ("Sent Cancel to supplier to hills.", "Sent Cancel to supplier to Hills Library."),
        ("Sent New to somebody.", "Sent New to somebody."),
    ],
)
def test_other_libraries_are_named(written: str, said: str):
    assert by_name(written, NAMES) == said
    assert by_name(written, {}) == written


@pytest.mark.parametrize("who", ["partner", "lender"])
def test_what_another_library_wrote_stays_as_it_was_written(who: str):
    written = f"The {who} writes: Please ask. Note: call us. Not hills: closed."
    assert by_name(written, {"Note": "Library Note", "hills": "Hills Library"}) == written
    condition = "Asked so far: hills: unfilled."
    assert by_name(f"{condition} {written}", NAMES) == f"Asked so far: Hills Library: unfilled. {written}"


def test_every_sentence_that_names_a_lender_by_its_id_is_one_of_those():
    """The sentences as they are written, so that a change of their words is noticed here."""
    lender = LenderLine(partner="hills", peer="hub", agency="ISIL:XX-H", score=49, reason="near")
    made = RotaMade(
        at=AT,
        lenders=(lender, lender),
        words=not_asked((Skipped(partner="hills", reason="closed"),)),
        filled=("author",),
        differs=(FieldDifference(field="year", written="1", catalogued="2"),),
        described_by="hills",
    )
    late = LateHeard(at=AT, lenders=(lender, lender))
    for event in (made, late):
        assert "hills" not in by_name(narrate(event, UTC), NAMES)
