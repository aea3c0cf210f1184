"""The claim: every command in every state."""

from typing import Any, get_args

import pytest

from fixtures.histories import PAID, usd
from model.claims.claim import evolve
from model.claims.commands import CoverCommand, NoticeCommand, SetReserve
from model.claims.events import (
    CatastropheTagged,
    ClaimReopened,
    CommunicationAnswered,
    DuplicateSuspected,
    Event,
    ExposureClosed,
    ExposureOpened,
    IncidentAdded,
    MilestoneReached,
    NoticeLinked,
    PaymentCleared,
    PaymentEscheated,
    PaymentReissued,
    PaymentStaleDated,
    PaymentStopped,
    PaymentVoided,
    PolicyAttached,
    PolicyUnmatched,
    RecoveryReceived,
    RecoveryReserveChanged,
    TaskCompleted,
)
from model.claims.file import State
from model.claims.money_commands import PaymentCommand
from tests.model.claims.one_claim import (
    ACKNOWLEDGED,
    AVERAGE,
    CLOSED,
    COMMANDS,
    COVERAGE,
    DAMAGED,
    DENIED,
    FAILED,
    HELD,
    ISSUED,
    LOST,
    MACHINE,
    MONEY_BACK,
    PROVEN,
    RECOVERY,
    REFUSED,
    RELEASED,
    REPAIRED,
    REPORTED,
    REQUESTED,
    SEEN,
    SETTLED,
    STATES,
    VERIFIED,
    WRITTEN,
    about,
)

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
