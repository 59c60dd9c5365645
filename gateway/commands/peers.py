"""`peers list | show | add | change | remove | history`: the systems that connect."""

import argparse
from typing import Any

from gateway.commands import records
from gateway.commands.client import ApiClient, calling_flags, told
from gateway.commands.output import plain, print_table
from gateway.desk.structs.directory import PeerFields, PeerHistory, PeerList, PeerSaved, PeerShown, VersionQuery
from gateway.workflow.partners import Peer


def add(commands: Any) -> None:
    """Add the group to the parser's commands."""
    common = calling_flags()
    group = commands.add_parser("peers").add_subparsers(required=True, metavar="COMMAND")
    group.add_parser("list", parents=[common], help="every peer").set_defaults(run=list_peers)
    showing = group.add_parser("show", parents=[common], help="all that is known of one")
    showing.add_argument("id", help="the peer's id")
    showing.set_defaults(run=show_peer)
    adding = group.add_parser("add", parents=[common], help="make one known")
    records.add_fields(adding)
    adding.set_defaults(run=add_peer)
    changing = group.add_parser("change", parents=[common], help="change fields of one")
    records.add_fields(changing)
    changing.set_defaults(run=change_peer)
    for name, run, words in (
        ("remove", records.remove, "forget one that nothing needs"),
        ("history", show_history, "who changed what"),
    ):
        command = group.add_parser(name, parents=[common], help=words)
        command.add_argument("id", help="the peer's id")
        command.set_defaults(run=run, group="peers")


def list_peers(options: argparse.Namespace) -> int:
    """Print every peer."""
    told(options, ApiClient.of(options).ask("GET", "peers"), PeerList, _print_peers)
    return 0


def _print_peers(listed: PeerList) -> None:
    rows = [
        (peer.id, "on" if peer.enabled else "off", peer.version, peer.dialect, peer.url, " ".join(peer.agencies))
        for peer in listed.peers
    ]
    print_table(("PEER", "", "VERSION", "DIALECT", "ADDRESS", "MAY SPEAK FOR"), rows, empty="No peer.")


def show_peer(options: argparse.Namespace) -> int:
    """Print one peer."""
    told(options, ApiClient.of(options).ask("GET", "peers", options.id), PeerShown, _print_peer)
    return 0


def _print_peer(shown: PeerShown) -> None:
    for line in records.lines(shown.peer):
        print(line)
    print(f"Partners behind it: {plain(', '.join(shown.partners)) or 'none'}")


def add_peer(options: argparse.Namespace) -> int:
    """Make a peer known."""
    gateway, fields = ApiClient.of(options), records.added(options, Peer)
    listed = gateway.ask("GET", "peers").of(PeerList)
    records.refuse_if_known(options.id, listed.peers)
    return _save(options, gateway, fields, listed.version)


def change_peer(options: argparse.Namespace) -> int:
    """Change a peer."""
    gateway = ApiClient.of(options)
    shown = gateway.ask("GET", "peers", options.id).of(PeerShown)
    return _save(options, gateway, records.changed(options, shown.peer), shown.version)


def _save(options: argparse.Namespace, gateway: ApiClient, fields: PeerFields, version: int) -> int:
    answer = gateway.ask("PUT", "peers", options.id, query=VersionQuery(version=version), body=fields)
    told(options, answer, PeerSaved, records.say_saved)
    return 0


def show_history(options: argparse.Namespace) -> int:
    """Print who changed what."""
    told(options, ApiClient.of(options).ask("GET", "peers", options.id, "history"), PeerHistory, records.say_history)
    return 0
