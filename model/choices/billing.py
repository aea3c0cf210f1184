"""How an insurer bills. Every default is practice and no law."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct

from model.choices.delinquency import DelinquencyPlan, ReleaseChoices

NOT_NEGATIVE = (
    "bill_lead_days", "installment_fee_minor", "returned_payment_fee_minor",
    "carry_forward_below_minor", "late_fee_minor", "autopay_days_before_due",
    "autopay_notice_days", "disbursement_delay_days", "disbursement_keep_minor",
)  # fmt: skip

CreditOrder = Literal["billed_first", "planned_first"]
InstallmentLeftover = Literal["first", "last", "write_off"]
ReturnPremiumRemainder = Literal["keep_unapplied", "pay_what_is_billed", "send_back"]
EndorsementPremium = Literal["spread_remaining", "immediate_invoice", "catch_up_and_spread"]


class PaymentPlan(Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """`down_payment_percent` of what may be spread is due at inception, the rest in `installments` every
    `months_apart` months, in proportion to `weights`; without weights they are equal.
    """

    plan: str
    down_payment_percent: int
    installments: int
    months_apart: int
    weights: tuple[int, ...] = ()

    def faults(self) -> Iterator[str]:
        key = f"billing.plans.{self.plan}"
        if self.installments < 0:
            yield f"{key}.installments: {self.installments} is negative"
        if not 0 < self.down_payment_percent <= 100:
            yield f"{key}.down_payment_percent: {self.down_payment_percent} is not in 1..100"
        if (self.installments == 0) != (self.down_payment_percent == 100):
            yield f"{key}.installments: {self.installments} does not fit {self.down_payment_percent} % down"
        if self.installments and not 1 <= self.months_apart <= 12:
            yield f"{key}.months_apart: {self.months_apart} is not in 1..12"
        if self.weights and (len(self.weights) != self.installments or min(self.weights) < 0 or not sum(self.weights)):
            yield f"{key}.weights: {list(self.weights)} are not {self.installments} parts of a whole"


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
    `return_premium_remainder` whether the rest waits for a bill, pays what is billed already, or pays that and is
    drafted to go back (above `disbursement_keep_minor`). Money that found nothing is applied when the next invoice is
    billed, or kept for a person to decide. A shortfall within the tolerance of its currency settles an invoice; a
    currency without one has none.

    Fees are in minor units of the carrier's currency. `returned_fee_cap` says what caps the fee for a returned payment
    where the state has no cap for insurers: its general cap on returned items, or nothing. `won_dispute_fee` says
    whether that fee is waived when the payment comes back by a dispute that is won (practice). Autopay drafts so many
    days before the due date; a changed amount is told `autopay_notice_days` before its draft. A disbursement waits
    `disbursement_delay_days` and needs two people above a limit; `disbursement_keep_minor` and less is not sent.

    Commission is earned on `commission_basis`. An agency statement's item may be remitted short or over by
    `statement_tolerance_minor`; suspense is reported by age in `suspense_ageing_days`; a lender's notice of intent runs
    `finance_intent_days` where the state has no row. A notice of nonpayment waits for the default, or goes with the
    bill or ahead of the due day where the state's regime lets it (model.nonpayment_notice).
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
    return_premium_remainder: ReturnPremiumRemainder = "keep_unapplied"
    unapplied_money: Literal["apply_when_billed", "keep_unapplied"] = "apply_when_billed"
    shortfall_tolerances: tuple[Tolerance, ...] = ()
    late_fee_minor: int = 0
    returned_fee_cap: Literal["general_as_last_resort", "insurer_rule_only"] = "general_as_last_resort"
    won_dispute_fee: Literal["waive", "keep"] = "waive"
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
    nonpayment_notice: Literal["after_default", "ahead_where_allowed"] = "after_default"

    def tolerance(self, currency: str) -> int:
        """The shortfall that still settles an invoice, in minor units."""
        return next((each.minor for each in self.shortfall_tolerances if each.currency == currency), 0)

    def faults(self) -> Iterator[str]:
        """What is wrong, each by its key in the profile."""
        for key in NOT_NEGATIVE:
            if getattr(self, key) < 0:
                yield f"billing.{key}: {getattr(self, key)} is negative"
        for each in self.shortfall_tolerances:
            if each.minor < 0:
                yield f"billing.shortfall_tolerances.{each.currency}: {each.minor} is negative"
        for plan in self.plans:
            yield from plan.faults()
        if not _is_zone(self.zone):
            yield f"billing.zone: {self.zone!r} is no time zone"
        if len({plan.plan for plan in self.plans}) != len(self.plans):
            yield "billing.plans: a payment plan is named twice"
        yield from self._commission_faults()
        yield from self.delinquency.faults()
        yield from self.release.faults()

    def _commission_faults(self) -> Iterator[str]:
        for one in self.commission_rates:
            if not 0 <= one.percent <= 100:
                yield f"billing.commission_rates.{one.plan}: {one.percent} percent is not in 0..100"
        for key in ("statement_tolerance_minor", "finance_intent_days"):
            if getattr(self, key) < 0:
                yield f"billing.{key}: {getattr(self, key)} is negative"
        if any(later <= earlier for earlier, later in pairwise((0, *self.suspense_ageing_days))):
            yield f"billing.suspense_ageing_days: {list(self.suspense_ageing_days)} do not go up from 1"


def _is_zone(zone: str) -> bool:
    try:
        ZoneInfo(zone)
    except (ValueError, ZoneInfoNotFoundError):
        return False
    return True
