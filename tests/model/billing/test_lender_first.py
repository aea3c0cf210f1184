"""A lender orders the cancellation of what it financed and gets its money back: one story through every context."""

from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.finance_histories import ORDERED, quote_in_full
from fixtures.histories import (
    CANCELLED,
    IN_FORCE,
    START,
    History,
    account_id,
    at,
    bill,
    cancel,
    play,
    policy_id,
    usd,
)
from fixtures.jurisdictions import florida
from fixtures.money_days import named
from fixtures.money_histories import money_history
from model.billing import refunding
from model.billing.commands import ReceivePayment
from model.billing.finance_messages import CancellationOrdered, ReturnPremiumDivided, ThirdPartyNoticed
from model.billing.money_commands import ApproveDisbursement, ExecuteDisbursement
from model.billing.plan import Charge, Payer
from model.billing.standing import Account, Instruction, Payment
from model.books import Books
from model.choices.billing import ReturnPremiumRemainder
from model.core import Core
from model.decider import Refusal
from model.invariants import ACCOUNT_INVARIANTS, judged
from model.money import Money
from model.payments.commands import ReportFailure, ReportSuccess
from model.payments.naming import disbursement_id as intent_of
from model.policy.events import PolicyCancelled
from model.published.seen import account_view

FINANCED = money_history("a financed policy, cancelled by its lender")
APPROVED = CANCELLED + timedelta(days=1)
SENT = CANCELLED + timedelta(days=5)


def pay_in_full(number: int) -> ReceivePayment:
    return ReceivePayment(account_id=account_id(number), payment_id="CHEQUE", payer_id=named("I", number),
                          amount=usd("2468.20"), on=START, at=at(START))  # fmt: skip


PAID_BY_THE_INSURED = History(
    "a policy paid in full and cancelled",
    tuple(step(1) for step in (quote_in_full, *IN_FORCE[1:], bill(0), pay_in_full, cancel)),
)


class Told:
    def __init__(self, remainder: ReturnPremiumRemainder = "keep_unapplied", story: History = FINANCED) -> None:
        law, carrier = florida()
        billing = replace(carrier.billing, return_premium_remainder=remainder)
        self.core = Core(law, replace(carrier, billing=billing))
        self.books = Books(self.core.carrier)
        self.events: list[Any] = []
        self.core.observers += [self.books, lambda recorded: self.events.append(recorded.event)]
        assert not [one for one in play(self.core, story)
                    if isinstance(one, Refusal)]  # fmt: skip

    def sent(self) -> list[tuple[str, str, str, str]]:
        """Party, whose money, amount and status of each disbursement."""
        return [(one.party_id, one.payer_id, str(one.amount), one.status) for one in self.account.disbursements]

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


# --- what is left is treated as any other credit


INSURED = named("I", 1)


@pytest.mark.parametrize("remainder", ["keep_unapplied", "pay_what_is_billed"])
def test_the_insureds_part_waits_where_the_carrier_lets_credits_wait(remainder):
    told = Told(remainder)
    assert told.sent() == [("LENDER", INSURED, "1000.00 USD", "draft")]
    assert told.account.unapplied == usd("218.25")


def test_the_insureds_part_is_drafted_where_the_carrier_sends_credits_back():
    told = Told("send_back")
    assert told.sent() == [("LENDER", INSURED, "1000.00 USD", "draft"), (INSURED, "", "218.25 USD", "draft")]
    assert (told.account.unapplied, told.ledger("disbursements_payable")) == (usd("0.00"), -121825)


def test_a_credit_that_nobody_financed_takes_the_same_way():
    told = Told("send_back", PAID_BY_THE_INSURED)
    (one,) = told.account.disbursements
    assert told.sent() == [(INSURED, "", str(one.amount), "draft")]
    assert (told.account.unapplied, told.ledger("disbursements_payable")) == (usd("0.00"), -one.amount.minor)
    assert Told("keep_unapplied", PAID_BY_THE_INSURED).sent() == []


def test_both_parts_are_approved_by_a_person_and_sent_by_payments_after_the_carriers_days():
    told = Told("send_back")
    names = [one.disbursement_id for one in told.account.disbursements]
    for name in names:
        told.ask(ApproveDisbursement(account_id=account_id(1), disbursement_id=name, by="ann", on=APPROVED,
                                     at=at(APPROVED)))  # fmt: skip
    intents: list[Any] = [told.core.intent(intent_of(account_id(1), name)) for name in names]
    days = timedelta(days=told.core.carrier.billing.disbursement_delay_days)
    assert [one.order.amount for one in intents] == [usd("1000.00"), usd("218.25")]
    assert [one.due_on for one in intents] == [CANCELLED + days, CANCELLED + days]
    for name in names:
        told.ask(ReportSuccess(intent_id=intent_of(account_id(1), name), on=SENT, at=at(SENT)))

    assert [status for *_, status in told.sent()] == ["executed", "executed"]
    assert told.ledger("cash") == 246820 - 121825


def contract(payer_id: str, lender_id: str = "LENDER") -> Any:
    state: Any = Told().core.finance(policy_id(1))
    return replace(state.funded.contract, payer_id=payer_id, lender_id=lender_id)


DIVIDED = ReturnPremiumDivided(
    policy_id="P", account_id="A", entry_id="E", lender_id="LENDER", to_lender=usd("300.00"), to_insured=usd("80.00"),
    due_on=None, on=CANCELLED, at=at(CANCELLED),
)  # fmt: skip


def waiting(minor: int, *payers: Payer) -> Account:
    told = Instruction("B", "P", (Charge("premium", usd("900.00")),), payers=payers)
    credit = Payment("C", "LENDER", Money(minor, "USD"), "received", (), Money(minor, "USD"))
    return Account("A", "off", (told,), (), (), Money(minor, "USD"), credits=(credit,))


LENDER, FIRST, SECOND = Payer("LENDER", "premium_finance", 1), Payer("I", "insured", 1), Payer("J", "insured", 1)


@pytest.mark.parametrize(
    ("account", "wanted"),
    [
        # The lender pays by itself: the rest is the one other payer's.
        (waiting(38000, LENDER, FIRST), [("LENDER", "", 30000), ("I", "LENDER", 8000)]),
        # Two others, or none: a person says whose it is.
        (waiting(38000, LENDER, FIRST, SECOND), [("LENDER", "", 30000)]),
        (waiting(38000, LENDER), [("LENDER", "", 30000)]),
        # Some of it has paid a bill meanwhile: the lender's part is first.
        (waiting(31000, LENDER, FIRST), [("LENDER", "", 30000), ("I", "LENDER", 1000)]),
        (waiting(20000, LENDER, FIRST), [("LENDER", "", 20000)]),
        # What is not more than the carrier keeps for the next bill.
        (waiting(30100, LENDER, FIRST), [("LENDER", "", 30000)]),
    ],
)
def test_the_lenders_part_is_first_and_the_rest_is_whose_it_is(account, wanted):
    carrier = florida()[1]
    choices = replace(carrier.billing, return_premium_remainder="send_back", disbursement_keep_minor=100)
    found = refunding.of_financed(replace(carrier, billing=choices), account, contract("LENDER"), DIVIDED)

    assert [(one.party_id, one.payer_id, one.amount.minor) for one in found] == wanted
