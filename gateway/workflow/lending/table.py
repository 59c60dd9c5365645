"""The lending table: everything that happens to a request to us as supplying agency.

Rules on which the table rests (design.md, iso18626.md, ill.md):

- An act on the circulation system is asked for, answered, and then looked at; only what the look shows counts. What was
  lost or lied about is asked for again where the look shows that it was not done; what can't be told is a person's.
  An answer that comes when nobody waits for it any more is looked at all the same: nothing that was done is forgotten.
- The partner hears WillSupply only after the hold stands, Loaned only after the checkout is done, Unfilled and
  Cancelled only after the hold is off.
- Cancel, Renew, StatusRequest and Reminder get an answer in every state, final ones too.
- A person can do every step in the ILS and say so (“done by hand”), and can force a state with a reason.
- What fits no row is ignored where it came from the partner or our own work, refused where staff asked for it.

The first row that fits counts. Duties are those of ill.md. The diagram in ARCHITECTURE.md and the desk's buttons are
derived from these rows.
"""

from gateway.workflow.lending import choose
from gateway.workflow.lending.groups import FINALS
from gateway.workflow.lending.meanings import MEANINGS
from gateway.workflow.lending.scans import SCANS
from gateway.workflow.lending.stages import (
    always,
    answers,
    arrival,
    back,
    copies,
    copying,
    given_up,
    off,
    out,
    pull,
    reserve,
    said,
    ship,
)
from gateway.workflow.lending.standings import STANDINGS
from gateway.workflow.machine import Table

ROWS = (
    *given_up.ROWS,
    *said.ROWS,
    *arrival.ROWS,
    *copies.ROWS,
    *answers.ROWS,
    *reserve.ROWS,
    *pull.ROWS,
    *off.ROWS,
    *ship.ROWS,
    *out.ROWS,
    *back.ROWS,
    *copying.ROWS,
    *always.ROWS,
)

LENDING = Table(rows=ROWS, finals=FINALS, begin=choose.begin, meanings=MEANINGS, scans=SCANS, standings=STANDINGS)
