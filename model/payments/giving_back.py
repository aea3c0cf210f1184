"""Money that goes back: the bank returns it, the insurer refunds it, the issuer takes it back, and what is won again.

A return and a chargeback are told to billing, which takes back what the payment had settled; a refund is asked for by
whoever has booked it. A debit that came back for want of funds is presented again when the carrier chose so, but never
more often than the network allows (INV-Y3).
"""

from datetime import date, datetime

from model.decider import Decision, Refusal
from model.money import Money
from model.payments import events
from model.payments.ach import ReversalReason, correction_due, present_again, return_due, reverse
from model.payments.commands import (
    ChargeBack,
    NoteChange,
    RefundMoney,
    RepresentCharge,
    ReturnMoney,
    ReversePayout,
    StopPayout,
)
from model.payments.events import Event
from model.payments.failures import classify
from model.payments.next_try import business_failures, presented
from model.payments.outcomes import refused, wrong_state
from model.payments.retrying import business_retry_at
from model.payments.rulebook import Rulebook
from model.payments.states import Attempt, ChargedBack, Failed, NoIntent, Retrying, Returned, State, Succeeded
from model.payments.surcharges import refunded_fee
from model.payments.tokens import card_in

STOPPED = "stopped"
"""Why what went out is not paid that claims stopped or voided, or that billing rejected."""


def return_money(rules: Rulebook, command: ReturnMoney, state: State) -> Decision[Event]:
    if isinstance(state, Returned) or (isinstance(state, Retrying) and state.attempts[-1].status == "returned"):
        return ()
    if not isinstance(state, Succeeded):
        return wrong_state(command, state)
    attempt = _effective(state)
    if attempt is None or attempt.status == "represented" or attempt.cleared_on is not None:
        return wrong_state(command, state)
    if command.attempt is not None and command.attempt != attempt.ordinal:
        return () if _came_back(state, command.attempt) else wrong_state(command, state)
    card = card_in(command)
    if card is not None:
        return card
    order = state.order
    retry_at = _present_again_at(rules, command, state, attempt)
    back = events.MoneyReturned(
        intent_id=command.intent_id,
        purpose=order.purpose,
        subject=order.subject,
        reference=order.reference,
        amount=order.amount,
        reason=command.reason,
        on=command.on,
        at=command.at,
        attempt=attempt.ordinal,
        retry_at=retry_at,
        late_after=_late_after(rules, command, attempt),
    )
    person = _for_whom(rules, command, state)
    return (back,) if person is None else (back, _parked(command, attempt, person))


def _parked(command: ReturnMoney, attempt: Attempt, person: events.Person) -> events.PaymentParked:
    return events.PaymentParked(
        intent_id=command.intent_id,
        attempt=attempt.ordinal,
        reason=person,
        network="US-ACH",
        code=command.reason,
        on=command.on,
        at=command.at,
    )


def _late_after(rules: Rulebook, command: ReturnMoney, attempt: Attempt) -> date | None:
    """The last day for a return, where this one missed it; the money is gone all the same."""
    if attempt.method != "ach" or attempt.settled_on is None:
        return None
    last = return_due(rules.ach, code=command.reason, settled_on=attempt.settled_on)
    return last if last is not None and command.on > last else None


def _effective(state: Succeeded) -> Attempt | None:
    for attempt in state.attempts:
        if attempt.status in ("succeeded", "refunded_partial", "represented"):
            return attempt
        if attempt.status == "refunded" and attempt.surplus == "none":
            return attempt
    return None


def _came_back(state: Succeeded, ordinal: int) -> bool:
    return any(one.ordinal == ordinal and one.status == "returned" for one in state.attempts)


def _for_whom(rules: Rulebook, command: ReturnMoney, state: Succeeded) -> events.Person | None:
    """Money that left twice, and a code that nobody classed, are for a person. What we sent and comes back is for
    whoever asked for it, claims or billing, who pays it again in another way.
    """
    if state.order.purpose != "collection":
        return None
    if state.refunds:
        return "returned_after_refund"
    return None if classify(rules.law, network="US-ACH", code=command.reason) else "unknown_code"


def _present_again_at(rules: Rulebook, command: ReturnMoney, state: Succeeded, attempt: Attempt) -> datetime | None:
    if state.order.purpose != "collection":
        return None
    row = classify(rules.law, network="US-ACH", code=command.reason)
    if rules.choices.returned_debits == "leave" or state.refunds or row is None or row.failure != "soft_decline":
        return None
    failures = 1 + business_failures(state)
    retry_at = business_retry_at(rules.choices, failures=failures, due_on=state.due_on, failed_at=command.at)
    if retry_at is None:
        return None
    settled = attempt.settled_on or command.on
    refusal = present_again(rules.ach, presented(state, command.reason, settled), on=retry_at.date())
    return None if refusal else retry_at


def stop_payout(rules: Rulebook, command: StopPayout, state: State) -> Decision[Event]:
    """What goes out is stopped when it has not left, or when it is a cheque that the bank has not paid; what has left
    is refused with a code, and a person asks the bank.
    """
    _ = rules
    if isinstance(state, NoIntent):
        return Refusal("unknown_payout", f"there is no payout {command.intent_id} to be stopped")
    if state.order.purpose == "collection":
        return wrong_state(command, state)
    if isinstance(state, (Failed, Returned)):
        return ()
    attempt = state.attempts[-1]
    if attempt.status == "init" or isinstance(state, Retrying):
        return (refused(command, state, STOPPED),)
    if isinstance(state, Succeeded) and attempt.method == "cheque" and not (attempt.cleared_on or attempt.unendorsed):
        return (
            events.PayoutStopped(
                intent_id=command.intent_id,
                attempt=attempt.ordinal,
                subject=state.order.subject,
                reference=state.order.reference,
                amount=state.order.amount,
                reason=STOPPED,
                on=command.on,
                at=command.at,
                purpose=state.order.purpose,
            ),
        )
    return Refusal("payout_left", f"{command.intent_id} has left and cannot be stopped here")


def reverse_payout(rules: Rulebook, command: ReversePayout, state: State) -> Decision[Event]:
    """Nacha's reversing entry for a credit: within its banking days, for one of its reasons. Whoever asked for the
    payout hears that the money came back, and pays rightly what is still owed.
    """
    if isinstance(state, NoIntent) or state.order.purpose == "collection":
        return wrong_state(command, state)
    if isinstance(state, Returned):
        return ()
    attempt = _effective(state) if isinstance(state, Succeeded) else None
    if attempt is None:
        return wrong_state(command, state)
    if attempt.method != "ach" or attempt.settled_on is None:
        return Refusal("not_by_ach", f"{command.intent_id} moved no money over the ACH network")
    order = state.order
    return reverse(rules.ach, command.reason, direction="credit", settled_on=attempt.settled_on, on=command.on) or (
        events.MoneyReturned(
            intent_id=command.intent_id,
            purpose=order.purpose,
            subject=order.subject,
            reference=order.reference,
            amount=order.amount,
            reason=f"reversed_{command.reason}",
            on=command.on,
            at=command.at,
            attempt=attempt.ordinal,
        ),
    )


def refund(rules: Rulebook, command: RefundMoney, state: State) -> Decision[Event]:
    if not isinstance(state, Succeeded) or state.order.purpose != "collection":
        return wrong_state(command, state)
    for earlier in state.refunds:
        if earlier.refund_id == command.refund_id:
            same = earlier.amount == command.amount
            return () if same else Refusal("refund_reused", f"{command.refund_id} was for {earlier.amount}")
    amount = command.amount
    if amount.currency != state.order.amount.currency:
        return Refusal("wrong_currency", f"{state.order.amount} is not given back in {amount.currency}")
    if amount.minor <= 0:
        return Refusal("not_positive", f"a refund is more than nothing, not {amount}")
    if state.refunded + amount.minor > state.order.amount.minor:
        return Refusal("refund_above_captured", f"{amount} is more than is left of {state.order.amount}")
    if command.reversal is not None:
        refusal = _irreversible(rules, command, command.reversal, state)
        if refusal is not None:
            return refusal
    return (
        events.MoneyRefunded(
            intent_id=command.intent_id,
            refund_id=command.refund_id,
            amount=amount,
            on=command.on,
            at=command.at,
            fee=_fee_back(rules, amount, state),
            reversal=command.reversal,
        ),
    )


def _irreversible(rules: Rulebook, command: RefundMoney, reason: ReversalReason, state: Succeeded) -> Refusal | None:
    """Why no reversing entry may be sent: it takes back one entry as it was sent, soon, for an error of ours."""
    attempt = _effective(state)
    if attempt is None or attempt.method != "ach" or attempt.settled_on is None:
        return Refusal("not_by_ach", f"{command.intent_id} moved no money over the ACH network")
    if command.amount != state.order.amount:
        return Refusal("reversal_not_whole", f"a reversing entry is for {state.order.amount}, as the entry was")
    return reverse(rules.ach, reason, direction="debit", settled_on=attempt.settled_on, on=command.on)


def note_change(rules: Rulebook, command: NoteChange, state: State) -> Decision[Event]:
    """The entry stands; what it was made with is corrected before the next one. A code without a row is told too: the
    person who gets the case asks the bank.
    """
    if isinstance(state, NoIntent) or not 1 <= command.attempt <= len(state.attempts):
        return Refusal("unknown_attempt", f"{command.intent_id} has no attempt {command.attempt}")
    attempt = state.attempts[command.attempt - 1]
    if attempt.method != "ach":
        return Refusal("not_by_ach", f"{command.intent_id} moved no money over the ACH network")
    if command.code in attempt.changes:
        return ()
    return (
        events.ChangeNoticed(
            intent_id=command.intent_id,
            attempt=command.attempt,
            code=command.code,
            says=rules.ach.changes.get(command.code, "nobody knows what the code says"),
            correct_by=correction_due(rules.ach, received_on=command.on),
            on=command.on,
            at=command.at,
        ),
    )


def _fee_back(rules: Rulebook, refunded: Money, state: Succeeded) -> Money | None:
    """What goes back of the fee with a refund, counted from the first refund on so that no cent of it is lost."""
    attempt = _effective(state)
    if attempt is None or attempt.fee is None:
        return None
    paid, rounding = state.order.amount, rules.carrier.rounding
    before = Money(state.refunded, paid.currency)
    so_far = refunded_fee(attempt.fee, refunded=before, paid=paid, rounding=rounding)
    return refunded_fee(attempt.fee, refunded=before + refunded, paid=paid, rounding=rounding) - so_far


def charge_back(rules: Rulebook, command: ChargeBack, state: State) -> Decision[Event]:
    """Once: what was won again is not taken again, and what was refunded is not there to be taken."""
    _ = rules
    if isinstance(state, ChargedBack):
        return ()
    if not isinstance(state, Succeeded) or state.order.purpose != "collection":
        return wrong_state(command, state)
    if state.refunds:
        return Refusal("already_refunded", f"{command.intent_id} was refunded: tell the issuer so")
    attempt = _effective(state)
    if attempt is None or attempt.status == "represented":
        return Refusal("already_represented", f"the chargeback of {command.intent_id} was won")
    order = state.order
    return (
        events.ChargedBackByIssuer(
            intent_id=command.intent_id,
            attempt=attempt.ordinal,
            purpose=order.purpose,
            subject=order.subject,
            reference=order.reference,
            amount=order.amount,
            reason=command.reason,
            on=command.on,
            at=command.at,
        ),
    )


def represent(rules: Rulebook, command: RepresentCharge, state: State) -> Decision[Event]:
    _ = rules
    if isinstance(state, Succeeded) and any(one.status == "represented" for one in state.attempts):
        return ()
    if not isinstance(state, ChargedBack):
        return wrong_state(command, state)
    order, taken = state.order, [one.ordinal for one in state.attempts if one.status == "charged_back"]
    return (
        events.ChargeRepresented(
            intent_id=command.intent_id,
            attempt=taken[-1],
            purpose=order.purpose,
            subject=order.subject,
            reference=order.reference,
            party_id=order.party_id,
            amount=order.amount,
            on=command.on,
            at=command.at,
        ),
    )
