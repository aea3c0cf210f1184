"""Who does not pay in a simulation: letters, the request to cancel, policy's notice and its days, and money in between."""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from msgspec.structs import replace

from model.billing import dunning_events as dunning
from model.billing import events as billing
from model.core import Recorded
from model.invariants import ACCOUNT_INVARIANTS, Violation, judged
from model.policy import events as policy
from model.published.seen import account_view
from simulations.business import Business, Habits
from simulations.dunning import Dunning
from simulations.engine import DAY
from simulations.journeys import Journeys

DAYS = 120
NOTICE_DAYS = 10
"""Fla. Stat. 627.4133(1)(b)1: a notice of nonpayment of ten days."""
QUIET = Habits(
    renewal_share=0.0,
    new_business_per_year_share=0.0,
    new_business_bind_share=0.0,
    cancel_per_year_share=0.0,
    decision_days_mean=6.0,
    never_pays_share=0.0,
    payer_late_days_mean=1.0,
    bank_answer_hours_mean=20.0,
    payment_failure_share=0.0,
    payment_unknown_share=0.0,
    inquiry_hours=12.0,
    return_share=0.0,
    return_days_mean=1.5,
)
NOBODY_PAYS = replace(QUIET, never_pays_share=1.0)


class Witness:
    """Every event in order, and by the kinds of a policy or an account."""

    def __init__(self, hosted: Any) -> None:
        self.seen = list[Any]()
        self.host = hosted.host
        hosted.host.core.observers.append(self)

    def __call__(self, recorded: Recorded) -> None:
        self.seen.append(recorded.event)

    def of(self, *kinds: type) -> list[Any]:
        return [event for event in self.seen if type(event) in kinds]

    def counts(self) -> Counter[str]:
        return Counter(getattr(event, "step", type(event).__name__) for event in self.seen)


def during(hosted: Any, habits: Habits, days: int = DAYS) -> Witness:
    witness = Witness(hosted)
    Business(hosted.host, hosted.portfolio, habits, hosted.variates, Journeys(), days=days)
    hosted.host.clock.run(until=days * DAY - 1)
    for name, state in hosted.host.core.accounts.states.items():
        view = account_view(state)
        assert view is not None
        assert [found for found in judged(ACCOUNT_INVARIANTS, name, view) if isinstance(found, Violation)] == []
    return witness


def days_of(events: list[Any], policy_id: str) -> list[tuple[date, str]]:
    mine = [event for event in events if event.policy_id == policy_id]
    return [(event.on, getattr(event, "step", type(event).__name__)) for event in mine]


def test_who_never_pays_gets_letters_and_a_notice_and_is_cancelled_after_the_days_of_the_state(hosting) -> None:
    witness = during(hosting(policies=60, processes="processes"), NOBODY_PAYS)
    told = witness.of(
        dunning.DelinquencyStarted,
        dunning.DunningStepTaken,
        dunning.CancellationRequested,
        policy.NoticeGiven,
        policy.PolicyCancelled,
    )
    cancelled = {event.policy_id: event for event in told if type(event) is policy.PolicyCancelled}
    assert len(cancelled) > 5

    for policy_id, end in cancelled.items():
        days = days_of(told, policy_id)
        assert [name for _, name in days] == [
            "DelinquencyStarted",
            "reminder",
            "notice_of_intent",
            "CancellationRequested",
            "NoticeGiven",
            "PolicyCancelled",
        ]
        assert days[-1][0] - days[-2][0] >= timedelta(days=NOTICE_DAYS)
        assert end.reason == "nonpayment"


def test_who_pays_between_the_notice_and_its_day_keeps_the_policy(hosting) -> None:
    late = replace(QUIET, payer_late_days_mean=22.0)
    witness = during(hosting(policies=120, processes="processes"), late)
    told = witness.of(policy.NoticeGiven, policy.CancellationRescinded, policy.PolicyCancelled)
    kept = {event.policy_id for event in told if type(event) is policy.CancellationRescinded}

    assert kept
    for policy_id in kept:
        names = [name for _, name in days_of(told, policy_id)]
        # One that does not pay the next installment either gets a notice of its own.
        assert names[:2] == ["NoticeGiven", "CancellationRescinded"]
        assert ("CancellationRescinded", "PolicyCancelled") not in set(pairwise(names))


def test_without_the_process_billing_asks_and_nobody_cancels(hosting) -> None:
    witness = during(hosting(policies=60), NOBODY_PAYS)

    assert witness.counts()["CancellationRequested"] > 5
    assert witness.of(policy.NoticeGiven, policy.PolicyCancelled) == []


def test_who_pays_in_time_is_never_looked_at(hosting, monkeypatch) -> None:
    looked = Counter[str]()
    monkeypatch.setattr(Dunning, "_watch", lambda self, account, since: looked.update([account]))
    witness = during(hosting(policies=60), replace(QUIET, payer_late_days_mean=0.1))

    assert len(witness.of(billing.InvoiceFellDue)) > 20
    assert looked == Counter()


def test_money_that_the_bank_takes_back_is_pursued_too(hosting) -> None:
    """Everybody pays in time, and every bank takes the money back days after grace was over."""
    bounced = replace(QUIET, payer_late_days_mean=0.1, return_share=1.0, return_days_mean=9.0)
    witness = during(hosting(policies=60), bounced)
    returned = {event.account_id for event in witness.of(billing.PaymentReturned)}
    pursued = {event.account_id for event in witness.of(dunning.DelinquencyStarted)}

    assert returned
    assert len(pursued & returned) > len(returned) // 2


def test_an_account_has_one_night_a_day(hosting) -> None:
    """Two instalments that are past due at once, and a night for each step: none of them asks a day twice."""
    witness = during(hosting(policies=60), NOBODY_PAYS)
    steps = [(event.delinquency_id, event.number) for event in witness.of(dunning.DunningStepTaken)]

    assert len(steps) == len(set(steps)) > 10
