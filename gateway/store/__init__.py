"""Where everything is kept: one port, two stores (SQLite, PostgreSQL) of raw SQL behind it.

`port` states what the rest of the gateway may ask; `encoding` is the only place that turns events,
effects and records into JSON and back.
"""
