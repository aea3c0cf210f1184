"""A billing account: the charges of one or more policies, the invoices for them, and the money that came in.

    NoAccount --ReceiveCharges--> Account --+
                                     ^      |  ReceiveCharges, CreditCharges, BillInvoice, MarkInvoiceDue,
                                     ReceivePayment, ReturnPayment +------+

Every cent of a charge is in one place: on an item that is open, paid or credited. Money that finds nothing to pay
stays unapplied. A returned payment takes back the distributions that were recorded, not what a new run would give.
"""

from typing import Literal, TypeAlias, assert_never

from msgspec import Struct
from msgspec.structs import replace

from model.billing import invoice as invoices
from model.billing.allocation import Distribution, by_invoice, distributed, return_premium_credits
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
from model.billing.plan import Charge, PlannedInvoice, PlannedItem, planned_invoices
from model.carrier import Carrier
from model.decider import Decider, Decision, Refusal
from model.jurisdiction import Law, LawMissing
from model.money import Money, total

# --- states


class Instruction(Struct, frozen=True):
    instruction_id: str
    policy_id: str
    charges: tuple[Charge, ...]


class Payment(Struct, frozen=True):
    payment_id: str
    payer_id: str
    amount: Money
    status: Literal["received", "returned"]
    parts: tuple[Distribution, ...]
    unapplied: Money


class NoAccount(Struct, frozen=True, gc=False, tag=True):
    pass


class Account(Struct, frozen=True, tag=True):
    """`unapplied` is money (or return premium) that waits for something to pay."""

    account_id: str
    autopay: Literal["on", "off"]
    instructions: tuple[Instruction, ...]
    invoices: tuple[Invoice, ...]
    payments: tuple[Payment, ...]
    unapplied: Money


State: TypeAlias = NoAccount | Account

RETURNED_FEE_RULE = "insurer_nsf_fee_cap"

# --- the machine


def decider(law: Law, carrier: Carrier) -> Decider[Command, State, Event]:
    """The machine for a state's law (caps on fees) and a carrier's choices (plans, rounding, order of allocation)."""
    returned_fee = _returned_payment_fee(law, carrier)
    priority = {rule.pattern: rule.priority for rule in carrier.patterns}

    def decide(command: Command, state: State) -> Decision[Event]:
        match command, state:
            case ReceiveCharges(), _:
                return _receive_charges(carrier, command, state)
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
                return _credit_charges(carrier, command, state)
            case BillInvoice(), Account():
                return _bill(command, state)
            case MarkInvoiceDue(), Account():
                return _mark_due(command, state)
            case ReceivePayment(), Account():
                return _receive_payment(carrier, priority, command, state)
            case ReturnPayment(), Account():
                return _return_payment(returned_fee, command, state)

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


def _seen(command: ReceiveCharges | CreditCharges, state: State) -> Decision[Event] | None:
    """The answer to an instruction that was received before; None when it is new."""
    known = state.instructions if isinstance(state, Account) else ()
    for instruction in known:
        if instruction.instruction_id == command.instruction_id:
            same = instruction.policy_id == command.policy_id and instruction.charges == command.charges
            return (
                ()
                if same
                else Refusal("instruction_reused", f"{command.instruction_id} was already used for other charges")
            )
    return None


def _wrong_charges(carrier: Carrier, command: ReceiveCharges | CreditCharges, sign: Literal[1, -1]) -> Refusal | None:
    if not command.charges or any(charge.amount.minor * sign <= 0 for charge in command.charges):
        kind = "positive" if sign > 0 else "negative"
        return Refusal("wrong_sign", f"{type(command).__name__} takes {kind} charges, at least one")
    if any(charge.amount.currency != carrier.currency for charge in command.charges):
        return Refusal("wrong_currency", f"{carrier.name} bills in {carrier.currency}")
    rules = (carrier.pattern(charge.pattern) for charge in command.charges)
    return next((rule for rule in rules if isinstance(rule, Refusal)), None)


def _receive_charges(carrier: Carrier, command: ReceiveCharges, state: State) -> Decision[Event]:
    answered = _seen(command, state)
    if answered is not None:
        return answered
    plan = carrier.plan(command.plan)
    if isinstance(plan, Refusal):
        return plan
    weights = [payer.weight for payer in command.payers]
    if min(weights, default=0) < 0 or sum(weights) <= 0:
        return Refusal("no_payer", f"nobody is named to pay the charges of {command.policy_id}")
    wrong = _wrong_charges(carrier, command, 1)
    if wrong is not None:
        return wrong
    planned = planned_invoices(
        carrier,
        policy_id=command.policy_id,
        plan=plan,
        payers=command.payers,
        charges=command.charges,
        anchor=command.on,
        today=command.at.date(),
    )
    if isinstance(planned, Refusal):
        return planned
    return (
        _charges_received(command, command.autopay),
        InvoicesPlanned(
            account_id=command.account_id,
            policy_id=command.policy_id,
            first=len(state.invoices) if isinstance(state, Account) else 0,
            invoices=planned,
            on=command.on,
            at=command.at,
        ),
    )


def _credit_charges(carrier: Carrier, command: CreditCharges, account: Account) -> Decision[Event]:
    answered = _seen(command, account)
    if answered is not None:
        return answered
    wrong = _wrong_charges(carrier, command, -1)
    if wrong is not None:
        return wrong
    credits, rest = return_premium_credits(carrier, account.invoices, command.policy_id, command.charges)
    credited = ReturnPremiumCredited(
        account_id=command.account_id,
        policy_id=command.policy_id,
        credits=credits,
        unapplied=rest,
        on=command.on,
        at=command.at,
    )
    return (_charges_received(command, None), credited)


def _charges_received(command: ReceiveCharges | CreditCharges, autopay: Literal["on", "off"] | None) -> ChargesReceived:
    return ChargesReceived(
        account_id=command.account_id,
        instruction_id=command.instruction_id,
        policy_id=command.policy_id,
        autopay=autopay,
        charges=command.charges,
        on=command.on,
        at=command.at,
    )


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


def _receive_payment(
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


def _return_payment(fee: Money, command: ReturnPayment, account: Account) -> Decision[Event]:
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
