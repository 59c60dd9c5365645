"""Every event as one sentence for the timeline."""

import re
from datetime import UTC
from typing import get_args

import msgspec
import pytest

from gateway.iso18626.codes import LoanCondition, ReasonRetry, ReasonUnfilled
from gateway.workflow.borrowing_events import ItemSeen
from gateway.workflow.events import AnyEvent, PartnerAction
from gateway.workflow.places import PLACE_WORDS
from gateway.workflow.records import Act, Finding, ItemPlace, Outcome, Role
from gateway.workflow.triggers import StaffAction
from gateway.workflow.words import ACT_WORDS, FOUND_WORDS, SENTENCES, code_words, narrate, within
from tests.workflow.builders import DUE, FIRST, SUPPLY, arrived, checked, found, looked, partner, performed, staff
from tests.workflow.every_case import ARRIVALS, EVENTS


def test_every_event_is_a_sentence():
    for event in (*EVENTS, *ARRIVALS):
        said = narrate(event, UTC)
        assert not said[0].islower() or said.startswith(event.by), said
        assert "None" not in said
        assert "  " not in said


def test_every_kind_of_event_has_its_sentence():
    assert set(SENTENCES) == set(get_args(AnyEvent))


def test_every_act_and_finding_has_words():
    assert set(ACT_WORDS) == set(Act)
    assert set(FOUND_WORDS) == set(Act)


def test_an_act_whose_outcome_is_unknown_is_told_as_such():
    lost = msgspec.structs.replace(performed(Act.CHECKOUT, Outcome.UNKNOWN), words="It did not answer in time.")
    assert narrate(lost, UTC) == (
        f"Whether the circulation system did the checkout of {lost.item_barcode} is not known yet. It did not answer in time."
    )


@pytest.mark.parametrize(
    ("finding", "words"),
    [
        (Finding.YES, "our hold is off."),
        (Finding.NO, "our hold is still on it."),
        (Finding.UNCLEAR, "whether our hold is off can't be told."),
    ],
)
def test_a_look_says_what_it_shows_of_the_act(finding: Finding, words: str):
    assert narrate(looked(Act.CANCEL_HOLD, finding), UTC) == f"Looked at {FIRST}: {words}"


def test_where_an_item_is_has_words_in_both_roles():
    assert {place: set(words) for place, words in PLACE_WORDS.items()} == {place: set(Role) for place in ItemPlace}


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (arrived(), ("ISIL:EX-SAMPLE", "The Imaginary Almanac", "Loan", "SCL-77")),
        (partner(PartnerAction.RECEIVED, "With thanks."), ("received", "With thanks.")),
        (found(), ("0 copies",)),
        (found(1), ("1 copy",)),
        (checked(SUPPLY), ("2 copies: it can be supplied.",)),
        (performed(Act.CHECKOUT, Outcome.REFUSED, words="Blocked.", due_at=DUE), ("checkout", FIRST, "refused", "Blocked.", "2026-12-09")),
        (looked(Act.HOLD, Finding.NO), ("hold", FIRST, "is not on it")),
        (staff(StaffAction.SHIP, items=(1,), note="Careful."), ("ada", "ship", FIRST, "Careful.")),
        (staff(StaffAction.NOTE, inside="Loose."), ("ada: note.", "For staff: Loose.")),
    ],
)  # fmt: skip
def test_the_sentence_says_who_what_and_which(event, words):
    for word in words:
        assert word in narrate(event, UTC)


@pytest.mark.parametrize(
    ("out", "before", "words"),
    [
        (True, False, "The customer has it. Due 2026-12-09."),
        (False, True, "The customer has brought it back."),
        (False, False, "The customer has not fetched it yet."),
        (None, True, "The circulation system does not say where it is."),
    ],
)
def test_where_a_borrowed_item_was_seen(*, out: bool | None, before: bool, words: str):
    assert narrate(ItemSeen(at=DUE, out=out, before=before, due_at=DUE if out else None), UTC) == words


def test_a_look_says_what_is_wrong_with_an_item_in_the_house():
    assert narrate(ItemSeen(at=DUE, out=False, kept=False), UTC) == "It is not kept for a hold."
    assert narrate(ItemSeen(at=DUE, out=True, by_another=True), UTC).startswith("Somebody else has it")


def test_a_look_for_a_renewal_says_that_the_item_is_back():
    assert narrate(looked(Act.RENEW, Finding.NO, charged=False), UTC).endswith("It is back.")
    assert "It is back." not in narrate(looked(Act.RENEW, Finding.NO, charged=True), UTC)
    assert "It is back." not in narrate(looked(Act.CHECKIN, charged=False), UTC), "that was asked for, and is said"


@pytest.mark.parametrize(
    ("code", "words"), [("NotAvailableForILL", "Not available for ILL"), ("OnLoan", "On loan"), ("NotHeld", "Not held")]
)
def test_codes_are_said_in_words(code: str, words: str):
    assert code_words(code) == words


@pytest.mark.parametrize("code", [*ReasonUnfilled, *ReasonRetry, *LoanCondition])
def test_no_code_is_said_in_abbreviations(code: str):
    assert not re.search(
        r"\b(req|del|supp|vol|avail|serv|pay|spec|coll|superv|current)\b", code_words(code), re.IGNORECASE
    )


@pytest.mark.parametrize(
    ("code", "words"), [("NotAvailableForILL", "not available for ILL"), ("ILL", "ILL"), (" ", ""), ("", "")]
)
def test_within_a_sentence_a_code_begins_small(code: str, words: str):
    assert within(code) == words
