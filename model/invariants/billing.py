"""What must hold of every billing account."""

from model.invariants.judging import Invariant, by_pattern, minor
from model.published.views import AccountView


def _items_are_whole(account: AccountView) -> str | None:
    for invoice in account.invoices or ():
        for item in invoice.items:
            amount, paid, credited = minor(item.amount), minor(item.paid), minor(item.credited)
            if paid < 0 or credited < 0 or paid + credited > amount:
                return f"invoice {invoice.number} {item.pattern}: {paid} paid and {credited} credited of {amount}"
            if paid and invoice.status == "planned":
                return f"invoice {invoice.number} {item.pattern}: {paid} paid before it was billed"
    return None


def _charges_are_invoiced(account: AccountView) -> str | None:
    """Fees that billing itself adds are not part of any instruction and may exceed it."""
    charged = by_pattern(
        (charge.pattern, minor(charge.amount))
        for instruction in account.instructions or ()
        for charge in instruction.charges
        if minor(charge.amount) > 0
    )
    invoiced = by_pattern(
        (item.pattern, minor(item.amount)) for invoice in account.invoices or () for item in invoice.items
    )
    for pattern in charged.keys() | invoiced.keys():
        short = charged.get(pattern, 0) - invoiced.get(pattern, 0)
        if short > 0 or (short < 0 and pattern != "fee"):
            return f"{pattern}: {charged.get(pattern, 0)} minor units were charged, {invoiced.get(pattern, 0)} invoiced"
    return None


def _cash_is_somewhere(account: AccountView) -> str | None:
    """Money received = paid on items + unapplied, where return premium that closed nothing is unapplied too."""
    received = sum(minor(payment.amount) for payment in account.payments or () if payment.status == "received")
    items = [item for invoice in account.invoices or () for item in invoice.items]
    paid = sum(minor(item.paid) for item in items)
    credited = sum(minor(item.credited) for item in items)
    returned = -sum(
        minor(charge.amount)
        for instruction in account.instructions or ()
        for charge in instruction.charges
        if minor(charge.amount) < 0
    )
    unapplied = minor(account.unapplied)
    if received + returned != paid + credited + unapplied:
        there = f"{paid} paid, {credited} credited and {unapplied} unapplied"
        return f"{received} received and {returned} returned, but {there}"
    return None


def _paid_means_closed(account: AccountView) -> str | None:
    for invoice in account.invoices or ():
        open_minor = sum(minor(item.amount) - minor(item.paid) - minor(item.credited) for item in invoice.items)
        if (invoice.status == "paid") != (open_minor == 0) and invoice.status != "planned":
            return f"invoice {invoice.number} is {invoice.status} with {open_minor} open"
    return None


def _dates_in_order(account: AccountView) -> str | None:
    for invoice in account.invoices or ():
        if invoice.bill_on > invoice.due_on:
            return f"invoice {invoice.number} is billed on {invoice.bill_on}, after it is due on {invoice.due_on}"
    return None


ACCOUNT_INVARIANTS: tuple[Invariant[AccountView], ...] = (
    Invariant("INV-B1", "every cent charged is on an invoice", ("invoices", "instructions"), _charges_are_invoiced),
    Invariant(
        "INV-B2", "an item is open, paid or credited, and never more than its amount", ("invoices",), _items_are_whole
    ),
    Invariant(
        "INV-B4",
        "money received is paid on items or unapplied",
        ("invoices", "payments", "instructions"),
        _cash_is_somewhere,
    ),
    Invariant("INV-B5", "an invoice is paid exactly when nothing on it is open", ("invoices",), _paid_means_closed),
    Invariant("INV-B8", "no invoice is due before it is billed", ("invoices",), _dates_in_order),
)
