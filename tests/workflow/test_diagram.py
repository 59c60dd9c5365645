"""The picture of a table says what its rows say."""

import re

from gateway.workflow.acts import act
from gateway.workflow.diagram import mermaid
from gateway.workflow.lending import choose, guards, items
from gateway.workflow.lending.groups import FINALS
from gateway.workflow.lending.table import LENDING
from gateway.workflow.machine import ANY, BEFORE, STAYS, Table, no, row
from gateway.workflow.records import State
from gateway.workflow.triggers import Trigger
from tests.workflow.every_case import STATES

S = State
T = Trigger

SMALL = Table(
    rows=(
        row(None, T.ADMITTED, "made", S.LOANED),
        row(S.LOANED, T.RENEW, "asked", S.RENEWING, items.renew),
        row(S.RENEWING, (T.RENEW_NOT_DONE, T.NOT_DONE), "no", BEFORE),
        row(S.RENEWING, T.RENEW_ANSWERED, "stays", STAYS, act.note_answer),
        row((S.LOANED, S.RENEWING), T.CHECK_IN, "over", S.COMPLETED, when=guards.more_to_arrive),
        no(S.LOANED, T.SHIP, "It is out."),
        row(ANY, T.FORCE, "left out of the picture", S.COMPLETED),
    ),
    finals=frozenset({S.COMPLETED}),
    begin=choose.begin,
)


def test_an_arrow_bears_everything_that_leads_along_it():
    assert mermaid(SMALL) == (
        "stateDiagram-v2\n"
        '    state "loaned" as loaned\n'
        '    state "renewing" as renewing\n'
        '    state "completed" as completed\n'
        "    [*] --> loaned : request admitted\n"
        "    loaned --> renewing : renew\n"
        "    renewing --> loaned : renewal not done, not done\n"
        "    loaned --> completed : check in\n"
        "    renewing --> completed : check in\n"
        "    completed --> [*]\n"
    )


def test_the_lending_table_is_drawn_whole():
    drawn = mermaid(LENDING)
    for state in STATES:
        assert f'state "{state}" as ' in drawn
        assert re.search(rf"--> {state.value.replace(' ', '_')} : ", drawn), f"nothing leads to {state}"
    assert len(re.findall(r"--> \[\*\]", drawn)) == len(FINALS)


def test_a_label_ends_where_its_line_ends():
    """Mermaid ends a label at a colon or a semicolon."""
    for line in mermaid(LENDING).splitlines():
        assert line.count(":") <= 1
        assert ";" not in line
