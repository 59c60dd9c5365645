"""ILLiad. Nothing is published about how it speaks ISO 18626; it has always reached partners through OCLC's services.

Our reading, until a conformance run against a partner's test endpoint says otherwise: it is heard and spoken to as OCLC is.
"""

from typing import Final

from msgspec.structs import replace

from gateway.iso18626.dialects import oclc

DIALECT: Final = replace(oclc.DIALECT, name="illiad")
