"""`invoices list | show | enter | import | act | add-document | document | letter | export | exports`: what lenders ask of us."""

import argparse
from datetime import date
from pathlib import Path
from typing import Any, Final

from gateway.commands.amounts import amount_of
from gateway.commands.base import Failure
from gateway.commands.client import ApiClient, calling_flags, made, told
from gateway.commands.output import plain, print_json, print_table
from gateway.commands.pdf_files import write_pdf
from gateway.desk.structs.common import Done
from gateway.desk.structs.invoices import (
    BatchList,
    BatchShown,
    EnterBody,
    InvoiceAct,
    InvoiceActBody,
    InvoiceKind,
    InvoiceList,
    InvoiceListQuery,
    InvoiceShown,
    InvoicesQuery,
    InvoicesTaken,
    InvoiceState,
    Means,
)

ANY_FILE: Final = "application/octet-stream"


def add(commands: Any) -> None:
    """Add the group to the parser's commands."""
    common = calling_flags()
    group = commands.add_parser("invoices").add_subparsers(required=True, metavar="COMMAND")
    listing = group.add_parser("list", parents=[common], help="lenders' invoices, newest change first")
    listing.add_argument("words", nargs="*", help="beginnings of words, or a number, that it must have")
    listing.add_argument(
        "--state", choices=[each.value for each in InvoiceState], metavar="STATE", help=", ".join(InvoiceState)
    )
    listing.add_argument("--lender", help="a partner's id or symbol, or a name as it was entered")
    listing.add_argument("--year", type=int, metavar="YEAR", help="the fiscal year of the invoice's date")
    listing.set_defaults(run=list_invoices)
    showing = group.add_parser("show", parents=[common], help="one invoice, with what history says of it")
    showing.add_argument("invoice", help="the invoice's id")
    showing.set_defaults(run=show)
    _add_entering(group, common)
    _add_acting(group, common)
    _add_files(group, common)


def _add_entering(group: Any, common: argparse.ArgumentParser) -> None:
    entering = group.add_parser("enter", parents=[common], help="enter an invoice that a lender has sent")
    entering.add_argument("lender", help="a partner's id or symbol, or the lender's name")
    entering.add_argument("number", help="as the lender writes it")
    entering.add_argument("amount", help="what it asks for in all")
    _claim_flags(entering, is_new=True)
    entering.add_argument("--document", type=Path, metavar="FILE", help="the paper itself: PDF, TIFF, JPEG or PNG")
    entering.set_defaults(run=enter)
    importing = group.add_parser("import", parents=[common], help="a CSV list of invoices: all of it, or nothing")
    importing.add_argument("file", type=Path, metavar="FILE", help="the list")
    importing.add_argument("--preview", action="store_true", help="say what would be taken; write nothing")
    importing.set_defaults(run=take_list)


def _claim_flags(parser: argparse.ArgumentParser, *, is_new: bool = False) -> None:
    parser.add_argument(
        "--kind", choices=[each.value for each in InvoiceKind], metavar="KIND", help=", ".join(InvoiceKind)
    )
    parser.add_argument(
        "--dated", type=date.fromisoformat, metavar="DAY", required=is_new, help="the day that stands on it"
    )
    parser.add_argument("--due", type=date.fromisoformat, metavar="DAY", help="the day until which it is to be paid")
    parser.add_argument("--currency", metavar="CODE", help="ISO 4217 (the library's own)" if is_new else "ISO 4217")
    parser.add_argument("--request", metavar="NUMBER", help="the request that it names, by our number or the lender's")
    parser.add_argument("--title", help="the title that it names")
    parser.add_argument("--note", default="", help="what else it says")


def _add_acting(group: Any, common: argparse.ArgumentParser) -> None:
    acting = group.add_parser("act", parents=[common], help="do something to an invoice")
    acting.add_argument("invoice", help="the invoice's id")
    acting.add_argument(
        "action", choices=[each.value for each in InvoiceAct], metavar="ACTION", help=", ".join(InvoiceAct)
    )
    acting.add_argument("--reason", default="", help="why; some actions ask for it")
    acting.add_argument("--amount", help="end-dispute: what is to be paid; correct: what it asks for")
    acting.add_argument("--to", metavar="ADDRESS", help="mail: another e-mail address than the lender's")
    acting.add_argument("--on", type=date.fromisoformat, metavar="DAY", help="pay: when (today)")
    acting.add_argument(
        "--means", choices=[each.value for each in Means], default=Means.CHECK, metavar="MEANS", help=", ".join(Means)
    )
    acting.add_argument("--reference", default="", help="pay: under which the payment is found")
    acting.add_argument("--lender", help="correct: likewise the next ones; what is left out stays as it is")
    acting.add_argument("--number", help="correct: the lender's number")
    _claim_flags(acting)
    acting.set_defaults(run=act)


def _add_files(group: Any, common: argparse.ArgumentParser) -> None:
    adding = group.add_parser("add-document", parents=[common], help="keep a document with an invoice")
    adding.add_argument("invoice", help="the invoice's id")
    adding.add_argument("file", type=Path, metavar="FILE", help="the document: PDF, TIFF, JPEG or PNG")
    adding.set_defaults(run=add_document)
    document = group.add_parser("document", parents=[common], help="write a document of an invoice to a file")
    document.add_argument("invoice", help="the invoice's id")
    document.add_argument("file", type=Path, metavar="FILE", help="where to write it")
    document.add_argument("--place", type=int, default=1, metavar="NUMBER", help="which one (the first)")
    document.set_defaults(run=save_document)
    letter = group.add_parser("letter", parents=[common], help="write a dispute letter to a file, as it was made")
    letter.add_argument("invoice", help="the invoice's id")
    letter.add_argument("pdf", type=Path, metavar="FILE", help="where to write it")
    letter.add_argument("--letter", type=int, metavar="NUMBER", help="which one (the last)")
    letter.set_defaults(run=save_letter)
    exporting = group.add_parser(
        "export", parents=[common], help="give what is approved to the accounting system, once"
    )
    exporting.add_argument("batch", nargs="?", help="print an export that was made before")
    exporting.set_defaults(run=export)
    group.add_parser("exports", parents=[common], help="the newest exports").set_defaults(run=list_exports)


def list_invoices(options: argparse.Namespace) -> int:
    """Print invoices, one a line."""
    words = " ".join(options.words) or None
    query = made(InvoicesQuery, state=options.state, lender=options.lender, fiscal_year=options.year, words=words)
    told(options, ApiClient.of(options).ask("GET", "invoices", query=query), InvoiceList, _print_invoices)
    return 0


def _print_invoices(listed: InvoiceList) -> None:
    rows = [
        (each.id, each.number, each.partner_name or each.lender, each.dated, each.kind, each.state, each.agreed, each.currency, each.differs or "")
        for each in listed.invoices
    ]  # fmt: skip
    headings = ("INVOICE", "NUMBER", "LENDER", "DATED", "FOR", "STANDS", "TO PAY", "CURRENCY", "DIFFERS")
    print_table(headings, rows, empty="No invoice is so.")


def show(options: argparse.Namespace) -> int:
    """Print one invoice."""
    told(options, ApiClient.of(options).ask("GET", "invoices", options.invoice), InvoiceShown, _print_invoice)
    return 0


def _print_invoice(shown: InvoiceShown) -> None:
    invoice = shown.invoice
    lender = plain(invoice.partner_name or invoice.lender)
    print(f"Invoice {plain(invoice.number)} of {lender}, kept as {invoice.id}: {invoice.state}")
    print(f"Dated {invoice.dated}, {invoice.kind}: {invoice.amount} {invoice.currency}, to pay {invoice.agreed}.")
    rows = [(each.says, each.check, plain(f"{each.words} {each.inside}".strip())) for each in shown.findings]
    print_table(("SAYS", "ABOUT", "WORDS"), rows, empty="It was not compared.")
    if invoice.pay_from:
        print(f"The customer is charged first: pay from {invoice.pay_from}.")
    print(f"Documents: {', '.join(each.name for each in shown.documents) or 'none'}.")
    print(f"Possible: {', '.join(offer.act for offer in shown.acts) or 'nothing'}.")


def enter(options: argparse.Namespace) -> int:
    """Enter an invoice, and keep its document."""
    body = made(
        EnterBody,
        lender=options.lender,
        number=options.number,
        amount=amount_of(options.amount),
        kind=InvoiceKind(options.kind or InvoiceKind.OTHER),
        dated=options.dated,
        due=options.due,
        currency=options.currency,
        request=options.request,
        title=options.title,
        note=options.note,
    )
    gateway = ApiClient.of(options)
    entered = gateway.ask("POST", "invoices", body=body)
    if options.document is not None:
        name = entered.of(InvoiceShown).invoice.id
        gateway.hand_in("invoices", name, "documents", file=options.document, content_type=ANY_FILE)
        entered = gateway.ask("GET", "invoices", name)
    told(options, entered, InvoiceShown, _print_invoice)
    return 0


def take_list(options: argparse.Namespace) -> int:
    """Take a list."""
    query = made(InvoiceListQuery, preview=options.preview)
    answer = ApiClient.of(options).hand_in("invoices", "list", file=options.file, content_type="text/csv", query=query)
    told(options, answer, InvoicesTaken, _print_taken)
    return 0


def _print_taken(taken: InvoicesTaken) -> None:
    rows = [
        (row.row, row.number, row.lender, row.amount, row.currency, row.invoice or "", "new" if row.is_new else "kept already", len(row.differs) or "")
        for row in taken.rows
    ]  # fmt: skip
    print_table(("LINE", "NUMBER", "LENDER", "AMOUNT", "CURRENCY", "INVOICE", "IS", "DIFFERS"), rows, empty="Nothing.")
    print(f"{'Would be entered' if taken.preview else 'Entered'}: {taken.taken}; kept already: {taken.known}.")


def act(options: argparse.Namespace) -> int:
    """Do something to an invoice."""
    gateway, action = ApiClient.of(options), InvoiceAct(options.action)
    amount = amount_of(options.amount) if options.amount else None
    is_correction = action is InvoiceAct.CORRECT
    body = made(
        InvoiceActBody,
        reason=options.reason,
        claim=_corrected(gateway, options) if is_correction else None,
        amount=None if is_correction else amount,
        to=options.to,
        paid_on=options.on,
        means=Means(options.means),
        reference=options.reference,
    )
    answer = gateway.ask("POST", "invoices", options.invoice, "actions", action, body=body)
    told(options, answer, InvoiceShown, _print_invoice)
    return 0


def _corrected(gateway: ApiClient, options: argparse.Namespace) -> EnterBody:
    """What stands on it after all: what was not named stays as it is."""
    shown = gateway.ask("GET", "invoices", options.invoice).of(InvoiceShown)
    invoice = shown.invoice
    return made(
        EnterBody,
        lender=options.lender or invoice.partner or invoice.lender,
        number=options.number or invoice.number,
        amount=amount_of(options.amount) if options.amount else invoice.amount,
        kind=InvoiceKind(options.kind or invoice.kind),
        dated=options.dated or invoice.dated,
        due=options.due or invoice.due,
        currency=options.currency or invoice.currency,
        request=options.request or invoice.request,
        title=options.title or invoice.title,
        note=options.note or shown.note,
    )


def add_document(options: argparse.Namespace) -> int:
    """Keep a document with an invoice."""
    gateway = ApiClient.of(options)
    answer = gateway.hand_in("invoices", options.invoice, "documents", file=options.file, content_type=ANY_FILE)
    told(options, answer, Done, lambda done: print(done.words))
    return 0


def save_document(options: argparse.Namespace) -> int:
    """Write a document to a file."""
    data = ApiClient.of(options).ask("GET", "invoices", options.invoice, "documents", str(options.place)).data
    return _save(options, options.file, data)


def save_letter(options: argparse.Namespace) -> int:
    """Write a dispute letter to a file."""
    gateway, which = ApiClient.of(options), options.letter
    if which is None:
        letters = gateway.ask("GET", "invoices", options.invoice).of(InvoiceShown).letters
        if not letters:
            raise Failure("No letter has been made for this invoice.")
        which = letters[-1]
    return _save(options, options.pdf, gateway.ask("GET", "invoices", options.invoice, "letters", str(which)).data)


def _save(options: argparse.Namespace, file: Path, data: bytes) -> int:
    write_pdf(file, data)
    if options.json:
        print_json({"file": str(file), "bytes": len(data)})
    return 0


def export(options: argparse.Namespace) -> int:
    """Make an export and print it as CSV, or print one that was made before."""
    gateway = ApiClient.of(options)
    batch = options.batch or gateway.ask("POST", "invoices", "exports").of(BatchShown).batch
    print(gateway.ask("GET", "invoices", "exports", batch).text(), end="")
    return 0


def list_exports(options: argparse.Namespace) -> int:
    """Print the newest exports."""
    told(options, ApiClient.of(options).ask("GET", "invoices", "exports"), BatchList, _print_exports)
    return 0


def _print_exports(listed: BatchList) -> None:
    rows = [(each.batch, each.count) for each in listed.batches]
    print_table(("EXPORT", "INVOICES"), rows, empty="Nothing was exported yet.")
    print(f"Approved and not exported: {listed.waiting}.")
