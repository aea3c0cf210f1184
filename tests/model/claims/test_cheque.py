"""The life of a cheque: every command for every status, and the money that a stop or a void gives back."""

from functools import reduce
from typing import Any, get_args

import pytest

from fixtures.histories import DWELLING, INSPECTED, NOTICE, PAID, at, insured, usd
from fixtures.jurisdictions import florida
from model.claims.claim import decider, evolve
from model.claims.commands import CloseClaim, ConfirmPayment, FailPayment, RequestPayment, SetReserve
from model.claims.events import ClaimReported, CoverageVerified, ReserveChanged
from model.claims.file import Closed, Open
from model.claims.money_commands import (
    ApprovePayment,
    ChequeCommand,
    ClearCheque,
    DenyPayment,
    EscheatCheque,
    ReissueCheque,
    StaleDateCheque,
    StopCheque,
    VoidCheque,
)
from model.claims.payees import Payee
from model.claims.vocabulary import PaymentStatus
from model.decider import Refusal
from model.invariants import CLAIM_INVARIANTS, judged
from model.published.seen import claim_view

MACHINE = decider(*florida())
COVERAGE = insured(1).coverages[0]
ABOUT: dict[str, Any] = {"claim_id": "C", "on": PAID, "at": at(PAID)}
EARLIER: dict[str, Any] = {"claim_id": "C", "on": INSPECTED, "at": at(INSPECTED)}
PAY: dict[str, Any] = {"payment_id": "PAY", "line": DWELLING, "amount": usd("4000.00"), "payee_id": "I"}
CONFIRM = ConfirmPayment(payment_id="PAY", **ABOUT)
CLEAR = ClearCheque(payment_id="PAY", **ABOUT)
STOP = StopCheque(payment_id="PAY", reason="lost in the post", **ABOUT)
VOID = VoidCheque(payment_id="PAY", reason="misspelt", **ABOUT)
STALE = StaleDateCheque(payment_id="PAY", **ABOUT)
ESCHEAT = EscheatCheque(payment_id="PAY", **ABOUT)
REISSUE = ReissueCheque(payment_id="PAY", new_payment_id="PAY-2", **ABOUT)
NOTICED: dict[str, Any] = {"claim_id": "C", "on": NOTICE, "at": at(NOTICE)}
OPENED = reduce(
    evolve,
    (
        ClaimReported(
            policy_id="P-000001", claimant_id="I", cause="fire", loss_at=at(NOTICE), intake="web",
            **NOTICED,
        ),
        CoverageVerified(exposure=1, coverage=COVERAGE, **NOTICED),
        ReserveChanged(line=DWELLING, change=usd("9500.00"), reason="average", **EARLIER),
    ),
    MACHINE.initial,
)  # fmt: skip


def asked(*commands, state=OPENED) -> Any:
    """The claim after commands that must all be accepted."""
    for command in commands:
        decision = MACHINE.decide(command, state)
        assert not isinstance(decision, Refusal), decision
        state = reduce(evolve, decision, state)
    return state


def request(kind: Any = "partial", **more) -> RequestPayment:
    return RequestPayment(kind=kind, **{**PAY, **more}, **EARLIER)


ISSUED = (request(), CONFIRM)
STATES = {
    "requested": asked(request()),
    "failed": asked(request(), FailPayment(payment_id="PAY", reason="account closed", **ABOUT)),
    "issued": asked(*ISSUED),
    "cleared": asked(*ISSUED, CLEAR),
    "stopped": asked(*ISSUED, STOP),
    "voided": asked(*ISSUED, VOID),
    "stale": asked(*ISSUED, STALE),
    "escheated": asked(*ISSUED, STALE, ESCHEAT),
    "reissued": asked(*ISSUED, STOP, REISSUE),
}
BIG = {"amount": usd("26000.00"), "by": "ann", "role": "adjuster"}
RESERVED = asked(SetReserve(line=DWELLING, amount=usd("30000.00"), **EARLIER))
STATES["awaiting"] = asked(request(**BIG), state=RESERVED)
STATES["denied"] = asked(
    request(**BIG), DenyPayment(payment_id="PAY", by="bob", reason="no photo", **ABOUT), state=RESERVED
)
COMMANDS = {
    "ClearCheque": CLEAR,
    "StopCheque": STOP,
    "VoidCheque": VOID,
    "StaleDateCheque": STALE,
    "EscheatCheque": ESCHEAT,
    "ReissueCheque": REISSUE,
    "ReissueCheque(itself)": ReissueCheque(payment_id="PAY", new_payment_id="PAY", **ABOUT),
    "ClearCheque(which)": ClearCheque(payment_id="PAY-7", **ABOUT),
}
TABLE = """
#                      requested        failed           issued              cleared          stopped                           voided                            stale                             escheated         reissued         awaiting         denied
ClearCheque            not_issued       not_issued       PaymentCleared      -                cheque_stopped                    cheque_voided                     cheque_stale                      cheque_escheated  cheque_replaced  not_issued       not_issued
StopCheque             not_issued       not_issued       PaymentStopped      already_cleared  -                                 cheque_voided                     cheque_stale                      cheque_escheated  cheque_replaced  not_issued       not_issued
VoidCheque             not_issued       not_issued       PaymentVoided       already_cleared  cheque_stopped                    -                                 cheque_stale                      cheque_escheated  cheque_replaced  not_issued       not_issued
StaleDateCheque        not_issued       not_issued       PaymentStaleDated   already_cleared  cheque_stopped                    cheque_voided                     -                                 cheque_escheated  cheque_replaced  not_issued       not_issued
EscheatCheque          not_issued       not_issued       cheque_outstanding  already_cleared  cheque_stopped                    cheque_voided                     PaymentEscheated                  -                 cheque_replaced  not_issued       not_issued
ReissueCheque          not_issued       not_issued       cheque_outstanding  already_cleared  PaymentReissued+PaymentRequested  PaymentReissued+PaymentRequested  PaymentReissued+PaymentRequested  cheque_escheated  -                not_issued       not_issued
ReissueCheque(itself)  not_issued       not_issued       cheque_outstanding  already_cleared  payment_reused                    payment_reused                    payment_reused                    cheque_escheated  cheque_replaced  not_issued       not_issued
ClearCheque(which)     unknown_payment  unknown_payment  unknown_payment     unknown_payment  unknown_payment                   unknown_payment                   unknown_payment                   unknown_payment   unknown_payment  unknown_payment  unknown_payment
"""


def test_every_cell_of_the_table(command, state, wanted, answered):
    assert answered(MACHINE.decide(command, state)) == wanted


def test_the_table_has_every_command_and_every_status():
    assert {type(command) for command in COMMANDS.values()} == set(get_args(ChequeCommand))
    assert {state.payments[0].status for state in STATES.values()} == set(get_args(PaymentStatus))


@pytest.mark.parametrize("command", [CLEAR, STOP, REISSUE])
def test_a_claim_that_is_not_open_has_no_cheques(command, answered):
    assert answered(MACHINE.decide(command, MACHINE.initial)) == "wrong_state"


def money(claim) -> tuple[int, int, int]:
    [line] = claim.lines
    return line.open, line.available, line.paid


# --- what comes back


@pytest.mark.parametrize("back", [STOP, VOID], ids=["stop", "void"])
@pytest.mark.parametrize("kind", ["partial", "final", "supplemental"])
def test_a_stop_or_a_void_restores_exactly_what_the_payment_took(back, kind):
    """INV-C5: also what a final payment had released."""
    before = OPENED
    after = asked(request(kind), CONFIRM, back)

    assert money(after) == money(before)


def test_a_stale_cheque_gives_nothing_back():
    assert money(STATES["stale"]) == money(STATES["issued"]) == (550000, 550000, 400000)


def test_taking_back_the_money_of_a_closed_claim_opens_it_again():
    closed = asked(*ISSUED, CloseClaim(**ABOUT))
    assert isinstance(closed, Closed)

    reopened = asked(VOID, state=closed)
    assert isinstance(reopened, Open)
    assert money(reopened) == (400000, 400000, 0)
    assert [exposure.status for exposure in reopened.exposures] == ["open"]


def test_taking_back_a_supplemental_payment_leaves_a_closed_claim_closed():
    closed = asked(CloseClaim(**ABOUT))
    paid = asked(request("supplemental"), CONFIRM, state=closed)
    assert money(paid) == (0, 0, 400000)

    back = asked(STOP, state=paid)
    assert isinstance(back, Closed)
    assert money(back) == (0, 0, 0)


# --- a cheque that is issued again


def test_a_cheque_that_was_stopped_is_issued_again_once(answered):
    claim = STATES["reissued"]

    assert [(p.payment_id, p.status, p.replaces, p.replaced_by) for p in claim.payments] == [
        ("PAY", "reissued", "", "PAY-2"),
        ("PAY-2", "requested", "PAY", ""),
    ]
    assert money(claim) == (950000, 550000, 0)
    other = ReissueCheque(payment_id="PAY", new_payment_id="PAY-3", **ABOUT)
    assert answered(MACHINE.decide(other, claim)) == "cheque_replaced"


@pytest.mark.parametrize("given_up", [STOP, VOID, STALE], ids=["stopped", "voided", "stale"])
def test_of_a_cheque_and_its_replacement_never_both_clear(given_up, answered):
    claim = asked(*ISSUED, given_up, REISSUE, ConfirmPayment(payment_id="PAY-2", **ABOUT))

    assert money(claim) == money(STATES["issued"])
    assert answered(MACHINE.decide(CLEAR, claim)) == "cheque_replaced"
    assert answered(MACHINE.decide(ClearCheque(payment_id="PAY-2", **ABOUT), claim)) == "PaymentCleared"


def test_a_cheque_is_not_issued_again_from_a_reserve_that_is_gone(answered):
    claim = asked(*ISSUED, STOP, SetReserve(line=DWELLING, amount=usd("3999.99"), **ABOUT))

    assert answered(MACHINE.decide(REISSUE, claim)) == "reserve_required"


def test_a_stale_cheque_is_owed_and_issued_again_without_a_reserve():
    claim = asked(*ISSUED, STALE, SetReserve(line=DWELLING, amount=usd("0.00"), **ABOUT), REISSUE)

    assert money(claim) == (400000, 0, 0)


def test_a_stale_cheque_of_a_closed_claim_opens_it_for_the_new_one():
    claim = asked(*ISSUED, STALE, CloseClaim(**ABOUT), REISSUE, ConfirmPayment(payment_id="PAY-2", **ABOUT))

    assert isinstance(claim, Open)
    assert money(claim) == (0, 0, 400000)


# --- several names on one cheque


def test_a_joint_cheque_clears_when_everyone_endorsed_it(answered):
    payees = (Payee("I", "insured"), Payee("BANK", "mortgagee"))
    claim = asked(request(payees=payees), CONFIRM)

    assert answered(MACHINE.decide(CLEAR, claim)) == "endorsement_missing"
    one = ClearCheque(payment_id="PAY", endorsed_by=("I",), **ABOUT)
    assert answered(MACHINE.decide(one, claim)) == "endorsement_missing"
    both = ClearCheque(payment_id="PAY", endorsed_by=("BANK", "I"), **ABOUT)
    assert answered(MACHINE.decide(both, claim)) == "PaymentCleared"


# --- approval


def test_a_payment_above_ones_authority_holds_its_money_and_waits_for_somebody_else(answered):
    claim = STATES["awaiting"]

    assert money(claim) == (3000000, 400000, 0)
    approve = ApprovePayment(payment_id="PAY", by="ann", role="supervisor", **ABOUT)
    assert answered(MACHINE.decide(approve, claim)) == "self_approval"
    approve = ApprovePayment(payment_id="PAY", by="bob", role="adjuster", **ABOUT)
    assert answered(MACHINE.decide(approve, claim)) == "above_authority"
    approve = ApprovePayment(payment_id="PAY", by="bob", role="supervisor", **ABOUT)
    approved = asked(approve, state=claim)
    assert money(approved) == money(claim)
    assert (approved.payments[0].status, approved.payments[0].approved_by) == ("requested", "bob")
    assert MACHINE.decide(approve, approved) == ()


def test_nobody_in_particular_approves_nothing(answered):
    command = ApprovePayment(payment_id="PAY", by="", role="supervisor", **ABOUT)

    assert answered(MACHINE.decide(command, STATES["awaiting"])) == "self_approval"


def test_what_was_denied_gives_its_money_back():
    assert money(STATES["denied"]) == money(RESERVED)


# --- the invariants hold in every status


@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
def test_no_status_breaks_an_invariant(state):
    view: Any = claim_view("C", state)

    assert list(judged(CLAIM_INVARIANTS, "C", view)) == []
