"""Somebody else takes over a payer's bill: a mortgage loan was sold, and the next servicer pays what is not paid yet.

Invoices with something open go over whole where all that they bill is taken over. A planned invoice that bills other
policies too is parted, and one for a day for which the new payer has one already joins it, so that a payer still gets
one invoice for a due date. What was billed for several policies stays with the payer who has the bill. Charges that
come later and still name the old payer (a renewal, before policy heard of the sale) are the new one's.
"""

from msgspec.structs import replace

from model.billing.charging import empty, together
from model.billing.commands import Command
from model.billing.dispatch import Effect, Opening, effect, opening
from model.billing.events import Event, InvoicesPlanned
from model.billing.invoice import Invoice
from model.billing.items import changed
from model.billing.loan import repointed
from model.billing.parts import Distribution
from model.billing.plan import PlannedInvoice, PlannedItem
from model.billing.repointing_messages import PayerRepointed, RepointPayer
from model.billing.standing import Account, Repointed, State
from model.carrier import Carrier
from model.decider import Decision, Refusal
from model.jurisdiction import Law
from model.money import Money


def openings(law: Law, carrier: Carrier) -> dict[type[Command], Opening]:
    """News of a sold loan may overtake the charges of the policy."""
    _ = law
    return dict((opening(RepointPayer, lambda command, state: repoint(carrier, command, state)),))


def repoint(carrier: Carrier, command: RepointPayer, state: State) -> Decision[Event]:
    """A payer whom none of the policies ever named is a mistake; where nothing is known of them yet, it is kept."""
    account = state if isinstance(state, Account) else empty(command.account_id, None, carrier.currency)
    asked = Repointed(command.policies, command.old_payer_id, command.new_payer_id, command.on)
    if command.old_payer_id == command.new_payer_id or asked in account.repointed:
        return ()
    payers = _named(account, command.policies)
    if payers and command.old_payer_id not in payers:
        return Refusal("unknown_payer", f"{command.old_payer_id} does not pay for {', '.join(command.policies)}")
    numbers = repointed(account.invoices, policies=command.policies, old=command.old_payer_id, new=command.new_payer_id)
    whole, parted = _sorted_out(account, command, numbers)
    event = PayerRepointed(
        account_id=command.account_id,
        policies=command.policies,
        old_payer_id=command.old_payer_id,
        new_payer_id=command.new_payer_id,
        numbers=whole,
        currency=carrier.currency,
        on=command.on,
        at=command.at,
        withdrawn=tuple([part for _, parts in parted for part in parts]),
    )
    return (event, _planned_anew(command, account, event, parted)) if parted else (event,)


def _named(account: Account, policies: tuple[str, ...]) -> set[str]:
    """Everybody who was ever to pay for one of the policies."""
    told = {payer.payer_id for each in account.instructions if each.policy_id in policies for payer in each.payers}
    taken_over = {each.new_payer_id for each in account.repointed if set(each.policies) & set(policies)}
    return told | taken_over if told else set()


Parted = list[tuple[Invoice, tuple[Distribution, ...]]]


def _sorted_out(account: Account, command: RepointPayer, numbers: tuple[int, ...]) -> tuple[tuple[int, ...], Parted]:
    """The invoices that go over as they are, and what leaves planned ones that cannot."""
    theirs = {each.due_on for each in account.invoices if _is_planned_for(each, command.new_payer_id)}
    whole: list[int] = []
    parted: Parted = []
    for invoice in account.invoices:
        goes = invoice.number in numbers
        planned = _is_planned_for(invoice, command.old_payer_id)
        if goes and not (planned and invoice.due_on in theirs):
            whole.append(invoice.number)
        elif planned:
            parts = tuple(
                [
                    Distribution(invoice.number, place, item.open)
                    for place, item in enumerate(invoice.items)
                    if item.open and item.policy_id in command.policies
                ]
            )
            if parts:
                parted.append((invoice, parts))
    return tuple(whole), parted


def _is_planned_for(invoice: Invoice, payer_id: str) -> bool:
    return invoice.step == "planned" and invoice.payer_id == payer_id


def _planned_anew(command: RepointPayer, account: Account, event: PayerRepointed, parted: Parted) -> InvoicesPlanned:
    currency = account.unapplied.currency
    planned: list[PlannedInvoice] = []
    for invoice, parts in parted:
        items = [(invoice.items[part.item], part.minor) for part in parts]
        moved = [
            PlannedItem(one.policy_id, one.pattern, Money(minor, currency), one.instruction) for one, minor in items
        ]
        planned.append(PlannedInvoice(command.new_payer_id, invoice.bill_on, invoice.due_on, tuple(moved)))
    grouped = together(tuple(planned), payer_repointed(account, event))
    return InvoicesPlanned(
        account_id=command.account_id,
        policy_id=command.policies[0],
        first=len(account.invoices),
        invoices=grouped.invoices,
        on=command.on,
        at=command.at,
        joined=grouped.joined,
    )


def payer_repointed(account: Account, event: PayerRepointed) -> Account:
    invoices = tuple(
        [
            replace(each, payer_id=event.new_payer_id) if each.number in event.numbers else each
            for each in account.invoices
        ]
    )
    taken_over = Repointed(event.policies, event.old_payer_id, event.new_payer_id, event.on)
    return replace(
        account,
        invoices=changed(invoices, event.withdrawn, "withdraw"),
        repointed=(*account.repointed, taken_over),
    )


EFFECTS: dict[type[Event], Effect] = dict((effect(PayerRepointed, payer_repointed),))
