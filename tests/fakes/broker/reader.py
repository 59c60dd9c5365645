"""The broker's own requester: a state machine that a Notification never moves, and that reads items from one block alone."""

import re

from gateway.iso18626.codes import ErrorType, ReasonForMessage, Status
from gateway.iso18626.messages import ErrorData, SupplyingAgencyMessage
from tests.fakes.broker.records import Reading

CONDITION = "#ReShareAddLoanCondition#"
AGREE = "#ReShareLoanConditionAgreeResponse#"
REJECT = "#ReShareLoanConditionRejectResponse#"
_ITEMS = re.compile(r"#MultipleItems#(.*?)#MultipleItemsEnd#", re.DOTALL)
_AMOUNT = re.compile(rb"monetaryValue>([^<]+)<")
_MOVES = {ReasonForMessage.STATUS_CHANGE, ReasonForMessage.REQUEST_RESPONSE, ReasonForMessage.CANCEL_RESPONSE}
_STATES = {
    Status.EXPECT_TO_SUPPLY: "expects",
    Status.WILL_SUPPLY: "will supply",
    Status.LOANED: "shipped",
    Status.LOAN_COMPLETED: "completed",
    Status.UNFILLED: "unfilled",
    Status.CANCELLED: "cancelled",
}


def read(reading: Reading, message: SupplyingAgencyMessage, document: bytes) -> ErrorData | None:
    """Take what a supplier says; what is wrong with it, as the broker's requester sees it."""
    reason, status = message.message_info.reason_for_message, message.status_info.status
    note = message.message_info.note or ""
    reading.amounts += [each.decode() for each in _AMOUNT.findall(document)]
    reading.notes.append(note)
    if reason is ReasonForMessage.NOTIFICATION:
        return None
    if reason not in _MOVES:
        return _refused(
            reading, ErrorType.UNSUPPORTED_REASON_FOR_MESSAGE_TYPE, f"unsupported reason for message: {reason}"
        )
    if status not in _STATES:
        return _refused(reading, ErrorType.UNRECOGNISED_DATA_VALUE, f"status change not allowed: {status}")
    reading.state = _STATES[status]
    if status is Status.WILL_SUPPLY and CONDITION in note:
        reading.state = "condition pending"
        delivery = message.delivery_info
        reading.conditions += [code.value for code in delivery.loan_conditions] if delivery else []
    if status is Status.LOANED:
        blocks = _ITEMS.findall(note)
        reading.items = [line.split("|") for block in blocks for line in block.strip().splitlines()]
    return None


def _refused(reading: Reading, kind: ErrorType, words: str) -> ErrorData:
    reading.refused.append(words)
    return ErrorData(kind, words)
