"""A receivable for money that was sent to a party and was not there to be sent.

Practice [K], and no choice: unapplied money below nothing would be hidden in what others are owed, while a receivable
is on an invoice, is asked for, and is given up by a write-off that says so (the carrier's choices on write-offs hold).
"""

from datetime import date, datetime

from msgspec.structs import replace

from model.billing.dispatch import Effect, effect
from model.billing.events import Event
from model.billing.invoice import Invoice, Item
from model.billing.money_events import RecaptureCharged
from model.billing.standing import Account
from model.money import Money

RECAPTURE_PATTERN = "recapture"


def recapture(
    account: Account, amount: Money, *, payment_id: str, payer_id: str, on: date, at: datetime
) -> RecaptureCharged:
    """`payment_id` names what brought the money, or the disbursement that took it."""
    return RecaptureCharged(
        account_id=account.account_id,
        payment_id=payment_id,
        number=len(account.invoices),
        policy_id=_policy_of(account, payer_id),
        payer_id=payer_id,
        amount=amount,
        on=on,
        at=at,
    )


def _policy_of(account: Account, payer_id: str) -> str:
    """The policy that a payer pays for, the first of several; empty when the payer pays for none."""
    return next(
        (
            item.policy_id
            for invoice in account.invoices
            if invoice.payer_id == payer_id
            for item in invoice.items
            if item.policy_id
        ),
        "",
    )


# --- effects


def _recaptured(account: Account, event: RecaptureCharged) -> Account:
    item = Item(event.policy_id, RECAPTURE_PATTERN, event.amount.minor, 0, 0)
    invoice = Invoice(event.number, event.payer_id, event.on, event.on, "due", (item,))
    return replace(account, invoices=(*account.invoices, invoice))


EFFECTS: dict[type[Event], Effect] = dict((effect(RecaptureCharged, _recaptured),))
