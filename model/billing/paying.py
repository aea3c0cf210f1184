"""Money that comes to an account, and money that the bank takes back.

A payment pays what is billed in the order of the waterfall. Its return takes back the parts that were recorded, the
shortfall that it was forgiven and whatever of it waits to be sent back; what was sent back already is a receivable.
A return that overtakes its payment waits for it.
"""

from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from model.billing import applying, recovering, waiving, writing_off
from model.billing.allocation import Distribution, distributed
from model.billing.applying import priorities
from model.billing.commands import Command, ReceivePayment, ReturnPayment
from model.billing.dispatch import Answer, Effect, answer, effect
from model.billing.events import (
    Event,
    PaymentDistributed,
    PaymentReceived,
    PaymentReturned,
    PaymentReturnWaits,
)
from model.billing.items import changed
from model.billing.money_events import ItemsWrittenOff
from model.billing.parts import numbers_of, sum_of
from model.billing.returning import payment_returned, returned, returned_payment_fee
from model.billing.standing import Account, Payment, WaitingReturn
from model.billing.suspense import misfit
from model.billing.terms import prior_terms
from model.billing.waiving import waived
from model.billing.writing_off import items_written_off
from model.carrier import Carrier
from model.decider import Decision, Refusal
from model.jurisdiction import Law
from model.money import Money


def answers(law: Law, carrier: Carrier) -> dict[type[Command], Answer]:
    fee = returned_payment_fee(law, carrier)
    forgiven = carrier.billing.tolerance(carrier.currency)
    waterfall = Waterfall(carrier, priorities(carrier), forgiven, Money(0, carrier.currency))
    return dict(
        (
            answer(ReceivePayment, partial(receive_payment, waterfall, fee)),
            answer(ReturnPayment, partial(return_payment, fee)),
        )
    )


class Waterfall(Struct, frozen=True, gc=False):
    """How a carrier lets payments run down its patterns. `forgiven` minor units may be short; `nothing` is what mostly
    is left over, made once.
    """

    carrier: Carrier
    priority: dict[str, int]
    forgiven: int
    nothing: Money


def payment_of(account: Account, payment_id: str) -> Payment | None:
    for payment in reversed(account.payments):
        if payment.payment_id == payment_id:
            return payment
    return None


def with_payment(payments: tuple[Payment, ...], changed: Payment) -> tuple[Payment, ...]:
    """The payments with one of them changed; mostly that is the last."""
    if payments[-1].payment_id == changed.payment_id:
        return (*payments[:-1], changed)
    return tuple([changed if each.payment_id == changed.payment_id else each for each in payments])


def receive_payment(waterfall: Waterfall, fee: Money, command: ReceivePayment, account: Account) -> Decision[Event]:
    carrier = waterfall.carrier
    known = payment_of(account, command.payment_id)
    if known is not None:
        if known.amount == command.amount and known.payer_id == command.payer_id:
            return ()
        return Refusal("payment_reused", f"{command.payment_id} was already used for another payment")
    if command.amount.currency != carrier.currency:
        return Refusal("wrong_currency", f"{carrier.name} takes {carrier.currency}, not {command.amount.currency}")
    if command.amount.minor <= 0:
        return Refusal("not_positive", f"a payment is more than nothing, not {command.amount}")
    wrong = misfit(account, command.payer_id, command.amount)
    if wrong is not None and not _awaits_return(account, command.payment_id):
        return Refusal(wrong, f"{command.amount} of {command.payer_id} is not for account {command.account_id}")
    if command.wins_back and fee.minor and carrier.billing.won_dispute_fee == "waive":
        return _won_back(waterfall, fee, command, account)
    return _booked(waterfall, fee, command, account)


def _awaits_return(account: Account, payment_id: str) -> bool:
    """Whether the bank told of the return of a payment first: the account waits for that payment, whoever it is of."""
    return any(isinstance(waiting, WaitingReturn) and waiting.payment_id == payment_id for waiting in account.waiting)


def _won_back(waterfall: Waterfall, fee: Money, command: ReceivePayment, account: Account) -> tuple[Event, ...]:
    """The fee first, so that what is won back pays what it had paid before."""
    waiver = waived(waterfall.priority, command, account)
    for event in waiver:
        account = WAIVER[type(event)](account, event)
    return (*waiver, *_booked(waterfall, fee, command, account))


def _booked(waterfall: Waterfall, fee: Money, command: ReceivePayment, account: Account) -> tuple[Event, ...]:
    carrier = waterfall.carrier
    parts, rest = distributed(
        account.invoices,
        command.payer_id,
        command.amount.minor,
        waterfall.priority,
        prior=prior_terms(account.instructions),
        policy_id=command.policy_id,
    )
    received = PaymentReceived(
        account_id=command.account_id,
        payment_id=command.payment_id,
        payer_id=command.payer_id,
        amount=command.amount,
        on=command.on,
        at=command.at,
    )
    placed = PaymentDistributed(
        account_id=command.account_id,
        payment_id=command.payment_id,
        parts=parts,
        unapplied=Money(rest, carrier.currency) if rest else waterfall.nothing,
        on=command.on,
        at=command.at,
    )
    forgiven = waterfall.forgiven
    if not forgiven and not account.waiting and not account.write_offs:
        return (received, placed)
    after = _distributed(_received(account, received), placed)
    short = _shortfall(forgiven, command, after, parts)
    if short is not None:
        after = items_written_off(after, short)
    story = (received, placed) if short is None else (received, placed, short)
    for event in _recovered(command, after):
        after = _AFTER[type(event)](after, event)
        story = (*story, event)
    return (*story, *_returned_before(fee, command, after))


def _recovered(command: ReceivePayment, account: Account) -> tuple[Event, ...]:
    payment = payment_of(account, command.payment_id)
    if payment is None or not payment.unapplied.minor:
        return ()
    return tuple(recovering.recovered(account, payment, on=command.on, at=command.at))


def _shortfall(
    tolerance: int, command: ReceivePayment, account: Account, parts: tuple[Distribution, ...]
) -> ItemsWrittenOff | None:
    """What is left open of the invoices that the payment paid, where it is so little that nobody is asked for it."""
    forgiven: list[Distribution] = []
    for number in sorted({part.invoice for part in parts}):
        invoice = account.invoices[number]
        if 0 < invoice.open <= tolerance:
            forgiven += [
                Distribution(number, place, item.open) for place, item in enumerate(invoice.items) if item.open
            ]
    if not forgiven:
        return None
    return ItemsWrittenOff(
        account_id=command.account_id,
        write_off_id=f"shortfall:{command.payment_id}",
        reason="shortfall",
        parts=tuple(forgiven),
        amount=Money(sum_of(tuple(forgiven)), account.unapplied.currency),
        on=command.on,
        at=command.at,
    )


def _returned_before(fee: Money, command: ReceivePayment, account: Account) -> tuple[Event, ...]:
    """The return that came before its payment."""
    for waiting in account.waiting:
        if isinstance(waiting, WaitingReturn) and waiting.payment_id == command.payment_id:
            payment = payment_of(account, command.payment_id)
            assert payment is not None
            asked = ReturnPayment(
                account_id=command.account_id,
                payment_id=command.payment_id,
                reason=waiting.reason,
                on=waiting.on,
                at=command.at,
            )
            return returned(fee, asked, account, payment)
    return ()


def return_payment(fee: Money, command: ReturnPayment, account: Account) -> Decision[Event]:
    payment = payment_of(account, command.payment_id)
    if payment is None:
        if _awaits_return(account, command.payment_id):
            return ()
        return (
            PaymentReturnWaits(
                account_id=command.account_id,
                payment_id=command.payment_id,
                reason=command.reason,
                on=command.on,
                at=command.at,
            ),
        )
    if payment.status == "returned":
        return ()
    return returned(fee, command, account, payment)


WAIVER: dict[type[Event], Effect] = {**waiving.EFFECTS, **applying.EFFECTS}
"""What a waived fee does to the account before the money that was won back is booked."""

# --- effects


def _received(account: Account, event: PaymentReceived) -> Account:
    payer_id, amount = event.payer_id, event.amount
    payments = account.payments
    if payments:
        # Most installments are of one payer and of one amount: what is as it was before is kept once.
        last = payments[-1]
        if last.payer_id == payer_id:
            payer_id = last.payer_id
        if last.amount == amount:
            amount = last.amount
    payment = Payment(event.payment_id, payer_id, amount, "received", (), amount)
    waits = amount if not account.unapplied.minor else account.unapplied + amount
    return replace(account, payments=(*payments, payment), unapplied=waits)


def _distributed(account: Account, event: PaymentDistributed) -> Account:
    payments = account.payments
    payment = payment_of(account, event.payment_id)
    if payment is not None:
        payments = with_payment(
            payments, replace(payment, distributed=numbers_of(event.parts), unapplied=event.unapplied)
        )
    left = account.unapplied.minor - sum_of(event.parts)
    return replace(
        account,
        invoices=changed(account.invoices, event.parts, "settle"),
        payments=payments,
        unapplied=event.unapplied if left == event.unapplied.minor else Money(left, account.unapplied.currency),
    )


def _return_waits(account: Account, event: PaymentReturnWaits) -> Account:
    return replace(account, waiting=(*account.waiting, WaitingReturn(event.payment_id, event.reason, event.on)))


_AFTER: dict[type[Event], Effect] = {**applying.EFFECTS, **writing_off.EFFECTS}
EFFECTS: dict[type[Event], Effect] = dict(
    (
        effect(PaymentReceived, _received),
        effect(PaymentDistributed, _distributed),
        effect(PaymentReturned, payment_returned),
        effect(PaymentReturnWaits, _return_waits),
    )
)
