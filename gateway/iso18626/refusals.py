"""What an ERROR says of an id: that it is there already, or that nobody knows it. Pure.

The protocol has no error type for it and leaves it to `errorValue`, which is free text. Met:
“requestingAgencyRequestId: request with a given ID already exists” and “requestType: Retry not possible” with
UnrecognisedDataValue (a broker, which has put the Retry in the place of the request before by then), “there is already request
with this id …” with BadlyFormedMessage (its lending side), “… is in use” (this gateway).
"""

import re
from typing import Final

from gateway.iso18626.codes import ErrorType
from gateway.iso18626.replies import Rejected

_THERE_ALREADY: Final = re.compile(r"\balready\b|\bin use\b|\bduplicate\b|\bRetry not possible\b", re.IGNORECASE)


def says_there_already(answer: Rejected) -> bool:
    """Whether a request is refused because its id is there: of bytes that were sent before, this is the OK that was lost."""
    return _THERE_ALREADY.search(answer.error_value or "") is not None


def says_unknown(answer: Rejected) -> bool:
    """Whether a value is not recognised; of an action, the id of its request above all."""
    return answer.error_type is ErrorType.UNRECOGNISED_DATA_VALUE
