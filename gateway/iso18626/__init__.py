"""ISO 18626, the protocol that libraries speak when they lend to each other: a library of its own.

    codec.decode(data) -> Decoded            tolerant; raises errors.ProtocolError, which carries the answer for the wire
    codec.encode(message, version) -> bytes  strict; raises errors.Inexpressible
    schema.problems(data, version) -> list   each violation of the schema, in words
    confirm.confirm(message or error, now=...) -> the confirmation that answers it

What messages are made of: `messages`, `values`; the closed and open lists: `codes`. It imports nothing else of this project, and
this module imports nothing at all: who wants a code list alone loads no lxml. `client`, `server` and `tls` alone load
aiohttp; xmlschema is loaded by `problems` alone, when there is something to explain.
"""
