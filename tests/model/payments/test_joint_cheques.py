"""A cheque of joint payees: it clears with every endorsement, and without one it is for a person."""

from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.histories import claim_id, history, insured_id, payment_id, payout_intent_id
from fixtures.jurisdictions import florida
from fixtures.settlement_histories import DAY, NOON, eligible, joint_request, mortgagee_id, settlement_history
from model.claims.file import payment_of
from model.claims.money_commands import StopCheque
from model.core import Core
from model.decider import Refusal
from model.payments.commands import HearProcessor, ReportSuccess, ReturnMoney
from model.payments.payee import ScreenPayee
from model.payments.payout_commands import ApproveRun, ConfirmPayout, EmitPayout, FreezeRun, ReserveFunds
from model.payments.payout_events import PayoutItem
from model.payments.payout_states import manifest_of
from model.payments.states import Returned, Succeeded
from model.payments.worklist import Waiting
from model.published.claim_events import ClaimPaymentRequested
from model.published.payment_events import IntentCleared
from model.published.process_events import ClaimPayoutAsked
from model.published.seen import intent_view

INTENT, INSURED, BANK = payout_intent_id(1), insured_id(1), mortgagee_id(1)
CASE = f"{INTENT}/endorsement_missing"


class Living:
    """A core whose messages are delivered at once, with what was published."""

    def __init__(self, *commands: Any, **choices: Any) -> None:
        law, carrier = florida()
        self.core = Core(law, replace(carrier, payments=replace(carrier.payments, **choices)))
        self.told: list[Any] = []
        for command in commands:
            assert self.ask(command) == (), command

    def ask(self, command: Any) -> tuple[str, ...]:
        answer = self.core.submit(command)
        refused = [answer.code] if isinstance(answer, Refusal) else []
        while self.core.outbox:
            envelope = self.core.outbox.pop(0)
            self.told.append(envelope.data)
            for context in self.core.subscribers(envelope.type):
                answers = self.core.deliver(envelope, to=context, at=command.at)
                refused.extend(one.code for one in answers if isinstance(one, Refusal))
        return (*refused, *(one.code for one in self.core.drain(at=command.at)))

    @property
    def attempt(self) -> Any:
        state: Any = self.core.intent(INTENT)
        return state.attempts[-1]

    @property
    def cheque(self) -> str:
        claim: Any = self.core.claim(claim_id(1))
        payment = payment_of(claim.payments, payment_id(1))
        assert payment is not None
        return payment.status

    @property
    def cases(self) -> set[str]:
        return {case for case, state in self.core.worklist.states.items() if isinstance(state, Waiting)}

    @property
    def for_person(self) -> str | None:
        view = intent_view(INTENT, self.core.intent(INTENT))
        assert view is not None
        return view.for_person


def issued(**choices: Any) -> Living:
    return Living(*joint_request(1), ReportSuccess(intent_id=INTENT, on=DAY, at=NOON), **choices)


def paid(*endorsed_by: str) -> HearProcessor:
    return HearProcessor(intent_id=INTENT, attempt=1, says="cleared", endorsed_by=endorsed_by, on=DAY, at=NOON)


def test_who_has_to_endorse_is_published_by_claims_and_known_to_payments():
    living = issued()
    (asked,) = [one for one in living.told if isinstance(one, ClaimPaymentRequested)]
    assert asked.joint_payees == (INSURED, BANK)
    state: Any = living.core.intent(INTENT)
    assert state.order.joint_payees == (INSURED, BANK)
    assert living.attempt.method == "cheque"


def test_the_process_asks_for_the_same_payees_when_its_word_comes_first():
    """INV-X2: whichever of the two asks payments hears first, the cheque is for the same people."""
    living = issued()
    (asked,) = [one for one in living.told if isinstance(one, ClaimPayoutAsked) and one.asks == "payout"]
    assert asked.joint_payees == (INSURED, BANK)


@pytest.mark.parametrize("order", [(INSURED, BANK), (BANK, INSURED)])
def test_a_cheque_that_everybody_endorsed_clears_in_both_contexts(order):
    living = issued()
    assert living.ask(paid(*order)) == ()
    assert living.attempt.cleared_on == DAY
    assert living.cheque == "cleared"
    assert living.cases == set()
    (told,) = [one for one in living.told if isinstance(one, IntentCleared)]
    assert told.endorsed_by == order


@pytest.mark.parametrize(
    ("endorsed_by", "missing"),
    [((INSURED,), (BANK,)), ((BANK,), (INSURED,)), ((), (INSURED, BANK)), (("a stranger",), (INSURED, BANK))],
    ids=["the insured alone", "the mortgagee alone", "nobody that the bank tells of", "somebody else"],
)
def test_a_missing_endorsement_is_for_a_person_and_clears_nothing(endorsed_by, missing):
    living = issued()
    assert living.ask(paid(*endorsed_by)) == ()
    assert living.attempt.cleared_on is None
    assert living.attempt.unendorsed == missing
    assert living.cheque == "issued"
    assert living.cases == {CASE}
    assert living.for_person == "endorsement_missing"
    assert not [one for one in living.told if isinstance(one, IntentCleared)]
    case: Any = living.core.worklist.states[CASE]
    assert all(one in case.matter.text for one in missing)
    state: Any = living.core.intent(INTENT)
    assert case.matter.amount == state.order.amount


def test_the_same_word_again_says_nothing_new_and_less_missing_does():
    living = issued()
    living.ask(paid())
    assert living.core.submit(paid()) == ()
    living.ask(paid(INSURED))
    assert living.attempt.unendorsed == (BANK,)
    assert living.cases == {CASE}


def test_the_proof_of_the_missing_endorsement_clears_it():
    living = Living(*settlement_history("a joint cheque that everybody endorsed").commands)
    assert living.attempt.cleared_on == DAY
    assert living.cheque == "cleared"
    assert living.for_person is None


def test_money_that_the_bank_gives_back_is_in_the_reserve_again():
    living = Living(*settlement_history("a joint cheque that lacks an endorsement").commands)
    assert living.ask(ReturnMoney(intent_id=INTENT, reason="endorsement_missing", on=DAY, at=NOON)) == ()
    assert isinstance(living.core.intent(INTENT), Returned)
    assert living.cheque == "voided"
    assert living.for_person is None


def test_a_cheque_that_the_bank_has_paid_cannot_be_stopped_whoever_endorsed_it():
    living = Living(*settlement_history("a joint cheque that lacks an endorsement").commands)
    stop = StopCheque(claim_id=claim_id(1), payment_id=payment_id(1), reason="lost", on=DAY, at=NOON)
    assert living.ask(stop) == ("payout_left",)
    assert isinstance(living.core.intent(INTENT), Succeeded)
    assert f"{INTENT}/payout_left" in living.cases


def test_a_cheque_that_was_never_reported_as_issued_is_issued_when_the_bank_pays_it():
    living = Living(*joint_request(1))
    assert living.ask(paid(INSURED)) == ()
    assert isinstance(living.core.intent(INTENT), Succeeded)
    assert living.cheque == "issued"
    assert living.cases == {CASE}


@pytest.mark.parametrize(("endorsed_by", "cheque"), [((INSURED, BANK), "cleared"), ((INSURED,), "issued")])
def test_the_report_of_a_run_carries_the_endorsements_that_the_bank_saw(endorsed_by, cheque):
    living = Living(*joint_request(1))
    state: Any = living.core.intent(INTENT)
    items = (PayoutItem(INTENT, INSURED, "tok_1", state.order.amount),)
    about: dict[str, Any] = {"run_id": "R", "on": DAY, "at": NOON}
    for command in (
        *eligible(INSURED, "tok_1"),
        ScreenPayee(party_id=BANK, found="clear", by="screening", on=DAY, at=NOON),
        FreezeRun(items=items, frozen_by="ann", cut_off=NOON, **about),
        ApproveRun(manifest=manifest_of("R", items), approved_by="bob", **about),
        ReserveFunds(available=state.order.amount, **about),
        EmitPayout(payment_id=INTENT, **about),
        ConfirmPayout(payment_id=INTENT, endorsed_by=endorsed_by, **about),
    ):
        assert living.ask(command) == ()
    assert living.cheque == cheque
    assert living.cases == (set() if cheque == "cleared" else {CASE})


def test_joint_payees_are_paid_by_cheque_even_where_payouts_go_by_transfer():
    assert issued(payout_method="ach").attempt.method == "cheque"
    alone = Living(*history("a claim with a payment on its way").commands, payout_method="ach")
    assert alone.attempt.method == "ach"


def test_payments_that_clear_without_looking_are_contradicted_by_claims():
    """The planted defect: payments forgets who has to endorse. Claims knows it too and does not believe the clearing."""
    living = issued()
    state: Any = living.core.intent(INTENT)
    living.core.intents.states[INTENT] = replace(state, order=replace(state.order, joint_payees=()))
    assert living.ask(paid(INSURED)) == ("endorsement_missing",)
    assert living.cheque == "issued"
