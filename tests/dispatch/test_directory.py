import pytest

from gateway.workflow.policy import AutoAnswer
from tests.dispatch.house import PEER, THEIRS, House


@pytest.mark.parametrize("written", [THEIRS, "isil:xx-partner", "ISIL:ISIL-XX-PARTNER"])
async def test_a_partner_is_found_by_its_symbol_however_it_is_written(house: House, written: str):
    partner = house.directory.partner_of(written)
    assert partner is not None
    assert partner.id == "sample"


async def test_an_unknown_symbol_finds_nobody(house: House):
    assert house.directory.partner_of("ISIL:XX-NOBODY") is None
    assert house.directory.partner(None) is None


async def test_a_peer_acts_for_the_agencies_it_was_granted_alone(house: House):
    assert house.directory.may_act_for(PEER, "isil:xx-partner")
    assert not house.directory.may_act_for(PEER, "ISIL:XX-OTHER")
    assert house.directory.may_act_for("peer-two", "ISIL:XX-OTHER"), "granted all"
    assert not house.directory.may_act_for("nobody", THEIRS)


async def test_a_peer_that_was_granted_all_asks_for_no_library_that_another_peer_reaches(house: House):
    """`agencies = ["*"]` is for the libraries behind a broker: those whose partner names it, and those that nobody knows."""
    await house.set_partner(aliases=("OCLC:EXOLD",))
    assert not house.directory.may_ask_for("peer-two", THEIRS)
    assert not house.directory.may_ask_for("peer-two", "oclc:exold"), "nor by a symbol that it had"
    assert house.directory.may_ask_for("peer-two", "ISIL:XX-OTHER")
    assert house.directory.may_ask_for(PEER, THEIRS)
    await house.set_partner(peer="peer-two")
    assert house.directory.may_ask_for("peer-two", THEIRS)
    assert house.directory.may_ask_for(PEER, THEIRS), "granted by name"


async def test_auto_answer_is_the_partners_then_the_librarys_and_off_for_strangers(house: House):
    assert house.directory.auto_answer("sample") is AutoAnswer.BOTH
    await house.set_partner(auto_answer=None)
    await house.set_policy(auto_answer=AutoAnswer.UNFILLED)
    assert house.directory.auto_answer("sample") is AutoAnswer.UNFILLED
    assert house.directory.auto_answer(None) is AutoAnswer.OFF


async def test_the_policys_version_grows_with_each_change_and_with_nothing_else(house: House):
    before = house.directory.policy_version
    await house.set_policy(loan_days=30)
    assert house.directory.policy_version == before + 1
    await house.set_policy(loan_days=30)
    assert house.directory.policy_version == before + 1


async def test_a_symbol_that_a_partner_only_had_finds_it_too(house: House):
    await house.set_partner(aliases=("OCLC:EXOLD",))
    partner = house.directory.partner_of("oclc:exold")
    assert partner is not None
    assert partner.id == "sample"
