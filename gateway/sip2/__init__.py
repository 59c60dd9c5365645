"""SIP2 2.00 as a client speaks it: a library that imports nothing else of the gateway's.

`codec.decode` reads any reply; `profiles.Profile` says how a circulation system deviates; `errors` is the tree of what can go
wrong. Requests are built in `requests`, written by `codec.encode`. A `lines.Lines` does the talking; it alone, with
`connection` and `inspection`, knows asyncio. This module imports nothing.
"""
