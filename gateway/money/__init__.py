"""What partner libraries owe us: amounts, bills and their life, the ledger, payments. Pure.

A bill's life is a table (`table.py`, its rows in `stages/`), as a request's is; `dispatch/bills.py` is the door through which all that
happens to a bill comes in.
"""
