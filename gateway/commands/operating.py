"""`acs status | ask | reconcile | resume` and `lending pause | resume`: the switches of the running gateway."""

import argparse
import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any, Final

from gateway.commands import acs_check
from gateway.commands.client import Gateway, calling_flags
from gateway.commands.output import plain, print_json, print_table

RECONCILE_TIMEOUT_S: Final = 600.0
"""Three questions an account, one after the other."""


def add(commands: Any) -> None:
    """Add both groups to the parser's commands; `acs check` needs no running gateway (acs_check.py)."""
    common = calling_flags()
    acs = commands.add_parser("acs").add_subparsers(required=True, metavar="COMMAND")
    acs_check.add(acs)
    acs.add_parser("status", parents=[common], help="how the connection to the circulation system stands").set_defaults(
        run=acs_status
    )
    acs.add_parser("ask", parents=[common], help="ask the circulation system now, by way of the gateway").set_defaults(
        run=acs_ask
    )
    acs.add_parser(
        "reconcile", parents=[common], help="compare its loans and holds of partners with the requests"
    ).set_defaults(run=acs_reconcile)
    acs.add_parser(
        "resume", parents=[common], help="log in again after refused logins; let waiting work start at once"
    ).set_defaults(run=acs_resume)

    lending = commands.add_parser("lending").add_subparsers(required=True, metavar="COMMAND")
    pausing = lending.add_parser("pause", parents=[common], help="give new requests the automatic answer")
    pausing.add_argument("--reason", help="a code of ReasonRetry")
    pausing.add_argument("--note", help="words for the partners")
    pausing.set_defaults(run=pause_lending)
    lending.add_parser("resume", parents=[common], help="look at new requests again").set_defaults(run=resume_lending)


def acs_status(options: argparse.Namespace) -> int:
    """Print how the connection stands."""
    return _print_facts(options, Gateway.of(options).get("acs"))


def acs_ask(options: argparse.Namespace) -> int:
    """Print what the circulation system says of itself."""
    return _print_facts(options, Gateway.of(options).send("POST", "acs", "check"))


def acs_reconcile(options: argparse.Namespace) -> int:
    """Print where the circulation system and the requests differ; 1 where something could not be compared."""
    report = dataclasses.replace(Gateway.of(options), timeout_s=RECONCILE_TIMEOUT_S).send("POST", "acs", "reconcile")
    if options.json:
        print_json(report)
    else:
        _print_differences(report)
    return 1 if report["unanswered"] else 0


def _print_differences(report: Mapping[str, Any]) -> None:
    names = ("item_barcode", "request", "account", "words", "act")
    rows = [[difference[name] for name in names] for difference in report["differences"]]
    headings = ("ITEM", "REQUEST", "PARTNER", "WHAT DIFFERS", "PROPOSED")
    nothing = "No difference in what was compared" if report["unanswered"] else "Nothing differs"
    print_table(headings, rows, empty=f"{nothing}; accounts compared: {len(report['accounts'])}.")
    for silent in report["unanswered"]:
        print(plain(f"Not compared: {silent['account']} ({silent['words'].rstrip('.')})."))


def acs_resume(options: argparse.Namespace) -> int:
    """Let waiting work start."""
    return _print_facts(options, Gateway.of(options).send("POST", "acs", "resume"))


def pause_lending(options: argparse.Namespace) -> int:
    """Pause lending."""
    body = {name: value for name, value in (("reason", options.reason), ("note", options.note)) if value is not None}
    answer = Gateway.of(options).send("POST", "lending", "pause", body=body)
    policy = answer["policy"]
    return _say(options, answer, f"Lending is paused (policy {answer['version']}): {_paused_words(policy)}")


def resume_lending(options: argparse.Namespace) -> int:
    """End the pause."""
    answer = Gateway.of(options).send("POST", "lending", "resume")
    return _say(options, answer, f"Lending goes on (policy {answer['version']}).")


def _paused_words(policy: Mapping[str, Any]) -> str:
    """The automatic answer, as far as it isn't the built-in one (which the API leaves out)."""
    given = [policy[name] for name in ("paused_reason", "paused_note") if policy.get(name)]
    return plain("; ".join(given) or "the built-in answer")


def _say(options: argparse.Namespace, answer: Any, words: str) -> int:
    if options.json:
        print_json(answer)
    else:
        print(words)
    return 0


def _print_facts(options: argparse.Namespace, facts: Mapping[str, Any]) -> int:
    if options.json:
        print_json(facts)
        return 0
    lines = list(_lines(facts, ""))
    width = max((len(name) for name, _ in lines), default=0)
    for name, value in lines:
        print(f"{plain(name):<{width}}  {plain(value)}".rstrip())
    return 0


def _lines(facts: Mapping[str, Any], before: str) -> Iterator[tuple[str, Any]]:
    """Facts within facts, under their full name."""
    for name, value in facts.items():
        if isinstance(value, Mapping):
            yield from _lines(value, f"{before}{name} ")
        else:
            yield f"{before}{name}", _said(value)


def _said(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list) else value
