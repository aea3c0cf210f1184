"""Random losses settled, paid, stopped, closed and opened again: every step is judged with the claim before and after
it, and every judge finds what was planted for it.
"""

import os
from datetime import timedelta
from random import Random
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from msgspec.structs import replace

from fixtures.histories import DWELLING, LANDFALL, NOTICE, at, claim_id, insured
from fixtures.jurisdictions import florida
from model.claims import commands as ask
from model.claims import events
from model.claims.claim import decider, evolve
from model.claims.file import Closed, Open, Unreported
from model.claims.settlement import Valuation
from model.decider import Refusal
from model.invariants import CLAIM_INVARIANTS, Violation, judged
from model.invariants.claims_steps import settled_otherwise, stepped_otherwise
from model.money import Money
from model.published.seen import claim_view

LAW, COASTAL = florida()
CARRIERS = [COASTAL, replace(COASTAL, claims=replace(COASTAL.claims, limit_order="limit_then_deductible"))]
HISTORIES = 1000 if os.environ.get("CI") else 200
STEPS_AT_ONCE = 10
CODES = frozenset(f"INV-C{number}" for number in range(1, 10))
REACHED: set[type] = set()


def usd(minor: int) -> Money:
    return Money(minor, "USD")


class ClaimLife(RuleBasedStateMachine):
    """One claim. `judges` are the codes that are looked at, all of them unless a defect is sought."""

    judges: ClassVar[frozenset[str]] = CODES

    def become(self, before: Any, event: Any) -> Any:
        """What really happens: a planted defect lies here."""
        return evolve(before, event)

    @initialize(carrier=st.sampled_from(CARRIERS))
    def begin(self, carrier):
        self.carrier, self.state, self.day, self.asked = carrier, Unreported(), 0, 0
        self.machine: Any = decider(LAW, carrier)
        self.submit(ask.ReportClaim, policy_id="P-000001", claimant_id="I", cause="hurricane", loss_at=LANDFALL,
                    intake="web", state="FL", county="Monroe")  # fmt: skip
        self.submit(ask.VerifyCoverage, coverage="dwelling", policy=insured(1))
        self.submit(ask.SetReserve, line=DWELLING, amount=usd(9_000_000))

    @rule(seed=st.integers(0, 2**24 - 1))
    def live(self, seed):
        dice = Random(seed)
        for _ in range(STEPS_AT_ONCE):
            self.day += dice.randint(0, 5)
            getattr(self, dice.choice(["settle", "pay", "pay", "cheque", "cheque", "close", "reserve"]))(dice)

    def settle(self, dice):
        cost = dice.choice([0, 150_000, 2_000_000, 20_000_000, 45_000_000])
        fallen, never = dice.choice([0, cost // 4, cost // 2]), dice.choice([0, cost // 10])
        spent = dice.choice([None, 0, cost // 2, cost, cost * 2])
        value = Valuation(usd(cost), usd(fallen), usd(never), None if spent is None else usd(spent))
        self.submit(ask.SettleLoss, exposure=1, valuation=value)

    def pay(self, dice):
        self.asked += 1
        what: dict[str, Any] = {"payment_id": f"PAY-{self.asked}", "line": DWELLING, "payee_id": "I", "by": "ann"}
        kind = dice.choice(["partial", "partial", "final", "supplemental"])
        role = dice.choice(["adjuster", "claims_manager"])
        self.submit(ask.RequestPayment, amount=usd(dice.choice([1, 100_000, 3_000_000])), kind=kind, role=role, **what)
        if dice.random() < 0.7:
            self.submit(ask.ConfirmPayment, payment_id=f"PAY-{self.asked}")

    def cheque(self, dice):
        payment_id = f"PAY-{dice.randint(1, max(self.asked, 1))}"
        match dice.randint(0, 5):
            case 0:
                self.submit(ask.StopCheque, payment_id=payment_id, reason="lost")
            case 1:
                self.submit(ask.VoidCheque, payment_id=payment_id, reason="spoilt")
            case 2:
                self.submit(ask.ConfirmPayment, payment_id=payment_id)
            case 3:
                self.submit(ask.ApprovePayment, payment_id=payment_id, by=dice.choice(["ann", "bob"]),
                            role=dice.choice(["supervisor", "adjuster"]))  # fmt: skip
            case 4:
                self.submit(ask.ReissueCheque, payment_id=payment_id, new_payment_id=f"{payment_id}-again")
            case _:
                self.submit(ask.FailPayment, payment_id=payment_id, reason="account closed")

    def close(self, dice):
        self.submit(ask.CloseClaim) if dice.random() < 0.5 else self.submit(ask.ReopenClaim, reason="more was found")

    def reserve(self, dice):
        self.submit(ask.SetReserve, line=DWELLING, amount=usd(dice.choice([-1, 0, 500_000, 20_000_000])))

    def submit(self, kind: Any, /, **what: Any) -> None:
        on = NOTICE + timedelta(days=self.day)
        answer = self.machine.decide(kind(claim_id=claim_id(1), on=on, at=at(on), **what), self.state)
        if isinstance(answer, Refusal):
            return
        for event in answer:
            REACHED.add(type(event))
            before, self.state = self.state, self.become(self.state, event)
            if isinstance(before, Open | Closed) and isinstance(self.state, Open | Closed):
                self.judge(stepped_otherwise(claim_id(1), event, before=before, after=self.state))
        view = claim_view(claim_id(1), self.state)
        assert view is not None
        self.judge(one for one in judged(CLAIM_INVARIANTS, claim_id(1), view) if isinstance(one, Violation))
        if isinstance(self.state, Open | Closed):
            self.judge(settled_otherwise(self.carrier, claim_id(1), self.state))

    def judge(self, found) -> None:
        seen = [one for one in found if one.code in self.judges]
        assert seen == [], seen


def lived(machine: type[ClaimLife], examples: int) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=4,
            derandomize=True,
            deadline=None,
            database=None,
            phases=(Phase.generate,),
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )


def test_every_step_of_a_claim_keeps_every_invariant():
    REACHED.clear()
    lived(ClaimLife, HISTORIES)

    assert {
        events.LossSettled, events.PaymentHeld, events.PaymentRequested, events.PaymentIssued, events.PaymentStopped,
        events.PaymentVoided, events.PaymentReissued, events.ClaimClosed, events.ClaimReopened,
    } <= REACHED  # fmt: skip


# --- every judge can fail


def first_line(state: Any, **minor: int) -> Any:
    line = state.lines[0]
    changed = replace(line, **{name: getattr(line, name) + more for name, more in minor.items()})
    return replace(state, lines=(changed, *state.lines[1:]))


class PaysTheHoldbackWithoutProof(ClaimLife):
    judges = frozenset({"INV-C4"})

    def become(self, before, event):
        if isinstance(event, events.LossSettled):
            event = replace(
                event, settlement=replace(event.settlement, holdback=usd(event.settlement.holdback.minor + 1))
            )
        return evolve(before, event)


class KeepsACentOfAStoppedCheque(ClaimLife):
    judges = frozenset({"INV-C5"})

    def become(self, before, event):
        after: Any = evolve(before, event)
        return first_line(after, open=-1) if isinstance(event, events.PaymentStopped | events.PaymentVoided) else after


class ForgetsWhatItPaidWhenItCloses(ClaimLife):
    judges = frozenset({"INV-C6"})

    def become(self, before, event):
        after: Any = evolve(before, event)
        return first_line(after, paid=-1) if isinstance(event, events.ClaimClosed) and after.lines else after


class PaysWhatNobodyApproved(ClaimLife):
    judges = frozenset({"INV-C9"})

    def submit(self, kind, /, **what):
        """Whoever confirms finds every payment that waits for its approval as if it had it."""
        if kind is ask.ConfirmPayment and isinstance(self.state, Open | Closed):
            held, self.state = self.state, replace(self.state, payments=tuple(
                replace(one, status="requested") if one.status == "awaiting_approval" else one
                for one in self.state.payments))  # fmt: skip
            on = NOTICE + timedelta(days=self.day)
            answer = self.machine.decide(kind(claim_id=claim_id(1), on=on, at=at(on), **what), self.state)
            self.state = held
            for event in answer if isinstance(answer, tuple) else ():
                before, self.state = self.state, self.become(self.state, event)
                self.judge(stepped_otherwise(claim_id(1), event, before=before, after=self.state))
            return
        super().submit(kind, **what)


@pytest.mark.parametrize(
    "defective",
    [PaysTheHoldbackWithoutProof, KeepsACentOfAStoppedCheque, ForgetsWhatItPaidWhenItCloses, PaysWhatNobodyApproved],
)
def test_a_planted_defect_is_found(defective):
    (code,) = defective.judges

    with pytest.raises(AssertionError, match=code):
        lived(defective, 200)
