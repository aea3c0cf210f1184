"""How an insurer pursues premium that is past due, and how it bills again what a hold kept back: choices, no law.

No source prescribes any of it [K]: the days of grace that a *policy* has are law (fixtures/rules), while these are how
long billing waits before it writes, reminds and asks policy to cancel. Policy decides whether and when it may.
"""

from collections.abc import Iterator, Set
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal

from msgspec import Struct

from model.daycount import nearest_business_day

StepName = Literal["reminder", "notice_of_intent", "cancel_request", "write_off"]
Reason = Literal["past_due", "not_taken"]
Term = Literal["first", "renewal"]
Level = Literal["policy", "invoice"]
StepRoll = Literal["none", "following", "preceding"]
FeesPastDue = Literal["do_not_count", "count"]
ReleaseStrategy = Literal["one_catch_up_invoice", "spread_over_installments", "extend_due_dates"]


class DunningStep(Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """`days` after the end of grace this is done, by whichever workflow names it; a write-off not before cover has
    ended and the debt is in collections.
    """

    step: StepName
    days: int


PAST_DUE = (DunningStep("reminder", 0), DunningStep("notice_of_intent", 5), DunningStep("cancel_request", 10))
NOTICED = (DunningStep("cancel_request", 0),)
NOT_TAKEN = (DunningStep("cancel_request", 0),)


class DelinquencyPlan(Struct, frozen=True, forbid_unknown_fields=True):
    """Practice, all of it [K]. An invoice is past due `grace_days` after its due day. A process begins when at least
    `start_minor` of its target (`level`: a policy of the account, or one of its invoices) is past due, and is over when
    less than `exit_minor` is. Where nothing of a term was ever paid it is `not_taken`, else `past_due`, and `noticed`
    where the notice of nonpayment went out ahead of the due day, so that it need not be waited for again; each has
    steps of its own, counted from the end of grace, and each rolls on its own to a business day as `step_day_roll`
    says.
    `own_fees` says whether billing's own fees (installment, late, returned payment) are pursued like premium and its
    taxes: where they do not count, nobody loses cover for a fee alone, and who pays the rest is pursued no more. They
    are asked for with what counts.
    A plan that ends in `write_off` gives up what collections did not bring; money that comes later restores it.
    """

    level: Level = "policy"
    grace_days: int = 5
    start_minor: int = 1
    exit_minor: int = 1
    past_due: tuple[DunningStep, ...] = PAST_DUE
    not_taken: tuple[DunningStep, ...] = NOT_TAKEN
    noticed: tuple[DunningStep, ...] = NOTICED
    step_day_roll: StepRoll = "following"
    own_fees: FeesPastDue = "do_not_count"

    def steps(self, reason: Reason, noticed_on: date | None) -> tuple[DunningStep, ...]:
        if reason == "not_taken":
            return self.not_taken
        return self.past_due if noticed_on is None else self.noticed

    def faults(self) -> Iterator[str]:
        key = "billing.delinquency"
        for name in ("grace_days", "start_minor", "exit_minor"):
            if getattr(self, name) < 0:
                yield f"{key}.{name}: {getattr(self, name)} is negative"
        if not 1 <= self.exit_minor <= self.start_minor:
            yield f"{key}.exit_minor: {self.exit_minor} is not in 1..start_minor, {self.start_minor}"
        for reason, steps in (("past_due", self.past_due), ("not_taken", self.not_taken), ("noticed", self.noticed)):
            if any(step.days < 0 for step in steps) or any(a.days > b.days for a, b in pairwise(steps)):
                yield f"{key}.{reason}: the days of the steps do not go up from 0"
            if [step.step for step in steps].count("cancel_request") > 1:
                yield f"{key}.{reason}: a cancellation is asked for once"
            names = [step.step for step in steps]
            if "write_off" in names and (names.index("write_off") != len(names) - 1 or "cancel_request" not in names):
                yield f"{key}.{reason}: a write-off is the last step, after a cancellation was asked for"


class ReleaseChoices(Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """How what a hold or a moratorium kept back is billed when it ends. Practice [K]; the first is what the public
    documentation of Socotra describes (docs.socotra.com/features/moratoriums), the others give time to pay or put off
    due dates, which orders of regulators have asked for.

    `one_catch_up_invoice`: all that was kept back of a payer on one invoice. `spread_over_installments`: in equal parts
    on the next `installments`. `extend_due_dates`: every invoice as it was, later by the length of the hold. The first
    day that anything is due is `due_days` after the end, and up to `jitter_days` later by account, so that not
    everybody is drafted on one day.
    """

    strategy: ReleaseStrategy = "one_catch_up_invoice"
    due_days: int = 20
    installments: int = 3
    jitter_days: int = 0

    def faults(self) -> Iterator[str]:
        for name in ("due_days", "jitter_days"):
            if getattr(self, name) < 0:
                yield f"billing.release.{name}: {getattr(self, name)} is negative"
        if not 1 <= self.installments <= 12:
            yield f"billing.release.installments: {self.installments} is not in 1..12"


def step_day(since: date, days: int, roll: StepRoll, holidays: Set[date]) -> date:
    """The day of a step, counted from the end of grace and never from the step before it.

    A day that rolls back does not go behind `since`, since grace is not shortened by it: it goes forward instead.
    """
    day = nearest_business_day(since + timedelta(days=days), roll, holidays)
    return day if day >= since else nearest_business_day(since, "following", holidays)
