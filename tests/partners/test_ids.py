"""Ids that nobody has yet."""

import pytest

from gateway.partners.ids import free_id


@pytest.mark.parametrize(
    ("wishes", "taken", "given"),
    [
        (("XX-Hills",), (), "xx-hills"),
        (("XX-Hills",), ("xx-hills", "xx-hills-2"), "xx-hills-3"),
        (("!!", "Hills"), (), "hills"),
        ((), ("partner",), "partner-2"),
        (("ÄÖ$1:2",), (), "1-2"),
        ((f"{'a' * 39}-b",), (), "a" * 39),
    ],
)
def test_an_id_is_made_of_a_name(wishes: tuple[str, ...], taken: tuple[str, ...], given: str):
    assert free_id(wishes, taken) == given
