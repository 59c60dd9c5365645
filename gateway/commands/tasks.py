"""`tasks list | claim | done`: what only people can do."""

import argparse
from typing import Any

import msgspec

from gateway.commands.base import Failure
from gateway.commands.client import ApiAnswer, ApiClient, calling_flags, made, told
from gateway.commands.output import moment, plain, print_table
from gateway.desk.structs.common import Done
from gateway.desk.structs.tasks import SettleBody, Settled, TaskAsRead, Tasks, TasksQuery, task_as_read
from gateway.workflow.tasks import TaskKind


def add(commands: Any) -> None:
    """Add the group to the parser's commands."""
    common = calling_flags()
    group = commands.add_parser("tasks").add_subparsers(required=True, metavar="COMMAND")
    listing = group.add_parser("list", parents=[common], help="open tasks, oldest first")
    listing.add_argument("--request", help="of this request alone")
    listing.add_argument("--kind", choices=[each.value for each in TaskKind], metavar="KIND", help=", ".join(TaskKind))
    listing.set_defaults(run=list_tasks)
    claiming = group.add_parser("claim", parents=[common], help="say that you see to it")
    claiming.add_argument("task", type=int, help="the task's number, as `tasks list` shows it")
    claiming.set_defaults(run=claim_task)
    closing = group.add_parser(
        "done", parents=[common], help="close tasks that needed no step of the request, as they were read"
    )
    closing.add_argument(
        "tasks",
        nargs="+",
        metavar="TASK",
        help="12 is task 12 as it was told once, 12:3 as it was told 3 times (TOLD in the list); one that was told again since stays open",
    )
    closing.add_argument("--note", help="what was done, for the timeline")
    closing.set_defaults(run=close_tasks)


def list_tasks(options: argparse.Namespace) -> int:
    """Print the open tasks."""
    query = made(TasksQuery, request=options.request, kind=options.kind)
    told(options, ApiClient.of(options).ask("GET", "tasks", query=query), Tasks, _print_tasks)
    return 0


def _print_tasks(listed: Tasks) -> None:
    rows = [
        (
            task.id,
            task.told if task.told > 1 else None,
            task.kind,
            task.request,
            task.about,
            moment(task.opened_at),
            task.claimed_by,
            task.words,
        )
        for task in listed.tasks
    ]
    print_table(("TASK", "TOLD", "KIND", "REQUEST", "ABOUT", "SINCE", "WHO", "WHAT"), rows, empty="No open task.")


def claim_task(options: argparse.Namespace) -> int:
    """Take a task."""
    return _say(options, ApiClient.of(options).ask("POST", "tasks", str(options.task), "claim"))


def close_tasks(options: argparse.Namespace) -> int:
    """Close tasks, and say of each whether it is closed; 1 if one isn't."""
    body = made(SettleBody, tasks=tuple(map(_as_read, options.tasks)), note=options.note or None)
    settled = told(options, ApiClient.of(options).ask("POST", "tasks", "settle", body=body), Settled, _print_settled)
    return 0 if all(line.done for line in settled.lines) else 1


def _as_read(typed: str) -> TaskAsRead:
    try:
        return task_as_read(typed)
    except msgspec.ValidationError:
        raise Failure(
            f"{plain(typed)}: not a task. Give its number, as 12, or as 12:3 if it was told 3 times."
        ) from None


def _print_settled(settled: Settled) -> None:
    for line in settled.lines:
        print(plain(f"Task {line.task}{'' if line.done else ' is left as it is'}: {line.words}"))


def _say(options: argparse.Namespace, answer: ApiAnswer) -> int:
    told(options, answer, Done, lambda done: print(plain(done.words)))
    return 0
