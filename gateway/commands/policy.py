"""`policy show | history | set | replace` and `policy lines list | add | change | move | remove`: the lending policy from a shell.

Each change is a new version; it names the version it was made from, so that nobody writes over another's.
"""

import argparse
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from gateway.commands import records, trial
from gateway.commands.base import Failure, typed
from gateway.commands.client import ApiAnswer, ApiClient, calling_flags, made, told
from gateway.commands.output import moment, plain, print_json, print_table
from gateway.desk.structs.policy import PolicyBody, PolicyShown, VersionList, VersionsQuery
from gateway.partners import flat
from gateway.partners.reading import read
from gateway.workflow.policy import Policy, PolicyLine

Shape = TypeVar("Shape", bound=msgspec.Struct)


class PolicyFile(msgspec.Struct, frozen=True, kw_only=True):
    """A whole policy (`PolicyBody`) as it stands in a file: the gateway checks it, and says what is wrong in its words."""

    version: msgspec.Raw
    policy: msgspec.Raw


TABLES: Final = ("lines", "status_rules")
"""What is no single setting of the policy."""
CONDITIONS: Final = ("item_types", "collections", "branches", "partners", "groups")
"""What a line is about; its other fields are what it says."""


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
    changing.add_argument("number", type=int, help="which line")
    changing.add_argument("fields", nargs="+", metavar="FIELD=VALUE", help=records.HELP)
    changing.set_defaults(run=change_line)
    moving = group.add_parser("move", parents=[common], help="read a line earlier or later")
    moving.add_argument("number", type=int, help="which line")
    moving.add_argument("to", type=int, help="as which line it is read then")
    moving.set_defaults(run=move_line)
    removing = group.add_parser("remove", parents=[common], help="take a line out")
    removing.add_argument("number", type=int, help="which line")
    removing.set_defaults(run=remove_line)


# ── look ─────────────────────────────────────────────────────────────────────────────────────────


def show_policy(options: argparse.Namespace) -> int:
    """Print the policy: its settings, its table of statuses, its lines."""
    path = () if options.version is None else ("versions", str(options.version))
    told(options, ApiClient.of(options).ask("GET", "policy", *path), PolicyShown, _print_policy)
    return 0


def _print_policy(shown: PolicyShown) -> None:
    policy = shown.policy
    print(f"Policy, version {shown.version}")
    for name in flat.columns(Policy):
        if name not in TABLES:
            print(f"{name}={plain(_said(getattr(policy, name)))}")
    for status, rule in sorted(policy.status_rules.items()):
        later = f", {rule.extra_days} days later" if rule.extra_days else ""
        print(f"status {plain(status)}: {rule.availability}{f', {plain(rule.reason)}' if rule.reason else ''}{later}")
    print()
    _print_lines(policy.lines)


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
    query = made(VersionsQuery, limit=options.limit)
    told(options, ApiClient.of(options).ask("GET", "policy", "versions", query=query), VersionList, _print_versions)
    return 0


def _print_versions(listed: VersionList) -> None:
    rows = [(each.version, moment(each.saved_at), each.saved_by) for each in listed.versions]
    print_table(("VERSION", "WHEN", "WHO"), rows, empty="Nobody has written a policy yet.")


def list_lines(options: argparse.Namespace) -> int:
    """Print the lines."""
    lines = ApiClient.of(options).ask("GET", "policy").of(PolicyShown).policy.lines
    if options.json:
        print_json(msgspec.to_builtins(lines))
    else:
        _print_lines(lines)
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
    given = typed(options.fields)
    known = [name for name in flat.columns(Policy) if name not in TABLES]
    unknown = [name for name in given if name not in known]
    if unknown:
        raise Failure(f"The policy has no {', '.join(unknown)}; it has {', '.join(known)}.")
    new = _read(given, Policy)
    fields = {name: getattr(new, name) for name in given}
    gateway = ApiClient.of(options)
    shown = gateway.ask("GET", "policy").of(PolicyShown)
    changed = msgspec.structs.replace(shown.policy, **fields)
    return _put(options, gateway, shown.version, changed, f"{', '.join(given)} set")


def _read(typed: Mapping[str, str], shape: type[Shape]) -> Shape:
    """Read what was typed; what was not is as usual. Raises Failure with all that is wrong."""
    record, faults = read(flat.raw(typed, shape), shape)
    if record is None:
        raise Failure("\n".join(map(str, faults)))
    return record


def replace_policy(options: argparse.Namespace) -> int:
    """Put a whole policy; the version in the file is the one that it changes."""
    answer = ApiClient.of(options).ask("PUT", "policy", body=_file(options.file))
    return _say(options, answer, "replaced")


def _file(name: str) -> PolicyFile:
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
        return msgspec.json.decode(text, type=PolicyFile)
    except msgspec.ValidationError:
        raise Failure("Give an object with version and policy, as `policy show --json` prints it.") from None
    except (OSError, UnicodeDecodeError, msgspec.DecodeError) as error:
        raise Failure(f"{name} can't be read as JSON: {error}") from None


def add_line(options: argparse.Namespace) -> int:
    """Put a line in."""
    line = _read(typed(options.fields), PolicyLine)

    def edit(lines: list[PolicyLine]) -> str:
        number = len(lines) + 1 if options.at is None else options.at
        if not 1 <= number <= len(lines) + 1:
            raise Failure(f"A new line can be line 1 to {len(lines) + 1}.")
        lines.insert(number - 1, line)
        return f"line {number} added"

    return _change_lines(options, edit)


def change_line(options: argparse.Namespace) -> int:
    """Change fields of a line; an empty value is the field's default."""
    given = typed(options.fields)

    def edit(lines: list[PolicyLine]) -> str:
        place = _place(lines, options.number)
        lines[place] = _read(flat.cells(lines[place]) | given, PolicyLine)
        return f"line {options.number} changed"

    return _change_lines(options, edit)


def move_line(options: argparse.Namespace) -> int:
    """Read a line at another place."""

    def edit(lines: list[PolicyLine]) -> str:
        line = lines.pop(_place(lines, options.number))
        if not 1 <= options.to <= len(lines) + 1:
            raise Failure(f"There is no line {options.to}.")
        lines.insert(options.to - 1, line)
        return f"line {options.number} is line {options.to}"

    return _change_lines(options, edit)


def remove_line(options: argparse.Namespace) -> int:
    """Take a line out."""

    def edit(lines: list[PolicyLine]) -> str:
        del lines[_place(lines, options.number)]
        return f"line {options.number} removed"

    return _change_lines(options, edit)


def _place(lines: list[PolicyLine], number: int) -> int:
    if not 1 <= number <= len(lines):
        raise Failure(f"There is no line {number}; there are {len(lines)}.")
    return number - 1


def _change_lines(options: argparse.Namespace, edit: Callable[[list[PolicyLine]], str]) -> int:
    """Read, edit, put back under the version that was read."""
    gateway = ApiClient.of(options)
    shown = gateway.ask("GET", "policy").of(PolicyShown)
    lines = [*shown.policy.lines]
    what = edit(lines)
    return _put(options, gateway, shown.version, msgspec.structs.replace(shown.policy, lines=tuple(lines)), what)


def _put(options: argparse.Namespace, gateway: ApiClient, version: int, policy: Policy, what: str) -> int:
    answer = gateway.ask("PUT", "policy", body=PolicyBody(version=version, policy=policy))
    return _say(options, answer, what)


def _say(options: argparse.Namespace, answer: ApiAnswer, what: str) -> int:
    told(options, answer, PolicyShown, lambda shown: print(f"Policy, version {shown.version}: {plain(what)}."))
    return 0
