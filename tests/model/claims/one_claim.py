"""One claim in each of its states and all that can be asked of it: what its table and its stories share."""

from datetime import date, timedelta
from functools import reduce
from typing import Any

from msgspec.structs import replace

from fixtures.histories import DWELLING, INSPECTED, LANDFALL, NOTICE, PAID, at, insured, usd
from fixtures.jurisdictions import florida
from model.claims.catastrophe import Catastrophe
from model.claims.claim import decider, evolve
from model.claims.commands import (
    AcknowledgeClaim,
    AddIncident,
    AnswerCommunication,
    ApprovePayment,
    AttachPolicy,
    CloseClaim,
    CloseExposure,
    CompleteTask,
    ConfirmPayment,
    DenyPayment,
    FailPayment,
    LinkNotice,
    OpenExposure,
    RecordCommunication,
    RecordInspection,
    RecordMilestone,
    RecordProofOfLoss,
    RecordRepair,
    ReopenClaim,
    ReportClaim,
    RequestPayment,
    ReverifyCoverage,
    SetReserve,
    SettleLoss,
    TagCatastrophe,
    VerifyCoverage,
)
from model.claims.events import (
    ClaimAcknowledged,
    ClaimClosed,
    ClaimReported,
    CommunicationReceived,
    CoverageDenied,
    CoverageReverified,
    CoverageVerified,
    DwellingDamaged,
    DwellingRepaired,
    LossInspected,
    LossSettled,
    PaymentDenied,
    PaymentFailed,
    PaymentHeld,
    PaymentIssued,
    PaymentRequested,
    ProofOfLossReceived,
    ReserveChanged,
)
from model.claims.settlement import Valuation, settled
from model.decider import Refusal

LAW, CARRIER = florida()
MACHINE = decider(LAW, CARRIER)
POLICY = insured(1)
COVERAGE = POLICY.coverages[0]
EURO = replace(usd("1.00"), currency="EUR")


def about(day) -> dict[str, Any]:
    return {"claim_id": "C", "on": day, "at": at(day)}


NOTICED: dict[str, Any] = {
    "policy_id": POLICY.policy_id, "claimant_id": "I", "cause": "hurricane", "loss_at": LANDFALL, "intake": "phone",
    "state": "FL", "county": "Monroe",
}  # fmt: skip
PAYMENT: dict[str, Any] = {
    "payment_id": "PAY", "line": DWELLING, "amount": usd("4000.00"), "kind": "partial", "payee_id": "I",
}  # fmt: skip
HOURS = timedelta(hours=6)
STORM = Catastrophe("2641", "Storm", LANDFALL - HOURS, LANDFALL + HOURS, ("FL",), ("hurricane", "wind"))
VALUE = Valuation(usd("20000.00"), usd("8000.00"), usd("0.00"))
REPORTED = ClaimReported(**NOTICED, tasks=CARRIER.claims.tasks, **about(NOTICE))
VERIFIED = CoverageVerified(exposure=1, coverage=COVERAGE, **about(NOTICE))
DENIED = CoverageDenied(reason="not_in_force", **about(NOTICE))
ACKNOWLEDGED = ClaimAcknowledged(**about(NOTICE))
PROVEN = ProofOfLossReceived(**about(INSPECTED))
SEEN = LossInspected(exposure=1, estimate=usd("20000.00"), **about(INSPECTED))
AVERAGE = ReserveChanged(line=DWELLING, change=usd("9500.00"), reason="average", **about(NOTICE))
REQUESTED = PaymentRequested(**PAYMENT, **about(INSPECTED))
ISSUED = PaymentIssued(payment_id="PAY", line=DWELLING, amount=usd("4000.00"), **about(PAID))
FAILED = PaymentFailed(payment_id="PAY", reason="account closed", **about(PAID))
HELD = PaymentHeld(**PAYMENT, by="ann", **about(INSPECTED))
REFUSED = PaymentDenied(payment_id="PAY", by="bob", reason="no photo", **about(PAID))
LOST = CoverageReverified(exposure=1, coverage=None, reason="cancelled_before_loss", **about(PAID))
SETTLED = LossSettled(
    exposure=1,
    settlement=settled("deductible_then_limit", VALUE, usd("6000.00"), COVERAGE.limit),
    occurrence_deductible=600000,
    **about(INSPECTED),
)
MONEY_BACK: dict[str, Any] = {
    "payment_id": "PAY", "line": DWELLING, "amount": usd("4000.00"), "kind": "partial",
}  # fmt: skip
RECOVERY: dict[str, Any] = {"line": DWELLING, "category": "salvage"}
RELEASED = ReserveChanged(line=DWELLING, change=usd("-5500.00"), reason="released", **about(PAID))
DAMAGED = DwellingDamaged(policy_id=POLICY.policy_id, **about(NOTICE))
REPAIRED = DwellingRepaired(policy_id=POLICY.policy_id, **about(PAID))
WRITTEN = CommunicationReceived(communication_id="L-0", sender="claimant", **about(INSPECTED))
CLOSED = ClaimClosed(outcome="paid", **about(PAID))


def folded(*events) -> Any:
    return reduce(evolve, events, MACHINE.initial)


OPENED = (REPORTED, VERIFIED, AVERAGE)
STATES = {
    "Unreported": folded(),
    "Reported": folded(REPORTED),
    "Open": folded(*OPENED),
    "Paying": folded(*OPENED, REQUESTED),
    "Paid": folded(*OPENED, DAMAGED, REQUESTED, ISSUED),
    "Failed": folded(*OPENED, REQUESTED, FAILED),
    "Held": folded(*OPENED, HELD),
    "Refused": folded(*OPENED, HELD, REFUSED),
    "Written": folded(*OPENED, WRITTEN),
    "Settled": folded(*OPENED, SETTLED),
    "Lost": folded(*OPENED, LOST),
    "Closed": folded(*OPENED, DAMAGED, REQUESTED, ISSUED, RELEASED, CLOSED, REPAIRED),
    "Denied": folded(REPORTED, DENIED, replace(CLOSED, outcome="denied")),
}
COMMANDS = {
    "ReportClaim": ReportClaim(**NOTICED, **about(NOTICE)),
    "ReportClaim(other)": ReportClaim(**{**NOTICED, "cause": "fire"}, **about(NOTICE)),
    "ReportClaim(future)": ReportClaim(**{**NOTICED, "loss_at": at(NOTICE) + timedelta(seconds=1)}, **about(NOTICE)),
    "VerifyCoverage": VerifyCoverage(coverage="dwelling", policy=POLICY, **about(NOTICE)),
    "VerifyCoverage(flood)": VerifyCoverage(coverage="flood", policy=POLICY, **about(NOTICE)),
    "VerifyCoverage(contents)": VerifyCoverage(coverage="contents", policy=POLICY, **about(NOTICE)),
    "AcknowledgeClaim": AcknowledgeClaim(**about(NOTICE)),
    "RecordProofOfLoss": RecordProofOfLoss(**about(INSPECTED)),
    "RecordInspection": RecordInspection(exposure=1, estimate=usd("20000.00"), **about(INSPECTED)),
    "RecordInspection(2)": RecordInspection(exposure=2, estimate=usd("20000.00"), **about(INSPECTED)),
    "RecordInspection(nothing)": RecordInspection(exposure=1, estimate=usd("0.00"), **about(INSPECTED)),
    "RecordInspection(minus)": RecordInspection(exposure=1, estimate=usd("-0.01"), **about(INSPECTED)),
    "RecordInspection(euro)": RecordInspection(exposure=1, estimate=EURO, **about(INSPECTED)),
    "SetReserve": SetReserve(line=DWELLING, amount=usd("14000.00"), **about(INSPECTED)),
    "SetReserve(same)": SetReserve(line=DWELLING, amount=usd("9500.00"), **about(INSPECTED)),
    "SetReserve(low)": SetReserve(line=DWELLING, amount=usd("3999.99"), **about(INSPECTED)),
    "SetReserve(2)": SetReserve(line=replace(DWELLING, exposure=2), amount=usd("1.00"), **about(INSPECTED)),
    "SetReserve(euro)": SetReserve(line=DWELLING, amount=EURO, **about(INSPECTED)),
    "RequestPayment": RequestPayment(**PAYMENT, **about(INSPECTED)),
    "RequestPayment(new)": RequestPayment(**{**PAYMENT, "payment_id": "PAY-2"}, **about(INSPECTED)),
    "RequestPayment(reused)": RequestPayment(**{**PAYMENT, "amount": usd("1.00")}, **about(INSPECTED)),
    "RequestPayment(much)": RequestPayment(
        **{**PAYMENT, "payment_id": "PAY-2", "amount": usd("5500.01")}, **about(INSPECTED)
    ),
    "RequestPayment(line)": RequestPayment(
        **{**PAYMENT, "payment_id": "PAY-2", "line": replace(DWELLING, category="contents")}, **about(INSPECTED)
    ),
    "RequestPayment(euro)": RequestPayment(**{**PAYMENT, "payment_id": "PAY-2", "amount": EURO}, **about(INSPECTED)),
    "RequestPayment(nothing)": RequestPayment(
        **{**PAYMENT, "payment_id": "PAY-2", "amount": usd("0.00")}, **about(INSPECTED)
    ),
    "ConfirmPayment": ConfirmPayment(payment_id="PAY", **about(PAID)),
    "ConfirmPayment(which)": ConfirmPayment(payment_id="PAY-7", **about(PAID)),
    "FailPayment": FailPayment(payment_id="PAY", reason="account closed", **about(PAID)),
    "FailPayment(which)": FailPayment(payment_id="PAY-7", reason="account closed", **about(PAID)),
    "ApprovePayment": ApprovePayment(payment_id="PAY", by="bob", role="supervisor", **about(PAID)),
    "ApprovePayment(self)": ApprovePayment(payment_id="PAY", by="ann", role="supervisor", **about(PAID)),
    "ApprovePayment(role)": ApprovePayment(payment_id="PAY", by="bob", role="visitor", **about(PAID)),
    "ApprovePayment(which)": ApprovePayment(payment_id="PAY-7", by="bob", role="supervisor", **about(PAID)),
    "DenyPayment": DenyPayment(payment_id="PAY", by="bob", reason="no photo", **about(PAID)),
    "DenyPayment(which)": DenyPayment(payment_id="PAY-7", by="bob", reason="no photo", **about(PAID)),
    "RequestPayment(beyond)": RequestPayment(
        **{**PAYMENT, "payment_id": "PAY-2", "amount": usd("6000.01")}, **about(INSPECTED)
    ),
    "RequestPayment(extra)": RequestPayment(
        **{**PAYMENT, "payment_id": "PAY-2", "kind": "supplemental"}, **about(PAID)
    ),
    "RequestPayment(limit)": RequestPayment(
        **{**PAYMENT, "payment_id": "PAY-2", "kind": "supplemental", "amount": usd("300000.01")}, **about(PAID)
    ),
    "RequestPayment(role)": RequestPayment(
        **{**PAYMENT, "payment_id": "PAY-2", "amount": usd("1.00")}, role="visitor", **about(PAID)
    ),
    "SetReserve(role)": SetReserve(line=DWELLING, amount=usd("50000.01"), role="adjuster", **about(INSPECTED)),
    "VerifyCoverage(none)": VerifyCoverage(coverage="dwelling", policy=None, **about(NOTICE)),
    "VerifyCoverage(other)": VerifyCoverage(coverage="dwelling", policy=insured(2), **about(NOTICE)),
    "AttachPolicy": AttachPolicy(policy_id="P-000002", **about(NOTICE)),
    "AttachPolicy(same)": AttachPolicy(policy_id=POLICY.policy_id, **about(NOTICE)),
    "LinkNotice": LinkNotice(other_claim_id="C-2", **about(NOTICE)),
    "LinkNotice(itself)": LinkNotice(other_claim_id="C", **about(NOTICE)),
    "RecordMilestone": RecordMilestone(milestone="items_received", **about(INSPECTED)),
    "RecordCommunication": RecordCommunication(communication_id="L-1", sender="claimant", **about(INSPECTED)),
    "RecordCommunication(early)": RecordCommunication(
        communication_id="L-1", sender="claimant", **about(NOTICE - timedelta(days=1))
    ),
    "AnswerCommunication": AnswerCommunication(communication_id="L-1", **about(INSPECTED)),
    "AnswerCommunication(mail)": AnswerCommunication(communication_id="L-0", **about(PAID)),
    "AnswerCommunication(early)": AnswerCommunication(communication_id="L-0", **about(NOTICE)),
    "RecordCommunication(mail)": RecordCommunication(communication_id="L-0", sender="claimant", **about(INSPECTED)),
    "RecordCommunication(other)": RecordCommunication(communication_id="L-0", sender="regulator", **about(INSPECTED)),
    "CompleteTask": CompleteTask(task="contact", result="spoke to the insured", **about(NOTICE)),
    "CompleteTask(which)": CompleteTask(task="match_policy", result="", **about(NOTICE)),
    "TagCatastrophe": TagCatastrophe(catastrophe=STORM, basis="matched", **about(INSPECTED)),
    "TagCatastrophe(fire)": TagCatastrophe(
        catastrophe=replace(STORM, perils=("fire",)), basis="matched", **about(INSPECTED)
    ),
    "TagCatastrophe(no)": TagCatastrophe(catastrophe=None, basis="override", **about(INSPECTED)),
    "ReverifyCoverage": ReverifyCoverage(exposure=1, policy=POLICY, **about(PAID)),
    "ReverifyCoverage(lost)": ReverifyCoverage(
        exposure=1, policy=replace(POLICY, cancelled_on=date(2026, 9, 1)), **about(PAID)
    ),
    "ReverifyCoverage(2)": ReverifyCoverage(exposure=2, policy=POLICY, **about(PAID)),
    "AddIncident": AddIncident(kind="dwelling", text="roof", **about(NOTICE)),
    "OpenExposure": OpenExposure(claimant_id="I", coverage="contents", incident=0, policy=POLICY, **about(NOTICE)),
    "OpenExposure(same)": OpenExposure(
        claimant_id="I", coverage="dwelling", incident=0, policy=POLICY, **about(NOTICE)
    ),
    "OpenExposure(flood)": OpenExposure(claimant_id="I", coverage="flood", incident=0, policy=POLICY, **about(NOTICE)),
    "OpenExposure(none)": OpenExposure(claimant_id="I", coverage="contents", incident=0, policy=None, **about(NOTICE)),
    "OpenExposure(incident)": OpenExposure(
        claimant_id="I", coverage="contents", incident=1, policy=POLICY, **about(NOTICE)
    ),
    "CloseExposure": CloseExposure(exposure=1, **about(PAID)),
    "CloseExposure(2)": CloseExposure(exposure=2, **about(PAID)),
    "SettleLoss": SettleLoss(exposure=1, valuation=VALUE, **about(INSPECTED)),
    "SettleLoss(2)": SettleLoss(exposure=2, valuation=VALUE, **about(INSPECTED)),
    "SettleLoss(euro)": SettleLoss(exposure=1, valuation=replace(VALUE, spent=EURO), **about(INSPECTED)),
    "SettleLoss(minus)": SettleLoss(exposure=1, valuation=replace(VALUE, spent=usd("-1.00")), **about(INSPECTED)),
    "SettleLoss(worthless)": SettleLoss(
        exposure=1, valuation=replace(VALUE, depreciation=usd("20000.01")), **about(INSPECTED)
    ),
    "SettleLoss(low)": SettleLoss(
        exposure=1, valuation=replace(VALUE, replacement_cost=usd("17999.99")), **about(INSPECTED)
    ),
    "RecordRepair": RecordRepair(**about(PAID)),
    "RecordRepair(early)": RecordRepair(**about(date(2026, 6, 1))),
    "CloseClaim": CloseClaim(**about(PAID)),
    "ReopenClaim": ReopenClaim(reason="new_estimate", **about(PAID)),
}


def asked(*commands, state=STATES["Open"]) -> Any:
    """The claim after commands that must all be accepted."""
    for command in commands:
        decision = MACHINE.decide(command, state)
        assert not isinstance(decision, Refusal), decision
        state = reduce(evolve, decision, state)
    return state
