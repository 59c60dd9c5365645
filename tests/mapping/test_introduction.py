"""What a request tells of a library that we don't know; with an address: tests/web/test_approval.py."""

from gateway.mapping.introduction import introduction


def test_a_message_that_tells_nothing_leaves_the_symbol():
    assert introduction("ISIL:XX-Hills", None) == {"name": "ISIL:XX-Hills", "symbols": ["ISIL:XX-Hills"]}
