"""What an account knows of the terms of its policies from the instructions it was given."""

from datetime import date

from msgspec.structs import replace

from model.billing.events import PayerShare
from model.billing.invoice import Invoice
from model.billing.plan import Payer, PayerKind
from model.billing.standing import Account, Instruction
from model.money import Money

ONE_TERM: frozenset[int] = frozenset()
"""Nothing is of a prior term."""


def prior_terms(instructions: tuple[Instruction, ...]) -> frozenset[int]:
    """The places of instructions whose policy has a later term on the account: old debt is paid first."""
    if len(instructions) < 2:
        return ONE_TERM
    latest: dict[str, date] = {}
    one_term = True
    for each in instructions:
        starts = each.starts
        if starts is not None:
            known = latest.setdefault(each.policy_id, starts)
            if known != starts:
                one_term = False
                if starts > known:
                    latest[each.policy_id] = starts
    if one_term:
        return ONE_TERM
    return frozenset(
        [
            place
            for place, each in enumerate(instructions)
            if each.starts is not None and each.starts < latest[each.policy_id]
        ]
    )


def term_on(instructions: tuple[Instruction, ...], policy_id: str, on: date) -> frozenset[int]:
    """The places of instructions whose term holds a day, and of those that did not say."""
    return frozenset(
        [
            place
            for place, each in enumerate(instructions)
            if each.policy_id == policy_id
            and (each.starts is None or each.starts <= on)
            and (each.ends is None or on < each.ends)
        ]
    )


def payers_of(account: Account, policy_id: str) -> tuple[Payer, ...]:
    """Who was last told to pay for a policy, or pays in their place."""
    for each in reversed(account.instructions):
        if each.policy_id == policy_id and each.payers:
            return paying(account, policy_id, each.payers)
    return ()


def kind_of(account: Account, policy_id: str, payer_id: str) -> PayerKind | None:
    """As what somebody pays, or last paid, for a policy; None for who was never told to."""
    for each in reversed(account.instructions):
        if each.policy_id == policy_id:
            for payer in paying(account, policy_id, each.payers):
                if payer.payer_id == payer_id:
                    return payer.kind
    return None


def pays_by_statement(account: Account, invoice: Invoice) -> bool:
    """Whether an invoice is an agency's, who remits by its statement and is never drafted."""
    asked = None
    for item in invoice.items:
        # Mostly all items are of one policy.
        if item.policy_id != asked:
            asked = item.policy_id
            if kind_of(account, asked, invoice.payer_id) == "agency":
                return True
    return False


def paying(account: Account, policy_id: str, payers: tuple[Payer, ...]) -> tuple[Payer, ...]:
    """Those who pay for a policy now in the place of its payers: a loan may have been sold, and sold again."""
    if len(payers) == 1 and not account.repointed:
        return payers
    for taken_over in account.repointed:
        if policy_id in taken_over.policies:
            payers = tuple(
                [
                    replace(payer, payer_id=taken_over.new_payer_id)
                    if payer.payer_id == taken_over.old_payer_id
                    else payer
                    for payer in payers
                ]
            )
    if len({payer.payer_id for payer in payers}) == len(payers):
        return payers
    together: dict[str, Payer] = {}
    for payer in payers:
        known = together.get(payer.payer_id)
        together[payer.payer_id] = payer if known is None else replace(known, weight=known.weight + payer.weight)
    return tuple(together.values())


def pays(account: Account, payer_id: str) -> bool:
    """Whether money of a payer can be for this account: it has a bill of it, or is to get one. Somebody whose bills
    were taken over and paid has nothing to pay here any more.
    """
    if not account.repointed:
        # Mostly the first invoice says so already.
        invoices = account.invoices
        if invoices and invoices[0].payer_id == payer_id:
            return True
        return any(invoice.payer_id == payer_id for invoice in invoices)
    billed = [invoice for invoice in account.invoices if invoice.payer_id == payer_id]
    policies = dict.fromkeys([each.policy_id for each in account.instructions])
    if any(payer.payer_id == payer_id for policy_id in policies for payer in payers_of(account, policy_id)):
        return True
    gone = any(each.old_payer_id == payer_id for each in account.repointed)
    return any(invoice.open for invoice in billed) if gone else bool(billed)


def owners(payers: tuple[Payer, ...], amount: Money) -> tuple[PayerShare, ...]:
    """Whose money a return premium is: a lender's who paid the term, else everybody's by weight. Practice [K], and no
    choice: the lender paid, and acts on premium finance have return premium sent to it, which gives on what the loan
    leaves; nobody pays a borrower money that a lender has a claim to.
    """
    lenders = tuple([payer for payer in payers if payer.kind == "premium_finance"])
    paying = lenders or payers
    if len(paying) == 1:
        return (PayerShare(paying[0].payer_id, amount.minor),)
    shares = amount.split_by([payer.weight for payer in paying])
    return tuple(
        [PayerShare(payer.payer_id, share.minor) for payer, share in zip(paying, shares, strict=True) if share.minor]
    )


def zone_of(account: Account, policy_id: str) -> str:
    """The zone that was last told for a policy; empty when nobody did."""
    return next((each.zone for each in reversed(account.instructions) if each.policy_id == policy_id and each.zone), "")
