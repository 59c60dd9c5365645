"""`audit verify | erase`: whether history is what it was when it was sealed; the words of a note are erased without breaking it."""

import argparse
import dataclasses
import time
from contextlib import suppress
from typing import Any, Final

from gateway.commands.base import Failure
from gateway.commands.client import ApiClient, calling_flags, made, told
from gateway.commands.output import Stage, moment, plain, progress
from gateway.desk.structs.audit import AuditProgress, AuditShown, EraseBody, VerifyBody
from gateway.desk.structs.common import Done

VERIFY_TIMEOUT_S: Final = 6 * 3600.0
"""More than a look through a hundred million lines takes, twice over, on a slow disk."""
ASK_EVERY_S: Final = 1.0
ASK_TIMEOUT_S: Final = 5.0
HISTORY: Final = "going through history"
THE_REST: Final = "going through bills, invoices, partners and policies"
NOTHING_SEALED: Final = "There is no head yet: a gateway that runs seals a line some minutes after it was written."
NO_SUCH_HEAD: Final = "The chain knows no such head: it was made anew, or the head is another store's, or the store was restored to before it."


def add(commands: Any) -> None:
    """Add the group to the parser's commands."""
    common = calling_flags()
    group = commands.add_parser("audit").add_subparsers(required=True, metavar="COMMAND")
    verifying = group.add_parser("verify", parents=[common], help="go through the whole chain and all that it seals")
    verifying.add_argument("--head", help="a head that was kept elsewhere: say whether the chain has gone through it")
    verifying.set_defaults(run=verify)
    erasing = group.add_parser("erase", parents=[common], help="take a person's note out of a line of history")
    erasing.add_argument("entry", type=int, help="the line's number, as the request's story has it")
    erasing.add_argument("--reason", required=True, help="is written down")
    erasing.set_defaults(run=erase)


def verify(options: argparse.Namespace) -> int:
    """Print what differs; 1 if anything does."""
    gateway = dataclasses.replace(ApiClient.of(options), timeout_s=VERIFY_TIMEOUT_S)
    with progress(_HowFar(gateway).words):
        answer = gateway.ask("POST", "audit", "verify", body=made(VerifyBody, head=options.head))
    audited = told(options, answer, AuditShown, _print)
    return 1 if audited.faults or audited.knows_head is False else 0


class _HowFar:
    """How far the gateway is; it is asked once a second."""

    def __init__(self, gateway: ApiClient) -> None:
        self._gateway = dataclasses.replace(gateway, timeout_s=ASK_TIMEOUT_S)
        self._stage = Stage(HISTORY)
        self._next_s = 0.0

    def words(self) -> str:
        """Say it; what is done without a number where the gateway does not answer that."""
        if time.monotonic() >= self._next_s:
            self._next_s = time.monotonic() + ASK_EVERY_S
            with suppress(Failure):  # the look itself is another call, and says what is wrong
                self._take(self._gateway.ask("GET", "audit", "verify").of(AuditProgress))
        return self._stage.words()

    def _take(self, look: AuditProgress) -> None:
        """Take up an answer. Behind a proxy it may be of another gateway than the one that looks, which knows of nothing."""
        if look.going:
            is_through = 0 < look.newest <= look.line
            self._stage.tell(*((THE_REST, 0, 0) if is_through else (HISTORY, look.line, look.newest)))


def _print(audited: AuditShown) -> None:
    for fault in audited.faults:
        print(plain(f"Line {fault.entry}: {fault.words}" if fault.entry is not None else fault.words))
    said = (
        "History is what it was when it was sealed"
        if not audited.faults
        else "History is not what it was when it was sealed"
    )
    print(
        f"{said}: {audited.lines} lines in {audited.seals} seals, {audited.purged} purged, {audited.erased} erased; {audited.unsealed} are not sealed yet."
    )
    print(
        f"Money, partners and policies: {audited.book_lines} lines in {audited.book_seals} seals; {audited.book_unsealed} are not sealed yet."
    )
    if audited.knows_head is not None:
        print("The chain has gone through that head." if audited.knows_head else f"{NO_SUCH_HEAD} {_restored(audited)}")
    print(
        f"Head: {audited.head}, {moment(audited.sealed_at, zone=audited.time_zone)}"
        if audited.seals
        else NOTHING_SEALED
    )


def _restored(audited: AuditShown) -> str:
    if audited.restored_at is None:
        return "This store knows of no restore."
    to = f", to {moment(audited.restored_to, zone=audited.time_zone)}" if audited.restored_to else ""
    return f"The last restore was at {moment(audited.restored_at, zone=audited.time_zone)}{to}."


def erase(options: argparse.Namespace) -> int:
    """Erase a note."""
    answer = ApiClient.of(options).ask(
        "POST", "audit", "erase", str(options.entry), body=made(EraseBody, reason=options.reason)
    )
    told(options, answer, Done, lambda done: print(plain(done.words)))
    return 0
