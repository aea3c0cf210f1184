"""A payment intent: every command in every state, and money that moves at most once."""

from datetime import date, timedelta
from functools import reduce
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from fixtures.histories import at, usd
from fixtures.jurisdictions import florida
from model.decider import Refusal
from model.payments.commands import (
    AnswerInquiry,
    ChargeBack,
    Command,
    DecideByHand,
    HearProcessor,
    NoteChange,
    RefundMoney,
    ReportFailure,
    ReportSuccess,
    ReportTimeout,
    RepresentCharge,
    ReturnMoney,
    ReversePayout,
    StartPayment,
    StopPayout,
    TimePassed,
)
from model.payments.events import (
    Event,
    MoneyReturned,
    PaymentRefused,
    PaymentStarted,
    PaymentSucceeded,
    RetryPostponed,
)
from model.payments.intent import State, Succeeded, Unknown, decider, evolve
from model.payments.states import LIVE

LAW, CARRIER = florida()
MACHINE = decider(LAW, CARRIER)
PRESENTING = decider(LAW, replace(CARRIER, payments=replace(CARRIER.payments, returned_debits="represent")))
"""The machine of a carrier that presents a returned debit again."""
BY_PERSON = decider(LAW, replace(CARRIER, payments=replace(CARRIER.payments, late_success="exception")))
"""The machine of a carrier that gives an attempt too many to a person."""
DAY = date(2026, 6, 1)
LATER = DAY + timedelta(days=30)
ABOUT: dict[str, Any] = {"intent_id": "A-1", "on": DAY, "at": at(DAY)}
ORDER: dict[str, Any] = {"purpose": "collection", "subject": "A", "reference": "1", "party_id": "I"}
WHAT: dict[str, Any] = {k: ORDER[k] for k in ("purpose", "subject", "reference")}
AMOUNT = usd("100.00")
START = StartPayment(amount=AMOUNT, **ORDER, **ABOUT)
STARTED = PaymentStarted(amount=AMOUNT, **ORDER, **ABOUT)
SUCCEEDED = PaymentSucceeded(amount=AMOUNT, **ORDER, **ABOUT)
REFUSED = PaymentRefused(reason="insufficient funds", **WHAT, **ABOUT)
RETURNED = MoneyReturned(amount=AMOUNT, reason="R01", **WHAT, **ABOUT)


def heard(attempt: int, says: Any, network: str = "", code: str = "", **more: Any) -> HearProcessor:
    return HearProcessor(attempt=attempt, says=says, network=network, code=code, **(ABOUT | more))


def inquired(found: Any, attempt: int = 1, network: str = "", code: str = "") -> AnswerInquiry:
    return AnswerInquiry(attempt=attempt, found=found, network=network, code=code, **ABOUT)


SUCCESS, SECOND = heard(1, "succeeded"), heard(2, "succeeded")
TIMEOUT, FAILURE = ReportTimeout(**ABOUT), ReportFailure(reason="insufficient funds", **ABOUT)
NOT_SENT, LACKING = heard(1, "failed", "gateway", "canceled"), heard(1, "failed", "US-ACH", "R01")
CLOSED, STRANGE = heard(1, "failed", "US-ACH", "R02"), heard(1, "failed", "US-ACH", "R99")
UNSURE, STEP_UP = heard(1, "failed", "gateway", "timeout"), heard(1, "failed", "US-VISA", "1A")
MUCH_LATER = TimePassed(intent_id="A-1", on=LATER, at=at(LATER))
BOUNCE, TAKE_BACK = ReturnMoney(reason="R01", **ABOUT), ChargeBack(reason="13.1", **ABOUT)
CHANGE = NoteChange(attempt=1, code="C01", **ABOUT)
REVERSAL = RefundMoney(refund_id="E", amount=AMOUNT, reversal="duplicate", **ABOUT)
REVERSED = ReversePayout(reason="duplicate", **ABOUT)
REFUND = RefundMoney(refund_id="R", amount=usd("40.00"), **ABOUT)


def after(*commands: Any, machine: Any = MACHINE) -> Any:
    """The intent after commands that are all accepted."""
    state: Any = machine.initial
    for command in commands:
        decision = machine.decide(command, state)
        assert not isinstance(decision, Refusal), (command, decision)
        state = reduce(evolve, decision, state)
    return state


def only(decision: Any) -> Any:
    """The one event of a decision."""
    (event,) = decision
    return event


PAYOUT = replace(START, purpose="payout", method="ach")
CHEQUE, CLEARED = replace(PAYOUT, method="cheque"), heard(1, "cleared")
JOINT, ENDORSED = replace(CHEQUE, joint_payees=("I", "B")), heard(1, "cleared", endorsed_by=("B", "I"))
STATES = {
    "NoIntent": after(),
    "Processing": after(START),
    "Waiting": after(START, STEP_UP),
    "Unknown": after(START, TIMEOUT),
    "Parked": after(START, STRANGE),
    "Retrying": after(START, LACKING),
    "Second": after(START, LACKING, MUCH_LATER),
    "Succeeded": after(START, SUCCESS),
    "PaidOut": after(PAYOUT, SUCCESS),
    "PayingOut": after(PAYOUT),
    "Cheque": after(CHEQUE, SUCCESS),
    "Cleared": after(CHEQUE, SUCCESS, CLEARED),
    "JointCheque": after(JOINT, SUCCESS),
    "Unendorsed": after(JOINT, SUCCESS, CLEARED),
    "Refunded": after(START, SUCCESS, REFUND),
    "Failed": after(START, FAILURE),
    "Returned": after(START, SUCCESS, BOUNCE),
    "ChargedBack": after(START, SUCCESS, TAKE_BACK),
    "Surplus": after(START, NOT_SENT, MUCH_LATER, SECOND, SUCCESS, machine=BY_PERSON),
}
COMMANDS = {
    "StartPayment": START,
    "StartPayment(other)": replace(START, amount=usd("100.01")),
    "StartPayment(euro)": replace(START, amount=replace(usd("1.00"), currency="EUR")),
    "StartPayment(nothing)": replace(START, amount=usd("0.00")),
    "StartPayment(minus)": replace(START, amount=usd("-0.01")),
    "ReportSuccess": ReportSuccess(**ABOUT),
    "ReportFailure": FAILURE,
    "ReportTimeout": TIMEOUT,
    "ReturnMoney": BOUNCE,
    "ReturnMoney(strange)": replace(BOUNCE, reason="R99"),
    "Hear(accepted)": heard(1, "accepted"),
    "Hear(succeeded)": SUCCESS,
    "Hear(less)": heard(1, "succeeded", captured=usd("60.00")),
    "Hear(not_sent)": NOT_SENT,
    "Hear(soft)": LACKING,
    "Hear(hard)": CLOSED,
    "Hear(unsure)": UNSURE,
    "Hear(step_up)": STEP_UP,
    "Hear(strange)": STRANGE,
    "Hear(no_attempt)": heard(3, "succeeded"),
    "Answer(succeeded)": inquired("succeeded"),
    "Answer(failed)": inquired("failed", network="US-ACH", code="R02"),
    "Answer(not_found)": inquired("not_found"),
    "Answer(pending)": inquired("pending"),
    "Answer(no_attempt)": inquired("pending", 3),
    "TimePassed": MUCH_LATER,
    "TimePassed(soon)": replace(MUCH_LATER, on=DAY, at=at(DAY) + timedelta(minutes=5)),
    "TimePassed(early)": TimePassed(**ABOUT),
    "Decide(succeeded)": DecideByHand(attempt=1, ruling="succeeded", by="ann", **ABOUT),
    "Decide(retry)": DecideByHand(attempt=1, ruling="retry", by="ann", **ABOUT),
    "Decide(give_up)": DecideByHand(attempt=1, ruling="give_up", by="ann", **ABOUT),
    "Decide(surplus)": DecideByHand(attempt=1, ruling="refund_surplus", by="ann", **ABOUT),
    "Decide(no_attempt)": DecideByHand(attempt=3, ruling="retry", by="ann", **ABOUT),
    "RefundMoney": REFUND,
    "RefundMoney(other)": replace(REFUND, amount=usd("41.00")),
    "RefundMoney(rest)": replace(REFUND, refund_id="S", amount=usd("60.01")),
    "RefundMoney(euro)": replace(REFUND, refund_id="S", amount=replace(usd("1.00"), currency="EUR")),
    "RefundMoney(nothing)": replace(REFUND, refund_id="S", amount=usd("0.00")),
    "RefundMoney(reversal)": REVERSAL,
    "RefundMoney(reversal_late)": replace(REVERSAL, on=DAY + timedelta(days=8)),
    "RefundMoney(reversal_part)": replace(REVERSAL, amount=usd("40.00")),
    "NoteChange": CHANGE,
    "NoteChange(no_attempt)": replace(CHANGE, attempt=3),
    "Hear(cleared)": CLEARED,
    "Hear(endorsed)": ENDORSED,
    "StopPayout": StopPayout(amount=AMOUNT, reason="lost", **ABOUT),
    "ReversePayout": REVERSED,
    "ReversePayout(late)": replace(REVERSED, on=DAY + timedelta(days=8)),
    "ReversePayout(early)": replace(REVERSED, reason="debit_too_early"),
    "ChargeBack": TAKE_BACK,
    "RepresentCharge": RepresentCharge(**ABOUT),
}
TABLE = """
#                           NoIntent         Processing                    Waiting                       Unknown                       Parked                        Retrying          Second            Succeeded                    PaidOut                      PayingOut                       Cheque                 Cleared                JointCheque            Unendorsed             Refunded                     Failed                 Returned          ChargedBack        Surplus
StartPayment                PaymentStarted   -                             -                             -                             -                             -                 -                 -                            intent_reused                intent_reused                   intent_reused          intent_reused          intent_reused          intent_reused          -                            -                      -                 -                  -
StartPayment(other)         PaymentStarted   intent_reused                 intent_reused                 intent_reused                 intent_reused                 intent_reused     intent_reused     intent_reused                intent_reused                intent_reused                   intent_reused          intent_reused          intent_reused          intent_reused          intent_reused                intent_reused          intent_reused     intent_reused      intent_reused
StartPayment(euro)          wrong_currency   intent_reused                 intent_reused                 intent_reused                 intent_reused                 intent_reused     intent_reused     intent_reused                intent_reused                intent_reused                   intent_reused          intent_reused          intent_reused          intent_reused          intent_reused                intent_reused          intent_reused     intent_reused      intent_reused
StartPayment(nothing)       not_positive     intent_reused                 intent_reused                 intent_reused                 intent_reused                 intent_reused     intent_reused     intent_reused                intent_reused                intent_reused                   intent_reused          intent_reused          intent_reused          intent_reused          intent_reused                intent_reused          intent_reused     intent_reused      intent_reused
StartPayment(minus)         not_positive     intent_reused                 intent_reused                 intent_reused                 intent_reused                 intent_reused     intent_reused     intent_reused                intent_reused                intent_reused                   intent_reused          intent_reused          intent_reused          intent_reused          intent_reused                intent_reused          intent_reused     intent_reused      intent_reused
ReportSuccess               wrong_state      PaymentSucceeded              PaymentSucceeded              PaymentSucceeded              PaymentSucceeded              PaymentSucceeded  PaymentSucceeded  -                            -                            PaymentSucceeded                -                      -                      -                      -                      -                            success_after_failure  -                 -                  -
ReportFailure               wrong_state      PaymentRefused                PaymentRefused                PaymentRefused                PaymentRefused                -                 PaymentRefused    wrong_state                  wrong_state                  PaymentRefused                  wrong_state            wrong_state            wrong_state            wrong_state            wrong_state                  -                      wrong_state       wrong_state        wrong_state
ReportTimeout               wrong_state      PaymentTimedOut               PaymentTimedOut               -                             -                             -                 PaymentTimedOut   -                            -                            PaymentTimedOut                 -                      -                      -                      -                      -                            -                      -                 -                  -
ReturnMoney                 wrong_state      wrong_state                   wrong_state                   wrong_state                   wrong_state                   wrong_state       wrong_state       MoneyReturned                MoneyReturned                wrong_state                     MoneyReturned          wrong_state            MoneyReturned          MoneyReturned          MoneyReturned+PaymentParked  wrong_state            -                 wrong_state        MoneyReturned
ReturnMoney(strange)        wrong_state      wrong_state                   wrong_state                   wrong_state                   wrong_state                   wrong_state       wrong_state       MoneyReturned+PaymentParked  MoneyReturned                wrong_state                     MoneyReturned          wrong_state            MoneyReturned          MoneyReturned          MoneyReturned+PaymentParked  wrong_state            -                 wrong_state        MoneyReturned+PaymentParked
Hear(accepted)              unknown_attempt  AttemptAccepted               AttemptAccepted               -                             -                             -                 -                 -                            -                            AttemptAccepted                 -                      -                      -                      -                      -                            -                      -                 -                  -
Hear(succeeded)             unknown_attempt  PaymentSucceeded              PaymentSucceeded              PaymentSucceeded              PaymentSucceeded              PaymentSucceeded  SurplusFound      -                            -                            PaymentSucceeded                -                      -                      -                      -                      -                            SurplusFound           -                 -                  -
Hear(less)                  unknown_attempt  PaymentParked                 PaymentParked                 PaymentParked                 PaymentParked                 PaymentParked     SurplusFound      -                            -                            PaymentParked                   -                      -                      -                      -                      -                            SurplusFound           -                 -                  -
Hear(not_sent)              unknown_attempt  AttemptFailed                 AttemptFailed                 AttemptFailed                 AttemptFailed                 -                 -                 failure_after_success        failure_after_success        AttemptFailed                   failure_after_success  failure_after_success  failure_after_success  failure_after_success  failure_after_success        -                      -                 -                  -
Hear(soft)                  unknown_attempt  AttemptFailed                 AttemptFailed                 AttemptFailed                 AttemptFailed                 -                 -                 failure_after_success        failure_after_success        AttemptFailed                   failure_after_success  failure_after_success  failure_after_success  failure_after_success  failure_after_success        -                      -                 -                  -
Hear(hard)                  unknown_attempt  AttemptFailed+PaymentRefused  AttemptFailed+PaymentRefused  AttemptFailed+PaymentRefused  AttemptFailed+PaymentRefused  -                 -                 failure_after_success        failure_after_success        AttemptFailed+PaymentRefused    failure_after_success  failure_after_success  failure_after_success  failure_after_success  failure_after_success        -                      -                 -                  -
Hear(unsure)                unknown_attempt  PaymentTimedOut               PaymentTimedOut               -                             -                             -                 -                 failure_after_success        failure_after_success        PaymentTimedOut                 failure_after_success  failure_after_success  failure_after_success  failure_after_success  failure_after_success        -                      -                 -                  -
Hear(step_up)               unknown_attempt  ActionRequired                -                             ActionRequired                ActionRequired                -                 -                 failure_after_success        failure_after_success        ActionRequired                  failure_after_success  failure_after_success  failure_after_success  failure_after_success  failure_after_success        -                      -                 -                  -
Hear(strange)               unknown_attempt  PaymentParked                 PaymentParked                 PaymentParked                 -                             -                 -                 failure_after_success        failure_after_success        PaymentParked                   failure_after_success  failure_after_success  failure_after_success  failure_after_success  failure_after_success        -                      -                 -                  -
Hear(no_attempt)            unknown_attempt  unknown_attempt               unknown_attempt               unknown_attempt               unknown_attempt               unknown_attempt   unknown_attempt   unknown_attempt              unknown_attempt              unknown_attempt                 unknown_attempt        unknown_attempt        unknown_attempt        unknown_attempt        unknown_attempt              unknown_attempt        unknown_attempt   unknown_attempt    unknown_attempt
Answer(succeeded)           unknown_attempt  PaymentSucceeded              PaymentSucceeded              PaymentSucceeded              PaymentSucceeded              PaymentSucceeded  SurplusFound      -                            -                            PaymentSucceeded                -                      -                      -                      -                      -                            SurplusFound           -                 -                  -
Answer(failed)              unknown_attempt  AttemptFailed+PaymentRefused  AttemptFailed+PaymentRefused  AttemptFailed+PaymentRefused  AttemptFailed+PaymentRefused  -                 -                 failure_after_success        failure_after_success        AttemptFailed+PaymentRefused    failure_after_success  failure_after_success  failure_after_success  failure_after_success  failure_after_success        -                      -                 -                  -
Answer(not_found)           unknown_attempt  AttemptFailed                 AttemptFailed                 AttemptFailed                 AttemptFailed                 -                 -                 failure_after_success        failure_after_success        AttemptFailed                   failure_after_success  failure_after_success  failure_after_success  failure_after_success  failure_after_success        -                      -                 -                  -
Answer(pending)             unknown_attempt  -                             -                             -                             -                             -                 -                 -                            -                            -                               -                      -                      -                      -                      -                            -                      -                 -                  -
Answer(no_attempt)          unknown_attempt  unknown_attempt               unknown_attempt               unknown_attempt               unknown_attempt               unknown_attempt   unknown_attempt   unknown_attempt              unknown_attempt              unknown_attempt                 unknown_attempt        unknown_attempt        unknown_attempt        unknown_attempt        unknown_attempt              unknown_attempt        unknown_attempt   unknown_attempt    unknown_attempt
TimePassed                  wrong_state      -                             AttemptFailed+PaymentRefused  PaymentParked                 -                             AttemptStarted    -                 -                            -                            -                               -                      -                      -                      -                      -                            -                      -                 -                  -
TimePassed(soon)            wrong_state      -                             -                             InquiryMade                   -                             -                 -                 -                            -                            -                               -                      -                      -                      -                      -                            -                      -                 -                  -
TimePassed(early)           wrong_state      -                             -                             -                             -                             -                 -                 -                            -                            -                               -                      -                      -                      -                      -                            -                      -                 -                  -
Decide(succeeded)           unknown_attempt  not_for_a_person              not_for_a_person              not_for_a_person              PaymentSucceeded              not_for_a_person  not_for_a_person  -                            -                            not_for_a_person                -                      -                      -                      -                      -                            not_for_a_person       not_for_a_person  not_for_a_person   not_for_a_person
Decide(retry)               unknown_attempt  not_for_a_person              not_for_a_person              not_for_a_person              AttemptFailed                 not_for_a_person  not_for_a_person  not_for_a_person             not_for_a_person             not_for_a_person                not_for_a_person       not_for_a_person       not_for_a_person       not_for_a_person       not_for_a_person             not_for_a_person       not_for_a_person  not_for_a_person   not_for_a_person
Decide(give_up)             unknown_attempt  not_for_a_person              not_for_a_person              not_for_a_person              AttemptFailed+PaymentRefused  not_for_a_person  not_for_a_person  not_for_a_person             not_for_a_person             not_for_a_person                not_for_a_person       not_for_a_person       not_for_a_person       not_for_a_person       not_for_a_person             -                      not_for_a_person  not_for_a_person   not_for_a_person
Decide(surplus)             unknown_attempt  not_for_a_person              not_for_a_person              not_for_a_person              not_for_a_person              not_for_a_person  not_for_a_person  not_for_a_person             not_for_a_person             not_for_a_person                not_for_a_person       not_for_a_person       not_for_a_person       not_for_a_person       not_for_a_person             not_for_a_person       not_for_a_person  not_for_a_person   SurplusRefunded
Decide(no_attempt)          unknown_attempt  unknown_attempt               unknown_attempt               unknown_attempt               unknown_attempt               unknown_attempt   unknown_attempt   unknown_attempt              unknown_attempt              unknown_attempt                 unknown_attempt        unknown_attempt        unknown_attempt        unknown_attempt        unknown_attempt              unknown_attempt        unknown_attempt   unknown_attempt    unknown_attempt
RefundMoney                 wrong_state      wrong_state                   wrong_state                   wrong_state                   wrong_state                   wrong_state       wrong_state       MoneyRefunded                wrong_state                  wrong_state                     wrong_state            wrong_state            wrong_state            wrong_state            -                            wrong_state            wrong_state       wrong_state        MoneyRefunded
RefundMoney(other)          wrong_state      wrong_state                   wrong_state                   wrong_state                   wrong_state                   wrong_state       wrong_state       MoneyRefunded                wrong_state                  wrong_state                     wrong_state            wrong_state            wrong_state            wrong_state            refund_reused                wrong_state            wrong_state       wrong_state        MoneyRefunded
RefundMoney(rest)           wrong_state      wrong_state                   wrong_state                   wrong_state                   wrong_state                   wrong_state       wrong_state       MoneyRefunded                wrong_state                  wrong_state                     wrong_state            wrong_state            wrong_state            wrong_state            refund_above_captured        wrong_state            wrong_state       wrong_state        MoneyRefunded
RefundMoney(euro)           wrong_state      wrong_state                   wrong_state                   wrong_state                   wrong_state                   wrong_state       wrong_state       wrong_currency               wrong_state                  wrong_state                     wrong_state            wrong_state            wrong_state            wrong_state            wrong_currency               wrong_state            wrong_state       wrong_state        wrong_currency
RefundMoney(nothing)        wrong_state      wrong_state                   wrong_state                   wrong_state                   wrong_state                   wrong_state       wrong_state       not_positive                 wrong_state                  wrong_state                     wrong_state            wrong_state            wrong_state            wrong_state            not_positive                 wrong_state            wrong_state       wrong_state        not_positive
RefundMoney(reversal)       wrong_state      wrong_state                   wrong_state                   wrong_state                   wrong_state                   wrong_state       wrong_state       MoneyRefunded                wrong_state                  wrong_state                     wrong_state            wrong_state            wrong_state            wrong_state            refund_above_captured        wrong_state            wrong_state       wrong_state        MoneyRefunded
RefundMoney(reversal_late)  wrong_state      wrong_state                   wrong_state                   wrong_state                   wrong_state                   wrong_state       wrong_state       reversal_too_late            wrong_state                  wrong_state                     wrong_state            wrong_state            wrong_state            wrong_state            refund_above_captured        wrong_state            wrong_state       wrong_state        reversal_too_late
RefundMoney(reversal_part)  wrong_state      wrong_state                   wrong_state                   wrong_state                   wrong_state                   wrong_state       wrong_state       reversal_not_whole           wrong_state                  wrong_state                     wrong_state            wrong_state            wrong_state            wrong_state            reversal_not_whole           wrong_state            wrong_state       wrong_state        reversal_not_whole
NoteChange                  unknown_attempt  ChangeNoticed                 ChangeNoticed                 ChangeNoticed                 ChangeNoticed                 ChangeNoticed     ChangeNoticed     ChangeNoticed                ChangeNoticed                ChangeNoticed                   not_by_ach             not_by_ach             not_by_ach             not_by_ach             ChangeNoticed                ChangeNoticed          ChangeNoticed     ChangeNoticed      ChangeNoticed
NoteChange(no_attempt)      unknown_attempt  unknown_attempt               unknown_attempt               unknown_attempt               unknown_attempt               unknown_attempt   unknown_attempt   unknown_attempt              unknown_attempt              unknown_attempt                 unknown_attempt        unknown_attempt        unknown_attempt        unknown_attempt        unknown_attempt              unknown_attempt        unknown_attempt   unknown_attempt    unknown_attempt
Hear(cleared)               unknown_attempt  wrong_state                   wrong_state                   wrong_state                   wrong_state                   wrong_state       wrong_state       wrong_state                  PayoutCleared                PaymentSucceeded+PayoutCleared  PayoutCleared          -                      EndorsementMissed      -                      wrong_state                  wrong_state            wrong_state       wrong_state        wrong_state
Hear(endorsed)              unknown_attempt  wrong_state                   wrong_state                   wrong_state                   wrong_state                   wrong_state       wrong_state       wrong_state                  PayoutCleared                PaymentSucceeded+PayoutCleared  PayoutCleared          -                      PayoutCleared          PayoutCleared          wrong_state                  wrong_state            wrong_state       wrong_state        wrong_state
StopPayout                  unknown_payout   wrong_state                   wrong_state                   wrong_state                   wrong_state                   wrong_state       wrong_state       wrong_state                  payout_left                  PaymentRefused                  PayoutStopped          payout_left            PayoutStopped          payout_left            wrong_state                  wrong_state            wrong_state       wrong_state        wrong_state
ReversePayout               wrong_state      wrong_state                   wrong_state                   wrong_state                   wrong_state                   wrong_state       wrong_state       wrong_state                  MoneyReturned                wrong_state                     not_by_ach             not_by_ach             not_by_ach             not_by_ach             wrong_state                  wrong_state            wrong_state       wrong_state        wrong_state
ReversePayout(late)         wrong_state      wrong_state                   wrong_state                   wrong_state                   wrong_state                   wrong_state       wrong_state       wrong_state                  reversal_too_late            wrong_state                     not_by_ach             not_by_ach             not_by_ach             not_by_ach             wrong_state                  wrong_state            wrong_state       wrong_state        wrong_state
ReversePayout(early)        wrong_state      wrong_state                   wrong_state                   wrong_state                   wrong_state                   wrong_state       wrong_state       wrong_state                  reversal_reason_not_allowed  wrong_state                     not_by_ach             not_by_ach             not_by_ach             not_by_ach             wrong_state                  wrong_state            wrong_state       wrong_state        wrong_state
ChargeBack                  wrong_state      wrong_state                   wrong_state                   wrong_state                   wrong_state                   wrong_state       wrong_state       ChargedBackByIssuer          wrong_state                  wrong_state                     wrong_state            wrong_state            wrong_state            wrong_state            already_refunded             wrong_state            wrong_state       -                  ChargedBackByIssuer
RepresentCharge             wrong_state      wrong_state                   wrong_state                   wrong_state                   wrong_state                   wrong_state       wrong_state       wrong_state                  wrong_state                  wrong_state                     wrong_state            wrong_state            wrong_state            wrong_state            wrong_state                  wrong_state            wrong_state       ChargeRepresented  wrong_state
"""


def test_every_cell_of_the_table(command, state, wanted, answered):
    assert answered(MACHINE.decide(command, state)) == wanted


def test_the_table_has_every_command_and_every_state():
    assert {type(command) for command in COMMANDS.values()} == set(get_args(Command))
    assert {type(state) for state in STATES.values()} == set(get_args(State))


PUT_OFF = RetryPostponed(attempt=1, reason="card_must_wait", retry_at=at(LATER), **ABOUT)
"""What no payment alone brings about: another one's card was told to wait."""
EVENTS = (PUT_OFF, *(
    event
    for command in COMMANDS.values()
    for state in STATES.values()
    for machine in (MACHINE, PRESENTING, BY_PERSON)
    if not isinstance(decision := machine.decide(command, state), Refusal)
    for event in decision
))  # fmt: skip


@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
def test_evolve_takes_every_event_in_every_state(state):
    assert {type(event) for event in EVENTS} == set(get_args(Event))
    assert all(isinstance(evolve(state, event), get_args(State)) for event in EVENTS)


def test_what_is_asked_twice_is_answered_once():
    for command in COMMANDS.values():
        for state in STATES.values():
            decision = MACHINE.decide(command, state)
            if not isinstance(decision, Refusal):
                again = MACHINE.decide(command, reduce(evolve, decision, state))
                assert isinstance(again, Refusal) or again == () or isinstance(command, TimePassed), command


def asked(*names) -> Any:
    """The intent after commands by their names, whatever was answered."""
    state: Any = STATES["NoIntent"]
    for name in names:
        decision = MACHINE.decide(COMMANDS[name], state)
        state = state if isinstance(decision, Refusal) else reduce(evolve, decision, state)
    return state


def test_a_timeout_is_a_state_of_its_own_and_an_inquiry_resolves_it():
    assert isinstance(asked("StartPayment", "ReportTimeout"), Unknown)
    assert asked("StartPayment", "ReportTimeout", "ReportSuccess") == STATES["Succeeded"]
    assert asked("StartPayment", "ReportTimeout", "ReportFailure") == STATES["Failed"]


def test_a_retry_of_an_unknown_payment_moves_nothing_more():
    assert asked("StartPayment", "ReportTimeout", "StartPayment") == STATES["Unknown"]


def test_a_late_success_that_contradicts_a_failure_is_refused_so_that_a_person_sees_it(answered):
    failed = asked("StartPayment", "ReportTimeout", "ReportFailure")

    assert answered(MACHINE.decide(COMMANDS["ReportSuccess"], failed)) == "success_after_failure"
    assert asked("StartPayment", "ReportFailure", "ReportSuccess") == STATES["Failed"]


def test_a_success_reported_twice_or_after_the_money_came_back_changes_nothing():
    assert asked("StartPayment", "ReportSuccess", "ReportSuccess") == STATES["Succeeded"]
    assert asked("StartPayment", "ReportSuccess", "ReturnMoney", "ReportSuccess") == STATES["Returned"]


def test_a_failure_after_a_success_is_refused_and_the_success_stands(answered):
    assert answered(MACHINE.decide(COMMANDS["ReportFailure"], STATES["Succeeded"])) == "wrong_state"


@pytest.mark.parametrize(
    "changes", [{"purpose": "payout"}, {"subject": "B"}, {"reference": "2"}, {"party_id": "B"}, {"amount": usd("1.00")}]
)
def test_an_intent_is_for_one_order_for_ever(changes, answered):
    assert answered(MACHINE.decide(replace(START, **changes), STATES["Processing"])) == "intent_reused"


def test_the_same_order_on_a_later_day_is_the_same_intent():
    later = replace(START, on=DAY + timedelta(days=3), at=at(DAY + timedelta(days=3)))

    assert MACHINE.decide(later, STATES["Failed"]) == ()


def test_what_succeeded_says_all_that_another_context_has_to_know():
    assert MACHINE.decide(COMMANDS["ReportSuccess"], STATES["Unknown"]) == (SUCCEEDED,)
    assert MACHINE.decide(COMMANDS["ReturnMoney"], STATES["Succeeded"]) == (RETURNED,)
    assert MACHINE.decide(COMMANDS["ReportFailure"], STATES["Processing"]) == (REFUSED,)


def test_a_late_success_while_the_next_attempt_waits_is_believed_and_cancels_it():
    late = after(START, NOT_SENT, SUCCESS)

    assert isinstance(late, Succeeded)
    assert MACHINE.decide(MUCH_LATER, late) == ()
    assert [attempt.status for attempt in late.attempts] == ["succeeded"]


@pytest.mark.parametrize(
    ("machine", "purpose", "handling", "statuses"),
    [
        (MACHINE, "collection", "refunded", ["refunded", "succeeded"]),
        (BY_PERSON, "collection", "person", ["errored", "succeeded"]),
        (MACHINE, "payout", "person", ["errored", "succeeded"]),
    ],
)
def test_an_old_attempt_that_succeeds_beside_a_new_one_is_never_kept_in_silence(machine, purpose, handling, statuses):
    """What a billing system was reported for: an unknown attempt that resolves after another one has paid."""
    state = after(replace(START, purpose=purpose), TIMEOUT, inquired("not_found"), MUCH_LATER, SECOND, machine=machine)

    found = only(machine.decide(SUCCESS, state))
    resolved = evolve(state, found)

    assert (found.attempt, found.amount, found.handling) == (1, AMOUNT, handling)
    assert isinstance(resolved, Succeeded)
    assert [attempt.status for attempt in resolved.attempts] == statuses
    assert machine.decide(SUCCESS, resolved) == ()


def test_a_code_that_nobody_classed_parks_the_payment_with_its_reason_for_a_person():
    parked = STATES["Parked"]

    assert (parked.person, parked.inquire_at, parked.attempts[0].code) == ("unknown_code", None, "R99")
    assert MACHINE.decide(MUCH_LATER, parked) == ()
    assert MACHINE.decide(STRANGE, parked) == ()
    assert isinstance(after(START, STRANGE, COMMANDS["Decide(retry)"], MUCH_LATER, SECOND), Succeeded)


def test_another_amount_than_was_asked_for_is_for_a_person():
    less = after(START, COMMANDS["Hear(less)"])

    assert (less.person, less.attempts[0].code) == ("other_amount", "60.00 USD")


def test_a_payer_who_authenticates_goes_on_and_one_who_does_not_is_given_up():
    assert isinstance(after(START, STEP_UP, heard(1, "accepted"), SUCCESS), Succeeded)
    assert after(START, STEP_UP, MUCH_LATER).reason == "not_authenticated"


def test_a_returned_debit_is_presented_again_as_another_movement_when_the_carrier_chose_so():
    state = after(START, SUCCESS, BOUNCE, MUCH_LATER, SECOND, machine=PRESENTING)

    assert [attempt.status for attempt in state.attempts] == ["returned", "succeeded"]
    assert PRESENTING.decide(replace(BOUNCE, attempt=1), state) == (), "the first return, told again"
    back = only(PRESENTING.decide(replace(BOUNCE, attempt=2), state))
    assert (back.attempt, back.retry_at) == (2, at(DAY) + timedelta(days=8))


def test_a_won_chargeback_is_money_again_and_is_not_taken_twice(answered):
    won = after(START, SUCCESS, TAKE_BACK, RepresentCharge(**ABOUT))

    assert isinstance(won, Succeeded)
    assert [attempt.status for attempt in won.attempts] == ["represented"]
    assert MACHINE.decide(RepresentCharge(**ABOUT), won) == ()
    assert answered(MACHINE.decide(TAKE_BACK, won)) == "already_represented"
    assert answered(MACHINE.decide(BOUNCE, won)) == "wrong_state"


def test_a_refund_in_parts_gives_back_the_whole_and_not_a_cent_more(answered):
    rest = replace(REFUND, refund_id="S", amount=usd("60.00"))
    whole = after(START, SUCCESS, REFUND, rest)

    assert (whole.refunded, whole.attempts[0].status) == (10_000, "refunded")
    assert answered(MACHINE.decide(replace(rest, refund_id="T", amount=usd("0.01")), whole)) == "refund_above_captured"


@settings(derandomize=True, deadline=None, max_examples=100)
@given(st.lists(st.sampled_from(sorted(COMMANDS)), max_size=12))
def test_money_moves_at_most_once_under_any_order_of_what_is_said(names):
    """INV-Y1 for one intent: timeouts, retries and late answers in any order."""
    state: Any = STATES["NoIntent"]
    for name in names:
        decision = MACHINE.decide(COMMANDS[name], state)
        state = state if isinstance(decision, Refusal) else reduce(evolve, decision, state)
        live = [one for one in getattr(state, "attempts", ()) if one.status in LIVE]
        assert len(live) <= 1
