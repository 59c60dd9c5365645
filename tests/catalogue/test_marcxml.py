"""MARCXML: records read as pymarc reads them, and what is none."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from pymarc import Field, Indicators, Record, Subfield, parse_xml_to_array, record_to_xml

from gateway.catalogue.marcxml import BadRecordError, read_record
from tests.catalogue.records import element, field, opac_record, record

texts = st.text(st.characters(categories=("L", "N", "P", "S", "Zs", "M")), max_size=20)
codes = st.sampled_from("abcdxyz0189")
control_fields = st.builds(lambda tag, data: Field(tag=tag, data=data), st.sampled_from(("001", "003", "008")), texts)
data_fields = st.builds(
    lambda tag, subfields: Field(tag=tag, indicators=Indicators(" ", "1"), subfields=subfields),
    st.sampled_from(("020", "245", "264", "852", "952")),
    st.lists(st.builds(Subfield, codes, texts), max_size=4),
)


@given(st.lists(control_fields | data_fields, max_size=8))
def test_a_record_is_read_as_pymarc_reads_it(fields: list[Field]) -> None:
    made = Record(leader="00000nam a2200000 a 4500")
    made.fields = fields
    xml = record_to_xml(made, namespace=True)  # type: ignore[no-untyped-call]
    (theirs,) = parse_xml_to_array(BytesIO(xml))  # type: ignore[no-untyped-call]
    ours = read_record(etree.fromstring(xml))
    assert [each.tag for each in ours.fields] == [each.tag for each in theirs.fields]
    for tag in {each.tag for each in fields}:
        of_ours, of_theirs = ours.get_fields(tag, "999"), theirs.get_fields(tag, "999")
        assert [each.data for each in of_ours] == [each.data or "" for each in of_theirs]
        assert [each.get_subfields("a", "b", "0") for each in of_ours] == [
            [] if each.control_field else each.get_subfields("a", "b", "0") for each in of_theirs
        ]


def test_the_record_inside_an_opac_record_is_read():
    assert [each.tag for each in read_record(opac_record(record("b1", author=None), "")).fields] == ["001", "245"]


def test_fields_are_told_by_their_names_in_any_namespace():
    text = etree.tostring(element(record("b1", field("020", a="x"), author=None))).decode()
    bare = text.replace(' xmlns="http://www.loc.gov/MARC21/slim"', "")
    assert bare != text
    assert read_record(etree.fromstring(bare)) == read_record(etree.fromstring(text))


@pytest.mark.parametrize(
    "xml",
    [
        "<dc/>",
        "<record><leader>short</leader></record>",
        "<record><datafield><subfield code='a'>x</subfield></datafield></record>",
        "<record><datafield tag='245'><subfield>x</subfield></datafield></record>",
        "<mods xmlns='http://www.loc.gov/mods/v3'><titleInfo/></mods>",
    ],
)
def test_what_is_no_marc_is_said_to_be_none(xml: str):
    with pytest.raises(BadRecordError):
        read_record(etree.fromstring(xml))
