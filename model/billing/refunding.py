"""What goes back by itself of return premium that closed nothing: a lender's part always, the others' where the carrier
chose so.

    credited --financed--> divided --to the lender--> draft --> approved --> executed (see disbursing.py)
        |                     \\--to the insured--+
        +---------------------------------------+--carrier's choice--> waits for a bill, or is drafted too

A lender's right goes first (fixtures/rules/cancellation.csv, `return_premium_to_finance_company`); what is left is the
insured's and is treated as any other credit, by `return_premium_remainder` of the carrier [K]. A person approves each
draft, as every other.
"""

from model.billing import finance
from model.billing.applying import sources_of
from model.billing.events import ReturnPremiumCredited
from model.billing.money_commands import DraftDisbursement
from model.billing.standing import Account
from model.billing.terms import payers_of
from model.carrier import Carrier
from model.money import Money

BY_LENDERS_RIGHT = "premium_finance"
BY_CHOICE = "return_premium"
"""Who drafted it: nobody but the rule, so that anybody may approve."""


def of_credit(
    carrier: Carrier, account: Account, event: ReturnPremiumCredited, *, event_id: str
) -> tuple[DraftDisbursement, ...]:
    """Each payer's share of a return premium, as far as it has not paid a bill."""
    if carrier.billing.return_premium_remainder != "send_back":
        return ()
    waits = {
        credit.payer_id: credit.unapplied.minor
        for credit in account.credits
        if credit.payment_id == event.instruction_id
    }
    return tuple(
        DraftDisbursement(
            account_id=event.account_id,
            disbursement_id=f"return:{event_id}/{share.payer_id}",
            party_id=share.payer_id,
            amount=Money(min(share.minor, waits.get(share.payer_id, 0)), carrier.currency),
            by=BY_CHOICE,
            on=event.on,
            at=event.at,
        )
        for share in event.payers
        if min(share.minor, waits.get(share.payer_id, 0)) > carrier.billing.disbursement_keep_minor
    )


def of_financed(
    carrier: Carrier, account: Account, contract: finance.Contract, event: finance.ReturnPremiumDivided
) -> tuple[DraftDisbursement, ...]:
    """The lender's part goes to it, as far as it has not paid a bill meanwhile; then the insured's as any credit."""
    payer_id = contract.payer_id
    there = sum([source.unapplied.minor for _, source in sources_of(account, payer_id)])
    lenders = min(event.to_lender.minor, there)
    rest = min(event.to_insured.minor, there - lenders)
    drafts: list[DraftDisbursement] = []
    if lenders:
        drafts.append(_draft(event, "finance", event.lender_id, payer_id, lenders, by=BY_LENDERS_RIGHT))
    insured_id = _insured(account, contract, event.policy_id)
    wanted = carrier.billing.return_premium_remainder == "send_back" and insured_id
    if wanted and rest > carrier.billing.disbursement_keep_minor:
        drafts.append(_draft(event, "insured", insured_id, payer_id, rest, by=BY_CHOICE))
    return tuple(drafts)


def _draft(
    event: finance.ReturnPremiumDivided, word: str, party_id: str, payer_id: str, minor: int, *, by: str
) -> DraftDisbursement:
    return DraftDisbursement(
        account_id=event.account_id,
        disbursement_id=f"{word}:{event.entry_id}",
        party_id=party_id,
        payer_id="" if payer_id == party_id else payer_id,
        amount=Money(minor, event.to_lender.currency),
        by=by,
        on=event.on,
        at=event.at,
    )


def _insured(account: Account, contract: finance.Contract, policy_id: str) -> str:
    """Whose the rest is: who pays by the contract, or beside a lender that pays itself the one other payer of the
    policy. Empty when nobody can say, which is for a person.
    """
    if contract.payer_id != contract.lender_id:
        return contract.payer_id
    others = [payer.payer_id for payer in payers_of(account, policy_id) if payer.payer_id != contract.lender_id]
    return others[0] if len(others) == 1 else ""
