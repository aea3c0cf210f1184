"""How the premium of an endorsement is billed: three strategies of the carrier, to the cent.

`spread_remaining` spreads it evenly over the installments of the term that are not billed yet, `immediate_invoice`
bills it at once, `catch_up_and_spread` puts the part for days that earlier invoices cover on the next invoice and the
rest on each by the days that it covers. Without an installment that is still to be billed, it is billed at once.
Practice, no law [K]; the names follow what BriteCore and Socotra document.
"""

import itertools
from collections.abc import Set
from datetime import date, timedelta

from msgspec import Struct

from model.billing.commands import ReceiveCharges
from model.billing.events import JoinedItems
from model.billing.invoice import Invoice
from model.billing.plan import Charge, Payer, PlannedInvoice, PlannedItem, Share, due_date, equal_parts
from model.billing.standing import Account
from model.carrier import Carrier
from model.decider import Refusal


class Endorsed(Struct, frozen=True):
    invoices: tuple[PlannedInvoice, ...]
    joined: tuple[JoinedItems, ...]


def endorsed(
    carrier: Carrier, command: ReceiveCharges, account: Account, *, today: date, holidays: Set[date]
) -> Endorsed | Refusal:
    """What goes on new invoices and what on those that are planned; payers share each charge by weight."""
    place = len(account.instructions)
    weights = [payer.weight for payer in command.payers]
    new: list[PlannedInvoice] = []
    joined: dict[int, list[PlannedItem]] = {}
    targets = {payer.payer_id: remaining(account, command, payer, today) for payer in command.payers}
    at_once: dict[str, list[PlannedItem]] = {payer.payer_id: [] for payer in command.payers}
    for charge in command.charges:
        rule = carrier.pattern(charge.pattern)
        if type(rule) is Refusal:
            return rule
        for payer, amount in zip(command.payers, charge.amount.split_by(weights), strict=True):
            open_to = targets[payer.payer_id]
            if not amount.minor:
                continue
            if not open_to or carrier.billing.endorsement_premium == "immediate_invoice":
                at_once[payer.payer_id].append(PlannedItem(command.policy_id, charge.pattern, amount, place))
                continue
            item = PlannedItem(command.policy_id, charge.pattern, amount, place)
            parts = (item,) if rule.spread == "first_invoice" else spread(carrier, command, item, open_to)
            for invoice, part in zip(open_to, parts, strict=False):
                if part.amount.minor:
                    joined.setdefault(invoice.number, []).append(part)
    due_on = due_date(carrier, today + timedelta(days=carrier.billing.bill_lead_days), today=today, holidays=holidays)
    new.extend(PlannedInvoice(payer, today, due_on, tuple(items)) for payer, items in at_once.items() if items)
    return Endorsed(tuple(new), tuple([JoinedItems(number, tuple(items)) for number, items in sorted(joined.items())]))


def remaining(account: Account, command: ReceiveCharges, payer: Payer, today: date) -> tuple[Invoice, ...]:
    """The invoices of the payer that bill this term of the policy and go out after today, earliest first."""
    term = frozenset(
        [
            place
            for place, each in enumerate(account.instructions)
            if each.policy_id == command.policy_id
            and (each.starts is None or command.starts is None or each.starts == command.starts)
        ]
    )
    found = [
        invoice
        for invoice in account.invoices
        if invoice.step == "planned"
        and invoice.payer_id == payer.payer_id
        and invoice.bill_on > today
        and any(item.policy_id == command.policy_id and item.instruction in term for item in invoice.items)
    ]
    return tuple(sorted(found, key=lambda invoice: (invoice.due_on, invoice.number)))


def spread(
    carrier: Carrier, command: ReceiveCharges, item: PlannedItem, targets: tuple[Invoice, ...]
) -> tuple[PlannedItem, ...]:
    """The part of each target, in their order."""
    if carrier.billing.endorsement_premium == "catch_up_and_spread" and command.ends is not None:
        weights = covered_days(command.on, command.ends, tuple([invoice.due_on for invoice in targets]))
        if sum(weights):
            parts = item.amount.split_by(weights)
            return tuple([PlannedItem(item.policy_id, item.pattern, part, item.instruction) for part in parts])
    share = Share(Charge(item.pattern, item.amount), item.instruction)
    return equal_parts(item.policy_id, share, len(targets), carrier.billing.leftover)


def covered_days(effective: date, ends: date, dues: tuple[date, ...]) -> list[int]:
    """How many of the days [effective, ends) each due date pays for: those until the next one, the first also those
    that earlier invoices cover, the last all that is left.
    """
    bounds = [effective, *dues[1:], ends]
    return [max((min(later, ends) - max(earlier, effective)).days, 0) for earlier, later in itertools.pairwise(bounds)]
