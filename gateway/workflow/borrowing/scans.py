"""What a scan does to a request that we make, by state: one scan receives the item, one sends it back (duties 2, 3)."""

from gateway.workflow.borrowing.groups import COMING, ENDED_WITHOUT_ITEM, UNASKED
from gateway.workflow.records import State
from gateway.workflow.scan_steps import ScanStep
from gateway.workflow.triggers import StaffAction

S = State
A = StaffAction

# fmt: off
SCANS = (
    ScanStep(COMING,                                        A.RECEIVE,     "a parcel is never refused, even if the lender has not said Loaned"),
    ScanStep((S.WITH_CUSTOMER, S.TO_RETURN),                A.SEND_BACK,   "it is at the desk, so the customer has brought it back"),
    ScanStep((S.LOST,),                                     A.SEND_BACK,   "found after all"),
    ScanStep((S.COPY_HERE,),                                A.HANDED_OVER, "a copy in hand, on its way to the customer"),

    ScanStep((*UNASKED, S.RESERVING),                       None,          "no lender was asked, so a scan only looks"),
    ScanStep((S.RECEIVING, S.TAKING_BACK),                  None,          "the circulation system is at it, or a person is asked"),
    ScanStep((S.ON_SHELF,),                                 None,          "to the hold shelf, or back unfetched: you say which"),
    ScanStep((S.SENT_BACK,),                                None,          "on its way to the lender"),
    ScanStep((*ENDED_WITHOUT_ITEM, S.COMPLETED),            None,          "over"),
)
# fmt: on
