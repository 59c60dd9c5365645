"""What a request of ours says in `requests show`: its lenders, terms, what stood in the way. Nothing of its customer is known here."""

from collections.abc import Iterator
from typing import Any

from gateway.commands.output import address, branch_name, moment, price
from gateway.desk.structs.requests import RequestShown
from gateway.workflow.borrowing_records import LenderLine, LoanTerms

Field = tuple[str, Any]


def fields(shown: RequestShown) -> Iterator[Field]:
    """Yield label and value of everything that only a borrower has; nothing for a request of a partner's."""
    ours = shown.request.borrowing
    if ours is None:
        return
    yield "pickup at", branch_name(shown.branches, ours.pickup_branch)
    yield "copyright", ours.copyright
    for doubt in ours.doubts:
        yield "doubt", f"{doubt.words}{' Only a manager can override this.' if doubt.stops else ''}"
    yield "set aside", ", ".join(ours.waived)
    for number, line in enumerate(ours.asked, 1):
        yield f"asked {number}", _lender(line)
    for line in ours.lenders:
        yield "to ask", _lender(line)
    yield "supplier", ours.supplier
    yield "their no.", ours.lender_request_id
    yield "terms", _terms(ours.terms or LoanTerms())
    yield "their item", " ".join(ours.lender_items)
    yield "return to", ", ".join(filter(None, (ours.return_name, address(ours.return_to))))
    yield "link", ours.link
    yield "renewal", f"asked on {moment(ours.renewal_asked_at)}" if ours.renewal_asked_at else None
    yield "recalled", moment(ours.recalled_at)
    yield "sent to", branch_name(shown.branches, ours.route_to)


def _lender(line: LenderLine) -> str:
    """A line of the rota, its score and what it is made of."""
    return f"{line.partner} ({line.agency}), score {line.score:g}: {line.reason}"


def _terms(terms: LoanTerms) -> str:
    said = (
        price(terms.cost),
        *terms.conditions,
        f"record {terms.record_id} instead" if terms.record_id else None,
        "a loan instead" if terms.as_loan else None,
        terms.note,
    )
    return ", ".join(filter(None, said))
