"""Profiles: data that configuration may change, and that tells no secret."""

import msgspec
import pytest

from gateway.sip2.profiles import (
    Credentials,
    Encoding,
    Profile,
    ScreenMeaning,
    customise,
    explain,
)

SITE = customise(
    Profile(),
    {"screen_patterns": [["nicht vorhanden|not found", "no_such_item"], ["gesperrt", "blocked"]]},
)


def test_the_default_is_the_specification() -> None:
    assert (Profile().encoding, Profile().error_detection, Profile().login) == ("cp850", True, "93")


def test_configuration_changes_what_it_names() -> None:
    profile = customise(Profile(), {"encoding": "utf-8", "supports": ["17", "63"], "keepalive_s": 20})
    assert (profile.encoding, profile.supports) == (Encoding.UTF_8, frozenset({"17", "63"}))
    assert profile.keepalive_s == 20


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"encoding": "ebcdic"}, "encoding"),
        ({"encodin": "utf-8"}, "encodin"),
        ({"keepalive_s": "often"}, "keepalive_s"),
        ({"login_prompt": "("}, "pattern"),
        ({"screen_patterns": [["[", "blocked"]]}, "pattern"),
    ],
)
def test_a_mistake_in_the_configuration_is_named(changes: dict[str, object], word: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=word):
        customise(Profile(), changes)


def test_screen_messages_mean_what_the_site_says_they_mean() -> None:
    assert explain(["Exemplar NICHT vorhanden", "Konto gesperrt"], SITE) == {
        ScreenMeaning.NO_SUCH_ITEM,
        ScreenMeaning.BLOCKED,
    }
    assert explain(["Thank you"], SITE) == set()
    assert explain(["Item not found"], Profile()) == set()


def test_representations_tell_no_secret() -> None:
    shown = f"{Credentials('account', 'hush')!r} {Profile(terminal_password='hush')!r}"
    assert "hush" not in shown
    assert "account" not in shown
