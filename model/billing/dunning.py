"""Premium that is past due on an account: what a night finds, and what becomes of the processes when money moves.

    due --grace over--> past due --enough of it--> a delinquency process (see delinquency.py)

A night does everything that its day asks for and nothing twice, so it does not matter how often it is run, nor whether
a night was missed: what was missed is found the next time, and letters are counted from the night that found it.
"""

from collections.abc import Iterable, Iterator
from typing import Literal

from msgspec.structs import replace

from model.billing import applying, delinquency, holding, invoicing, prenotice, pursuit, releasing, writing_off
from model.billing.applying import apply_unapplied, priorities
from model.billing.commands import Command
from model.billing.dispatch import Answer, Effect, answer, effect
from model.billing.dunning_commands import (
    AgeAccount,
    PlaceHold,
    ReleaseHold,
)
from model.billing.dunning_events import (
    CancellationRequested,
    DelinquencyExited,
    DelinquencyHeld,
    DelinquencyReleased,
    DelinquencyStarted,
    DunningStepTaken,
    GraceEnded,
    HeldInvoicesReplanned,
    HoldPlaced,
    HoldReleased,
    InvoicePastDue,
    SentToCollections,
)
from model.billing.events import Event, InvoiceBilled, PaymentReceived, ReturnPremiumCredited
from model.billing.invoice import WentPastDue
from model.billing.items import stepped
from model.billing.money_events import ItemsWrittenOff
from model.billing.orders import Orders
from model.billing.standing import Account
from model.carrier import Carrier
from model.decider import Decision, Refusal
from model.jurisdiction import Law


def answers(law: Law, carrier: Carrier, orders: Orders) -> dict[type[Command], Answer]:
    return dict(
        (
            answer(AgeAccount, lambda command, account: aged(law, carrier, orders, command, account)),
            answer(PlaceHold, lambda command, account: hold_placed(law, carrier, command, account)),
            answer(ReleaseHold, lambda command, account: hold_released(law, carrier, command, account)),
        )
    )


# --- the night


def aged(law: Law, carrier: Carrier, orders: Orders, command: AgeAccount, account: Account) -> Decision[Event]:
    events = _unapplied_used(carrier, command, account)
    account = folded(account, events)
    followed = tuple(_orders_followed(law, carrier, orders, command, account))
    account = folded(account, followed)
    events += followed
    for find in (prenotice.ahead, pursuit.went_past_due, pursuit.processes_aged, pursuit.processes_begun):
        found = tuple(find(law, carrier, command, account))
        account = folded(account, found)
        events += found
    return events


def _unapplied_used(carrier: Carrier, command: AgeAccount, account: Account) -> tuple[Event, ...]:
    """Nobody is pursued for what their own money would pay: a return may have opened again what was paid, after the
    money for it had come.
    """
    if not account.unapplied.minor or carrier.billing.unapplied_money == "keep_unapplied":
        return ()
    return _applied(carrier, command, account, dict.fromkeys(invoice.payer_id for invoice in account.invoices))


def _orders_followed(
    law: Law, carrier: Carrier, orders: Orders, command: AgeAccount, account: Account
) -> Iterator[Event]:
    for order in orders():
        hold = holding.known(account, order.order_id)
        found: tuple[Event, ...] = ()
        if order.holds_on(command.on) and (hold is None or hold.released is None):
            policies = holding.in_area(account, order)
            if policies and (hold is None or not set(policies) <= set(hold.policies)):
                placed = HoldPlaced(
                    account_id=account.account_id,
                    hold_id=order.order_id,
                    policies=policies,
                    suspends=order.suspends,
                    on=command.on,
                    at=command.at,
                )
                found = (placed, *_processes_held(law, carrier, placed, account))
        elif hold is not None and hold.released is None and order.end is not None and order.end <= command.on:
            found = _all_released(law, carrier, command, account, hold.hold_id)
        yield from found
        account = folded(account, found)


# --- holds


def hold_placed(law: Law, carrier: Carrier, command: PlaceHold, account: Account) -> Decision[Event]:
    placed = holding.placed(command, account)
    if placed is None or isinstance(placed, Refusal):
        return placed or ()
    return (placed, *_processes_held(law, carrier, placed, account))


def _processes_held(law: Law, carrier: Carrier, placed: HoldPlaced, account: Account) -> Iterator[Event]:
    if "delinquency" not in placed.suspends:
        return
    for process in holding.processes_of(account, placed.policies):
        asked = delinquency.HoldProcess(account_id=account.account_id, on=placed.on, at=placed.at)
        yield from pursuit.answered(law, carrier, asked, process)


def hold_released(law: Law, carrier: Carrier, command: ReleaseHold, account: Account) -> Decision[Event]:
    hold = holding.known(account, command.hold_id)
    if hold is None:
        return Refusal("unknown_hold", f"account {account.account_id} has no hold {command.hold_id}")
    if hold.released is not None:
        return ()
    if command.on < hold.since:
        return Refusal("not_yet", f"{hold.hold_id} begins on {hold.since} and cannot end before")
    return _all_released(law, carrier, command, account, hold.hold_id)


def _all_released(
    law: Law, carrier: Carrier, command: AgeAccount | ReleaseHold, account: Account, hold_id: str
) -> tuple[Event, ...]:
    hold = holding.known(account, hold_id)
    if hold is None:
        return ()
    events = releasing.released(carrier, law.holidays, command, account, hold)
    freed = folded(account, events)
    if carrier.billing.unapplied_money == "apply_when_billed":
        payers = dict.fromkeys(event.payer_id for event in events if isinstance(event, InvoiceBilled))
        applied = _applied(carrier, command, freed, payers)
        events, freed = (*events, *applied), folded(freed, applied)
    if "delinquency" not in hold.suspends:
        return events
    asked = delinquency.ReleaseProcess(account_id=account.account_id, on=command.on, at=command.at)
    return (
        *events,
        *(
            event
            for process in holding.processes_of(freed, hold.policies)
            if holding.standing(freed, "delinquency", (process.policy_id,), command.on) is None
            for event in pursuit.answered(law, carrier, asked, process)
        ),
    )


def _applied(
    carrier: Carrier, command: AgeAccount | ReleaseHold, account: Account, payers: Iterable[str]
) -> tuple[Event, ...]:
    """Money that waited pays what is billed to its payer."""
    priority = priorities(carrier)
    found: tuple[Event, ...] = ()
    for payer_id in payers:
        applied = apply_unapplied(priority, account, payer_id, on=command.on, at=command.at)
        account = folded(account, applied)
        found += applied
    return found


# --- money


def settled(law: Law, carrier: Carrier, decision: tuple[Event, ...], after: Account) -> tuple[Event, ...]:
    """The decision, and the processes that are over because of it; `after` is the account as the decision leaves it."""
    last = decision[-1]
    by: Literal["money", "credit", "write_off"] = "money"
    came = 0
    for event in decision:
        if type(event) is PaymentReceived:
            came += event.amount.minor
        elif type(event) is ReturnPremiumCredited:
            by = "credit"
        elif type(event) is ItemsWrittenOff and not came:
            # What is forgiven, or given up again, beside money that came is over because of the money.
            by = "write_off"
    found: list[Event] = []
    for process in after.delinquencies:
        asked = delinquency.SettleProcess(
            account_id=after.account_id,
            outstanding=pursuit.past_due(carrier.billing.delinquency, after, (process.policy_id, process.invoice)),
            by=by,
            came=came,
            ended=after.cover_ended(process.policy_id),
            on=last.on,
            at=last.at,
        )
        found.extend(pursuit.answered(law, carrier, asked, process))
    return (*decision, *found)


# --- effects


def folded(account: Account, events: Iterable[Event]) -> Account:
    """The account after events of a night."""
    for event in events:
        account = _NIGHTLY[type(event)](account, event)
    return account


def _went_past_due(account: Account, event: InvoicePastDue) -> Account:
    return replace(account, invoices=stepped(account.invoices, event.number, WentPastDue()))


EFFECTS: dict[type[Event], Effect] = dict(
    (
        effect(InvoicePastDue, _went_past_due),
        effect(DelinquencyStarted, holding.process_changed),
        effect(GraceEnded, holding.process_changed),
        effect(DunningStepTaken, holding.process_changed),
        effect(CancellationRequested, holding.process_changed),
        effect(DelinquencyHeld, holding.process_changed),
        effect(DelinquencyReleased, holding.process_changed),
        effect(SentToCollections, holding.process_changed),
        effect(DelinquencyExited, holding.process_changed),
        effect(HoldPlaced, holding.hold_placed),
        effect(HoldReleased, holding.hold_released),
        effect(HeldInvoicesReplanned, releasing.replanned),
    )
)
_NIGHTLY: dict[type[Event], Effect] = {
    **invoicing.EFFECTS,
    **applying.EFFECTS,
    **prenotice.EFFECTS,
    **writing_off.EFFECTS,
    **EFFECTS,
}
"""A release bills, lets fall due and applies what waited, and a plan may give debt up, so a night does all of that."""
