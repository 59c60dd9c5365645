"""What is logged while a test runs, and what logging was before it."""

import io
import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from gateway.logs import LogFormat, configure
from tests.fakes.plain_logs import log_plainly

BARCODE = "21234000012345"


@contextmanager
def logging_as_before() -> Iterator[None]:
    """What is configured inside counts no more outside."""
    root, hook = logging.getLogger(), sys.excepthook
    handlers, level = root.handlers[:], root.level
    try:
        yield
    finally:
        root.handlers[:], sys.excepthook = handlers, hook
        root.setLevel(level)
        logging.captureWarnings(capture=False)
        log_plainly()


def begin() -> io.StringIO:
    """Log as JSON, every level; give what it is written to."""
    stream = io.StringIO()
    configure("DEBUG", LogFormat.JSON, stream)
    return stream


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def fail(error: Exception) -> None:
    raise error
