"""Money that comes to an account, and money that the bank takes back."""

from msgspec.structs import replace

from model.billing.allocation import distributed
from model.billing.commands import Command, ReceivePayment, ReturnPayment
from model.billing.dispatch import Answer, Effect, answer, effect
from model.billing.events import Event, FeeCharged, PaymentDistributed, PaymentReceived, PaymentReturned
from model.billing.items import changed
from model.billing.standing import Account, Payment
from model.carrier import Carrier
from model.decider import Decision, Refusal
from model.jurisdiction import Law, LawMissing
from model.money import Money

RETURNED_FEE_RULE = "insurer_nsf_fee_cap"


def answers(law: Law, carrier: Carrier) -> dict[type[Command], Answer]:
    fee = returned_payment_fee(law, carrier)
    priority = {rule.pattern: rule.priority for rule in carrier.patterns}
    return dict(
        (
            answer(ReceivePayment, lambda command, account: receive_payment(carrier, priority, command, account)),
            answer(ReturnPayment, lambda command, account: return_payment(fee, command, account)),
        )
    )


def returned_payment_fee(law: Law, carrier: Carrier) -> Money:
    """The carrier's fee for a returned payment, at most what the state allows (Florida: Fla. Stat. 627.4035(1)(b))."""
    fee = Money(carrier.billing.returned_payment_fee_minor, carrier.currency)
    try:
        cap = law.usd(RETURNED_FEE_RULE)
    except LawMissing:
        return fee
    return cap if cap.currency == fee.currency and cap.minor < fee.minor else fee


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


# --- effects


def _received(account: Account, event: PaymentReceived) -> Account:
    payment = Payment(event.payment_id, event.payer_id, event.amount, "received", (), event.amount)
    return replace(account, payments=(*account.payments, payment), unapplied=account.unapplied + event.amount)


def _distributed(account: Account, event: PaymentDistributed) -> Account:
    payments = tuple(
        replace(each, parts=event.parts, unapplied=event.unapplied) if each.payment_id == event.payment_id else each
        for each in account.payments
    )
    spent = sum(part.minor for part in event.parts)
    return replace(
        account,
        invoices=changed(account.invoices, event.parts, "settle"),
        payments=payments,
        unapplied=Money(account.unapplied.minor - spent, account.unapplied.currency),
    )


def _returned(account: Account, event: PaymentReturned) -> Account:
    payments = tuple(
        replace(each, status="returned") if each.payment_id == event.payment_id else each for each in account.payments
    )
    return replace(
        account,
        invoices=changed(account.invoices, event.parts, "reopen"),
        payments=payments,
        unapplied=account.unapplied - event.unapplied,
    )


EFFECTS: dict[type[Event], Effect] = dict(
    (
        effect(PaymentReceived, _received),
        effect(PaymentDistributed, _distributed),
        effect(PaymentReturned, _returned),
    )
)
