"""What billing tells payments with a draft beside the sum: how the payer said that it pays, who is billed, and which
bill of the plan it is. Payments routes by it and may know better: the method is what billing expects.
"""

from collections.abc import Callable
from typing import TypeAlias

from model.billing.draft_terms import BilledTo, DraftTerms
from model.billing.invoice import Invoice
from model.billing.standing import Account
from model.billing.terms import payers_of
from model.carrier import Carrier
from model.decider import Refusal

Producers: TypeAlias = Callable[[str], bool]
"""Whether a payer is one of the carrier's producers."""


def no_producers(payer_id: str) -> bool:
    """For who asks an account alone."""
    _ = payer_id
    return False


def draft_terms(carrier: Carrier, producers: Producers, account: Account, invoice: Invoice) -> DraftTerms:
    """The terms of an invoice as they are on the day of its draft."""
    planned = next((item.instruction for item in invoice.items if item.instruction >= 0), None)
    policy_id = invoice.items[0].policy_id if invoice.items else ""
    place = next(
        (one.place for one in reversed(account.instructions) if one.policy_id == policy_id and one.place), None
    )
    return DraftTerms(
        account.draft_by,
        _billed_to(producers, account, invoice.payer_id, policy_id),
        place.state if place else "",
        None if planned is None else _installment(account, invoice, planned),
        None if planned is None else _installments(carrier, account.instructions[planned].plan),
    )


def _billed_to(producers: Producers, account: Account, payer_id: str, policy_id: str) -> BilledTo:
    for payer in payers_of(account, policy_id):
        if payer.payer_id == payer_id and payer.kind == "mortgagee":
            return "mortgagee_bill"
    return "agency_bill" if producers(payer_id) else "direct_bill"


def _installment(account: Account, invoice: Invoice, instruction: int) -> int:
    """How many bills of the same instruction and payer fall due before it."""
    earlier = 0
    for each in account.invoices:
        if each.payer_id == invoice.payer_id and (each.due_on, each.number) < (invoice.due_on, invoice.number):
            earlier += any(item.instruction == instruction for item in each.items)
    return earlier


def _installments(carrier: Carrier, plan: str) -> int | None:
    known = carrier.plan(plan)
    return None if isinstance(known, Refusal) else known.installments
