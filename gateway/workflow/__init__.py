"""The heart of the gateway: what happens next, decided by tables.

Pure: no clock, no socket, no database, no logging. Of the rest of the project it knows
`iso18626.codes` alone.
"""
