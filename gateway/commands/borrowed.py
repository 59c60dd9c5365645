"""What a request of ours says in `requests show`: its lenders, terms, what stood in the way. Nothing of its customer is known here."""

from collections.abc import Iterator, Mapping
from typing import Any

from gateway.commands.output import address, branch_name, moment

Field = tuple[str, Any]


def fields(shown: Mapping[str, Any]) -> Iterator[Field]:
    """Give label and value of everything that only a borrower has; nothing for a request of a partner's."""
    borrowed = shown["request"].get("borrowing")
    if borrowed is None:
        return
    yield "pickup at", branch_name(shown, borrowed["pickup_branch"])
    yield "copyright", borrowed.get("copyright")
    for doubt in borrowed.get("doubts", ()):
        yield "doubt", f"{doubt['words']}{' Only a manager can override this.' if doubt.get('stops') else ''}"
    yield "set aside", ", ".join(borrowed.get("waived", ()))
    for number, line in enumerate(borrowed.get("asked", ()), 1):
        yield f"asked {number}", _lender(line)
    for line in borrowed.get("lenders", ()):
        yield "to ask", _lender(line)
    yield "supplier", borrowed.get("supplier")
    yield "their no.", borrowed.get("lender_request_id")
    yield "terms", _terms(borrowed.get("terms") or {})
    yield "their item", " ".join(borrowed.get("lender_items", ()))
    yield "return to", ", ".join(filter(None, (borrowed.get("return_name"), address(borrowed.get("return_to")))))
    yield "link", borrowed.get("link")
    yield "renewal", f"asked on {moment(borrowed['renewal_asked_at'])}" if borrowed.get("renewal_asked_at") else None
    yield "recalled", moment(borrowed.get("recalled_at"))
    yield "sent to", branch_name(shown, borrowed.get("route_to"))


def _lender(line: Mapping[str, Any]) -> str:
    """A line of the rota, its score and what it is made of."""
    return f"{line['partner']} ({line['agency']}), score {line.get('score', 0.0):g}: {line.get('reason', '')}"


def _terms(terms: Mapping[str, Any]) -> str:
    cost = terms.get("cost")
    said = (
        f"{cost['amount']} {cost['currency']}" if cost else None,
        *terms.get("conditions", ()),
        f"record {terms['record_id']} instead" if terms.get("record_id") else None,
        "a loan instead" if terms.get("as_loan") else None,
        terms.get("note"),
    )
    return ", ".join(filter(None, said))
