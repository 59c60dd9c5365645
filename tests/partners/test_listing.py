"""Lists in files: what is written is read back as it was, and every mistake of every row is told."""

import csv

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from gateway.partners.listing import RowFault, read_csv, read_json, twice, write_csv, write_json
from gateway.workflow.partners import Partner, Peer
from tests.fakes.examples import examples
from tests.partners.records import partners, peers

EAST = Partner(id="east", name="Example East Library", peer="hub", symbols=("ISIL:XX-E",), account="20000000090015")


@examples(30)
@given(st.lists(peers, max_size=2), st.lists(partners, max_size=2))
def test_json_gives_back_what_was_written(some_peers: list[Peer], some_partners: list[Partner]):
    listing = read_json(write_json(some_peers, some_partners), {})
    assert listing.faults == ()
    assert [peer for _, peer in listing.peers] == some_peers
    assert [partner for _, partner in listing.partners] == some_partners


@examples(60)
@given(st.lists(partners, max_size=3))
def test_csv_gives_back_what_was_written(some: list[Partner]):
    listing = read_csv(write_csv(some), {})
    assert (listing.faults, [partner for _, partner in listing.partners]) == ((), some)


def test_no_field_becomes_a_formula_and_all_are_read_back():
    """A partner's name is its own to choose: an approval takes it from the message."""
    named = msgspec.structs.replace(EAST, name='=HYPERLINK("http://evil.example")', account="-7", notes="@home")
    written = write_csv([named])
    assert {"'=HYPERLINK", "'-7", "'@home"} <= {
        cell.partition("(")[0] for cell in next(csv.reader([written.splitlines()[1]]))
    }
    assert [partner for _, partner in read_csv(written, {}).partners] == [named]


@examples(30)
@given(st.text(max_size=60))
def test_no_text_breaks_a_reader(text: str):
    for reader in (read_csv, read_json):
        assert isinstance(reader(text, {}).faults, tuple)


def test_every_mistake_of_every_row_is_told():
    text = (
        'id;name;peer;closures\neast;Example East Library;hub;"soon; 2026-12-24"\n\n;No Id;hub;\nwest;;hub;;too much\n'
    )
    listing = read_csv(text, {})
    assert listing.partners == ()
    assert listing.faults == (
        RowFault(2, "closures.0", "must be a period like 2026-12-24/2026-12-26"),
        RowFault(4, "id", "is missing"),
        RowFault(5, "", "has more cells than the first line has names"),
    )


def test_a_field_without_a_column_stays_and_an_empty_cell_takes_it_away():
    (row,) = read_csv("id,email\neast,ill@east.example.org\n", {"east": EAST}).partners
    assert (row[0], row[1].email, row[1].account, row[1].name) == (
        2, "ill@east.example.org", EAST.account, EAST.name,
    )  # fmt: skip
    ((_, without),) = read_csv("id\taccount\neast\t\n", {"east": EAST}).partners
    assert without.account is None


def test_what_is_no_list_is_told_once():
    assert read_csv("name,peer\nx,y\n", {}).faults == (
        RowFault(0, "", "must begin with a line of the fields' names, id among them"),
    )
    assert read_json("[", {}).faults[0].row == 0
    assert read_json('{"peers": 1, "others": []}', {}).faults == (
        RowFault(0, "others", "there is no such list"),
        RowFault(0, "peers", "must be a list"),
    )
    assert read_json('{"peers": [{"id": 1}]}', {}).faults == (RowFault(1, "peers.id", "must be text"),)


def test_an_id_that_stands_twice_is_a_fault_of_the_second():
    assert list(twice([(1, "a"), (2, "b"), (3, "a")])) == [RowFault(3, "id", "“a” stands in row 1 too")]
