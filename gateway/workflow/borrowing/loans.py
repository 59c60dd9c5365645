"""What is known of a customer's loan of a borrowed item. Pure."""

from gateway.workflow.borrowing.groups import BACK
from gateway.workflow.borrowing_records import LoanProof
from gateway.workflow.records import ItemPlace, Request, State


def was_seen_out(request: Request) -> bool:
    """Whether a look has shown the loan: it does not rest on staff's word alone."""
    is_out = any(item.place is ItemPlace.OUT for item in request.items)
    return is_out and not is_told(request)


def is_told(request: Request) -> bool:
    """Whether staff alone say that the customer has it."""
    return request.borrowed.loan_proof is LoanProof.WORD


def is_back(request: Request) -> bool:
    """Say whether an item came back after all; one that was paid for did not."""
    return request.state in BACK or (request.state is State.COMPLETED and request.returned_at is not None)
