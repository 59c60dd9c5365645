"""What a whole loan costs, and how many a second there are, by the circulation system's speed and the pool's size.

    python -m bench.loan

A loan goes from the New to the partner's confirmation of LoanCompleted, by way of the hold, the scan at the desk, the checkout,
Received, ShippedReturn and the check-in; lending.py says how it is played.
"""

from bench.cost import show
from bench.lending import Lending


def main() -> None:
    """Print the figures."""
    show(Lending, "loan: what a whole loan costs", "three messages", "from New to LoanCompleted, staff at once")


if __name__ == "__main__":
    main()
