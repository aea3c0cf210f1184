"""A lender orders the cancellation of what it financed and gets its money back: one story through every context."""

from datetime import date, timedelta
from typing import Any

import pytest

from fixtures.finance_histories import ORDERED
from fixtures.histories import CANCELLED, account_id, at, play, policy_id, usd
from fixtures.jurisdictions import florida
from fixtures.money_days import named
from fixtures.money_histories import money_history
from model.billing.finance_messages import CancellationOrdered, ThirdPartyNoticed
from model.billing.money_commands import ApproveDisbursement, ExecuteDisbursement
from model.books import Books
from model.core import Core
from model.decider import Refusal
from model.invariants import ACCOUNT_INVARIANTS, judged
from model.payments.commands import ReportFailure, ReportSuccess
from model.payments.naming import disbursement_id as intent_of
from model.policy.events import PolicyCancelled
from model.published.seen import account_view

APPROVED = CANCELLED + timedelta(days=1)
SENT = CANCELLED + timedelta(days=5)


class Told:
    def __init__(self) -> None:
        self.core = Core(*florida())
        self.books = Books(self.core.carrier)
        self.events: list[Any] = []
        self.core.observers += [self.books, lambda recorded: self.events.append(recorded.event)]
        assert not [one for one in play(self.core, money_history("a financed policy, cancelled by its lender"))
                    if isinstance(one, Refusal)]  # fmt: skip

    @property
    def account(self) -> Any:
        view = account_view(self.core.account(account_id(1)))
        assert view is not None
        assert list(judged(ACCOUNT_INVARIANTS, "A", view)) == []
        return self.core.account(account_id(1))

    @property
    def lenders(self) -> Any:
        (one,) = self.account.disbursements
        return one

    def ask(self, command: Any) -> Any:
        answer = self.core.submit(command)
        refused = self.core.drain(at=command.at)
        assert refused == ()
        return answer

    def approved(self) -> "Told":
        self.ask(ApproveDisbursement(account_id=account_id(1), disbursement_id=self.lenders.disbursement_id, by="ann",
                                     on=APPROVED, at=at(APPROVED)))  # fmt: skip
        return self

    @property
    def intent(self) -> str:
        return intent_of(account_id(1), self.lenders.disbursement_id)

    def ledger(self, name: str) -> int:
        return self.books.ledger.balances.get((name, "USD"), 0)


def test_third_parties_are_told_before_policy_cancels_as_if_the_insured_had_asked():
    told = Told()
    kinds = [type(event) for event in told.events]
    cancelled = next(event for event in told.events if isinstance(event, PolicyCancelled))

    assert kinds.index(CancellationOrdered) < kinds.index(ThirdPartyNoticed) < kinds.index(PolicyCancelled)
    assert next(event for event in told.events if isinstance(event, ThirdPartyNoticed)).on == ORDERED
    assert (cancelled.policy_id, cancelled.reason, cancelled.on) == (policy_id(1), "insured_request", CANCELLED)


def test_what_comes_back_is_drafted_to_the_lender_first_and_the_rest_waits_for_the_insured():
    """Of 1,218.25 the lender is owed 1,000.00."""
    told = Told()
    one = told.lenders

    assert (one.party_id, one.payer_id, one.amount, one.status) == ("LENDER", named("I", 1), usd("1000.00"), "draft")
    assert told.account.unapplied == usd("218.25")
    assert told.ledger("disbursements_payable") == -100000


def test_payments_sends_it_and_billing_hears_that_it_went():
    told = Told().approved()
    intent: Any = told.core.intent(told.intent)
    assert (intent.order.purpose, intent.order.party_id, intent.order.amount) == (
        "disbursement", "LENDER", usd("1000.00"),
    )  # fmt: skip
    told.ask(ReportSuccess(intent_id=told.intent, on=SENT, at=at(SENT)))

    assert told.lenders.status == "executed"
    assert told.ledger("disbursements_payable") == 0
    assert told.ledger("cash") == 246820 - 100000
    assert [one.disbursed for one in told.account.credits] == [100000]


def test_what_went_before_its_day_is_booked_all_the_same():
    told = Told().approved()
    early = APPROVED
    instructed = ExecuteDisbursement(account_id=account_id(1), disbursement_id=told.lenders.disbursement_id,
                                     on=early, at=at(early))  # fmt: skip
    answer = told.core.submit(instructed)
    assert isinstance(answer, Refusal)
    assert answer.code == "not_yet"
    told.ask(ReportSuccess(intent_id=told.intent, on=early, at=at(early)))
    assert told.lenders.status == "executed"


def test_what_could_not_be_sent_is_the_insureds_unapplied_money_again():
    told = Told().approved()
    told.ask(ReportFailure(intent_id=told.intent, reason="R03", on=SENT, at=at(SENT)))

    assert told.lenders.status == "rejected"
    assert told.account.unapplied == usd("1218.25")
    assert (told.ledger("cash"), told.ledger("disbursements_payable")) == (246820, 0)


@pytest.mark.parametrize("days", [0, 40])
def test_the_news_may_come_twice_and_changes_nothing(days):
    told = Told().approved()
    on: date = SENT + timedelta(days=days)
    told.core.submit(ReportSuccess(intent_id=told.intent, on=on, at=at(on)))
    (envelope,) = [one for one in told.core.outbox if one.type == "insurance.payments.intent.succeeded.v1"]
    told.core.drain(at=at(on))
    before = told.account
    assert told.core.deliver(envelope, to="billing", at=at(on)) == ((),)
    assert told.account == before
