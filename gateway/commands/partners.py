"""`partners list | show | add | change | remove | merge | history | approve | suspend | resume | test-account | figures | proposals`: the libraries
we lend to and borrow from.
"""

import argparse
from collections.abc import Callable
from typing import Any

from gateway.commands import directories, directory_lists, figures, records
from gateway.commands.base import typed
from gateway.commands.client import ApiClient, calling_flags, made, told
from gateway.commands.output import plain, print_table
from gateway.desk.structs.directory import (
    AcsAccountShown,
    Approved,
    MergeBody,
    PartnerFields,
    PartnerHistory,
    PartnerList,
    PartnerMerged,
    PartnerSaved,
    PartnerShown,
    SuspendBody,
    VersionQuery,
)
from gateway.desk.structs.figures import FiguresQuery, FiguresShown
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
        ("history", show_history, "who changed what"),
        ("resume", resume_partner, "look at its requests again from today on"),
        ("test-account", test_account, "ask the circulation system what its account can do"),
    ):
        _add_of_one(group, common, name, run, words)
    _add_with_options(group, common)
    directory_lists.add(group, common)
    directories.add(group, common)


def _add_of_one(
    group: Any, common: argparse.ArgumentParser, name: str, run: Run, words: str
) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = group.add_parser(name, parents=[common], help=words)
    command.add_argument("id", help="the partner's id")
    command.set_defaults(run=run, group="partners")
    return command


def _add_with_options(group: Any, common: argparse.ArgumentParser) -> None:
    words = "give its requests the automatic answer, and don't ask it to lend"
    suspending = _add_of_one(group, common, "suspend", suspend_partner, words)
    suspending.add_argument("--from", dest="first", metavar="DATE", help="the first day (today)")
    suspending.add_argument("--until", dest="last", metavar="DATE", help="the last day (until further notice)")
    suspending.add_argument("--why", default="", help="for us alone")
    words = "make it one with another, which owes what it owed and has its open requests from now on"
    merging = _add_of_one(group, common, "merge", merge_partner, words)
    merging.add_argument("--into", required=True, metavar="ID", help="the partner that stands for both")
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
    told(options, ApiClient.of(options).ask("GET", "partners"), PartnerList, _print_partners)
    return 0


def _print_partners(listed: PartnerList) -> None:
    rows = [
        (
            partner.id,
            partner.name,
            partner.peer,
            " ".join(partner.symbols),
            " ".join(partner.groups),
            listed.standing[partner.id].not_asked_to_lend,
        )
        for partner in listed.partners
    ]
    print_table(("PARTNER", "NAME", "PEER", "SYMBOLS", "GROUPS", "TODAY"), rows, empty="No partner.")


def show_partner(options: argparse.Namespace) -> int:
    """Print one partner."""
    told(options, ApiClient.of(options).ask("GET", "partners", options.id), PartnerShown, _print_partner)
    return 0


def _print_partner(shown: PartnerShown) -> None:
    for line in records.lines(shown.partner):
        print(line)
    print(f"Its requests: {plain(shown.standing.requests_refused) or 'taken'}")
    print(f"Asked to lend: {plain(shown.standing.not_asked_to_lend) or 'yes'}")
    for warning in shown.warnings:
        print(f"Note: {plain(warning)}")


def add_partner(options: argparse.Namespace) -> int:
    """Make a partner known."""
    gateway, fields = ApiClient.of(options), records.added(options, Partner)
    listed = gateway.ask("GET", "partners").of(PartnerList)
    records.refuse_if_known(options.id, listed.partners)
    return _save(options, gateway, fields, listed.version)


def change_partner(options: argparse.Namespace) -> int:
    """Change a partner."""
    gateway = ApiClient.of(options)
    shown = gateway.ask("GET", "partners", options.id).of(PartnerShown)
    return _save(options, gateway, records.changed(options, shown.partner), shown.version)


def _save(options: argparse.Namespace, gateway: ApiClient, fields: PartnerFields, version: int) -> int:
    answer = gateway.ask("PUT", "partners", options.id, query=VersionQuery(version=version), body=fields)
    told(options, answer, PartnerSaved, records.say_saved)
    return 0


def suspend_partner(options: argparse.Namespace) -> int:
    """Suspend a partner."""
    body = made(SuspendBody, first=options.first, last=options.last, why=options.why)
    answer = ApiClient.of(options).ask("POST", "partners", options.id, "suspend", body=body)
    told(options, answer, PartnerSaved, records.say_saved)
    return 0


def merge_partner(options: argparse.Namespace) -> int:
    """Merge a partner into another."""
    answer = ApiClient.of(options).ask("POST", "partners", options.id, "merge", body=made(MergeBody, into=options.into))
    told(options, answer, PartnerMerged, _say_merged)
    return 0


def _say_merged(merged: PartnerMerged) -> None:
    print(merged.words, f"Bills that moved: {merged.bills}.")
    for note in merged.notes:
        print(note)


def resume_partner(options: argparse.Namespace) -> int:
    """End a suspension."""
    answer = ApiClient.of(options).ask("POST", "partners", options.id, "resume")
    told(options, answer, PartnerSaved, records.say_saved)
    return 0


def show_history(options: argparse.Namespace) -> int:
    """Print who changed what."""
    answer = ApiClient.of(options).ask("GET", "partners", options.id, "history")
    told(options, answer, PartnerHistory, records.say_history)
    return 0


def approve_partner(options: argparse.Namespace) -> int:
    """Make a library a partner."""
    body = flat.raw(typed(options.fields), Partner)
    answer = ApiClient.of(options).ask("POST", "requests", options.request, "approve-partner", body=body)
    told(options, answer, Approved, lambda approved: print(plain(approved.words)))
    return 0


def show_figures(options: argparse.Namespace) -> int:
    """Print a partner's figures."""
    query = made(FiguresQuery, first=options.first, last=options.last)
    told(
        options,
        ApiClient.of(options).ask("GET", "partners", options.id, "figures", query=query),
        FiguresShown,
        _print_figures,
    )
    return 0


def _print_figures(shown: FiguresShown) -> None:
    for label, value in figures.lines(shown):
        print(f"{label:<26}  {plain(value)}".rstrip())


def test_account(options: argparse.Namespace) -> int:
    """Print what a partner's account can do; 1 where it can't borrow, or nobody knows."""
    answer = ApiClient.of(options).ask("POST", "partners", options.id, "test-account")
    return 0 if told(options, answer, AcsAccountShown, _print_account).can_borrow else 1


def _print_account(account: AcsAccountShown) -> None:
    abilities = {
        "exists": account.exists,
        "can borrow": account.can_borrow,
        "can place holds": account.can_place_holds,
        "can renew": account.can_renew,
    }
    for label, can in abilities.items():
        print(f"{label:<17}  {_YES_NO_UNKNOWN[can]}")
    for words in account.words:
        print(plain(words))


_YES_NO_UNKNOWN = {True: "yes", False: "no", None: "not known"}
