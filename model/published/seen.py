"""From the state of a machine to what can be seen of it. None where there is nothing yet."""

from model.billing import account
from model.billing.account import Account
from model.billing.invoice import Invoice
from model.money import Money
from model.payments import intent
from model.policy import period
from model.policy.terms import Charge
from model.published.claim_seen import claim_view
from model.published.events import PublishedCharge
from model.published.views import (
    AccountView,
    InstructionView,
    IntentView,
    InvoiceView,
    ItemView,
    PaymentView,
    PolicyView,
    VersionView,
)
from model.wire import Amount, to_wire

__all__ = ["account_view", "claim_view", "intent_view", "policy_view"]


def policy_view(policy_id: str, state: period.State) -> PolicyView | None:
    match state:
        case period.Unwritten():
            return None
        case period.Quoted(terms=terms, expires=expires):
            return PolicyView(
                policy_id=policy_id,
                status="quoted",
                account_id=terms.account_id,
                start=terms.start,
                end=terms.end,
                quote_expires=expires,
                written=(),
                returned=(),
                versions=(),
            )
        case period.Bound(terms=terms):
            return PolicyView(
                policy_id=policy_id,
                status="bound",
                account_id=terms.account_id,
                start=terms.start,
                end=terms.end,
                written=(),
                returned=(),
                versions=(),
            )
        case period.InForce() | period.Cancelled() | period.Expired():
            return _issued_view(policy_id, state)


def _issued_view(policy_id: str, state: period.InForce | period.Cancelled | period.Expired) -> PolicyView:
    terms = state.terms
    cancelled = state if isinstance(state, period.Cancelled) else None
    return PolicyView(
        policy_id=policy_id,
        status=state.versions[-1].status,
        account_id=terms.account_id,
        start=terms.start,
        end=terms.end,
        cancelled_on=cancelled.cancelled_on if cancelled else None,
        written=_charges(terms.charges),
        returned=_charges(cancelled.returned) if cancelled else (),
        versions=tuple(
            VersionView(effective=version.effective, recorded=version.recorded, status=version.status)
            for version in state.versions
        ),
    )


def _charges(charges: tuple[Charge, ...]) -> tuple[PublishedCharge, ...]:
    return tuple(PublishedCharge(charge.pattern, to_wire(charge.amount)) for charge in charges)


def account_view(state: account.State) -> AccountView | None:
    if not isinstance(state, Account):
        return None
    currency = state.unapplied.currency
    return AccountView(
        account_id=state.account_id,
        autopay=state.autopay,
        unapplied=to_wire(state.unapplied),
        invoices=tuple(_invoice(invoice, currency) for invoice in state.invoices),
        payments=tuple(
            PaymentView(
                payment_id=payment.payment_id,
                payer_id=payment.payer_id,
                status=payment.status,
                amount=to_wire(payment.amount),
                distributed=_amount(sum(part.minor for part in payment.parts), currency),
            )
            for payment in state.payments
        ),
        instructions=tuple(
            InstructionView(
                instruction_id=instruction.instruction_id,
                policy_id=instruction.policy_id,
                charges=tuple(
                    PublishedCharge(charge.pattern, to_wire(charge.amount)) for charge in instruction.charges
                ),
            )
            for instruction in state.instructions
        ),
    )


def _invoice(invoice: Invoice, currency: str) -> InvoiceView:
    return InvoiceView(
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
            )
            for item in invoice.items
        ),
    )


def _amount(minor: int, currency: str) -> Amount:
    return to_wire(Money(minor, currency))


def intent_view(intent_id: str, state: intent.State) -> IntentView | None:
    if isinstance(state, intent.NoIntent):
        return None
    order = state.order
    return IntentView(
        intent_id=intent_id,
        purpose=order.purpose,
        subject=order.subject,
        reference=order.reference,
        party_id=order.party_id,
        amount=to_wire(order.amount),
        status=_status(state),
        reason=state.reason if isinstance(state, (intent.Failed, intent.Returned)) else None,
    )


def _status(
    state: intent.Processing | intent.Unknown | intent.Succeeded | intent.Failed | intent.Returned,
) -> intent.Status:
    match state:
        case intent.Processing():
            return "processing"
        case intent.Unknown():
            return "unknown"
        case intent.Succeeded():
            return "succeeded"
        case intent.Failed():
            return "failed"
        case intent.Returned():
            return "returned"
