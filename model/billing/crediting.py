"""Return premium: it closes what is open of its policy, and what it does not find open becomes money of the payers.

Nothing comes back beyond what was charged. Where more comes back, its charges are still on their way: the rest waits
on the account and is credited when they come, so that the end is the same in either order.
"""

from datetime import datetime

from msgspec.structs import replace

from model.billing.allocation import return_premium_credits
from model.billing.applying import apply_unapplied, priorities, unapplied_distributed
from model.billing.commands import CreditCharges
from model.billing.dispatch import Effect, effect
from model.billing.events import Event, PayerShare, ReturnPremiumCredited, ReturnPremiumWaits
from model.billing.items import changed
from model.billing.money_events import InstallmentFeesDropped, UnappliedDistributed
from model.billing.parts import Distribution
from model.billing.plan import OWN_FEE, Charge
from model.billing.standing import Account, Payment, WaitingCredit, WaitingReturn
from model.billing.terms import owners, payers_of, term_on
from model.carrier import Carrier
from model.money import Money, total


def credited(carrier: Carrier, command: CreditCharges, account: Account) -> tuple[Event, ...]:
    """What follows from a new instruction on the account as it was before it."""
    asked = WaitingCredit(command.instruction_id, command.policy_id, command.charges, command.on)
    covered, waits = _within(command.charges, returnable(account, command.policy_id))
    events: list[Event] = []
    if covered:
        events.extend(_credit(carrier, account, asked, covered, (), at=command.at))
    if waits:
        events.append(
            ReturnPremiumWaits(
                account_id=command.account_id,
                instruction_id=command.instruction_id,
                policy_id=command.policy_id,
                charges=waits,
                on=command.on,
                at=command.at,
            )
        )
    return tuple(events)


def credit_waiting(carrier: Carrier, account: Account, policy_id: str, *, at: datetime) -> tuple[Event, ...]:
    """What waited for the charges of a policy is credited in the order in which it came, as far as they go."""
    found: list[Event] = []
    for waiting in account.waiting:
        if not isinstance(waiting, WaitingCredit) or waiting.policy_id != policy_id:
            continue
        covered, _ = _within(waiting.charges, returnable(account, policy_id))
        if not covered:
            continue
        for event in _credit(carrier, account, waiting, covered, covered, at=at):
            found.append(event)
            account = _after(account, event)
    return tuple(found)


def returnable(account: Account, policy_id: str) -> dict[str, int]:
    """By pattern, what was charged for a policy and has not come back yet."""
    found: dict[str, int] = {}
    for each in account.instructions:
        if each.policy_id == policy_id:
            for charge in each.charges:
                found[charge.pattern] = found.get(charge.pattern, 0) + charge.amount.minor
    for waiting in account.waiting:
        if isinstance(waiting, WaitingCredit) and waiting.policy_id == policy_id:
            for charge in waiting.charges:
                found[charge.pattern] = found.get(charge.pattern, 0) - charge.amount.minor
    return found


def _within(charges: tuple[Charge, ...], limits: dict[str, int]) -> tuple[tuple[Charge, ...], tuple[Charge, ...]]:
    """Negative charges parted into what is within the limits of their patterns and what goes beyond."""
    inside: list[Charge] = []
    beyond: list[Charge] = []
    for charge in charges:
        back, currency = -charge.amount.minor, charge.amount.currency
        limit = max(limits.get(charge.pattern, 0), 0)
        if back <= limit:
            inside.append(charge)
            limits[charge.pattern] = limit - back
            continue
        limits[charge.pattern] = 0
        beyond.append(Charge(charge.pattern, Money(limit - back, currency)))
        if limit:
            inside.append(Charge(charge.pattern, Money(-limit, currency)))
    return tuple(inside), tuple(beyond)


def _credit(
    carrier: Carrier,
    account: Account,
    asked: WaitingCredit,
    charges: tuple[Charge, ...],
    waited: tuple[Charge, ...],
    *,
    at: datetime,
) -> tuple[Event, ...]:
    """`charges` close what is open; the rest is the payers' and pays what is billed where the carrier chose so."""
    term = term_on(account.instructions, asked.policy_id, asked.on)
    credits, rest = return_premium_credits(carrier, account.invoices, asked.policy_id, charges, term=term)
    unapplied = total([charge.amount for charge in rest], carrier.currency)
    shares = owners(payers_of(account, asked.policy_id), unapplied) if unapplied.minor else ()
    event = ReturnPremiumCredited(
        account_id=account.account_id,
        policy_id=asked.policy_id,
        credits=credits,
        unapplied=rest,
        on=asked.on,
        at=at,
        instruction_id=asked.instruction_id,
        payers=shares,
        charges=waited,
    )
    events: list[Event] = [event]
    after = return_premium_credited(account, event)
    dropped = _fees_dropped(after, event)
    if dropped is not None:
        events.append(dropped)
        after = installment_fees_dropped(after, dropped)
    if not shares or carrier.billing.return_premium_remainder == "keep_unapplied":
        return tuple(events)
    for share in shares:
        paid = apply_unapplied(priorities(carrier), after, share.payer_id, on=asked.on, at=at)
        for one in paid:
            after = _after(after, one)
        events.extend(paid)
    return tuple(events)


def _fees_dropped(account: Account, event: ReturnPremiumCredited) -> InstallmentFeesDropped | None:
    """A fee is for an installment that is not nothing: where the credit closed all that an invoice asked for, and
    nobody paid on it, its installment fee goes too.
    """
    parts: list[Distribution] = []
    for number in sorted({part.invoice for part in event.credits}):
        items = account.invoices[number].items
        if any(item.paid or (item.open and item.instruction >= 0) for item in items):
            continue
        parts += [
            Distribution(number, place, item.open)
            for place, item in enumerate(items)
            if item.instruction == OWN_FEE and item.open
        ]
    if not parts:
        return None
    return InstallmentFeesDropped(account_id=event.account_id, parts=tuple(parts), on=event.on, at=event.at)


# --- effects


def installment_fees_dropped(account: Account, event: InstallmentFeesDropped) -> Account:
    return replace(account, invoices=changed(account.invoices, event.parts, "withdraw"))


def return_premium_credited(account: Account, event: ReturnPremiumCredited) -> Account:
    credits = account.credits
    for share in event.payers:
        credits = _with_credit(credits, event.instruction_id, share, account.unapplied.currency)
    return replace(
        account,
        invoices=changed(account.invoices, event.credits, "credit"),
        unapplied=total(
            [account.unapplied, *[charge.amount for charge in event.unapplied]], account.unapplied.currency
        ),
        credits=credits,
        waiting=_less(account.waiting, event) if event.charges else account.waiting,
    )


def _with_credit(
    credits: tuple[Payment, ...], instruction_id: str, share: PayerShare, currency: str
) -> tuple[Payment, ...]:
    amount = Money(share.minor, currency)
    for place, each in enumerate(credits):
        if (each.payment_id, each.payer_id) == (instruction_id, share.payer_id):
            more = replace(each, amount=each.amount + amount, unapplied=each.unapplied + amount)
            return (*credits[:place], more, *credits[place + 1 :])
    return (*credits, Payment(instruction_id, share.payer_id, amount, "received", (), amount))


def _less(
    all_waiting: tuple[WaitingCredit | WaitingReturn, ...], event: ReturnPremiumCredited
) -> tuple[WaitingCredit | WaitingReturn, ...]:
    """What waits without what was credited of it."""
    kept: list[WaitingCredit | WaitingReturn] = []
    for waiting in all_waiting:
        if isinstance(waiting, WaitingCredit) and waiting.instruction_id == event.instruction_id:
            done: dict[str, int] = {}
            for charge in event.charges:
                done[charge.pattern] = done.get(charge.pattern, 0) - charge.amount.minor
            _, left = _within(waiting.charges, done)
            if left:
                kept.append(replace(waiting, charges=left))
        else:
            kept.append(waiting)
    return tuple(kept)


def _waits(account: Account, event: ReturnPremiumWaits) -> Account:
    waiting = WaitingCredit(event.instruction_id, event.policy_id, event.charges, event.on)
    return replace(account, waiting=(*account.waiting, waiting))


def _after(account: Account, event: Event) -> Account:
    """The account after an event that crediting makes."""
    if isinstance(event, ReturnPremiumCredited):
        return return_premium_credited(account, event)
    if isinstance(event, InstallmentFeesDropped):
        return installment_fees_dropped(account, event)
    if isinstance(event, UnappliedDistributed):
        return unapplied_distributed(account, event)
    return account


EFFECTS: dict[type[Event], Effect] = dict(
    (
        effect(ReturnPremiumCredited, return_premium_credited),
        effect(ReturnPremiumWaits, _waits),
        effect(InstallmentFeesDropped, installment_fees_dropped),
    )
)
