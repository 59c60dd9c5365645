"""`figures list | show | report | requests | entries | export`: what was provided, received, filled, and how long it took; for people and scripts."""

import argparse
from decimal import Decimal
from typing import Any, TypeVar

from gateway.commands.client import ApiClient, calling_flags, made, told
from gateway.commands.output import moment, plain, print_table
from gateway.commands.saved_files import into_flag, save
from gateway.desk.structs.statistics import (
    BehindQuery,
    BehindShown,
    Cell,
    EntriesQuery,
    EntriesShown,
    FactsExport,
    ReportShown,
    StatisticList,
    StatisticShown,
    StatisticsQuery,
    StatisticsShown,
)

Query = TypeVar("Query", BehindQuery, EntriesQuery)


def add(commands: Any) -> None:
    """Add the group to the parser's commands."""
    common = calling_flags()
    group = commands.add_parser("figures").add_subparsers(required=True, metavar="COMMAND")
    group.add_parser("list", parents=[common], help="every figure with its definition, and the reports").set_defaults(
        run=list_figures
    )
    showing = _add(
        group,
        [common, into_flag()],
        "show",
        show_figure,
        "one figure of a period, beside the one before and a year ago",
    )
    showing.add_argument("figure", help="its name, as “figures list” gives it")
    reporting = _add(group, [common, into_flag()], "report", show_report, "a report: annual, arl, board")
    reporting.add_argument("report", help="its name")
    opening = _add(group, [common], "requests", show_requests, "the requests behind one number")
    opening.add_argument("figure", help="the figure's name, as `figures list` shows it")
    opening.add_argument("--row", help="the line's name (total)")
    opening.add_argument("--column", help="the column's name (count)")
    opening.add_argument("--limit", type=int, help="at the most (100)")
    opening.add_argument("--after", help="go on behind this one, as “next” of the page before")
    booked = _add(group, [common], "entries", show_entries, "what was booked, or was open, behind one number of money")
    booked.add_argument("figure", help="the figure's name, as `figures list` shows it")
    booked.add_argument("--row", required=True, help="the line's name, as “figures show --json” gives it")
    booked.add_argument("--column", required=True, help="the column's name")
    booked.add_argument("--limit", type=int, help="at the most (100)")
    booked.add_argument("--after", type=int, help="go on behind so many, as “next” of the page before")
    _add(
        group,
        [common, into_flag(required=True)],
        "export",
        export,
        "what is kept for figures of each request that came in a period",
    )


def _add(
    group: Any, parents: list[argparse.ArgumentParser], name: str, run: Any, words: str
) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = group.add_parser(name, parents=parents, help=words)
    command.add_argument(
        "--period",
        help="2026-10, 2026 (the fiscal year that ends then), 2026-q1, 2026-10-01..2026-10-15, last-month, last-year … (last-month)",
    )
    command.set_defaults(run=run)
    return command


def list_figures(options: argparse.Namespace) -> int:
    """Print every figure and report."""
    told(options, ApiClient.of(options).ask("GET", "figures"), StatisticList, _print_list)
    return 0


def _print_list(listed: StatisticList) -> None:
    for figure in listed.figures:
        print(f"{figure.name}: {plain(figure.title)}\n    {plain(figure.definition)}")
    for report in listed.reports:
        print(f"report {report.name}: {plain(report.title)}\n    {plain(report.about)}")


def show_figure(options: argparse.Namespace) -> int:
    """Print a figure, or write it to a file."""
    if options.into:
        return save(options, "figures", options.figure, query=StatisticsQuery, period=options.period)
    query = made(StatisticsQuery, period=options.period)
    told(
        options,
        ApiClient.of(options).ask("GET", "figures", options.figure, query=query),
        StatisticsShown,
        _print_figures,
    )
    return 0


def _print_figures(shown: StatisticsShown) -> None:
    for figure in shown.figures:
        print(f"{plain(figure.title)}, {plain(shown.period.words)}")
        headings = ("", *(column.words for column in figure.columns), shown.before.words, shown.year_ago.words)
        print_table(headings, [_row(figure, place) for place in range(len(figure.rows))], empty="Nothing.")
        print(plain(figure.definition))
    _say_what_is_to_follow(shown.to_follow)


def _row(figure: StatisticShown, place: int) -> tuple[str, ...]:
    row, units = figure.rows[place], [column.unit for column in figure.columns]
    headline = units[[column.name for column in figure.columns].index(figure.headline)]
    cells = (_cell(cell, unit) for cell, unit in zip(row.cells, units, strict=True))
    return row.words, *cells, _cell(row.before, headline), _cell(row.year_ago, headline)


def _cell(cell: Cell, unit: str) -> str:
    """Write a cell as people read it."""
    if cell is None:
        return "-"
    if isinstance(cell, str):
        return f"{Decimal(cell):,}" if unit == "amount" else plain(cell)
    match unit:
        case "rate":
            return f"{cell:.1%}"
        case "days":
            return f"{cell:.1f}"
        case _:
            return f"{cell:,}"


def _say_what_is_to_follow(count: int) -> None:
    if count:
        print(f"Note: {count:,} requests have changed and are not in it yet; look again in a moment.")


def show_report(options: argparse.Namespace) -> int:
    """Print a report, or write it to a file."""
    if options.into:
        return save(options, "reports", options.report, query=StatisticsQuery, period=options.period)
    query = made(StatisticsQuery, period=options.period)
    told(options, ApiClient.of(options).ask("GET", "reports", options.report, query=query), ReportShown, _print_report)
    return 0


def _print_report(shown: ReportShown) -> None:
    print(f"{plain(shown.title)}, {plain(shown.period.words)} ({shown.period.first} to {shown.period.last})")
    is_one = shown.before.name == shown.year_ago.name
    rows = [
        tuple(
            [row.words, *(_cell(cell, row.unit) for cell in (row.value, row.before, row.year_ago))][
                : 3 if is_one else 4
            ]
        )
        for row in shown.rows
    ]
    headings = ("", shown.period.words, shown.before.words, shown.year_ago.words)[: 3 if is_one else 4]
    print_table(headings, rows, empty="Nothing.")
    print(plain(shown.about))
    for each in shown.definitions:
        print(f"{plain(each.title)}: {plain(each.definition)}")
    _say_what_is_to_follow(shown.to_follow)


def show_requests(options: argparse.Namespace) -> int:
    """Print the requests behind a number."""
    query = _number(BehindQuery, options)
    answer = ApiClient.of(options).ask("GET", "figures", options.figure, "requests", query=query)
    told(options, answer, BehindShown, _print_requests)
    return 0


def _number(shape: type[Query], options: argparse.Namespace) -> Query:
    """Return which number is looked behind, and which page of what is there."""
    return made(
        shape, period=options.period, row=options.row, column=options.column, after=options.after, limit=options.limit
    )


def _print_requests(shown: BehindShown) -> None:
    rows = [
        (
            moment(row.at),
            row.request or "not kept",
            "taken back" if row.count < 0 else "",
            f"{_cell(row.amount, 'amount')} {row.currency}" if row.amount else "",
            row.title,
            row.partner,
            row.branch,
            row.service,
            row.outcome,
            row.reason,
            row.words,
        )
        for row in shown.rows
    ]
    headings = ("WHEN", "REQUEST", "", "AMOUNT", "TITLE", "PARTNER", "BRANCH", "SERVICE", "CAME TO", "REASON", "")
    print_table(headings, rows, empty="Nothing is behind it.")
    if shown.next is not None:
        print(f"More: --after {shown.next}")


def show_entries(options: argparse.Namespace) -> int:
    """Print what was booked behind a number."""
    query = _number(EntriesQuery, options)
    answer = ApiClient.of(options).ask("GET", "figures", options.figure, "entries", query=query)
    told(options, answer, EntriesShown, _print_entries)
    return 0


def _print_entries(shown: EntriesShown) -> None:
    print(f"{plain(shown.row)}: {plain(shown.column)}, {_cell(shown.amount, 'amount')} {shown.currency}")
    rows = [
        (str(row.on), row.id, row.number or "-", row.partner, row.kind or "open", _cell(row.amount, "amount"))
        for row in shown.rows
    ]
    print_table(("DATE", "ID", "NUMBER", "PARTNER", "BOOKED", shown.currency), rows, empty="Nothing is behind it.")
    if shown.next is not None:
        print(f"More: --after {shown.next}")


def export(options: argparse.Namespace) -> int:
    """Write what is kept for figures to a file."""
    return save(options, "figures", "export", query=FactsExport, period=options.period)
