"""Koha, as far as it speaks the protocol.

Known from the ILL backend in the making (github.com/openfifth/koha-ill-iso18626, 2026) and Koha's bug 37762:

- It sends requests: a bare `request` in a namespace of its own, without supplyingAgencyId and multipleItemRequestId, with
  the code before the identifier (as 2021-2 has it), a local time with a blank for the T and no zone, and always Loan.
- As supplying agency it is being built. What it does with a supplyingAgencyMessage is not to be seen yet.

All of that is put right by the lenient reader; notes hold no tokens. Our reading: what it is sent is plain 1.2 or 2021-2.
"""

from typing import Final

from gateway.iso18626.dialects.habits import Dialect

DIALECT: Final = Dialect(name="koha")
