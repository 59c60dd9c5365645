"""What a line of the log says and costs, and what a stranger can not do with it."""

import asyncio
import errno
import io
import logging
import time
from collections.abc import Iterator

import pytest
import structlog

from gateway.logs import LONGEST_TEXT, Brake, LogFormat, configure, redact_text
from tests.fakes.logged import BARCODE, begin, fail, lines, logging_as_before


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    with logging_as_before():
        yield


@pytest.fixture
def written() -> io.StringIO:
    return begin()


# ---- what a line says


def test_a_line_is_json_with_time_level_logger_and_fields(written: io.StringIO):
    structlog.get_logger("gateway.dispatch").info("hold placed", item_barcode="31234000012345", tries=2)
    (line,) = lines(written)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "level": "info",
        "logger": "gateway.dispatch",
        "event": "hold placed",
        "item_barcode": "31234000012345",
        "tries": 2,
    }


def test_the_requests_number_is_on_every_line_of_its_context_and_on_no_other(written: io.StringIO):
    with structlog.contextvars.bound_contextvars(request="L-000042"):
        structlog.get_logger("gateway").info("ours")
        logging.getLogger("aiohttp.server").warning("a library's")
    structlog.get_logger("gateway").info("afterwards")
    assert [line.get("request") for line in lines(written)] == ["L-000042", "L-000042", None]


async def test_requests_handled_side_by_side_keep_their_own_numbers(written: io.StringIO):
    async def handle(number: str) -> None:
        with structlog.contextvars.bound_contextvars(request=number):
            await asyncio.sleep(0)
            structlog.get_logger("gateway").info(number)

    await asyncio.gather(*(handle(f"L-{n}") for n in range(5)))
    ours = [line for line in lines(written) if line["logger"] == "gateway"]
    assert [line["request"] for line in ours] == [line["event"] for line in ours] == [f"L-{n}" for n in range(5)]


def test_a_request_number_that_looks_like_a_customers_barcode_stays_readable(written: io.StringIO):
    with structlog.contextvars.bound_contextvars(request="2026102800000017"):
        structlog.get_logger("gateway").info("accepted")
    assert lines(written)[0]["request"] == "2026102800000017"


def test_lines_below_the_level_are_left_out():
    stream = io.StringIO()
    configure("warning", LogFormat.JSON, stream)
    structlog.get_logger("gateway").info("quiet")
    logging.getLogger("asyncpg").info("quiet")
    structlog.get_logger("gateway").warning("loud")
    assert [line["event"] for line in lines(stream)] == ["loud"]


def test_text_format_is_one_readable_line_and_redacted_too():
    stream = io.StringIO()
    configure("INFO", LogFormat.TEXT, stream)
    with structlog.contextvars.bound_contextvars(request="L-7"):
        structlog.get_logger("gateway").info("asked about %s", BARCODE, password="hush")
    (line,) = stream.getvalue().splitlines()
    assert "asked about …2345" in line
    assert "request=L-7" in line
    assert "hush" not in line


def test_a_line_that_cannot_be_written_names_its_place_and_not_its_arguments(
    written: io.StringIO, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    root = logging.getLogger()
    own = [each for each in root.handlers if isinstance(each, logging.StreamHandler) and each.stream is written]
    monkeypatch.setattr(root, "handlers", own)  # the test runner's own handler would raise
    logging.getLogger("foreign").info("two %s %s", "Zaphira Quill")  # noqa: PLE1206 - the mistake under test
    assert "could not be written (TypeError)" in written.getvalue()
    assert "test_logs.py" in written.getvalue()
    assert "Zaphira" not in written.getvalue() + capsys.readouterr().err


class FullDisk(io.StringIO):
    """A stream on which nothing can be written any more."""

    def write(self, _text: str) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_log_that_cannot_be_written_at_all_stops_no_work(monkeypatch: pytest.MonkeyPatch):
    configure("INFO", LogFormat.JSON, FullDisk())
    root = logging.getLogger()
    own = [
        each for each in root.handlers if isinstance(each, logging.StreamHandler) and isinstance(each.stream, FullDisk)
    ]
    assert own
    monkeypatch.setattr(root, "handlers", own)  # the test runner's own handler would raise
    logging.getLogger("foreign").info("work goes on")


# ---- what a stranger can't do with a line

ATOMS = [
    "a", "é", "<surname", "<a:surname", "<surname>", "</surname ", "<", "0AA", "1 AE", "AA|", "|AA", "0AA\n", "| ", "a@", "a@b",
    "x.", "'", '"', "://", "://a", "basic ", "basic\t", "password", "password ", "password='", "security_code:", "e-mail ", "patron_",
    "+1", "+1 ", "2", "21", "(123) ", "123-", " ", "\n",
]  # fmt: skip
ENDS = ["", "@:", "|<"]
LEAST_S = 0.0005
"""Below this a measurement says nothing."""
LEAST_TRIES = 3
MOST_TRIES = 20


def costs_s(text: str) -> Iterator[float]:
    """Processor time of redacting a text, several times over."""
    for _ in range(MOST_TRIES):
        began_s = time.process_time()
        redact_text(text)
        yield max(LEAST_S, time.process_time() - began_s)


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("atom", ATOMS)
def test_a_text_of_twice_the_length_costs_twice_as_much_to_redact(atom: str, end: str):
    """Four times as much would let one malformed request of 60 KB stand everything still for eleven seconds."""
    single, once_s, twice_s = (atom * 10_000)[:10_000], list[float](), list[float]()
    # By turns: where the machine's speed changes, it changes for both.
    for short_s, long_s in zip(costs_s(single + end), costs_s(single + single + end), strict=True):
        once_s.append(short_s)
        twice_s.append(long_s)
        if len(once_s) >= LEAST_TRIES and min(twice_s) < 3.2 * min(once_s):
            return
    pytest.fail(f"the least of {MOST_TRIES} is too much: {min(twice_s)} s, and {min(once_s)} s for half of it")


def test_a_long_text_is_cut_and_says_so(written: io.StringIO):
    structlog.get_logger("gateway").info("x" * 1_200_000, field="y" * 50_000, data=b"z" * 50_000, many=["w"] * 50_000)
    try:
        fail(ValueError("v" * 1_200_000))
    except ValueError:
        logging.getLogger("foreign").exception("failed")
    long, failed = lines(written)
    assert len(written.getvalue()) < 5 * LONGEST_TEXT
    assert long["event"] == "x" * LONGEST_TEXT + "… (1200000 characters)"
    assert "ValueError: vvvv" in failed["exception"]


@pytest.mark.parametrize("shift", range(0, 60, 7))
def test_what_is_cut_is_cut_behind_what_redaction_has_seen(written: io.StringIO, shift: int):
    """A barcode or a SIP2 field of which half is cut away would no longer look like one."""
    for around in (LONGEST_TEXT, LONGEST_TEXT + 2_000):
        text = "x " * ((around - shift) // 2) + f"{BARCODE} 25  AEZaphira Quill|" + "y " * 10_000
        structlog.get_logger("gateway").info(text)
    assert BARCODE[:8] not in written.getvalue()
    assert "Zaph" not in written.getvalue()


FORGED = "GET /a\n2031-05-06T00:00:00Z [info] all is well \x1b[2J\r\x9b1m\u202e\u2028"


@pytest.mark.parametrize("log_format", LogFormat)
def test_what_a_stranger_writes_begins_no_line_and_commands_no_terminal(log_format: LogFormat):
    stream = io.StringIO()
    configure("INFO", log_format, stream)
    structlog.get_logger("gateway").warning(f"store unavailable: {FORGED}", path=FORGED, deep=[FORGED])
    logging.getLogger("foreign").warning("unforeseen: %s", FORGED)
    text = stream.getvalue()
    assert len(text.splitlines()) == 2
    assert text.endswith("\n")
    assert not any(each in text for each in "\x1b\r\x9b\u202e\u2028")


def test_a_traceback_in_text_format_is_indented_so_that_its_message_forges_no_line():
    stream = io.StringIO()
    configure("INFO", LogFormat.TEXT, stream)
    try:
        fail(ValueError(FORGED))
    except ValueError:
        structlog.get_logger("gateway").exception("failed")
    first, *rest = stream.getvalue().splitlines()
    assert "failed" in first
    assert rest
    assert all(line.startswith("    ") for line in rest)


def test_a_library_that_says_the_same_over_and_over_is_cut_short_and_the_others_are_not(written: io.StringIO):
    now_s = [0.0]
    root = logging.getLogger()
    (own,) = [each for each in root.handlers if isinstance(each, logging.StreamHandler) and each.stream is written]
    own.filters[:] = [Brake(lambda: now_s[0])]
    for number in range(100):
        if number == 90:
            now_s[0] = Brake.WINDOW_S
        logging.getLogger("asyncio").error("socket.accept() out of system resource %s", number)
        structlog.get_logger("gateway.web").info("ours")
    logging.getLogger("asyncio").error("something else")
    theirs = [line for line in lines(written) if line["logger"] == "asyncio"]
    assert len(theirs) == 2 * Brake.LINES + 1
    assert [line["left_out"] for line in theirs if "left_out" in line] == [90 - Brake.LINES]
    assert len([line for line in lines(written) if line["logger"] == "gateway.web"]) == 100
