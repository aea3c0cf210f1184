"""Charges that come to an account: planned as invoices when they are owed, credited when they come back.

A return premium that overtakes the charges it belongs to waits for them: nothing comes back beyond what was charged.
"""

from collections.abc import Callable, Set
from datetime import date
from functools import partial
from operator import attrgetter
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec.structs import replace

from model.billing.commands import Command, CreditCharges, ReceiveCharges
from model.billing.crediting import credit_waiting, credited
from model.billing.dispatch import Effect, Opening, effect, opening
from model.billing.endorsing import Endorsed, endorsed
from model.billing.events import ChargesReceived, Event, InvoicesPlanned, JoinedItems
from model.billing.invoice import Invoice, Item, ItemsAdded, evolve
from model.billing.items import like_before
from model.billing.plan import OWN_FEE, PlannedInvoice, PlannedItem, planned_invoices
from model.billing.standing import Account, Instruction, State
from model.billing.terms import paying, zone_of
from model.carrier import Carrier
from model.daycount import kept_day, kept_days
from model.decider import Decision, Refusal
from model.jurisdiction import Law
from model.money import Money


def openings(law: Law, carrier: Carrier) -> dict[type[Command], Opening]:
    earned = tuple([rule.pattern for rule in carrier.patterns if rule.refund == "pro_rata"])
    return dict(
        (
            opening(ReceiveCharges, partial(receive_charges, carrier, earned, law.holidays)),
            opening(CreditCharges, partial(credit_charges, carrier, earned)),
        )
    )


def receive_charges(
    carrier: Carrier, earned: tuple[str, ...], holidays: Set[date], command: ReceiveCharges, state: State
) -> Decision[Event]:
    answered = _seen(command, state)
    if answered is not None:
        return answered
    wrong = _wrong_payers(command) or _wrong_charges(carrier, command, 1)
    if wrong is not None:
        return wrong
    account = state if isinstance(state, Account) else empty(command.account_id, command.autopay, carrier.currency)
    today = _local_day(carrier, command, account)
    if type(today) is Refusal:
        return today
    planned = _planned(carrier, holidays, command, account, today)
    if type(planned) is Refusal:
        return planned
    received = _charges_received(command, today, earned)
    placed = InvoicesPlanned(
        account_id=command.account_id,
        policy_id=command.policy_id,
        first=len(account.invoices),
        invoices=planned.invoices,
        on=command.on,
        at=command.at,
        joined=planned.joined,
    )
    if not account.waiting:
        return (received, placed)
    after = invoices_planned(charges_kept(account, received), placed)
    return (received, placed, *credit_waiting(carrier, after, command.policy_id, at=command.at))


def credit_charges(carrier: Carrier, earned: tuple[str, ...], command: CreditCharges, state: State) -> Decision[Event]:
    answered = _seen(command, state)
    if answered is not None:
        return answered
    wrong = _wrong_charges(carrier, command, -1)
    if wrong is not None:
        return wrong
    account = state if isinstance(state, Account) else empty(command.account_id, None, carrier.currency)
    received = _charges_received(command, None, earned)
    return (received, *credited(carrier, command, account))


def _seen(command: ReceiveCharges | CreditCharges, state: State) -> Decision[Event] | None:
    """The answer to an instruction that was received before; None when it is new. The whole body is compared."""
    if isinstance(state, Account):
        for known in state.instructions:
            if known.instruction_id == command.instruction_id:
                if replace(known, today=None, earned=()) == _instruction(_charges_received(command, None, ())):
                    return ()
                return Refusal("instruction_reused", f"{command.instruction_id} was already used for something else")
    return None


def _wrong_payers(command: ReceiveCharges) -> Refusal | None:
    weights = [payer.weight for payer in command.payers]
    if min(weights, default=0) < 0 or sum(weights) <= 0:
        return Refusal("no_payer", f"nobody is named to pay the charges of {command.policy_id}")
    return None


def _wrong_charges(carrier: Carrier, command: ReceiveCharges | CreditCharges, sign: Literal[1, -1]) -> Refusal | None:
    if not command.charges or min([charge.amount.minor * sign for charge in command.charges]) <= 0:
        kind = "positive" if sign > 0 else "negative"
        return Refusal("wrong_sign", f"{type(command).__name__} takes {kind} charges, at least one")
    for charge in command.charges:
        if charge.amount.currency != carrier.currency:
            return Refusal("wrong_currency", f"{carrier.name} bills in {carrier.currency}")
    for charge in command.charges:
        rule = carrier.pattern(charge.pattern)
        if type(rule) is Refusal:
            return rule
    return None


def _local_day(carrier: Carrier, command: ReceiveCharges, account: Account) -> date | Refusal:
    """What day it is for the insured: by the policy's zone where it was ever told, else by the carrier's."""
    zone = command.zone or zone_of(account, command.policy_id) or carrier.billing.zone
    try:
        return command.at.astimezone(ZoneInfo(zone)).date()
    except (ValueError, ZoneInfoNotFoundError):
        return Refusal("unknown_zone", f"{zone!r} is no time zone")


def _planned(
    carrier: Carrier, holidays: Set[date], command: ReceiveCharges, account: Account, today: date
) -> Endorsed | Refusal:
    plan = carrier.plan(command.plan)
    if type(plan) is Refusal:
        return plan
    if account.repointed:
        command = replace(command, payers=paying(account, command.policy_id, command.payers))
    if command.kind == "endorsement":
        found = endorsed(carrier, command, account, today=today, holidays=holidays)
        if type(found) is Refusal:
            return found
        grouped = together(found.invoices, account)
        return Endorsed(grouped.invoices, (*found.joined, *grouped.joined))
    planned = planned_invoices(
        carrier,
        policy_id=command.policy_id,
        plan=plan,
        payers=command.payers,
        charges=command.charges,
        anchor=command.on,
        today=today,
        holidays=holidays,
        instruction=len(account.instructions),
    )
    return planned if type(planned) is Refusal else together(planned, account)


def together(planned: tuple[PlannedInvoice, ...], account: Account) -> Endorsed:
    """What a payer has to pay on one day is on one invoice, across the policies of the account and with one
    installment fee.
    """
    if not account.invoices:
        return Endorsed(planned, ())
    there = {(each.payer_id, each.due_on): each for each in account.invoices if each.step == "planned"}
    new: list[PlannedInvoice] = []
    joined: list[JoinedItems] = []
    for one in planned:
        found = there.get((one.payer_id, one.due_on))
        if found is None:
            new.append(one)
            continue
        has_fee = any(item.instruction == OWN_FEE and item.amount for item in found.items)
        items = tuple([item for item in one.items if item.instruction != OWN_FEE or not has_fee])
        joined.append(JoinedItems(found.number, items))
    return Endorsed(tuple(new), tuple(joined))


def _charges_received(
    command: ReceiveCharges | CreditCharges, today: date | None, earned: tuple[str, ...]
) -> ChargesReceived:
    if isinstance(command, CreditCharges):
        return ChargesReceived(
            account_id=command.account_id,
            instruction_id=command.instruction_id,
            policy_id=command.policy_id,
            autopay=None,
            charges=command.charges,
            on=command.on,
            at=command.at,
            kind="credit",
            earned=earned,
        )
    return ChargesReceived(
        account_id=command.account_id,
        instruction_id=command.instruction_id,
        policy_id=command.policy_id,
        autopay=command.autopay,
        charges=command.charges,
        on=command.on,
        at=command.at,
        plan=command.plan,
        payers=command.payers,
        kind=command.kind,
        starts=command.starts,
        ends=command.ends,
        zone=command.zone,
        today=today,
        earned=earned,
        place=command.place,
    )


# --- effects

BILL_ON: Callable[[PlannedInvoice], date] = attrgetter("bill_on")
DUE_ON: Callable[[PlannedInvoice], date] = attrgetter("due_on")


def empty(account_id: str, autopay: Literal["on", "off"] | None, currency: str) -> Account:
    """The account before its first instruction."""
    return Account(account_id, autopay or "off", (), (), (), Money(0, currency))


def opened(event: ChargesReceived) -> Account:
    return empty(event.account_id, event.autopay, event.charges[0].amount.currency)


def _instruction(event: ChargesReceived) -> Instruction:
    return Instruction(
        event.instruction_id,
        event.policy_id,
        event.charges,
        event.plan,
        event.autopay,
        event.payers,
        event.kind,
        event.on,
        event.starts,
        event.ends,
        event.zone,
        None if event.today is None else kept_day(event.today),
        event.earned,
        event.place,
    )


def charges_kept(account: Account, event: ChargesReceived) -> Account:
    kept = _instruction(event)
    if account.instructions:
        # Who pays seldom changes, nor what a renewal costs: what is equal is kept once.
        first, last = account.instructions[0], account.instructions[-1]
        kept = replace(
            kept,
            policy_id=first.policy_id if first.policy_id == kept.policy_id else kept.policy_id,
            charges=first.charges if first.charges == kept.charges else kept.charges,
            plan=last.plan if last.plan == kept.plan else kept.plan,
            payers=last.payers if last.payers == kept.payers else kept.payers,
            zone=first.zone if first.zone == kept.zone else kept.zone,
        )
    return replace(account, instructions=(*account.instructions, kept), autopay=event.autopay or account.autopay)


def invoices_planned(account: Account, event: InvoicesPlanned) -> Account:
    planned = list(account.invoices)
    for each in event.joined:
        joined = evolve(planned[each.number], ItemsAdded(items=tuple([_item(item) for item in each.items])))
        planned[each.number] = like_before(planned, joined)
    bill_days = kept_days(tuple(map(BILL_ON, event.invoices)))
    due_days = kept_days(tuple(map(DUE_ON, event.invoices)))
    told: PlannedInvoice | None = None
    for number, (one, bill_on, due_on) in enumerate(zip(event.invoices, bill_days, due_days, strict=True), event.first):
        if told is not None and one.items == told.items:
            planned.append(Invoice(number, one.payer_id, bill_on, due_on, "planned", planned[-1].items))
            continue
        items = tuple([_item(item) for item in one.items])
        planned.append(like_before(planned, Invoice(number, one.payer_id, bill_on, due_on, "planned", items)))
        told = one
    return replace(account, invoices=tuple(planned))


def _item(planned: PlannedItem) -> Item:
    return Item(
        planned.policy_id, planned.pattern, planned.amount.minor, 0, 0, planned.written_off, planned.instruction
    )


EFFECTS: dict[type[Event], Effect] = dict(
    (effect(ChargesReceived, charges_kept), effect(InvoicesPlanned, invoices_planned))
)
