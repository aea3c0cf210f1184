"""What follows where premium comes back: it is the lender's first, and else as the carrier treats any credit."""

from typing import cast

from model.billing import events, finance, refunding
from model.billing.follower import Command, Kept, Recorded
from model.billing.standing import Account
from model.carrier import Carrier
from model.money import Money


def credited(
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


def third_parties_told(kept: Kept, event: finance.CancellationOrdered, recorded: Recorded) -> tuple[Command, ...]:
    """On the day of the order, before policy hears of it: within every state's days."""
    _ = kept, recorded
    return tuple(
        finance.MailThirdPartyNotice(policy_id=event.policy_id, party_id=party_id, on=event.on, at=event.at)
        for party_id in event.tell
    )


def divided(
    kept: Kept, carrier: Carrier, event: finance.ReturnPremiumDivided, recorded: Recorded
) -> tuple[Command, ...]:
    funded = finance.funded_part(cast("finance.State", recorded.before))
    account = kept.account(event.account_id)
    if funded is None or not isinstance(account, Account):
        return ()
    return refunding.of_financed(carrier, account, funded.contract, event)
