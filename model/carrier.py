"""What an insurer chose: how it counts days, rounds, bills, allocates money, reserves and lets people decide.

A profile is a TOML file (fixtures/carriers, or anyone's own path) that decodes strictly into these structs. Whatever
is practice and not law is a named choice here with its value in plain sight, so that the model can be *their*
insurer. Without it an oracle would call every honest difference a defect.
"""

from collections.abc import Iterator
from datetime import date, time
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from typing import Literal, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct

from model.daycount import DayCount
from model.decider import Refusal
from model.delinquency_plan import DelinquencyPlan, ReleaseChoices
from model.ledger import Account
from model.money import DECIMALS, Money, Rounding
from model.payment_choices import PaymentsChoices

Refund = Literal["pro_rata", "fully_earned"]
CreditOrder = Literal["billed_first", "planned_first"]
InstallmentLeftover = Literal["first", "last", "write_off"]
EndorsementPremium = Literal["spread_remaining", "immediate_invoice", "catch_up_and_spread"]
LimitOrder = Literal["deductible_then_limit", "limit_then_deductible"]
SeasonRule = Literal["each_storm", "once_a_season"]
SubrogationShare = Literal["pro_rata", "made_whole", "insurer_first"]
ExpenseShare = Literal["insurer_bears_expense", "net_of_expense"]
StormRule = Literal["no_rule", "until_repaired", "until_90_days_after_repair"]
TaskName = Literal["fraud_score", "assignment", "contact", "documents", "match_policy", "special_investigation"]


class PatternRule(Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """A charge pattern: may it be spread over installments, what comes back on cancellation, and its place in the
    payment waterfall.

    A lower `priority` is paid first within an invoice. `credit_account` is what the charge is written against in the
    ledger. Producers earn commission on what is `commissionable`: premium, not taxes and fees.
    """

    pattern: str
    spread: Literal["installments", "first_invoice"]
    refund: Refund
    priority: int
    credit_account: Literal["unearned_premium", "taxes_payable", "fee_income"]
    commissionable: bool = False


class PaymentPlan(Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """`down_payment_percent` of what may be spread is due at inception, the rest in `installments` every
    `months_apart` months, in proportion to `weights`; without weights they are equal.
    """

    plan: str
    down_payment_percent: int
    installments: int
    months_apart: int
    weights: tuple[int, ...] = ()


class Tolerance(Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """A shortfall of so much in a currency still settles an invoice."""

    currency: str
    minor: int


CommissionBasis = Literal["written", "billed", "paid"]


class CommissionRate(Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """`percent` of commissionable premium for producers on a commission `plan`, on a product (empty: any), for what
    takes effect on days [effective_from, effective_to].
    """

    plan: str
    percent: Decimal
    product: str = ""
    effective_from: date | None = None
    effective_to: date | None = None

    def holds(self, plan: str, product: str, on: date) -> bool:
        return (
            self.plan == plan
            and self.product in ("", product)
            and (self.effective_from is None or self.effective_from <= on)
            and (self.effective_to is None or on <= self.effective_to)
        )


class BillingChoices(Struct, frozen=True, forbid_unknown_fields=True):
    """How the insurer bills. Every default is practice and no law [K].

    `bill_lead_days` from bill to due date; a due date without business rolls to a neighbour; `zone` is where it is
    today for an insured whose own zone nobody told. What adds up to less than `carry_forward_below_minor` is billed
    with the next invoice. `leftover` says where odd cents go (`write_off`: nobody is asked for them).

    An endorsement's premium is spread over what is not billed yet, invoiced at once, or caught up for the days that
    are billed already. `credit_order` and `return_premium_direction` say which items a return premium closes first,
    `return_premium_remainder` whether the rest waits for a bill or pays what is billed already. Money that found
    nothing is applied when the next invoice is billed, or kept for a person to decide. A shortfall within the tolerance
    of its currency settles an invoice; a currency without one has none.

    Fees are in minor units of the carrier's currency. `returned_fee_cap` says what caps the fee for a returned payment
    where the state has no cap for insurers: its general cap on returned items, or nothing. Autopay drafts so many days
    before the due date; a changed amount is told `autopay_notice_days` before its draft. A disbursement waits
    `disbursement_delay_days` and needs two people above a limit; `disbursement_keep_minor` and less is not sent.

    Commission is earned on `commission_basis`. An agency statement's item may be remitted short or over by
    `statement_tolerance_minor`; suspense is reported by age in `suspense_ageing_days`; a lender's notice of intent runs
    `finance_intent_days` where the state has no row.
    """

    plans: tuple[PaymentPlan, ...]
    leftover: InstallmentLeftover
    bill_lead_days: int
    installment_fee_minor: int
    returned_payment_fee_minor: int
    credit_order: CreditOrder
    zone: str = "UTC"
    due_day_roll: Literal["none", "following", "preceding"] = "none"
    carry_forward_below_minor: int = 0
    endorsement_premium: EndorsementPremium = "spread_remaining"
    return_premium_direction: Literal["first_to_last", "last_to_first"] = "first_to_last"
    return_premium_remainder: Literal["keep_unapplied", "pay_what_is_billed"] = "keep_unapplied"
    unapplied_money: Literal["apply_when_billed", "keep_unapplied"] = "apply_when_billed"
    shortfall_tolerances: tuple[Tolerance, ...] = ()
    late_fee_minor: int = 0
    reinstatement_fee_minor: int = 0
    returned_fee_cap: Literal["general_as_last_resort", "insurer_rule_only"] = "general_as_last_resort"
    autopay_days_before_due: int = 0
    autopay_changed_amount: Literal["notice", "no_notice"] = "notice"
    autopay_notice_days: int = 10
    disbursement_delay_days: int = 0
    disbursement_dual_approval_above_minor: int | None = None
    disbursement_keep_minor: int = 0
    delinquency: DelinquencyPlan = DelinquencyPlan()
    release: ReleaseChoices = ReleaseChoices()
    commission_basis: CommissionBasis = "written"
    commission_rates: tuple[CommissionRate, ...] = ()
    statement_tolerance_minor: int = 0
    suspense_ageing_days: tuple[int, ...] = (30, 60, 90)
    finance_intent_days: int = 10

    def tolerance(self, currency: str) -> int:
        """The shortfall that still settles an invoice, in minor units."""
        return next((each.minor for each in self.shortfall_tolerances if each.currency == currency), 0)


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
    `authority_levels` go from the lowest up. `storm_rule` says how long a dwelling that a storm damaged keeps its cover
    (model.policy.storm_rule).
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
    storm_rule: StormRule = "no_rule"

    @property
    def keeps_nothing(self) -> bool:
        """Whether the insured who cancels gets back all that is unearned."""
        minimum = self.minimum_earned_percent or self.minimum_earned_minor
        return self.insured_cancellation == "pro_rata" and not minimum


class SettlementChoices(Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """How the insurer settles what it pays and what it is paid. Every default is practice and no law [K].

    A payout run carries at most `payout_run_minor`; a payee whose bank details changed waits `payout_cooling_off_days`.
    A processor wants the answer to a dispute `dispute_margin_days` before the network does. A settled amount may differ
    from what was expected by `reconciliation_tolerance_minor` and its day by `reconciliation_tolerance_days`; what has
    not come `reconciliation_missing_days` after its day is missing. The tries of an outgoing webhook are moved by up to
    `webhook_jitter_percent`.
    """

    payout_run_minor: int = 500_000_000
    payout_cooling_off_days: int = 3
    dispute_margin_days: int = 9
    reconciliation_tolerance_minor: int = 0
    reconciliation_tolerance_days: int = 3
    reconciliation_missing_days: int = 5
    webhook_jitter_percent: int = 10


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
        found.extend(f"{key}: {value} is negative" for key, value in self._never_negative() if value < 0)
        for plan in self.billing.plans:
            found.extend(_plan_faults(plan))
        if not _is_zone(self.billing.zone):
            found.append(f"billing.zone: {self.billing.zone!r} is no time zone")
        if len({plan.plan for plan in self.billing.plans}) != len(self.billing.plans):
            found.append("billing.plans: a payment plan is named twice")
        if len({authority.role for authority in self.claims.authorities}) != len(self.claims.authorities):
            found.append("claims.authorities: a role is named twice")
        if len({rule.pattern for rule in self.patterns}) != len(self.patterns):
            found.append("patterns: a charge pattern is named twice")
        if not {"premium", "fee"} <= {rule.pattern for rule in self.patterns}:
            found.append("patterns: 'premium' and 'fee' are needed")
        found.extend(_policy_faults(self.policy))
        found.extend((*self.billing.delinquency.faults(), *self.billing.release.faults()))
        found.extend(_money_faults(self))
        found.extend(self.payments.faults())
        return tuple(found)

    def _never_negative(self) -> tuple[tuple[str, int], ...]:
        return (
            ("quote_valid_days", self.quote_valid_days),
            ("billing.bill_lead_days", self.billing.bill_lead_days),
            ("billing.installment_fee_minor", self.billing.installment_fee_minor),
            ("billing.returned_payment_fee_minor", self.billing.returned_payment_fee_minor),
            *((f"billing.{key}", getattr(self.billing, key)) for key in BILLING_NOT_NEGATIVE),
            *(
                (f"billing.shortfall_tolerances.{each.currency}", each.minor)
                for each in self.billing.shortfall_tolerances
            ),
            *((f"billing.plans.{plan.plan}.installments", plan.installments) for plan in self.billing.plans),
            *((f"settlement.{key}", getattr(self.settlement, key)) for key in SettlementChoices.__struct_fields__),
            ("claims.duplicate_payment_days", self.claims.duplicate_payment_days),
            ("claims.duplicate_notice_days", self.claims.duplicate_notice_days),
            *((f"claims.average_reserves.{each.coverage}", each.minor) for each in self.claims.average_reserves),
        )


def unknown_pattern(name: str, pattern: str) -> Refusal:
    return Refusal("unknown_charge_pattern", f"{name} has no charge pattern {pattern!r}")


def _plan_faults(plan: PaymentPlan) -> tuple[str, ...]:
    key = f"billing.plans.{plan.plan}"
    found: list[str] = []
    if not 0 < plan.down_payment_percent <= 100:
        found.append(f"{key}.down_payment_percent: {plan.down_payment_percent} is not in 1..100")
    if (plan.installments == 0) != (plan.down_payment_percent == 100):
        found.append(f"{key}.installments: {plan.installments} does not fit {plan.down_payment_percent} % down")
    if plan.installments and not 1 <= plan.months_apart <= 12:
        found.append(f"{key}.months_apart: {plan.months_apart} is not in 1..12")
    if plan.weights and (len(plan.weights) != plan.installments or min(plan.weights) < 0 or not sum(plan.weights)):
        found.append(f"{key}.weights: {list(plan.weights)} are not {plan.installments} parts of a whole")
    return tuple(found)


def _is_zone(zone: str) -> bool:
    try:
        ZoneInfo(zone)
    except (ValueError, ZoneInfoNotFoundError):
        return False
    return True


def _money_faults(carrier: Carrier) -> Iterator[str]:
    billing = carrier.billing
    for one in billing.commission_rates:
        if not 0 <= one.percent <= 100:
            yield f"billing.commission_rates.{one.plan}: {one.percent} percent is not in 0..100"
    for key in ("statement_tolerance_minor", "finance_intent_days"):
        if getattr(billing, key) < 0:
            yield f"billing.{key}: {getattr(billing, key)} is negative"
    if any(later <= earlier for earlier, later in pairwise((0, *billing.suspense_ageing_days))):
        yield f"billing.suspense_ageing_days: {list(billing.suspense_ageing_days)} do not go up from 1"
    for account in carrier.chart_of_accounts:
        if account not in get_args(Account):
            yield f"chart_of_accounts.{account}: the ledger has no such account"


def _is_hour_and_minute(text: str) -> bool:
    try:
        return time.fromisoformat(text).isoformat("minutes") == text
    except ValueError:
        return False


BILLING_NOT_NEGATIVE = (
    "carry_forward_below_minor", "late_fee_minor", "reinstatement_fee_minor", "autopay_days_before_due",
    "autopay_notice_days", "disbursement_delay_days", "disbursement_keep_minor",
)  # fmt: skip
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
