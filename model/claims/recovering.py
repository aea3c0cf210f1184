"""Recoveries of a claim: what is expected to come back on a line, and what came."""

from typing import assert_never

from msgspec.structs import replace

from model.carrier import Carrier
from model.claims.events import Event
from model.claims.file import Closed, Open, State
from model.claims.file import line_of as reserve_line_of
from model.claims.money_commands import ReceiveRecovery, RecoveryCommand, SetRecoveryReserve
from model.claims.money_events import RecoveryEvent, RecoveryReceived, RecoveryReserveChanged
from model.claims.recovery import Receipt, RecoveryLine, line_of, put_line, shared
from model.claims.reserve import LineKey
from model.claims.vocabulary import RecoveryCategory
from model.decider import Decision, Refusal
from model.money import Money


def decide_recovery(carrier: Carrier, command: RecoveryCommand, claim: Open | Closed) -> Decision[Event]:
    if reserve_line_of(claim.lines, command.line) is None:
        return Refusal("unknown_line", f"claim {command.claim_id} has no such reserve line")
    if command.amount.currency != carrier.currency:
        return Refusal("wrong_currency", f"the line is in {carrier.currency}, not {command.amount.currency}")
    match command:
        case SetRecoveryReserve():
            return _expect(command, claim)
        case ReceiveRecovery():
            return _receive(carrier, command, claim)


def _expect(command: SetRecoveryReserve, claim: Open | Closed) -> Decision[Event]:
    if command.amount.minor < 0:
        return Refusal("negative_amount", f"{command.amount} cannot be expected to come back")
    line = line_of(claim.recoveries, command.line, command.category)
    change = command.amount.minor - (line.open if line else 0)
    if change == 0:
        return ()
    return (
        RecoveryReserveChanged(
            claim_id=command.claim_id,
            line=command.line,
            category=command.category,
            change=Money(change, command.amount.currency),
            on=command.on,
            at=command.at,
        ),
    )


def _receive(carrier: Carrier, command: ReceiveRecovery, claim: Open | Closed) -> Decision[Event]:
    for receipt in claim.receipts:
        if receipt.recovery_id == command.recovery_id:
            told = (command.line, command.category, command.amount, command.expense)
            same = told == (receipt.line, receipt.category, receipt.amount, receipt.expense)
            return () if same else Refusal("recovery_reused", f"{command.recovery_id} was another recovery")
    if command.amount.minor <= 0:
        return Refusal("not_positive", f"a recovery is more than nothing, not {command.amount}")
    if command.expense.currency != command.amount.currency:
        return Refusal("wrong_currency", f"the expense is in {command.expense.currency}")
    if command.expense.minor < 0:
        return Refusal("negative_amount", f"recovering cannot cost {command.expense}")
    line = line_of(claim.recoveries, command.line, command.category)
    short = command.amount.minor - (line.open if line else 0)
    received = RecoveryReceived(
        claim_id=command.claim_id,
        recovery_id=command.recovery_id,
        line=command.line,
        category=command.category,
        amount=command.amount,
        expense=command.expense,
        to_insured=_insureds_part(carrier, command, claim),
        on=command.on,
        at=command.at,
    )
    if short <= 0:
        return (received,)
    expected = RecoveryReserveChanged(
        claim_id=command.claim_id,
        line=command.line,
        category=command.category,
        change=Money(short, command.amount.currency),
        on=command.on,
        at=command.at,
    )
    return (expected, received)


def _insureds_part(carrier: Carrier, command: ReceiveRecovery, claim: Open | Closed) -> Money:
    """Only what a liable third party pays is shared; salvage is the insurer's, who paid for the thing."""
    if command.category != "subrogation":
        return Money(0, command.amount.currency)
    given_back = sum(receipt.to_insured.minor for receipt in claim.receipts)
    # A part of the paid amount came back before; only the rest is still at stake.
    borne = 1 if carrier.claims.recovery_expense == "net_of_expense" else 0
    kept = sum(
        receipt.amount.minor - borne * receipt.expense.minor - receipt.to_insured.minor
        for receipt in claim.receipts
        if receipt.category == "subrogation"
    )
    out_of_pocket = max(sum(line.paid for line in claim.lines if line.key.cost_type == "claim_cost") - kept, 0)
    return shared(
        carrier.claims.subrogation,
        carrier.claims.recovery_expense,
        recovered=command.amount,
        expense=command.expense,
        paid=Money(out_of_pocket, command.amount.currency),
        deductible_left=Money(claim.deductible.taken - given_back, command.amount.currency),
        rounding=carrier.rounding,
    ).insured


def evolve_recovery(state: State, event: RecoveryEvent) -> State:
    if not isinstance(state, (Open, Closed)):
        return state
    match event:
        case RecoveryReserveChanged(line=key, category=category, change=change):
            line = _line(state, key, category, change.currency)
            changed = replace(line, expected=line.expected + change.minor)
            return replace(state, recoveries=put_line(state.recoveries, changed))
        case RecoveryReceived(line=key, category=category, amount=amount, expense=expense):
            line = _line(state, key, category, amount.currency)
            changed = replace(line, received=line.received + amount.minor, expense=line.expense + expense.minor)
            receipt = Receipt(event.recovery_id, key, category, amount, expense, event.to_insured)
            return replace(state, recoveries=put_line(state.recoveries, changed), receipts=(*state.receipts, receipt))
        case _:
            assert_never(event)


def _line(state: Open | Closed, key: LineKey, category: RecoveryCategory, currency: str) -> RecoveryLine:
    return line_of(state.recoveries, key, category) or RecoveryLine(key, category, currency, 0, 0, 0)
