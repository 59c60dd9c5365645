"""Groups of states that rows share: one name and one home each."""

from gateway.money.records import BillState

S = BillState

UNNUMBERED = (S.CANDIDATE, S.DRAFT)
UNPAID = (S.FINALISED, S.SENT, S.PART_PAID)
OWED = (*UNPAID, S.DISPUTED)
SETTLED = (S.PAID, S.REPLACED, S.CREDITED, S.WRITTEN_OFF)
NUMBERED = (*OWED, *SETTLED)
