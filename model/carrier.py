"""What an insurer chose: how it counts days, rounds, bills, allocates money, reserves and lets people decide.

A profile is a TOML file (fixtures/carriers, or anyone's own path) that decodes strictly into these structs. Whatever
is practice and not law is a named choice here with its value in plain sight, so that the model can be *their*
insurer. Without it an oracle would call every honest difference a defect.
"""

from collections.abc import Iterator
from datetime import time
from itertools import pairwise
from typing import Literal

from msgspec import Struct

from model.daycount import DayCount
from model.decider import Refusal
from model.money import DECIMALS, Leftover, Money, Rounding
from model.payment_choices import PaymentsChoices

Refund = Literal["pro_rata", "fully_earned"]
CreditOrder = Literal["billed_first", "planned_first"]
LimitOrder = Literal["deductible_then_limit", "limit_then_deductible"]
SeasonRule = Literal["each_storm", "once_a_season"]
SubrogationShare = Literal["pro_rata", "made_whole", "insurer_first"]
ExpenseShare = Literal["insurer_bears_expense", "net_of_expense"]
TaskName = Literal["fraud_score", "assignment", "contact", "documents", "match_policy", "special_investigation"]


class PatternRule(Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """A charge pattern: may it be spread over installments, what comes back on cancellation, and its place in the
    payment waterfall.

    A lower `priority` is paid first within an invoice. `credit_account` is what the charge is written against in the
    ledger.
    """

    pattern: str
    spread: Literal["installments", "first_invoice"]
    refund: Refund
    priority: int
    credit_account: Literal["unearned_premium", "taxes_payable", "fee_income"]


class PaymentPlan(Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """`down_payment_percent` of what may be spread is due at inception, the rest in `installments` every
    `months_apart` months.
    """

    plan: str
    down_payment_percent: int
    installments: int
    months_apart: int


class BillingChoices(Struct, frozen=True, forbid_unknown_fields=True):
    """`bill_lead_days` from bill to due date; fees in minor units of the carrier's currency; `credit_order` says
    which installments a return premium pays first.
    """

    plans: tuple[PaymentPlan, ...]
    leftover: Leftover
    bill_lead_days: int
    installment_fee_minor: int
    returned_payment_fee_minor: int
    credit_order: CreditOrder


class AverageReserve(Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """The reserve set at notice, before anyone has seen the loss, for a coverage."""

    coverage: str
    minor: int


class Authority(Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """What one person of a role may do alone, in minor units; an amount that is not given is not limited."""

    role: str
    payment_minor: int | None = None
    reserve_minor: int | None = None
    incurred_minor: int | None = None


class ClaimsChoices(Struct, frozen=True, forbid_unknown_fields=True):
    """`unmatched_notice`: is a notice without a policy kept and worked, or denied? `payment_above_reserve`: refused, or
    does the reserve rise with it? `duplicate_payments`: what a second payment of one invoice to one payee within
    `duplicate_payment_days` gets. Two notices of one policy within `duplicate_notice_days` may be one loss. `tasks` are
    what every notice starts. Without `authorities` everybody may do everything; with them a role that is not listed
    may do nothing.
    """

    average_reserves: tuple[AverageReserve, ...]
    unmatched_notice: Literal["keep", "deny"] = "keep"
    payment_above_reserve: Literal["refuse", "raise_reserve"] = "refuse"
    duplicate_payments: Literal["block", "warn", "ignore"] = "block"
    duplicate_payment_days: int = 30
    duplicate_notice_days: int = 3
    limit_order: LimitOrder = "deductible_then_limit"
    hurricane_season: SeasonRule = "each_storm"
    subrogation: SubrogationShare = "pro_rata"
    recovery_expense: ExpenseShare = "net_of_expense"
    tasks: tuple[TaskName, ...] = ("fraud_score", "assignment", "contact", "documents")
    authorities: tuple[Authority, ...] = ()


CancellationMethod = Literal["pro_rata", "short_rate_90", "short_rate_table"]


class ShortRateStep(Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """After up to so many `days` in force, `earned_percent` of the annual premium is earned."""

    days: int
    earned_percent: int


class Product(Struct, frozen=True, forbid_unknown_fields=True):
    """What the insurer sells under a name: the law's `line` for it (a word of fixtures/rules), the coverages that it
    may have (none named: any) and a day count of its own where it has one.
    """

    product: str
    line: Literal["home", "personal_auto", "commercial"]
    coverages: tuple[str, ...] = ()
    day_count: DayCount | None = None


class PolicyChoices(Struct, frozen=True, forbid_unknown_fields=True):
    """How the insurer runs policies. Every default is practice and no law [K]; the values are those of a carrier that
    chose nothing.

    When the insured cancels, `insured_cancellation` names the method, `short_rate_return_percent` what short rate gives
    back of unearned premium; `minimum_earned_*` is kept in any case, and of a cancellation on the first day when
    `flat_cancellation` keeps the minimum. Notices: days that hold where the state has no row, and whether one on a day
    without mail is refused or counted from the next business day; `mailing_days_by_post` are added where the law adds
    mailing days. `notice_check` says whether a cancellation by the insurer needs its notice or the caller is trusted.
    `late_nonrenewal` extends cover or refuses. Renewal: opened so many days ahead, bound on payment or deemed accepted,
    not taken after the grace days; `reinstatement_days` after a cancellation it can still be reinstated, for a fee.
    `authority_levels` go from the lowest up.
    """

    products: tuple[Product, ...] = ()
    insured_cancellation: CancellationMethod = "pro_rata"
    short_rate_return_percent: int = 90
    short_rate_table: tuple[ShortRateStep, ...] = ()
    minimum_earned_percent: int = 0
    minimum_earned_minor: int = 0
    flat_cancellation: Literal["returns_all", "keeps_minimum"] = "returns_all"
    notice_check: Literal["refuse_unnoticed", "trust_caller"] = "trust_caller"
    notice_days_nonpayment: int = 10
    notice_days_other: int = 30
    notice_days_in_underwriting_period: int = 10
    underwriting_period_days: int = 60
    nonrenewal_notice_days: int = 45
    nonpay_notice_timing: Literal["after_default", "with_bill", "pre_due_window"] = "after_default"
    mail_on_closed_days: Literal["refuse", "next_business_day"] = "refuse"
    mailing_days_by_post: int = 5
    late_nonrenewal: Literal["extend_cover", "refuse"] = "extend_cover"
    reinstatement_days: int = 60
    reinstatement_fee_minor: int = 0
    renewal_open_days: int = 60
    renewal_acceptance: Literal["payment", "deemed"] = "payment"
    renewal_grace_days: int = 0
    authority_levels: tuple[str, ...] = ("agent", "underwriter", "manager")

    @property
    def keeps_nothing(self) -> bool:
        """Whether the insured who cancels gets back all that is unearned."""
        minimum = self.minimum_earned_percent or self.minimum_earned_minor
        return self.insured_cancellation == "pro_rata" and not minimum


class Carrier(Struct, frozen=True, forbid_unknown_fields=True):
    """One insurer's choices. `term_starts_at` is the local time (HH:MM, insured's zone) at which a term begins and
    ends.
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
    payments: PaymentsChoices = PaymentsChoices()

    def product(self, product: str) -> Product | None:
        for offered in self.policy.products:
            if offered.product == product:
                return offered
        return None

    def line_of(self, product: str) -> str:
        """The law's word for the line of a product; the carrier's own line where it names no such product."""
        offered = self.product(product)
        return self.line if offered is None else offered.line

    def day_count_of(self, product: str) -> DayCount:
        offered = self.product(product)
        return self.day_count if offered is None or offered.day_count is None else offered.day_count

    def offered_coverages(self, product: str) -> tuple[str, ...]:
        """The coverages that a product may have; none named means any."""
        offered = self.product(product)
        return () if offered is None else offered.coverages

    def pattern(self, pattern: str) -> PatternRule | Refusal:
        for rule in self.patterns:
            if rule.pattern == pattern:
                return rule
        return Refusal("unknown_charge_pattern", f"{self.name} has no charge pattern {pattern!r}")

    def plan(self, plan: str) -> PaymentPlan | Refusal:
        for candidate in self.billing.plans:
            if candidate.plan == plan:
                return candidate
        return Refusal("unknown_payment_plan", f"{self.name} has no payment plan {plan!r}")

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
        found.extend(f"{key}: {value} is negative" for key, value in self._never_negative() if value < 0)
        for plan in self.billing.plans:
            found.extend(_plan_faults(plan))
        if len({plan.plan for plan in self.billing.plans}) != len(self.billing.plans):
            found.append("billing.plans: a payment plan is named twice")
        if len({authority.role for authority in self.claims.authorities}) != len(self.claims.authorities):
            found.append("claims.authorities: a role is named twice")
        if len({rule.pattern for rule in self.patterns}) != len(self.patterns):
            found.append("patterns: a charge pattern is named twice")
        if not {"premium", "fee"} <= {rule.pattern for rule in self.patterns}:
            found.append("patterns: 'premium' and 'fee' are needed")
        found.extend(_policy_faults(self.policy))
        found.extend(self.payments.faults())
        return tuple(found)

    def _never_negative(self) -> tuple[tuple[str, int], ...]:
        return (
            ("quote_valid_days", self.quote_valid_days),
            ("billing.bill_lead_days", self.billing.bill_lead_days),
            ("billing.installment_fee_minor", self.billing.installment_fee_minor),
            ("billing.returned_payment_fee_minor", self.billing.returned_payment_fee_minor),
            *((f"billing.plans.{plan.plan}.installments", plan.installments) for plan in self.billing.plans),
            ("claims.duplicate_payment_days", self.claims.duplicate_payment_days),
            ("claims.duplicate_notice_days", self.claims.duplicate_notice_days),
            *((f"claims.average_reserves.{each.coverage}", each.minor) for each in self.claims.average_reserves),
        )


def _plan_faults(plan: PaymentPlan) -> tuple[str, ...]:
    key = f"billing.plans.{plan.plan}"
    found: list[str] = []
    if not 0 < plan.down_payment_percent <= 100:
        found.append(f"{key}.down_payment_percent: {plan.down_payment_percent} is not in 1..100")
    if (plan.installments == 0) != (plan.down_payment_percent == 100):
        found.append(f"{key}.installments: {plan.installments} does not fit {plan.down_payment_percent} % down")
    if plan.installments and not 1 <= plan.months_apart <= 12:
        found.append(f"{key}.months_apart: {plan.months_apart} is not in 1..12")
    return tuple(found)


def _is_hour_and_minute(text: str) -> bool:
    try:
        return time.fromisoformat(text).isoformat("minutes") == text
    except ValueError:
        return False


NOT_NEGATIVE = (
    "minimum_earned_minor", "notice_days_nonpayment", "notice_days_other", "notice_days_in_underwriting_period",
    "underwriting_period_days", "nonrenewal_notice_days", "mailing_days_by_post", "reinstatement_days",
    "reinstatement_fee_minor", "renewal_open_days", "renewal_grace_days",
)  # fmt: skip


def _policy_faults(policy: PolicyChoices) -> Iterator[str]:
    for key in NOT_NEGATIVE:
        if getattr(policy, key) < 0:
            yield f"policy.{key}: {getattr(policy, key)} is negative"
    for key in ("short_rate_return_percent", "minimum_earned_percent"):
        if not 0 <= getattr(policy, key) <= 100:
            yield f"policy.{key}: {getattr(policy, key)} is not in 0..100"
    if policy.insured_cancellation == "short_rate_table" and not policy.short_rate_table:
        yield "policy.short_rate_table: short_rate_table needs steps"
    for earlier, later in pairwise(policy.short_rate_table):
        if later.days <= earlier.days or later.earned_percent < earlier.earned_percent:
            yield f"policy.short_rate_table: {later.days} days, {later.earned_percent} percent does not go up"
    if any(not 0 <= step.earned_percent <= 100 for step in policy.short_rate_table):
        yield "policy.short_rate_table: a percent is not in 0..100"
    if len(set(policy.authority_levels)) != len(policy.authority_levels) or not policy.authority_levels:
        yield "policy.authority_levels: at least one, and none twice"
    if len({offered.product for offered in policy.products}) != len(policy.products):
        yield "policy.products: a product is named twice"
