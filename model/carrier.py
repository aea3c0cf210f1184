"""What an insurer chose: how it counts days, rounds, bills, allocates money, reserves and lets people decide.

A profile is a TOML file (fixtures/carriers, or anyone's own path) that decodes strictly into these structs. Whatever
is practice and not law is a named choice here with its value in plain sight, so that the model can be *their*
insurer. Without it an oracle would call every honest difference a defect.
"""

from datetime import date, time
from decimal import Decimal
from functools import cached_property
from typing import get_args

from msgspec import Struct

from model.choices.billing import BillingChoices, PaymentPlan
from model.choices.claims import ClaimsChoices
from model.choices.patterns import PatternRule
from model.choices.payments import PaymentsChoices
from model.choices.policy import PolicyChoices, Product
from model.choices.settlement import SettlementChoices
from model.daycount import DayCount
from model.decider import Refusal
from model.ledger import Account
from model.money import DECIMALS, Money, Rounding


class Carrier(Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """One insurer's choices. `term_starts_at` is the local time (HH:MM, insured's zone) at which a term begins and
    ends. `chart_of_accounts` gives the ledger's account names the insurer's own general-ledger numbers. What follows
    from the choices and is asked all the time is worked out once for each carrier.
    """

    name: str
    currency: str
    line: str
    day_count: DayCount
    rounding: Rounding
    quote_valid_days: int
    term_starts_at: str
    patterns: tuple[PatternRule, ...]
    billing: BillingChoices
    claims: ClaimsChoices
    policy: PolicyChoices = PolicyChoices()
    settlement: SettlementChoices = SettlementChoices()
    payments: PaymentsChoices = PaymentsChoices()
    chart_of_accounts: dict[str, str] = {}

    @cached_property
    def rules(self) -> dict[str, PatternRule]:
        """Charge patterns by name."""
        return {rule.pattern: rule for rule in self.patterns}

    @cached_property
    def prorated(self) -> frozenset[str]:
        """The charge patterns that accrue day by day and come back so."""
        return frozenset(rule.pattern for rule in self.patterns if rule.refund == "pro_rata")

    @cached_property
    def day_counts(self) -> dict[str, DayCount]:
        """Day counts of the products that are named."""
        return {one.product: one.day_count or self.day_count for one in self.policy.products}

    @cached_property
    def plans(self) -> dict[str, PaymentPlan]:
        """Payment plans by name."""
        return {plan.plan: plan for plan in reversed(self.billing.plans)}

    @cached_property
    def products(self) -> dict[str, Product]:
        return {offered.product: offered for offered in reversed(self.policy.products)}

    def commission_percent(self, plan: str, product: str, on: date) -> Decimal:
        """The rate of a commission plan for a product on a day, a rate for the very product first; none is nothing."""
        rates = [rate for rate in self.billing.commission_rates if rate.holds(plan, product, on)]
        return max(rates, key=lambda rate: rate.product != "").percent if rates else Decimal(0)

    def product(self, product: str) -> Product | None:
        return self.products.get(product)

    def line_of(self, product: str) -> str:
        """The law's word for the line of a product; the carrier's own line where it names no such product."""
        offered = self.product(product)
        return self.line if offered is None else offered.line

    def day_count_of(self, product: str) -> DayCount:
        return self.day_counts.get(product, self.day_count)

    def offered_coverages(self, product: str) -> tuple[str, ...]:
        """The coverages that a product may have; none named means any."""
        offered = self.product(product)
        return () if offered is None else offered.coverages

    def pattern(self, pattern: str) -> PatternRule | Refusal:
        rule = self.rules.get(pattern)
        return unknown_pattern(self.name, pattern) if rule is None else rule

    def plan(self, plan: str) -> PaymentPlan | Refusal:
        known = self.plans.get(plan)
        return Refusal("unknown_payment_plan", f"{self.name} has no payment plan {plan!r}") if known is None else known

    def average_reserve(self, coverage: str) -> Money:
        """The average reserve at notice for a coverage; zero when the carrier sets none."""
        for reserve in self.claims.average_reserves:
            if reserve.coverage == coverage:
                return Money(reserve.minor, self.currency)
        return Money(0, self.currency)

    def faults(self) -> tuple[str, ...]:
        """What is wrong with the profile, each by its key; empty when it can be used."""
        found: list[str] = []
        if not _is_hour_and_minute(self.term_starts_at):
            found.append(f"term_starts_at: {self.term_starts_at!r} is not a time HH:MM")
        if self.currency not in DECIMALS:
            found.append(f"currency: {self.currency!r} is unknown; known are {', '.join(sorted(DECIMALS))}")
        if self.quote_valid_days < 0:
            found.append(f"quote_valid_days: {self.quote_valid_days} is negative")
        if len({rule.pattern for rule in self.patterns}) != len(self.patterns):
            found.append("patterns: a charge pattern is named twice")
        if not {"premium", "fee"} <= {rule.pattern for rule in self.patterns}:
            found.append("patterns: 'premium' and 'fee' are needed")
        found.extend(
            f"chart_of_accounts.{account}: the ledger has no such account"
            for account in self.chart_of_accounts
            if account not in get_args(Account)
        )
        for choices in (self.billing, self.claims, self.policy, self.settlement, self.payments):
            found.extend(choices.faults())
        return tuple(found)


def unknown_pattern(name: str, pattern: str) -> Refusal:
    return Refusal("unknown_charge_pattern", f"{name} has no charge pattern {pattern!r}")


def _is_hour_and_minute(text: str) -> bool:
    try:
        return time.fromisoformat(text).isoformat("minutes") == text
    except ValueError:
        return False
