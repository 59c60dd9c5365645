"""Two records that are one library by now: what the one takes of the other, and what still names the other."""

import msgspec

from gateway.partners.merging import absorbed, by_ids, id_fault, ids_of, is_among
from gateway.workflow.partners import Partner

VALLEY = Partner(
    id="valley", name="Valley Library", peer="hub", symbols=("ISIL:XX-V",), aliases=("OCLC:VAL",), merged=("dale",)
)
UNION = Partner(
    id="union", name="Union Library", peer="hub", symbols=("ISIL:XX-U",), aliases=("oclc:val",), groups=("own",)
)
BOTH = absorbed(UNION, VALLEY)


def test_it_takes_symbols_and_ids_and_is_as_it_was_beside_that():
    assert BOTH.aliases == ("oclc:val", "ISIL:XX-V"), "each symbol once, however it is written"
    assert BOTH.merged == ("valley", "dale")
    assert msgspec.structs.replace(BOTH, aliases=UNION.aliases, merged=()) == UNION
    assert absorbed(BOTH, VALLEY) == BOTH, "once is enough"


def test_old_ids_mean_the_record_of_now_and_a_record_of_its_own_comes_first():
    other = Partner(id="dale", name="Dale Library", peer="hub", symbols=("ISIL:XX-D",))
    assert by_ids([BOTH]) == {"union": BOTH, "valley": BOTH, "dale": BOTH}
    assert by_ids([BOTH, other])["dale"] == other


def test_requests_and_invoices_are_kept_under_each_of_its_ids():
    known = by_ids([BOTH])
    assert ids_of("union", known) == ids_of("dale", known) == ("union", "valley", "dale")
    assert ids_of("nobody", known) == ("nobody",)


def test_who_was_asked_under_an_old_id_was_asked():
    assert is_among(BOTH, {"dale"})
    assert is_among(BOTH, {"union"})
    assert not is_among(BOTH, {"hills"})


def test_an_old_id_is_not_given_again():
    again = Partner(id="valley", name="New Valley Library", peer="hub", symbols=("ISIL:XX-N",))
    assert id_fault(again, [BOTH]) == "“valley” was merged into Union Library: take another one"
    assert id_fault(BOTH, [BOTH]) is None
