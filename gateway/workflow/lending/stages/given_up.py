"""A copy that the request has given up: what still comes of it."""

from gateway.workflow.acts import act, acting, rows
from gateway.workflow.lending import ask
from gateway.workflow.lending.groups import ANSWERED, FOUND_HARMLESS, MAY_BE_OUT
from gateway.workflow.machine import ANY, STAYS, row

# fmt: off
ROWS = (
    row(ANY, ANSWERED, "an answer about a copy given up: look what it did", STAYS, act.look, when=acting.is_others_item),
    *rows.GIVEN_UP,
    row(ANY, MAY_BE_OUT,     "the checkout of a copy given up",                  STAYS, ask.out_after_all, when=acting.is_others_item),
    row(ANY, FOUND_HARMLESS, "a copy given up, and nothing left to do about it", STAYS, when=acting.is_others_item),
)
# fmt: on
