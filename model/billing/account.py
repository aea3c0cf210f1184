"""A billing account: the charges of one or more policies, the invoices for them, and the money that came in.

    NoAccount --ReceiveCharges--> Account --+
                                     ^      |  ReceiveCharges, CreditCharges, BillInvoice,
                                     |      |  MarkInvoiceDue, ReceivePayment, ReturnPayment
                                     +------+

Every cent of a charge is in one place: on an item that is open, paid or credited. Money that finds nothing to pay
stays unapplied. A returned payment takes back the distributions that were recorded, not what a new run would give.
"""

from typing import Literal, assert_never

from msgspec.structs import replace

from model.billing import invoice as invoices
from model.billing.allocation import Distribution, by_invoice
from model.billing.charging import credit_charges, receive_charges
from model.billing.commands import (
    BillInvoice,
    Command,
    CreditCharges,
    MarkInvoiceDue,
    ReceiveCharges,
    ReceivePayment,
    ReturnPayment,
)
from model.billing.events import (
    ChargesReceived,
    Event,
    FeeCharged,
    InvoiceBilled,
    InvoiceFellDue,
    InvoicesPlanned,
    PaymentDistributed,
    PaymentReceived,
    PaymentReturned,
    ReturnPremiumCredited,
)
from model.billing.invoice import Invoice, Item
from model.billing.paying import receive_payment, return_payment
from model.billing.plan import PlannedInvoice, PlannedItem
from model.billing.standing import Account, Instruction, NoAccount, Payment, State
from model.carrier import Carrier
from model.decider import Decider, Decision, Refusal
from model.jurisdiction import Law, LawMissing
from model.money import Money, total

__all__ = ["Account", "Instruction", "NoAccount", "Payment", "State", "decider", "evolve"]

RETURNED_FEE_RULE = "insurer_nsf_fee_cap"

# --- the machine


def decider(law: Law, carrier: Carrier) -> Decider[Command, State, Event]:
    """The machine for a state's law (caps on fees) and a carrier's choices (plans, rounding, order of allocation)."""
    returned_fee = _returned_payment_fee(law, carrier)
    priority = {rule.pattern: rule.priority for rule in carrier.patterns}

    def decide(command: Command, state: State) -> Decision[Event]:
        match command, state:
            case ReceiveCharges(), _:
                return receive_charges(carrier, command, state)
            case (
                (CreditCharges() | BillInvoice() | MarkInvoiceDue() | ReceivePayment() | ReturnPayment()),
                NoAccount(),
            ):
                return Refusal("unknown_account", f"there is no account {command.account_id}")
            case ((BillInvoice(number=number) | MarkInvoiceDue(number=number)), Account(invoices=planned)) if not (
                0 <= number < len(planned)
            ):
                return Refusal("unknown_invoice", f"account {command.account_id} has no invoice {number}")
            case CreditCharges(), Account():
                return credit_charges(carrier, command, state)
            case BillInvoice(), Account():
                return _bill(command, state)
            case MarkInvoiceDue(), Account():
                return _mark_due(command, state)
            case ReceivePayment(), Account():
                return receive_payment(carrier, priority, command, state)
            case ReturnPayment(), Account():
                return return_payment(returned_fee, command, state)

    return Decider("account", NoAccount(), _stream, decide, evolve)


def _stream(command: Command) -> str:
    return command.account_id


def _returned_payment_fee(law: Law, carrier: Carrier) -> Money:
    """The carrier's fee for a returned payment, at most what the state allows (Florida: Fla. Stat. 627.4035(1)(b))."""
    fee = Money(carrier.billing.returned_payment_fee_minor, carrier.currency)
    try:
        cap = law.usd(RETURNED_FEE_RULE)
    except LawMissing:
        return fee
    return cap if cap.currency == fee.currency and cap.minor < fee.minor else fee


def _bill(command: BillInvoice, account: Account) -> Decision[Event]:
    invoice = account.invoices[command.number]
    answer = invoices.decide(invoices.BillInvoice(on=command.on), invoice)
    if isinstance(answer, Refusal) or not answer:
        return answer if isinstance(answer, Refusal) else ()
    return (
        InvoiceBilled(
            account_id=command.account_id,
            number=command.number,
            payer_id=invoice.payer_id,
            amount=Money(invoice.open, account.unapplied.currency),
            due_on=invoice.due_on,
            on=command.on,
            at=command.at,
        ),
    )


def _mark_due(command: MarkInvoiceDue, account: Account) -> Decision[Event]:
    invoice = account.invoices[command.number]
    answer = invoices.decide(invoices.MarkInvoiceDue(on=command.on), invoice)
    if isinstance(answer, Refusal) or not answer:
        return answer if isinstance(answer, Refusal) else ()
    return (
        InvoiceFellDue(
            account_id=command.account_id,
            number=command.number,
            payer_id=invoice.payer_id,
            amount=Money(invoice.open, account.unapplied.currency),
            autopay=account.autopay,
            on=command.on,
            at=command.at,
        ),
    )


def evolve(state: State, event: Event) -> State:
    match event:
        case ChargesReceived():
            return _with_instruction(state, event)
        case _ if isinstance(state, NoAccount):
            return state
        case InvoicesPlanned(first=first, invoices=planned):
            added = tuple(_planned(first + k, one) for k, one in enumerate(planned))
            return replace(state, invoices=state.invoices + added)
        case ReturnPremiumCredited(credits=credits, unapplied=unapplied):
            return replace(
                state,
                invoices=_changed(state.invoices, credits, "credit"),
                unapplied=total([state.unapplied, *(charge.amount for charge in unapplied)], state.unapplied.currency),
            )
        case InvoiceBilled(number=number, amount=amount):
            return replace(state, invoices=_at(state.invoices, number, invoices.Billed(amount=amount.minor)))
        case InvoiceFellDue(number=number, amount=amount):
            return replace(state, invoices=_at(state.invoices, number, invoices.FellDue(amount=amount.minor)))
        case PaymentReceived(payment_id=payment_id, payer_id=payer_id, amount=amount):
            payment = Payment(payment_id, payer_id, amount, "received", (), amount)
            return replace(state, payments=(*state.payments, payment), unapplied=state.unapplied + amount)
        case PaymentDistributed(payment_id=payment_id, parts=parts, unapplied=unapplied):
            payments = tuple(
                replace(p, parts=parts, unapplied=unapplied) if p.payment_id == payment_id else p
                for p in state.payments
            )
            spent = sum(part.minor for part in parts)
            left = Money(state.unapplied.minor - spent, state.unapplied.currency)
            return replace(state, invoices=_changed(state.invoices, parts, "settle"), payments=payments, unapplied=left)
        case PaymentReturned(payment_id=payment_id, parts=parts, unapplied=unapplied):
            payments = tuple(replace(p, status="returned") if p.payment_id == payment_id else p for p in state.payments)
            return replace(
                state,
                invoices=_changed(state.invoices, parts, "reopen"),
                payments=payments,
                unapplied=state.unapplied - unapplied,
            )
        case FeeCharged(number=number, policy_id=policy_id, amount=amount):
            charged = state.invoices[number]
            fee = Item(policy_id, "fee", amount.minor, 0, 0)
            return replace(state, invoices=_put(state.invoices, replace(charged, items=(*charged.items, fee))))
        case _:
            assert_never(event)


def _with_instruction(state: State, event: ChargesReceived) -> Account:
    instruction = Instruction(event.instruction_id, event.policy_id, event.charges)
    if isinstance(state, Account):
        return replace(state, instructions=(*state.instructions, instruction), autopay=event.autopay or state.autopay)
    currency = event.charges[0].amount.currency
    return Account(event.account_id, event.autopay or "off", (instruction,), (), (), Money(0, currency))


def _planned(number: int, planned: PlannedInvoice) -> Invoice:
    items = tuple(_item(item) for item in planned.items)
    return Invoice(number, planned.payer_id, planned.bill_on, planned.due_on, "planned", items)


def _item(planned: PlannedItem) -> Item:
    return Item(planned.policy_id, planned.pattern, planned.amount.minor, 0, 0)


def _put(all_invoices: tuple[Invoice, ...], changed: Invoice) -> tuple[Invoice, ...]:
    number = changed.number
    return (*all_invoices[:number], changed, *all_invoices[number + 1 :])


def _at(all_invoices: tuple[Invoice, ...], number: int, event: invoices.Event) -> tuple[Invoice, ...]:
    return _put(all_invoices, invoices.evolve(all_invoices[number], event))


def _changed(
    all_invoices: tuple[Invoice, ...], parts: tuple[Distribution, ...], how: Literal["settle", "reopen", "credit"]
) -> tuple[Invoice, ...]:
    for number, items in by_invoice(parts).items():
        event: invoices.Event
        match how:
            case "settle":
                event = invoices.ItemsSettled(parts=items)
            case "reopen":
                event = invoices.ItemsReopened(parts=items)
            case "credit":
                event = invoices.ItemsCredited(parts=items)
        all_invoices = _at(all_invoices, number, event)
    return all_invoices
