"""When a hold ends: what it kept back is billed after all, to the cent, as the carrier chose.

    one_catch_up_invoice      all of it, for each payer, on one invoice
    spread_over_installments  in equal parts, for each payer, on some invoices a month apart
    extend_due_dates          every invoice as it was, later by the length of the hold

Invoices that were kept back are carried to the new ones: their open items move and nothing else does, so that what is
billed after a release is what would have been billed without the hold.
"""

from collections.abc import Iterator, Set
from datetime import date, timedelta
from functools import partial

from msgspec.structs import replace

from model.billing.dunning_commands import AgeAccount, ReleaseHold
from model.billing.dunning_events import HeldInvoicesReplanned, HoldReleased
from model.billing.events import Event, InvoiceBilled, InvoiceFellDue
from model.billing.holding import known, policies_of, standing, with_hold
from model.billing.invoice import Invoice, Item
from model.billing.plan import PlannedInvoice, PlannedItem, due_date
from model.billing.standing import Account, Carried, Hold
from model.carrier import Carrier
from model.daycount import months_after
from model.money import Money

Asked = AgeAccount | ReleaseHold


def released(carrier: Carrier, holidays: Set[date], command: Asked, account: Account, hold: Hold) -> tuple[Event, ...]:
    """The release, and what is billed or falls due at once because of it."""
    release = HoldReleased(account_id=account.account_id, hold_id=hold.hold_id, on=command.on, at=command.at)
    freed = with_hold(account, replace(hold, released=command.on))
    return (release, *_replanned(carrier, holidays, command, freed, hold), *_fell_due(command, freed, hold))


def _replanned(carrier: Carrier, holidays: Set[date], command: Asked, account: Account, hold: Hold) -> Iterator[Event]:
    if "invoicing" not in hold.suspends:
        return
    by_payer: dict[str, list[Invoice]] = {}
    for invoice in account.invoices:
        waits = invoice.step == "planned" and invoice.bill_on <= command.on and invoice.open
        if waits and _let_go(account, hold, invoice, command.on):
            by_payer.setdefault(invoice.payer_id, []).append(invoice)
    first = len(account.invoices)
    for payer_id, skipped in by_payer.items():
        planned = _planned(carrier, holidays, command, account, hold, skipped)
        yield HeldInvoicesReplanned(
            account_id=account.account_id,
            hold_id=hold.hold_id,
            strategy=carrier.billing.release.strategy,
            payer_id=payer_id,
            skipped=tuple(invoice.number for invoice in skipped),
            first=first,
            replanned=planned,
            on=command.on,
            at=command.at,
        )
        yield from _billed(command, account, first, planned)
        first += len(planned)


def _let_go(account: Account, hold: Hold, invoice: Invoice, on: date) -> bool:
    """Whether this hold kept the invoice back and no other one still does."""
    policies = policies_of(invoice)
    return not policies.isdisjoint(hold.policies) and standing(account, "invoicing", policies, on) is None


def _planned(
    carrier: Carrier, holidays: Set[date], command: Asked, account: Account, hold: Hold, skipped: list[Invoice]
) -> tuple[PlannedInvoice, ...]:
    choices = carrier.billing.release
    currency = account.unapplied.currency
    rolled = partial(due_date, carrier, today=command.on, holidays=holidays)
    anchor = command.on + timedelta(days=choices.due_days + jitter(account.account_id, choices.jitter_days))
    due_on = rolled(anchor)
    payer_id = skipped[0].payer_id
    lead = timedelta(days=carrier.billing.bill_lead_days)
    match choices.strategy:
        case "one_catch_up_invoice":
            return (PlannedInvoice(payer_id, command.on, due_on, _merged(skipped, currency)),)
        case "spread_over_installments":
            days = [rolled(months_after(anchor, k)) for k in range(choices.installments)]
            parts = zip(days, _spread(_merged(skipped, currency), len(days)), strict=True)
            return tuple(
                PlannedInvoice(payer_id, command.on if day == due_on else max(day - lead, command.on), day, items)
                for day, items in parts
                if items
            )
        case "extend_due_dates":
            longer = command.on - hold.since
            by_day: dict[date, list[Invoice]] = {}
            for invoice in sorted(skipped, key=lambda one: one.due_on):
                by_day.setdefault(rolled(invoice.due_on + longer), []).append(invoice)
            return tuple(
                PlannedInvoice(payer_id, max(day - lead, command.on), day, _merged(those, currency))
                for day, those in by_day.items()
            )


def jitter(account_id: str, days: int) -> int:
    """Some day of 0..`days` that is always the same for an account: no dice, so that every host finds the same one."""
    return sum(account_id.encode()) % (days + 1)


def _merged(skipped: list[Invoice], currency: str) -> tuple[PlannedItem, ...]:
    """What is open on the invoices, one item for each policy, pattern and instruction."""
    sums: dict[tuple[str, str, int], int] = {}
    for invoice in skipped:
        for item in invoice.items:
            key = (item.policy_id, item.pattern, item.instruction)
            sums[key] = sums.get(key, 0) + item.open
    return tuple(
        PlannedItem(policy_id, pattern, Money(minor, currency), instruction)
        for (policy_id, pattern, instruction), minor in sums.items()
        if minor
    )


def _spread(items: tuple[PlannedItem, ...], count: int) -> list[tuple[PlannedItem, ...]]:
    """Every item in `count` parts that add up to it, the odd cents first."""
    parts = [item.amount.split(count, leftover="first") for item in items]
    return [
        tuple(replace(item, amount=part[k]) for item, part in zip(items, parts, strict=True) if part[k].minor)
        for k in range(count)
    ]


def _billed(command: Asked, account: Account, first: int, planned: tuple[PlannedInvoice, ...]) -> Iterator[Event]:
    for number, invoice in enumerate(planned, first):
        if invoice.bill_on <= command.on:
            yield InvoiceBilled(
                account_id=account.account_id,
                number=number,
                payer_id=invoice.payer_id,
                amount=Money(sum(item.amount.minor for item in invoice.items), account.unapplied.currency),
                due_on=invoice.due_on,
                on=command.on,
                at=command.at,
            )


def _fell_due(command: Asked, account: Account, hold: Hold) -> Iterator[Event]:
    """Invoices whose due day came while drafts were held fall due now, so that they are drafted now."""
    if "autopay" not in hold.suspends:
        return
    for invoice in account.invoices:
        policies = policies_of(invoice)
        if invoice.status != "billed" or invoice.due_on > command.on or policies.isdisjoint(hold.policies):
            continue
        if standing(account, "autopay", policies, command.on) is None:
            yield InvoiceFellDue(
                account_id=account.account_id,
                number=invoice.number,
                payer_id=invoice.payer_id,
                amount=Money(invoice.open, account.unapplied.currency),
                autopay=account.autopay,
                on=command.on,
                at=command.at,
            )


# --- effects


def replanned(account: Account, event: HeldInvoicesReplanned) -> Account:
    invoices = list(account.invoices)
    skipped: list[Carried] = []
    for number in event.skipped:
        old = invoices[number]
        skipped.append(Carried(number, old.payer_id, old.open))
        invoices[number] = replace(old, step="carried", items=tuple(_emptied(item) for item in old.items))
    carried: list[Carried] = []
    for number, planned in enumerate(event.replanned, event.first):
        carried.append(Carried(number, planned.payer_id, sum(item.amount.minor for item in planned.items)))
        items = tuple(
            Item(item.policy_id, item.pattern, item.amount.minor, 0, 0, instruction=item.instruction)
            for item in planned.items
        )
        invoices.append(Invoice(number, planned.payer_id, planned.bill_on, planned.due_on, "planned", items))
    account = replace(account, invoices=tuple(invoices))
    hold = known(account, event.hold_id)
    if hold is None:
        return account
    return with_hold(
        account,
        replace(
            hold,
            skipped=(*hold.skipped, *skipped),
            replanned=(*hold.replanned, *carried),
            strategy=event.strategy,
        ),
    )


def _emptied(item: Item) -> Item:
    """What was open moved elsewhere; what was credited before stays where it was."""
    return replace(item, amount=item.amount - item.open)
