"""What a hash costs in a gateway; that names and passwords are judged is shown in tests/web/test_accounts.py."""

from argon2 import Type, extract_parameters

from gateway.desk.passwords import HASHER, NOBODYS, Passwords

PASSWORD = "seven visibly fictional words"


async def test_a_hash_has_the_cost_that_owasp_names_first():
    kept = await Passwords().hashed(PASSWORD)
    cost = extract_parameters(kept)
    assert (cost.type, cost.memory_cost, cost.time_cost, cost.parallelism) == (Type.ID, 19 * 1024, 2, 1)
    assert await Passwords().fits(PASSWORD, kept)
    assert not await Passwords().fits("another", kept)


async def test_it_takes_as_long_to_say_no_where_there_is_no_account():
    assert extract_parameters(NOBODYS) == extract_parameters(HASHER.hash(PASSWORD))
    assert not await Passwords().fits(PASSWORD, None)
