"""How an insurer handles claims. Every default is practice and no law."""

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

LimitOrder = Literal["deductible_then_limit", "limit_then_deductible"]
SeasonRule = Literal["each_storm", "once_a_season"]
SubrogationShare = Literal["pro_rata", "made_whole", "insurer_first"]
ExpenseShare = Literal["insurer_bears_expense", "net_of_expense"]
MortgageeNaming = Literal["dwelling_payments", "covered_property", "never"]
SharedDeductible = Literal["largest", "first_settled"]
LateInterest = Literal["simple_365_days", "simple_360_days"]
AggregateYear = Literal["of_loss", "of_payment"]
AggregateErosion = Literal["claim_cost", "claim_cost_and_expense"]
TaskName = Literal["fraud_score", "assignment", "contact", "documents", "match_policy", "special_investigation"]


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
    """`unmatched_notice`: is a notice without a policy kept and worked, or denied? `payment_above_reserve`: refused,
    or does the reserve rise with it? `duplicate_payments`: what a second payment of one invoice to one payee within
    `duplicate_payment_days` gets. Two notices of one policy within `duplicate_notice_days` may be one loss. `tasks`
    are what every notice starts. `mortgagee_named`: a mortgagee of what a coverage insures is on its payments in the
    cost category `dwelling` and not on those for contents or living expenses, on all payments of claim cost under it,
    or on none. Exposures with different deductibles share the `shared_deductible` of the occurrence. `late_interest`:
    by the day of a year of so many days, since the rows of the law give the rate alone. A catastrophe lasts no longer
    than `catastrophe_longest_days`. A payment takes from the aggregate limit of the policy year of the loss or of the
    payment (`aggregate_year`), and `aggregate_erosion` says whether allocated expense takes from it as well. Without
    `authorities` everybody may do everything; with them a role that is not listed may do nothing.
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
    mortgagee_named: MortgageeNaming = "dwelling_payments"
    shared_deductible: SharedDeductible = "largest"
    late_interest: LateInterest = "simple_365_days"
    catastrophe_longest_days: int = 366
    aggregate_year: AggregateYear = "of_loss"
    aggregate_erosion: AggregateErosion = "claim_cost"
    tasks: tuple[TaskName, ...] = ("fraud_score", "assignment", "contact", "documents")
    authorities: tuple[Authority, ...] = ()

    def faults(self) -> Iterator[str]:
        """What is wrong, each by its key in the profile."""
        for key in ("duplicate_payment_days", "duplicate_notice_days", "catastrophe_longest_days"):
            if getattr(self, key) < 0:
                yield f"claims.{key}: {getattr(self, key)} is negative"
        for each in self.average_reserves:
            if each.minor < 0:
                yield f"claims.average_reserves.{each.coverage}: {each.minor} is negative"
        if len({authority.role for authority in self.authorities}) != len(self.authorities):
            yield "claims.authorities: a role is named twice"
