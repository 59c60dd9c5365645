"""The forms of partners and peers: nothing of a record is left out, for a column without a field would be emptied."""

import pytest

from gateway.desk.structs.directory import RecordForm
from gateway.pages.record_fields import PARTNER, PEER, FieldGroup, facts_of, groups_of, typed
from gateway.partners.flat import choices, columns
from gateway.workflow.partners import Partner, Peer


@pytest.mark.parametrize(("groups", "shape"), [(PARTNER, Partner), (PEER, Peer)])
def test_each_column_has_its_field(groups: tuple[FieldGroup, ...], shape: type[Partner] | type[Peer]):
    assert sorted(field.column for group in groups for field in group.fields) == sorted(columns(shape))


@pytest.mark.parametrize(("groups", "shape"), [(PARTNER, Partner), (PEER, Peer)])
def test_boxes_stand_where_a_column_says_yes_or_no(groups: tuple[FieldGroup, ...], shape: type[Partner] | type[Peer]):
    boxes = {field.column for group in groups for field in group.fields if field.kind == "check"}
    assert boxes == {name for name, values in choices(shape).items() if values == ("true", "false")}


def test_what_was_ticked_is_one_text_and_an_empty_box_says_no():
    form = RecordForm(
        version=1,
        columns=("id", "on", "off", "some"),
        cells={},
        choices={"on": ("true", "false"), "off": ("true", "false")},
    )
    given = {"id": [" a "], "on": ["true"], "some": ["Loan", "Copy"]}
    assert typed(form, given) == {"id": "a", "on": "true", "off": "false", "some": "Loan; Copy"}


def test_a_folded_group_opens_where_something_stands_or_is_wrong():
    shown = {
        each.group.heading: each.is_open
        for each in groups_of(PARTNER, {"lending.reciprocal": "false"}, {"closures": "no"})
    }
    assert (shown["We lend to it"], shown["Away"], shown["The library"]) == (False, True, True)


def test_a_code_of_a_service_is_read_as_words():
    services = dict(dict(facts_of(PARTNER, {"lending.services": "Loan; CopyOrLoan"}))["We lend to it"])
    assert services == {"What is lent or copied": "Loan; Copy or loan"}
