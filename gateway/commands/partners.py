"""`partners list | show | add | change | remove | history | approve | suspend | resume | test-account | figures`: the libraries we lend to and borrow from."""

import argparse
from collections.abc import Callable
from typing import Any

from gateway.commands import directory_lists, figures, records
from gateway.commands.client import Gateway, calling_flags
from gateway.commands.output import plain, print_json, print_table
from gateway.partners import flat
from gateway.workflow.partners import Partner

Run = Callable[[argparse.Namespace], int]


def add(commands: Any) -> None:
    """Add the group to the parser's commands."""
    common = calling_flags()
    group = commands.add_parser("partners").add_subparsers(required=True, metavar="COMMAND")
    group.add_parser("list", parents=[common], help="every partner").set_defaults(run=list_partners)
    for name, run, words in (
        ("add", add_partner, "make one known"),
        ("change", change_partner, "change fields of one"),
    ):
        command = group.add_parser(name, parents=[common], help=words)
        records.add_fields(command)
        command.set_defaults(run=run)
    for name, run, words in (
        ("show", show_partner, "all that is known of one, and how it stands today"),
        ("remove", records.remove, "forget one that no open request needs"),
        ("history", records.show_history, "who changed what"),
        ("resume", resume_partner, "look at its requests again from today on"),
        ("test-account", test_account, "ask the circulation system what its account can do"),
    ):
        _add_of_one(group, common, name, run, words)
    _add_with_options(group, common)
    directory_lists.add(group, common)


def _add_of_one(
    group: Any, common: argparse.ArgumentParser, name: str, run: Run, words: str
) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = group.add_parser(name, parents=[common], help=words)
    command.add_argument("id")
    command.set_defaults(run=run, group="partners")
    return command


def _add_with_options(group: Any, common: argparse.ArgumentParser) -> None:
    words = "give its requests the automatic answer, and don't ask it to lend"
    suspending = _add_of_one(group, common, "suspend", suspend_partner, words)
    suspending.add_argument("--from", dest="first", metavar="DATE", help="the first day (today)")
    suspending.add_argument("--until", dest="last", metavar="DATE", help="the last day (until further notice)")
    suspending.add_argument("--why", default="", help="for us alone")
    words = "messages, errors, repairs, answer times, fill rate"
    figuring = _add_of_one(group, common, "figures", show_figures, words)
    figuring.add_argument("--first", metavar="DATE", help="the first day (90 days ago)")
    figuring.add_argument("--last", metavar="DATE", help="the last day (today)")
    words = "make the library of a kept request a partner; its kept requests go on"
    approving = group.add_parser("approve", parents=[common], help=words)
    approving.add_argument("request", help="a request that awaits approval")
    approving.add_argument(
        "fields", nargs="*", metavar="FIELD=VALUE", help=f"over what its message told: {records.HELP}"
    )
    approving.set_defaults(run=approve_partner)


def list_partners(options: argparse.Namespace) -> int:
    """Print every partner."""
    answer = Gateway.of(options).get("partners")
    if options.json:
        print_json(answer)
        return 0
    rows = [
        (
            partner["id"],
            partner["name"],
            partner["peer"],
            " ".join(partner.get("symbols", ())),
            " ".join(partner.get("groups", ())),
            answer["standing"][partner["id"]]["not_asked_to_lend"],
        )
        for partner in answer["partners"]
    ]
    print_table(("PARTNER", "NAME", "PEER", "SYMBOLS", "GROUPS", "TODAY"), rows, empty="No partner.")
    return 0


def show_partner(options: argparse.Namespace) -> int:
    """Print one partner."""
    answer = Gateway.of(options).get("partners", options.id)
    if options.json:
        print_json(answer)
        return 0
    for line in records.lines(answer["partner"], Partner):
        print(line)
    standing = answer["standing"]
    print(f"Its requests: {plain(standing['requests_refused']) or 'taken'}")
    print(f"Asked to lend: {plain(standing['not_asked_to_lend']) or 'yes'}")
    for warning in answer["warnings"]:
        print(f"Note: {plain(warning)}")
    return 0


def add_partner(options: argparse.Namespace) -> int:
    """Make a partner known."""
    gateway, record = Gateway.of(options), records.added(options, Partner)
    version = records.refuse_if_known(gateway, "partners", options.id)
    return records.say_saved(options, records.save(gateway, "partners", record, version=version))


def change_partner(options: argparse.Namespace) -> int:
    """Change a partner."""
    gateway = Gateway.of(options)
    shown = gateway.get("partners", options.id)
    record = records.changed(options, shown["partner"], Partner)
    return records.say_saved(options, records.save(gateway, "partners", record, version=shown["version"]))


def suspend_partner(options: argparse.Namespace) -> int:
    """Suspend a partner."""
    given = {"first": options.first, "last": options.last, "why": options.why}
    body = {name: value for name, value in given.items() if value}
    return records.say_saved(options, Gateway.of(options).send("POST", "partners", options.id, "suspend", body=body))


def resume_partner(options: argparse.Namespace) -> int:
    """End a suspension."""
    return records.say_saved(options, Gateway.of(options).send("POST", "partners", options.id, "resume"))


def approve_partner(options: argparse.Namespace) -> int:
    """Make a library a partner."""
    body = flat.raw(records.typed(options.fields), Partner)
    answer = Gateway.of(options).send("POST", "requests", options.request, "approve-partner", body=body)
    if options.json:
        print_json(answer)
    else:
        print(plain(answer["words"]))
    return 0


def show_figures(options: argparse.Namespace) -> int:
    """Print a partner's figures."""
    answer = Gateway.of(options).get("partners", options.id, "figures", first=options.first, last=options.last)
    if options.json:
        print_json(answer)
        return 0
    for label, value in figures.lines(answer):
        print(f"{label:<26}  {plain(value)}".rstrip())
    return 0


def test_account(options: argparse.Namespace) -> int:
    """Print what a partner's account can do; 1 where it can't borrow, or nobody knows."""
    answer = Gateway.of(options).send("POST", "partners", options.id, "test-account")
    if options.json:
        print_json(answer)
    else:
        for name, label in _ABILITIES:
            print(f"{label:<17}  {_YES_NO_UNKNOWN[answer[name]]}")
        for words in answer["words"]:
            print(plain(words))
    return 0 if answer["can_borrow"] else 1


_ABILITIES = (
    ("exists", "exists"),
    ("can_borrow", "can borrow"),
    ("can_place_holds", "can place holds"),
    ("can_renew", "can renew"),
)
_YES_NO_UNKNOWN = {True: "yes", False: "no", None: "not known"}
