"""The lending policy as a form: each line's columns as text, the settings beside the lines, and the table of circulation statuses.

The columns are those of the command line (partners/flat.py). What is wrong stands at “lines.2.days”, “settings.loan_days”,
“statuses.04.reason”: the name of the form's own field.
"""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, TypeVar

import msgspec

from gateway.desk.access import Caller
from gateway.desk.errors import UnusableError
from gateway.desk.ports import Desk
from gateway.desk.structs.common import Problem
from gateway.desk.structs.policy import (
    Cells,
    ComparedLine,
    LineSaid,
    PolicyChoices,
    PolicyForm,
    PolicyTyped,
    TrialTyped,
)
from gateway.iso18626.codes import LoanCondition, ReasonRetry, ReasonUnfilled, ServiceType
from gateway.orders.citation import identified
from gateway.orders.numbers import numbered
from gateway.partners.flat import cells, choices, columns, raw, whole
from gateway.partners.reading import RecordFault, read
from gateway.sip2.circulation_status import STATUS_WORDS
from gateway.workflow.policy import Policy, PolicyLine, StatusRule
from gateway.workflow.trial import Supposed, TrialQuestion
from gateway.workflow.values import Wanted
from gateway.workflow.words import code_words

_TABLES: Final = ("lines", "status_rules")
_PAUSE: Final = ("paused", "paused_reason", "paused_note")
"""What has acts of its own."""
LINE_COLUMNS: Final = columns(PolicyLine)
SETTING_COLUMNS: Final = tuple(name for name in columns(Policy) if name not in (*_TABLES, *_PAUSE))
STATUS_COLUMNS: Final = columns(StatusRule)
_REASONS: Final = (*ReasonUnfilled, *ReasonRetry)
Shape = TypeVar("Shape", bound=msgspec.Struct)


def policy_form(version: int, policy: Policy) -> PolicyForm:
    """Return a policy as the fields of a form; a line says yes and no to lending and copying in so many words."""
    settings = {name: text for name, text in cells(policy).items() if name in SETTING_COLUMNS}
    return PolicyForm(
        version=version,
        lines=tuple(line_cells(line) for line in policy.lines),
        settings=whole(Policy(), SETTING_COLUMNS) | settings,
        statuses={status: cells(rule) for status, rule in sorted(policy.status_rules.items())},
    )


def line_cells(line: PolicyLine) -> Cells:
    """Return a line's columns, with what holds where nothing is said."""
    return whole(PolicyLine(), LINE_COLUMNS) | cells(line)


async def policy_choices(desk: Desk, _caller: Caller) -> PolicyChoices:
    """Say what the fields take."""
    partners = await desk.store.partners()
    groups = sorted({group for partner in partners for group in partner.groups})
    reasons = dict.fromkeys(("reason", "embargo_reason", "limit_reason"), tuple(map(str, _REASONS)))
    named = {
        "condition": tuple(map(str, LoanCondition)),
        "partners": tuple(sorted(partner.id for partner in partners)),
        "groups": tuple(groups),
        "branches": tuple(sorted(desk.library.branches)),
    }
    return PolicyChoices(
        line_columns=LINE_COLUMNS,
        setting_columns=SETTING_COLUMNS,
        of_lines=choices(PolicyLine) | reasons | named,
        of_settings=choices(Policy),
        of_statuses=choices(StatusRule) | {"reason": tuple(map(str, _REASONS))},
        of_pause=tuple(map(str, ReasonRetry)),
        code_words={str(code): code_words(code) for code in (*_REASONS, *LoanCondition)},
        status_names={status: name for status, name in STATUS_WORDS.items() if status in Policy().status_rules},
        partners={partner.id: partner.name for partner in sorted(partners, key=lambda each: each.name)},
    )


def read_policy(typed: PolicyTyped, before: Policy) -> Policy:
    """Read a policy as it was typed; a pause stays as it was. Raises UnusableError with each field that is wrong."""
    faults: list[RecordFault] = []
    lines = tuple(_read(f"lines.{number}", row, PolicyLine, faults) for number, row in enumerate(typed.lines))
    settings = _read("settings", typed.settings, Policy, faults)
    statuses = {status: _read(f"statuses.{status}", row, StatusRule, faults) for status, row in typed.statuses.items()}
    if faults:
        raise form_faults(faults)
    kept = {name: getattr(before, name) for name in _PAUSE}
    return msgspec.structs.replace(
        settings or Policy(), lines=lines, status_rules=statuses or before.status_rules, **kept
    )


def read_question(typed: TrialTyped, policy: Policy) -> TrialQuestion:
    """Read what is tried, under a policy that need not count yet."""
    identifiers, _warnings = identified(numbered(typed.numbers))
    wanted = Wanted(identifiers=identifiers, title=typed.title or None)
    return TrialQuestion(
        partner=typed.partner or None,
        service=ServiceType(typed.service) if typed.service in set(ServiceType) else ServiceType.LOAN,
        wanted=wanted,
        supposed=Supposed(
            item_type=typed.item_type or None, collection=typed.collection or None, branch=typed.branch or None
        ),
        status=typed.status if typed.status in STATUS_WORDS else None,
        policy=policy,
    )


def form_faults(faults: Iterable[RecordFault]) -> UnusableError:
    """Put each fault at its field of the form."""
    problems = [Problem(column=_field(fault.field), words=fault.words) for fault in faults]
    return UnusableError("The policy can't be kept as it is.", problems)


def form_problems(wrong: UnusableError) -> UnusableError:
    """Do the same with what a policy as a whole was refused for."""
    return form_faults(RecordFault(str(each.column or ""), each.words) for each in wrong.problems or ())


def _field(name: str) -> str:
    """The field of a dotted name as the policy has it: entries of a list stand in one field, a price's in two."""
    table, _, rest = name.partition(".")
    table = {"status_rules": "statuses"}.get(table, table)
    if table not in {"lines", "statuses", "settings"}:
        return f"settings.{table}"
    number, _, column = rest.partition(".")
    if table == "settings":
        return f"settings.{number}"
    known = LINE_COLUMNS if table == "lines" else STATUS_COLUMNS
    while column and column not in known:
        inner = next((each for each in known if each.startswith(f"{column}.")), None)
        column = inner or column.rpartition(".")[0]
    return f"{table}.{number}.{column}"


def _read(where: str, row: Cells, shape: type[Shape], faults: list[RecordFault]) -> Any:
    record, found = read(raw(row, shape), shape)
    faults += (RecordFault(f"{where}.{fault.field}", fault.words) for fault in found)
    return record


# ── in words ─────────────────────────────────────────────────────────────────────────────────────

_ABOUT: Final = (
    ("item_types", "item type"), ("collections", "collection"), ("branches", "branch"),
    ("partners", "partner"), ("groups", "group"),
)  # fmt: skip


def line_said(row: Cells) -> LineSaid:
    """Say a line in words: which copies and whom it is about, and what it says of them."""
    about = [f"{name} {row[column].replace('; ', ' or ')}" for column, name in _ABOUT if row.get(column)]
    return LineSaid(about=", ".join(about) or "everything, for everybody", says="; ".join(_says(row)))


def _says(row: Cells) -> Iterator[str]:
    lend, copied = row.get("lend") != "false", row.get("copy") != "false"
    yield {
        (True, True): "lent and copied", (True, False): "lent, not copied",
        (False, True): "not lent, but copied", (False, False): "neither lent nor copied",
    }[lend, copied]  # fmt: skip
    if not (lend and copied):
        yield code_words(row["reason"]) if row.get("reason") else ""
    if row.get("days"):
        yield f"{row['days']} days"
    if row.get("renewals"):
        yield f"renewed {row['renewals']} times at most"
    if row.get("cost.amount"):
        yield f"{row['cost.amount']} {row.get('cost.currency', '')}".strip()
    if row.get("condition"):
        yield f"under the condition “{code_words(row['condition'])}”"
    if row.get("embargo_days"):
        yield f"not within {row['embargo_days']} days of its purchase"
    if row.get("most_at_once"):
        yield f"at most {row['most_at_once']} at once"


def compared(before: Policy, after: Policy) -> tuple[ComparedLine, ...]:
    """Put two policies beside each other, line by line."""
    marks: Mapping[str, Any] = {"+": "added", "-": "removed", " ": ""}
    told = difflib.ndiff(list(_told(before)), list(_told(after)))
    return tuple(ComparedLine(change=marks[each[0]], words=each[2:]) for each in told if each[0] in marks)


def _told(policy: Policy) -> Iterator[str]:
    form = policy_form(0, policy)
    for row in form.lines:
        said = line_said(row)
        yield f"{row['name']}: {said.about}: {said.says}" if row.get("name") else f"{said.about}: {said.says}"
    yield from (f"{name} = {text}" for name, text in form.settings.items())
    for status, rule in form.statuses.items():
        yield f"status {status} ({STATUS_WORDS.get(status, '')}) = {', '.join(rule.values())}"
    if policy.paused:
        yield f"lending is paused: {policy.paused_reason}, “{policy.paused_note}”"
