"""What follows inside billing when one of its machines recorded something: commands for the others, at once.

The machines of billing share a context and a transaction, so that what one decided reaches the next without a message
that could be lost: a resolved suspense becomes a payment, a remittance its payments, premium its commission. What the
account refuses of it goes to suspense (model.billing.receiving).

money that comes by another way      -> a payment, suspense, trust      incoming_following
premium that comes back              -> its lender, its payers          credit_following
premium that is earned or billed     -> commission, a statement's item  agency_following
an invoice that is billed, past due  -> a notice, a late fee            here
"""

from collections.abc import Mapping
from typing import cast

from model.billing import (
    agency_following,
    commission,
    credit_following,
    dunning_events,
    events,
    finance,
    incoming_following,
    loan,
    program,
    remittances,
    statement,
    suspense,
)
from model.billing.commission import EarnCommission
from model.billing.commission_bases import EARNING
from model.billing.dunning_commands import SendNonpaymentNotice
from model.billing.follower import Command, Follower, Kept, Recorded, both, of
from model.billing.money_commands import AssessFee
from model.carrier import Carrier
from model.money import Money


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
        return agency_following.on_statement(kept, carrier, commissionable, event, recorded)

    def credited(kept: Kept, event: events.ReturnPremiumCredited, recorded: Recorded) -> tuple[Command, ...]:
        return credit_following.credited(kept, carrier, event, recorded)

    def divided(kept: Kept, event: finance.ReturnPremiumDivided, recorded: Recorded) -> tuple[Command, ...]:
        return credit_following.divided(kept, carrier, event, recorded)

    if carrier.billing.nonpayment_notice == "ahead_where_allowed":
        on_bill = both(of(events.InvoiceBilled, billed)[1], of(events.InvoiceBilled, _noticed)[1])
    else:
        on_bill = of(events.InvoiceBilled, billed)[1]
    by_event: dict[type[object], Follower] = dict(
        (
            of(loan.LoanTransferred, incoming_following.repointed),
            of(suspense.SuspenseResolved, incoming_following.resolved),
            of(suspense.SuspendedMoneyReturned, incoming_following.taken_back),
            of(remittances.RemittanceReceived, incoming_following.remittance),
            of(statement.StatementRemitted, incoming_following.statement_paid),
            of(statement.RemittancePromised, incoming_following.said),
            of(statement.AccountCurrentMatched, incoming_following.said),
            of(statement.DifferenceCharged, incoming_following.difference),
            of(finance.ContractFunded, incoming_following.funded),
            of(finance.CancellationOrdered, credit_following.third_parties_told),
            of(finance.ReturnPremiumDivided, divided),
            of(program.PayeePaid, incoming_following.out_of_trust),
            of(commission.CommissionEarned, agency_following.posted),
            of(commission.CommissionChargedBack, agency_following.posted),
            of(events.ReturnPremiumCredited, credited),
            (events.InvoiceBilled, on_bill),
        )
    )
    if carrier.billing.late_fee_minor:
        by_event.update((of(dunning_events.InvoicePastDue, _late),))
    for kind in earning:
        by_event[kind] = both(by_event[kind], earned) if kind in by_event else earned
    return by_event


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


def _noticed(kept: Kept, event: events.InvoiceBilled, recorded: Recorded) -> tuple[Command, ...]:
    """With the bill, where the state and the insurer let the notice of nonpayment go with it."""
    _ = kept, recorded
    return (SendNonpaymentNotice(account_id=event.account_id, number=event.number, on=event.on, at=event.at),)
