"""What payments does across its machines: disputes, runs, cheques and stories, together with billing and claims."""

from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.histories import (
    account_id,
    at,
    claim_id,
    due_on,
    history,
    insured_id,
    intent_id,
    payment_id,
    payout_intent_id,
    usd,
)
from fixtures.jurisdictions import florida
from fixtures.settlement_histories import eligible
from model.books import Books
from model.claims.file import Closed, Open, payment_of
from model.claims.money_commands import StopCheque, VoidCheque
from model.core import Core
from model.decider import Refusal
from model.invariants import broken_stories
from model.payments import holds
from model.payments.commands import HearProcessor, ReportSuccess, ReturnMoney, StartPayment
from model.payments.dispute import ChallengeDispute, DecideDispute, Disputed, OpenDispute
from model.payments.payout_commands import ApproveRun, ConfirmPayout, EmitPayout, FreezeRun, ReserveFunds, VoidPayout
from model.payments.payout_events import PayoutItem
from model.payments.payout_states import Closed as ClosedRun
from model.payments.payout_states import manifest_of
from model.payments.states import ChargedBack, Returned, Succeeded
from model.payments.status import EMPTY, Notice, told
from model.payments.worklist import Waiting
from model.published.envelope import Envelope
from model.published.seen import account_view
from model.tracking import payments_of
from model.wire import from_wire

DRAFT, PAYOUT = intent_id(1, 0), payout_intent_id(1)
DAY = due_on(0) + timedelta(days=11)
NOON = at(DAY)


class Living:
    """A core whose messages are delivered at once, with all that was published and its books."""

    def __init__(self, name: str = "", **choices: Any) -> None:
        law, carrier = florida()
        self.core = Core(law, replace(carrier, payments=replace(carrier.payments, **choices)))
        self.books = Books(self.core.carrier)
        self.core.observers.append(self.books)
        self.seen: list[Envelope] = []
        if name:
            for command in history(name).commands:
                self.ask(command)

    def ask(self, command: Any) -> tuple[str, ...]:
        """The codes of everything that was refused, the command's own first."""
        answer = self.core.submit(command)
        refused = [answer.code] if isinstance(answer, Refusal) else []
        while self.core.outbox:
            envelope = self.core.outbox.pop(0)
            self.seen.append(envelope)
            for context in self.core.subscribers(envelope.type):
                answers = self.core.deliver(envelope, to=context, at=command.at)
                refused.extend(one.code for one in answers if isinstance(one, Refusal))
        return (*refused, *(one.code for one in self.core.drain(at=command.at)))

    def cases(self) -> set[str]:
        return {case for case, state in self.core.worklist.states.items() if isinstance(state, Waiting)}

    def cheque(self) -> str:
        claim = self.core.claim(claim_id(1))
        assert isinstance(claim, (Open, Closed))
        payment = payment_of(claim.payments, payment_id(1))
        assert payment is not None
        return payment.status


# --- disputes


def opened(living: Living, *, amount: str = "", on: date = DAY) -> OpenDispute:
    state: Any = living.core.intent(DRAFT)
    whole = state.order.amount
    matter = Disputed(DRAFT, account_id(1), "visa", usd(amount) if amount else whole, whole, due_on(0), "13.1")
    return OpenDispute(dispute_id="D-1", disputed=matter, on=on, at=at(on))


def account(living: Living) -> Any:
    return account_view(living.core.account(account_id(1)))


def test_a_dispute_takes_the_premium_back_to_the_cent_and_a_won_one_books_it_again():
    living = Living("a policy with nine installments, three paid")
    before, held = account(living), cash(living)
    state: Any = living.core.intent(DRAFT)
    paid = state.order.amount

    assert living.ask(opened(living)) == ()
    taken = account(living)
    assert isinstance(living.core.intent(DRAFT), ChargedBack)
    assert [one.status for one in taken.payments if one.payment_id == DRAFT] == ["returned"]
    assert cash(living) == held - paid.minor
    assert paid_of(taken) == paid_of(before) - paid.minor

    living.ask(ChallengeDispute(dispute_id="D-1", evidence="the application", on=DAY, at=NOON))
    assert living.ask(DecideDispute(dispute_id="D-1", outcome="won", on=DAY, at=NOON)) == ()
    again = account(living)
    assert isinstance(living.core.intent(DRAFT), Succeeded)
    assert [one.status for one in again.payments if one.payment_id.startswith(DRAFT)] == ["returned", "received"]
    assert cash(living) == held
    assert paid_of(again) == paid_of(before)
    assert open_of(taken) == open_of(before) + paid.minor + RETURNED_FEE
    assert open_of(again) == open_of(before), "the fee that the loss cost is waived"


def cash(living: Living) -> int:
    return living.books.ledger.balances["cash", "USD"]


RETURNED_FEE = 1500


def open_of(view: Any) -> int:
    """Minor units that the account is still asked for, planned or billed."""
    return sum(
        from_wire(item.amount).minor
        - from_wire(item.paid).minor
        - from_wire(item.credited).minor
        - from_wire(item.written_off).minor
        for invoice in view.invoices
        for item in invoice.items
    )


def paid_of(view: Any) -> int:
    """Minor units paid on all items of the account."""
    return sum(from_wire(item.paid).minor for invoice in view.invoices for item in invoice.items)


def test_a_dispute_that_is_lost_leaves_the_premium_unpaid_and_books_nothing_more():
    living = Living("a policy cancelled midway")
    living.ask(opened(living))
    taken = account(living)
    living.ask(ChallengeDispute(dispute_id="D-1", evidence="the application", on=DAY, at=NOON))
    assert living.ask(DecideDispute(dispute_id="D-1", outcome="lost", on=DAY, at=NOON)) == ()
    assert account(living) == taken
    assert isinstance(living.core.intent(DRAFT), ChargedBack)


def test_a_part_of_a_payment_that_is_disputed_is_for_a_person_and_moves_nothing():
    living = Living("a policy cancelled midway")
    before = account(living)
    assert living.ask(opened(living, amount="10.00")) == ()
    assert living.cases() == {f"{DRAFT}/partly_disputed"}
    assert account(living) == before


def test_a_dispute_of_what_came_back_already_is_for_a_person():
    living = Living("a payment returned")
    assert living.ask(opened(living)) == ("wrong_state",)
    assert living.cases() == {f"{DRAFT}/wrong_state"}


# --- payment runs and cheques


def run_of(living: Living, name: str = "R") -> PayoutItem:
    """A run of the claim's payment, frozen, approved and funded out of an account that holds it twice."""
    state: Any = living.core.intent(PAYOUT)
    item = PayoutItem(PAYOUT, insured_id(1), "tok_1", state.order.amount)
    about: dict[str, Any] = {"run_id": name, "on": DAY, "at": NOON}
    funding = replace(item.amount, minor=2 * item.amount.minor)
    living.ask(holds.FundAccount(fund_id="claims", funding_id="F", amount=funding, on=DAY, at=NOON))
    for command in (
        *eligible(item.party_id, item.token),
        FreezeRun(items=(item,), frozen_by="ann", cut_off=NOON + timedelta(hours=2), **about),
        ApproveRun(manifest=manifest_of(name, (item,)), approved_by="bob", **about),
        ReserveFunds(fund_id="claims", **about),
    ):
        assert living.ask(command) == ()
    return item


ITEM: dict[str, Any] = {"run_id": "R", "payment_id": PAYOUT, "on": DAY, "at": NOON}


def stop(why: str = "lost") -> StopCheque:
    return StopCheque(claim_id=claim_id(1), payment_id=payment_id(1), reason=why, on=DAY, at=NOON)


def test_a_run_holds_its_money_as_a_whole_until_it_is_closed():
    living = Living("a claim with a payment on its way")
    item = run_of(living)
    fund = living.core.fund("claims")
    assert (fund.available, fund.pending) == (item.amount.minor, item.amount.minor)
    assert list(fund.holds) == ["R"]

    living.ask(EmitPayout(**ITEM))
    living.ask(ConfirmPayout(**ITEM))
    fund = living.core.fund("claims")
    assert (fund.posted, fund.pending) == (item.amount.minor, 0)


def test_a_run_without_a_paid_item_gives_all_of_its_money_back():
    living = Living("a claim with a payment on its way")
    item = run_of(living)
    living.ask(EmitPayout(**ITEM))
    assert living.ask(VoidPayout(reason="account closed", cause="refused_by_bank", **ITEM)) == ()
    fund = living.core.fund("claims")
    assert (fund.available, fund.pending) == (2 * item.amount.minor, 0)


def test_a_run_cannot_reserve_what_another_one_holds():
    living = Living("a claim with a payment on its way")
    state: Any = living.core.intent(PAYOUT)
    third = replace(state.order.amount, minor=state.order.amount.minor + 1)
    run_of(living)
    item = PayoutItem("elsewhere", insured_id(1), "tok_1", third)
    about: dict[str, Any] = {"run_id": "S", "on": DAY, "at": NOON}
    living.ask(FreezeRun(items=(item,), frozen_by="ann", cut_off=NOON + timedelta(hours=2), **about))
    living.ask(ApproveRun(manifest=manifest_of("S", (item,)), approved_by="bob", **about))
    assert living.ask(ReserveFunds(fund_id="claims", **about)) == ("insufficient_prefunding",)


def test_a_payment_is_sent_by_one_run_only():
    living = Living("a claim with a payment on its way")
    run_of(living)
    run_of(living, "S")
    assert living.ask(EmitPayout(**ITEM)) == ()
    assert living.ask(EmitPayout(run_id="S", payment_id=PAYOUT, on=DAY, at=NOON)) == ("not_payable",)


def test_a_cheque_is_issued_when_its_run_sends_it_and_cleared_when_the_bank_pays_it():
    living = Living("a claim with a payment on its way")
    run_of(living)
    living.ask(EmitPayout(**ITEM))
    assert living.cheque() == "issued"
    assert living.ask(ConfirmPayout(**ITEM)) == ()
    assert living.cheque() == "cleared"
    assert isinstance(living.core.payout_runs.states["R"], ClosedRun)
    assert living.ask(stop()) == ("already_cleared",)


def test_a_cheque_that_the_bank_refuses_is_void_and_its_money_is_in_the_reserve_again():
    living = Living("a claim with a payment on its way")
    run_of(living)
    living.ask(EmitPayout(**ITEM))
    assert living.ask(VoidPayout(reason="no such payee", cause="refused_by_bank", **ITEM)) == ()
    assert living.cheque() == "voided"
    assert isinstance(living.core.intent(PAYOUT), Returned)


@pytest.mark.parametrize("kind", [StopCheque, VoidCheque])
def test_a_cheque_that_claims_stops_does_not_reach_its_payee(kind: Any):
    living = Living("a claim with a payment on its way")
    living.ask(ReportSuccess(intent_id=PAYOUT, on=DAY, at=NOON))
    assert living.ask(kind(claim_id=claim_id(1), payment_id=payment_id(1), reason="lost", on=DAY, at=NOON)) == ()
    assert isinstance(living.core.intent(PAYOUT), Returned)
    assert living.cheque() == ("stopped" if kind is StopCheque else "voided")
    assert living.cases() == set()

    cleared = HearProcessor(intent_id=PAYOUT, attempt=1, says="cleared", on=DAY, at=NOON)
    assert living.ask(cleared) == ("wrong_state",)


def test_a_transfer_that_has_left_cannot_be_stopped_and_a_person_is_told():
    living = Living("a claim with a payment on its way", payout_method="ach")
    living.ask(ReportSuccess(intent_id=PAYOUT, on=DAY, at=NOON))
    assert living.ask(stop()) == ("payout_left",)
    assert living.cases() == {f"{PAYOUT}/payout_left"}
    assert isinstance(living.core.intent(PAYOUT), Succeeded)


def test_a_transfer_that_the_bank_sends_back_is_void_in_claims():
    living = Living("a claim with a payment on its way", payout_method="ach")
    living.ask(ReportSuccess(intent_id=PAYOUT, on=DAY, at=NOON))
    assert living.ask(ReturnMoney(intent_id=PAYOUT, reason="R03", on=DAY, at=NOON)) == ()
    assert living.cheque() == "voided"


def test_a_code_that_nobody_classed_opens_one_case():
    living = Living("a claim with a payment on its way")
    strange = HearProcessor(intent_id=PAYOUT, attempt=1, says="failed", network="US-ACH", code="R99", on=DAY, at=NOON)
    living.ask(strange)
    living.ask(strange)
    assert living.cases() == {f"{PAYOUT}/unknown_code"}


# --- stories


def test_a_payout_and_a_draft_are_found_by_their_story_whoever_reports_of_them():
    living = Living("a claim paid and closed")
    (payout,) = payments_of(living.core, f"claim:{claim_id(1)}")
    assert (payout.intent_id, payout.status) == (PAYOUT, "succeeded")

    living = Living("a payment returned")
    (drafted,) = [one for one in living.seen if one.type == "insurance.billing.invoice.due.v1"]
    (draft,) = payments_of(living.core, drafted.correlationid)
    assert (draft.intent_id, draft.status) == (DRAFT, "returned")
    assert {one.correlationid for one in living.seen if one.subject == DRAFT} == {drafted.correlationid}
    assert payments_of(living.core, "nobody") == ()


def test_a_payment_that_nothing_led_to_is_a_story_of_its_own():
    living = Living()
    start = StartPayment(
        intent_id="collect:A:1", purpose="collection", subject="A", reference="1", party_id="I",
        amount=usd("1.00"), on=DAY, at=NOON,
    )  # fmt: skip
    living.ask(start)
    (view,) = payments_of(living.core, "intent:collect:A:1")
    assert view.status == "processing"


def test_the_board_of_events_and_the_intents_themselves_say_the_same():
    living, board = Living("a claim paid and closed"), EMPTY
    for one in living.seen:
        board = told(
            board,
            Notice(
                type=one.type,
                subject=one.subject,
                sequence=one.sequence,
                correlation_id=one.correlationid,
                at=one.time,
                data=one.data,
            ),
        )
    story = f"claim:{claim_id(1)}"
    assert [(one.intent_id, one.status) for one in board.of(story)] == [
        (one.intent_id, one.status) for one in payments_of(living.core, story)
    ]


@pytest.mark.parametrize("name", ["a claim paid and closed", "a payment returned", "a policy cancelled midway"])
def test_everything_that_was_published_hangs_together(name: str):
    living = Living(name)
    if name == "a policy cancelled midway":
        living.ask(opened(living))
    assert broken_stories(living.seen) == ()


def test_a_payment_that_left_its_story_is_seen():
    living = Living("a payment returned")
    told_last = living.seen[-1]
    assert told_last.subject == DRAFT
    lost = [*living.seen[:-1], replace(told_last, correlationid="another")]
    assert [one.code for one in broken_stories(lost)][:1] == ["INV-X7"]
