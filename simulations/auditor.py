"""The auditor: what one system did against what the other believes, to the cent.

It hears every event of every context and keeps, for each thing that two contexts must agree on, the difference
between them: premium that policy wrote and billing has not (or has twice), drafts that fell due and were never
started, money that moved and was never booked, payouts that were asked for and never left, or left twice. A message
on its way makes a difference for a moment; one that is still there at the morning's control is drift. What is found
can be sent again, which ends it when it was lost and cannot when it was doubled.
"""

from collections.abc import Iterable
from typing import Literal, TypeAlias

from msgspec import Struct

from model.billing import events as billing
from model.claims import events as claims
from model.core import Recorded
from model.money import Money
from model.payments import events as payments
from model.policy import events as policy
from model.published import events as published
from model.published.envelope import Envelope

Kind = Literal["charges", "drafts", "collections", "payouts", "payout_bookings", "payout_failures"]
Key: TypeAlias = tuple[Kind, str]

WATCHED: frozenset[type[object]] = frozenset(
    {
        policy.PolicyIssued,
        policy.PolicyCancelled,
        policy.PolicyChanged,
        policy.PolicyReinstated,
        policy.PolicyNonrenewed,
        policy.PolicyRenewed,
        policy.PolicyRewritten,
        policy.RenewalNotTaken,
        billing.ChargesReceived,
        billing.InvoiceFellDue,
        billing.PaymentReceived,
        billing.PaymentReturned,
        payments.PaymentStarted,
        payments.PaymentSucceeded,
        payments.PaymentRefused,
        payments.MoneyReturned,
        claims.PaymentRequested,
        claims.PaymentIssued,
        claims.PaymentFailed,
    }
)

SAYS: dict[Kind, str] = {
    "charges": "premium that policy wrote and billing does not have",
    "drafts": "installments that fell due and were not drafted once",
    "collections": "money that was collected and is not on the account once",
    "payouts": "claim payments that were approved and not paid once",
    "payout_bookings": "claim payments that left and claims does not know of",
    "payout_failures": "claim payments that failed and claims does not know of",
}


class Drift(Struct, frozen=True, gc=False):
    """A difference that lasted: `minor` is what the first system has more than the second, in ticks when it arose,
    was found at a control and was mended (None where that has not happened).
    """

    kind: Kind
    entity: str
    minor: int
    at: int
    found_at: int | None
    repaired_at: int | None

    @property
    def cause(self) -> Literal["lost", "doubled"]:
        return "lost" if self.minor > 0 else "doubled"


class Difference:
    """A difference as it stands."""

    __slots__ = ("found_at", "minor", "since")

    def __init__(self, minor: int, since: int) -> None:
        self.minor = minor
        self.since = since
        self.found_at: int | None = None


class Auditor:
    """An observer of a core. `tick` is set by the host before it submits."""

    def __init__(self) -> None:
        self.tick = 0
        self.drifted: list[Drift] = []
        self._open: dict[Key, Difference] = {}
        self._drafted: set[str] = set()

    def __call__(self, recorded: Recorded) -> None:
        event = recorded.event
        if type(event) not in WATCHED:
            return
        match event:
            case (
                policy.PolicyIssued(policy_id=policy_id, terms=terms)
                | policy.PolicyRenewed(policy_id=policy_id, terms=terms)
            ):
                self._differ("charges", policy_id, _sum(charge.amount for charge in terms.charges))
            case (
                policy.PolicyCancelled(policy_id=policy_id, returned=returned)
                | policy.RenewalNotTaken(policy_id=policy_id, returned=returned)
            ):
                self._differ("charges", policy_id, _sum(charge.amount for charge in returned))
            case (
                policy.PolicyChanged(policy_id=policy_id, charges=charges)
                | policy.PolicyReinstated(policy_id=policy_id, charges=charges)
                | policy.PolicyNonrenewed(policy_id=policy_id, charges=charges)
            ):
                self._differ("charges", policy_id, _sum(charge.amount for charge in charges))
            case policy.PolicyRewritten(policy_id=policy_id, returned=returned, terms=terms):
                self._differ("charges", policy_id, _sum(charge.amount for charge in (*returned, *terms.charges)))
            case billing.ChargesReceived(policy_id=policy_id, charges=received):
                self._differ("charges", policy_id, -_sum(charge.amount for charge in received))
            case billing.InvoiceFellDue(autopay="on", account_id=account_id, number=number, amount=amount):
                self._drafted.add(f"{account_id}-{number}")
                self._differ("drafts", f"{account_id}-{number}", amount.minor)
            case payments.PaymentStarted(purpose="collection", subject=subject, reference=reference, amount=amount):
                if f"{subject}-{reference}" in self._drafted:
                    self._differ("drafts", f"{subject}-{reference}", -amount.minor)
            case payments.PaymentStarted(reference=reference, amount=amount):
                self._differ("payouts", reference, -amount.minor)
            case payments.PaymentSucceeded(purpose="collection", subject=subject, amount=amount):
                self._differ("collections", subject, amount.minor)
            case payments.PaymentSucceeded(reference=reference, amount=amount):
                self._differ("payout_bookings", reference, amount.minor)
            case payments.MoneyReturned(subject=subject, amount=amount):
                self._differ("collections", subject, -amount.minor)
            case billing.PaymentReceived(account_id=account_id, amount=amount):
                self._differ("collections", account_id, -amount.minor)
            case billing.PaymentReturned(account_id=account_id, parts=parts, unapplied=unapplied):
                self._differ("collections", account_id, sum(part.minor for part in parts) + unapplied.minor)
            case claims.PaymentRequested(payment_id=payment_id, amount=amount):
                self._differ("payouts", payment_id, amount.minor)
            case claims.PaymentIssued(payment_id=payment_id, amount=amount):
                self._differ("payout_bookings", payment_id, -amount.minor)
            case payments.PaymentRefused(purpose="payout", reference=reference):
                self._differ("payout_failures", reference, 1)
            case claims.PaymentFailed(payment_id=payment_id):
                self._differ("payout_failures", payment_id, -1)
            case _:
                pass

    def control(self, *, older_than: int) -> list[tuple[Key, Difference]]:
        """The morning's control: every difference that arose at or before a tick and was not found before, in the
        order it arose.
        """
        found = [
            (key, difference)
            for key, difference in self._open.items()
            if difference.found_at is None and difference.since <= older_than
        ]
        for _, difference in found:
            difference.found_at = self.tick
        return found

    def standing(self, *, older_than: int) -> list[Drift]:
        """What has drifted and is not mended, found or not."""
        return [
            Drift(kind, entity, difference.minor, difference.since, difference.found_at, None)
            for (kind, entity), difference in self._open.items()
            if difference.since <= older_than
        ]

    def _differ(self, kind: Kind, entity: str, minor: int) -> None:
        if minor == 0:
            return
        key = (kind, entity)
        difference = self._open.get(key)
        if difference is None:
            self._open[key] = Difference(minor, self.tick)
            return
        before = difference.minor
        difference.minor += minor
        if difference.minor == 0:
            del self._open[key]
            if difference.found_at is not None:
                self.drifted.append(Drift(kind, entity, before, difference.since, difference.found_at, self.tick))


def _sum(amounts: Iterable[Money]) -> int:
    return sum(amount.minor for amount in amounts)


def concerns(envelope: Envelope) -> Key | None:
    """The difference that a message would end if it arrived; None for one whose loss no money shows."""
    match envelope.data:
        case (
            published.PolicyIssued(policy_id=policy_id)
            | published.PolicyCancelled(policy_id=policy_id)
            | published.PolicyChanged(policy_id=policy_id)
            | published.PolicyReinstated(policy_id=policy_id)
            | published.PolicyRenewed(policy_id=policy_id)
            | published.PolicyRewritten(policy_id=policy_id)
            | published.PolicyNonrenewed(policy_id=policy_id)
        ):
            return ("charges", policy_id)
        case published.JobPreempted():
            return None
        case published.InvoiceDue(account_id=account_id, invoice=invoice, autopay=autopay):
            return ("drafts", f"{account_id}-{invoice}") if autopay == "on" else None
        case published.ClaimPaymentRequested(payment_id=payment_id):
            return ("payouts", payment_id)
        case published.IntentSucceeded(purpose="collection", subject=subject):
            return ("collections", subject)
        case published.IntentReturned(subject=subject):
            return ("collections", subject)
        case published.IntentSucceeded(reference=reference):
            return ("payout_bookings", reference)
        case published.IntentFailed(purpose=purpose, reference=reference):
            return ("payout_failures", reference) if purpose == "payout" else None
