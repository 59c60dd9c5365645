"""What several rows do together, by name."""

from gateway.money import ask, keep

MAIL = (ask.first_reminder, keep.mailed, ask.nothing_more_to_send)
REMIND = (keep.reminded, ask.next_reminder)
REMIND_ON_PAPER = (keep.reminded, ask.post_reminder, ask.next_reminder)
SETTLE = (keep.not_disputed, ask.no_reminder)
CREDIT_AND_SETTLE = (*SETTLE, ask.no_credit)
OWE_AGAIN = (keep.not_disputed, ask.next_reminder)
