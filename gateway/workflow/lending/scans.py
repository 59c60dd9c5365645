"""What a scan does to a request to us, by state: one scan says that it is here and ships it, one that it is back (duties 5, 6)."""

from gateway.workflow.lending.groups import COMING_OFF, ENDED_WITHOUT_ITEM, MAY_BE_ON_LOAN, TAKEN_IN, UNDECIDED
from gateway.workflow.records import State
from gateway.workflow.scan_steps import ScanStep
from gateway.workflow.triggers import StaffAction

S = State
A = StaffAction

# fmt: off
SCANS = (
    ScanStep((S.WILL_SUPPLY,),                       A.ARRIVE_AND_SHIP, "it is here: 09, and 11 unless it is trapped for others"),
    ScanStep((S.ARRIVED,),                           A.SHIP,            "it was here already: 11"),
    ScanStep(MAY_BE_ON_LOAN,                         A.CHECK_IN,        "out, or on its way back: 09"),
    ScanStep((S.CHECKING_IN,),                       A.CHECK_IN,        "another of several"),
    ScanStep((S.LOST,),                              A.CHECK_IN,        "found after all"),

    ScanStep((*UNDECIDED, S.OFFERED),                None,              "whether it goes out is to be answered, not scanned"),
    ScanStep((S.RESERVING,),                         None,              "its hold does not stand yet"),
    ScanStep((*TAKEN_IN, S.CHECKING_OUT, S.UNDOING), None,              "the circulation system is at it"),
    ScanStep((S.LENDING_AGAIN,),                     None,              "its check-in is being undone"),
    ScanStep(COMING_OFF,                             None,              "it is not wanted any more"),
    ScanStep((S.CHECKED_OUT,),                       None,              "just checked out: back at once is an undo, and no return"),
    ScanStep((S.CHECKED_IN,),                        None,              "just checked in: a mistake is undone, not scanned"),
    ScanStep((S.TO_COPY,),                           None,              "a copy is made from it: staff say when it was sent, and how"),
    ScanStep((*ENDED_WITHOUT_ITEM, S.COMPLETED),     None,              "over"),
    ScanStep((S.COPY_COMPLETED,),                    None,              "over"),
)
# fmt: on
