"""`acs check`: look at the circulation system of the settings' file over one connection of its own, changing nothing.

It needs no running gateway and opens no store. Many systems allow no more connections than the gateway uses: where one runs
on this machine, the check connects only when it is told to.
"""

import argparse
import socket
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import msgspec

from gateway.commands.base import Failure
from gateway.commands.output import json_flag, plain, print_json, print_table
from gateway.commands.setup import config_flag, settings_of
from gateway.outgoing import why_unreached

if TYPE_CHECKING:
    from gateway.commands.acs_report import CheckReport
    from gateway.config import Settings
    from gateway.sip2.evidence import Inspection

_KNOCK_TIMEOUT_S: Final = 2.0
_ANYWHERE: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared, not bound


def add(commands: Any) -> None:
    """Add the command to the group's."""
    checking = commands.add_parser(
        "check",
        parents=[config_flag(), json_flag()],
        help="log in, look, and say what works, what the profile should be, what is done by hand",
    )
    checking.add_argument("--item", metavar="BARCODE", help="a test item to ask about (17)")
    checking.add_argument("--customer-account", metavar="BARCODE", help="a test or partner account to ask about (63)")
    checking.add_argument(
        "--extra-connection",
        action="store_true",
        help="connect although a gateway runs here: the system allows one connection more than acs.pool_size",
    )
    checking.set_defaults(run=check)


def check(options: argparse.Namespace) -> int:
    """Print what was found; 1 where something fails or a setting does not fit."""
    import asyncio  # noqa: PLC0415 - what no other command needs

    from gateway.commands.acs_report import report  # noqa: PLC0415

    settings = settings_of(options)
    if not options.extra_connection:
        _refuse_beside_gateway(settings)
    inspection = asyncio.run(_inspect(settings, options.item, options.customer_account))
    found = report(inspection, settings.acs_profile(), settings.acs_credentials(), ZoneInfo(settings.library.time_zone))
    if options.json:
        print_json(msgspec.to_builtins(found) | {"ok": found.is_well})
    else:
        _print(found, settings)
    return 0 if found.is_well else 1


def _refuse_beside_gateway(settings: "Settings") -> None:
    """The seat may be needed: the gateway's own work comes first."""
    host, port = _ANYWHERE.get(settings.api.host, settings.api.host), settings.api.port
    try:
        with socket.create_connection((host, port), timeout=_KNOCK_TIMEOUT_S):
            pass
    except OSError:
        return
    raise Failure(
        f"A gateway answers at {host}:{port} and may need every connection that the circulation system allows "
        f"(acs.pool_size = {settings.acs.pool_size}). Stop it first, or say --extra-connection if the system allows "
        "one more; “ill-gateway acs ask” asks by way of the running gateway."
    )


async def _inspect(settings: "Settings", item: str | None, account: str | None) -> "Inspection":
    from gateway.iso18626.tls import client_tls  # noqa: PLC0415 - what no other command needs
    from gateway.sip2.connection import Address  # noqa: PLC0415
    from gateway.sip2.errors import Inexpressible  # noqa: PLC0415
    from gateway.sip2.inspection import inspect  # noqa: PLC0415

    acs = settings.acs
    tls: ssl.SSLContext | None = None
    if acs.tls is not None:
        tls = client_tls(ca_file=acs.tls.ca, cert_file=acs.tls.cert, key_file=acs.tls.key)
    try:
        return await inspect(
            Address(acs.host, acs.port),
            settings.acs_profile(),
            settings.acs_credentials(),
            _questions(settings, item, account),
            ssl_context=tls,
        )
    except Inexpressible as error:
        raise Failure(f"It can't be asked: {error}.") from None
    except OSError as error:
        raise Failure(f"No connection to {acs.host}:{acs.port}: {why_unreached(error)}.") from None


def _questions(settings: "Settings", item: str | None, account: str | None) -> Mapping[Any, Any]:
    from gateway.sip2 import requests  # noqa: PLC0415 - what no other command needs
    from gateway.sip2.evidence import About  # noqa: PLC0415
    from gateway.sip2.requests import Summary  # noqa: PLC0415

    profile, at = settings.acs_profile(), datetime.now(UTC).astimezone(ZoneInfo(settings.library.time_zone))
    questions: dict[About, Any] = {}
    if item is not None:
        questions[About.ITEM] = requests.item_information(profile, at, item)
    if account is not None:
        for asked, summary in ((About.CUSTOMER, None), (About.HOLDS, Summary.HOLDS), (About.LOANS, Summary.CHARGED)):
            questions[asked] = requests.patron_information(profile, at, account, summary=summary)
    return questions


def _print(found: "CheckReport", settings: "Settings") -> None:
    acs = settings.acs
    print(f"Circulation system at {acs.host}:{acs.port}, taken for “{acs.profile}”.")
    print("The check used one connection of its own and changed nothing.\n")
    print_table(
        ("WHAT", "RESULT", "IN WORDS"), [(line.what, line.result, line.words) for line in found.lines], empty=""
    )
    _print_product(found)
    for heading, entries in (("Settings that do not fit:", _changes(found)), ("By hand:", found.by_hand)):
        if entries:
            print(f"\n{heading}")
            for entry in entries:
                print(f"  {plain(entry)}")
    print(
        "\nAll that was tried works as it is configured." if found.is_well else "\nNot everything fits yet: see above."
    )


def _print_product(found: "CheckReport") -> None:
    print(f"\nProduct: {found.product or 'nothing speaks for any that is known'} ({found.confidence})")
    if found.tied:
        print(f"As much speaks for {' and '.join(found.tied)}: the replies don't tell them apart.")
    rows = [(clue.product, clue.words, clue.source) for clue in found.clues]
    if rows:
        print_table(("SPEAKS FOR", "EVIDENCE", "KNOWN FROM"), rows, empty="")


def _changes(found: "CheckReport") -> list[str]:
    return [f"acs.{each.key} = “{each.value}”: {each.words}" if each.key else each.words for each in found.change]
