"""What the settings say of borrowing, in the forms that the parts of the gateway take."""

from zoneinfo import ZoneInfo

from gateway.config import Settings
from gateway.dispatch.asking import AskingRules
from gateway.dispatch.borrowing import BorrowingRules


def borrowing_rules(settings: Settings) -> BorrowingRules:
    """What the borrower takes."""
    own = settings.borrowing
    return BorrowingRules(
        limits=own.limits_of_customers(),
        weights=own.weights_of_lenders(),
        rule_of_five=own.rule(),
        ranges=own.ranges,
        default_range=own.default_range,
        rest_days=own.rest_days,
        tries=own.tries,
    )


def asking_rules(settings: Settings) -> AskingRules:
    """What the intake of orders takes."""
    own = settings.borrowing
    return AskingRules(
        agency=settings.library.symbols[0],
        zone=ZoneInfo(settings.library.time_zone),
        rule_of_five=own.rule(),
        max_cost=own.most_paid(),
        copies_to=own.copies_to,
    )


def pickup_branches(settings: Settings) -> frozenset[str] | None:
    """Where a customer may pick something up; None: anywhere, for the settings name no branch."""
    return frozenset(settings.borrowing.pickup_branches or settings.branches) or None


def default_pickup(settings: Settings) -> str | None:
    """Where an order that names no branch is picked up; None: it must name one."""
    branches = pickup_branches(settings)
    if settings.borrowing.default_pickup is not None:
        return settings.borrowing.default_pickup
    return next(iter(branches)) if branches is not None and len(branches) == 1 else None
