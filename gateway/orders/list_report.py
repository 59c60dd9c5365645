"""What a list of requests came to, for people: a preview before it is imported, and its problems as CSV to mend it by.

A customer appears as the last four digits of the barcode (sip2.md, "Personal data"). Pure.
"""

from typing import Final

from gateway.orders.request_list import ListedRequest, ListProblem, RequestList, Severity
from gateway.spreadsheets import csv_text
from gateway.workflow.values import Wanted

CSV_HEADINGS: Final = ("line", "result", "column", "what is wrong, or what is asked for")

_SHOWN_OF_BARCODE: Final = 4


def preview(listed: RequestList) -> str:
    """Return the preview as lines of text: what would be imported, and every problem with its line."""
    return "\n".join([_headline(listed), *map(_request_line, listed.requests), *map(_problem_line, listed.problems)])


def report_csv(listed: RequestList) -> str:
    """Return one row a request or problem, by line, as CSV that is safe to open in a spreadsheet."""
    rows: list[tuple[int, str, str, str]] = [
        *((request.line, "request", "", _work(request)) for request in listed.requests),
        *((problem.line, problem.severity, problem.column or "", problem.words) for problem in listed.problems),
    ]
    rows.sort(key=lambda row: row[0])
    return csv_text(CSV_HEADINGS, rows)


def _headline(listed: RequestList) -> str:
    errors = sum(problem.severity is Severity.ERROR for problem in listed.problems)
    warnings = len(listed.problems) - errors
    counts = f"{_count(len(listed.requests), 'request')}, {_count(errors, 'error')}, {_count(warnings, 'warning')}"
    if listed.may_be_imported:
        return f"{counts}: the list can be imported."
    return f"{counts}: nothing is imported until the errors are mended." if errors else f"{counts}: nothing to import."


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _request_line(request: ListedRequest) -> str:
    parts = [
        f"line {request.line}: {request.citation.service} · {_work(request)} · for …{_end(request.customer)}",
        f"pickup at {request.pickup}" if request.pickup else "",
        f"needed by {request.need_before}" if request.need_before else "",
        f"note: {request.note}" if request.note else "",
    ]
    return " · ".join(filter(None, parts))


def _end(barcode: str) -> str:
    return barcode[-_SHOWN_OF_BARCODE:] if len(barcode) > _SHOWN_OF_BARCODE else ""


def _problem_line(problem: ListProblem) -> str:
    where = f"line {problem.line}" if problem.line else "the file"
    column = f", {problem.column}" if problem.column else ""
    return f"{where}{column}: {problem.severity}: {problem.words}"


def _work(request: ListedRequest) -> str:
    """The work in one line: the part before the whole, else the numbers."""
    wanted = request.citation.wanted
    titles = (wanted.article_title, wanted.title, wanted.article_author or wanted.author)
    return " / ".join(filter(None, titles)) or _numbers(wanted)


def _numbers(wanted: Wanted) -> str:
    return ", ".join(f"{each.code} {each.value}" for each in wanted.identifiers)
