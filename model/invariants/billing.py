"""What must hold of every billing account."""

from collections.abc import Iterator

from model.invariants.equity import paid_to_the_day
from model.invariants.judging import Invariant, by_pattern, minor
from model.published.account_views import AccountView, InvoiceView, ItemView, PaymentView

OWN_PATTERNS = ("fee", "recapture")
"""Patterns of what billing itself adds to what it was told: fees, and money that was sent back and never came."""


def open_minor(item: ItemView) -> int:
    return minor(item.amount) - minor(item.paid) - minor(item.credited) - written_off(item)


def written_off(item: ItemView) -> int:
    return minor(item.written_off) if item.written_off is not None else 0


def _items(account: AccountView) -> Iterator[tuple[InvoiceView, ItemView]]:
    for invoice in account.invoices or ():
        for item in invoice.items:
            yield invoice, item


def _items_are_whole(account: AccountView) -> str | None:
    for invoice, item in _items(account):
        amount, paid, credited, off = minor(item.amount), minor(item.paid), minor(item.credited), written_off(item)
        if min(paid, credited, off) < 0 or paid + credited + off > amount:
            where = f"invoice {invoice.number} {item.pattern}"
            return f"{where}: {paid} paid, {credited} credited and {off} written off of {amount}"
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
    invoiced = by_pattern((item.pattern, minor(item.amount)) for _, item in _items(account))
    for pattern in charged.keys() | invoiced.keys():
        short = charged.get(pattern, 0) - invoiced.get(pattern, 0)
        if short > 0 or (short < 0 and pattern not in OWN_PATTERNS):
            return f"{pattern}: {charged.get(pattern, 0)} minor units were charged, {invoiced.get(pattern, 0)} invoiced"
    return None


def _a_fee_is_charged_once(account: AccountView) -> str | None:
    fees = account.fees or ()
    twice = sorted({trigger for trigger in fees if fees.count(trigger) > 1})
    return f"{', '.join(twice)} was charged more than once" if twice else None


def _cash_is_somewhere(account: AccountView) -> str | None:
    """Money received = paid on items + unapplied + on its way back or sent, where return premium that closed nothing
    and disbursements that came back are money too.
    """
    sources = [payment for payment in account.payments or () if payment.status == "received"]
    received = sum(minor(payment.amount) for payment in sources)
    charges = [charge for instruction in account.instructions or () for charge in instruction.charges]
    returned = -sum(minor(charge.amount) for charge in charges if minor(charge.amount) < 0)
    back = sum(minor(one.amount) for one in account.disbursements or () if one.status == "reversed")
    paid = sum(minor(item.paid) for _, item in _items(account))
    credited = sum(minor(item.credited) for _, item in _items(account))
    waits = -sum(minor(charge.amount) for instruction in account.instructions or () for charge in instruction.waiting)
    credits = [credit for credit in account.credits or () if credit.status == "received"]
    sent = sum(_sent(source) for source in (*sources, *credits))
    unapplied = minor(account.unapplied)
    if received + returned + back != paid + credited + unapplied + waits + sent:
        there = f"{paid} paid, {credited} credited and {unapplied} unapplied"
        if waits or sent or back:
            there += f" ({waits} waiting, {sent} sent, {back} sent back)"
        return f"{received} received and {returned} returned, but {there}"
    return None


def _sent(source: PaymentView) -> int:
    return sum(minor(amount) for amount in (source.held, source.disbursed) if amount is not None)


def _a_source_is_spent_once(account: AccountView) -> str | None:
    """What came in is on items, unapplied, held or sent, and nothing of it twice."""
    for source in (*(account.payments or ()), *(account.credits or ())):
        if source.unapplied is None:
            continue
        where = minor(source.distributed) + minor(source.unapplied) + _sent(source)
        if where != minor(source.amount):
            return f"of {source.payment_id} {where} minor units are somewhere, {minor(source.amount)} came"
    return None


def _paid_means_closed(account: AccountView) -> str | None:
    for invoice in account.invoices or ():
        left = sum(open_minor(item) for item in invoice.items)
        if (invoice.status == "paid") != (left == 0) and invoice.status not in ("planned", "carried"):
            return f"invoice {invoice.number} is {invoice.status} with {left} open"
        if left and invoice.status == "carried":
            return f"invoice {invoice.number} was carried forward with {left} open"
    return None


def _dates_in_order(account: AccountView) -> str | None:
    for invoice in account.invoices or ():
        if invoice.bill_on > invoice.due_on:
            return f"invoice {invoice.number} is billed on {invoice.bill_on}, after it is due on {invoice.due_on}"
    return None


def _one_invoice_a_day(account: AccountView) -> str | None:
    """What a payer owes on one day goes out on one invoice, however many policies and instructions it is for."""
    seen: set[tuple[str, object]] = set()
    for invoice in account.invoices or ():
        stream = (invoice.payer_id, invoice.due_on)
        if invoice.status == "planned" and invoice.items:
            if stream in seen:
                return f"invoice {invoice.number} is the second that {invoice.payer_id} gets for {invoice.due_on}"
            seen.add(stream)
    return None


def _disbursed_once(account: AccountView) -> str | None:
    """What payments and credits hold for disbursements is what is on its way, and what they sent is what was executed:
    nothing is sent twice or beyond what was unapplied. Nobody approves what he drafted.
    """
    held = sent = 0
    for one in account.disbursements or ():
        held += minor(one.amount) if one.status in ("draft", "approved") else 0
        sent += minor(one.amount) if one.status in ("executed", "reversed") else 0
        if one.requested_by in one.approved_by or (one.status in ("approved", "executed") and not one.approved_by):
            return f"{one.disbursement_id} is {one.status}, drafted by {one.requested_by}, approved by nobody else"
    sources = (*(account.payments or ()), *(account.credits or ()))
    on_its_way = sum(minor(source.held) for source in sources if source.held is not None)
    gone = sum(minor(source.disbursed) for source in sources if source.disbursed is not None)
    if (held, sent) != (on_its_way, gone):
        return f"{held} on its way and {sent} sent, but the money held for it is {on_its_way} and {gone}"
    return None


_ITEMS = ("invoices",)
ACCOUNT_INVARIANTS: tuple[Invariant[AccountView], ...] = (
    Invariant("INV-B1", "every cent charged is on an invoice", ("invoices", "instructions"), _charges_are_invoiced),
    Invariant("INV-B1", "a fee is charged once for its trigger", ("fees",), _a_fee_is_charged_once),
    Invariant(
        "INV-B2", "an item is open, paid, credited or written off, and never more than its amount", _ITEMS,
        _items_are_whole,
    ),
    Invariant(
        "INV-B4",
        "money received is paid on items, unapplied, or sent back",
        ("invoices", "payments", "instructions"),
        _cash_is_somewhere,
    ),
    Invariant("INV-B4", "what a payment brought is in one place", ("payments",), _a_source_is_spent_once),
    Invariant("INV-B5", "an invoice is paid exactly when nothing on it is open", _ITEMS, _paid_means_closed),
    Invariant("INV-B8", "no invoice is due before it is billed", _ITEMS, _dates_in_order),
    Invariant("INV-B11", "a policy is paid to the last day that its money covers", ("paid_to",), paid_to_the_day),
    Invariant("INV-B13", "money goes back once, and only what was unapplied", ("disbursements",), _disbursed_once),
    Invariant("INV-B15", "a payer gets one invoice for a due date", _ITEMS, _one_invoice_a_day),
)  # fmt: skip
