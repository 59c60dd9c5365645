"""`tasks list | claim | done`: what only people can do."""

import argparse
from typing import Any

from gateway.commands.client import ApiAnswer, Gateway, calling_flags, made, told
from gateway.commands.output import moment, plain, print_table
from gateway.desk.structs.common import Done
from gateway.desk.structs.tasks import TaskDone, Tasks, TasksQuery
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
    claiming.add_argument("task", type=int)
    claiming.set_defaults(run=claim_task)
    closing = group.add_parser("done", parents=[common], help="close a task that needed no step of the request")
    closing.add_argument("task", type=int)
    closing.add_argument("--note", help="what was done, for the timeline")
    closing.set_defaults(run=close_task)


def list_tasks(options: argparse.Namespace) -> int:
    """Print the open tasks."""
    query = made(TasksQuery, request=options.request, kind=options.kind)
    told(options, Gateway.of(options).ask("GET", "tasks", query=query), Tasks, _print_tasks)
    return 0


def _print_tasks(listed: Tasks) -> None:
    rows = [
        (task.id, task.kind, task.request, task.about, moment(task.opened_at), task.claimed_by, task.words)
        for task in listed.tasks
    ]
    print_table(("TASK", "KIND", "REQUEST", "ABOUT", "SINCE", "WHO", "WHAT"), rows, empty="No open task.")


def claim_task(options: argparse.Namespace) -> int:
    """Take a task."""
    return _say(options, Gateway.of(options).ask("POST", "tasks", str(options.task), "claim"))


def close_task(options: argparse.Namespace) -> int:
    """Close a task."""
    body = made(TaskDone, note=options.note or None)
    return _say(options, Gateway.of(options).ask("POST", "tasks", str(options.task), "done", body=body))


def _say(options: argparse.Namespace, answer: ApiAnswer) -> int:
    told(options, answer, Done, lambda done: print(plain(done.words)))
    return 0
