"""Borrowing: the table (`table`) and the small functions that its rows name, by what they are about."""
