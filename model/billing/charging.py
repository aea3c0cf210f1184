"""Charges that come to an account: planned as invoices when they are owed, credited when they come back."""

from typing import Literal

from msgspec.structs import replace

from model.billing.allocation import return_premium_credits
from model.billing.commands import Command, CreditCharges, ReceiveCharges
from model.billing.dispatch import Answer, Effect, Opening, answer, effect, opening
from model.billing.events import ChargesReceived, Event, InvoicesPlanned, ReturnPremiumCredited
from model.billing.invoice import Invoice, Item
from model.billing.items import changed
from model.billing.plan import PlannedInvoice, planned_invoices
from model.billing.standing import Account, Instruction, State
from model.carrier import Carrier
from model.decider import Decision, Refusal
from model.jurisdiction import Law
from model.money import Money, total


def openings(law: Law, carrier: Carrier) -> dict[type[Command], Opening]:
    _ = law
    return dict((opening(ReceiveCharges, lambda command, state: receive_charges(carrier, command, state)),))


def answers(law: Law, carrier: Carrier) -> dict[type[Command], Answer]:
    _ = law
    return dict((answer(CreditCharges, lambda command, account: credit_charges(carrier, command, account)),))


def _seen(command: ReceiveCharges | CreditCharges, state: State) -> Decision[Event] | None:
    """The answer to an instruction that was received before; None when it is new."""
    known = state.instructions if isinstance(state, Account) else ()
    for instruction in known:
        if instruction.instruction_id == command.instruction_id:
            same = instruction.policy_id == command.policy_id and instruction.charges == command.charges
            return (
                ()
                if same
                else Refusal("instruction_reused", f"{command.instruction_id} was already used for other charges")
            )
    return None


def _wrong_charges(carrier: Carrier, command: ReceiveCharges | CreditCharges, sign: Literal[1, -1]) -> Refusal | None:
    if not command.charges or any(charge.amount.minor * sign <= 0 for charge in command.charges):
        kind = "positive" if sign > 0 else "negative"
        return Refusal("wrong_sign", f"{type(command).__name__} takes {kind} charges, at least one")
    if any(charge.amount.currency != carrier.currency for charge in command.charges):
        return Refusal("wrong_currency", f"{carrier.name} bills in {carrier.currency}")
    rules = (carrier.pattern(charge.pattern) for charge in command.charges)
    return next((rule for rule in rules if isinstance(rule, Refusal)), None)


def receive_charges(carrier: Carrier, command: ReceiveCharges, state: State) -> Decision[Event]:
    answered = _seen(command, state)
    if answered is not None:
        return answered
    plan = carrier.plan(command.plan)
    if isinstance(plan, Refusal):
        return plan
    weights = [payer.weight for payer in command.payers]
    if min(weights, default=0) < 0 or sum(weights) <= 0:
        return Refusal("no_payer", f"nobody is named to pay the charges of {command.policy_id}")
    wrong = _wrong_charges(carrier, command, 1)
    if wrong is not None:
        return wrong
    planned = planned_invoices(
        carrier,
        policy_id=command.policy_id,
        plan=plan,
        payers=command.payers,
        charges=command.charges,
        anchor=command.on,
        today=command.at.date(),
    )
    if isinstance(planned, Refusal):
        return planned
    return (
        _charges_received(command, command.autopay),
        InvoicesPlanned(
            account_id=command.account_id,
            policy_id=command.policy_id,
            first=len(state.invoices) if isinstance(state, Account) else 0,
            invoices=planned,
            on=command.on,
            at=command.at,
        ),
    )


def credit_charges(carrier: Carrier, command: CreditCharges, account: Account) -> Decision[Event]:
    answered = _seen(command, account)
    if answered is not None:
        return answered
    wrong = _wrong_charges(carrier, command, -1)
    if wrong is not None:
        return wrong
    credits, rest = return_premium_credits(carrier, account.invoices, command.policy_id, command.charges)
    credited = ReturnPremiumCredited(
        account_id=command.account_id,
        policy_id=command.policy_id,
        credits=credits,
        unapplied=rest,
        on=command.on,
        at=command.at,
    )
    return (_charges_received(command, None), credited)


def _charges_received(command: ReceiveCharges | CreditCharges, autopay: Literal["on", "off"] | None) -> ChargesReceived:
    return ChargesReceived(
        account_id=command.account_id,
        instruction_id=command.instruction_id,
        policy_id=command.policy_id,
        autopay=autopay,
        charges=command.charges,
        on=command.on,
        at=command.at,
    )


# --- effects


def opened(event: ChargesReceived) -> Account:
    """The account before its first charges."""
    currency = event.charges[0].amount.currency
    return Account(event.account_id, event.autopay or "off", (), (), (), Money(0, currency))


def _charges_kept(account: Account, event: ChargesReceived) -> Account:
    instruction = Instruction(event.instruction_id, event.policy_id, event.charges)
    autopay = event.autopay or account.autopay
    return replace(account, instructions=(*account.instructions, instruction), autopay=autopay)


def _invoices_planned(account: Account, event: InvoicesPlanned) -> Account:
    added = tuple(_planned(event.first + k, one) for k, one in enumerate(event.invoices))
    return replace(account, invoices=account.invoices + added)


def _planned(number: int, planned: PlannedInvoice) -> Invoice:
    items = tuple(Item(item.policy_id, item.pattern, item.amount.minor, 0, 0) for item in planned.items)
    return Invoice(number, planned.payer_id, planned.bill_on, planned.due_on, "planned", items)


def _credited(account: Account, event: ReturnPremiumCredited) -> Account:
    rest = [account.unapplied, *(charge.amount for charge in event.unapplied)]
    return replace(
        account,
        invoices=changed(account.invoices, event.credits, "credit"),
        unapplied=total(rest, account.unapplied.currency),
    )


EFFECTS: dict[type[Event], Effect] = dict(
    (
        effect(ChargesReceived, _charges_kept),
        effect(InvoicesPlanned, _invoices_planned),
        effect(ReturnPremiumCredited, _credited),
    )
)
