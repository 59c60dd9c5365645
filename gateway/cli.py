"""The command line, `ill-gateway`: reads the arguments and hands over; `commands` does the work.

Exit codes: 0 done; 1 not done, and stderr says why; 2 the command was typed wrongly; 130 stopped by Ctrl-C.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from typing import Final

from gateway.commands.base import Failure, plain_lines
from gateway.commands.table import COMMANDS, make_parser

__all__ = ["COMMANDS", "main", "make_parser"]

DONE: Final = 0
NOT_DONE: Final = 1
INTERRUPTED: Final = 130


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
    parser = make_parser(argv)
    options, rest = parser.parse_known_args(argv)
    if rest and not getattr(options, "takes_rest", False):
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    options.rest = rest
    return options


if __name__ == "__main__":
    sys.exit(main())
