"""One claim from notice to final payment, as the core works it, in customers of idiomatic SimPy.

Every claim is under a policy of its own. Twenty-five commands: notice, tasks, cover, a second exposure, inspection,
settlement, reserves, an advance, a payment that needs approval, the life of both cheques, a recovery, closing.
"""

from datetime import date, timedelta
from typing import Any

from rounds import Benchmark
from stories import MICROSECONDS_OF_A_CUSTOMER, Story

from fixtures.histories import DWELLING, INSPECTED, LANDFALL, NOTICE, PAID, at, insured, usd
from model.claims import commands as ask
from model.claims.catastrophe import Catastrophe
from model.claims.reserve import LineKey
from model.claims.settlement import Valuation

CONTENTS = LineKey(2, "claim_cost", "contents")
HOURS = timedelta(hours=12)
STORM = Catastrophe("2641", "Storm", LANDFALL - HOURS, LANDFALL + HOURS, ("FL",), ("hurricane",))


def commands(number: int) -> tuple[Any, ...]:
    """Everything that is asked of one claim, in order."""
    claim, policy = f"C-{number:06d}", insured(number)
    first, second = f"{claim}-1", f"{claim}-2"

    def about(day: date) -> dict[str, Any]:
        return {"claim_id": claim, "on": day, "at": at(day)}

    noticed, seen, paid = about(NOTICE), about(INSPECTED), about(PAID)
    return (
        ask.ReportClaim(policy_id=policy.policy_id, claimant_id="I", cause="hurricane", loss_at=LANDFALL,
                        intake="phone", state="FL", county="Monroe", **noticed),
        ask.AcknowledgeClaim(**noticed),
        ask.TagCatastrophe(catastrophe=STORM, basis="matched", **noticed),
        ask.CompleteTask(task="fraud_score", result="12", **noticed),
        ask.CompleteTask(task="assignment", result="adjuster 7", **noticed),
        ask.VerifyCoverage(coverage="dwelling", policy=policy, **noticed),
        ask.AddIncident(kind="property", text="furniture", **noticed),
        ask.OpenExposure(claimant_id="I", coverage="contents", incident=1, policy=policy, **noticed),
        ask.RecordMilestone(milestone="investigation_begun", **seen),
        ask.RecordProofOfLoss(**seen),
        ask.RecordInspection(exposure=1, estimate=usd("40000.00"), **seen),
        ask.RecordInspection(exposure=2, estimate=usd("5000.00"), **seen),
        ask.SetReserve(line=DWELLING, amount=usd("34000.00"), **seen),
        ask.SetReserve(line=CONTENTS, amount=usd("5000.00"), **seen),
        ask.SettleLoss(exposure=1, valuation=Valuation(usd("40000.00"), usd("0.00"), usd("0.00")), **seen),
        ask.RequestPayment(payment_id=first, line=CONTENTS, amount=usd("2000.00"), kind="partial", payee_id="I",
                           by="ann", role="adjuster", **seen),
        ask.ConfirmPayment(payment_id=first, **paid),
        ask.ClearCheque(payment_id=first, **paid),
        ask.RecordMilestone(milestone="accepted", **paid),
        ask.RequestPayment(payment_id=second, line=DWELLING, amount=usd("34000.00"), kind="final", payee_id="I",
                           by="ann", role="adjuster", **paid),
        ask.ApprovePayment(payment_id=second, by="bob", role="supervisor", **paid),
        ask.ConfirmPayment(payment_id=second, **paid),
        ask.ClearCheque(payment_id=second, **paid),
        ask.ReceiveRecovery(recovery_id="R", line=DWELLING, category="salvage", amount=usd("500.00"),
                            expense=usd("0.00"), **paid),
        ask.CloseClaim(**paid),
    )  # fmt: skip


CLAIM = Story("claims", commands)

BENCHMARKS = (
    Benchmark(
        name="claim_notice_to_final_payment",
        unit="idiomatic SimPy customers",
        sense="<=",
        bound=300 / MICROSECONDS_OF_A_CUSTOMER,
        measure=CLAIM.in_customers,
    ),
    Benchmark(
        name="claim_command",
        unit="idiomatic SimPy customers",
        sense="<=",
        bound=5 / MICROSECONDS_OF_A_CUSTOMER,
        measure=CLAIM.command_in_customers,
    ),
)
