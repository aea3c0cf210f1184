"""The claim: every command in every state, and what a claim may become."""

from datetime import date, datetime, timedelta
from functools import reduce
from typing import Any, get_args

import pytest
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
    CoverCommand,
    DenyPayment,
    FailPayment,
    LinkNotice,
    NoticeCommand,
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
    CatastropheTagged,
    ClaimAcknowledged,
    ClaimClosed,
    ClaimReopened,
    ClaimReported,
    CommunicationAnswered,
    CommunicationReceived,
    CoverageDenied,
    CoverageReverified,
    CoverageVerified,
    DuplicateSuspected,
    DwellingDamaged,
    DwellingRepaired,
    Event,
    ExposureClosed,
    ExposureOpened,
    IncidentAdded,
    LossInspected,
    LossSettled,
    MilestoneReached,
    NoticeLinked,
    PaymentCleared,
    PaymentDenied,
    PaymentEscheated,
    PaymentFailed,
    PaymentHeld,
    PaymentIssued,
    PaymentReissued,
    PaymentRequested,
    PaymentStaleDated,
    PaymentStopped,
    PaymentVoided,
    PolicyAttached,
    PolicyUnmatched,
    ProofOfLossReceived,
    RecoveryReceived,
    RecoveryReserveChanged,
    ReserveChanged,
    TaskCompleted,
)
from model.claims.file import Closed, Open, Reported, State
from model.claims.money_commands import PaymentCommand
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
TABLE = """
#                           Unreported      Reported                                         Open                           Paying                     Paid                           Failed                         Held                       Refused                        Written                        Settled                        Lost                           Closed                 Denied
ReportClaim                 ClaimReported   -                                                -                              -                          -                              -                              -                          -                              -                              -                              -                              -                      -
ReportClaim(other)          ClaimReported   claim_id_reused                                  claim_id_reused                claim_id_reused            claim_id_reused                claim_id_reused                claim_id_reused            claim_id_reused                claim_id_reused                claim_id_reused                claim_id_reused                claim_id_reused        claim_id_reused
ReportClaim(future)         loss_in_future  claim_id_reused                                  claim_id_reused                claim_id_reused            claim_id_reused                claim_id_reused                claim_id_reused            claim_id_reused                claim_id_reused                claim_id_reused                claim_id_reused                claim_id_reused        claim_id_reused
VerifyCoverage              wrong_state     CoverageVerified+ReserveChanged+DwellingDamaged  -                              -                          -                              -                              -                          -                              -                              -                              -                              -                      -
VerifyCoverage(flood)       wrong_state     CoverageDenied+ClaimClosed                       -                              -                          -                              -                              -                          -                              -                              -                              -                              -                      -
VerifyCoverage(contents)    wrong_state     CoverageVerified                                 -                              -                          -                              -                              -                          -                              -                              -                              -                              -                      -
AcknowledgeClaim            wrong_state     ClaimAcknowledged                                ClaimAcknowledged              ClaimAcknowledged          ClaimAcknowledged              ClaimAcknowledged              ClaimAcknowledged          ClaimAcknowledged              ClaimAcknowledged              ClaimAcknowledged              ClaimAcknowledged              wrong_state            wrong_state
RecordProofOfLoss           wrong_state     wrong_state                                      ProofOfLossReceived            ProofOfLossReceived        ProofOfLossReceived            ProofOfLossReceived            ProofOfLossReceived        ProofOfLossReceived            ProofOfLossReceived            ProofOfLossReceived            ProofOfLossReceived            wrong_state            wrong_state
RecordInspection            wrong_state     wrong_state                                      LossInspected                  LossInspected              LossInspected                  LossInspected                  LossInspected              LossInspected                  LossInspected                  LossInspected                  LossInspected                  wrong_state            wrong_state
RecordInspection(2)         wrong_state     wrong_state                                      unknown_exposure               unknown_exposure           unknown_exposure               unknown_exposure               unknown_exposure           unknown_exposure               unknown_exposure               unknown_exposure               unknown_exposure               wrong_state            wrong_state
RecordInspection(nothing)   wrong_state     wrong_state                                      LossInspected                  LossInspected              LossInspected                  LossInspected                  LossInspected              LossInspected                  LossInspected                  LossInspected                  LossInspected                  wrong_state            wrong_state
RecordInspection(minus)     wrong_state     wrong_state                                      negative_amount                negative_amount            negative_amount                negative_amount                negative_amount            negative_amount                negative_amount                negative_amount                negative_amount                wrong_state            wrong_state
RecordInspection(euro)      wrong_state     wrong_state                                      wrong_currency                 wrong_currency             wrong_currency                 wrong_currency                 wrong_currency             wrong_currency                 wrong_currency                 wrong_currency                 wrong_currency                 wrong_state            wrong_state
SetReserve                  wrong_state     wrong_state                                      ReserveChanged                 ReserveChanged             ReserveChanged                 ReserveChanged                 ReserveChanged             ReserveChanged                 ReserveChanged                 ReserveChanged                 ReserveChanged                 wrong_state            wrong_state
SetReserve(same)            wrong_state     wrong_state                                      -                              -                          ReserveChanged                 -                              -                          -                              -                              -                              -                              wrong_state            wrong_state
SetReserve(low)             wrong_state     wrong_state                                      ReserveChanged                 reserve_below_pending      ReserveChanged                 ReserveChanged                 reserve_below_pending      ReserveChanged                 ReserveChanged                 ReserveChanged                 ReserveChanged                 wrong_state            wrong_state
SetReserve(2)               wrong_state     wrong_state                                      unknown_exposure               unknown_exposure           unknown_exposure               unknown_exposure               unknown_exposure           unknown_exposure               unknown_exposure               unknown_exposure               unknown_exposure               wrong_state            wrong_state
SetReserve(euro)            wrong_state     wrong_state                                      wrong_currency                 wrong_currency             wrong_currency                 wrong_currency                 wrong_currency             wrong_currency                 wrong_currency                 wrong_currency                 wrong_currency                 wrong_state            wrong_state
RequestPayment              wrong_state     wrong_state                                      PaymentRequested               -                          -                              -                              -                          -                              PaymentRequested               PaymentRequested               coverage_lost                  wrong_state            wrong_state
RequestPayment(new)         wrong_state     wrong_state                                      PaymentRequested               PaymentRequested           PaymentRequested               PaymentRequested               PaymentRequested           PaymentRequested               PaymentRequested               PaymentRequested               coverage_lost                  wrong_state            wrong_state
RequestPayment(reused)      wrong_state     wrong_state                                      PaymentRequested               payment_reused             payment_reused                 payment_reused                 payment_reused             payment_reused                 PaymentRequested               PaymentRequested               coverage_lost                  wrong_state            wrong_state
RequestPayment(much)        wrong_state     wrong_state                                      PaymentRequested               reserve_required           reserve_required               PaymentRequested               reserve_required           PaymentRequested               PaymentRequested               PaymentRequested               coverage_lost                  wrong_state            wrong_state
RequestPayment(line)        wrong_state     wrong_state                                      unknown_line                   unknown_line               unknown_line                   unknown_line                   unknown_line               unknown_line                   unknown_line                   unknown_line                   unknown_line                   wrong_state            wrong_state
RequestPayment(euro)        wrong_state     wrong_state                                      wrong_currency                 wrong_currency             wrong_currency                 wrong_currency                 wrong_currency             wrong_currency                 wrong_currency                 wrong_currency                 wrong_currency                 wrong_state            wrong_state
RequestPayment(nothing)     wrong_state     wrong_state                                      not_positive                   not_positive               not_positive                   not_positive                   not_positive               not_positive                   not_positive                   not_positive                   not_positive                   wrong_state            wrong_state
ConfirmPayment              wrong_state     wrong_state                                      unknown_payment                PaymentIssued              -                              already_failed                 not_approved               already_denied                 unknown_payment                unknown_payment                unknown_payment                -                      unknown_payment
ConfirmPayment(which)       wrong_state     wrong_state                                      unknown_payment                unknown_payment            unknown_payment                unknown_payment                unknown_payment            unknown_payment                unknown_payment                unknown_payment                unknown_payment                unknown_payment        unknown_payment
FailPayment                 wrong_state     wrong_state                                      unknown_payment                PaymentFailed              already_issued                 -                              not_approved               -                              unknown_payment                unknown_payment                unknown_payment                already_issued         unknown_payment
FailPayment(which)          wrong_state     wrong_state                                      unknown_payment                unknown_payment            unknown_payment                unknown_payment                unknown_payment            unknown_payment                unknown_payment                unknown_payment                unknown_payment                unknown_payment        unknown_payment
ApprovePayment              wrong_state     wrong_state                                      unknown_payment                not_awaiting_approval      not_awaiting_approval          not_awaiting_approval          PaymentRequested           not_awaiting_approval          unknown_payment                unknown_payment                unknown_payment                not_awaiting_approval  unknown_payment
ApprovePayment(self)        wrong_state     wrong_state                                      unknown_payment                not_awaiting_approval      not_awaiting_approval          not_awaiting_approval          self_approval              not_awaiting_approval          unknown_payment                unknown_payment                unknown_payment                not_awaiting_approval  unknown_payment
ApprovePayment(role)        wrong_state     wrong_state                                      unknown_payment                not_awaiting_approval      not_awaiting_approval          not_awaiting_approval          unknown_role               not_awaiting_approval          unknown_payment                unknown_payment                unknown_payment                not_awaiting_approval  unknown_payment
ApprovePayment(which)       wrong_state     wrong_state                                      unknown_payment                unknown_payment            unknown_payment                unknown_payment                unknown_payment            unknown_payment                unknown_payment                unknown_payment                unknown_payment                unknown_payment        unknown_payment
DenyPayment                 wrong_state     wrong_state                                      unknown_payment                not_awaiting_approval      not_awaiting_approval          not_awaiting_approval          PaymentDenied              -                              unknown_payment                unknown_payment                unknown_payment                not_awaiting_approval  unknown_payment
DenyPayment(which)          wrong_state     wrong_state                                      unknown_payment                unknown_payment            unknown_payment                unknown_payment                unknown_payment            unknown_payment                unknown_payment                unknown_payment                unknown_payment                unknown_payment        unknown_payment
RequestPayment(beyond)      wrong_state     wrong_state                                      PaymentRequested               reserve_required           reserve_required               PaymentRequested               reserve_required           PaymentRequested               PaymentRequested               beyond_settlement              coverage_lost                  wrong_state            wrong_state
RequestPayment(extra)       wrong_state     wrong_state                                      PaymentRequested               PaymentRequested           PaymentRequested               PaymentRequested               PaymentRequested           PaymentRequested               PaymentRequested               PaymentRequested               coverage_lost                  PaymentRequested       wrong_state
RequestPayment(limit)       wrong_state     wrong_state                                      limit_exhausted                limit_exhausted            limit_exhausted                limit_exhausted                limit_exhausted            limit_exhausted                limit_exhausted                limit_exhausted                coverage_lost                  limit_exhausted        wrong_state
RequestPayment(role)        wrong_state     wrong_state                                      unknown_role                   unknown_role               unknown_role                   unknown_role                   unknown_role               unknown_role                   unknown_role                   unknown_role                   coverage_lost                  wrong_state            wrong_state
SetReserve(role)            wrong_state     wrong_state                                      above_authority                above_authority            above_authority                above_authority                above_authority            above_authority                above_authority                above_authority                above_authority                wrong_state            wrong_state
VerifyCoverage(none)        wrong_state     PolicyUnmatched                                  -                              -                          -                              -                              -                          -                              -                              -                              -                              -                      -
VerifyCoverage(other)       wrong_state     other_policy                                     -                              -                          -                              -                              -                          -                              -                              -                              -                              -                      -
AttachPolicy                wrong_state     PolicyAttached                                   wrong_state                    wrong_state                wrong_state                    wrong_state                    wrong_state                wrong_state                    wrong_state                    wrong_state                    wrong_state                    wrong_state            wrong_state
AttachPolicy(same)          wrong_state     -                                                -                              -                          -                              -                              -                          -                              -                              -                              -                              -                      -
LinkNotice                  wrong_state     NoticeLinked                                     NoticeLinked                   NoticeLinked               NoticeLinked                   NoticeLinked                   NoticeLinked               NoticeLinked                   NoticeLinked                   NoticeLinked                   NoticeLinked                   NoticeLinked           NoticeLinked
LinkNotice(itself)          wrong_state     linked_to_itself                                 linked_to_itself               linked_to_itself           linked_to_itself               linked_to_itself               linked_to_itself           linked_to_itself               linked_to_itself               linked_to_itself               linked_to_itself               linked_to_itself       linked_to_itself
RecordMilestone             wrong_state     MilestoneReached                                 MilestoneReached               MilestoneReached           MilestoneReached               MilestoneReached               MilestoneReached           MilestoneReached               MilestoneReached               MilestoneReached               MilestoneReached               wrong_state            wrong_state
RecordCommunication         wrong_state     CommunicationReceived                            CommunicationReceived          CommunicationReceived      CommunicationReceived          CommunicationReceived          CommunicationReceived      CommunicationReceived          CommunicationReceived          CommunicationReceived          CommunicationReceived          CommunicationReceived  CommunicationReceived
RecordCommunication(early)  wrong_state     before_notice                                    before_notice                  before_notice              before_notice                  before_notice                  before_notice              before_notice                  before_notice                  before_notice                  before_notice                  before_notice          before_notice
AnswerCommunication         wrong_state     unknown_communication                            unknown_communication          unknown_communication      unknown_communication          unknown_communication          unknown_communication      unknown_communication          unknown_communication          unknown_communication          unknown_communication          unknown_communication  unknown_communication
AnswerCommunication(mail)   wrong_state     unknown_communication                            unknown_communication          unknown_communication      unknown_communication          unknown_communication          unknown_communication      unknown_communication          CommunicationAnswered          unknown_communication          unknown_communication          unknown_communication  unknown_communication
AnswerCommunication(early)  wrong_state     unknown_communication                            unknown_communication          unknown_communication      unknown_communication          unknown_communication          unknown_communication      unknown_communication          answered_too_early             unknown_communication          unknown_communication          unknown_communication  unknown_communication
RecordCommunication(mail)   wrong_state     CommunicationReceived                            CommunicationReceived          CommunicationReceived      CommunicationReceived          CommunicationReceived          CommunicationReceived      CommunicationReceived          -                              CommunicationReceived          CommunicationReceived          CommunicationReceived  CommunicationReceived
RecordCommunication(other)  wrong_state     CommunicationReceived                            CommunicationReceived          CommunicationReceived      CommunicationReceived          CommunicationReceived          CommunicationReceived      CommunicationReceived          communication_reused           CommunicationReceived          CommunicationReceived          CommunicationReceived  CommunicationReceived
CompleteTask                wrong_state     TaskCompleted                                    TaskCompleted                  TaskCompleted              TaskCompleted                  TaskCompleted                  TaskCompleted              TaskCompleted                  TaskCompleted                  TaskCompleted                  TaskCompleted                  TaskCompleted          TaskCompleted
CompleteTask(which)         wrong_state     unknown_task                                     unknown_task                   unknown_task               unknown_task                   unknown_task                   unknown_task               unknown_task                   unknown_task                   unknown_task                   unknown_task                   unknown_task           unknown_task
TagCatastrophe              wrong_state     CatastropheTagged                                CatastropheTagged              CatastropheTagged          CatastropheTagged              CatastropheTagged              CatastropheTagged          CatastropheTagged              CatastropheTagged              CatastropheTagged              CatastropheTagged              CatastropheTagged      CatastropheTagged
TagCatastrophe(fire)        wrong_state     outside_catastrophe                              outside_catastrophe            outside_catastrophe        outside_catastrophe            outside_catastrophe            outside_catastrophe        outside_catastrophe            outside_catastrophe            outside_catastrophe            outside_catastrophe            outside_catastrophe    outside_catastrophe
TagCatastrophe(no)          wrong_state     CatastropheTagged                                CatastropheTagged              CatastropheTagged          CatastropheTagged              CatastropheTagged              CatastropheTagged          CatastropheTagged              CatastropheTagged              CatastropheTagged              CatastropheTagged              CatastropheTagged      CatastropheTagged
ReverifyCoverage            wrong_state     wrong_state                                      -                              -                          -                              -                              -                          -                              -                              -                              CoverageReverified             -                      unknown_exposure
ReverifyCoverage(lost)      wrong_state     wrong_state                                      CoverageReverified             CoverageReverified         CoverageReverified             CoverageReverified             CoverageReverified         CoverageReverified             CoverageReverified             CoverageReverified             -                              CoverageReverified     unknown_exposure
ReverifyCoverage(2)         wrong_state     wrong_state                                      unknown_exposure               unknown_exposure           unknown_exposure               unknown_exposure               unknown_exposure           unknown_exposure               unknown_exposure               unknown_exposure               unknown_exposure               unknown_exposure       unknown_exposure
AddIncident                 wrong_state     IncidentAdded                                    IncidentAdded                  IncidentAdded              IncidentAdded                  IncidentAdded                  IncidentAdded              IncidentAdded                  IncidentAdded                  IncidentAdded                  IncidentAdded                  wrong_state            wrong_state
OpenExposure                wrong_state     wrong_state                                      ExposureOpened                 ExposureOpened             ExposureOpened                 ExposureOpened                 ExposureOpened             ExposureOpened                 ExposureOpened                 ExposureOpened                 ExposureOpened                 wrong_state            wrong_state
OpenExposure(same)          wrong_state     wrong_state                                      -                              -                          -                              -                              -                          -                              -                              -                              -                              wrong_state            wrong_state
OpenExposure(flood)         wrong_state     wrong_state                                      coverage_absent                coverage_absent            coverage_absent                coverage_absent                coverage_absent            coverage_absent                coverage_absent                coverage_absent                coverage_absent                wrong_state            wrong_state
OpenExposure(none)          wrong_state     wrong_state                                      unknown_policy                 unknown_policy             unknown_policy                 unknown_policy                 unknown_policy             unknown_policy                 unknown_policy                 unknown_policy                 unknown_policy                 wrong_state            wrong_state
OpenExposure(incident)      wrong_state     wrong_state                                      unknown_incident               unknown_incident           unknown_incident               unknown_incident               unknown_incident           unknown_incident               unknown_incident               unknown_incident               unknown_incident               wrong_state            wrong_state
CloseExposure               wrong_state     wrong_state                                      ReserveChanged+ExposureClosed  payment_pending            ReserveChanged+ExposureClosed  ReserveChanged+ExposureClosed  payment_pending            ReserveChanged+ExposureClosed  ReserveChanged+ExposureClosed  ReserveChanged+ExposureClosed  ReserveChanged+ExposureClosed  wrong_state            wrong_state
CloseExposure(2)            wrong_state     wrong_state                                      unknown_exposure               unknown_exposure           unknown_exposure               unknown_exposure               unknown_exposure           unknown_exposure               unknown_exposure               unknown_exposure               unknown_exposure               wrong_state            wrong_state
SettleLoss                  wrong_state     wrong_state                                      LossSettled                    LossSettled                LossSettled                    LossSettled                    LossSettled                LossSettled                    LossSettled                    -                              LossSettled                    wrong_state            wrong_state
SettleLoss(2)               wrong_state     wrong_state                                      unknown_exposure               unknown_exposure           unknown_exposure               unknown_exposure               unknown_exposure           unknown_exposure               unknown_exposure               unknown_exposure               unknown_exposure               wrong_state            wrong_state
SettleLoss(euro)            wrong_state     wrong_state                                      wrong_currency                 wrong_currency             wrong_currency                 wrong_currency                 wrong_currency             wrong_currency                 wrong_currency                 wrong_currency                 wrong_currency                 wrong_state            wrong_state
SettleLoss(minus)           wrong_state     wrong_state                                      negative_amount                negative_amount            negative_amount                negative_amount                negative_amount            negative_amount                negative_amount                negative_amount                negative_amount                wrong_state            wrong_state
SettleLoss(worthless)       wrong_state     wrong_state                                      depreciated_below_nothing      depreciated_below_nothing  depreciated_below_nothing      depreciated_below_nothing      depreciated_below_nothing  depreciated_below_nothing      depreciated_below_nothing      depreciated_below_nothing      depreciated_below_nothing      wrong_state            wrong_state
SettleLoss(low)             wrong_state     wrong_state                                      LossSettled                    settled_below_paid         settled_below_paid             LossSettled                    settled_below_paid         LossSettled                    LossSettled                    LossSettled                    LossSettled                    wrong_state            wrong_state
RecordRepair                wrong_state     no_damage                                        no_damage                      no_damage                  DwellingRepaired               no_damage                      no_damage                  no_damage                      no_damage                      no_damage                      no_damage                      -                      no_damage
RecordRepair(early)         wrong_state     no_damage                                        no_damage                      no_damage                  repaired_too_early             no_damage                      no_damage                  no_damage                      no_damage                      no_damage                      no_damage                      -                      no_damage
CloseClaim                  wrong_state     wrong_state                                      ReserveChanged+ClaimClosed     payment_pending            ReserveChanged+ClaimClosed     ReserveChanged+ClaimClosed     payment_pending            ReserveChanged+ClaimClosed     ReserveChanged+ClaimClosed     ReserveChanged+ClaimClosed     ReserveChanged+ClaimClosed     -                      -
ReopenClaim                 wrong_state     -                                                -                              -                          -                              -                              -                          -                              -                              -                              -                              ClaimReopened          ClaimReopened
"""


def test_every_cell_of_the_table(command, state, wanted, answered):
    assert answered(MACHINE.decide(command, state)) == wanted


def test_the_table_has_every_command_and_every_state():
    """Cheques and recoveries have tables of their own."""
    mine = SetReserve | NoticeCommand | CoverCommand | PaymentCommand
    assert {type(command) for command in COMMANDS.values()} == set(get_args(mine))
    assert {type(state) for state in STATES.values()} == set(get_args(State))


@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
def test_evolve_takes_every_event_in_every_state(state):
    paid = about(PAID)
    back: dict[str, Any] = {**MONEY_BACK, "reason": "lost in the post", **paid}
    events = (
        REPORTED, VERIFIED, DENIED, ACKNOWLEDGED, PROVEN, SEEN, AVERAGE, REQUESTED, ISSUED, FAILED, RELEASED, CLOSED,
        HELD, REFUSED, LOST, SETTLED, DAMAGED, REPAIRED,
        PolicyUnmatched(**paid),
        PolicyAttached(policy_id="P-2", **paid),
        NoticeLinked(other_claim_id="C-2", **paid),
        MilestoneReached(milestone="accepted", **paid),
        WRITTEN,
        CommunicationAnswered(communication_id="L-0", **paid),
        TaskCompleted(task="contact", result="", **paid),
        CatastropheTagged(code="2641", basis="matched", **paid),
        IncidentAdded(incident=1, kind="dwelling", text="roof", **paid),
        ExposureOpened(exposure=2, claimant_id="I", coverage=COVERAGE, incident=0, **paid),
        ExposureClosed(exposure=1, **paid),
        ClaimReopened(reason="", **paid),
        DuplicateSuspected(payment_id="PAY", other_payment_id="PAY-2", **paid),
        PaymentCleared(payment_id="PAY", **paid),
        PaymentStopped(**back),
        PaymentVoided(**back),
        PaymentStaleDated(payment_id="PAY", amount=usd("4000.00"), **paid),
        PaymentEscheated(payment_id="PAY", amount=usd("4000.00"), **paid),
        PaymentReissued(**MONEY_BACK, new_payment_id="PAY-2", held="for_payee", **paid),
        RecoveryReserveChanged(**RECOVERY, change=usd("1.00"), **paid),
        RecoveryReceived(
            recovery_id="R", **RECOVERY, amount=usd("1.00"), expense=usd("0.00"), to_insured=usd("0.00"), **paid
        ),
    )  # fmt: skip

    assert {type(event) for event in events} == set(get_args(Event))
    assert all(isinstance(evolve(state, event), get_args(State)) for event in events)


def asked(*commands, state=STATES["Open"]) -> Any:
    """The claim after commands that must all be accepted."""
    for command in commands:
        decision = MACHINE.decide(command, state)
        assert not isinstance(decision, Refusal), decision
        state = reduce(evolve, decision, state)
    return state


# --- notice


def test_a_loss_at_the_very_instant_of_the_notice_can_be_reported():
    command = ReportClaim(**{**NOTICED, "loss_at": at(NOTICE)}, **about(NOTICE))

    assert not isinstance(MACHINE.decide(command, STATES["Unreported"]), Refusal)


def test_a_notice_keeps_what_was_said_and_the_day_from_which_the_clocks_run():
    notice = STATES["Reported"].notice

    assert (notice.cause, notice.loss_at, notice.intake, notice.notice_on) == ("hurricane", LANDFALL, "phone", NOTICE)
    assert notice.acknowledged_on is notice.proof_on is notice.inspected_on is notice.decided_on is None


def test_the_days_that_the_clocks_look_at_are_the_first_of_their_kind():
    later = INSPECTED + timedelta(days=1)
    claim = asked(
        AcknowledgeClaim(**about(NOTICE)),
        RecordProofOfLoss(**about(INSPECTED)),
        COMMANDS["RecordInspection"],
        RecordInspection(exposure=1, estimate=usd("21000.00"), **about(later)),
        RequestPayment(**PAYMENT, **about(INSPECTED)),
        ConfirmPayment(payment_id="PAY", **about(PAID)),
        CloseClaim(**about(PAID + timedelta(days=3))),
    )
    notice = claim.notice

    assert (notice.acknowledged_on, notice.proof_on) == (NOTICE, INSPECTED)
    assert (notice.inspected_on, notice.decided_on) == (INSPECTED, PAID)
    assert claim.exposures[0].estimate == usd("21000.00")


def test_acknowledging_again_changes_nothing():
    claim = asked(AcknowledgeClaim(**about(NOTICE)))

    assert MACHINE.decide(AcknowledgeClaim(**about(INSPECTED)), claim) == ()
    assert MACHINE.decide(RecordProofOfLoss(**about(PAID)), asked(RecordProofOfLoss(**about(INSPECTED)))) == ()


# --- coverage


def test_cover_opens_one_exposure_with_the_carriers_average_reserve():
    claim = asked(COMMANDS["VerifyCoverage"], state=STATES["Reported"])

    assert [(e.number, e.claimant_id, e.coverage.code, e.estimate) for e in claim.exposures] == [
        (1, "I", "dwelling", None)
    ]
    assert [(line.key, line.open) for line in claim.lines] == [(DWELLING, 950000)]


def test_a_coverage_without_an_average_reserve_opens_without_a_line():
    assert asked(COMMANDS["VerifyCoverage(contents)"], state=STATES["Reported"]).lines == ()


@pytest.mark.parametrize(
    ("policy", "coverage", "reason"),
    [
        (replace(POLICY, end=date(2026, 9, 10)), "dwelling", "not_in_force"),
        (replace(POLICY, start=date(2026, 9, 11)), "dwelling", "not_in_force"),
        (replace(POLICY, cancelled_on=date(2026, 9, 10)), "dwelling", "cancelled_before_loss"),
        (POLICY, "flood", "coverage_absent"),
    ],
)
def test_a_loss_that_is_not_covered_closes_the_claim_with_its_reason(policy, coverage, reason):
    claim = asked(VerifyCoverage(coverage=coverage, policy=policy, **about(INSPECTED)), state=STATES["Reported"])

    assert isinstance(claim, Closed)
    assert (claim.outcome, claim.reason, claim.lines) == ("denied", reason, ())
    assert claim.notice.decided_on == INSPECTED


def test_a_notice_without_a_policy_is_kept_and_worked_until_the_policy_turns_up():
    unmatched = asked(COMMANDS["VerifyCoverage(none)"], state=STATES["Reported"])
    assert isinstance(unmatched, Reported)
    assert "match_policy" in [task.name for task in unmatched.notice.tasks if task.done_on is None]
    assert MACHINE.decide(COMMANDS["VerifyCoverage(none)"], unmatched) == ()

    attached = asked(AttachPolicy(policy_id="P-000002", **about(INSPECTED)), state=unmatched)
    assert [task.result for task in attached.notice.tasks if task.name == "match_policy"] == ["P-000002"]
    assert isinstance(asked(COMMANDS["VerifyCoverage(other)"], state=attached), Open)
    assert MACHINE.decide(COMMANDS["ReportClaim"], attached) == ()


def test_a_carrier_may_deny_a_notice_without_a_policy():
    choices = replace(CARRIER.claims, unmatched_notice="deny")
    machine: Any = decider(LAW, replace(CARRIER, claims=choices))

    denied = reduce(evolve, machine.decide(COMMANDS["VerifyCoverage(none)"], STATES["Reported"]), STATES["Reported"])
    assert isinstance(denied, Closed)
    assert denied.reason == "unknown_policy"


# --- closing


def test_closing_releases_what_is_still_reserved():
    claim = asked(CloseClaim(**about(PAID)))

    assert [(line.open, line.paid) for line in claim.lines] == [(0, 0)]
    assert (claim.outcome, claim.reason) == ("unpaid", None)
    assert claim.notice.decided_on == PAID


def test_a_claim_that_paid_something_closes_as_paid_and_stays_decided_on_that_day():
    claim = asked(CloseClaim(**about(PAID + timedelta(days=9))), state=STATES["Paid"])

    assert (claim.outcome, claim.notice.decided_on) == ("paid", PAID)


def test_a_claim_whose_payment_failed_closes_as_unpaid():
    assert asked(CloseClaim(**about(PAID)), state=STATES["Failed"]).outcome == "unpaid"


def test_closing_waits_for_a_payment_on_its_way():
    pending = STATES["Paying"]

    assert MACHINE.decide(CloseClaim(**about(PAID)), pending) == Refusal(
        "payment_pending", "a payment of claim C is still on its way"
    )
    assert asked(ConfirmPayment(payment_id="PAY", **about(PAID)), CloseClaim(**about(PAID)), state=pending).outcome == (
        "paid"
    )


def test_instants_without_a_zone_are_an_error_and_not_a_guess():
    naive = ReportClaim(**{**NOTICED, "loss_at": datetime.fromisoformat("2026-09-10T18:30:00")}, **about(NOTICE))

    with pytest.raises(TypeError):
        MACHINE.decide(naive, STATES["Unreported"])
