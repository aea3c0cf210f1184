"""Notice of nonpayment ahead of the due day: with the bill, in a window, or not before default, as the state says."""

from datetime import date, timedelta
from typing import Any, Literal

import pytest
from msgspec.structs import replace

from fixtures.histories import IN_FORCE, account_id, at, policy_id
from fixtures.jurisdictions import florida, state_law
from fixtures.owing_accounts import EVERYTHING
from model.billing.commands import BillInvoice, ReceivePayment
from model.billing.dunning_commands import AgeAccount, PlaceHold, ReleaseHold, SendNonpaymentNotice
from model.billing.dunning_events import CancellationRequested, NonpaymentNoticeSent
from model.carrier import Carrier
from model.choices.delinquency import DelinquencyPlan, DunningStep
from model.choices.policy import Product
from model.core import Core, Recorded
from model.decider import Refusal
from model.money import Money
from model.nonpayment_notice import mailing_window
from model.policy.events import NoticeGiven, PolicyCancelled
from model.policy.period import Cancelled
from model.waiting import pass_time

COASTAL = florida()[1]
AS_OF = date(2026, 6, 1)
ACCOUNT, POLICY = account_id(1), policy_id(1)
BILLED, DUE = date(2026, 6, 11), date(2026, 7, 1)
Line = Literal["home", "personal_auto"]


def insurer(line: Line, lead: int = 20, **billing: Any) -> Carrier:
    """Sends notices ahead where it may, and bills so many days before the due day."""
    chosen = {"nonpayment_notice": "ahead_where_allowed", "bill_lead_days": lead} | billing
    offered = tuple(replace(one, line=line) for one in COASTAL.policy.products) or (Product("homeowners", line),)
    return replace(
        COASTAL,
        line=line,
        billing=replace(COASTAL.billing, **chosen),
        policy=replace(COASTAL.policy, products=offered),
    )


class World:
    """One policy in force under the law of a state, whose first bill is paid and whose second never is."""

    def __init__(self, state: str, carrier: Carrier) -> None:
        self.core = Core(state_law(state, AS_OF), carrier)
        self.seen = list[Any]()
        self.core.observers.append(self._note)
        for step in IN_FORCE:
            self.core.submit(step(1))
            self.core.drain(at=step(1).at)
        self.day = date(2026, 5, 1)

    def _note(self, recorded: Recorded) -> None:
        self.seen.append(recorded.event)

    def until(self, day: date) -> "World":
        while self.day < day:
            self.day += timedelta(days=1)
            for _ in range(3):
                pass_time(self.core, at(self.day))
                self.core.drain(at=at(self.day))
            self._pay_first()
        return self

    def _pay_first(self) -> None:
        first = self.invoices[0]
        if first.step == "due" and first.open:
            about: dict[str, Any] = {"account_id": ACCOUNT, "payment_id": "M-0", "on": self.day, "at": at(self.day)}
            self.core.submit(ReceivePayment(payer_id=first.payer_id, amount=Money(first.open, "USD"), **about))

    def ask(self, command: Any) -> Any:
        answer = self.core.submit(command)
        self.core.drain(at=command.at)
        return answer

    @property
    def invoices(self) -> Any:
        return getattr(self.core.account(ACCOUNT), "invoices", ())

    def of(self, kind: type, number: int | None = None) -> list[Any]:
        return [one for one in self.seen if type(one) is kind and number in (None, getattr(one, "number", None))]


def mailed(world: World, number: int = 1) -> list[date]:
    return [notice.on for notice in world.of(NonpaymentNoticeSent, number)]


def test_in_ohio_the_notice_goes_with_the_bill_and_ends_nothing_before_the_due_day():
    """O.R.C. 3937.47(B) and 3937.32(A)(5): ten days, on or after the due day."""
    world = World("OH", insurer("home")).until(DUE - timedelta(days=1))
    (notice,) = world.of(NonpaymentNoticeSent, 1)

    assert (notice.on, notice.due_on, notice.earliest) == (BILLED, DUE, DUE)
    assert notice.row_id == "oh.cancellation.personal_lines_nonpay_notice"
    assert notice.amount.minor == world.invoices[1].open


def test_billed_less_than_its_days_ahead_the_notice_takes_its_days_beyond_the_due_day():
    world = World("OH", insurer("home", lead=5)).until(DUE)
    (notice,) = world.of(NonpaymentNoticeSent, 1)

    assert (notice.on, notice.earliest) == (date(2026, 6, 26), date(2026, 7, 6))


@pytest.mark.parametrize(
    ("lead", "sent"),
    [(20, [date(2026, 6, 11)]), (45, [date(2026, 6, 1)]), (5, [])],
    ids=["with the bill", "a night in the window", "too late for it"],
)
def test_in_colorado_the_notice_is_mailed_in_the_window_ahead_of_the_due_day(lead, sent):
    """C.R.S. 10-4-603(1): 10 to 30 days before the premium is due, else once it is missed."""
    world = World("CO", insurer("personal_auto", lead)).until(DUE)

    assert mailing_window(world.core.law, world.core.carrier, "personal_auto", DUE) == (
        date(2026, 6, 1),
        date(2026, 6, 21),
    )
    assert mailed(world) == sent


@pytest.mark.parametrize(
    ("state", "carrier"),
    [
        ("CA", insurer("personal_auto")),
        ("MI", insurer("personal_auto")),
        ("FL", insurer("home")),
        ("OH", insurer("home", nonpayment_notice="after_default")),
    ],
    ids=["California auto", "Michigan auto", "a silent state, a carrier that waits", "an insurer that waits"],
)
def test_where_it_may_not_or_the_insurer_waits_nothing_goes_out_before_default(state, carrier):
    """Cal. Ins. Code 662(a)(1); MCL 500.3020(1)(b)."""
    world = World(state, carrier).until(DUE)
    asked = SendNonpaymentNotice(account_id=ACCOUNT, number=1, on=DUE, at=at(DUE))

    assert world.of(NonpaymentNoticeSent) == []
    assert world.ask(asked) == ()


def test_a_silent_state_leaves_it_to_the_carrier():
    carrier = insurer("home")
    carrier = replace(carrier, policy=replace(carrier.policy, nonpay_notice_timing="with_bill"))

    assert mailed(World("FL", carrier).until(DUE)) == [BILLED]


def test_noticed_with_the_bill_the_cover_ends_when_grace_is_over_and_else_ten_days_after_it_is_asked_for():
    ends: dict[str, tuple[date, date, date]] = {}
    for choice in ("ahead_where_allowed", "after_default"):
        world = World("OH", insurer("home", nonpayment_notice=choice)).until(date(2026, 8, 1))
        (asked,), (given,), (cancelled,) = (
            world.of(kind) for kind in (CancellationRequested, NoticeGiven, PolicyCancelled)
        )
        assert isinstance(world.core.policy(POLICY), Cancelled)
        ends[choice] = (asked.on, given.mailed_on, cancelled.on)

    assert ends == {
        "ahead_where_allowed": (date(2026, 7, 6), BILLED, date(2026, 7, 6)),
        "after_default": (date(2026, 7, 16), date(2026, 7, 16), date(2026, 7, 26)),
    }


def test_noticed_late_the_cover_ends_on_the_day_of_the_notice_and_not_with_grace():
    world = World("OH", insurer("home", lead=1)).until(date(2026, 8, 1))
    (notice,) = world.of(NonpaymentNoticeSent, 1)
    (cancelled,) = world.of(PolicyCancelled)

    assert (notice.on, notice.earliest) == (date(2026, 6, 30), date(2026, 7, 10))
    assert cancelled.on == notice.earliest


def test_in_california_auto_the_notice_follows_the_default_and_is_cured_through_the_day_that_it_names():
    """Cal. Ins. Code 662(a): ten days after the mailing, itself after the due day, and money of the last day counts."""
    plan = DelinquencyPlan(past_due=(DunningStep("cancel_request", 0),), grace_days=2)
    world = World("CA", insurer("personal_auto", delinquency=plan)).until(date(2026, 7, 14))
    (given,) = world.of(NoticeGiven)

    assert given.mailed_on == date(2026, 7, 3) > DUE
    assert given.effective == given.cure_until == date(2026, 7, 13)


def test_a_bill_on_a_day_without_mail_is_followed_by_its_notice_on_the_next_one_with():
    world = World("OH", insurer("home", lead=17)).until(DUE)
    (billed,) = (one for one in world.invoices if one.number == 1)

    assert billed.bill_on == date(2026, 6, 14)
    assert billed.bill_on.weekday() == 6
    assert mailed(world) == [date(2026, 6, 15)]


def test_what_a_hold_met_takes_a_new_notice():
    world = World("OH", insurer("home")).until(date(2026, 6, 15))
    held, freed = date(2026, 6, 16), date(2026, 6, 22)
    world.ask(PlaceHold(account_id=ACCOUNT, hold_id="H", suspends=EVERYTHING, on=held, at=at(held)))
    world.until(freed)
    assert mailed(world) == [BILLED]
    world.ask(ReleaseHold(account_id=ACCOUNT, hold_id="H", on=freed, at=at(freed)))
    world.until(date(2026, 7, 10))

    again = freed + timedelta(days=1)
    assert mailed(world) == [BILLED, again]
    assert [one.noticed_on for one in world.of(CancellationRequested)] == [again]


def test_a_notice_is_sent_once_and_for_what_is_billed_only():
    world = World("OH", insurer("home")).until(BILLED)
    again = SendNonpaymentNotice(account_id=ACCOUNT, number=1, on=BILLED, at=at(BILLED))

    assert world.ask(again) == ()
    assert world.ask(replace(again, number=2)) == ()
    assert world.ask(AgeAccount(account_id=ACCOUNT, on=BILLED, at=at(BILLED))) == ()
    assert isinstance(world.ask(replace(again, number=99)), Refusal)
    assert world.ask(BillInvoice(account_id=ACCOUNT, number=1, on=BILLED, at=at(BILLED))) == ()
