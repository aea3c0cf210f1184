"""What follows where money comes by another way than to an account: it is paid in, suspended, or put in trust."""

from typing import TypeAlias

from model.billing import finance, loan, premium_in_trust, program, remittances, statement, suspense, trust
from model.billing.commands import ReceivePayment, ReturnPayment
from model.billing.follower import Command, Kept, Recorded
from model.billing.producer import NetCommission
from model.billing.receiving import suspense_id
from model.billing.repointing_messages import RepointPayer
from model.billing.suspense import SuspendMoney
from model.money import Money


def resolved(kept: Kept, event: suspense.SuspenseResolved, recorded: Recorded) -> tuple[Command, ...]:
    _ = kept, recorded
    return (_payment(event, event.account_id, event.payment_id, event.payer_id, event.amount),)


def taken_back(kept: Kept, event: suspense.SuspendedMoneyReturned, recorded: Recorded) -> tuple[Command, ...]:
    _ = kept
    before = recorded.before
    if not isinstance(before, (suspense.Suspended, suspense.Cleared)):
        return ()
    return tuple(
        ReturnPayment(
            account_id=part.account_id,
            payment_id=suspense.payment_of(before.money, part.part_id),
            reason=event.reason,
            on=event.on,
            at=event.at,
        )
        for part in event.parts
    )


def remittance(kept: Kept, event: remittances.RemittanceReceived, recorded: Recorded) -> tuple[Command, ...]:
    _ = recorded
    name = f"{event.source_id}/{event.batch_id}"
    paid = (_payment(event, row.account_id, f"{name}/{row.row}", row.payer_id, row.amount) for row in event.matched)
    held = (
        SuspendMoney(
            suspense_id=suspense_id(f"{name}/{row.row}"),
            payment_id=f"{name}/{row.row}",
            reason=row.reason,
            told=row.told,
            payer_id=row.payer_id,
            amount=row.amount,
            on=event.on,
            at=event.at,
        )
        for row in event.held
    )
    return (*paid, *held, *premium_in_trust.swept(kept, event))


def _items(recorded: Recorded) -> tuple[statement.Item, ...]:
    """Of a statement before the event."""
    return recorded.before.items if isinstance(recorded.before, statement.Issued) else ()


def said(
    kept: Kept, event: statement.RemittancePromised | statement.AccountCurrentMatched, recorded: Recorded
) -> tuple[Command, ...]:
    return premium_in_trust.said(kept, event, _items(recorded))


def statement_paid(kept: Kept, event: statement.StatementRemitted, recorded: Recorded) -> tuple[Command, ...]:
    commands: list[Command] = [
        command
        for one in event.applied
        for command in _applied(event, one, event.producer_id, f"{event.remittance_id}/{one.item_id}")
    ]
    if event.excess.minor:
        commands.append(
            SuspendMoney(
                suspense_id=suspense_id(event.remittance_id),
                payment_id=event.remittance_id,
                reason=event.reason,
                told=f"{event.producer_id}/{event.month}",
                payer_id=event.producer_id,
                amount=event.excess,
                on=event.on,
                at=event.at,
            )
        )
    return (*commands, *premium_in_trust.remitted(kept, event, _items(recorded)))


def difference(kept: Kept, event: statement.DifferenceCharged, recorded: Recorded) -> tuple[Command, ...]:
    paid = _applied(event, event.applied, event.producer_id, recorded.event_id)
    return (*paid, *premium_in_trust.charged(kept, event, _items(recorded)))


def _applied(
    event: statement.StatementRemitted | statement.DifferenceCharged,
    one: statement.Applied,
    payer_id: str,
    payment_id: str,
) -> list[Command]:
    """The bill is paid with the cash and with what was set off; each producer's balance bears its part of that."""
    amount = one.cash
    for part in one.netted:
        amount += part.amount
    paid: list[Command] = [_payment(event, one.account_id, payment_id, payer_id, amount)] if amount.minor > 0 else []
    paid.extend(
        NetCommission(
            producer_id=part.producer_id,
            entry_id=f"{payment_id}/{place}",
            amount=part.amount,
            on=event.on,
            at=event.at,
        )
        for place, part in enumerate(one.netted)
        if part.amount.minor
    )
    return paid


def funded(kept: Kept, event: finance.ContractFunded, recorded: Recorded) -> tuple[Command, ...]:
    _ = kept, recorded
    return (_payment(event, event.account_id, event.payment_id, event.payer_id, event.amount),)


def out_of_trust(kept: Kept, event: program.PayeePaid, recorded: Recorded) -> tuple[Command, ...]:
    _ = kept
    return (
        trust.MoveTrustMoney(
            trust_id=event.trust_id,
            entry_id=recorded.event_id,
            flow="premium_out",
            amount=event.amount,
            commission=Money(0, event.amount.currency),
            on=event.on,
            at=event.at,
        ),
    )


Coming: TypeAlias = (
    suspense.SuspenseResolved
    | remittances.RemittanceReceived
    | statement.StatementRemitted
    | statement.DifferenceCharged
    | finance.ContractFunded
)


def _payment(event: Coming, account_id: str, payment_id: str, payer_id: str, amount: Money) -> ReceivePayment:
    return ReceivePayment(
        account_id=account_id, payment_id=payment_id, payer_id=payer_id, amount=amount, on=event.on, at=event.at
    )


def repointed(kept: Kept, event: loan.LoanTransferred, recorded: Recorded) -> tuple[Command, ...]:
    """The next servicer pays for every policy that the loan is secured by, account by account."""
    _ = kept, recorded
    policies: dict[str, list[str]] = {}
    for secured in event.secured:
        policies.setdefault(secured.account_id, []).append(secured.policy_id)
    return tuple(
        RepointPayer(
            account_id=account_id,
            policies=tuple(of_account),
            old_payer_id=event.old_servicer_id,
            new_payer_id=event.new_servicer_id,
            on=event.on,
            at=event.at,
        )
        for account_id, of_account in policies.items()
    )
