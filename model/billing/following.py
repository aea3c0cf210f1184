"""What follows inside billing when one of its machines recorded something: commands for the others, at once.

The machines of billing share a context and a transaction, so that what one decided reaches the next without a message
that could be lost: a resolved suspense becomes a payment, a remittance its payments, premium its commission. What the
account refuses of it goes to suspense (model.billing.receiving).
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Protocol, TypeAlias, TypeVar, cast

from msgspec import Struct

from model.billing import (
    commission,
    dunning_events,
    events,
    finance,
    loan,
    premium_in_trust,
    producer,
    program,
    refunding,
    remittances,
    statement,
    suspense,
    trust,
)
from model.billing.commands import ReceivePayment, ReturnPayment
from model.billing.commission import BeginCommissionTerm, EarnCommission
from model.billing.commission_bases import EARNING
from model.billing.dunning_commands import SendNonpaymentNotice
from model.billing.invoice import Item
from model.billing.money_commands import AssessFee, DraftDisbursement
from model.billing.producer import NetCommission, PostCommission
from model.billing.receiving import suspense_id
from model.billing.repointing_messages import RepointPayer
from model.billing.standing import Account, State
from model.billing.statement import AddStatementItem, CommissionPart
from model.billing.suspense import SuspendMoney
from model.billing.terms import kind_of
from model.carrier import Carrier
from model.daycount import months_after
from model.money import Money
from model.reaction import Delivery, Reaction, reaction

Command: TypeAlias = (
    ReceivePayment
    | ReturnPayment
    | RepointPayer
    | SendNonpaymentNotice
    | DraftDisbursement
    | AssessFee
    | suspense.Command
    | producer.Command
    | commission.Command
    | statement.Command
    | program.Command
    | finance.Command
    | trust.Command
)


class Kept(Protocol):
    """What the followers look up beside the event: other streams of billing."""

    def account(self, account_id: str) -> State: ...
    def commission(self, policy_id: str) -> commission.State: ...
    def finance(self, policy_id: str) -> finance.State: ...
    def producer(self, producer_id: str) -> producer.State: ...
    def statement(self, producer_id: str, month: str) -> statement.State: ...
    def trust(self, trust_id: str) -> trust.State: ...
    def program(self, program_id: str) -> program.State: ...


class Recorded(Protocol):
    """An event as it was recorded: its id, and the state of its stream before it."""

    @property
    def event_id(self) -> str: ...
    @property
    def before(self) -> object: ...


E = TypeVar("E")
Follower: TypeAlias = Callable[[Kept, object, Recorded], tuple[Command, ...]]


def _of(kind: type[E], follow: Callable[[Kept, E, Recorded], tuple[Command, ...]]) -> tuple[type[object], Follower]:
    return kind, cast("Follower", follow)


def followers(carrier: Carrier) -> Mapping[type[object], Follower]:
    """By the type of the event. Which events earn commission is the carrier's basis; the others are not listened to."""
    bases, earning = EARNING[carrier.billing.commission_basis]
    commissionable = frozenset(rule.pattern for rule in carrier.patterns if rule.commissionable)

    def earned(kept: Kept, event: object, recorded: Recorded) -> tuple[Command, ...]:
        return tuple(
            EarnCommission(
                policy_id=policy_id,
                entry_id=f"{recorded.event_id}/{on}",
                base=Money(minor, carrier.currency),
                on=on,
                at=cast("events.Event", event).at,
            )
            for (policy_id, on), minor in bases(commissionable, event, recorded.before).items()
            if minor and isinstance(kept.commission(policy_id), commission.Assigned)
        )

    def billed(kept: Kept, event: events.InvoiceBilled, recorded: Recorded) -> tuple[Command, ...]:
        return _on_statement(kept, carrier, commissionable, event, recorded)

    def credited(kept: Kept, event: events.ReturnPremiumCredited, recorded: Recorded) -> tuple[Command, ...]:
        return _credited(kept, carrier, event, recorded)

    def divided(kept: Kept, event: finance.ReturnPremiumDivided, recorded: Recorded) -> tuple[Command, ...]:
        return _divided(kept, carrier, event, recorded)

    if carrier.billing.nonpayment_notice == "ahead_where_allowed":
        on_bill = _both(_of(events.InvoiceBilled, billed)[1], _of(events.InvoiceBilled, _noticed)[1])
    else:
        on_bill = _of(events.InvoiceBilled, billed)[1]
    by_event: dict[type[object], Follower] = dict(
        (
            _of(loan.LoanTransferred, _repointed),
            _of(suspense.SuspenseResolved, _resolved),
            _of(suspense.SuspendedMoneyReturned, _taken_back),
            _of(remittances.RemittanceReceived, _remittance),
            _of(statement.StatementRemitted, _statement_paid),
            _of(statement.RemittancePromised, _said),
            _of(statement.AccountCurrentMatched, _said),
            _of(statement.DifferenceCharged, _difference),
            _of(finance.ContractFunded, _funded),
            _of(finance.CancellationOrdered, _third_parties_told),
            _of(finance.ReturnPremiumDivided, divided),
            _of(program.PayeePaid, _out_of_trust),
            _of(commission.CommissionEarned, _posted),
            _of(commission.CommissionChargedBack, _posted),
            _of(events.ReturnPremiumCredited, credited),
            (events.InvoiceBilled, on_bill),
        )
    )
    if carrier.billing.late_fee_minor:
        by_event.update((_of(dunning_events.InvoicePastDue, _late),))
    for kind in earning:
        by_event[kind] = _both(by_event[kind], earned) if kind in by_event else earned
    return by_event


def _both(first: Follower, second: Follower) -> Follower:
    return lambda kept, event, recorded: (*first(kept, event, recorded), *second(kept, event, recorded))


# --- money that comes


def _resolved(kept: Kept, event: suspense.SuspenseResolved, recorded: Recorded) -> tuple[Command, ...]:
    _ = kept, recorded
    return (_payment(event, event.account_id, event.payment_id, event.payer_id, event.amount),)


def _taken_back(kept: Kept, event: suspense.SuspendedMoneyReturned, recorded: Recorded) -> tuple[Command, ...]:
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


def _remittance(kept: Kept, event: remittances.RemittanceReceived, recorded: Recorded) -> tuple[Command, ...]:
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


def _said(
    kept: Kept, event: statement.RemittancePromised | statement.AccountCurrentMatched, recorded: Recorded
) -> tuple[Command, ...]:
    return premium_in_trust.said(kept, event, _items(recorded))


def _statement_paid(kept: Kept, event: statement.StatementRemitted, recorded: Recorded) -> tuple[Command, ...]:
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


def _difference(kept: Kept, event: statement.DifferenceCharged, recorded: Recorded) -> tuple[Command, ...]:
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


def _funded(kept: Kept, event: finance.ContractFunded, recorded: Recorded) -> tuple[Command, ...]:
    _ = kept, recorded
    return (_payment(event, event.account_id, event.payment_id, event.payer_id, event.amount),)


def _out_of_trust(kept: Kept, event: program.PayeePaid, recorded: Recorded) -> tuple[Command, ...]:
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


def _repointed(kept: Kept, event: loan.LoanTransferred, recorded: Recorded) -> tuple[Command, ...]:
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


# --- money that goes back


def _credited(
    kept: Kept, carrier: Carrier, event: events.ReturnPremiumCredited, recorded: Recorded
) -> tuple[Command, ...]:
    """What closed nothing is divided where a lender paid for the policy; else it is its payers', as any credit."""
    account = kept.account(event.account_id)
    if not event.unapplied or not isinstance(account, Account):
        return ()
    if finance.funded_part(kept.finance(event.policy_id)) is None:
        return refunding.of_credit(carrier, account, event, event_id=recorded.event_id)
    amount = Money(sum(charge.amount.minor for charge in event.unapplied), event.unapplied[0].amount.currency)
    return (
        finance.RecordReturnPremium(
            policy_id=event.policy_id, entry_id=recorded.event_id, amount=amount, on=event.on, at=event.at
        ),
    )


def _third_parties_told(kept: Kept, event: finance.CancellationOrdered, recorded: Recorded) -> tuple[Command, ...]:
    """On the day of the order, before policy hears of it: within every state's days."""
    _ = kept, recorded
    return tuple(
        finance.MailThirdPartyNotice(policy_id=event.policy_id, party_id=party_id, on=event.on, at=event.at)
        for party_id in event.tell
    )


def _divided(
    kept: Kept, carrier: Carrier, event: finance.ReturnPremiumDivided, recorded: Recorded
) -> tuple[Command, ...]:
    funded = finance.funded_part(cast("finance.State", recorded.before))
    account = kept.account(event.account_id)
    if funded is None or not isinstance(account, Account):
        return ()
    return refunding.of_financed(carrier, account, funded.contract, event)


def _late(kept: Kept, event: dunning_events.InvoicePastDue, recorded: Recorded) -> tuple[Command, ...]:
    """An invoice for several policies is past due for each of them, and late once."""
    _ = kept, recorded
    late = AssessFee(
        account_id=event.account_id,
        fee="late",
        trigger=str(event.number),
        number=event.number,
        on=event.on,
        at=event.at,
    )
    return (late,)


# --- commission


def _posted(
    kept: Kept, event: commission.CommissionEarned | commission.CommissionChargedBack, recorded: Recorded
) -> tuple[Command, ...]:
    _ = kept
    if not event.amount.minor:
        return ()
    return (
        PostCommission(
            producer_id=event.producer_id, entry_id=recorded.event_id, amount=event.amount, on=event.on, at=event.at
        ),
    )


# --- agency bill


def _on_statement(
    kept: Kept, carrier: Carrier, commissionable: frozenset[str], event: events.InvoiceBilled, recorded: Recorded
) -> tuple[Command, ...]:
    """What an agency is billed for is an item of its statement of the month, or of the first one still open. A producer
    that is insured here itself pays that as anybody does.
    """
    before: State = cast("State", recorded.before)
    if not isinstance(before, Account) or isinstance(kept.producer(event.payer_id), producer.Unappointed):
        return ()
    invoice = before.invoices[event.number]
    by_policy: dict[str, list[Item]] = {}
    for item in invoice.items:
        by_policy.setdefault(item.policy_id, []).append(item)
    by_statement = [one for one in by_policy if kind_of(before, one, event.payer_id) == "agency"]
    if not by_statement:
        return ()
    month = _open_month(kept, event.payer_id, event.on)
    return tuple(
        AddStatementItem(
            producer_id=event.payer_id,
            month=month,
            item_id=f"{event.account_id}/{event.number}/{policy_id}",
            account_id=event.account_id,
            policy_id=policy_id,
            gross=Money(sum(item.open for item in by_policy[policy_id]), carrier.currency),
            parts=_parts(
                kept, carrier, event.payer_id, policy_id, _base(by_policy[policy_id], commissionable), invoice.due_on
            ),
            on=event.on,
            at=event.at,
        )
        for policy_id in by_statement
        if any(item.open for item in by_policy[policy_id])
    )


def _base(items: list[Item], commissionable: frozenset[str]) -> int:
    return sum(item.open for item in items if item.pattern in commissionable)


def _open_month(kept: Kept, producer_id: str, on: date) -> str:
    first = on.replace(day=1)
    months = 0
    while isinstance(kept.statement(producer_id, f"{months_after(first, months):%Y-%m}"), statement.Issued):
        months += 1
    return f"{months_after(first, months):%Y-%m}"


def _parts(
    kept: Kept, carrier: Carrier, payer_id: str, policy_id: str, base: int, on: date
) -> tuple[CommissionPart, ...]:
    """What the payer keeps: its own commission and that of everybody below it, whom it pays."""
    assigned = kept.commission(policy_id)
    record = commission.record_on(assigned, on) if isinstance(assigned, commission.Assigned) else None
    if record is None:
        return ()
    payees = producer.chain(kept.producer, carrier, record.producer_id, product=record.product, on=on)
    places = [place for place, payee in enumerate(payees) if payee.producer_id == payer_id]
    kept_by_payer = payees[: places[0] + 1] if places else ()
    return tuple(
        CommissionPart(payee.producer_id, Money(base, carrier.currency).times(payee.rate, carrier.rounding))
        for payee in kept_by_payer
    )


# --- notices


def _noticed(kept: Kept, event: events.InvoiceBilled, recorded: Recorded) -> tuple[Command, ...]:
    """With the bill, where the state and the insurer let the notice of nonpayment go with it."""
    _ = kept, recorded
    return (SendNonpaymentNotice(account_id=event.account_id, number=event.number, on=event.on, at=event.at),)


# --- terms


class BegunTerm(Struct, frozen=True, gc=False):
    policy_id: str
    start: date


def begin_term(term: BegunTerm, delivery: Delivery) -> tuple[Command, ...]:
    """A renewal or rewrite starts a term of its own, whose return premium takes back its own commission."""
    return (BeginCommissionTerm(policy_id=term.policy_id, on=term.start, at=delivery.at),)


class OfferedTerm(Struct, frozen=True, gc=False):
    asks: str
    policy_id: str
    start: date


def begin_offered_term(offer: OfferedTerm, delivery: Delivery) -> tuple[Command, ...]:
    """The bill of an offer is the first that billing hears of the next term."""
    if offer.asks != "bill":
        return ()
    return (BeginCommissionTerm(policy_id=offer.policy_id, on=offer.start, at=delivery.at),)


REACTIONS: tuple[Reaction[Command], ...] = (
    reaction("insurance.policy.renewed.v1", BegunTerm, begin_term),
    reaction("insurance.process.renewal_bind.asked.v1", OfferedTerm, begin_offered_term),
    reaction("insurance.policy.rewritten.v1", BegunTerm, begin_term),
)
"""Before the charges of the term are billed, so that they are of the new term already."""
