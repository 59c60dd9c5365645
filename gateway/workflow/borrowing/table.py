"""The borrowing table: everything that happens to a request that we make as requesting agency.

Rules on which the table rests (design.md, iso18626.md, ill.md):

- One lender is asked at a time. The next is asked only when the one before has said no, or was told Cancel and has said
  yes or nothing; what a lender says whom we have left moves nothing, unless it sends it: then it is the one that we wait
  for, and whoever was asked meanwhile is told Cancel.
- What comes is received, whatever the request came to: a parcel is never refused.
- A message of the lender counts by its status; a Notification moves nothing (iso18626.md, "What a message means").
- An act on our circulation system is asked for, answered, and then looked at, as when we lend.
- That a customer has borrowed or returned the item is learned by looking (17) or from a scan; nothing tells us.
- ShippedReturn is said only once the item is known to be checked in here; until the lender confirms that it came, its
  barcode is not used again.
- A person can do every step in the ILS and say so (“done by hand”), and can force a state with a reason.

The first row that fits counts. Duties are those of ill.md.
"""

from gateway.workflow.borrowing import begin
from gateway.workflow.borrowing.draft import BorrowingDraft
from gateway.workflow.borrowing.groups import FINALS
from gateway.workflow.borrowing.meanings import MEANINGS
from gateway.workflow.borrowing.scans import SCANS
from gateway.workflow.borrowing.stages import (
    always,
    asking,
    back,
    coming,
    ends,
    given_up,
    house,
    late,
    leaving,
    left,
    ordered,
    said,
)
from gateway.workflow.borrowing.standings import STANDINGS
from gateway.workflow.machine import Table

ROWS = (
    *given_up.ROWS,
    *left.ROWS,
    *said.ROWS,
    *ordered.ROWS,
    *asking.ROWS,
    *late.ROWS,
    *leaving.ROWS,
    *coming.ROWS,
    *house.ROWS,
    *back.ROWS,
    *ends.ROWS,
    *always.ROWS,
)

BORROWING = Table(
    rows=ROWS,
    finals=FINALS,
    begin=begin.begin,
    meanings=MEANINGS,
    scans=SCANS,
    standings=STANDINGS,
    draft=BorrowingDraft,
)
