"""B25: premium that is earned as its days pass leaves unearned premium, to the cent and however often it is asked."""

from datetime import date, timedelta
from typing import Any, cast, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.histories import START, account_id, at, history, play, policy_id
from fixtures.jurisdictions import florida
from fixtures.policy_histories import EVERY_HISTORY, every_history
from model.billing.account import NoAccount
from model.billing.commands import CreditCharges, ReceiveCharges
from model.billing.dunning_commands import RecordPolicyEnd, RecordPolicyReturn
from model.billing.earning import (
    Command,
    Earned,
    EarnPremium,
    Event,
    NothingEarned,
    PremiumEarned,
    State,
    decider,
    earned_minor,
    to_be_earned,
)
from model.billing.plan import Charge, Payer
from model.books import Books
from model.core import Core
from model.money import Money
from model.policy.proration import earning

LAW, CARRIER = florida()
FIRST, LAST, HALF = date(2025, 1, 1), date(2026, 1, 1), date(2025, 7, 2)


def usd(minor: int) -> Money:
    return Money(minor, "USD")


class Year:
    """A policy of 1,200.00 for 2025, with 24.00 of tax and 25.00 of fee, and its books."""

    def __init__(self) -> None:
        self.core = Core(LAW, CARRIER)
        self.books = Books(CARRIER)
        self.core.observers.append(self.books)
        self.charge("B-1", {"premium": 120000, "tax": 2400, "fee": 2500}, FIRST)

    def charge(self, name: str, charges: dict[str, int], on: date, kind: Any = "term") -> None:
        self.core.submit(
            ReceiveCharges(
                account_id="A", instruction_id=name, policy_id="P", plan="monthly", autopay="off", kind=kind,
                payers=(Payer("I", "insured", 1),), charges=tuple(Charge(k, usd(v)) for k, v in charges.items()),
                on=on, starts=FIRST, ends=LAST, at=at(FIRST),
            )
        )  # fmt: skip

    def credit(self, name: str, minor: int, on: date) -> None:
        charges = (Charge("premium", usd(-minor)),)
        self.core.submit(
            CreditCharges(account_id="A", instruction_id=name, policy_id="P", charges=charges, on=on, at=at(on))
        )

    def cancel(self, on: date, minor: int) -> None:
        self.core.submit(RecordPolicyEnd(account_id="A", policy_id="P", cancelled_on=on, on=on, at=at(on)))
        self.credit("C-1", minor, on)

    def reinstate(self, on: date, minor: int) -> None:
        self.core.submit(RecordPolicyReturn(account_id="A", policy_id="P", cancelled_on=on, on=on, at=at(on)))
        self.charge("R-1", {"premium": minor}, on, "endorsement")

    def earn(self, through: date) -> Any:
        return self.core.submit(earn(through))

    def balance(self, name: str) -> int:
        return self.books.ledger.balances.get((name, "USD"), 0)

    @property
    def earned(self) -> int:
        return -self.balance("earned_premium")


def earn(through: date, account: str = "A", policy: str = "P") -> EarnPremium:
    return EarnPremium(account_id=account, policy_id=policy, through=through, on=through, at=at(through))


# --- the table


def billed() -> Any:
    return Year().core.account("A")


ACCOUNT = billed()
MACHINE = decider(CARRIER, lambda name: ACCOUNT if name == "A" else NoAccount())
COMMANDS = {
    "EarnPremium": earn(HALF),
    "EarnPremium(before)": earn(FIRST),
    "EarnPremium(all)": earn(LAST),
    "EarnPremium(account)": earn(HALF, account="B"),
    "EarnPremium(policy)": earn(HALF, policy="Q"),
}
STATES = {"NothingEarned": NothingEarned(), "Half": Earned(HALF, 59836), "All": Earned(LAST, 120000)}
TABLE = """
#                     NothingEarned    Half             All
EarnPremium           PremiumEarned    -                -
EarnPremium(before)   -                -                -
EarnPremium(all)      PremiumEarned    PremiumEarned    -
EarnPremium(account)  unknown_account  unknown_account  unknown_account
EarnPremium(policy)   unknown_policy   unknown_policy   unknown_policy
"""


def test_every_cell_of_the_table(command, state, wanted, answered):
    assert answered(MACHINE.decide(command, state)) == wanted


def test_the_table_has_the_command_every_state_and_the_event():
    assert {type(command) for command in COMMANDS.values()} == {Command}
    assert {type(state) for state in STATES.values()} == set(get_args(State))
    decided: Any = MACHINE.decide(earn(HALF), NothingEarned())
    assert {type(event) for event in decided} == {Event}


# --- money


def test_half_a_year_is_earned_by_its_days_and_tax_and_fees_are_not_premium():
    """V1: 182 of 365 days of 1,200.00 are 598.36."""
    year = Year()
    year.earn(HALF)

    assert (year.earned, year.balance("unearned_premium")) == (59836, -(120000 - 59836))
    assert (year.balance("taxes_payable"), year.balance("fee_income")) != (0, 0)


def test_a_day_asked_for_again_or_too_late_earns_nothing_twice():
    year = Year()
    year.earn(HALF)

    assert year.earn(HALF) == ()
    assert year.earn(HALF - timedelta(days=30)) == ()
    assert year.earned == 59836


def test_a_change_within_the_term_is_earned_from_its_day_and_one_told_late_is_caught_up():
    """184.00 for the 184 days from 1 July: one dollar a day."""
    year = Year()
    year.earn(HALF)
    year.charge("E-1", {"premium": 18400}, date(2025, 7, 1), "endorsement")
    (caught_up,) = year.earn(HALF)

    assert caught_up.amount == usd(100)
    year.earn(LAST)
    assert (year.earned, year.balance("unearned_premium")) == (138400, 0)


def test_what_a_cancellation_did_not_give_back_is_earned_on_its_day():
    year = Year()
    year.cancel(HALF, 54148)
    year.earn(HALF)

    assert (year.earned, year.balance("unearned_premium")) == (120000 - 54148, 0)
    assert year.earn(LAST) == ()


def test_a_flat_cancellation_takes_back_what_was_earned():
    year = Year()
    year.earn(HALF)
    year.cancel(FIRST, 120000)
    year.earn(HALF)

    assert (year.earned, year.balance("unearned_premium")) == (0, 0)


def test_a_reinstatement_goes_on_earning_as_if_nothing_had_been():
    year = Year()
    year.cancel(HALF, 60164)
    year.earn(HALF)
    year.reinstate(HALF, 60164)
    year.earn(HALF + timedelta(days=10))

    assert year.earned == pytest.approx(120000 * 192 / 365, abs=1.01)
    year.earn(LAST)
    assert (year.earned, year.balance("unearned_premium")) == (120000, 0)


def test_return_premium_that_waits_for_its_charges_is_not_earned_backwards():
    """More came back than was charged: the rest is in no ledger before its charges are."""
    year = Year()
    year.credit("C-1", 130000, FIRST)
    year.earn(LAST)

    assert (year.earned, year.balance("unearned_premium")) == (0, 0)


@settings(derandomize=True, deadline=None, max_examples=40)
@given(
    days=st.lists(st.integers(-40, 400), min_size=1, max_size=6),
    changes=st.lists(st.tuples(st.integers(0, 364), st.integers(-30000, 30000)), max_size=3),
)
def test_earned_and_unearned_are_what_was_written_however_often_and_when_it_is_asked(days, changes):
    year, written = Year(), 120000
    for number, (after, minor) in enumerate(changes):
        on = FIRST + timedelta(days=after)
        if minor > 0:
            year.charge(f"E-{number}", {"premium": minor}, on, "endorsement")
        elif minor < 0:
            year.credit(f"E-{number}", -minor, on)
        written += minor
        year.earn(FIRST + timedelta(days=days[number % len(days)]))
    for day in days:
        year.earn(FIRST + timedelta(days=day))
        assert year.earned - year.balance("unearned_premium") == written
    year.earn(LAST)

    assert (year.earned, year.balance("unearned_premium")) == (written, 0)
    assert sum(year.books.ledger.balances.values()) == 0


SOLD_ONCE = [name for name in EVERY_HISTORY if name.startswith(("a policy", "an expired", "a payment"))]


@pytest.mark.parametrize("name", [name for name in SOLD_ONCE if name not in ("a policy renewed", "a policy rewritten")])
def test_billing_earns_what_policy_says_is_earned(name):
    """Two contexts that were told the same: within a cent for each instruction that is rounded on its own."""
    core = Core(LAW, CARRIER)
    play(core, every_history(name))
    account: Any = core.account(account_id(1))
    period = cast("Any", core.policy(policy_id(1))).period
    for days in (0, 1, 30, 100, 182, 183, 184, 250, 364, 365, 400):
        on = START + timedelta(days=days)
        said = next(one.earned for one in earning(CARRIER, period, on) if one.pattern == "premium")

        assert abs(earned_minor(CARRIER, account, policy_id(1), on) - said) < len(account.instructions)


def test_a_renewal_is_earned_after_the_term_before_it():
    core = Core(LAW, CARRIER)
    play(core, every_history("a policy renewed"))
    account: Any = core.account(account_id(1))
    months = [earned_minor(CARRIER, account, policy_id(1), START + timedelta(days=30 * k)) for k in range(26)]

    assert months == sorted(months)
    assert months[12] < 240000 < months[13]
    assert months[-1] == sum(
        charge.amount.minor for told in account.instructions for charge in told.charges if charge.pattern == "premium"
    )


def test_the_close_of_a_day_asks_for_each_policy_once():
    core = Core(LAW, CARRIER)
    play(core, history("a policy in force"))
    account: Any = core.account(account_id(1))
    (asked,) = to_be_earned(account, through=START, on=START, at=at(START))

    assert (asked.account_id, asked.policy_id, asked.through) == (account_id(1), policy_id(1), START)


def test_books_that_forget_an_earning_no_longer_say_what_the_machine_says():
    """The planted defect of the balance above."""
    year = Year()
    year.core.observers.remove(year.books)
    (lost,) = year.earn(HALF)
    year.core.observers.append(year.books)
    year.earn(LAST)

    assert isinstance(lost, PremiumEarned)
    assert year.balance("unearned_premium") == -lost.amount.minor
