"""Secrets are found by their names, and told by them alone."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.config import Settings
from gateway.config.secrets import SecretSources


@pytest.fixture
def sources() -> SecretSources:
    return SecretSources(env={"ACS": "hush-env", "EMPTY": ""}, table={"acs": "hush-table", "number": 7, "empty": ""})


def test_from_the_environment(sources: SecretSources):
    assert sources.find("env:ACS") == "hush-env"


def test_from_the_files_own_table(sources: SecretSources):
    assert sources.find("secret:acs") == "hush-table"


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_from_a_file_without_its_last_line_break(sources: SecretSources, tmp_path: Path, ending: str):
    path = tmp_path / "secret"
    path.write_bytes(f" hush:file {ending}".encode())
    assert sources.find(f"file:{path}") == " hush:file "


def test_from_what_systemd_hands_to_the_unit(tmp_path: Path):
    (tmp_path / "acs").write_text("hush-credential\n")
    sources = SecretSources(env={"CREDENTIALS_DIRECTORY": str(tmp_path)}, table={})
    assert sources.find("credential:acs") == "hush-credential"
    for name, words in {"none": "can't read the file", "../acs": "has no slash"}.items():
        with pytest.raises(ValueError, match=words):
            sources.find(f"credential:{name}")


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        ("env:NONE", "the environment variable NONE is not set"),
        ("env:EMPTY", "the environment variable EMPTY is not set"),
        ("secret:none", "has no text none"),
        ("secret:number", "has no text number"),
        ("secret:empty", "has no text empty"),
        ("file:/nonexistent/x", "can't read the file /nonexistent/x: No such file or directory"),
        ("file:/", "can't read the file /: Is a directory"),
        ("credential:acs", "credential:acs is for units of systemd: CREDENTIALS_DIRECTORY is not set"),
        ("hush-hush", "a secret is named here, not written"),
        ("vault:hush-hush", "a secret is named here, not written"),
    ],
)
def test_what_cannot_be_found_is_told_without_what_was_typed_as_a_secret(
    sources: SecretSources, reference: str, words: str
):
    with pytest.raises(ValueError, match=words) as caught:
        sources.find(reference)
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe"])
def test_an_empty_or_unreadable_file_is_no_secret(sources: SecretSources, tmp_path: Path, content: bytes):
    path = tmp_path / "secret"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"is empty|is not UTF-8 text"):
        sources.find(f"file:{path}")


def test_the_mark_that_editors_on_windows_put_before_a_text_is_no_part_of_a_secret(
    sources: SecretSources, tmp_path: Path
):
    path = tmp_path / "secret"
    path.write_bytes(b"\xef\xbb\xbfhush\r\n")
    assert sources.find(f"file:{path}") == "hush"


def test_sources_do_not_show_what_they_hold(sources: SecretSources):
    assert "hush" not in repr(sources)


def test_a_number_is_no_name_of_a_secret(problems: Callable[..., tuple[str, ...]]):
    (problem,) = problems("password = 1234567\n")
    assert problem.startswith("acs.password: a secret is named here, not written")


def test_an_entry_of_secrets_must_be_text_and_is_not_quoted(problems: Callable[..., tuple[str, ...]]):
    assert problems("[secrets]\nacs = 1234567\n") == ("secrets.acs: must be text",)


def test_a_password_in_a_url_is_refused_and_not_quoted(problems: Callable[..., tuple[str, ...]]):
    (problem,) = problems('[store]\nurl = "postgresql://ill:hush-hush@db.example.org/ill"\n')
    assert problem == "store.url: must not hold a password; name it in a key of its own"


def test_the_stores_password_is_put_into_its_url(loaded: Callable[..., Settings]):
    toml = '[store]\nurl = "postgresql://ill@db.example.org:5433/ill?ssl=true"\npassword = "env:STORE"\n'
    url = loaded(toml, {"STORE": "hush/@:hush"}).store_url()
    assert url.get_secret_value() == "postgresql://ill:hush%2F%40%3Ahush@db.example.org:5433/ill?ssl=true"
    assert "hush" not in repr(url)
