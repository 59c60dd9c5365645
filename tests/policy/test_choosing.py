"""The best of several copies, and why not another one."""

from datetime import date, timedelta
from itertools import permutations

import pytest

from gateway.iso18626.codes import ServiceType
from gateway.policy.choosing import (
    Candidate,
    explain,
    order,
    rank,
    shortlist,
    term_in,
    with_doubts,
    with_form,
    with_note,
)
from gateway.workflow.policy import Policy, Preference
from gateway.workflow.records import Answer, AnswerKind, Copy, CopyStatus

POLICY = Policy(branch_order=("MAIN", "HILL"), item_type_order=("book", "score"), lend_with_queue=True)

MONDAY = date(2026, 11, 2)


def candidate(
    barcode: str,
    *,
    branch: str = "MAIN",
    item_type: str = "book",
    queue: int = 0,
    days: int = 0,
    at: str | None = None,
    ready: int | None = None,
) -> Candidate:
    copy = Copy(item_barcode=barcode, branch=branch, item_type=item_type)
    status = CopyStatus(copy=copy, status="03", queue_length=queue, current_branch=at)
    return Candidate(status, days, MONDAY + timedelta(days=days if ready is None else ready))


BEST_FIRST = (
    candidate("best"),
    candidate("dearer", item_type="score"),
    candidate("unknown type", item_type="map"),
    candidate("farther", branch="HILL"),
    candidate("farthest", branch="ELSEWHERE"),
    candidate("away", at="HILL"),
    candidate("later", days=1),
    candidate("one waits", queue=1),
    candidate("two wait", queue=2),
)


@pytest.mark.parametrize("places", list(permutations(range(len(BEST_FIRST)), 2))[:40])
def test_copies_are_ranked_by_the_rules_in_their_order(places: tuple[int, int]):
    better, worse = sorted(places)
    assert rank(BEST_FIRST[better], POLICY) < rank(BEST_FIRST[worse], POLICY)


def test_a_copy_that_nobody_waits_for_wins_whatever_the_branch():
    """ill.md: any candidate with CF 0 wins."""
    assert rank(candidate("far", branch="ELSEWHERE", days=2), POLICY) < rank(candidate("near", queue=1), POLICY)


def test_the_order_of_the_rules_is_the_policys():
    by_branch = Policy(branch_order=("MAIN", "HILL"), preferences=(Preference.BRANCH, Preference.AVAILABLE))
    assert rank(candidate("near", days=2), by_branch) < rank(candidate("far", branch="HILL"), by_branch)


def test_an_open_branch_comes_before_a_closed_one_without_a_setting():
    """Whatever the nearness: the expected day is the first criterion after availability."""
    near_and_closed, far_and_open = candidate("near", ready=7), candidate("far", branch="HILL", ready=2)
    assert rank(far_and_open, POLICY) < rank(near_and_closed, POLICY)
    before = Policy(preferences=(Preference.AVAILABLE, Preference.BRANCH))
    assert order(before) == (Preference.AVAILABLE, Preference.SOONEST, Preference.BRANCH), "kept policies too"
    last = Policy(preferences=(Preference.BRANCH, Preference.SOONEST))
    assert order(last) == last.preferences, "what the policy says counts"


def test_the_choice_and_each_rejection_have_their_reason():
    best, *others = BEST_FIRST
    assert explain(best, others, POLICY) == (
        "Chosen: best; dearer its item type is dearer; unknown type its item type is dearer; farther its branch is farther; "
        "farthest its branch is farther; away would be here later; later would be here later; "
        "one waits is not at hand as the chosen one is; two wait is not at hand as the chosen one is"
    )
    assert explain(best, [candidate("twin")], POLICY).endswith("twin is as good and comes later")


def test_the_fewest_holds_decide_between_copies_that_somebody_waits_for():
    words = explain(candidate("one", queue=1), [candidate("two", queue=2)], POLICY)
    assert words == "Chosen: one; two has more holds"


def test_where_there_are_too_many_copies_the_nearest_are_asked_about():
    far = [Copy(item_barcode=f"far{number}", branch="ELSEWHERE") for number in range(3)]
    near, doubtful = Copy(item_barcode="near", branch="HILL"), Copy(item_barcode="doubt", branch="MAIN", doubt="d")
    few = Policy(branch_order=("MAIN", "HILL"), max_copies=2)
    assert shortlist([doubtful, *far, near], few) == (near, far[0])
    assert shortlist([far[0], near], few) == (far[0], near), "their order stays where there is room for all"


def test_an_answer_that_rests_on_a_doubtful_copy_says_so():
    answer = Answer(kind=AnswerKind.SUPPLY, words="Chosen: best")
    sure, doubtful = (
        candidate("sure").status,
        CopyStatus(copy=Copy(item_barcode="x", branch="MAIN", doubt="a guess"), status="03"),
    )
    assert with_doubts(answer, [sure], POLICY) is answer
    doubted = with_doubts(answer, [sure, doubtful], POLICY)
    assert (doubted.doubt, doubted.words) == ("a guess", "Chosen: best. In doubt: a guess")


def test_a_doubt_about_which_copy_holds_no_plain_no_back():
    doubtful = CopyStatus(copy=Copy(item_barcode="x", branch="MAIN", doubt="a guess"), status="04")
    for kind in (AnswerKind.UNFILLED, AnswerKind.RETRY):
        found = with_doubts(Answer(kind=kind, words="on loan"), [doubtful], POLICY)
        assert (found.doubt, found.words) == (None, "on loan. In doubt: a guess")
    offer = Answer(kind=AnswerKind.RETRY, choice=doubtful, words="for a price")
    assert with_doubts(offer, [doubtful], POLICY).doubt == "a guess"


def test_a_number_that_alone_differs_goes_out_by_setting():
    copy = Copy(item_barcode="x", branch="MAIN", doubt="only the number is another", number_alone=True)
    other = Copy(item_barcode="y", branch="MAIN", doubt="a guess")
    answer = Answer(kind=AnswerKind.SUPPLY, words="Chosen: x")
    looked_at = Policy(other_number=False)
    alone = [CopyStatus(copy=copy, status="03")]
    assert with_doubts(answer, alone, looked_at).doubt == "only the number is another"
    assert with_doubts(answer, alone, Policy()).doubt is None, "as delivered"
    assert with_doubts(answer, [*alone, CopyStatus(copy=other, status="03")], Policy()).doubt == "a guess"


@pytest.mark.parametrize(
    ("note", "term"),
    [
        ("LARGE PRINT only, please", "large print"),
        ("Must come with the CD, else do not send.", "must"),
        ("Hardcover, thanks", "hardcover"),
        ("Thank you very much for your help!", None),
        ("Please handle with care.", None),
        ("A commonly mustered title", None),
    ],
)
def test_a_note_that_says_which_copy_will_do_is_told_from_thanks(note: str, term: str | None):
    assert term_in(note, Policy().note_terms) == term


def test_such_a_note_holds_a_promise_back_and_no_no():
    supply, no = Answer(kind=AnswerKind.SUPPLY, words="here"), Answer(kind=AnswerKind.UNFILLED, words="lost")
    held = with_note(supply, "Large print only", Policy())
    assert held.doubt == "The partner's note says “large print”: Large print only"
    told = with_note(no, "Large print only", Policy())
    assert (told.kind, told.doubt, told.asks_for) == (AnswerKind.UNFILLED, None, "Large print only")
    assert with_note(supply, "Large print only", Policy(note_terms=())) is supply


def test_the_sentence_that_says_which_copy_will_do_is_kept_for_whoever_has_it_in_hand():
    note = "Thank you! Must come with the CD, else do not send. Best regards"
    held = with_note(Answer(kind=AnswerKind.SUPPLY, words="here"), note, Policy())
    assert held.asks_for == "Must come with the CD, else do not send."


@pytest.mark.parametrize(
    ("form", "held"), [(None, False), ("Printed", False), ("LargePrint", True), ("CD-ROM", True), ("X", True)]
)
def test_a_form_that_no_shelf_gives_by_itself_is_looked_at(form: str | None, *, held: bool):
    answer = with_form(Answer(kind=AnswerKind.SUPPLY, words="here"), form)
    assert (answer.doubt is not None, answer.asks_for) == (held, form if held else None)


def test_note_and_form_are_both_kept_and_the_first_doubt_is_said():
    answer = with_form(with_note(Answer(kind=AnswerKind.SUPPLY, words="here"), "Large print only", Policy()), "CD")
    assert answer.asks_for == "Large print only; CD"
    assert answer.doubt == "The partner's note says “large print”: Large print only"


def test_a_note_holds_no_photocopy_back_and_is_read_by_whoever_makes_it():
    made = with_note(Answer(kind=AnswerKind.SUPPLY, service=ServiceType.COPY), "Hardcover only", Policy())
    assert (made.doubt, made.asks_for) == (None, "Hardcover only")
