"""The command line, `ill-gateway`: reads the arguments and hands over; `commands` does the work.

Exit codes: 0 done; 1 not done, and stderr says why; 2 the command was typed wrongly; 130 stopped by Ctrl-C.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from typing import Final

from gateway import __version__
from gateway.commands import (
    borrow,
    catalogue,
    conformance,
    items,
    lists,
    operating,
    partners,
    peers,
    policy,
    pool,
    requests,
    setup,
    tasks,
    tokens,
)
from gateway.commands.client import DEFAULT_URL, TOKEN_VARIABLE, URL_VARIABLE, Failure
from gateway.commands.output import plain_lines

DONE: Final = 0
NOT_DONE: Final = 1
INTERRUPTED: Final = 130

_EPILOG: Final = f"""\
Most commands talk to the running gateway: --url or {URL_VARIABLE} says where it is ({DEFAULT_URL}),
--token or {TOKEN_VARIABLE} who asks. The first token is the one that the configuration names.

exit codes: 0 done; 1 not done, stderr says why; 2 the command was typed wrongly; 3 (serve) another gateway has our name
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; give its exit code. Raises SystemExit where argparse ends the program (--help, a wrong argument)."""
    options = _parse(sys.argv[1:] if argv is None else argv)
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        code = run(options)
        sys.stdout.flush()
    except Failure as failure:
        print("\n".join(plain_lines(str(failure))), file=sys.stderr)
        return NOT_DONE
    except BrokenPipeError:
        # Whoever read our output has enough (`| head`); Python must not fail once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except KeyboardInterrupt:
        return INTERRUPTED
    return code


def _parse(argv: Sequence[str]) -> argparse.Namespace:
    """Read the arguments. A command with a parser of its own (demo-acs) gets what follows it as `rest`."""
    parser = make_parser()
    options, rest = parser.parse_known_args(argv)
    if rest and not getattr(options, "takes_rest", False):
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    options.rest = rest
    return options


def make_parser() -> argparse.ArgumentParser:
    """Make the parser with every command."""
    parser = argparse.ArgumentParser(
        prog="ill-gateway",
        description="Interlibrary loan between ISO 18626 partners and a circulation system.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=__version__)
    json_flag = argparse.ArgumentParser(add_help=False)
    json_flag.add_argument("--json", action="store_true", help="print JSON, for scripts")
    common = argparse.ArgumentParser(add_help=False, parents=[json_flag])
    common.add_argument("--url", help=f"where the gateway's API is (${URL_VARIABLE}; {DEFAULT_URL})")
    common.add_argument(
        "--token", help=f"who asks (better: ${TOKEN_VARIABLE}, which other users of this machine can't see)"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    setup.add(commands, json_flag)
    conformance.add(commands, json_flag)
    for group in (requests, borrow, pool, tasks, lists, catalogue, items, peers, partners, policy, tokens):
        group.add(commands, common)
    operating.add(commands, common, json_flag)
    return parser


if __name__ == "__main__":
    sys.exit(main())
