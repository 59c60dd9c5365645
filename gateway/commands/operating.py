"""`acs status | ask | reconcile | resume` and `lending pause | resume`: the switches of the running gateway."""

import argparse
import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from gateway.commands import acs_check
from gateway.commands.client import ApiClient, calling_flags, made, told
from gateway.commands.output import moment, plain, print_table
from gateway.desk.structs.acs import AcsResumed, AcsSaid, AcsSays, AcsStatus, Reconciled
from gateway.desk.structs.policy import PauseBody, PolicyShown
from gateway.iso18626.codes import ReasonRetry

Fact = tuple[str, str | None]
"""What is known, and how it stands; nothing where that is not known."""
BREAKER_WORDS: Final[Mapping[str, str]] = {
    "closed": "closed: the circulation system is asked",
    "open": "open: it is left alone for a while",
    "half_open": "half open: one question tries whether it answers again",
}
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
    pausing.add_argument(
        "--reason",
        choices=[each.value for each in ReasonRetry],
        metavar="CODE",
        help="why not now, as partners' systems know it",
    )
    pausing.add_argument("--note", help="words for the partners")
    pausing.set_defaults(run=pause_lending)
    lending.add_parser("resume", parents=[common], help="look at new requests again").set_defaults(run=resume_lending)


def acs_status(options: argparse.Namespace) -> int:
    """Print how the connection stands."""
    told(options, ApiClient.of(options).ask("GET", "acs"), AcsStatus, _print_status)
    return 0


def acs_ask(options: argparse.Namespace) -> int:
    """Print what the circulation system says of itself."""
    told(options, ApiClient.of(options).ask("POST", "acs", "check"), AcsSaid, _print_said)
    return 0


def acs_reconcile(options: argparse.Namespace) -> int:
    """Print where the circulation system and the requests differ; 1 where something could not be compared."""
    gateway = dataclasses.replace(ApiClient.of(options), timeout_s=RECONCILE_TIMEOUT_S)
    report = told(options, gateway.ask("POST", "acs", "reconcile"), Reconciled, _print_differences)
    return 1 if report.unanswered else 0


def _print_differences(report: Reconciled) -> None:
    rows = [(each.item_barcode, each.request, each.account, each.words, each.act) for each in report.differences]
    headings = ("ITEM", "REQUEST", "PARTNER", "WHAT DIFFERS", "PROPOSED")
    nothing = "No difference in what was compared" if report.unanswered else "Nothing differs"
    print_table(headings, rows, empty=f"{nothing}; accounts compared: {len(report.accounts)}.")
    for silent in report.unanswered:
        print(plain(f"Not compared: {silent.account} ({silent.words.rstrip('.')})."))


def acs_resume(options: argparse.Namespace) -> int:
    """Let waiting work start."""
    told(options, ApiClient.of(options).ask("POST", "acs", "resume"), AcsResumed, _print_resumed)
    return 0


def pause_lending(options: argparse.Namespace) -> int:
    """Pause lending."""
    body = made(PauseBody, reason=options.reason, note=options.note)
    told(options, ApiClient.of(options).ask("POST", "lending", "pause", body=body), PolicyShown, _print_paused)
    return 0


def _print_paused(shown: PolicyShown) -> None:
    """Say what partners hear meanwhile."""
    reason, note = shown.policy.paused_reason, shown.policy.paused_note
    words = f", “{plain(note)}”" if note else ""
    print(f"Lending is paused (policy {shown.version}): new requests are answered {plain(reason)}{words}")


def resume_lending(options: argparse.Namespace) -> int:
    """End the pause."""
    answer = ApiClient.of(options).ask("POST", "lending", "resume")
    told(options, answer, PolicyShown, lambda shown: print(f"Lending goes on (policy {shown.version})."))
    return 0


# ── the circulation system in words ──────────────────────────────────────────────────────────────


def _print_status(status: AcsStatus) -> None:
    _print_facts(_facts_of(status))


def _print_resumed(resumed: AcsResumed) -> None:
    print(plain(resumed.words))
    _print_status(resumed)


def _facts_of(status: AcsStatus) -> Iterator[Fact]:
    """What is known of the connection, the most important first."""
    yield "its work", status.trouble or "gets on"
    yield "circuit breaker", BREAKER_WORDS.get(status.breaker, status.breaker)
    yield "left alone until", moment(status.paused_until, seconds=True)
    yield "no answer since", moment(status.no_answer_since, seconds=True)
    yield "last answer", moment(status.last_reply_at, seconds=True)
    at = f", {moment(status.last_error_at, seconds=True)}" if status.last_error_at else ""
    yield "last failure", status.last_error and f"{status.last_error}{at}"
    yield "connections", f"{status.connections}, idle: {status.idle}"
    again = "; no login is tried until “acs resume”" if status.stopped else ""
    yield "refused logins", f"{status.refused_logins}{again}" if status.refused_logins or again else None
    if status.acs is not None:
        yield from _facts_of_itself(status.acs)


def _facts_of_itself(says: AcsSays) -> Iterator[Fact]:
    """What it told of itself when a connection was opened (98)."""
    yield "says it is", "online" if says.online else "offline"
    yield "wants to wait", f"{says.timeout_s:g} s for an answer" if says.timeout_s is not None else None
    yield "wants tries", str(says.retries) if says.retries is not None else None
    yield "supports (BX)", says.supported
    yield "says no to", ", ".join(says.denied)


def _print_said(said: AcsSaid) -> None:
    known = said.says or {}
    _print_facts(
        (
            ("it answers", "yes" if said.ok else f"no: {said.words or 'nothing usable'}"),
            *((name.replace("_", " "), value) for name, value in known.items()),
            ("supports (BX)", said.supports or None),
            ("library (AM)", said.library or None),
        )
    )


def _print_facts(facts: Iterable[Fact]) -> None:
    """Print a line for each fact that is known."""
    lines = [(name, value) for name, value in facts if value]
    width = max(len(name) for name, _ in lines)
    for name, value in lines:
        print(f"{plain(name):<{width}}  {plain(value)}")
