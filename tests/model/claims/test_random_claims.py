"""Random histories of claims on the short path from notice to payment, good and bad commands in any order: every
invariant holds after every step, and the books say the same as the claims. The whole of a claim has histories of its
own, in test_claims_histories.py.
"""

from datetime import date, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from msgspec.structs import replace

from fixtures.histories import DWELLING, LANDFALL, NOTICE, at, insured
from fixtures.jurisdictions import florida
from model.books import Books
from model.claims import events
from model.claims.commands import (
    AcknowledgeClaim,
    CloseClaim,
    ConfirmPayment,
    FailPayment,
    RecordInspection,
    RecordProofOfLoss,
    ReportClaim,
    RequestPayment,
    SetReserve,
    VerifyCoverage,
)
from model.core import Core
from model.decider import Refusal
from model.invariants import CLAIM_INVARIANTS, judged
from model.money import Money
from model.published.seen import claim_view

CLAIMS = st.sampled_from(["C-1", "C-2"])
PAYMENTS = st.sampled_from([f"PAY-{k}" for k in range(6)])
LINES = st.sampled_from([DWELLING, DWELLING, replace(DWELLING, category="contents"), replace(DWELLING, exposure=2)])
AMOUNTS = st.builds(Money, st.integers(-1, 1500000), st.sampled_from(["USD"] * 9 + ["EUR"]))
POLICIES = st.sampled_from(
    [insured(1), insured(1), insured(1), None, replace(insured(1), cancelled_on=date(2026, 7, 1))]
)
HOW_MANY = settings(derandomize=True, deadline=None, max_examples=200, stateful_step_count=40)


REACHED: set[type] = set()
SHORT_PATH = {
    events.ClaimReported, events.PolicyUnmatched, events.CoverageVerified, events.CoverageDenied,
    events.ClaimAcknowledged, events.ProofOfLossReceived, events.LossInspected, events.ReserveChanged,
    events.PaymentRequested, events.PaymentIssued, events.PaymentFailed, events.ClaimClosed,
}  # fmt: skip


class Claims(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.core = Core(*florida())
        self.books = Books(self.core.carrier)
        self.core.observers += [self.books, lambda recorded: REACHED.add(type(recorded.event))]
        self.day = NOTICE
        self.issued: dict[str, int] = {}
        self.number = 0

    def ask(self, command: Any) -> bool:
        """Whether something came of it. What is refused changes nothing, and what is asked twice is answered once."""
        before = self.core.claim(command.claim_id)
        decision = self.core.submit(command)
        if isinstance(decision, Refusal) or not decision:
            assert self.core.claim(command.claim_id) == before
            return False
        after = self.core.claim(command.claim_id)
        again = self.core.submit(command)
        assert isinstance(again, Refusal) or again == ()
        assert self.core.claim(command.claim_id) == after
        return True

    def about(self, claim: str) -> dict[str, Any]:
        return {"claim_id": claim, "on": self.day, "at": at(self.day)}

    @initialize(
        claim=CLAIMS,
        coverage=st.sampled_from(["dwelling", "dwelling", "contents"]),
        also=st.sampled_from(["", "unmatched"]),
    )
    def open_a_claim(self, claim, coverage, also):
        """And beside some of them a notice whose policy nobody finds, which chance alone seldom brings."""
        if also == "unmatched":
            other = "C-2" if claim == "C-1" else "C-1"
            self.report(other, "fire")
            self.ask(VerifyCoverage(policy=None, coverage=coverage, **self.about(other)))
        self.report(claim, "hurricane")
        self.ask(VerifyCoverage(policy=insured(1), coverage=coverage, **self.about(claim)))
        self.ask(SetReserve(line=DWELLING, amount=Money(1000000, "USD"), **self.about(claim)))

    def money_of(self, claim) -> tuple[dict[Any, Any], dict[str, Any]]:
        """The lines by key and the payments by id."""
        state = self.core.claim(claim)
        lines, payments = getattr(state, "lines", ()), getattr(state, "payments", ())
        return {line.key: line for line in lines}, {payment.payment_id: payment for payment in payments}

    @rule(days=st.integers(1, 30))
    def time_passes(self, days):
        self.day += timedelta(days=days)

    @rule(claim=CLAIMS, cause=st.sampled_from(["hurricane", "fire"]))
    def report(self, claim, cause):
        what = {"policy_id": "P-000001", "claimant_id": "I", "cause": cause, "loss_at": LANDFALL, "intake": "web"}
        self.ask(ReportClaim(**what, **self.about(claim)))

    @rule(claim=CLAIMS, policy=POLICIES, coverage=st.sampled_from(["dwelling", "dwelling", "contents", "flood"]))
    def verify(self, claim, policy, coverage):
        self.ask(VerifyCoverage(policy=policy, coverage=coverage, **self.about(claim)))

    @rule(claim=CLAIMS, kind=st.sampled_from([AcknowledgeClaim, RecordProofOfLoss]))
    def note_a_day(self, claim, kind):
        self.ask(kind(**self.about(claim)))

    @rule(claim=CLAIMS, exposure=st.integers(1, 2), estimate=AMOUNTS)
    def inspect(self, claim, exposure, estimate):
        self.ask(RecordInspection(exposure=exposure, estimate=estimate, **self.about(claim)))

    @rule(claim=CLAIMS, line=LINES, amount=AMOUNTS)
    def reserve(self, claim, line, amount):
        self.ask(SetReserve(line=line, amount=amount, **self.about(claim)))

    @rule(
        claim=CLAIMS, share=st.integers(1, 100), kind=st.sampled_from(["partial", "partial", "final"]), data=st.data()
    )
    def request_what_is_available(self, claim, share, kind, data):
        lines, _ = self.money_of(claim)
        some = {key: line for key, line in lines.items() if line.available * share // 100}
        if some:
            key = data.draw(st.sampled_from(sorted(some, key=str)))
            self.number += 1
            amount = Money(some[key].available * share // 100, "USD")
            self.request_payment(claim, f"new-{self.number}", key, amount, kind)

    @rule(claim=CLAIMS, payment=PAYMENTS, line=LINES, amount=AMOUNTS, kind=st.sampled_from(["partial", "final"]))
    def request_anything(self, claim, payment, line, amount, kind):
        self.request_payment(claim, payment, line, amount, kind)

    def request_payment(self, claim, payment, line, amount, kind) -> None:
        about: dict[str, Any] = {"kind": kind, "payee_id": "I", **self.about(claim)}
        self.ask(RequestPayment(payment_id=f"{claim}/{payment}", line=line, amount=amount, **about))

    @rule(claim=CLAIMS, hear=st.sampled_from([ConfirmPayment, FailPayment]), data=st.data())
    def hear_anything(self, claim, hear, data):
        self.hear(claim, hear, data.draw(st.sampled_from(["nobody's", *self.money_of(claim)[1]])))

    @rule(claim=CLAIMS, hear=st.sampled_from([ConfirmPayment, FailPayment]))
    def hear_of_what_is_on_its_way(self, claim, hear):
        for payment in self.money_of(claim)[1].values():
            if payment.status == "requested":
                self.hear(claim, hear, payment.payment_id)

    def hear(self, claim, kind, payment) -> None:
        """What payments says of a payment."""
        payments = self.money_of(claim)[1]
        if kind is FailPayment:
            self.ask(FailPayment(payment_id=payment, reason="account closed", **self.about(claim)))
        elif self.ask(ConfirmPayment(payment_id=payment, **self.about(claim))):
            self.issued[payment] = payments[payment].amount.minor

    @rule(claim=CLAIMS)
    def close(self, claim):
        if self.ask(CloseClaim(**self.about(claim))):
            view: Any = claim_view(claim, self.core.claim(claim))
            assert {payment.status for payment in view.payments} <= {"issued", "failed"}
            assert view.outcome == ("paid" if any(key.startswith(claim) for key in self.issued) else "unpaid")

    @invariant()
    def every_invariant_holds(self):
        for claim in self.core.claims.states:
            view = claim_view(claim, self.core.claim(claim))
            assert view is None or list(judged(CLAIM_INVARIANTS, claim, view)) == []

    @invariant()
    def the_books_say_the_same(self):
        """INV-B3, and that each payment left once."""
        lines = [line for claim in self.core.claims.states.values() for line in getattr(claim, "lines", ())]
        held = self.books.ledger.balances
        assert sum(held.values()) == 0
        assert held.get(("cash", "USD"), 0) == -sum(self.issued.values())
        assert held.get(("loss_reserve", "USD"), 0) == -sum(line.open for line in lines)
        assert held.get(("incurred_loss", "USD"), 0) == sum(line.incurred for line in lines)

    @invariant()
    def the_days_of_a_claim_follow_each_other(self):
        for claim in self.core.claims.states:
            view: Any = claim_view(claim, self.core.claim(claim))
            days = [view.acknowledged_on, view.proof_on, view.inspected_on, view.decided_on]
            assert all(view.notice_on <= day for day in days if day is not None)
            assert (view.status == "closed") <= (view.decided_on is not None)


def test_no_history_of_claims_breaks_an_invariant():
    REACHED.clear()
    run_state_machine_as_test(Claims, settings=HOW_MANY)

    assert SHORT_PATH <= REACHED
