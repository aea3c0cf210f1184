"""How an insurer runs policies. Every default is practice and no law."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Literal

from msgspec import Struct

from model.daycount import DayCount

NOT_NEGATIVE = (
    "minimum_earned_minor", "notice_days_nonpayment", "notice_days_other", "notice_days_in_underwriting_period",
    "underwriting_period_days", "nonrenewal_notice_days", "reinstatement_days", "storm_days_after_repair",
    "reinstatement_fee_minor", "renewal_open_days", "renewal_grace_days",
    "renewal_refer_above_percent",
)  # fmt: skip

StormRule = Literal["no_rule", "until_repaired", "until_days_after_repair"]
StormNonpayment = Literal["goes_on", "kept_too"]
RewriteReturn = Literal["pro_rata", "as_the_insured_cancels"]
NotTakenReturn = Literal["everything", "all_but_fully_earned"]
ExtensionPremium = Literal["pro_rata", "free"]
RenewalReferral = Literal["never", "on_material_change"]
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

    When the insured cancels, `insured_cancellation` names the method, `short_rate_return_percent` what short rate
    gives back of unearned premium; `minimum_earned_*` is kept in any case, and of a cancellation on the first day
    when `flat_cancellation` keeps the minimum. Notices: days that hold where the state has no row, and whether one on
    a day without mail is refused or counted from the next business day. `notice_check` says whether a cancellation by
    the insurer needs its notice or the caller is trusted. `late_nonrenewal` extends cover or refuses, and
    `extension_premium` says whether the days past the end of the term cost what any other day does or nothing.
    `not_taken_return` is what comes back of a renewal that nobody took: all of it, or what is not fully earned.
    Renewal: opened so many days ahead, bound on payment or deemed accepted, not taken after the grace days, and
    referred to an underwriter never or where the premium changes by more than `renewal_refer_above_percent` or
    another coverage is offered; `reinstatement_days` after a cancellation it can still be reinstated, for a fee.
    `authority_levels` go from the lowest up. `storm_rule` says how long a dwelling that a storm damaged keeps its
    cover (model.policy.storm_rule), `storm_days_after_repair` how many days after its repair where it says so, and
    `storm_nonpayment` whether what is not paid for goes on being cancelled, or is kept like any other. `rewrite_return`
    says what a rewrite gives back of the term that it replaces: all that is unearned, without a penalty, or what the
    insured would get who cancels.
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
    late_nonrenewal: Literal["extend_cover", "refuse"] = "extend_cover"
    reinstatement_days: int = 60
    reinstatement_fee_minor: int = 0
    renewal_open_days: int = 60
    renewal_acceptance: Literal["payment", "deemed"] = "payment"
    renewal_grace_days: int = 0
    not_taken_return: NotTakenReturn = "everything"
    extension_premium: ExtensionPremium = "pro_rata"
    renewal_referral: RenewalReferral = "never"
    renewal_refer_above_percent: int = 25
    authority_levels: tuple[str, ...] = ("agent", "underwriter", "manager")
    storm_rule: StormRule = "no_rule"
    storm_days_after_repair: int = 90
    storm_nonpayment: StormNonpayment = "goes_on"
    rewrite_return: RewriteReturn = "pro_rata"

    @property
    def keeps_nothing(self) -> bool:
        """Whether the insured who cancels gets back all that is unearned."""
        minimum = self.minimum_earned_percent or self.minimum_earned_minor
        return self.insured_cancellation == "pro_rata" and not minimum

    def faults(self) -> Iterator[str]:
        """What is wrong, each by its key in the profile."""
        for key in NOT_NEGATIVE:
            if getattr(self, key) < 0:
                yield f"policy.{key}: {getattr(self, key)} is negative"
        for key in ("short_rate_return_percent", "minimum_earned_percent"):
            if not 0 <= getattr(self, key) <= 100:
                yield f"policy.{key}: {getattr(self, key)} is not in 0..100"
        if self.insured_cancellation == "short_rate_table" and not self.short_rate_table:
            yield "policy.short_rate_table: short_rate_table needs steps"
        for earlier, later in pairwise(self.short_rate_table):
            if later.days <= earlier.days or later.earned_percent < earlier.earned_percent:
                yield f"policy.short_rate_table: {later.days} days, {later.earned_percent} percent does not go up"
        if any(not 0 <= step.earned_percent <= 100 for step in self.short_rate_table):
            yield "policy.short_rate_table: a percent is not in 0..100"
        if len(set(self.authority_levels)) != len(self.authority_levels) or not self.authority_levels:
            yield "policy.authority_levels: at least one, and none twice"
        if len({offered.product for offered in self.products}) != len(self.products):
            yield "policy.products: a product is named twice"
