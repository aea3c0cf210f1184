"""The chain of the trade, to the cent: an endorsement changes premium, which changes invoices, which changes what is
collectible, which changes what a reinstatement costs, which changes whether a claim is paid.

One home, three lives. In each the insured pays on 20 September what the bill of 1 September would have been without
the endorsement, and loses the home to a storm on the 28th.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

from msgspec.structs import replace

from fixtures.histories import account_id as account_of
from fixtures.histories import at, bind, claim_id, insured_id, issue, policy_id, quote, terms, usd
from fixtures.jurisdictions import florida
from model.billing.commands import BillInvoice, MarkInvoiceDue, ReceivePayment
from model.billing.dunning_commands import AgeAccount
from model.billing.dunning_events import CancellationRequested, DelinquencyExited
from model.books import Books
from model.claims.commands import (
    AcknowledgeClaim,
    RecordInspection,
    ReportClaim,
    RequestPayment,
    SetReserve,
    VerifyCoverage,
)
from model.claims.coverage import InsuredCoverage, InsuredPolicy
from model.claims.reserve import LineKey
from model.core import Core
from model.decider import Refusal
from model.invariants import ACCOUNT_INVARIANTS, CLAIM_INVARIANTS, POLICY_INVARIANTS, judged
from model.money import Money
from model.payments.commands import ReportSuccess
from model.payments.naming import payout_id
from model.policy import commands as policy
from model.policy.edits import AdjustCharge
from model.policy.events import PolicyCancelled, PolicyChanged, PolicyReinstated
from model.policy.proposals import PolicyChange, Proposal, Reinstatement
from model.published.seen import account_view, claim_view, policy_view
from model.wire import from_wire

HOME, ACCOUNT, INSURED, CLAIM = policy_id(1), account_of(1), insured_id(1), claim_id(1)
STARTS, ENDORSED, SEPTEMBER = date(2026, 6, 1), date(2026, 8, 3), date(2026, 9, 1)
ASKED, PAID, ENDS, BACK, TOLD = (date(2026, 9, day) for day in (16, 20, 26, 27, 30))
STORM = datetime(2026, 9, 28, 18, 30, tzinfo=UTC)
LINE = LineKey(1, "claim_cost", "dwelling")


class Trade:
    def __init__(self) -> None:
        self.core = Core(*florida())
        self.books = Books(self.core.carrier)
        self.events: list[Any] = []
        self.core.observers += [self.books, lambda recorded: self.events.append(recorded.event)]

    def ask(self, command: Any) -> Any:
        answer = self.core.submit(command)
        assert self.core.drain(at=command.at) == ()
        return answer

    def done(self, command: Any) -> None:
        assert not isinstance(self.ask(command), Refusal)

    def job(self, name: str, proposal: Proposal, on: date) -> None:
        about: Any = {"policy_id": HOME, "job_id": name, "on": on, "at": at(on)}
        self.done(policy.OpenJob(proposal=proposal, **about))
        self.done(policy.QuoteJob(**about))
        self.done(policy.BindJob(**about))

    def nights(self, first: date, last: date) -> None:
        """Every day what is to be billed is billed, what is due falls due, and the account ages."""
        day = first
        while day <= last:
            for number, invoice in enumerate(self.account.invoices):
                if invoice.step == "planned" and invoice.bill_on <= day:
                    self.done(BillInvoice(account_id=ACCOUNT, number=number, on=day, at=at(day)))
            for number, invoice in enumerate(self.account.invoices):
                if invoice.status == "billed" and invoice.due_on <= day:
                    self.done(MarkInvoiceDue(account_id=ACCOUNT, number=number, on=day, at=at(day)))
            self.done(AgeAccount(account_id=ACCOUNT, on=day, at=at(day)))
            day += timedelta(days=1)

    def pay(self, amount: Money, on: date) -> None:
        self.done(
            ReceivePayment(account_id=ACCOUNT, payment_id=f"M-{on}", payer_id=INSURED, amount=amount, on=on, at=at(on))
        )

    @property
    def account(self) -> Any:
        return self.core.account(ACCOUNT)

    def open_on(self, due_on: date) -> Money:
        return Money(sum(one.open for one in self.account.invoices if one.due_on == due_on), "USD")

    def owed(self) -> Money:
        """What is billed and open."""
        asked = [one for one in self.account.invoices if one.step not in ("planned", "carried")]
        return Money(sum(one.open for one in asked), "USD")

    def happened(self, kind: type) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]

    def insured_policy(self) -> InsuredPolicy:
        """What policy answers to claims about the day of the storm."""
        seen = self.core.snapshot(HOME)
        assert seen is not None
        return InsuredPolicy(
            policy_id=HOME,
            start=seen.start,
            end=seen.end,
            zone=seen.zone,
            term_starts_at=seen.term_starts_at,
            cancelled_on=seen.cancelled_on,
            coverages=tuple(
                InsuredCoverage(one.code, one.limit, one.deductible, one.hurricane_deductible)
                for one in terms(1).coverages
            ),
        )

    def claim(self) -> tuple[str, int]:
        """How the claim for the storm ends, and what was paid for it."""
        about: Any = {"claim_id": CLAIM, "on": TOLD, "at": at(TOLD)}
        self.done(
            ReportClaim(policy_id=HOME, claimant_id=INSURED, cause="hurricane", loss_at=STORM, intake="phone", **about)
        )
        self.done(AcknowledgeClaim(**about))
        self.done(VerifyCoverage(coverage="dwelling", policy=self.insured_policy(), **about))
        view = claim_view(CLAIM, self.core.claim(CLAIM))
        assert view is not None
        if view.denial is not None:
            return view.denial, 0
        self.done(RecordInspection(exposure=1, estimate=usd("20000.00"), **about))
        self.done(SetReserve(line=LINE, amount=usd("14000.00"), **about))
        self.done(
            RequestPayment(payment_id="PAY", line=LINE, amount=usd("14000.00"), kind="final", payee_id=INSURED, **about)
        )
        self.done(ReportSuccess(intent_id=payout_id(CLAIM, "PAY"), on=TOLD, at=at(TOLD)))
        view = claim_view(CLAIM, self.core.claim(CLAIM))
        assert view is not None
        return "paid", sum(from_wire(one.amount).minor for one in view.payments or () if one.status == "issued")

    def wrong(self) -> list[Any]:
        account, home = account_view(self.account), policy_view(HOME, self.core.policy(HOME), self.core.carrier)
        claim = claim_view(CLAIM, self.core.claim(CLAIM))
        assert account is not None
        assert home is not None
        assert claim is not None
        return [
            *judged(ACCOUNT_INVARIANTS, ACCOUNT, account),
            *judged(POLICY_INVARIANTS, HOME, home),
            *judged(CLAIM_INVARIANTS, CLAIM, claim),
        ]


def until_the_notice(change: Literal["none", "more cover"]) -> Trade:
    """Three bills paid, the fourth not, and on 16 September the notice that billing asked for."""
    trade = Trade()
    trade.done(replace(quote(1), terms=replace(terms(1), autopay="off")))
    trade.done(bind(1))
    trade.done(issue(1))
    for due in (STARTS, date(2026, 7, 1), date(2026, 8, 1)):
        trade.nights(due - timedelta(days=20), due)
        trade.pay(trade.open_on(due), due)
    if change == "more cover":
        trade.job("more cover", PolicyChange(ENDORSED, (AdjustCharge("premium", usd("365.00")),)), ENDORSED)
    trade.nights(ENDORSED, ASKED)
    (asked,) = trade.happened(CancellationRequested)
    trade.done(
        policy.GiveNotice(
            policy_id=HOME,
            reason="nonpayment",
            mailed_on=ASKED,
            due_on=SEPTEMBER,
            required=asked.amount,
            on=ASKED,
            at=at(ASKED),
        )
    )
    return trade


def paid_on_the_twentieth(trade: Trade, amount: Money) -> str:
    """The insured pays, and policy is asked to take the notice back: what it says."""
    trade.pay(amount, PAID)
    answer = trade.ask(policy.RescindCancellation(policy_id=HOME, paid=amount, on=PAID, at=at(PAID)))
    if not isinstance(answer, Refusal):
        return "rescinded"
    trade.nights(PAID, ENDS)
    trade.done(policy.CancelPolicy(policy_id=HOME, reason="nonpayment", on=ENDS, at=at(ENDS)))
    return answer.code


BILL, BILL_WITH_MORE = usd("220.18"), usd("263.33")
"""213.34 of premium, 3.84 of tax, 3.00 for the installment; and a seventh of 302.00 more, with an odd cent."""


def returned(trade: Trade) -> dict[str, int]:
    (cancelled,) = trade.happened(PolicyCancelled)
    return {charge.pattern: charge.amount.minor for charge in cancelled.returned}


def reinstated(trade: Trade) -> dict[str, int]:
    trade.job("back", Reinstatement(ENDS), BACK)
    (back,) = trade.happened(PolicyReinstated)
    return {charge.pattern: charge.amount.minor for charge in back.charges}


def test_an_endorsement_changes_the_premium_and_each_bill_that_is_not_out_yet():
    """365.00 more a year from 3 August is 302.00 for the 302 days that are left: seven parts of 43.14 and 2 cents."""
    trade = until_the_notice("more cover")
    (changed,) = trade.happened(PolicyChanged)
    more = [
        (invoice.due_on.month, item.amount)
        for invoice in trade.account.invoices
        for item in invoice.items
        if item.instruction == 1
    ]

    assert [(charge.pattern, charge.amount) for charge in changed.charges] == [("premium", usd("302.00"))]
    assert more == [(9, 4315), (10, 4315), (11, 4314), (12, 4314), (1, 4314), (2, 4314), (3, 4314)]


def test_the_bill_changes_what_is_asked_for_to_keep_the_policy():
    asked = [until_the_notice(change).happened(CancellationRequested)[0].amount for change in ("none", "more cover")]

    assert asked == [BILL, BILL_WITH_MORE]


def test_without_the_endorsement_the_money_keeps_the_policy_and_the_claim_is_paid():
    trade = until_the_notice("none")

    assert paid_on_the_twentieth(trade, BILL) == "rescinded"
    assert [event.cause for event in trade.happened(DelinquencyExited)] == ["paid"]
    assert trade.claim() == ("paid", 1400000)
    assert trade.wrong() == []


def test_with_the_endorsement_the_same_money_is_43_15_short_and_the_same_claim_is_denied():
    trade = until_the_notice("more cover")
    trade.pay(BILL, PAID)

    assert trade.open_on(SEPTEMBER) == usd("43.15")
    assert (
        trade.ask(policy.RescindCancellation(policy_id=HOME, paid=BILL, on=PAID, at=at(PAID))).code == "not_enough_paid"
    )
    trade.nights(PAID, ENDS)
    trade.done(policy.CancelPolicy(policy_id=HOME, reason="nonpayment", on=ENDS, at=at(ENDS)))
    # 248 of 365 days of 2,400.00 and 43.20, and 248 of 302 days of 302.00.
    assert returned(trade) == {"premium": -(163068 + 24800), "tax": -2935}
    # Paid 1,174.18; kept 823.32 of premium, 13.85 of tax, 25.00 and three installment fees of 3.00.
    assert trade.account.unapplied == usd("303.01")
    assert [event.cause for event in trade.happened(DelinquencyExited)] == ["policy_cancelled"]
    assert trade.claim() == ("cancelled_before_loss", 0)
    assert trade.wrong() == []


def test_with_the_endorsement_a_reinstatement_costs_more_and_the_claim_is_paid_after_it():
    trade = until_the_notice("more cover")
    assert paid_on_the_twentieth(trade, BILL) == "not_enough_paid"
    plain = until_the_notice("none")
    plain.nights(ASKED, ENDS)
    plain.done(policy.CancelPolicy(policy_id=HOME, reason="nonpayment", on=ENDS, at=at(ENDS)))

    assert reinstated(plain) == {"premium": 163068, "tax": 2935}
    assert reinstated(trade) == {"premium": 163068 + 24800, "tax": 2935}
    trade.nights(BACK, TOLD)
    assert trade.claim() == ("paid", 1400000)
    assert trade.wrong() == []


def test_with_all_of_it_paid_the_endorsed_policy_is_kept_and_its_claim_paid():
    trade = until_the_notice("more cover")

    assert paid_on_the_twentieth(trade, BILL_WITH_MORE) == "rescinded"
    assert trade.claim() == ("paid", 1400000)
    assert trade.wrong() == []


def test_every_cent_of_it_is_in_the_books():
    """INV-B3: the books add up, and say of money that waits and of what is open the same as the account."""
    trade = until_the_notice("more cover")
    paid_on_the_twentieth(trade, BILL)
    reinstated(trade)
    trade.claim()
    balances = {account: minor for (account, _), minor in trade.books.ledger.balances.items()}
    open_minor = sum(invoice.open for invoice in trade.account.invoices)

    assert sum(balances.values()) == 0
    assert balances["unapplied_cash"] == -trade.account.unapplied.minor
    assert balances["receivable_billed"] + balances["receivable_unbilled"] == open_minor
