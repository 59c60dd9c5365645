"""`policy show | history | set | replace` and `policy lines list | add | change | move | remove`: the lending policy from a shell.

Each change is a new version; it names the version it was made from, so that nobody writes over another's.
"""

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from gateway.commands import records, trial
from gateway.commands.client import Failure, Gateway, calling_flags
from gateway.commands.output import moment, plain, print_json, print_table
from gateway.partners import flat
from gateway.workflow.policy import Policy, PolicyLine

TABLES: Final = ("lines", "status_rules")
"""What is no single setting of the policy."""
CONDITIONS: Final = ("item_types", "collections", "branches", "partners", "groups")
"""What a line is about; its other fields are what it says."""

Policies = dict[str, Any]
"""The policy as JSON."""


def add(commands: Any) -> None:
    """Add the group to the parser's commands."""
    common = calling_flags()
    group = commands.add_parser("policy").add_subparsers(required=True, metavar="COMMAND")
    showing = group.add_parser("show", parents=[common], help="the policy, or an older version of it")
    showing.add_argument("--version", type=int, metavar="N", help="as it was then")
    showing.set_defaults(run=show_policy)
    history = group.add_parser("history", parents=[common], help="who wrote which version when")
    history.add_argument("--limit", type=int, help="how many at the most (50)")
    history.set_defaults(run=show_history)
    setting = group.add_parser("set", parents=[common], help="change settings beside the lines")
    setting.add_argument("fields", nargs="+", metavar="FIELD=VALUE", help="as `show` prints them")
    setting.set_defaults(run=set_fields)
    replacing = group.add_parser("replace", parents=[common], help="put the JSON that `show --json` gives")
    replacing.add_argument("file", help="the file; - for the standard input")
    replacing.set_defaults(run=replace_policy)
    _add_lines(group.add_parser("lines", help="list, add, change, move, remove"), common)
    trial.add(group, common)


def _add_lines(lines: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    group = lines.add_subparsers(required=True, metavar="COMMAND")
    group.add_parser("list", parents=[common], help="the lines, in the order in which they are read").set_defaults(
        run=list_lines
    )
    adding = group.add_parser("add", parents=[common], help="put in a line")
    adding.add_argument("--at", type=int, metavar="N", help="as which line (the last)")
    adding.add_argument("fields", nargs="*", metavar="FIELD=VALUE", help=f"of {', '.join(flat.columns(PolicyLine))}")
    adding.set_defaults(run=add_line)
    changing = group.add_parser("change", parents=[common], help="change fields of a line")
    changing.add_argument("number", type=int)
    changing.add_argument("fields", nargs="+", metavar="FIELD=VALUE", help=records.HELP)
    changing.set_defaults(run=change_line)
    moving = group.add_parser("move", parents=[common], help="read a line earlier or later")
    moving.add_argument("number", type=int)
    moving.add_argument("to", type=int)
    moving.set_defaults(run=move_line)
    removing = group.add_parser("remove", parents=[common], help="take a line out")
    removing.add_argument("number", type=int)
    removing.set_defaults(run=remove_line)


# ── look ─────────────────────────────────────────────────────────────────────────────────────────


def show_policy(options: argparse.Namespace) -> int:
    """Print the policy: its settings, its table of statuses, its lines."""
    path = () if options.version is None else ("versions", str(options.version))
    answer = Gateway.of(options).get("policy", *path)
    if options.json:
        print_json(answer)
        return 0
    policy = msgspec.convert(answer["policy"], Policy)
    print(f"Policy, version {answer['version']}")
    for name in flat.columns(Policy):
        if name not in TABLES:
            print(f"{name}={plain(_said(getattr(policy, name)))}")
    for status, rule in sorted(policy.status_rules.items()):
        later = f", {rule.extra_days} days later" if rule.extra_days else ""
        print(f"status {plain(status)}: {rule.availability}{f', {plain(rule.reason)}' if rule.reason else ''}{later}")
    print()
    _print_lines(policy.lines)
    return 0


def _said(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case tuple():
            return "; ".join(map(str, value))
        case _:
            return str(value)


def show_history(options: argparse.Namespace) -> int:
    """Print the versions, newest first."""
    answer = Gateway.of(options).get("policy", "versions", limit=options.limit)
    if options.json:
        print_json(answer)
        return 0
    rows = [(each["version"], moment(each["saved_at"]), each["saved_by"]) for each in answer["versions"]]
    print_table(("VERSION", "WHEN", "WHO"), rows, empty="Nobody has written a policy yet.")
    return 0


def list_lines(options: argparse.Namespace) -> int:
    """Print the lines."""
    answer = Gateway.of(options).get("policy")
    if options.json:
        print_json(answer["policy"].get("lines", []))
        return 0
    _print_lines(msgspec.convert(answer["policy"], Policy).lines)
    return 0


def _print_lines(lines: tuple[PolicyLine, ...]) -> None:
    rows = []
    for number, line in enumerate(lines, 1):
        cells = flat.cells(line)
        about = ", ".join(f"{name}={cells.pop(name)}" for name in CONDITIONS if name in cells)
        name = cells.pop("name", "")
        rows.append((number, name, about or "everything", ", ".join(f"{key}={value}" for key, value in cells.items())))
    print_table(("LINE", "NAME", "IS ABOUT", "SAYS"), rows, empty="No line: everything is lent.")


# ── change ───────────────────────────────────────────────────────────────────────────────────────


def set_fields(options: argparse.Namespace) -> int:
    """Change settings beside the lines; an empty value is the default."""
    typed = records.typed(options.fields)
    known = [name for name in flat.columns(Policy) if name not in TABLES]
    unknown = [name for name in typed if name not in known]
    if unknown:
        raise Failure(f"The policy has no {', '.join(unknown)}; it has {', '.join(known)}.")
    new = flat.raw(typed, Policy)

    def edit(policy: Policies) -> str:
        for name in typed:
            policy.pop(name, None)
        policy.update(new)
        return f"{', '.join(typed)} set"

    return _change(options, edit)


def replace_policy(options: argparse.Namespace) -> int:
    """Put a whole policy; the version in the file is the one that it changes."""
    body = _document(options.file)
    return _say(options, Gateway.of(options).send("PUT", "policy", body=body), "replaced")


def _document(name: str) -> Mapping[str, Any]:
    try:
        if name == "-":
            body = json.load(sys.stdin)
        else:
            with open(name, encoding="utf-8") as source:  # noqa: PTH123 - as the other commands read files
                body = json.load(source)
    except (OSError, ValueError) as error:
        raise Failure(f"{name} can't be read as JSON: {error}") from None
    if not isinstance(body, dict) or not {"version", "policy"} <= body.keys():
        raise Failure("Give an object with version and policy, as `policy show --json` prints it.")
    return {"version": body["version"], "policy": body["policy"]}


def add_line(options: argparse.Namespace) -> int:
    """Put a line in."""
    line = flat.raw(records.typed(options.fields), PolicyLine)

    def edit(policy: Policies) -> str:
        lines = policy.setdefault("lines", [])
        number = len(lines) + 1 if options.at is None else options.at
        if not 1 <= number <= len(lines) + 1:
            raise Failure(f"A new line can be line 1 to {len(lines) + 1}.")
        lines.insert(number - 1, line)
        return f"line {number} added"

    return _change(options, edit)


def change_line(options: argparse.Namespace) -> int:
    """Change fields of a line; an empty value is the field's default."""
    typed = records.typed(options.fields)

    def edit(policy: Policies) -> str:
        place = _place(policy, options.number)
        line = policy["lines"][place]
        policy["lines"][place] = flat.raw(flat.cells(msgspec.convert(line, PolicyLine)) | typed, PolicyLine)
        return f"line {options.number} changed"

    return _change(options, edit)


def move_line(options: argparse.Namespace) -> int:
    """Read a line at another place."""

    def edit(policy: Policies) -> str:
        place = _place(policy, options.number)
        line = policy["lines"].pop(place)
        if not 1 <= options.to <= len(policy["lines"]) + 1:
            raise Failure(f"There is no line {options.to}.")
        policy["lines"].insert(options.to - 1, line)
        return f"line {options.number} is line {options.to}"

    return _change(options, edit)


def remove_line(options: argparse.Namespace) -> int:
    """Take a line out."""

    def edit(policy: Policies) -> str:
        place = _place(policy, options.number)
        policy["lines"].pop(place)
        return f"line {options.number} removed"

    return _change(options, edit)


def _place(policy: Policies, number: int) -> int:
    count = len(policy.setdefault("lines", []))
    if not 1 <= number <= count:
        raise Failure(f"There is no line {number}; there are {count}.")
    return number - 1


def _change(options: argparse.Namespace, edit: Callable[[Policies], str]) -> int:
    """Read, edit, put back under the version that was read."""
    gateway = Gateway.of(options)
    shown = gateway.get("policy")
    what = edit(shown["policy"])
    return _say(options, gateway.send("PUT", "policy", body=shown), what)


def _say(options: argparse.Namespace, answer: Mapping[str, Any], what: str) -> int:
    if options.json:
        print_json(answer)
    else:
        print(f"Policy, version {answer['version']}: {plain(what)}.")
    return 0
