"""Every command that a document shows is one: of ours, of make, of a module; the files that others name are there."""

import importlib.util
import re
import subprocess

import pytest

from tests.handbook.parsing import is_known, is_whole
from tests.handbook.shown import DOCUMENTS, OWN, ROOT, Shown, commands_in, every_command

ALL = every_command()
OWN_ONES = [shown for shown in ALL if shown.is_own]
MODULES = {shown.text for shown in ALL if shown.words[:2] == ["python", "-m"]}
TARGETS = {shown.words[1] for shown in ALL if shown.words[0] == "make" and len(shown.words) > 1}
STRANGERS = [shown for shown in ALL if shown.words[0] not in {OWN, "make", "python"}]


def named(shown: Shown) -> str:
    return f"{shown.document}: {shown.text[:60]}"


@pytest.mark.parametrize("shown", OWN_ONES, ids=named)
def test_a_command_that_is_shown_can_be_typed_and_one_that_is_mentioned_is_there(shown: Shown):
    alternatives = re.split(r" \| ", " ".join(shown.words[1:]))
    if len(alternatives) > 1:  # `requests strap | routing | slip`
        first, *others = alternatives
        group = first.split()[0]
        assert all(is_known([group, other]) for other in [first.split()[1], *others])
        return
    words = shown.words[1:]
    must_be_whole = shown.is_line or shown.document == "deploy/alerts.yml"
    assert is_whole(words) or (is_known(words) and not must_be_whole)


@pytest.mark.parametrize("text", sorted(MODULES))
def test_a_module_that_is_run_is_there(text: str):
    assert importlib.util.find_spec(text.split()[2]) is not None


@pytest.mark.process
@pytest.mark.parametrize("target", sorted(TARGETS))
def test_make_has_the_target(target: str):
    done = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("shown", STRANGERS, ids=named)
def test_what_other_programs_are_told_names_files_that_are_there(shown: Shown):
    """pip, docker, systemctl, useradd: they need a registry, a daemon or root, and are not run."""
    files = [word for word in shown.words if re.fullmatch(r"(?:deploy/\S+|\S+\.lock)", word)]
    assert [name for name in files if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_document_shows_some(document: str):
    assert list(commands_in(document))


@pytest.mark.parametrize(
    "words", [("requests", "dance"), ("acs",), ("token", "create", "x", "--role", "viewer"), ("lists",)]
)
def test_what_is_no_command_is_found_out(words: tuple[str, ...]):
    assert not is_whole(words)


def test_a_mention_of_what_there_is_not_is_found_out():
    assert is_known(["acs"])
    assert is_known(["items", "import", "--replace"])
    assert not is_known(["acs", "dance"])
    assert not is_known(["items", "import", "--forget"])
