"""`tasks list | claim | done`: what only people can do."""

import argparse
from typing import Any

from gateway.commands.client import Gateway, calling_flags
from gateway.commands.output import moment, plain, print_json, print_table
from gateway.workflow.records import TaskKind


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
    answer = Gateway.of(options).get("tasks", request=options.request, kind=options.kind)
    if options.json:
        print_json(answer)
        return 0
    rows = [
        (
            task["id"],
            task["kind"],
            task["request"],
            task.get("about"),
            moment(task["opened_at"]),
            task.get("claimed_by"),
            task["words"],
        )
        for task in answer["tasks"]
    ]
    print_table(("TASK", "KIND", "REQUEST", "ABOUT", "SINCE", "WHO", "WHAT"), rows, empty="No open task.")
    return 0


def claim_task(options: argparse.Namespace) -> int:
    """Take a task."""
    return _say(options, Gateway.of(options).send("POST", "tasks", str(options.task), "claim"))


def close_task(options: argparse.Namespace) -> int:
    """Close a task."""
    body = {"note": options.note} if options.note else {}
    return _say(options, Gateway.of(options).send("POST", "tasks", str(options.task), "done", body=body))


def _say(options: argparse.Namespace, answer: Any) -> int:
    if options.json:
        print_json(answer)
    else:
        print(plain(answer["words"]))
    return 0
