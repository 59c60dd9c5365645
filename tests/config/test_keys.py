"""What the models say of a key."""

import pytest

from gateway.config.keys import kind_at, unknown_key
from gateway.config.sections import BranchSection, PeerEntry
from gateway.config.settings import Settings


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        (("branches", "anything"), BranchSection),
        (("peers", 3), PeerEntry),
        (("acs", "port", "x"), None),
        (("nowhere", "at", "all"), None),
    ],
)
def test_kind_at_follows_tables_lists_and_names(path: tuple[str | int, ...], kind: type | None):
    assert kind_at(Settings, path) is kind


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("prot", "is no known key; did you mean port?"),
        ("PORT", "is no known key; did you mean port?"),
        ("x", "is no known key; known are host, port"),
    ],
)
def test_an_unknown_key_gets_the_nearest_known_one_or_all(name: str, words: str):
    assert unknown_key(name, ["host", "port"]) == words
