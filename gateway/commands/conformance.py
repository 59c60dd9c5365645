"""`conformance | statement`: what a partner's TEST endpoint accepts, and what we speak. Both need no running gateway."""

import argparse
import os
import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from gateway.commands.base import Failure
from gateway.commands.output import json_flag, print_json, print_table, progress

if TYPE_CHECKING:
    from gateway.conformance.findings import NeedFinding
    from gateway.conformance.run import Trial

WARNING: Final = (
    "For TEST endpoints alone: this makes about fifty requests, reports receipts and returns that never were, and"
    " cancels."
)


def add(commands: Any) -> None:
    """Add both to the parser's."""
    parser = commands.add_parser(
        "conformance",
        parents=[json_flag()],
        description=f"{WARNING} Exit code 1 where something is not as it should be.",
    )
    parser.set_defaults(run=conformance)
    option = parser.add_argument
    option("--peer", required=True, metavar="URL", help="the partner's test endpoint")
    option("--symbol", default="ISIL:XX-CONFORMANCE", help="our symbol, as the partner knows it (%(default)s)")
    option("--supplier", default="ISIL:XX-TESTED", help="the partner's symbol (%(default)s)")
    option("--version", default="1.2", help="what it must speak: 1.2 or 2021-2 (%(default)s)")
    option("--dialect", default="plain", help="the habits through which it is heard (%(default)s)")
    option("--secret-env", metavar="NAME", help="the environment variable with the secret that it wants to be shown")
    option("--secret-as", default="bearer", metavar="KIND", help="bearer, basic or security-code (%(default)s)")
    option("--account", metavar="NAME", help="the user or account that goes with the secret")
    option("--listen", metavar="HOST:PORT", help="where the partner's answers come to (path /iso18626)")
    option("--title", default="The Imaginary Almanac", help="a title of its test catalogue (%(default)s)")
    option("--isbn", help="an ISBN of its test catalogue")
    option("--oclc", help="an OCLC number of its test catalogue")
    option("--timeout-s", type=float, default=20.0, help="how long a confirmation may take (%(default)s)")
    option("--wait-s", type=float, default=30.0, help="how long to wait for an answer (%(default)s)")

    stating = commands.add_parser("statement")
    stating.add_argument("--into", type=Path, help="put it between the marks of this file instead (CONFORMANCE.md)")
    stating.set_defaults(run=print_statement)


def print_statement(options: argparse.Namespace) -> int:
    """Print the derived part of CONFORMANCE.md, or bring a file up to date. Raises Failure for a file without its marks."""
    from gateway.conformance.statement import put_into, statement  # noqa: PLC0415 - as below

    if options.into is None:
        print(statement())
        return 0
    try:
        text = options.into.read_text(encoding="utf-8")
        options.into.write_text(put_into(text), encoding="utf-8")
    except (OSError, ValueError) as error:
        raise Failure(f"{options.into} is not brought up to date: {error}.") from None
    return 0


def conformance(options: argparse.Namespace) -> int:
    """Run it. Raises Failure where the endpoint is not to be reached or the options can't be used."""
    import asyncio  # noqa: PLC0415 - only this command needs it

    from gateway.conformance.run import CONVERSATION, Unreachable, count_of_probes, run  # noqa: PLC0415

    print(WARNING, file=sys.stderr)
    trial = _trial(options)
    findings: list[NeedFinding] = []
    total = count_of_probes(trial.subject)

    def words() -> str:
        probed = sum(finding.group != CONVERSATION for finding in findings)
        return f"{probed} of {total} probes" if probed else "the conversation"

    try:
        with progress(words):
            asyncio.run(run(trial, findings.append))
    except Unreachable as unreachable:
        raise Failure(f"{options.peer} can't be tried: {unreachable}.") from None
    except OSError as error:
        raise Failure(f"Can't listen at {options.listen}: {error.strerror}.") from None
    _print(options, findings)
    return 0 if all(finding.is_ok for finding in findings) else 1


def _print(options: argparse.Namespace, findings: "list[NeedFinding]") -> None:
    import msgspec  # noqa: PLC0415 - as above

    from gateway.conformance.findings import tally  # noqa: PLC0415 - as above

    counted = tally(findings)
    if options.json:
        lines = [msgspec.to_builtins(finding) | {"ok": finding.is_ok} for finding in findings]
        print_json({"peer": options.peer, "findings": lines, "tally": counted})
        return
    rows = [
        (each.group, each.probe, each.need, each.verdict, "" if each.is_ok else "NO", "; ".join(each.remarks))
        for each in findings
    ]
    print_table(("", "probe", "needed", "result", "ok", "remarks"), rows, empty="Nothing was tried.")
    print()
    print(", ".join(f"{count} {name}" for name, count in counted.items()) + ".")


def _trial(options: argparse.Namespace) -> "Trial":
    """What the options ask for. Raises Failure, naming the option that can't be used."""
    from gateway.conformance.run import SecretPlace, Trial, endpoint_for  # noqa: PLC0415 - as above
    from gateway.conformance.subject import ProbeTitle, Subject  # noqa: PLC0415 - as above
    from gateway.iso18626.codes import Version  # noqa: PLC0415 - as above
    from gateway.iso18626.dialects import DIALECTS  # noqa: PLC0415 - as above
    from gateway.iso18626.messages import Authentication  # noqa: PLC0415 - as above

    secret = _secret(options.secret_env)
    shown = SecretPlace(_one_of("--secret-as", options.secret_as, [*SecretPlace]))
    in_header = secret is not None and shown is SecretPlace.SECURITY_CODE
    subject = Subject(
        ours=options.symbol,
        theirs=options.supplier,
        run_id=f"CT{secrets.token_hex(4)}",
        version=Version(_one_of("--version", options.version, [*Version])),
        dialect=_one_of("--dialect", options.dialect, [*DIALECTS]),
        authentication=Authentication(account_id=options.account, security_code=secret) if in_header else None,
        work=ProbeTitle(title=options.title, isbn=options.isbn, oclc=options.oclc),
    )
    try:
        endpoint = endpoint_for(options.peer, account=options.account, secret=secret, shown=shown)
    except ValueError as error:
        raise Failure(f"{error}.") from None
    return Trial(
        subject=subject,
        endpoint=endpoint,
        confirmation_s=options.timeout_s,
        answer_s=options.wait_s,
        listen=_address(options.listen),
    )


def _one_of(option: str, value: str, choices: list[str]) -> str:
    if value not in choices:
        raise Failure(f"{option}: {value} is none of {', '.join(choices)}.")
    return value


def _secret(variable: str | None) -> str | None:
    if variable is None:
        return None
    secret = os.environ.get(variable)
    if not secret:
        raise Failure(f"The environment variable {variable} is not set.")
    return secret


def _address(text: str | None) -> tuple[str, int] | None:
    """HOST:PORT, or the port alone for loopback."""
    if text is None:
        return None
    host, _, port = text.rpartition(":")
    if not port.isdigit():
        raise Failure(f"{text} is no HOST:PORT.")
    return host.strip("[]") or "127.0.0.1", int(port)
