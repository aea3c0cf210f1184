"""From an account to what can be seen of it."""

from model.billing import account
from model.billing.account import Account, Payment
from model.billing.equity import PaidTo, paid_to
from model.billing.invoice import Invoice
from model.billing.standing import Disbursement, Instruction, WaitingCredit, WriteOff
from model.billing.terms import kind_of
from model.money import Money
from model.published.account_views import (
    AccountView,
    AccrualView,
    DisbursementView,
    InstructionView,
    InvoiceView,
    ItemView,
    PaidToView,
    PaymentView,
    WriteOffView,
)
from model.published.dunning_seen import delinquency_view, hold_view
from model.published.policy_events import PublishedCharge
from model.wire import Amount, to_wire


def account_view(state: account.State) -> AccountView | None:
    """None for an account that nobody opened."""
    if not isinstance(state, Account):
        return None
    currency = state.unapplied.currency
    return AccountView(
        account_id=state.account_id,
        autopay=state.autopay,
        unapplied=to_wire(state.unapplied),
        invoices=tuple([_invoice(invoice, state) for invoice in state.invoices]),
        payments=tuple([_payment(payment, currency) for payment in state.payments]),
        instructions=tuple([_instruction(each, state) for each in state.instructions]),
        delinquencies=tuple(map(delinquency_view, state.delinquencies)),
        holds=tuple([hold_view(hold, currency) for hold in state.holds]),
        credits=tuple([_payment(credit, currency) for credit in state.credits]),
        disbursements=tuple(map(_disbursement, state.disbursements)),
        write_offs=tuple([_write_off(each, currency) for each in state.write_offs]),
        paid_to=tuple([_paid_to(each, currency) for each in paid_to(state)]),
        fees=state.fees,
    )


def _payment(payment: Payment, currency: str) -> PaymentView:
    return PaymentView(
        payment_id=payment.payment_id,
        payer_id=payment.payer_id,
        status=payment.status,
        amount=to_wire(payment.amount),
        distributed=_amount(sum([part.minor for part in payment.parts]), currency),
        unapplied=to_wire(payment.unapplied),
        held=_amount(payment.held, currency),
        disbursed=_amount(payment.disbursed, currency),
    )


def _instruction(instruction: Instruction, state: Account) -> InstructionView:
    waiting = [
        charge
        for each in state.waiting
        if isinstance(each, WaitingCredit) and each.instruction_id == instruction.instruction_id
        for charge in each.charges
    ]
    return InstructionView(
        instruction_id=instruction.instruction_id,
        policy_id=instruction.policy_id,
        charges=tuple([PublishedCharge(charge.pattern, to_wire(charge.amount)) for charge in instruction.charges]),
        waiting=tuple([PublishedCharge(charge.pattern, to_wire(charge.amount)) for charge in waiting]),
    )


def _disbursement(one: Disbursement) -> DisbursementView:
    return DisbursementView(
        disbursement_id=one.disbursement_id,
        party_id=one.party_id,
        amount=to_wire(one.amount),
        status=one.status,
        requested_by=one.requested_by,
        approved_by=one.approved_by,
    )


def _write_off(one: WriteOff, currency: str) -> WriteOffView:
    return WriteOffView(
        write_off_id=one.write_off_id,
        reason=one.reason,
        amount=_amount(sum([part.minor for part in one.parts]), currency),
        status=one.status,
    )


def _paid_to(one: PaidTo, currency: str) -> PaidToView:
    return PaidToView(
        policy_id=one.policy_id,
        on=one.on,
        ends=one.ends,
        paid=_amount(one.minor, currency),
        accruals=tuple(
            [
                AccrualView(start=each.start, end=each.end, amount=_amount(each.minor, currency))
                for each in one.accruals
                if each.minor and each.start < each.end
            ]
        ),
    )


def _invoice(invoice: Invoice, state: Account) -> InvoiceView:
    currency = state.unapplied.currency
    policy_id = invoice.items[0].policy_id if invoice.items else ""
    return InvoiceView(
        payer_kind=kind_of(state, policy_id, invoice.payer_id),
        number=invoice.number,
        payer_id=invoice.payer_id,
        bill_on=invoice.bill_on,
        due_on=invoice.due_on,
        status=invoice.status,
        items=tuple(
            ItemView(
                policy_id=item.policy_id,
                pattern=item.pattern,
                amount=_amount(item.amount, currency),
                paid=_amount(item.paid, currency),
                credited=_amount(item.credited, currency),
                written_off=_amount(item.written_off, currency),
                instruction=item.instruction if item.instruction >= 0 else None,
            )
            for item in invoice.items
        ),
    )


def _amount(minor: int, currency: str) -> Amount:
    return to_wire(Money(minor, currency))
