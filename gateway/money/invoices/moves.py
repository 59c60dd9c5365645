"""What several rows do together, by name."""

from gateway.money.invoices import ask, keep

DISPUTE = (keep.findings, keep.not_verified, keep.disputed, ask.no_approval, ask.letter)
VERIFY = (keep.hand, keep.findings, keep.verified, ask.approval)
ANEW = (keep.not_verified, ask.no_approval)
OVER = (ask.no_approval, ask.no_letter)
