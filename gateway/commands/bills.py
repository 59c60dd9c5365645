"""`bills list | to-bill | show | begin | act | credit-note | paper | pay | pay-back | payments | take-back | fees | owed | statement | export`."""

import argparse
from datetime import date
from pathlib import Path
from typing import Any

from gateway.commands.amounts import amount_of
from gateway.commands.base import Failure
from gateway.commands.client import ApiClient, calling_flags, made, told
from gateway.commands.output import plain, print_json, print_table
from gateway.commands.pdf_files import write_pdf
from gateway.desk.structs.bills import (
    BillAct,
    BillActBody,
    BillList,
    BillPaper,
    BillPaperQuery,
    BillShown,
    BillsQuery,
    BillState,
    CreditBody,
    FeesGathered,
    LedgerQuery,
    LineBody,
    LineKind,
    Means,
    OwedList,
    PayBackBody,
    PayBody,
    PaymentList,
    PaymentShown,
    PaymentsQuery,
    ProposeBody,
    StatementQuery,
    TakeBackBody,
    ToBillList,
)


def add(commands: Any) -> None:
    """Add the group to the parser's commands."""
    common = calling_flags()
    group = commands.add_parser("bills").add_subparsers(required=True, metavar="COMMAND")
    listing = group.add_parser("list", parents=[common], help="bills, newest change first")
    listing.add_argument(
        "--state", choices=[each.value for each in BillState], metavar="STATE", help=", ".join(BillState)
    )
    listing.add_argument("--partner", help="only this partner's (id)")
    listing.add_argument("--owed", action="store_true", help="only those on which something is owed")
    listing.set_defaults(run=list_bills)
    group.add_parser("to-bill", parents=[common], help="what did not come back").set_defaults(run=list_to_bill)
    showing = group.add_parser("show", parents=[common], help="one bill, by its number or id")
    showing.add_argument("bill", help="the bill, by its number or id")
    showing.set_defaults(run=show)
    beginning = group.add_parser(
        "begin", parents=[common], help="begin a bill for a request, or for a partner with lines"
    )
    beginning.add_argument("request", nargs="?", help="the request's number")
    beginning.add_argument("--item", metavar="BARCODE", help="of a request with several")
    beginning.add_argument("--partner", help="the partner to bill (id), in place of a request")
    _line_flag(beginning)
    beginning.set_defaults(run=begin)
    acting = group.add_parser("act", parents=[common], help="do something to a bill")
    acting.add_argument("bill", help="the bill, by its number or id")
    acting.add_argument("action", choices=[each.value for each in BillAct], metavar="ACTION", help=", ".join(BillAct))
    acting.add_argument("--reason", default="", help="why; some actions ask for it")
    acting.add_argument("--to", metavar="ADDRESS", help="mail: another e-mail address than the partner's")
    _line_flag(acting)
    acting.set_defaults(run=act)
    crediting = group.add_parser("credit-note", parents=[common], help="begin one, as the partner's terms say")
    crediting.add_argument("bill", help="the bill that it takes from, by its number or id")
    _line_flag(crediting)
    crediting.set_defaults(run=credit)
    paper = group.add_parser("paper", parents=[common], help="write a bill's PDF, as it was made, to a file")
    paper.add_argument("bill", help="the bill, by its number or id")
    paper.add_argument("pdf", type=Path, metavar="FILE", help="where to write it")
    paper.add_argument(
        "--paper",
        choices=[each.value for each in BillPaper],
        default=BillPaper.BILL,
        metavar="PAPER",
        help=", ".join(BillPaper),
    )
    paper.set_defaults(run=save_paper)
    _add_payments(group, common)
    _add_accounts(group, common)


def _line_flag(parser: argparse.ArgumentParser) -> None:
    kinds = ", ".join(LineKind)
    parser.add_argument(
        "--line",
        nargs=3,
        action="append",
        default=[],
        metavar=("KIND", "AMOUNT", "WORDS"),
        help=f"a line; kinds: {kinds}",
    )


def _add_payments(group: Any, common: argparse.ArgumentParser) -> None:
    """What came, what was paid back, and fees that are due."""
    paying = group.add_parser("pay", parents=[common], help="book money that came")
    paying.add_argument("partner", help="who paid (id)")
    paying.add_argument("amount", help="how much came")
    paying.add_argument("currency", help="what it came in, like USD")
    paying.add_argument("--on", type=date.fromisoformat, metavar="DAY", help="when it came (today)")
    paying.add_argument(
        "--means", choices=[each.value for each in Means], default=Means.CHECK, metavar="MEANS", help=", ".join(Means)
    )
    paying.add_argument("--reference", default="", help="under which the payment is found")
    paying.add_argument(
        "--bill", nargs=2, action="append", metavar=("BILL", "AMOUNT"), help="a share; without any the oldest first"
    )
    paying.add_argument("--booked-in", metavar="CURRENCY", help="the bills' currency, if another")
    paying.add_argument("--rate", help="how much of that one of what came is")
    paying.set_defaults(run=pay)
    listing = group.add_parser("payments", parents=[common], help="the newest payments")
    listing.add_argument("--partner", help="only this partner's (id)")
    listing.set_defaults(run=list_payments)
    backing = group.add_parser("pay-back", parents=[common], help="credit that we pay back to the partner")
    backing.add_argument("partner", help="whom we pay (id)")
    backing.add_argument("amount", help="how much we pay")
    backing.add_argument("currency", help="the credit's, like USD")
    backing.add_argument("--on", type=date.fromisoformat, metavar="DAY", help="when we paid (today)")
    backing.add_argument(
        "--means", choices=[each.value for each in Means], default=Means.CHECK, metavar="MEANS", help=", ".join(Means)
    )
    backing.add_argument("--reference", default="", help="under which the payment is found")
    backing.set_defaults(run=pay_back)
    group.add_parser("fees", parents=[common], help="begin the bills of fees that are due").set_defaults(run=gather)
    taking = group.add_parser("take-back", parents=[common], help="a payment that did not hold")
    taking.add_argument("payment", help="the payment's id, as `bills payments` shows it")
    taking.add_argument("--reason", required=True, help="why it did not hold")
    taking.set_defaults(run=take_back)


def _add_accounts(group: Any, common: argparse.ArgumentParser) -> None:
    """What partners owe, and what was booked."""
    group.add_parser("owed", parents=[common], help="what each partner owes, by age").set_defaults(run=list_owed)
    statement = group.add_parser("statement", parents=[common], help="write a partner's statement to a file")
    statement.add_argument("partner", help="the partner (id)")
    statement.add_argument("pdf", type=Path, metavar="FILE", help="where to write it")
    statement.add_argument(
        "--first", type=date.fromisoformat, metavar="DAY", help="its first day (a year before the last)"
    )
    statement.add_argument("--last", type=date.fromisoformat, metavar="DAY", help="its last day (today)")
    statement.set_defaults(run=save_statement)
    exporting = group.add_parser("export", parents=[common], help="what was booked, as CSV for the accounting system")
    exporting.add_argument("--first", type=date.fromisoformat, metavar="DAY", help="a year before the last")
    exporting.add_argument("--last", type=date.fromisoformat, metavar="DAY", help="today")
    exporting.set_defaults(run=export)


def _lines(options: argparse.Namespace) -> tuple[LineBody, ...]:
    unknown = [kind for kind, _, _ in options.line if kind not in [*LineKind]]
    if unknown:
        raise Failure(f"There is no kind of line {plain(unknown[0])}; there are {', '.join(LineKind)}.")
    return tuple(
        made(LineBody, kind=LineKind(kind), amount=amount_of(amount), words=words)
        for kind, amount, words in options.line
    )


def list_bills(options: argparse.Namespace) -> int:
    """Print bills, one a line."""
    query = made(BillsQuery, state=options.state, partner=options.partner, owed=options.owed)
    told(options, ApiClient.of(options).ask("GET", "bills", query=query), BillList, _print_bills)
    return 0


def _print_bills(listed: BillList) -> None:
    rows = [
        (bill.number or bill.id, bill.state, bill.partner_name, bill.total, bill.balance, bill.currency, bill.age or "")
        for bill in listed.bills
    ]
    print_table(
        ("BILL", "STANDS", "PARTNER", "TOTAL", "OWED", "CURRENCY", "AGE"), rows, empty="There is no such bill here."
    )


def list_to_bill(options: argparse.Namespace) -> int:
    """Print what did not come back."""
    told(options, ApiClient.of(options).ask("GET", "bills", "to-bill"), ToBillList, _print_to_bill)
    return 0


def _print_to_bill(listed: ToBillList) -> None:
    rows = [
        (each.request, each.partner_name, each.title or "", each.due_on or "", each.bill or "")
        for each in listed.requests
    ]
    print_table(("REQUEST", "PARTNER", "TITLE", "WAS DUE", "BILL"), rows, empty="Nothing is to be billed.")


def show(options: argparse.Namespace) -> int:
    """Print one bill."""
    told(options, ApiClient.of(options).ask("GET", "bills", options.bill), BillShown, _print_bill)
    return 0


def _print_bill(shown: BillShown) -> None:
    bill = shown.bill
    print(f"{bill.kind.capitalize()} {bill.number or bill.id}: {bill.state}, {plain(bill.partner_name)}")
    rows = [(line.kind, plain(line.words), line.amount) for line in shown.lines]
    print_table(("KIND", "WORDS", bill.currency), rows, empty="It has no line.")
    print(f"Total {bill.total} {bill.currency}, owed {bill.balance}.")
    if shown.seen:
        print(f"The circulation system showed the item: {plain(shown.seen_words)}")
    print(f"Possible: {', '.join(offer.act for offer in shown.acts) or 'nothing'}.")


def begin(options: argparse.Namespace) -> int:
    """Begin a bill."""
    if (options.request is None) == (options.partner is None):
        raise Failure("Name either a request or --partner.")
    body = made(ProposeBody, request=options.request, item=options.item, partner=options.partner, lines=_lines(options))
    told(options, ApiClient.of(options).ask("POST", "bills", body=body), BillShown, _print_bill)
    return 0


def act(options: argparse.Namespace) -> int:
    """Do something to a bill."""
    lines = _lines(options) if options.action == BillAct.CHANGE else None
    body = made(BillActBody, reason=options.reason, to=options.to, lines=lines)
    answer = ApiClient.of(options).ask("POST", "bills", options.bill, "actions", options.action, body=body)
    told(options, answer, BillShown, _print_bill)
    return 0


def credit(options: argparse.Namespace) -> int:
    """Begin a credit note."""
    body = made(CreditBody, lines=_lines(options))
    answer = ApiClient.of(options).ask("POST", "bills", options.bill, "credit-note", body=body)
    told(options, answer, BillShown, _print_bill)
    return 0


def save_paper(options: argparse.Namespace) -> int:
    """Write a bill's PDF to a file."""
    query = made(BillPaperQuery, paper=BillPaper(options.paper))
    return _save(options, ApiClient.of(options).ask("GET", "bills", options.bill, "paper", query=query).data)


def save_statement(options: argparse.Namespace) -> int:
    """Write a partner's statement to a file."""
    query = made(StatementQuery, first=options.first, last=options.last)
    return _save(options, ApiClient.of(options).ask("GET", "partners", options.partner, "statement", query=query).data)


def _save(options: argparse.Namespace, data: bytes) -> int:
    write_pdf(options.pdf, data)
    if options.json:
        print_json({"pdf": str(options.pdf), "bytes": len(data)})
    return 0


def pay(options: argparse.Namespace) -> int:
    """Book a payment."""
    body = made(
        PayBody,
        partner=options.partner,
        amount=amount_of(options.amount),
        currency=options.currency,
        received_on=options.on,
        means=Means(options.means),
        reference=options.reference,
        shares={bill: amount_of(amount) for bill, amount in options.bill} if options.bill else None,
        booked_in=options.booked_in,
        rate=amount_of(options.rate) if options.rate else None,
    )
    told(options, ApiClient.of(options).ask("POST", "payments", body=body), PaymentShown, _print_payment)
    return 0


def pay_back(options: argparse.Namespace) -> int:
    """Book that credit was paid back."""
    body = made(
        PayBackBody,
        partner=options.partner,
        amount=amount_of(options.amount),
        currency=options.currency,
        paid_on=options.on,
        means=Means(options.means),
        reference=options.reference,
    )
    told(options, ApiClient.of(options).ask("POST", "payments", "back", body=body), PaymentShown, _print_payment)
    return 0


def gather(options: argparse.Namespace) -> int:
    """Begin the bills of fees that are due."""
    told(options, ApiClient.of(options).ask("POST", "bills", "fees"), FeesGathered, _print_gathered)
    return 0


def _print_gathered(made_now: FeesGathered) -> None:
    print("\n".join(made_now.bills) or "No fee is due.")


def _print_payment(payment: PaymentShown) -> None:
    shares = ", ".join(f"{payment.numbers.get(bill, bill)} {share}" for bill, share in payment.shares.items())
    print(f"Payment {payment.id}: {payment.amount} {payment.currency} of {plain(payment.partner_name)}.")
    if payment.back:
        print("Paid back to it, out of its credit.")
    else:
        print(f"For {shares or 'no bill'}; kept as credit: {payment.left}.")
    if payment.reversed_at:
        print(f"Taken back: {plain(payment.reversed_why)}")


def list_payments(options: argparse.Namespace) -> int:
    """Print the newest payments."""
    query = made(PaymentsQuery, partner=options.partner)
    told(options, ApiClient.of(options).ask("GET", "payments", query=query), PaymentList, _print_payments)
    return 0


def _print_payments(listed: PaymentList) -> None:
    rows = [
        (each.id, each.received_on, each.partner_name, each.amount, each.currency, each.reference, "taken back" if each.reversed_at else "")
        for each in listed.payments
    ]  # fmt: skip
    headings = ("PAYMENT", "RECEIVED", "PARTNER", "AMOUNT", "CURRENCY", "REFERENCE", "STANDS")
    print_table(headings, rows, empty="No payment is booked.")


def take_back(options: argparse.Namespace) -> int:
    """Take a payment back."""
    body = made(TakeBackBody, reason=options.reason)
    answer = ApiClient.of(options).ask("POST", "payments", options.payment, "take-back", body=body)
    told(options, answer, PaymentShown, _print_payment)
    return 0


def list_owed(options: argparse.Namespace) -> int:
    """Print what each partner owes, by age."""
    told(options, ApiClient.of(options).ask("GET", "bills", "owed"), OwedList, _print_owed)
    return 0


def _print_owed(owed: OwedList) -> None:
    rows = [
        (each.partner_name, *each.by_age.values(), each.total, each.credit, each.currency)
        for each in (*owed.partners, *owed.totals)
    ]
    headings = ("PARTNER", "<30", "30-59", "60-89", "90+", "ALL", "CREDIT", "CURRENCY")
    print_table(headings, rows, empty="Nobody owes anything.")


def export(options: argparse.Namespace) -> int:
    """Print what was booked, as CSV."""
    query = made(LedgerQuery, first=options.first, last=options.last)
    print(ApiClient.of(options).ask("GET", "bills", "export", query=query).text(), end="")
    return 0
