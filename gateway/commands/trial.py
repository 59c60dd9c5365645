"""`policy try`: what a request would be answered with and why, without a request, a hold or a message."""

import argparse
from collections.abc import Iterator, Sequence
from typing import Any, Final

from gateway.commands.client import ApiClient, made, told
from gateway.commands.output import moment, plain
from gateway.workflow.records import Copy
from gateway.workflow.trial import CopyTrial, Supposed, Trial, TrialQuestion
from gateway.workflow.values import Identifier, Money, Wanted

IDENTIFIERS: Final = ("ISBN", "ISSN", "OCLC", "LCCN")


def add(group: Any, common: argparse.ArgumentParser) -> None:
    """Add the command to `policy`."""
    trying = group.add_parser("try", parents=[common], help="what would a request be answered with, and why")
    trying.add_argument(
        "--partner", metavar="ID", help="who asks: id or symbol (a library that is none of our partners)"
    )
    for code in IDENTIFIERS:
        trying.add_argument(f"--{code.lower()}", action="append", default=[], metavar="NUMBER", help=f"{code} wanted")
    trying.add_argument("--record", metavar="NUMBER", help="our own catalogue's number")
    trying.add_argument("--title", help="title wanted")
    trying.add_argument("--author", help="author wanted")
    trying.add_argument("--year", help="year of publication wanted")
    trying.add_argument("--volume", action="append", default=[], help="volume wanted; may be repeated")
    trying.add_argument("--edition", help="edition wanted")
    service = trying.add_mutually_exclusive_group()
    service.add_argument("--copy", dest="service", action="store_const", const="Copy", help="a copy instead of a loan")
    service.add_argument("--either", dest="service", action="store_const", const="CopyOrLoan", help="a copy or a loan")
    trying.add_argument("--max-cost", nargs=2, metavar=("AMOUNT", "CURRENCY"), help="what the partner pays at the most")
    trying.add_argument("--item-type", help="as if the copies were of this type")
    trying.add_argument("--collection", help="as if they were in this collection")
    trying.add_argument("--branch", help="as if they were there")
    trying.add_argument("--published", type=int, metavar="YEAR", help="as if they were of this year")
    trying.add_argument("--acquired", metavar="DATE", help="as if they were acquired then")
    trying.add_argument("--status", metavar="NN", help="take this circulation status instead of asking (17)")
    trying.set_defaults(run=try_policy, service="Loan")


def try_policy(options: argparse.Namespace) -> int:
    """Print the whole reasoning."""
    told(options, ApiClient.of(options).ask("POST", "policy", "try", body=_question(options)), Trial, _print)
    return 0


def _question(options: argparse.Namespace) -> TrialQuestion:
    given = [Identifier(code=code, value=value) for code in IDENTIFIERS for value in getattr(options, code.lower())]
    wanted = made(
        Wanted,
        title=options.title,
        author=options.author,
        record_id=options.record,
        identifiers=given,
        published=options.year,
        volumes=options.volume,
        edition=options.edition,
    )
    supposed = made(
        Supposed,
        item_type=options.item_type,
        collection=options.collection,
        branch=options.branch,
        published=options.published,
        acquired_on=options.acquired,
    )
    return made(
        TrialQuestion,
        partner=options.partner,
        service=options.service,
        wanted=wanted,
        supposed=supposed,
        max_cost=_cost(options.max_cost),
        status=options.status,
    )


def _cost(typed: Sequence[str] | None) -> Money | None:
    return made(Money, amount=typed[0], currency=typed[1].upper()) if typed else None


# ── the reasoning in words ───────────────────────────────────────────────────────────────────────


def _print(trial: Trial) -> None:
    for line in _lines(trial):
        print(line)


def _lines(trial: Trial) -> Iterator[str]:
    yield plain(f"{trial.partner_name} asks: {trial.service}. Policy, version {trial.policy_version}.")
    if trial.open_loans:
        yield f"It has {trial.open_loans} loans, promised or out."
    yield plain(trial.found) or "Copies were looked for."
    for copy in trial.copies:
        yield ""
        yield _named(copy.status.copy)
        yield from (f"  {plain(line)}" for line in _reasoning(copy, asked=trial.asked))
    yield ""
    yield plain(f"Answer: {trial.told or 'a person decides'}. {trial.answer.words}")
    yield _outcome(trial)
    yield "Nothing was written, held or sent."


def _named(item: Copy) -> str:
    known = (item.item_type, item.collection, item.published, item.acquired_on)
    about = ", ".join(str(each) for each in (item.branch, *known) if each)
    return plain(f"{item.item_barcode} ({about})")


def _reasoning(copy: CopyTrial, *, asked: bool) -> Iterator[str]:
    status = copy.status
    said = "the circulation system says" if asked else "assumed"
    if status.known:
        due = f", due {moment(status.due_at)}" if status.due_at else ""
        yield f"{said}: status {status.status}, {status.queue_length} waiting{due}"
    else:
        yield f"{said}: not known there"
    for line in copy.lines:
        named = f" “{line.name}”" if line.name else ""
        why = "counts" if line.fits else f"does not fit: {'; '.join(line.why)}"
        yield f"line {line.number}{named} {why}"
    if not any(line.fits for line in copy.lines):
        yield "no line is about it: it may go"
    for verdict in copy.verdicts:
        reason = f" {verdict.reason}" if verdict.reason else ""
        yield f"{verdict.service}: {verdict.availability}{reason}: {verdict.words}"


def _outcome(trial: Trial) -> str:
    if trial.partner is None:
        return "A request of a library that is none of our partners waits for approval, or is refused, by setting."
    if trial.answer.doubt:
        return plain(f"A person would look first: {trial.answer.doubt}.")
    if trial.goes_out:
        return "It would go out without a person."
    return f"A person would decide (auto-answer: {plain(trial.auto_answer)})."
