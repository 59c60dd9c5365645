"""Forms of acts: what is asked, what is proposed, and how what was sent becomes an act."""

from datetime import UTC, datetime

import pytest

from gateway.desk.errors import UnusableError
from gateway.desk.forms import About, body_of, form_of, problems_of
from gateway.desk.structs.sheet import ActForm, FormField, Goes
from gateway.dispatch.roles import TABLES
from gateway.workflow.records import Role, State
from gateway.workflow.triggers import StaffAction
from tests.workflow.builders import FIRST, request

A = StaffAction
STATES = sorted(TABLES[Role.LENDING].states)


def form(state: State, action: StaffAction) -> ActForm:
    line = next(line for line in TABLES[Role.LENDING].lines(state) if line.action is action)
    return form_of(line, About(request=request(state), zone=UTC, caller="ada"))


def field(of: ActForm, name: str) -> FormField:
    return next(each for each in of.fields if each.name == name)


@pytest.mark.parametrize("state", STATES)
def test_every_act_has_a_form_and_what_it_proposes_can_be_sent(state: State):
    """But for what a person must fill in, and a task or deed that the request doesn't wait for."""
    for action in TABLES[Role.LENDING].actions(state):
        shown = form(state, action)
        body_of({each.name: each.value for each in shown.fields})
        assert shown.name, action
        assert len({each.name for each in shown.fields}) == len(shown.fields), action


def test_the_policys_proposal_is_filled_in():
    supply = field(form(State.DECIDING, A.ANSWER_SUPPLY), "item_barcodes")
    assert supply.value == FIRST
    assert not supply.required


@pytest.mark.parametrize("state", STATES)
def test_words_for_the_partner_and_words_inside_say_which_they_are(state: State):
    for action in TABLES[Role.LENDING].actions(state):
        for each in form(state, action).fields:
            if each.name in {"note", "answer.note"}:
                assert (each.goes, "reads this" in each.hint) == (Goes.PARTNER, True), action
            if each.name == "inside":
                assert (each.goes, "inside" in each.hint) == (Goes.INSIDE, True), action


def test_what_was_sent_becomes_an_act():
    body = body_of(
        {
            "answer.cost.amount": "12.50",
            "answer.cost.currency": "USD",
            "answer.condition": "",
            "note": " ",
            "unknown": "x",
        }
    )
    assert body.answer is not None
    assert body.answer.cost is not None
    assert (str(body.answer.cost.amount), body.answer.condition, body.note) == ("12.50", None, None)
    assert body_of({"item_barcodes": "30234000517861\r\n 33191000105864"}).item_barcodes == (
        "30234000517861",
        "33191000105864",
    )


@pytest.mark.parametrize("sent", [{"answer.cost.amount": "lots", "answer.cost.currency": "USD"}, {"note": "\0"}])
def test_what_cannot_be_read_is_said_at_its_field(sent: dict[str, str]):
    with pytest.raises(UnusableError) as caught:
        body_of(sent)
    [name] = problems_of(caught.value)
    assert name in sent


@pytest.mark.parametrize(
    ("amount", "currency", "at"),
    [("5,50", "USD", "amount"), ("5.50", "", "currency"), ("", "USD", "amount")],
    ids=["no number", "no currency", "no amount"],
)
def test_a_price_says_at_its_field_what_it_lacks(amount: str, currency: str, at: str):
    with pytest.raises(UnusableError) as caught:
        body_of({"answer.cost.amount": amount, "answer.cost.currency": currency})
    [(name, words)] = problems_of(caught.value).items()
    assert name == f"answer.cost.{at}"
    assert words.endswith("a price has an amount and a currency.")


@pytest.mark.parametrize(
    ("detail", "at"),
    [
        ("due_at: not a date or time of ISO 8601.", "due_at"),
        ("note: It tells of a customer: barcode.", "note"),
        ("item_barcodes.0: too long; scan it again, or type it.", "item_barcodes"),
        ("The circulation system is away: try again.", ""),
    ],
)
def test_what_the_desk_refuses_stands_at_its_field(detail: str, at: str):
    [(name, words)] = problems_of(UnusableError(detail)).items()
    assert name == at
    assert words[0].isupper()


def test_a_date_is_proposed_as_the_library_has_it():
    shown = field(form(State.CHECKED_OUT, A.DONE_BY_HAND), "due_at")
    assert shown.value == datetime(2026, 12, 9, tzinfo=UTC).date().isoformat()
    assert shown.required
