"""A barcode that does not stand for it any more: what still comes of it."""

from gateway.workflow.acts import act, acting, rows
from gateway.workflow.borrowing.groups import ANSWERED, FOUND_HARMLESS
from gateway.workflow.machine import ANY, STAYS, row

# fmt: off
ROWS = (
    row(ANY, ANSWERED, "an answer about a barcode given up: look what it did", STAYS, act.look, when=acting.is_others_item),
    *rows.GIVEN_UP,
    row(ANY, FOUND_HARMLESS, "a barcode given up, and nothing left to do about it", STAYS, when=acting.is_others_item),
)
# fmt: on
