"""The gateway's log is read at the end of a run: what nobody foresaw is found, and what a run brings about is not."""

import io
import logging
import sys
from collections.abc import Iterator

import pytest
import structlog

from gateway import logs
from tests.faults.breaches import Rule
from tests.faults.log_book import breaches_of
from tests.faults.strangers import CARDS


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """A log as the gateway of a run writes it."""
    root, hook, written = logging.getLogger(), sys.excepthook, io.StringIO()
    handlers, level = root.handlers[:], root.level
    logs.configure("info", logs.LogFormat.TEXT, written)
    yield written
    root.handlers[:], sys.excepthook = handlers, hook
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


def test_an_error_that_nobody_foresaw_is_found_with_its_request(log: io.StringIO):
    with structlog.contextvars.bound_contextvars(request="L-4GUMF-KXQ68"):
        structlog.get_logger("gateway.dispatch.outbox").error("work failed", work="send", exc_info=LookupError())
    (breach,) = breaches_of(log.getvalue(), CARDS)
    assert (breach.rule, breach.request) == (Rule.LOGGED, "L-4GUMF-KXQ68")
    assert breach.words.startswith("work failed ")


def test_an_error_of_a_library_is_found(log: io.StringIO):
    logging.getLogger("asyncio").error("Task exception was never retrieved")
    assert [breach.words.split(" [")[0].rstrip() for breach in breaches_of(log.getvalue(), CARDS)] == [
        "Task exception was never retrieved"
    ]


def test_a_line_that_could_not_be_written_is_found_and_one_that_the_full_disk_ate_is_not():
    text = "A log line could not be written (TypeError): x.py:1\nA log line could not be written (OSError): x.py:2\n"
    assert [breach.words for breach in breaches_of(text, CARDS)] == ["TypeError): x.py:1"]


def test_what_a_run_brings_about_is_no_error(log: io.StringIO):
    said = structlog.get_logger("gateway.fleet.seats")
    said.warning("store unavailable", during="attending")
    said.error("seats were not confirmed in time: connections to the circulation system are cut")
    said.error("could not start", why="the database can't be used")
    assert len(log.getvalue().splitlines()) == 3
    assert list(breaches_of(log.getvalue(), CARDS)) == []


def test_a_customers_barcode_is_found_once_and_an_items_is_none():
    text = f"2026-03-02T09:00:00Z [info     ] asked  [x] item=39990000000001\n{CARDS[0]} {CARDS[0]} 1{CARDS[1]}"
    assert [breach.words for breach in breaches_of(text, CARDS)] == [f"the barcode of a customer, {CARDS[0]}"]
