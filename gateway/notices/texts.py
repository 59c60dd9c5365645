"""What mails say. The library's own words, if it has some, stand in place of ours. Pure.

A text has names like `$number` in it, out of those that its kind knows; no title of a work is among them, for subjects are seen by
everybody on the way.
"""

from collections.abc import Mapping
from string import Template
from typing import Final

import msgspec

from gateway.notices.records import NoticeKind

PARTS: Final = ("subject", "body")


class Text(msgspec.Struct, frozen=True, kw_only=True):
    """A subject and a body."""

    subject: str
    body: str


_FOOT: Final = "\nQuestions: $contact\n\n$library\n"
USUAL: Final[Mapping[NoticeKind, Text]] = {
    NoticeKind.BILL: Text(
        subject="Our $kind $number, $library",
        body=f"To $partner\n\nAttached is our $kind $number of $dated over $total $currency. $due\n{_FOOT}",
    ),
    NoticeKind.REMINDER: Text(
        subject="Reminder: $kind $number of $library",
        body="To $partner\n\nOur records show $owed $currency of our $kind $number of $dated as unpaid. The attached letter says more.\n"
        f"If it is on its way, please set this aside.\n{_FOOT}",
    ),
    NoticeKind.DISPUTE: Text(
        subject="Your invoice $number: disputed by $library",
        body="To $lender\n\nWe dispute your invoice $number of $dated over $amount $currency. The attached letter says why, with our evidence.\n"
        f"Please answer under our reference $entry.\n{_FOOT}",
    ),
    NoticeKind.STATEMENT: Text(
        subject="Statement of account, $last, from $library",
        body="To $partner\n\nAttached is the statement of your account with us from $first to $last. "
        f"On $last it shows $owed $currency as owed.\n{_FOOT}",
    ),
    NoticeKind.PULL_SLIPS: Text(
        subject="$count to pull at $branch, $day $time",
        body="$branch\n\nAttached are pull slips for $count, in the order of the shelves. Please send what you find to Interlibrary Loan, "
        f"and tell us what is not there.\n{_FOOT}",
    ),
    NoticeKind.REPORT: Text(
        subject="$title, $period, from $library",
        body=f"$title, $period\n\n$lines\nThe attached workbook has the same with the definition of each number.\n{_FOOT}",
    ),
}
_OF_BILLS: Final = {
    "kind": "invoice",
    "number": "INV-2027-00012",
    "total": "90.00",
    "owed": "90.00",
    "currency": "USD",
    "dated": "2026-11-27",
    "due": "It is due on 2026-12-27.",
    "partner": "Sample Partner Library",
}
_OF_ALL: Final = {"library": "Example Valley Library", "contact": "ill@library.example"}
SAMPLES: Final[Mapping[NoticeKind, Mapping[str, str]]] = {
    NoticeKind.BILL: _OF_BILLS | _OF_ALL,
    NoticeKind.REMINDER: _OF_BILLS | _OF_ALL,
    NoticeKind.DISPUTE: {
        "number": "4711",
        "amount": "90.00",
        "currency": "USD",
        "dated": "2026-11-27",
        "lender": "Sample Partner Library",
        "entry": "V-2026-SAMPLE",
    }
    | _OF_ALL,
    NoticeKind.STATEMENT: {
        "partner": "Sample Partner Library",
        "first": "2025-11-27",
        "last": "2026-11-27",
        "owed": "90.00",
        "currency": "USD",
    }
    | _OF_ALL,
    NoticeKind.PULL_SLIPS: {"branch": "Main", "count": "7 items", "day": "2026-11-27", "time": "08:00"} | _OF_ALL,
    NoticeKind.REPORT: {
        "title": "Page for the board",
        "period": "October 2026",
        "lines": "Provided to other libraries    412    before: 398\n",
    }
    | _OF_ALL,
}
"""What each text may name, with made-up values for the preview."""


def unknown_names(kind: NoticeKind, text: str) -> tuple[str, ...]:
    """Return the names in a text that mean nothing there. Raises ValueError for a `$` that begins no name."""
    template = Template(text)
    if not template.is_valid():
        raise ValueError("a $ must be followed by a name, or stand twice")
    return tuple(sorted(set(template.get_identifiers()) - set(SAMPLES[kind])))


def setting(kind: NoticeKind, part: str) -> str:
    """Return what a text is called in the settings: `pull_slips_subject`."""
    name = "dispute" if kind is NoticeKind.DISPUTE else kind.replace(" ", "_")
    return f"{name}_{part}"


def text_of(kind: NoticeKind, own: Mapping[str, str]) -> Text:
    """Return a kind's text with its names in it: the library's own, or ours."""
    usual = USUAL[kind]
    return Text(
        subject=own.get(setting(kind, "subject"), usual.subject), body=own.get(setting(kind, "body"), usual.body)
    )


def written(kind: NoticeKind, facts: Mapping[str, str], own: Mapping[str, str]) -> Text:
    """Return subject and body with the facts in the place of the names. A subject is one line."""
    text = text_of(kind, own)
    subject = " ".join(Template(text.subject).substitute(facts).split())
    return Text(subject=subject, body=Template(text.body).substitute(facts))
