"""A new operator and a new technician follow README from its first command to its last, and then try what else is shown."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.handbook.parsing import is_whole
from tests.handbook.shown import OWN, Shown, commands_in
from tests.handbook.story import Story

RUN_BY_MAKE = ("make", "docker", "python3", "/opt/ill-gateway", "export PATH")
"""They set a machine up: `make test` and `make run` are run by CI and tests/demo, the rest needs root or a daemon."""
ELSEWHERE = ("ARCHITECTURE.md", "CONFORMANCE.md", "deploy/alerts.yml", "deploy/ill-gateway.example.toml")


def of_readme() -> Iterator[Shown]:
    """What a reader of README types, in its order; what is only mentioned is tried with --help."""
    return (shown for shown in commands_in("README.md") if not shown.text.startswith(RUN_BY_MAKE))


def of_others() -> Iterator[Shown]:
    """What other documents have people type beside."""
    known = {shown.text for shown in of_readme()}
    for document in ELSEWHERE:
        for shown in commands_in(document):
            if shown.words[0] == OWN and shown.text not in known:
                known.add(shown.text)
                yield shown


@pytest.mark.process
def test_everything_that_is_shown_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    story = Story(tmp_path, monkeypatch)
    try:
        story.begin()
        for shown in (*of_readme(), *of_others()):
            if shown.words[0] == OWN and not is_whole(shown.words[1:]):
                assert not shown.is_line
                story.command(shown, *shown.words[1:], "--help")
            else:
                story.play(shown)
    finally:
        story.end()
    assert story.lent is not None
    assert story.borrowed is not None
    assert story.kept
