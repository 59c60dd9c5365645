"""Benchmarks. What runs in their own process runs as a gateway that serves does."""

from gateway.app.memory import leave_sqlite_uncounted

leave_sqlite_uncounted()  # before any of them loads SQLite
