"""What went wrong, as a page says it."""

from gateway.desk.errors import UnusableError
from gateway.desk.structs.common import Problem
from gateway.pages.troubles import trouble_of


def test_a_trouble_of_an_act_names_no_field_as_scripts_do():
    for column in ("answer.cost.amount", "due_at"):
        words = "Write it otherwise."
        for wrong in (
            UnusableError(f"{column}: write it otherwise."),
            UnusableError(f"{column}: {words}", [Problem(column=column, words=words)]),
        ):
            assert trouble_of(wrong).sentences == (words,)
    assert trouble_of(UnusableError("No: not so.", [Problem(column="isbn", words="Wrong.")])).sentences == (
        "No: not so.",
        "isbn: Wrong.",
    )
