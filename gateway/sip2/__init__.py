"""SIP2 2.00 as a client speaks it: a library that imports nothing else of the gateway's.

`decode` reads any reply; `Profile` says how a circulation system deviates; `errors` is the tree of what can go wrong.
Requests are built in `requests`, written by `codec.encode`. A `lines.Lines` does the talking; it alone, with
`connection`, knows asyncio, and neither is imported here.
"""

from gateway.sip2 import errors
from gateway.sip2.codec import Reply, decode
from gateway.sip2.profiles import Profile

__all__ = ["Profile", "Reply", "decode", "errors"]
