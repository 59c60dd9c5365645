"""Tokens in notes are read, stripped and written; human text stays."""

import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.iso18626.notes import (
    NotedItem,
    Tokens,
    Words,
    in_people_words,
    read_answer,
    read_item_id,
    read_tokens,
    read_words,
    write_tokens,
)
from gateway.iso18626.values import Code, Costs

NOTES = [
    ("#seq:4#", None, Tokens(sequence=4)),
    ("#seq:4#Thank you", "Thank you", Tokens(sequence=4)),
    ("#lastSeq:12#", None, Tokens(last_sequence=12)),
    ("Here #ReShareAddLoanCondition# it is", "Here it is", Tokens(condition_added=True)),
    ("#ReShareLoanConditionAgreeResponse##seq:2#", None, Tokens(condition_accepted=True, sequence=2)),
    ("#ReShareLoanConditionRejectResponse#no", "no", Tokens(condition_accepted=False)),
    ("#ReShareSupplierAwaitingConditionConfirmation#", None, Tokens(awaiting_condition_answer=True)),
    ("#ReShareSupplierConditionsAssumedAgreed#", None, Tokens(conditions_assumed_agreed=True)),
    ("#ReShareUpdatedField-needBefore:2024-05-06#", None, Tokens(updated_fields=(("needBefore", "2024-05-06"),))),
    ("#ABORT#", None, Tokens(aborted=True)),
    (
        "Two of them\n#MultipleItems#\n300|QA 1|Vol. 1\n301|QA 2|Vol. 2 | old\n#MultipleItemsEnd#",
        "Two of them",
        Tokens(items=(NotedItem("300", "QA 1", "Vol. 1"), NotedItem("301", "QA 2", "Vol. 2 | old"))),
    ),
    ("#SHIP_TO#\n1 Example Street\n#ST_END#", None, Tokens(ship_to="1 Example Street")),
    ("#RETURN_TO#\n2 Example Street\n#RT_END#ok", "ok", Tokens(return_to="2 Example Street")),
    ("No token  here", "No token  here", Tokens()),
    ("#MultipleItems# without an end", "#MultipleItems# without an end", Tokens()),
    ("#seq:x# is no token", "#seq:x# is no token", Tokens()),
    (None, None, Tokens()),
    ("", None, Tokens()),
]


@pytest.mark.parametrize(("note", "human", "tokens"), NOTES)
def test_tokens_are_read_and_stripped(note, human, tokens):
    assert read_tokens(note) == (human, tokens)


PLAIN = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=10)


@given(
    st.builds(
        Tokens,
        sequence=st.none() | st.integers(0, 999_999_999),
        last_sequence=st.none() | st.integers(0, 999_999_999),
        condition_added=st.booleans(),
        condition_accepted=st.none() | st.booleans(),
        awaiting_condition_answer=st.booleans(),
        conditions_assumed_agreed=st.booleans(),
        aborted=st.booleans(),
        updated_fields=st.lists(st.tuples(PLAIN, PLAIN), max_size=2).map(tuple),
        items=st.lists(st.builds(NotedItem, PLAIN, PLAIN, PLAIN), max_size=3).map(tuple),
        ship_to=st.none() | PLAIN,
        return_to=st.none() | PLAIN,
    ),
    st.none() | PLAIN,
)
def test_what_is_written_is_read(tokens, text):
    assert read_tokens(write_tokens(text, tokens)) == (text, tokens)


@pytest.mark.parametrize(
    "tokens", [Tokens(sequence=3), Tokens(sequence=3, condition_added=True, items=(NotedItem("300"),))]
)
def test_a_sequence_ends_the_note_and_a_condition_begins_it(tokens):
    note = write_tokens("Thank you", tokens)
    assert note is not None
    assert note.endswith("#seq:3#")
    assert note.startswith(
        "#ReShareAddLoanCondition#Thank you\n#MultipleItems#" if tokens.condition_added else "Thank you"
    )


def test_what_tokens_tell_people_is_said_in_words():
    tokens = Tokens(
        sequence=1, items=(NotedItem("300"),), condition_accepted=True, updated_fields=(("PickupLocation", "North"),),
        ship_to="1 Example Street\nSampleton", aborted=True,
    )  # fmt: skip
    assert in_people_words(tokens) == (
        "Changed: PickupLocation: North.\n"
        "The sender's system has given the request up.\n"
        "Ship to: 1 Example Street, Sampleton."
    )
    assert in_people_words(Tokens(sequence=1)) is None


ANSWERS = [
    ("ACCEPT", True), ("accept", True), (" `Reject`. ", False), ("REJECT: too dear", False), ("ACCEPT - thank you", True),
    ("ACCEPTABLE", None), ("Accept our thanks", None), ("Yes", None), ("", None), (None, None),
]  # fmt: skip


@pytest.mark.parametrize(("note", "answer"), ANSWERS)
def test_an_answer_is_a_word_of_its_own(note, answer):
    assert read_answer(note) is answer


def test_words_are_read_and_left_in_place():
    note = "Vendor: Example Vendor, Condition: LibraryUseOnly, Cost: 35 usd, URL: https://copies.example/1"
    assert read_words(note) == Words(
        vendor="Example Vendor",
        condition="LibraryUseOnly",
        cost=Costs(Code("USD"), Decimal(35)),
        url="https://copies.example/1",
    )
    assert read_words("Supplier: Example Valley Library, we have it").supplier == "Example Valley Library"
    assert read_words("Vendor: Example Vendor#seq:1#").vendor == "Example Vendor"
    assert read_words("Supplier: Sampleton").supplier == "Sampleton"
    assert read_words(None) == Words()


ITEM_IDS = [
    ("30000000000001", (NotedItem("30000000000001"),)),
    ("Vol. 1##QA 1##300", (NotedItem("300", "QA 1", "Vol. 1"),)),
    (
        "multivol:Vol. 1##QA 1##300###Vol. 2##QA 2##301",
        (NotedItem("300", "QA 1", "Vol. 1"), NotedItem("301", "QA 2", "Vol. 2")),
    ),
    ("Vol. 1####300", (NotedItem("300", "", "Vol. 1"),)),
    ("multivol:Vol. 1####300###Vol. 2####301", (NotedItem("300", "", "Vol. 1"), NotedItem("301", "", "Vol. 2"))),
    ("multivol:##QA 1##300#####QA 2##301", (NotedItem("300", "QA 1"), NotedItem("301", "QA 2"))),
    ("multivol:Vol. 1##QA 1##300#######301", (NotedItem("300", "QA 1", "Vol. 1"), NotedItem("301"))),
    ("####300", (NotedItem("300"),)),
    ("300###301", (NotedItem("300"), NotedItem("301"))),
    ("Vol. 1,QA 1,300", (NotedItem("300", "QA 1", "Vol. 1"),)),
    ("Vol. 1,,300", (NotedItem("300", "", "Vol. 1"),)),
    ("multivol:Vol. 1,300", (NotedItem("300", "", "Vol. 1"),)),
    ("multivol:A,QA 1,B,300", (NotedItem("300", "QA 1,B", "A"),)),
    ("multivol:A,QA 1,300,multivol:B,,301", (NotedItem("300", "QA 1", "A"), NotedItem("301", "", "B"))),
    ("300,301", (NotedItem("300,301"),)),
    ("https://copies.example/a,b,c##1", (NotedItem("https://copies.example/a,b,c##1"),)),
    ("multivol:", ()),
    ("a##b", (NotedItem("a##b"),)),
    ("", ()),
]


@pytest.mark.parametrize(("item_id", "items"), ITEM_IDS)
def test_item_ids_are_taken_apart(item_id, items):
    assert read_item_id(item_id) == items


@pytest.mark.parametrize(
    "unit",
    [
        "#MultipleItems#",
        "#ReShareUpdatedField-x:",
        "#seq:",
        "Vendor: ",
        "Cost: 1",
        "URL: x",
        "multivol:",
        "a##",
        "#",
        ",multivol:a",
    ],
)
def test_long_notes_take_time_in_proportion(unit):
    note = unit * (500_000 // len(unit))
    started_s = time.process_time()
    read_tokens(note)
    read_words(note)
    read_item_id(note)
    assert time.process_time() - started_s < 1
