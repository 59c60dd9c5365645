"""Structured logs on stderr, with the request's number and without secrets or personal data.

`configure` sets up structlog on top of the standard library's logging, so that the libraries' own lines take
the same way and the same redaction, exceptions and uncaught ones included. Redaction has two nets: a field is
blanked by its name, and every text, tracebacks too, is searched for what looks personal. The nets catch slips; the
rule stays that a name is never given to a logger. Whatever a stranger wrote, a line stays one line of bounded length,
and a library that says one thing over and over is cut short (`Brake`). May import nothing else of the project.
"""

import logging
import re
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from enum import StrEnum
from functools import lru_cache
from itertools import islice
from time import monotonic
from types import TracebackType
from typing import Any, Final, TextIO

import msgspec
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

BLANK: Final = "[blanked]"
LONGEST_TEXT: Final = 8_000
"""Characters of one text in a line, a traceback included; what is longer is cut, and says so."""
_MARGIN: Final = 2_000
"""Read beyond that and thrown away after redaction: what the first cut left unrecognisable is not shown."""
MOST_ITEMS: Final = 100
"""Of a collection in a line."""


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

_BETWEEN_BARS: Final = r"(?<![^|\r\n])(?=[^|\r\n]*+\|)"
"""Where a stretch of a line begins that a bar ends: looked for once a stretch, or a long line without a bar would cost its square."""

# Each takes time in proportion to the text, whatever the text is: a test doubles its length. So no pattern may begin to search at
# each of many places and run from there to an end that does not come.
_PATTERNS: Final[tuple[tuple[re.Pattern[str], str], ...]] = tuple(
    (re.compile(pattern, flags), replacement)
    for pattern, replacement, flags in (
        # an element of an ISO 18626 message, with or without prefix; to the end where it isn't closed
        (rf"(<(?:\w+:)?({_XML_PERSONAL})\b[^<>]*>).*?(?=</(?:\w+:)?\2\s*>|\Z)", rf"\1{BLANK}", re.DOTALL),
        # a field of a SIP2 message: after a bar, or first after the fixed part and closed by a bar
        (rf"(?<=\|)({_SIP2_CODES})[^|\r\n]*", rf"\1{BLANK}", 0),
        (rf"{_BETWEEN_BARS}([^|\r\n]*?[0-9 YNU])({_SIP2_CODES})[^|\r\n]*+", rf"\1\2{BLANK}", 0),
        # credentials in an HTTP header and in a URL
        (r"\b(basic|bearer|digest)\s+[\w+/=.~-]{4,}", rf"\1 {BLANK}", re.IGNORECASE),
        (r"(?<=://)[^\s/@]+@", f"{BLANK}@", 0),
        # name=value, "name": "value", name: value, as representations of values write them
        (rf"""\b({_LABELS})(["']?\s*[:=]\s*)("[^"\n]*"?|'[^'\n]*'?|[^\s,;|)}}\]]+)""", rf"\1\2{BLANK}", re.IGNORECASE),
        (r"(?<![\w.+%'-])[\w.+%'-]++@[\w-]+(?:\.[\w-]+)+", BLANK, 0),
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


def _safe_text(text: str) -> str:
    """What may be shown of a text: redacted, of bounded length, without what a terminal obeys or a reader can't see."""
    shown = redact_text(text[: LONGEST_TEXT + _MARGIN])
    if len(text) > LONGEST_TEXT + _MARGIN:
        shown = shown[: max(0, len(shown) - _MARGIN)]
    left_out = len(text) > LONGEST_TEXT
    shown = _UNSEEN.sub(_escape, shown[:LONGEST_TEXT])
    return f"{shown}… ({len(text)} characters)" if left_out else shown


_UNSEEN: Final = re.compile(r"[\x1b\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
"""Escape, the upper control characters, invisible and bidirectional marks, line separators, halves of surrogates."""
_CONTROL: Final = re.compile(r"[\x00-\x1f]")


def _escape(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode()


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
            first = islice(value.items(), MOST_ITEMS)
            return {_safe_text(str(name)): _redact_field(str(name), each) for name, each in first}
        case list() | tuple() | set() | frozenset():
            return [_redact_value(each) for each in islice(value, MOST_ITEMS)]
        case bytes() | bytearray():
            return _safe_text(value[: LONGEST_TEXT + _MARGIN + 1].decode("utf-8", "replace"))
        case _:
            return _safe_text(str(value))


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
    handler.addFilter(Brake())
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=_written(log_format)))
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    logging.captureWarnings(capture=True)
    sys.excepthook = _log_uncaught


def _written(log_format: LogFormat) -> list[Processor]:
    """What makes a line of text of an event. The traceback is text before the redaction sees it."""
    renderers: dict[LogFormat, list[Processor]] = {
        LogFormat.JSON: [structlog.processors.JSONRenderer(ensure_ascii=False)],
        LogFormat.TEXT: [
            _on_one_line,
            structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
        ],
    }
    return [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        redact,
        *renderers[log_format],
    ]


def _on_one_line(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Nothing that a stranger wrote begins a line of its own: control characters are escaped, a traceback is indented.

    JSON escapes them by itself.
    """
    return {name: _in_a_line(name, value) if isinstance(value, str) else value for name, value in event.items()}


def _in_a_line(name: str, text: str) -> str:
    if name in _OF_SEVERAL_LINES:
        return "\n".join(f"    {_CONTROL.sub(_escape, line)}" for line in text.split("\n"))
    return _CONTROL.sub(_escape, text)


_OF_SEVERAL_LINES: Final = frozenset({"exception", "stack"})


class _Window(msgspec.Struct):
    """What one place of a library's code has said of late."""

    since_s: float
    lines: int = 0
    left_out: int = 0


class Brake(logging.Filter):
    """Keeps libraries from filling the disk: a stranger may make them say the same thing as often as he connects.

    Each place of their code may say `LINES` in `WINDOW_S`; the first line after that tells how many were left out.
    Our own loggers are not held back: each limits itself where a stranger can make it speak.
    """

    LINES: Final = 5
    WINDOW_S: Final = 10.0

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._windows: dict[tuple[str, int], _Window] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is written."""
        if record.name.partition(".")[0] == "gateway":
            return True
        place, now_s = (record.pathname, record.lineno), self._clock()
        window = self._windows.get(place)
        if window is None or now_s - window.since_s >= self.WINDOW_S:
            if window is not None and window.left_out:
                record.left_out = window.left_out
            window = self._windows[place] = _Window(now_s)
        window.lines += 1
        window.left_out = max(0, window.lines - self.LINES)
        return not window.left_out


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
