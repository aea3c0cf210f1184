"""A disbursement between billing and payments: whoever stops it, and whatever the bank says, its money is in one place."""

from itertools import permutations
from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.billing_histories import PAID_ON, SENT_ON, billing_history
from fixtures.histories import account_id, at, insured_id, usd
from fixtures.jurisdictions import florida
from model.billing.commands import BillInvoice, ReturnPayment
from model.billing.money_commands import RejectDisbursement
from model.books import Books
from model.choices.payments import Method
from model.core import Core
from model.decider import Refusal
from model.invariants import ACCOUNT_INVARIANTS, judged
from model.payments.commands import HearProcessor, ReportFailure, ReportSuccess, ReturnMoney, StopPayout
from model.payments.naming import disbursement_id as intent_of
from model.published.seen import account_view

ACCOUNT, BACK = account_id(1), usd("86.36")
INTENT = intent_of(ACCOUNT, "BACK")
ABOUT: dict[str, Any] = {"on": SENT_ON, "at": at(SENT_ON)}
REJECT = RejectDisbursement(account_id=ACCOUNT, disbursement_id="BACK", reason="owed elsewhere", **ABOUT)


class Asked:
    """86.36 too many were paid, and are approved to go back."""

    def __init__(self, by: Method = "ach") -> None:
        law, carrier = florida()
        self.core = Core(law, replace(carrier, payments=replace(carrier.payments, payout_method=by)))
        self.books = Books(self.core.carrier)
        self.core.observers.append(self.books)
        *steps, _executed = billing_history("a payment too many, sent back").commands
        for command in steps:
            assert not isinstance(self.core.submit(command), Refusal)
            assert self.core.drain(at=command.at) == ()

    def hears(self, *commands: Any) -> "Asked":
        for command in commands:
            assert not isinstance(self.core.submit(command), Refusal)
            assert self.core.drain(at=command.at) == ()
        return self

    @property
    def account(self) -> Any:
        state: Any = self.core.account(ACCOUNT)
        view = account_view(state)
        assert view is not None
        assert list(judged(ACCOUNT_INVARIANTS, "A", view)) == []
        return state

    def found(self) -> tuple[str, str, int]:
        """What became of it here and there, and what is unapplied in minor units; the books say the same."""
        account, intent = self.account, self.core.intent(INTENT)
        balances = self.books.ledger.balances
        assert balances.get(("unapplied_cash", "USD"), 0) == -account.unapplied.minor
        assert balances.get(("disbursements_payable", "USD"), 0) == -sum(one.held for one in account.payments)
        return account.disbursements[0].status, type(intent).__name__, account.unapplied.minor


def test_what_the_approver_rejects_is_stopped_at_payments_and_unapplied_once():
    asked = Asked()
    assert asked.found() == ("approved", "Processing", 0)
    asked.hears(REJECT, REJECT)

    assert asked.found() == ("rejected", "Failed", BACK.minor)


def test_what_the_bank_would_not_pay_is_unapplied_once():
    asked = Asked().hears(ReportFailure(intent_id=INTENT, reason="R03", **ABOUT), REJECT)

    assert asked.found() == ("rejected", "Failed", BACK.minor)


def test_what_was_booked_as_gone_by_hand_and_never_went_is_unapplied_once():
    executed = billing_history("a payment too many, sent back").commands[-1]
    asked = Asked().hears(executed)
    assert asked.found() == ("executed", "Processing", 0)
    asked.hears(ReportFailure(intent_id=INTENT, reason="R03", **ABOUT))

    assert asked.found() == ("reversed", "Failed", BACK.minor)


def test_what_came_back_from_the_bank_is_unapplied_once_and_is_not_sent_again():
    asked = Asked().hears(
        ReportSuccess(intent_id=INTENT, **ABOUT), ReturnMoney(intent_id=INTENT, reason="R01", **ABOUT)
    )

    assert asked.found() == ("reversed", "Returned", BACK.minor)


def test_a_cheque_in_the_mail_is_stopped_until_the_bank_has_paid_it():
    asked = Asked("cheque").hears(ReportSuccess(intent_id=INTENT, **ABOUT))
    assert asked.found() == ("executed", "Succeeded", 0)
    asked.hears(StopPayout(intent_id=INTENT, amount=BACK, reason="lost in the mail", **ABOUT))

    assert asked.found() == ("reversed", "Returned", BACK.minor)


def test_what_had_left_when_it_was_rejected_is_taken_from_what_is_unapplied():
    asked = Asked().hears(HearProcessor(intent_id=INTENT, attempt=1, says="accepted", **ABOUT))
    assert asked.core.submit(REJECT)
    (refused,) = asked.core.drain(at=at(SENT_ON))
    assert refused.code == "payout_left"
    assert asked.found() == ("rejected", "Processing", BACK.minor)
    asked.hears(ReportSuccess(intent_id=INTENT, **ABOUT))

    assert asked.found() == ("executed", "Succeeded", 0)


def test_what_left_and_had_paid_a_bill_meanwhile_is_owed():
    """The next bill takes the 86.36; then they turn out to have left as well."""
    asked = Asked().hears(HearProcessor(intent_id=INTENT, attempt=1, says="accepted", **ABOUT))
    asked.core.submit(REJECT)
    asked.core.drain(at=at(SENT_ON))
    before = len(asked.account.invoices)
    asked.hears(BillInvoice(account_id=ACCOUNT, number=1, **ABOUT), ReportSuccess(intent_id=INTENT, **ABOUT))

    assert asked.found() == ("executed", "Succeeded", 0)
    owed = asked.account.invoices[before]
    assert (owed.items[0].pattern, owed.open, owed.payer_id) == ("recapture", BACK.minor, insured_id(1))


def test_a_payment_that_bounces_stops_what_was_to_go_back_of_it():
    asked = Asked().hears(
        ReturnPayment(account_id=ACCOUNT, payment_id="CHEQUE-1", reason="R01", on=PAID_ON, at=at(PAID_ON))
    )

    assert asked.found() == ("rejected", "Failed", 0)


NEWS = ("insurance.payments.intent.succeeded.v1", "insurance.payments.return.received.v1")


@pytest.mark.parametrize("order", [*permutations(NEWS), (*NEWS, *NEWS), (NEWS[1], NEWS[1], NEWS[0])])
@pytest.mark.parametrize("rejected", ["rejected", "approved"])
def test_news_of_the_bank_comes_to_the_same_in_any_order_and_however_often(order, rejected):
    asked = Asked()
    if rejected == "rejected":
        asked.hears(HearProcessor(intent_id=INTENT, attempt=1, says="accepted", **ABOUT))
        asked.core.submit(REJECT)
        asked.core.drain(at=at(SENT_ON))
    asked.core.submit(ReportSuccess(intent_id=INTENT, **ABOUT))
    asked.core.submit(ReturnMoney(intent_id=INTENT, reason="R03", **ABOUT))
    news = {envelope.type: envelope for envelope in asked.core.outbox}
    asked.core.outbox.clear()
    for kind in order:
        answers = asked.core.deliver(news[kind], to="billing", at=at(SENT_ON))
        assert not [one for one in answers if isinstance(one, Refusal)]

    assert asked.found() == ("reversed", "Returned", BACK.minor)
