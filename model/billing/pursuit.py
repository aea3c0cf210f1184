"""What a night finds past due on an account: invoices whose grace is over, and whom to pursue for them.

due --grace over--> past due --enough of it--> a delinquency process (see delinquency.py)
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal, TypeAlias

from model.billing import delinquency, holding, prenotice
from model.billing.applying import priorities
from model.billing.delinquency import Delinquency
from model.billing.dunning_commands import AgeAccount
from model.billing.dunning_events import DelinquencyEvent, DelinquencyStarted, DunningStepTaken, InvoicePastDue
from model.billing.equity import premium_received
from model.billing.events import Event
from model.billing.fees import pursued_minor
from model.billing.invoice import Invoice, Item
from model.billing.recovering import uncollectible
from model.billing.standing import Account
from model.billing.terms import prior_terms
from model.carrier import Carrier
from model.choices.delinquency import DelinquencyPlan, Reason, Term
from model.decider import Refusal
from model.jurisdiction import Law
from model.money import Money

Target: TypeAlias = tuple[str, int | None]
"""A policy, and one of its invoices where the plan pursues invoices."""


def past_due(plan: DelinquencyPlan, account: Account, target: Target) -> Money:
    """What is past due of a target and asked for, own fees included, since the waterfall may pay them first; nothing
    where what counts of it is not enough to go on.
    """
    enough = _counted(plan, account, target) >= plan.exit_minor
    minor = sum([item.open for item in _items_past_due(account, target)]) if enough else 0
    return Money(minor, account.unapplied.currency)


def is_to_be_pursued(plan: DelinquencyPlan, account: Account, target: Target) -> bool:
    """Whether so much of a target is past due and counts that a process begins."""
    return _counted(plan, account, target) >= plan.start_minor


def _counted(plan: DelinquencyPlan, account: Account, target: Target) -> int:
    return sum([pursued_minor(plan, item) for item in _items_past_due(account, target)])


def _items_past_due(account: Account, target: Target) -> Iterator[Item]:
    policy_id, number = target
    for invoice in account.invoices:
        if invoice.step == "past_due" and number in (None, invoice.number):
            yield from (item for item in invoice.items if item.policy_id == policy_id)


def went_past_due(law: Law, carrier: Carrier, command: AgeAccount, account: Account) -> Iterator[Event]:
    _ = law
    grace = carrier.billing.delinquency.grace_days
    for invoice in account.invoices:
        if invoice.step != "due" or not invoice.open:
            continue
        if holding.standing(account, "delinquency", holding.policies_of(invoice), command.on) is not None:
            continue
        if command.on >= holding.grace_begins(account, invoice, grace) + timedelta(days=grace):
            yield from _past_due_events(command, account, invoice)


def _past_due_events(command: AgeAccount, account: Account, invoice: Invoice) -> Iterator[Event]:
    sums: dict[str, int] = {}
    for item in invoice.items:
        if item.open:
            sums[item.policy_id] = sums.get(item.policy_id, 0) + item.open
    for policy_id, minor in sums.items():
        yield InvoicePastDue(
            account_id=account.account_id,
            number=invoice.number,
            policy_id=policy_id,
            payer_id=invoice.payer_id,
            amount=Money(minor, account.unapplied.currency),
            due_on=invoice.due_on,
            on=command.on,
            at=command.at,
        )


def processes_aged(law: Law, carrier: Carrier, command: AgeAccount, account: Account) -> Iterator[Event]:
    for process in account.delinquencies:
        if not process.is_open:
            continue
        asked = delinquency.AgeProcess(
            account_id=account.account_id,
            outstanding=past_due(carrier.billing.delinquency, account, (process.policy_id, process.invoice)),
            received=_received(account, process.policy_id),
            cover=_cover(account, process.policy_id),
            on=command.on,
            at=command.at,
        )
        for event in answered(law, carrier, asked, process):
            yield from _followed(carrier, account, process, event)


def _followed(carrier: Carrier, account: Account, process: Delinquency, event: DelinquencyEvent) -> Iterator[Event]:
    """The event, and the write-off where the plan gives up what is past due."""
    yield event
    if isinstance(event, DunningStepTaken) and event.step == "write_off":
        yield uncollectible(
            priorities(carrier),
            account,
            f"delinquency:{process.delinquency_id}",
            policy_id=process.policy_id,
            number=process.invoice,
            on=event.on,
            at=event.at,
        )


def processes_begun(law: Law, carrier: Carrier, command: AgeAccount, account: Account) -> Iterator[Event]:
    plan = carrier.billing.delinquency
    pursued = {(process.policy_id, process.invoice) for process in account.delinquencies if process.is_open}
    counts: dict[str, int] = {}
    for process in account.delinquencies:
        counts[process.policy_id] = counts.get(process.policy_id, 0) + 1
    for target, invoice in targets(carrier, account).items():
        policy_id, number = target
        if target in pursued or not is_to_be_pursued(plan, account, target):
            continue
        amount = past_due(plan, account, target)
        if holding.standing(account, "delinquency", (policy_id,), command.on) is not None:
            continue
        counts[policy_id] = counts.get(policy_id, 0) + 1
        noticed = prenotice.noticed_on(account, invoice.number, policy_id)
        started = DelinquencyStarted(
            account_id=account.account_id,
            delinquency_id=f"{account.account_id}/{policy_id}/{counts[policy_id]}",
            policy_id=policy_id,
            invoice=number,
            reason=_reason(account, policy_id, invoice),
            amount=amount,
            on=command.on,
            at=command.at,
            noticed_on=noticed,
            due_on=invoice.due_on,
            term=_term(account, policy_id, invoice),
        )
        asked = delinquency.AgeProcess(
            account_id=account.account_id,
            outstanding=amount,
            received=_received(account, policy_id),
            cover=_cover(account, policy_id),
            on=command.on,
            at=command.at,
        )
        yield started
        process = delinquency.opened(started)
        for event in answered(law, carrier, asked, process):
            yield from _followed(carrier, account, process, event)


def targets(carrier: Carrier, account: Account) -> dict[Target, Invoice]:
    """Everything that could be pursued, each with its oldest invoice that is past due."""
    found: dict[Target, Invoice] = {}
    for invoice in sorted(account.invoices, key=_oldest_first):
        if invoice.step != "past_due":
            continue
        for item in invoice.items:
            if pursued_minor(carrier.billing.delinquency, item):
                number = invoice.number if carrier.billing.delinquency.level == "invoice" else None
                found.setdefault((item.policy_id, number), invoice)
    return found


def _oldest_first(invoice: Invoice) -> tuple[date, int]:
    return invoice.due_on, invoice.number


def _reason(account: Account, policy_id: str, invoice: Invoice) -> Reason:
    """Not taken when the oldest debt is of a term of which nothing was ever paid. Practice [K]: a renewal that nobody
    pays was never wanted, and is not dunned like a debt.
    """
    for item in invoice.items:
        if item.policy_id == policy_id and item.open and item.instruction >= 0:
            instruction = account.instructions[item.instruction]
            paid = any(
                other.paid for each in account.invoices for other in each.items if other.instruction == item.instruction
            )
            return "past_due" if paid or instruction.kind != "term" else "not_taken"
    return "past_due"


def _term(account: Account, policy_id: str, invoice: Invoice) -> Term:
    """Whether the oldest debt is of the first term of the policy that the account knows."""
    prior = prior_terms(account.instructions)
    owed = {item.instruction for item in invoice.items if item.policy_id == policy_id and item.open}
    had_one = any(account.instructions[place].policy_id == policy_id for place in prior)
    return "renewal" if had_one and not owed & prior else "first"


def _received(account: Account, policy_id: str) -> Money:
    return Money(premium_received(account, policy_id), account.unapplied.currency)


def _cover(account: Account, policy_id: str) -> Literal["in_force", "ended"]:
    return "in_force" if account.cover_ended(policy_id) is None else "ended"


def answered(
    law: Law, carrier: Carrier, asked: delinquency.Command, process: Delinquency
) -> tuple[DelinquencyEvent, ...]:
    decision = delinquency.decide(carrier.billing.delinquency, law.holidays, asked, process)
    return () if isinstance(decision, Refusal) else decision
