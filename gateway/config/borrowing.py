"""[borrowing]: what our customers may ask other libraries for, where it is picked up, whom we ask first, and what is forgotten when."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field

from gateway.config.kinds import Count, Days, Identity, Name, PositiveCount, like
from gateway.config.lending import CostSection
from gateway.config.section import KeyAgreement, Section
from gateway.workflow.copyright import RuleOfFive
from gateway.workflow.holdings import Unwanted
from gateway.workflow.limits import Limits, Obstacle
from gateway.workflow.rota import Weights
from gateway.workflow.values import Money

_LIMITS = Limits()
_WEIGHTS = Weights()
_RULE = RuleOfFive()

Amount = Annotated[Decimal, Field(ge=0, decimal_places=2)]


def _at_least_a_minute(seconds: int) -> int:
    if 0 < seconds < SHORTEST_BATCH_S:
        raise ValueError(
            f"must be {SHORTEST_BATCH_S} or more, or 0 for none: a shorter one would tell whose order it is"
        )
    return seconds


SHORTEST_BATCH_S = 60
Batch = Annotated[Count, AfterValidator(_at_least_a_minute)]
FieldCode = Annotated[str, like(r"[A-Z]{2}|", 'must be the code of a field of SIP2, like "PA", or "" for none')]
MailAddress = Annotated[
    str, like(r"[^@\s]+@[^@\s]+", "must be an e-mail address, of the department and no person's own")
]


class LimitsSection(Section):
    """[borrowing.limits]: what a customer's account may show (63); what is left out is no limit."""

    max_fees: Amount | None = None
    max_holds: PositiveCount | None = None
    max_loans: PositiveCount | None = None
    max_overdue: Count | None = None
    ignored: tuple[Obstacle, ...] = tuple(sorted(_LIMITS.ignored))
    expiry_field: FieldCode = _LIMITS.expiry_field


class WeightsSection(Section):
    """[borrowing.weights]: points for what speaks for a lender, and where each scale ends (workflow/rota.py)."""

    reciprocal: Count = _WEIGHTS.reciprocal
    courier: Count = _WEIGHTS.courier
    fill_rate: Count = _WEIGHTS.fill_rate
    turnaround: Count = _WEIGHTS.turnaround
    wait: Count = _WEIGHTS.wait
    slow_no_days: Annotated[float, Field(gt=0)] = _WEIGHTS.slow_no_days
    slow_days: Annotated[float, Field(gt=0)] = _WEIGHTS.slow_days
    balance: Count = _WEIGHTS.balance
    full_balance: PositiveCount = _WEIGHTS.full_balance
    free: Count = _WEIGHTS.free


class CataloguesSection(Section):
    """[borrowing.catalogues]: the catalogues of partners, which are asked what each holds (dispatch/catalogues.py)."""

    ask: bool = True
    deadline_s: Annotated[float, Field(gt=0, le=60)] = 10.0
    holds_not: Unwanted = Unwanted.LAST
    batch_s: Batch = 60


class PricesSection(Section):
    """[borrowing.prices]: what a customer is charged for an item that was not returned, until the lender names its price."""

    currency: Annotated[str, like(r"[A-Z]{3}", "must be a currency of ISO 4217, like EUR")] = "USD"
    by_format: dict[Name, Amount] = Field(default_factory=lambda: {"book": Decimal("50.00")})
    """By a code of the list Format, or by a kind of them (workflow/charges.py); the first counts if nobody says which it is, or for any other."""
    after_days: Days = 28
    """An item that a customer has had for so long past its date is listed, though nobody has called it lost."""


class RuleOfFiveSection(Section):
    """[borrowing.rule_of_five]: copies of a periodical's recent articles in a calendar year (workflow/copyright.py)."""

    recent_years: PositiveCount = _RULE.recent_years
    warn_from: PositiveCount = _RULE.warn_from
    allowed: Count = _RULE.allowed
    protected_years: PositiveCount = _RULE.protected_years


def _unknown_branches(key: str, names: Iterable[str], branches: tuple[str, ...]) -> str | None:
    unknown = [name for name in names if branches and name not in branches]
    return f"{key}: {', '.join(unknown)} is none of the pickup_branches" if unknown else None


class BorrowingSection(Section):
    """[borrowing]: everything that counts when we ask others."""

    pickup_branches: tuple[Name, ...] = ()
    """Empty: the branches that there are; where there are none, any."""
    default_pickup: Name | None = None
    """Where an order that names no branch is picked up; else it must name one."""
    day_first: bool = False
    max_rows: Annotated[int, Field(ge=1, le=10_000)] = 1_000
    max_cost: CostSection | None = None
    copies_to: MailAddress | None = None
    broker: Identity | None = None
    default_range: Name = "pool"
    ranges: dict[Name, Name] = Field(default_factory=dict)
    loan_days: dict[Name, PositiveCount] = Field(default_factory=dict)
    """For how long the ILS lends what has a barcode of a range, by the range: what a lender wants back sooner gets one of a shorter loan."""
    tries: Annotated[int, Field(ge=1, le=50)] = 5
    rest_days: Count = 30
    hold_own: bool = True
    """Whether our own copy is held for a customer who orders what is on our shelves."""
    ask_again_days: PositiveCount = 7
    """After how long a lender that said “not now” without a day, or nothing, is asked again when nobody else is left."""
    names_on_straps: bool = False
    """Whether the band around a borrowed item, which stays in the house, names the customer."""
    anonymise_after_days: Days = 30
    figures_days: Annotated[int, Field(ge=1, le=366)] = 366
    limits: LimitsSection = LimitsSection()
    weights: WeightsSection = WeightsSection()
    catalogues: CataloguesSection = CataloguesSection()
    rule_of_five: RuleOfFiveSection = RuleOfFiveSection()
    prices: PricesSection = Field(default_factory=PricesSection)

    agreements = (
        KeyAgreement(
            ("default_pickup", "pickup_branches"),
            lambda named, branches: _unknown_branches("default_pickup", [named] if named else [], branches),
        ),
        KeyAgreement(
            ("ranges", "pickup_branches"), lambda ranges, branches: _unknown_branches("ranges", ranges, branches)
        ),
    )

    def limits_of_customers(self) -> Limits:
        """The limits as mapping/eligibility.py takes them."""
        return Limits(**{**self.limits.model_dump(), "ignored": frozenset(self.limits.ignored)})

    def weights_of_lenders(self) -> Weights:
        """The weights as the rota takes them."""
        return Weights(**self.weights.model_dump(), broker=self.broker, holds_not=self.catalogues.holds_not)

    def rule(self) -> RuleOfFive:
        """The rule of five."""
        return RuleOfFive(**self.rule_of_five.model_dump())

    def most_paid(self) -> Money | None:
        """What we pay for a request that names no limit of its own."""
        return Money(amount=self.max_cost.amount, currency=self.max_cost.currency) if self.max_cost else None
