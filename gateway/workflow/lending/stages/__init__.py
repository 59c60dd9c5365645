"""The lending table in stages, each of which is read by itself; `table` joins them in order."""
