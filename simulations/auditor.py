"""The auditor: what one system did against what the other believes, to the cent.

It hears every event of every context and keeps, for each thing that two contexts must agree on, the difference
between them: premium that policy wrote and billing has not (or has twice), drafts that fell due and were never
started, money that moved and was never booked, payouts that were asked for and never left, or left twice. A message
on its way makes a difference for a moment; one that is still there at the morning's control is drift. What is found
can be sent again, which ends it when it was lost and cannot when it was doubled.

A payout that was doubled is one drift, the payout itself: that its second half leaves too is not counted again. When
the two halves answer differently, claims believes the first answer and refuses the other, and what it then does not
know of is a drift beside the first, doubled like it.
"""

from collections.abc import Iterable
from typing import Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from model.billing import events as billing
from model.claims import events as claims
from model.core import Recorded
from model.money import Money
from model.payments import events as payments
from model.policy import events as policy
from model.published import billing_events as billing_published
from model.published import claim_events as claim_published
from model.published import payment_events as payment_published
from model.published import policy_events as policy_published
from model.published.envelope import Envelope

Kind = Literal["charges", "drafts", "collections", "payouts", "payout_bookings", "payout_failures"]
Key: TypeAlias = tuple[Kind, str]
Cause = Literal["lost", "doubled"]

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
    """A difference that lasted: `minor` is what the first system has more than the second (less, where money came
    back), in ticks when it arose, was found at a control and was mended (None where that has not happened). A drift
    that was found tells how it was then, for mending it may take several steps.
    """

    kind: Kind
    entity: str
    minor: int
    cause: Cause
    at: int
    found_at: int | None
    repaired_at: int | None


class Difference:
    """A difference as it stands: `untold` is how many things the first system did that the second has not heard of,
    negative when it heard of them too often. `found` is how the last control that found it new or changed saw it.
    """

    __slots__ = ("found", "minor", "since", "untold")

    def __init__(self, since: int) -> None:
        self.minor = 0
        self.untold = 0
        self.since = since
        self.found: Drift | None = None

    @property
    def cause(self) -> Cause:
        """Money that comes back has the other sign, so that only the number of things tells what went wrong; one lost
        and one doubled leave it to the money.
        """
        return "lost" if (self.untold or self.minor) > 0 else "doubled"


class Auditor:
    """An observer of a core. `tick` is set by the host before it submits."""

    def __init__(self) -> None:
        self.tick = 0
        self.drifted: list[Drift] = []
        self._open: dict[Key, Difference] = {}
        self._drafted: set[str] = set()
        self._asked: dict[str, int] = {}
        self._left: set[str] = set()
        self._failed: set[str] = set()

    def __call__(self, recorded: Recorded) -> None:
        event = recorded.event
        if type(event) not in WATCHED:
            return
        match event:
            case (
                policy.PolicyIssued(policy_id=policy_id, terms=terms)
                | policy.PolicyRenewed(policy_id=policy_id, terms=terms)
            ):
                self._said("charges", policy_id, _sum(charge.amount for charge in terms.charges))
            case (
                policy.PolicyCancelled(policy_id=policy_id, returned=returned)
                | policy.RenewalNotTaken(policy_id=policy_id, returned=returned)
            ):
                self._said("charges", policy_id, _sum(charge.amount for charge in returned))
            case (
                policy.PolicyChanged(policy_id=policy_id, charges=charges)
                | policy.PolicyReinstated(policy_id=policy_id, charges=charges)
                | policy.PolicyNonrenewed(policy_id=policy_id, charges=charges)
            ):
                self._said("charges", policy_id, _sum(charge.amount for charge in charges))
            case policy.PolicyRewritten(policy_id=policy_id, returned=returned, terms=terms):
                self._said("charges", policy_id, _sum(charge.amount for charge in (*returned, *terms.charges)))
            case billing.ChargesReceived(policy_id=policy_id, charges=received):
                self._heard("charges", policy_id, _sum(charge.amount for charge in received))
            case billing.InvoiceFellDue(autopay="on", account_id=account_id, number=number, amount=amount):
                self._drafted.add(f"{account_id}-{number}")
                self._said("drafts", f"{account_id}-{number}", amount.minor)
            case payments.PaymentStarted(purpose="collection", subject=subject, reference=reference, amount=amount):
                if f"{subject}-{reference}" in self._drafted:
                    self._heard("drafts", f"{subject}-{reference}", amount.minor)
            case payments.PaymentSucceeded(purpose="collection", subject=subject, amount=amount):
                self._said("collections", subject, amount.minor)
            case payments.MoneyReturned(subject=subject, amount=amount):
                self._said("collections", subject, -amount.minor)
            case billing.PaymentReceived(account_id=account_id, amount=amount):
                self._heard("collections", account_id, amount.minor)
            case billing.PaymentReturned(account_id=account_id, parts=parts, unapplied=unapplied):
                self._heard("collections", account_id, -sum(part.minor for part in parts) - unapplied.minor)
            case _:
                self._hear_of_payout(event)

    def _hear_of_payout(self, event: object) -> None:
        """A payout that is under way twice leaves or fails twice, while claims can book one end of it only."""
        match event:
            case claims.PaymentRequested(payment_id=payment_id, amount=amount):
                self._asked[payment_id] = amount.minor
                self._said("payouts", payment_id, amount.minor)
            case payments.PaymentStarted(purpose="payout", reference=reference, amount=amount):
                self._heard("payouts", reference, amount.minor)
            case payments.PaymentSucceeded(purpose="payout", reference=reference, amount=amount):
                if reference not in self._left:
                    self._left.add(reference)
                    self._said("payout_bookings", reference, amount.minor)
            case claims.PaymentIssued(payment_id=payment_id, amount=amount):
                self._heard("payout_bookings", payment_id, amount.minor)
            case payments.PaymentRefused(purpose="payout", reference=reference):
                if reference not in self._left and reference not in self._failed:
                    self._failed.add(reference)
                    self._said("payout_failures", reference, self._asked.get(reference, 0))
            case claims.PaymentFailed(payment_id=payment_id):
                self._heard("payout_failures", payment_id, self._asked.get(payment_id, 0))
            case _:
                pass

    def control(self, *, older_than: int) -> tuple[Key, ...]:
        """The morning's control: every difference that arose at or before a tick and that no control before found as
        it is now, in the order they arose.
        """
        found: list[Key] = []
        for key, difference in self._open.items():
            before = difference.found
            if difference.since <= older_than and (before is None or before.minor != difference.minor):
                difference.found = self._drift(key, difference, self.tick if before is None else before.found_at)
                found.append(key)
        return tuple(found)

    def standing(self, *, older_than: int) -> list[Drift]:
        """What has drifted and is not mended, found or not."""
        return [
            self._drift(key, difference, difference.found.found_at if difference.found else None)
            for key, difference in self._open.items()
            if difference.since <= older_than
        ]

    def _drift(self, key: Key, difference: Difference, found_at: int | None) -> Drift:
        kind, entity = key
        cause = difference.cause
        if kind in ("payout_bookings", "payout_failures"):
            payout = self._open.get(("payouts", entity))
            cause = payout.cause if payout is not None else cause
        return Drift(kind, entity, difference.minor, cause, difference.since, found_at, None)

    def _said(self, kind: Kind, entity: str, minor: int) -> None:
        """The first system did something that the second must hear of."""
        self._differ((kind, entity), minor, 1)

    def _heard(self, kind: Kind, entity: str, minor: int) -> None:
        """The second system did what it takes the first to have asked for."""
        self._differ((kind, entity), -minor, -1)

    def _differ(self, key: Key, minor: int, untold: int) -> None:
        if minor == 0:
            return
        difference = self._open.get(key)
        if difference is None:
            difference = self._open[key] = Difference(self.tick)
        difference.minor += minor
        difference.untold += untold
        if difference.minor == 0:
            del self._open[key]
            if difference.found is not None:
                self.drifted.append(replace(difference.found, repaired_at=self.tick))


def _sum(amounts: Iterable[Money]) -> int:
    return sum(amount.minor for amount in amounts)


def concerns(envelope: Envelope) -> Key | None:
    """The difference that a message would end if it arrived; None for one whose loss no money shows."""
    match envelope.data:
        case (
            policy_published.PolicyIssued(policy_id=policy_id)
            | policy_published.PolicyCancelled(policy_id=policy_id)
            | policy_published.PolicyChanged(policy_id=policy_id)
            | policy_published.PolicyReinstated(policy_id=policy_id)
            | policy_published.PolicyRenewed(policy_id=policy_id)
            | policy_published.PolicyRewritten(policy_id=policy_id)
            | policy_published.PolicyNonrenewed(policy_id=policy_id)
        ):
            return ("charges", policy_id)
        case billing_published.InvoiceDue(account_id=account_id, invoice=invoice, autopay=autopay):
            return ("drafts", f"{account_id}-{invoice}") if autopay == "on" else None
        case billing_published.InvoiceDraftRequested(account_id=account_id, invoice=invoice):
            return ("drafts", f"{account_id}-{invoice}")
        case billing_published.DisbursementRequested() | billing_published.DisbursementExecuted():
            return None
        case (
            policy_published.MoratoriumActivated()
            | policy_published.MoratoriumReleased()
            | billing_published.InvoicePastDue()
            | billing_published.NonpaymentNoticeSent()
            | billing_published.DelinquencyStarted()
            | billing_published.DelinquencyHeld()
            | billing_published.CancellationRequested()
            | billing_published.DelinquencyExited()
        ):
            return None
        case claim_published.ClaimPaymentRequested(payment_id=payment_id):
            return ("payouts", payment_id)
        case payment_published.IntentSucceeded(purpose="collection", subject=subject):
            return ("collections", subject)
        case payment_published.IntentReturned(subject=subject):
            return ("collections", subject)
        case payment_published.IntentSucceeded(reference=reference):
            return ("payout_bookings", reference)
        case payment_published.IntentFailed(purpose=purpose, reference=reference):
            return ("payout_failures", reference) if purpose == "payout" else None
        case _:
            return None
