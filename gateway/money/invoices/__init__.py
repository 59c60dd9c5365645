"""What lenders ask of us: their invoices and the life of these, what history says of each, files. Pure.

In this project's words a *bill* is what we ask of a partner, an *invoice* what a lender asks of us.
"""
