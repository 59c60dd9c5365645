"""`requests act | acts`: a step of a request; what each does and who hears of it; the question before what can't be taken back."""

import argparse
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final, get_args

import msgspec

from gateway.commands.base import Failure, typed
from gateway.commands.client import ApiAnswer, ApiClient, made, told
from gateway.commands.confirming import confirm, yes_flag
from gateway.commands.output import json_flag, plain, print_json
from gateway.desk.structs.acts import ActBody, Acted, Offer
from gateway.desk.structs.copies import CopyAct, CopyQuery
from gateway.desk.structs.orders import TypedWork
from gateway.desk.structs.requests import RequestShown
from gateway.workflow.meaning import ActLine
from gateway.workflow.records import Role, State
from gateway.workflow.triggers import Deed, StaffAction
from gateway.workflow.values import Money

ANY_FILE: Final = "application/octet-stream"
"""Of which kind a file is, its own bytes say."""
IN_HELP: Final = "What each does in which state, and who hears of it: requests acts; of one request: requests show."


def add(group: Any, common: argparse.ArgumentParser) -> None:
    """Add both to the group's commands."""
    words = "do a step, as a button of the desk would"
    _add_act(group.add_parser("act", parents=[common, yes_flag()], help=words, epilog=IN_HELP))
    listing = group.add_parser(
        "acts", parents=[json_flag()], help="what each step does, and who hears of it, by role and state"
    )
    listing.add_argument(
        "action", nargs="?", choices=[each.value for each in StaffAction], metavar="ACTION", help="of this step alone"
    )
    listing.add_argument("--role", choices=[each.value for each in Role], help="of requests to us, or of ours, alone")
    listing.add_argument("--state", choices=[each.value for each in State], metavar="STATE", help="in this state alone")
    listing.set_defaults(run=list_acts)


def _add_act(acting: argparse.ArgumentParser) -> None:
    acting.add_argument("request", help="the request's number")
    acting.add_argument(
        "action", choices=[each.value for each in StaffAction], metavar="ACTION", help=", ".join(StaffAction)
    )
    acting.add_argument("--item", action="append", metavar="BARCODE", help="item barcode; may be repeated")
    _add_words(acting)
    _add_corrections(acting)
    acting.set_defaults(run=act)


def _add_words(acting: argparse.ArgumentParser) -> None:
    """What the partner hears of it, or staff."""
    acting.add_argument("--reason", help="a code such as NotOnShelf; for force, the reason in words")
    acting.add_argument("--note", help="words for the partner; nothing of a customer")
    acting.add_argument("--inside", help="words for staff, which stay in the request's history; nothing of a customer")
    acting.add_argument("--due", metavar="TIME", help="due date, ISO 8601; a date ends with that day")
    acting.add_argument("--retry-after", metavar="TIME", help="when to ask again")
    acting.add_argument("--cost", nargs=2, metavar=("AMOUNT", "CURRENCY"), help="offered cost")
    acting.add_argument("--condition", help="offered condition, such as LibraryUseOnly")
    acting.add_argument("--link", help="where a copy can be fetched")
    acting.add_argument(
        "--file",
        type=Path,
        help="copy-sent: the scan, which the partner gets a link to; handed-over: the file, kept for the branch",
    )


def _add_corrections(acting: argparse.ArgumentParser) -> None:
    """Whose request it is, what it is about, and where it stands; whether a person means it."""
    acting.add_argument("--partner", help="approve: whose request it is (id)")
    acting.add_argument("--to", metavar="NAME", help="assign: who sees to it; nobody where none is named")
    acting.add_argument("--customer", metavar="BARCODE", help="correct-card: the card in place of a mistyped one")
    acting.add_argument(
        "--work",
        action="append",
        metavar="FIELD=VALUE",
        help="correct-work: the work that is meant, all of it, as title=…, author=…, numbers=…; may be repeated",
    )
    acting.add_argument(
        "--state", choices=[each.value for each in State], metavar="STATE", help="force: to which state"
    )
    acting.add_argument("--task", type=int, metavar="NUMBER", help="done-by-hand, not-done: the task that it answers")
    acting.add_argument(
        "--did",
        choices=[each.value for each in Deed],
        help="done-by-hand, not-done: what it is about, in place of the task",
    )
    acting.add_argument(
        "--undo-s", type=float, metavar="SECONDS", help="let the outcome wait, so that it can be undone"
    )
    acting.add_argument(
        "--sure",
        action="store_true",
        default=None,
        help="the items are meant although their title is another, or not known",
    )


def act(options: argparse.Namespace) -> int:
    """Do a step; a refusal is a failure, in the workflow's words."""
    gateway = ApiClient.of(options)
    body = _act_body(options, None if options.yes else _asked_about(gateway, options))
    if options.file is None:
        answer = gateway.ask("POST", "requests", options.request, "actions", options.action, body=body)
    else:
        answer = _hand_in(gateway, options, body.seen_in)
    told(options, answer, Acted, _print_acted)
    return 0


def _hand_in(gateway: ApiClient, options: argparse.Namespace, seen_in: State | None) -> ApiAnswer:
    """Do a step with a file. Raises Failure."""
    if options.action not in get_args(CopyAct):
        raise Failure(f"--file is for {' and '.join(get_args(CopyAct))}.")
    query = made(
        CopyQuery,
        act=options.action,
        note=options.note,
        inside=options.inside,
        undo_s=options.undo_s,
        seen_in=seen_in,
    )
    return gateway.hand_in("requests", options.request, "copy", file=options.file, content_type=ANY_FILE, query=query)


def _print_acted(acted: Acted) -> None:
    for warning in acted.warnings:
        print(f"Note: {plain(warning)}.")
    print(plain(acted.words))


def _asked_about(gateway: ApiClient, options: argparse.Namespace) -> State | None:
    """Ask before what gives up, tells no or can't be undone; give the state in which that was read. Raises Failure."""
    shown = gateway.ask("GET", "requests", options.request).of(RequestShown)
    line = next((line for line in shown.acts if line.action == options.action), None)
    if line is None or not line.asks:
        return None
    said = f"Request {shown.request.id} is “{shown.request.state}”. {line.action}: {line.sentence}"
    confirm(f"{plain(said)} Is that meant?", yes=False)
    return shown.request.state


def _act_body(options: argparse.Namespace, seen_in: State | None) -> ActBody:
    cost = made(Money, amount=options.cost[0], currency=options.cost[1].upper()) if options.cost else None
    offered = made(Offer, cost=cost, condition=options.condition) if cost or options.condition else None
    return made(
        ActBody,
        item_barcodes=options.item,
        reason=options.reason,
        note=options.note,
        inside=options.inside,
        due_at=options.due,
        retry_after=options.retry_after,
        answer=offered,
        link=options.link,
        partner=options.partner,
        assignee=options.to,
        customer=options.customer,
        work=made(TypedWork, **typed(options.work)) if options.work else None,
        state=options.state,
        task=options.task,
        did=options.did,
        undo_s=options.undo_s,
        sure=options.sure,
        seen_in=seen_in,
    )


# ── what acts do ─────────────────────────────────────────────────────────────────────────────────


def in_lines(lines: Iterable[ActLine]) -> Iterator[str]:
    """Yield a line of text for each act."""
    for line in lines:
        yield f"  {line.action:<15} {plain(line.sentence)}"


class InStates(msgspec.Struct, frozen=True, kw_only=True):
    """What an act does, in which states."""

    role: Role
    states: tuple[State, ...]
    elsewhere: bool
    """These are all states in which it does nothing else; it is possible in every one."""
    act: ActLine


def list_acts(options: argparse.Namespace) -> int:
    """Print every act by role, and in which states it does what; no gateway is asked."""
    roles = [Role(options.role)] if options.role else list(Role)
    found = [each for role in roles for each in in_states(role) if _is_wanted(each, options)]
    if options.json:
        print_json(msgspec.to_builtins(found))
        return 0
    for role in roles:
        print("\n".join(_of_role(role, [each for each in found if each.role is role])))
    return 0


def in_states(role: Role) -> Iterator[InStates]:
    """Yield what staff can ask for in a role, each with the states in which it does the same."""
    # the tables are loaded where they are listed: every other command of the group starts without them
    from gateway.dispatch.roles import TABLES  # noqa: PLC0415

    table = TABLES[role]
    of_states = {state: table.lines(state) for state in State if state in table.states}
    for meaning in table.meanings:
        states = tuple(state for state, lines in of_states.items() if meaning.line in lines)
        always = all(any(line.action is meaning.action for line in lines) for lines in of_states.values())
        if states:
            yield InStates(role=role, states=states, elsewhere=always and meaning.states is None, act=meaning.line)


def _is_wanted(each: InStates, options: argparse.Namespace) -> bool:
    return options.action in {None, each.act.action} and (options.state is None or options.state in each.states)


def _of_role(role: Role, found: Iterable[InStates]) -> Iterator[str]:
    yield f"{role.capitalize()}:"
    for each in found:
        yield from in_lines([each.act])
        yield f"{'':18}in {'every other state' if each.elsewhere else ', '.join(each.states)}"
