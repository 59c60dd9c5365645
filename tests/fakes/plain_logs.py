"""How tests log what nobody configures: structlog's own way, but an exception as Python prints it.

Its own way draws each frame with the source and the variables in colours where `rich` happens to be installed: half a second of
processor time for an exception.
"""

from typing import Final

import structlog

_PROCESSORS: Final = (
    *structlog.get_config()["processors"][:-1],
    structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
)


def log_plainly() -> None:
    """Configure structlog so, whatever was configured before."""
    structlog.reset_defaults()
    structlog.configure(processors=list(_PROCESSORS))
