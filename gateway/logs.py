"""Structured logs on stderr, with the request's number and without secrets or personal data.

`configure` sets up structlog on top of the standard library's logging, so that the libraries' own lines take
the same way and the same redaction, exceptions and uncaught ones included. Redaction has two nets: a field is
blanked by its name, and every text, tracebacks too, is searched for what looks personal. The nets catch slips; the
rule stays that a name is never given to a logger. May import nothing else of the project.
"""

import logging
import re
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager, suppress
from enum import StrEnum
from functools import lru_cache
from types import TracebackType
from typing import Any, Final, TextIO

import msgspec
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

BLANK: Final = "[blanked]"


class LogFormat(StrEnum):
    """How a line is written: JSON for machines, text for people."""

    JSON = "json"
    TEXT = "text"


# ---- by name

_SIP2_PERSONAL: Final = frozenset({"AA", "AC", "AD", "AE", "BD", "BE", "BF", "CN", "CO", "CY", "DA", "PB"})
"""SIP2 fields that are secret or personal (sip2.md, "Meaning"), exactly as they are written."""

_PERSONAL_NAME: Final = re.compile(
    r"password|passwd|secret|authori[sz]ation|cookie|credential|token|securitycode|patron|customer|borrower"
    r"|surname|givenname|firstname|lastname|birth|e?mail|phone|^pin$"
)
"""Names of fields that are blanked, matched in lower case without `_`, `-` and blanks."""

# ---- by look

_SIP2_CODES: Final = "|".join(sorted(_SIP2_PERSONAL))
_XML_PERSONAL: Final = "securityCode|patronInfo|patronId|surname|givenName|electronicAddressData"
_LABELS: Final = (
    r"password|passwd|secret|security_?code|authori[sz]ation|api_?key|token|patron\w*|customer\w*|borrower\w*"
    r"|surname|given_?name|first_?name|last_?name|e-?mail\w*|phone\w*|telephone\w*"
)

_PATTERNS: Final[tuple[tuple[re.Pattern[str], str], ...]] = tuple(
    (re.compile(pattern, flags), replacement)
    for pattern, replacement, flags in (
        # an element of an ISO 18626 message, with or without prefix; to the end where it isn't closed
        (rf"(<(?:\w+:)?({_XML_PERSONAL})\b[^>]*>).*?(?=</(?:\w+:)?\2\s*>|\Z)", rf"\1{BLANK}", re.DOTALL),
        # a field of a SIP2 message: after a bar, or first after the fixed part and closed by a bar
        (rf"(?<=\|)({_SIP2_CODES})[^|\r\n]*", rf"\1{BLANK}", 0),
        (rf"(?<=[0-9 YNU])({_SIP2_CODES})[^|\r\n]*(?=\|)", rf"\1{BLANK}", 0),
        # credentials in an HTTP header and in a URL
        (r"\b(basic|bearer|digest)\s+[\w+/=.~-]{4,}", rf"\1 {BLANK}", re.IGNORECASE),
        (r"(?<=://)[^\s/@]+@", f"{BLANK}@", 0),
        # name=value, "name": "value", name: value, as representations of values write them
        (rf"""\b({_LABELS})(["']?\s*[:=]\s*)("[^"\n]*"?|'[^'\n]*'?|[^\s,;|)}}\]]+)""", rf"\1\2{BLANK}", re.IGNORECASE),
        (r"[\w.+%'-]+@[\w-]+(?:\.[\w-]+)+", BLANK, 0),
        # telephone numbers: international, and the North American ten digits
        (r"\+\d[\d ().-]{6,}\d", BLANK, 0),
        (r"(?<![\d-])\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}(?![\d-])", BLANK, 0),
        # a customer's barcode begins with 2 (ill.md, "Barcodes"); its last four digits may stand
        (r"(?<!\d)2\d{7,}(\d{4})(?!\d)", r"…\1", 0),
    )
)


_MAYBE_PERSONAL: Final = re.compile(r"[|<@:=]|\d{4}|\+\d|basic|bearer|digest", re.IGNORECASE)
"""Whatever a pattern above finds holds one of these: most texts are done with after this one look."""


def redact_text(text: str) -> str:
    """The text without what looks like a secret, a customer's barcode, an address or a telephone number."""
    if not _MAYBE_PERSONAL.search(text):
        return text
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text


def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """The last processor before a line is written: nothing gets past it. Our own request number stays readable."""
    return {name: value if name in _OURS else _redact_field(name, value) for name, value in event.items()}


_OURS: Final = frozenset({"level", "logger", "request", "timestamp"})


def _redact_field(name: str, value: Any) -> Any:
    return BLANK if _is_personal(name) else _redact_value(value)


@lru_cache(maxsize=1024)
def _is_personal(name: str) -> bool:
    return name in _SIP2_PERSONAL or _PERSONAL_NAME.search(re.sub(r"[_\s-]", "", name).lower()) is not None


def _redact_value(value: Any) -> Any:
    match value:
        case None | bool() | int() | float():
            return _redact_number(value)
        case msgspec.Struct():
            return _redact_value(msgspec.structs.asdict(value))
        case Mapping():
            return {redact_text(str(name)): _redact_field(str(name), each) for name, each in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_redact_value(each) for each in value]
        case bytes() | bytearray():
            return redact_text(value.decode("utf-8", "replace"))
        case _:
            return redact_text(str(value))


def _redact_number(value: float | None) -> Any:
    """A barcode may be an integer."""
    shown = redact_text(str(value))
    return value if shown == str(value) else shown


# ---- setting up


def configure(level: str = "INFO", log_format: LogFormat = LogFormat.JSON, stream: TextIO | None = None) -> None:
    """Send every line of this process to the stream (stderr by default), redacted. Called once, by the composition root.

    `level` is a name of the standard library's ("DEBUG", "INFO", "WARNING", "ERROR").
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = _Handler(stream or sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=_written(log_format)))
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    logging.captureWarnings(capture=True)
    sys.excepthook = _log_uncaught


def _written(log_format: LogFormat) -> list[Processor]:
    """What makes a line of text of an event. The traceback is text before the redaction sees it."""
    renderer: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if log_format is LogFormat.JSON
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    return [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        redact,
        renderer,
    ]


def about_request(number: str) -> AbstractContextManager[Any]:
    """Within this context every line, also a library's, carries our number of the request."""
    return structlog.contextvars.bound_contextvars(request=number)


class _Handler(logging.StreamHandler[TextIO]):
    """A handler that never writes a line's raw arguments, not even when the line can't be written."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the standard library's name
        """Say where the bad line is; the standard handler would print its arguments as they are.

        Where not even that can be written (the disk is full, the reader has gone) the line is lost and the work goes on.
        """
        kind, _, _ = sys.exc_info()
        name = kind.__name__ if kind else "an error"
        with suppress(OSError, ValueError):
            self.stream.write(f"A log line could not be written ({name}): {record.pathname}:{record.lineno}\n")


def _log_uncaught(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    logging.getLogger("gateway").critical("stopped by an error", exc_info=(kind, error, traceback))
