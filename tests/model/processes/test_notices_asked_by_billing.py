"""What billing asks for when a due day is missed, and what the law of each state makes of it: the days of mailing, the
day on which cover ends, and the last day on which money keeps it, from the missed day to the end through all contexts.
"""

from datetime import date, timedelta
from typing import Any, Literal

import pytest
from msgspec.structs import replace

from fixtures.histories import account_id, at, insured_id, policy_id, terms, usd
from fixtures.jurisdictions import florida, state_law
from model.billing.commands import ReceivePayment
from model.billing.dunning_events import CancellationRequested
from model.choices.delinquency import DelinquencyPlan, DunningStep
from model.choices.policy import Product
from model.core import Core, Recorded
from model.policy import commands as policy
from model.policy.events import NoticeGiven
from model.policy.states import Cancelled, InForce
from model.policy.terms import Charge
from model.waiting import pass_time

COASTAL = florida()[1]
AS_OF = date(2026, 6, 1)
ACCOUNT, POLICY = account_id(1), policy_id(1)
AT_ONCE = DelinquencyPlan(
    grace_days=0, past_due=(DunningStep("cancel_request", 0),), start_minor=500, exit_minor=500, step_day_roll="none"
)
"""Pursues on the very night of the due day, so that what waits is the law alone."""
Line = Literal["home", "personal_auto"]


class World:
    """A policy for 1,200.00, billed at once, of which `paid` came on the first day and the rest did not."""

    def __init__(self, state: str, *, start: date, paid: str, line: Line = "personal_auto") -> None:
        carrier = replace(
            COASTAL,
            line=line,
            billing=replace(COASTAL.billing, delinquency=AT_ONCE),
            policy=replace(COASTAL.policy, products=(Product("homeowners", line),)),
        )
        self.core = Core(state_law(state, AS_OF), carrier)
        self.seen = list[Any]()
        self.core.observers.append(self._note)
        offered = replace(
            terms(1),
            state=state,
            start=start,
            end=start.replace(year=start.year + 1),
            plan="full_pay",
            autopay="off",
            charges=(Charge("premium", usd("1200.00")),),
        )
        about: Any = {"policy_id": POLICY, "on": start, "at": at(start)}
        self._ask(policy.QuotePolicy(terms=offered, **about))
        self._ask(policy.BindPolicy(**about))
        self._ask(policy.IssuePolicy(**about))
        self.day = start
        self.pay(paid)

    def _note(self, recorded: Recorded) -> None:
        self.seen.append(recorded.event)

    def _ask(self, command: Any) -> None:
        self.core.submit(command)
        self.core.drain(at=command.at)

    def pay(self, amount: str) -> "World":
        money = usd(amount)
        self._ask(
            ReceivePayment(
                account_id=ACCOUNT,
                payment_id=f"M-{self.day}",
                payer_id=insured_id(1),
                amount=money,
                on=self.day,
                at=at(self.day),
            )
        )
        return self

    def until(self, day: date) -> "World":
        while self.day < day:
            for _ in range(3):
                pass_time(self.core, at(self.day))
                self.core.drain(at=at(self.day))
            self.day += timedelta(days=1)
        return self

    def of(self, kind: type) -> list[Any]:
        return [one for one in self.seen if type(one) is kind]

    @property
    def process(self) -> Any:
        (found,) = self.core.nonpayments.states.values()
        return found


def test_new_jersey_is_asked_in_january_and_ends_cover_on_the_day_that_the_money_received_leaves():
    """1,200.00 for 365 days from 1 January, of which 400.00 came: paid through 1 May, the tenth day before that is
    21 April (N.J.A.C. 11:3-7.6(b)). No more than 30 days ahead of it is a notice mailed (11:3-7.6(d)), so that the
    process asks again until Monday, 23 March.
    """
    world = World("NJ", start=date(2026, 1, 1), paid="400.00").until(date(2026, 3, 20))
    (asked,) = world.of(CancellationRequested)
    assert (asked.due_on, asked.received) == (date(2026, 1, 1), usd("400.00"))
    assert (type(world.process).__name__, world.process.because) == ("Deferred", "notice_too_early")

    (notice,) = world.until(date(2026, 4, 25)).of(NoticeGiven)
    ended: Any = world.core.policy(POLICY)

    assert (notice.mailed_on, notice.effective) == (date(2026, 3, 23), date(2026, 4, 21))
    assert isinstance(ended, Cancelled)
    assert ended.cancelled_on == date(2026, 4, 21)


def test_without_what_was_received_new_jersey_would_end_cover_after_the_days_of_the_notice_alone(monkeypatch):
    """The defect that this hand-over had: billing did not say what it received."""
    monkeypatch.setattr("model.billing.pursuit.premium_received", lambda account, policy_id: 0)
    (notice,) = World("NJ", start=date(2026, 1, 1), paid="400.00").until(date(2026, 3, 20)).of(NoticeGiven)

    assert notice.effective < date(2026, 4, 21)


MISSED = date(2026, 4, 2)
"""A Thursday before a Friday with mail."""


@pytest.mark.parametrize(
    ("state", "line", "mailed"),
    [
        ("CA", "personal_auto", date(2026, 4, 3)),
        ("MI", "personal_auto", date(2026, 4, 3)),
        ("CO", "personal_auto", date(2026, 4, 3)),
        ("OH", "personal_auto", MISSED),
        ("OH", "home", MISSED),
    ],
)
def test_a_request_on_the_due_day_itself_is_mailed_then_or_once_the_day_is_missed(state, line, mailed):
    """A state that asks for a default refuses the ask of the due day, which comes again; Ohio's notice may ride on the
    bill (Cal. Ins. Code 662, Yang v. Everest, C.R.S. 10-4-603(1), O.R.C. 3937.32(A)(5) and 3937.47(B)).
    """
    world = World(state, start=MISSED, paid="100.00", line=line).until(MISSED + timedelta(days=5))
    (asked,) = world.of(CancellationRequested)
    (notice,) = world.of(NoticeGiven)

    assert (asked.on, asked.due_on) == (MISSED, MISSED)
    assert notice.mailed_on == mailed


def test_california_lets_money_cure_through_the_tenth_day_which_is_the_day_that_ends_cover():
    """Notice on 3 April, cured through 13 April, on which cover ends if it is not (Cal. Ins. Code 662(a)(2))."""
    world = World("CA", start=MISSED, paid="100.00").until(date(2026, 4, 13))
    (notice,) = world.of(NoticeGiven)
    assert (notice.mailed_on, notice.effective, notice.cure_until) == (
        date(2026, 4, 3),
        date(2026, 4, 13),
        date(2026, 4, 13),
    )

    world.pay("1100.00").until(date(2026, 4, 20))

    assert isinstance(world.core.policy(POLICY), InForce)
    assert type(world.process).__name__ == "Kept"


def test_a_day_later_california_has_ended_cover_on_the_day_of_the_notice():
    world = World("CA", start=MISSED, paid="100.00").until(date(2026, 4, 15))
    ended: Any = world.core.policy(POLICY)
    assert isinstance(ended, Cancelled)
    assert ended.cancelled_on == date(2026, 4, 13)

    world.pay("1100.00").until(date(2026, 4, 20))

    assert isinstance(world.core.policy(POLICY), Cancelled)


def test_elsewhere_money_on_the_day_of_the_notice_is_a_day_late():
    world = World("OH", start=MISSED, paid="100.00").until(date(2026, 4, 13)).pay("1100.00").until(date(2026, 4, 20))
    (notice,) = world.of(NoticeGiven)

    assert notice.effective == date(2026, 4, 12)
    assert isinstance(world.core.policy(POLICY), Cancelled)
