"""What the settings say of borrowing, in the forms that the parts of the gateway take."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

import msgspec

from gateway.config import Settings
from gateway.dispatch.asking import AskingRules
from gateway.workflow import copyright as copyright_rules
from gateway.workflow import rota
from gateway.workflow.limits import Limits


class BorrowingRules(msgspec.Struct, frozen=True, kw_only=True):
    """The library's rules for what its customers ask for, from the settings."""

    limits: Limits = Limits()
    weights: rota.Weights = rota.Weights()
    rule_of_five: copyright_rules.RuleOfFive = copyright_rules.RuleOfFive()
    ranges: Mapping[str, str] = {}
    """The range of the pool for each pickup branch; of the others `default_range`."""
    default_range: str = "pool"
    loan_days: Mapping[str, int] = {}
    """Days of a loan in the ILS, by range, where ranges have item types of their own."""
    rest_days: int = 30
    """How long a barcode rests after a loan."""
    tries: int = 5
    """How many barcodes are looked at (17) before staff are asked; likewise how many of our own copies."""
    branches: Mapping[str, str] = {}
    """The names of our branches, by their codes."""
    hold_own: bool = True
    """Whether our own copy is held for the customer by rule, where nothing else stands in the way."""


def borrowing_rules(settings: Settings) -> BorrowingRules:
    """What the borrower takes."""
    own = settings.borrowing
    return BorrowingRules(
        limits=own.limits_of_customers(),
        weights=own.weights_of_lenders(),
        rule_of_five=own.rule(),
        ranges=own.ranges,
        default_range=own.default_range,
        loan_days=own.loan_days,
        rest_days=own.rest_days,
        tries=own.tries,
        hold_own=own.hold_own,
        branches={code: branch.name for code, branch in settings.branches.items()},
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
