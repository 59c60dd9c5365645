"""The best of several copies, and why not another one."""

from itertools import permutations

import pytest

from gateway.policy.choosing import explain, rank, shortlist, with_doubts
from gateway.workflow.policy import Policy, Preference
from gateway.workflow.records import Answer, AnswerKind, Copy, CopyStatus

POLICY = Policy(branch_order=("MAIN", "HILL"), item_type_order=("book", "score"), lend_with_queue=True)


def candidate(
    barcode: str, *, branch: str = "MAIN", item_type: str = "book", queue: int = 0, days: int = 0, at: str | None = None
) -> tuple[CopyStatus, int]:
    copy = Copy(item_barcode=barcode, branch=branch, item_type=item_type)
    return CopyStatus(copy=copy, status="03", queue_length=queue, current_branch=at), days


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


@pytest.mark.parametrize("order", list(permutations(range(len(BEST_FIRST)), 2))[:40])
def test_copies_are_ranked_by_the_rules_in_their_order(order: tuple[int, int]):
    better, worse = sorted(order)
    assert rank(BEST_FIRST[better], POLICY) < rank(BEST_FIRST[worse], POLICY)


def test_a_copy_that_nobody_waits_for_wins_whatever_the_branch():
    """ill.md: any candidate with CF 0 wins."""
    assert rank(candidate("far", branch="ELSEWHERE", days=2), POLICY) < rank(candidate("near", queue=1), POLICY)


def test_the_order_of_the_rules_is_the_policys():
    by_branch = Policy(branch_order=("MAIN", "HILL"), preferences=(Preference.BRANCH, Preference.AVAILABLE))
    assert rank(candidate("near", days=2), by_branch) < rank(candidate("far", branch="HILL"), by_branch)


def test_the_choice_and_each_rejection_have_their_reason():
    best, *others = BEST_FIRST
    assert explain(best, others, POLICY) == (
        "Chosen: best; dearer its item type is dearer; unknown type its item type is dearer; farther its branch is farther; "
        "farthest its branch is farther; away is not at hand as the chosen one is; later is not at hand as the chosen one is; "
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
        candidate("sure")[0],
        CopyStatus(copy=Copy(item_barcode="x", branch="MAIN", doubt="a guess"), status="03"),
    )
    assert with_doubts(answer, [sure]) is answer
    doubted = with_doubts(answer, [sure, doubtful])
    assert (doubted.doubt, doubted.words) == ("a guess", "Chosen: best. In doubt: a guess")
