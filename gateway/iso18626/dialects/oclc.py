"""OCLC's services. OCLC hosts the pages of the standard's maintenance agency (illtransactions.org: guidelines, use cases);
how its own services depart from them is not published.

Known: symbols are met as `OCLC` with `OCLC-ABCDE` or with `ABCDE`; both mean one library (`AgencyId.key`).
Our reading: they keep the guidelines, which all that we send keeps anyway: answerYesNo beside CancelResponse and
RenewResponse alone, retryInfo beside RetryPossible alone, deliveryInfo and returnInfo of what was sent. No note holds tokens.
"""

from typing import Final

from gateway.iso18626.dialects.habits import Dialect

DIALECT: Final = Dialect(name="oclc")
