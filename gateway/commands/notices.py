"""`notices list | show | act | send | texts`."""

import argparse
from typing import Any

from gateway.commands.client import ApiClient, calling_flags, told
from gateway.commands.output import moment, plain, print_table
from gateway.desk.structs.notices import (
    NoticeAct,
    NoticeActBody,
    NoticeKind,
    NoticeList,
    NoticeShown,
    NoticesQuery,
    NoticeState,
    NoticeTexts,
    SendNowBody,
    SentNow,
)

SENT_NOW = (NoticeKind.STATEMENT.value, NoticeKind.PULL_SLIPS.value, NoticeKind.REPORT.value)


def add(commands: Any) -> None:
    """Add the group to the parser's commands."""
    common = calling_flags()
    group = commands.add_parser("notices").add_subparsers(required=True, metavar="COMMAND")
    listing = group.add_parser("list", parents=[common], help="mails, newest change first")
    listing.add_argument(
        "--state", choices=[each.value for each in NoticeState], metavar="STATE", help=", ".join(NoticeState)
    )
    listing.add_argument(
        "--kind", choices=[each.value for each in NoticeKind], metavar="KIND", help=", ".join(NoticeKind)
    )
    listing.set_defaults(run=list_notices)
    showing = group.add_parser("show", parents=[common], help="one mail with what it says")
    showing.add_argument("notice", help="the mail's number, as `notices list` shows it")
    showing.set_defaults(run=show)
    acting = group.add_parser("act", parents=[common], help="do something about a mail")
    acting.add_argument("notice", help="the mail's number, as `notices list` shows it")
    acting.add_argument(
        "action", choices=[each.value for each in NoticeAct], metavar="ACTION", help=", ".join(NoticeAct)
    )
    acting.add_argument("--to", metavar="ADDRESS", help="send-again: another e-mail address")
    acting.add_argument("--words", default="", help="a note that is kept with it")
    acting.set_defaults(run=act)
    sending = group.add_parser("send", parents=[common], help="mail statements, pull slips or the report now")
    sending.add_argument("kind", choices=SENT_NOW, metavar="KIND", help=", ".join(SENT_NOW))
    sending.add_argument("about", nargs="?", help="one partner, or one branch")
    sending.add_argument("--currency", help="of one partner's statement")
    sending.set_defaults(run=send)
    group.add_parser("texts", parents=[common], help="what mails say, with made-up values").set_defaults(run=texts)


def list_notices(options: argparse.Namespace) -> int:
    """Print mails, one a line."""
    query = NoticesQuery(state=options.state, kind=options.kind)
    told(options, ApiClient.of(options).ask("GET", "notices", query=query), NoticeList, _print_list)
    return 0


def _print_list(listed: NoticeList) -> None:
    rows = (
        (each.id, each.kind, each.state, each.to or "nobody", moment(each.changed_at), each.subject, each.words)
        for each in listed.notices
    )
    print_table(("id", "kind", "stands", "to", "when", "subject", "words"), rows, empty="There is no such mail here.")


def show(options: argparse.Namespace) -> int:
    """Print one mail."""
    told(options, ApiClient.of(options).ask("GET", "notices", options.notice), NoticeShown, _print_notice)
    return 0


def _print_notice(shown: NoticeShown) -> None:
    notice = shown.notice
    lines = (
        ("kind", notice.kind),
        ("about", notice.about_name),
        ("to", notice.to or "nobody"),
        ("stands", notice.state),
        ("words", notice.words),
        ("changed", f"{moment(notice.changed_at)} by {notice.changed_by}"),
        ("subject", notice.subject),
        *(("file", name) for name in shown.files),
    )
    for label, value in lines:
        print(f"{label}: {plain(value)}")
    print()
    print("\n".join(map(plain, shown.body.splitlines())))


def act(options: argparse.Namespace) -> int:
    """Send a mail again, say that it arrived, or set it aside."""
    body = NoticeActBody(to=options.to, words=options.words)
    answer = ApiClient.of(options).ask("POST", "notices", options.notice, "actions", options.action, body=body)
    told(options, answer, NoticeShown, _print_notice)
    return 0


def send(options: argparse.Namespace) -> int:
    """Mail something now."""
    body = SendNowBody(kind=options.kind, about=options.about, currency=options.currency)
    told(options, ApiClient.of(options).ask("POST", "notices", body=body), SentNow, _print_sent)
    return 0


def _print_sent(sent: SentNow) -> None:
    print(sent.words)
    for notice in sent.notices:
        print(notice)


def texts(options: argparse.Namespace) -> int:
    """Print what mails of each kind say."""
    told(options, ApiClient.of(options).ask("GET", "notices", "texts"), NoticeTexts, _print_texts)
    return 0


def _print_texts(shown: NoticeTexts) -> None:
    for text in shown.texts:
        names = ", ".join(f"${name}" for name in text.names)
        print(f"{text.kind}{' (your own words)' if text.is_own else ''}; it may name {names}")
        print(f"Subject: {text.subject_shown}\n\n{text.body_shown}")
