"""What must hold whatever happened: named predicates over views.

The same predicates judge the states of the model in tests, the stores of a simulation, the answers of a deployment
and the extracts after a load test. Each says in cents what is wrong. A view that lacks what an invariant needs is not
judged by it, and that is said by name.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Generic, TypeVar

from msgspec import Struct

from model.published.views import AccountView, ClaimView, IntentView, PolicyView
from model.wire import Amount, from_wire

V = TypeVar("V", PolicyView, AccountView, ClaimView, IntentView)


class Invariant(Struct, Generic[V], frozen=True):
    """`needs` names the optional fields of the view; `broken` says what is wrong, or None."""

    code: str
    says: str
    needs: tuple[str, ...]
    broken: Callable[[V], str | None]


class Violation(Struct, frozen=True, gc=False):
    code: str
    subject: str
    text: str


class Skipped(Struct, frozen=True, gc=False):
    code: str
    subject: str
    lacks: str


def judged(invariants: Iterable[Invariant[V]], subject: str, view: V) -> Iterator[Violation | Skipped]:
    """Every violation of one view, and every invariant that it lacks the fields for."""
    for invariant in invariants:
        lacking = [name for name in invariant.needs if getattr(view, name) is None]
        if lacking:
            yield Skipped(invariant.code, subject, ", ".join(lacking))
            continue
        text = invariant.broken(view)
        if text is not None:
            yield Violation(invariant.code, subject, text)


def minor(amount: Amount) -> int:
    return from_wire(amount).minor


# --- policy


def _return_within_written(policy: PolicyView) -> str | None:
    written = _by_pattern((charge.pattern, minor(charge.amount)) for charge in policy.written or ())
    returned = _by_pattern((charge.pattern, minor(charge.amount)) for charge in policy.returned or ())
    for pattern, back in returned.items():
        if not -written.get(pattern, 0) <= back <= 0:
            return f"{pattern}: {-back} minor units came back of {written.get(pattern, 0)} written"
    return None


def _status_follows_versions(policy: PolicyView) -> str | None:
    if policy.status in ("quoted", "bound"):
        return f"a {policy.status} policy has versions" if policy.versions else None
    versions = policy.versions or ()
    if not versions or versions[-1].status != policy.status:
        return f"the policy is {policy.status} but its last version is not"
    for version in versions:
        if not policy.start <= version.effective <= policy.end:
            return f"a version takes effect on {version.effective}, outside {policy.start} to {policy.end}"
    if any(later.recorded < earlier.recorded for earlier, later in pairwise(versions)):
        return "versions are not in the order in which they were recorded"
    return None


POLICY_INVARIANTS: tuple[Invariant[PolicyView], ...] = (
    Invariant(
        "INV-P1",
        "versions lie inside the term, in the order recorded, and the last one is the status",
        ("versions",),
        _status_follows_versions,
    ),
    Invariant(
        "INV-P4",
        "what comes back of a charge is between nothing and what was written",
        ("written", "returned"),
        _return_within_written,
    ),
)

# --- billing


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
    charged = _by_pattern(
        (charge.pattern, minor(charge.amount))
        for instruction in account.instructions or ()
        for charge in instruction.charges
        if minor(charge.amount) > 0
    )
    invoiced = _by_pattern(
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

# --- claims


def _reserves_never_negative(claim: ClaimView) -> str | None:
    for line in claim.lines or ():
        if minor(line.open) < 0 or minor(line.available) < 0:
            return f"{line.category}: open {line.open.amount}, available {line.available.amount}"
    return None


def _incurred_adds_up(claim: ClaimView) -> str | None:
    lines = claim.lines or ()
    for line in lines:
        if minor(line.incurred) != minor(line.open) + minor(line.paid):
            return f"{line.category}: incurred is {line.incurred.amount}, not {line.open.amount} + {line.paid.amount}"
    rolled_up = sum(minor(line.incurred) for line in lines)
    if claim.incurred is not None and minor(claim.incurred) != rolled_up:
        return f"the claim says {claim.incurred.amount} incurred, its lines add up to {rolled_up} minor units"
    issued = sum(minor(payment.amount) for payment in claim.payments or () if payment.status == "issued")
    paid = sum(minor(line.paid) for line in lines)
    return f"{paid} minor units paid on lines, {issued} issued in payments" if paid != issued else None


def _closed_means_settled(claim: ClaimView) -> str | None:
    if claim.status != "closed":
        return None
    if any(minor(line.open) for line in claim.lines or ()):
        return "a closed claim still has an open reserve"
    if any(payment.status == "requested" for payment in claim.payments or ()):
        return "a closed claim still has a payment on its way"
    return None


CLAIM_INVARIANTS: tuple[Invariant[ClaimView], ...] = (
    Invariant(
        "INV-C1",
        "open and available are never negative, a pending payment counting",
        ("lines",),
        _reserves_never_negative,
    ),
    Invariant("INV-C2", "incurred = open + paid, on each line and rolled up", ("lines", "payments"), _incurred_adds_up),
    Invariant(
        "INV-C6", "a closed claim has nothing open and nothing on its way", ("lines", "payments"), _closed_means_settled
    ),
)

# --- payments


def effective_successes(intents: Iterable[IntentView]) -> Mapping[tuple[str, str, str], int]:
    """How often money moved for the same purpose, subject and reference."""
    moved: dict[tuple[str, str, str], int] = {}
    for intent in intents:
        if intent.status == "succeeded":
            key = (intent.purpose, intent.subject, intent.reference)
            moved[key] = moved.get(key, 0) + 1
    return moved


def moved_more_than_once(intents: Iterable[IntentView]) -> tuple[Violation, ...]:
    """INV-Y1: money moves at most once for what one payment is for."""
    return tuple(
        Violation("INV-Y1", f"{subject} {reference}", f"the {purpose} succeeded {count} times")
        for (purpose, subject, reference), count in effective_successes(intents).items()
        if count > 1
    )


def _by_pattern(amounts: Iterable[tuple[str, int]]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for pattern, amount in amounts:
        sums[pattern] = sums.get(pattern, 0) + amount
    return sums
