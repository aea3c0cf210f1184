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
    planned, policy_id = None, ""
    for item in invoice.items:
        if item.instruction >= 0:
            planned, policy_id = item.instruction, item.policy_id
            break
    return DraftTerms(
        account.draft_by,
        _billed_to(producers, account, invoice.payer_id, policy_id),
        _state(account, policy_id),
        None if planned is None else _installment(account, invoice, planned),
        None if planned is None else _installments(carrier, account.instructions[planned].plan),
    )


def _state(account: Account, policy_id: str) -> str:
    """Where a policy was last said to be; empty when nobody did."""
    for each in reversed(account.instructions):
        if each.place is not None and each.policy_id == policy_id:
            return each.place.state
    return ""


def _billed_to(producers: Producers, account: Account, payer_id: str, policy_id: str) -> BilledTo:
    for payer in payers_of(account, policy_id):
        if payer.payer_id == payer_id and payer.kind == "mortgagee":
            return "mortgagee_bill"
    return "agency_bill" if producers(payer_id) else "direct_bill"


def _installment(account: Account, invoice: Invoice, instruction: int) -> int:
    """How many bills of the same instruction and payer fall due before it."""
    # Written out: every draft asks it, and a payer has one bill for a due date.
    earlier, payer_id, due_on = 0, invoice.payer_id, invoice.due_on
    for each in account.invoices:
        if each.due_on < due_on and each.payer_id == payer_id:
            for item in each.items:
                if item.instruction == instruction:
                    earlier += 1
                    break
    return earlier


def _installments(carrier: Carrier, plan: str) -> int | None:
    known = carrier.plan(plan)
    return None if type(known) is Refusal else known.installments
