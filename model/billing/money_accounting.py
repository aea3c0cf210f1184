"""The double entries of the machines beside the account: suspense, commission, producers, statements, programs, trust,
and premium that its days earn.

Money that a suspense or a statement hands to an account leaves cash here and enters it there, where the account books
its payment: in sum cash has what came. Commission kept by a producer is cash that never came, set off against what was
owed to it.
"""

from collections.abc import Iterable
from typing import TypeAlias

from model.billing import (
    commission,
    earning,
    finance,
    journal,
    loan,
    producer,
    program,
    remittances,
    statement,
    suspense,
    trust,
)
from model.billing.statement import Applied
from model.ledger import Account, Entry, Posting, transfer

Event: TypeAlias = (
    suspense.Event
    | loan.Event
    | remittances.Event
    | producer.Event
    | commission.Event
    | statement.Event
    | program.Event
    | finance.Event
    | trust.Event
    | journal.Event
    | earning.Event
)
Quiet: TypeAlias = (
    loan.LoanRegistered
    | loan.LoanTransferred
    | remittances.RemittanceReceived
    | producer.ProducerAppointed
    | producer.ProducerPlaced
    | producer.ProducerTerminated
    | producer.TrustNamed
    | commission.ProducerAssigned
    | commission.CommissionTermBegun
    | commission.ReturnCarried
    | statement.StatementItemAdded
    | statement.StatementIssued
    | statement.RemittancePromised
    | statement.AccountCurrentMatched
    | program.SharesAgreed
    | finance.FinanceContractAccepted
    | finance.ContractFunded
    | finance.LoanBalanceReported
    | finance.NoticeOfIntentMailed
    | finance.DefaultCured
    | finance.CancellationOrdered
    | finance.ThirdPartyNoticed
    | finance.ReturnPremiumDivided
    | trust.TrustOpened
    | journal.BatchBuilt
    | journal.BatchSent
    | journal.BatchAcknowledged
    | journal.BatchRejected
)
MACHINES = frozenset({"suspense", "commission", "producer", "statement", "program", "trust", "earning"})
"""Those whose events move money."""


def entry(key: str, event: Event) -> Entry | None:
    """The entry of an event; None when no money moves. `key` is the event's id."""
    postings = _postings(event)
    return Entry(key, postings) if postings else None


def _postings(event: Event) -> tuple[Posting, ...]:
    match event:
        case suspense.MoneySuspended(amount=amount):
            return transfer(amount, debit="cash", credit="suspense_liability")
        case suspense.SuspenseResolved(amount=amount) | suspense.SuspenseRefunded(amount=amount):
            return transfer(amount, debit="suspense_liability", credit="cash")
        case suspense.SuspendedMoneyReturned(held=held, refunded=refunded):
            # What was refunded before the bank took the money back is owed to us by whoever has it.
            return transfer(held, debit="suspense_liability", credit="cash") + transfer(
                refunded, debit="returned_refunds_receivable", credit="cash"
            )
        case commission.CommissionEarned(amount=amount) | commission.CommissionChargedBack(amount=amount):
            return transfer(amount, debit="commission_expense", credit="commission_payable")
        case earning.PremiumEarned(amount=amount):
            return transfer(amount, debit="unearned_premium", credit="earned_premium")
        case producer.CommissionMoved():
            return _of_producer(event)
        case statement.StatementRemitted(applied=applied):
            return _set_off(applied)
        case statement.DifferenceCharged(applied=one):
            return _set_off((one,))
        case program.PremiumSplit(amount=amount):
            return transfer(amount, debit="premium_trust_payable", credit="program_payables")
        case program.PayeePaid(amount=amount):
            # The trust books the money that leaves it; here it is only no longer this payee's.
            return transfer(amount, debit="program_payables", credit="premium_trust_payable")
        case trust.TrustMoneyMoved():
            return _of_trust(event)
        case _:
            return _nothing(event)


def _nothing(event: Quiet) -> tuple[Posting, ...]:
    """Takes only what moves no money, so that the type checker finds an event that was forgotten above."""
    _ = event
    return ()


def _of_producer(event: producer.CommissionMoved) -> tuple[Posting, ...]:
    """What was posted is owed since it was earned: only the advance that it makes up for moves."""
    match event.how:
        case "posted":
            return transfer(event.repaid, debit="commission_payable", credit="commission_advances")
        case "paid":
            return transfer(event.amount, debit="commission_payable", credit="cash")
        case "advanced":
            return transfer(event.amount, debit="commission_advances", credit="cash")
        case "netted":
            return ()


def _set_off(applied: Iterable[Applied]) -> tuple[Posting, ...]:
    return tuple(
        posting
        for one in applied
        for part in one.netted
        for posting in transfer(part.amount, debit="commission_payable", credit="cash")
    )


def _of_trust(event: trust.TrustMoneyMoved) -> tuple[Posting, ...]:
    """Commission inside premium is the producer's own money in trust."""
    theirs: Account = "premium_trust_own_funds" if event.flow.startswith("own_funds") else "premium_trust_payable"
    if event.flow == "premium_set_off":
        return transfer(event.amount, debit="premium_trust_payable", credit="premium_trust_own_funds")
    if event.flow.endswith("_out"):
        return transfer(event.amount, debit=theirs, credit="premium_trust_cash")
    return transfer(event.amount - event.commission, debit="premium_trust_cash", credit=theirs) + transfer(
        event.commission, debit="premium_trust_cash", credit="premium_trust_own_funds"
    )
