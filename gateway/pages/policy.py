"""The lending policy: its lines edited in place, a dry run beside them, versions with their differences, and the pause.

All of it is one form. Buttons move, add and take out lines of what was typed; nothing counts before it is saved as a new version.
The fields of one line stand on the page, and of those with something wrong in them; the others are said in words, and their cells go along
hidden: the fields of a hundred lines would weigh 900 KB.
"""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

import msgspec
from aiohttp import web

from gateway.desk import policy
from gateway.desk.access import Right
from gateway.desk.answers import answer_said
from gateway.desk.errors import ConflictError, DeskError, UnusableError
from gateway.desk.policy_forms import (
    form_problems,
    line_said,
    policy_choices,
    policy_form,
    read_policy,
    read_question,
)
from gateway.desk.structs.policy import (
    Cells,
    PauseBody,
    PolicyBody,
    PolicyForm,
    PolicyShown,
    PolicyTyped,
    TrialTyped,
    VersionsQuery,
)
from gateway.pages.forms import by_field
from gateway.pages.policy_fields import LINE, SETTINGS
from gateway.pages.record_fields import YES_OR_NO
from gateway.pages.visit import Visit

MOST_LINES: Final = 1000
MOST_DIGITS: Final = 9
_LINE: Final = re.compile(r"lines\.(\d{1,4})\.")
_BUTTON: Final = re.compile(r"(up|down|remove|twice|open)\.(\d{1,4})")


class Typed(msgspec.Struct, frozen=True, kw_only=True):
    """What a browser sent: the policy, what is tried, the button, and the line whose fields stood on the page."""

    policy: PolicyTyped
    trial: TrialTyped
    button: str
    opened: int | None


SAID: Final = {
    "saved": "It counts from now on.",
    "paused": "Lending is paused.",
    "resumed": "New requests are looked at again.",
}


async def show(visit: Visit) -> web.StreamResponse:
    """GET /policy: the one that counts; with `version`, an older one, to be saved anew."""
    now = await policy.show_policy(visit.desk, visit.caller)
    asked = visit.http.query.get("version")
    older = None if asked is None else _number(asked)
    form = policy_form(now.version, now.policy)
    if older is not None:
        shown = await policy.show_version(visit.desk, visit.caller, older)
        form = policy_form(now.version, shown.policy)
    said, opened = SAID.get(visit.http.query.get("said", ""), ""), _place(visit.http.query.get("open", ""))
    return await _page(visit, now, form, TrialTyped(status="03"), opened=opened, said=said, older=older)


def _number(text: str) -> int:
    """A version's number in an address; what is none is the number of none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else 0


def _place(text: str) -> int | None:
    """Which line is open; None if none is."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else None


async def edit(visit: Visit) -> web.StreamResponse:
    """POST /policy: move, add or take out a line of what was typed, or try it. Nothing is saved."""
    now = await policy.show_policy(visit.desk, visit.caller)
    typed = await _typed(visit)
    lines, opened = edited(list(typed.policy.lines), typed.button)
    opened = typed.opened if typed.button in {"", "try"} else opened
    return await _page(
        visit, now, msgspec.structs.replace(typed.policy, lines=tuple(lines)), typed.trial, opened=opened
    )


async def save(visit: Visit) -> web.StreamResponse:
    """POST /policy/save: make what was typed the policy, as a new version."""
    now = await policy.show_policy(visit.desk, visit.caller)
    typed = await _typed(visit)
    try:
        new = read_policy(typed.policy, now.policy)
        await policy.replace_policy(visit.desk, visit.caller, PolicyBody(version=typed.policy.version, policy=new))
    except UnusableError as wrong:
        named = by_field(form_problems(wrong).problems or ())
        problems = _told(named) or {"": wrong.detail}
        return await _page(visit, now, typed.policy, typed.trial, problems=problems, opened=typed.opened)
    except ConflictError as wrong:
        return await _page(visit, now, typed.policy, typed.trial, problems={"": wrong.detail}, opened=typed.opened)
    return visit.go("/policy?said=saved")


def _told(problems: Mapping[str, str]) -> dict[str, str]:
    """Say in each problem's words which field it is at, for the summary on top."""
    labels = {field.column: field.label for field in (*LINE, *SETTINGS)}
    told = {}
    for name, words in problems.items():
        table, _, rest = name.partition(".")
        number, _, column = rest.partition(".") if table != "settings" else ("", "", rest)
        place = f"Line {int(number) + 1}, " if table == "lines" else f"Status {number}, " if number else ""
        told[name] = f"{place}{labels.get(column, column)}: {words}"
    return told


async def pause(visit: Visit) -> web.StreamResponse:
    """POST /policy/pause: give every new request the automatic answer."""
    await policy.pause_lending(visit.desk, visit.caller, await visit.form(PauseBody))
    return visit.go("/policy?said=paused")


async def resume(visit: Visit) -> web.StreamResponse:
    """POST /policy/resume: look at new requests again."""
    await policy.resume_lending(visit.desk, visit.caller)
    return visit.go("/policy?said=resumed")


async def show_versions(visit: Visit) -> web.StreamResponse:
    """GET /policy/versions: who wrote which version when."""
    listed = await policy.list_versions(visit.desk, visit.caller, VersionsQuery(limit=200))
    return await visit.show("policy_versions.html", versions=listed.versions)


async def show_version(visit: Visit) -> web.StreamResponse:
    """GET /policy/versions/<n>: what a version changed."""
    compared = await policy.compare_version(visit.desk, visit.caller, _number(visit.path("version")))
    lines = [(line.change, said_of(line.words)) for line in compared.lines]
    return await visit.show("policy_version.html", version=compared.version, lines=lines)


def said_of(words: str) -> str:
    """Call a setting by its label: “auto_answer = off” is “Answers without a person: off”."""
    name, equals, value = words.partition(" = ")
    label = next((field.label for field in SETTINGS if field.column == name), None)
    return f"{label}: {value}" if equals and label else words


# ── the form ─────────────────────────────────────────────────────────────────────────────────────


async def _typed(visit: Visit) -> Typed:
    given = await visit.http.post()
    texts = {name: value for name, value in given.items() if isinstance(value, str)}
    choices = await policy_choices(visit.desk, visit.caller)
    numbers = sorted({int(found[1]) for name in texts if (found := _LINE.match(name))})[:MOST_LINES]
    version = texts.get("version", "")
    trial = {each.name: texts.get(f"try.{each.name}", "").strip()[:500] for each in msgspec.structs.fields(TrialTyped)}
    return Typed(
        policy=PolicyTyped(
            version=_number(version),
            lines=tuple(_row(texts, f"lines.{number}.", choices.line_columns, choices.of_lines) for number in numbers),
            settings=_row(texts, "settings.", choices.setting_columns, choices.of_settings),
            statuses={
                status: _row(texts, f"statuses.{status}.", ("availability", "reason", "extra_days"), {})
                for status in choices.status_names
            },
        ),
        trial=TrialTyped(**trial),
        button=texts.get("do", ""),
        opened=_place(texts.get("open", "")),
    )


def _row(
    texts: Mapping[str, str], before: str, columns: tuple[str, ...], choices: Mapping[str, tuple[str, ...]]
) -> Cells:
    """The columns of a row; a box that isn't ticked says no."""
    row = {}
    for column in columns:
        text = texts.get(before + column, "").strip()
        row[column] = YES_OR_NO[text != YES_OR_NO[0]] if choices.get(column) == YES_OR_NO else text
    return row


def edited(lines: list[Cells], button: str) -> tuple[list[Cells], int | None]:
    """Do to the lines what a button says; give them, and the one to look at."""
    if button == "add":
        return [*lines, {"lend": "true", "copy": "true"}], len(lines)
    found = _BUTTON.fullmatch(button)
    place = int(found[2]) if found else len(lines)
    if found is None or place >= len(lines):
        return lines, None
    if found[1] == "open":
        return lines, place
    line = lines.pop(place)
    if found[1] == "remove":
        return lines, None
    if found[1] == "twice":
        return [*lines[:place], line, line, *lines[place:]], place + 1
    target = max(place - 1, 0) if found[1] == "up" else place + 1
    lines.insert(target, line)
    return lines, min(target, len(lines) - 1)


async def _page(
    visit: Visit,
    now: PolicyShown,
    form: PolicyForm | PolicyTyped,
    trial: TrialTyped,
    *,
    problems: dict[str, str] | None = None,
    opened: int | None = None,
    said: str = "",
    older: int | None = None,
) -> web.StreamResponse:
    choices = await policy_choices(visit.desk, visit.caller)
    came_to, trouble = await _try(visit, now, form, trial) if visit.may(Right.ACT) else (None, "")
    return await visit.show(
        "policy.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK,
        now=now,
        form=form,
        rows=[(row, line_said(row)) for row in form.lines],
        fields=LINE,
        settings=SETTINGS,
        choices=choices,
        trial=trial,
        came_to=came_to,
        answer=answer_said(came_to.answer) if came_to else None,
        trouble=trouble,
        problems=problems or {},
        opened=opened,
        said=said,
        older=older,
    )


async def _try(visit: Visit, now: PolicyShown, form: PolicyForm | PolicyTyped, trial: TrialTyped) -> tuple[Any, str]:
    """The dry run under what was typed, or why there is none."""
    typed = PolicyTyped(version=form.version, lines=form.lines, settings=form.settings, statuses=form.statuses)
    try:
        question = read_question(trial, read_policy(typed, now.policy))
        return await policy.try_policy(visit.desk, visit.caller, question), ""
    except UnusableError as wrong:
        return None, "What was typed can't be tried yet: " + "; ".join(
            each.words for each in wrong.problems or ()
        ) + "."
    except DeskError as wrong:
        return None, wrong.detail
