"""`partners proposals | accept | decline | read-directories`: what directory services say of partners, and our answer."""

import argparse
from typing import Any

from gateway.commands.client import ApiClient, told
from gateway.commands.output import moment, plain
from gateway.desk.structs.directories import Directories, ProposalAnswered


def add(group: Any, common: argparse.ArgumentParser) -> None:
    """Add the commands to the group's."""
    listing = group.add_parser("proposals", parents=[common], help="what directory services would change")
    listing.set_defaults(run=list_proposals)
    reading = group.add_parser("read-directories", parents=[common], help="read the directory services now")
    reading.set_defaults(run=read_directories)
    for name, words in (
        ("accept", "take what a directory says of a library"),
        ("decline", "leave it as it is, until the directory says something else"),
    ):
        answering = group.add_parser(name, parents=[common], help=words)
        answering.add_argument("proposal", help="its number, as `proposals` prints it")
        answering.set_defaults(run=answer, answer=name)


def list_proposals(options: argparse.Namespace) -> int:
    """Print the services and what they propose."""
    told(options, ApiClient.of(options).ask("GET", "directories"), Directories, _print)
    return 0


def read_directories(options: argparse.Namespace) -> int:
    """Read them now, and print likewise."""
    told(options, ApiClient.of(options).ask("POST", "directories", "read"), Directories, _print)
    return 0


def answer(options: argparse.Namespace) -> int:
    """Accept or decline one."""
    sent = ApiClient.of(options).ask("POST", "directories", "proposals", options.proposal, options.answer)
    told(options, sent, ProposalAnswered, lambda answered: print(plain(answered.words)))
    return 0


def _print(found: Directories) -> None:
    for directory in found.directories:
        if directory.trouble:
            said = f"not read: {directory.trouble}"
        else:
            said = (
                f"{directory.entries} libraries, {moment(directory.read_at)}" if directory.read_at else "not read yet"
            )
        print(plain(f"{directory.id}: {said}"))
    if not found.directories:
        print("The settings name no directory service.")
    for each in found.proposals:
        print()
        print(plain(f"{each.id}  {each.name} ({'new' if each.is_new else 'changed'}, {each.directory})"))
        for name, change in each.changes.items():
            print("  " + plain(f"{name}: {change.before or '-'} -> {change.after or '-'}"))
        for words in (each.note, *each.problems):
            if words:
                print("  " + plain(words))
