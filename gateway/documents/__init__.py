"""What goes on paper: what each paper says (papers.py), made of records (lent.py, borrowed.py, lists.py), and how it is printed
(text.py for the terminal, pdf.py by the templates beside it).

May import workflow's records and the code lists alone. A customer's name stands on nothing that leaves the house.
"""
