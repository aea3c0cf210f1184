"""What a returned payment takes back: what was recorded, never what a new run would give.

Disbursements that still hold some of it are rejected, the shortfall that it was forgiven is owed again, its parts
reopen. What was sent back to a party already becomes a receivable, not negative unapplied money (see recapturing.py).
The carrier's fee is charged once, and not for money that was won back.
"""

from msgspec.structs import replace

from model.billing import disbursed, disbursing
from model.billing.commands import ReturnPayment
from model.billing.events import Event, FeeCharged, PaymentReturned
from model.billing.items import changed
from model.billing.recapturing import recapture
from model.billing.recovering import lost_again
from model.billing.standing import Account, Payment
from model.billing.writing_off import reversal_of
from model.carrier import Carrier
from model.jurisdiction import Law, LawMissing
from model.money import Money

INSURER_FEE_CAP = "insurer_nsf_fee_cap"
GENERAL_FEE_CAP = "general_returned_item_fee"


def returned_payment_fee(law: Law, carrier: Carrier) -> Money:
    """The carrier's fee for a returned payment, at most what the state allows.

    Florida caps it for insurers (Fla. Stat. 627.4035(1)(b)). Where a state has no rule for insurers, its general cap on
    returned items is the last resort unless the carrier chose `insurer_rule_only`: the row is not insurance law, so
    that whether it binds an insurer's filed fee is for the carrier's counsel. A general cap that is not one amount
    ("greater of 30 or 5 percent") caps nothing here.
    """
    fee = Money(carrier.billing.returned_payment_fee_minor, carrier.currency)
    rules = [INSURER_FEE_CAP]
    if carrier.billing.returned_fee_cap == "general_as_last_resort":
        rules.append(GENERAL_FEE_CAP)
    for rule in rules:
        if not law.has(rule):
            continue
        try:
            cap = law.usd(rule)
        except LawMissing:
            return fee
        return cap if cap.currency == fee.currency and cap.minor < fee.minor else fee
    return fee


def returned(fee: Money, command: ReturnPayment, account: Account, payment: Payment) -> tuple[Event, ...]:
    """What follows on an account that has the payment."""
    events: list[Event] = []
    for rejection in disbursing.rejections(account, payment, on=command.on, at=command.at):
        events.append(rejection)
        account = disbursed.rejected(account, rejection)
    payment = next(each for each in account.payments if each.payment_id == payment.payment_id)
    forgiven = reversal_of(account, f"shortfall:{payment.payment_id}", on=command.on, at=command.at)
    if forgiven is not None:
        events.append(forgiven)
    events.append(
        PaymentReturned(
            account_id=command.account_id,
            payment_id=command.payment_id,
            reason=command.reason,
            parts=payment.parts,
            unapplied=payment.unapplied,
            on=command.on,
            at=command.at,
        )
    )
    events.extend(lost_again(account, payment, on=command.on, at=command.at))
    number = min([part.invoice for part in payment.parts], default=len(account.invoices))
    if payment.disbursed:
        sent = Money(payment.disbursed, payment.amount.currency)
        party = payment.payer_id
        events.append(
            recapture(account, sent, payment_id=payment.payment_id, payer_id=party, on=command.on, at=command.at)
        )
    won_back = any(each.payment_id == payment.payment_id and each.status == "waived" for each in account.return_fees)
    if fee.minor and not won_back and (payment.parts or payment.disbursed):
        events.append(_fee(fee, command, account, number))
    return tuple(events)


def _fee(fee: Money, command: ReturnPayment, account: Account, number: int) -> FeeCharged:
    known = number < len(account.invoices)
    policy = account.invoices[number].items[0].policy_id if known else ""
    return FeeCharged(
        account_id=command.account_id,
        policy_id=policy,
        number=number,
        trigger=f"returned:{command.payment_id}",
        amount=fee,
        on=command.on,
        at=command.at,
        payment_id=command.payment_id,
    )


# --- effects


def payment_returned(account: Account, event: PaymentReturned) -> Account:
    payments = tuple(
        [replace(each, status="returned") if each.payment_id == event.payment_id else each for each in account.payments]
    )
    return replace(
        account,
        invoices=changed(account.invoices, event.parts, "reopen"),
        payments=payments,
        unapplied=account.unapplied - event.unapplied,
        waiting=tuple([each for each in account.waiting if getattr(each, "payment_id", None) != event.payment_id]),
    )
