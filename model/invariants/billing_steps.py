"""What must hold between an account before something happened to it and after it."""

from collections.abc import Collection, Mapping, Set
from datetime import date
from typing import Literal

from model.daycount import is_business_day
from model.invariants.billing import OWN_PATTERNS, open_minor
from model.invariants.judging import Violation, by_pattern, minor
from model.published.account_views import AccountView, InvoiceView, ItemView

ASKED = ("billed", "due", "past_due", "paid")


def undone(before: AccountView, after: AccountView) -> tuple[Violation, ...]:
    """INV-B6: a payment that came and went leaves all as it was but fees and the history."""
    wrong: list[str] = []
    for old, new in zip(before.invoices or (), after.invoices or (), strict=True):
        more = new.items[len(old.items) :]
        if new.items[: len(old.items)] != old.items or any(item.pattern not in OWN_PATTERNS for item in more):
            wrong.append(f"invoice {old.number} is not what it was")
    if before.unapplied != after.unapplied:
        wrong.append(f"{minor(before.unapplied)} was unapplied, {minor(after.unapplied)} is")
    return tuple([Violation("INV-B6", before.account_id, text) for text in wrong])


def out_of_order(
    before: AccountView,
    after: AccountView,
    payer_id: str,
    priority: Mapping[str, int],
    *,
    prior: Collection[int] = (),
) -> tuple[Violation, ...]:
    """INV-B7: no item is paid while one that is before it in the waterfall stays open: debt of a prior term first
    (`prior` are the places of its instructions), then the earlier due date, on one day by the priority of the patterns.
    """
    after_invoices = {invoice.number: invoice for invoice in after.invoices or ()}
    passed = ""
    wrong: list[Violation] = []
    for _, _, _, number, place in sorted(_payable(before, payer_id, priority, prior)):
        old = _item(before, number, place)
        new = after_invoices[number].items[place]
        name = f"{old.pattern} of invoice {number}"
        if minor(new.paid) > minor(old.paid) and passed:
            wrong.append(Violation("INV-B7", before.account_id, f"{name} was paid before {passed}"))
        if open_minor(new) > 0:
            passed = passed or name
    return tuple(wrong)


def _payable(
    account: AccountView, payer_id: str, priority: Mapping[str, int], prior: Collection[int]
) -> list[tuple[bool, date, int, int, int]]:
    last = len(priority)
    return [
        (item.instruction not in prior, invoice.due_on, priority.get(item.pattern, last), invoice.number, place)
        for invoice in account.invoices or ()
        if invoice.payer_id == payer_id and invoice.status in ASKED
        for place, item in enumerate(invoice.items)
        if open_minor(item) > 0
    ]


def split_differently(whole: AccountView, parts: AccountView) -> tuple[Violation, ...]:
    """INV-B7: one payment and the same money in two at the same instant pay the same items."""
    if (whole.invoices, whole.unapplied) == (parts.invoices, parts.unapplied):
        return ()
    there = f"{minor(whole.unapplied)} minor units unapplied in one payment, {minor(parts.unapplied)} in two"
    return (Violation("INV-B7", whole.account_id, f"the same money pays other items: {there}"),)


def _item(account: AccountView, number: int, place: int) -> ItemView:
    found: InvoiceView = (account.invoices or ())[number]
    return found.items[place]


def badly_dated(
    before: AccountView, after: AccountView, *, roll: Literal["none", "following", "preceding"], holidays: Set[date]
) -> tuple[Violation, ...]:
    """INV-B8: of what was planned anew, the due dates of a payer's installments of one instruction go up, none is
    before its bill date, and none is on a day without business where the carrier rolls.
    """
    wrong: list[str] = []
    last: dict[tuple[str, int], date] = {}
    for invoice in (after.invoices or ())[len(before.invoices or ()) :]:
        name, due = f"invoice {invoice.number} of {invoice.payer_id}", invoice.due_on
        if invoice.bill_on > due:
            wrong.append(f"{name} is billed on {invoice.bill_on}, after it is due on {due}")
        if roll != "none" and not is_business_day(due, holidays):
            wrong.append(f"{name} is due on {due}, a day without business, though due days roll ({roll})")
        for place in sorted({item.instruction for item in invoice.items if item.instruction is not None}):
            earlier = last.get((invoice.payer_id, place))
            if earlier is not None and due <= earlier:
                wrong.append(f"{name} is due on {due}, not after the installment before it, on {earlier}")
            last[invoice.payer_id, place] = due
    return tuple([Violation("INV-B8", before.account_id, text) for text in wrong])


def not_conserved(before: AccountView, after: AccountView) -> tuple[Violation, ...]:
    """INV-B9: a plan change leaves what is charged by pattern, and the money, as they were."""
    wrong: list[str] = []
    old, new = _charged(before), _charged(after)
    for pattern in sorted(old.keys() | new.keys()):
        if old.get(pattern, 0) != new.get(pattern, 0):
            wrong.append(f"{pattern}: {old.get(pattern, 0)} minor units became {new.get(pattern, 0)}")
    if _money(before) != _money(after):
        wrong.append(f"{_money(before)} minor units of money became {_money(after)}")
    return tuple([Violation("INV-B9", before.account_id, text) for text in wrong])


def _charged(account: AccountView) -> dict[str, int]:
    """By pattern, without the fees of billing's own, which follow the plan."""
    return by_pattern(
        (item.pattern, minor(item.amount))
        for invoice in account.invoices or ()
        for item in invoice.items
        if item.instruction is not None
    )


def _money(account: AccountView) -> int:
    paid = sum(minor(item.paid) for invoice in account.invoices or () for item in invoice.items)
    return paid + minor(account.unapplied)


def different_invoices(one: AccountView, other: AccountView) -> tuple[Violation, ...]:
    """INV-B15: the same instructions in another order come to the same invoices, whatever their numbers."""
    if _bills(one) == _bills(other):
        return ()
    return (Violation("INV-B15", one.account_id, f"{_bills(one)} in one order, {_bills(other)} in another"),)


def _bills(account: AccountView) -> list[tuple[str, date, date, str, int, int]]:
    return sorted(
        [
            (
                invoice.payer_id,
                invoice.bill_on,
                invoice.due_on,
                invoice.status,
                sum(minor(item.amount) for item in invoice.items),
                sum(open_minor(item) for item in invoice.items),
            )
            for invoice in account.invoices or ()
        ]
    )
