"""What is wrong is told by the name that was typed."""

import argparse

import pytest

from gateway.cli import COMMANDS, make_parser
from gateway.commands.option_names import OPTION_OF, in_options

OPTIONS = frozenset({"due", "item", "note", "reason", "cost", "undo_s", "sure"})


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("due_at: not a date or time of ISO 8601.", "--due: not a date or time of ISO 8601."),
        ("item_barcodes.1: no barcode; scan it again.", "--item: no barcode; scan it again."),
        ("note, reason: It tells of the customer: name.", "--note, --reason: It tells of the customer: name."),
        ("answer.cost.currency: three letters.", "--cost: three letters."),
        ("Expected `float` >= 0.0 - at `$.undo_s`.", "Expected `float` >= 0.0 - in --undo-s."),
        ("limit: a whole number from 1 to 200.", "limit: a whole number from 1 to 200."),
        ("There is no such request.", "There is no such request."),
        (
            "Is it meant? Say so (sure), by the due date (due_at).",
            "Is it meant? Say so (--sure), by the due date (--due).",
        ),
        (
            "A loan (checked out) and a field (limit) of another.",
            "A loan (checked out) and a field (limit) of another.",
        ),
    ],
)
def test_a_field_is_named_as_the_option_that_fills_it_where_the_command_has_it(words: str, said: str):
    assert in_options(words, OPTIONS) == said


def dests(parser: argparse.ArgumentParser) -> set[str]:
    """Every option of a parser and of the commands below it."""
    found = set()
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            found |= {dest for each in action.choices.values() for dest in dests(each)}
        elif action.option_strings:
            found.add(action.dest)
    return found


def test_every_name_in_the_table_is_an_options():
    known = {dest for command in COMMANDS for dest in dests(make_parser([command.name]))}
    assert set(OPTION_OF.values()) <= known
