"""What a whole borrowed loan costs, and how many a second there are, by the circulation system's speed and the pool's size.

    python -m bench.borrow

From the customer's order to the lender's LoanCompleted, by way of 63, the rota, the lender's promise and its Loaned, the scan at
the desk, two looks that find what the customer did, and the check-in; borrowing.py says how it is played.
"""

from bench.borrowing import Borrowing
from bench.cost import show


def main() -> None:
    """Print the figures."""
    show(
        Borrowing,
        "borrow: what a whole borrowed loan costs",
        "order and three messages",
        "from the order to LoanCompleted, staff and customer at once",
    )


if __name__ == "__main__":
    main()
