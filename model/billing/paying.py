"""Money that comes to an account, and money that the bank takes back."""

from model.billing.allocation import distributed
from model.billing.commands import ReceivePayment, ReturnPayment
from model.billing.events import Event, FeeCharged, PaymentDistributed, PaymentReceived, PaymentReturned
from model.billing.standing import Account
from model.carrier import Carrier
from model.decider import Decision, Refusal
from model.money import Money


def receive_payment(
    carrier: Carrier, priority: dict[str, int], command: ReceivePayment, account: Account
) -> Decision[Event]:
    for payment in account.payments:
        if payment.payment_id == command.payment_id:
            same = payment.amount == command.amount and payment.payer_id == command.payer_id
            return (
                () if same else Refusal("payment_reused", f"{command.payment_id} was already used for another payment")
            )
    if command.amount.currency != carrier.currency:
        return Refusal("wrong_currency", f"{carrier.name} takes {carrier.currency}, not {command.amount.currency}")
    if command.amount.minor <= 0:
        return Refusal("not_positive", f"a payment is more than nothing, not {command.amount}")
    parts, rest = distributed(account.invoices, command.payer_id, command.amount.minor, priority)
    received = PaymentReceived(
        account_id=command.account_id,
        payment_id=command.payment_id,
        payer_id=command.payer_id,
        amount=command.amount,
        on=command.on,
        at=command.at,
    )
    return (
        received,
        PaymentDistributed(
            account_id=command.account_id,
            payment_id=command.payment_id,
            parts=parts,
            unapplied=Money(rest, carrier.currency),
            on=command.on,
            at=command.at,
        ),
    )


def return_payment(fee: Money, command: ReturnPayment, account: Account) -> Decision[Event]:
    for payment in account.payments:
        if payment.payment_id == command.payment_id:
            break
    else:
        return Refusal("unknown_payment", f"account {command.account_id} has no payment {command.payment_id}")
    if payment.status == "returned":
        return ()
    returned = PaymentReturned(
        account_id=command.account_id,
        payment_id=command.payment_id,
        reason=command.reason,
        parts=payment.parts,
        unapplied=payment.unapplied,
        on=command.on,
        at=command.at,
    )
    if not payment.parts or fee.minor == 0:
        return (returned,)
    number = min(part.invoice for part in payment.parts)
    charged = FeeCharged(
        account_id=command.account_id,
        policy_id=account.invoices[number].items[0].policy_id,
        number=number,
        trigger=f"returned:{command.payment_id}",
        amount=fee,
        on=command.on,
        at=command.at,
    )
    return (returned, charged)
