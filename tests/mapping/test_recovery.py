"""What is found of one open request of a restored copy."""

import msgspec
import pytest

from gateway.mapping.recovery import LearnedOfRequest, beside
from gateway.workflow.records import Request, Role, State
from gateway.workflow.recovery import Agreement
from tests.workflow import builders

S = State
A = Agreement


def lent(state: State) -> Request:
    return builders.request(state)


def borrowed(state: State) -> Request:
    return msgspec.structs.replace(builders.request(S.LOANED), role=Role.BORROWING, state=state)


@pytest.mark.parametrize("state", [S.LOANED, S.WILL_SUPPLY, S.SEARCHING, S.DECIDING, S.RETURNING])
def test_what_nobody_contradicts_agrees(state: State):
    assert beside(lent(state), LearnedOfRequest()).agreement is A.AGREES


def test_what_the_circulation_system_has_otherwise_differs():
    found = beside(lent(S.LOANED), LearnedOfRequest(difference=("It is in.", "Check it in.")))
    assert (found.agreement, found.words, found.act) == (A.DIFFERS, "It is in.", "Check it in.")


@pytest.mark.parametrize(
    ("state", "agreement"), [(S.SEARCHING, A.DIFFERS), (S.DECIDING, A.DIFFERS), (S.LOANED, A.AGREES)]
)
def test_an_item_that_no_request_knows_may_be_for_one_that_has_none_yet(state: State, agreement: Agreement):
    """Its hold was placed after the copy was made: to answer it anew would place a second one."""
    found = beside(lent(state), LearnedOfRequest(strays=("30234000517861",)))
    assert found.agreement is agreement
    assert ("30234000517861" in found.words) is (agreement is A.DIFFERS)


def test_an_act_under_way_looks_by_itself():
    found = beside(lent(S.CHECKING_OUT), LearnedOfRequest())
    assert found.agreement is A.AGREES
    assert "looked at before" in found.words


def test_silence_of_the_circulation_system_is_no_agreement():
    assert beside(lent(S.LOANED), LearnedOfRequest(compared=False)).agreement is A.UNCLEAR


@pytest.mark.parametrize("state", [S.VETTING, S.CHOOSING_LENDER, S.DECIDING, S.WAITING_TO_ASK])
def test_an_order_that_nobody_was_asked_for_may_have_gone_out_since(state: State):
    assert beside(borrowed(state), LearnedOfRequest()).agreement is A.UNCLEAR


@pytest.mark.parametrize("state", [S.ASKING, S.PROMISED, S.ON_ITS_WAY, S.SENT_BACK])
def test_the_lender_knows_where_it_stands_once_it_has_said_so(state: State):
    assert beside(borrowed(state), LearnedOfRequest()).agreement is A.UNCLEAR
    refused = beside(borrowed(state), LearnedOfRequest(ask_refused="It takes no StatusRequest."))
    assert "It takes no StatusRequest" in refused.words
    assert "phone" in refused.act
    assert beside(borrowed(state), LearnedOfRequest(lender_spoke=True)).agreement is A.AGREES


@pytest.mark.parametrize("state", [S.ON_SHELF, S.WITH_CUSTOMER, S.TO_RETURN])
def test_of_what_is_here_the_circulation_system_knows(state: State):
    assert beside(borrowed(state), LearnedOfRequest()).agreement is A.AGREES
