"""`peers list | show | add | change | remove | history`: the systems that connect."""

import argparse
from typing import Any

from gateway.commands import records
from gateway.commands.client import Gateway, calling_flags
from gateway.commands.output import plain, print_json, print_table
from gateway.workflow.partners import Peer


def add(commands: Any) -> None:
    """Add the group to the parser's commands."""
    common = calling_flags()
    group = commands.add_parser("peers").add_subparsers(required=True, metavar="COMMAND")
    group.add_parser("list", parents=[common], help="every peer").set_defaults(run=list_peers)
    showing = group.add_parser("show", parents=[common], help="all that is known of one")
    showing.add_argument("id")
    showing.set_defaults(run=show_peer)
    adding = group.add_parser("add", parents=[common], help="make one known")
    records.add_fields(adding)
    adding.set_defaults(run=add_peer)
    changing = group.add_parser("change", parents=[common], help="change fields of one")
    records.add_fields(changing)
    changing.set_defaults(run=change_peer)
    for name, run, words in (
        ("remove", records.remove, "forget one that nothing needs"),
        ("history", records.show_history, "who changed what"),
    ):
        command = group.add_parser(name, parents=[common], help=words)
        command.add_argument("id")
        command.set_defaults(run=run, group="peers")


def list_peers(options: argparse.Namespace) -> int:
    """Print every peer."""
    answer = Gateway.of(options).get("peers")
    if options.json:
        print_json(answer)
        return 0
    rows = [
        (
            peer["id"],
            "on" if peer.get("enabled", True) else "off",
            peer.get("version", "1.2"),
            peer.get("dialect", "plain"),
            peer.get("url"),
            " ".join(peer.get("agencies", ())),
        )
        for peer in answer["peers"]
    ]
    print_table(("PEER", "", "VERSION", "DIALECT", "ADDRESS", "MAY SPEAK FOR"), rows, empty="No peer.")
    return 0


def show_peer(options: argparse.Namespace) -> int:
    """Print one peer."""
    answer = Gateway.of(options).get("peers", options.id)
    if options.json:
        print_json(answer)
        return 0
    for line in records.lines(answer["peer"], Peer):
        print(line)
    print(f"Partners behind it: {plain(', '.join(answer['partners'])) or 'none'}")
    return 0


def add_peer(options: argparse.Namespace) -> int:
    """Make a peer known."""
    gateway, record = Gateway.of(options), records.added(options, Peer)
    version = records.refuse_if_known(gateway, "peers", options.id)
    return records.say_saved(options, records.save(gateway, "peers", record, version=version))


def change_peer(options: argparse.Namespace) -> int:
    """Change a peer."""
    gateway = Gateway.of(options)
    shown = gateway.get("peers", options.id)
    record = records.changed(options, shown["peer"], Peer)
    return records.say_saved(options, records.save(gateway, "peers", record, version=shown["version"]))
