"""What a request tells of a library that we don't know; with an address: tests/web/test_approval.py."""

import pytest

from gateway.mapping.introduction import introduction


@pytest.mark.parametrize(
    ("symbol", "taken", "partner_id"),
    [
        ("ISIL:XX-Hills", (), "xx-hills"),
        ("ISIL:XX-Hills", ("xx-hills", "xx-hills-2"), "xx-hills-3"),
        ("ISIL:!!", (), "partner"),
        ("OCLC:ÄÖ$1:2", (), "1-2"),
    ],
)
def test_a_message_that_tells_nothing_leaves_the_symbol(symbol: str, taken: tuple[str, ...], partner_id: str):
    assert introduction(symbol, None, taken) == {"id": partner_id, "name": symbol, "symbols": [symbol]}
