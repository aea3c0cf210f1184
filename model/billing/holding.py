"""Holds: what keeps the bills, the dunning or the drafts of some policies of an account back for a time.

    not held --PlaceHold, or the night finds an order--> held --ReleaseHold, or the night finds its end--> released

A hold of a person and an order of a regulator work alike. Under a hold on invoicing installments stay unbilled; what
is billed already goes past due unless delinquency is held too, and is drafted unless autopay is.
"""

from collections.abc import Iterable
from datetime import date

from msgspec.structs import replace

from model.billing import delinquency
from model.billing.delinquency import Delinquency
from model.billing.dunning_commands import PlaceHold
from model.billing.dunning_events import HoldPlaced, HoldReleased, Suspends
from model.billing.invoice import Invoice
from model.billing.orders import Order
from model.billing.standing import Account, Hold
from model.decider import Refusal


def standing(account: Account, what: Suspends, policies: Iterable[str], on: date) -> Hold | None:
    """The first hold that keeps `what` back for any of the policies on a day; None when there is none.

    An invoice for several policies is held as a whole when one of them is [K]: the insured gets one bill, or none.
    """
    for hold in account.holds:
        stands = hold.released is None and hold.since <= on and what in hold.suspends
        if stands and not set(hold.policies).isdisjoint(policies):
            return hold
    return None


def policies_of(invoice: Invoice) -> set[str]:
    return {item.policy_id for item in invoice.items}


def refused(account: Account, orders: tuple[Order, ...], what: Suspends, invoice: Invoice, on: date) -> Refusal | None:
    """Why an invoice may not be taken a step on this day, if not: a hold that the account knows, or an order that no
    night has found yet.
    """
    if not account.holds and not orders:
        return None
    policies = policies_of(invoice)
    hold = standing(account, what, policies, on)
    if hold is not None:
        return Refusal(f"{what}_held", f"invoice {invoice.number} is held by {hold.hold_id}")
    for order in orders:
        if not order.holds_on(on) or what not in order.suspends or known(account, order.order_id) is not None:
            continue
        if not policies.isdisjoint(in_area(account, order)):
            return Refusal(f"{what}_held", f"invoice {invoice.number} is held by {order.order_id}")
    return None


def in_area(account: Account, order: Order) -> tuple[str, ...]:
    """The policies of the account that an order is about, each where it was last said to be."""
    places = {one.policy_id: one.place for one in account.instructions if one.place is not None}
    return tuple(policy_id for policy_id, place in places.items() if order.in_scope(place))


def known(account: Account, hold_id: str) -> Hold | None:
    for hold in account.holds:
        if hold.hold_id == hold_id:
            return hold
    return None


def placed(command: PlaceHold, account: Account) -> HoldPlaced | Refusal | None:
    """The event of a hold; None when it stands already."""
    mine = tuple(dict.fromkeys(instruction.policy_id for instruction in account.instructions))
    policies = command.policies or mine
    if not command.suspends:
        return Refusal("nothing_suspended", "a hold keeps at least one thing back")
    if not set(policies) <= set(mine):
        return Refusal("unknown_policy", f"{account.account_id} was never charged for one of {', '.join(policies)}")
    hold = known(account, command.hold_id)
    if hold is not None:
        same = hold.suspends == command.suspends and (not command.policies or hold.policies == policies)
        return None if same else Refusal("hold_reused", f"{command.hold_id} was already placed on something else")
    return HoldPlaced(
        account_id=account.account_id,
        hold_id=command.hold_id,
        policies=policies,
        suspends=command.suspends,
        on=command.on,
        at=command.at,
    )


def grace_begins(account: Account, invoice: Invoice, grace_days: int) -> date:
    """The day from which grace is counted: the due day, or the end of the last hold on delinquency that met the
    invoice while it was in grace, because the clock begins anew.
    """
    begins = invoice.due_on
    policies = policies_of(invoice)
    for hold in sorted(account.holds, key=lambda hold: hold.since):
        if "delinquency" not in hold.suspends or set(hold.policies).isdisjoint(policies) or hold.released is None:
            continue
        if (hold.since - begins).days <= grace_days and hold.released > begins:
            begins = hold.released
    return begins


# --- effects


def hold_placed(account: Account, event: HoldPlaced) -> Account:
    """An order that meets more policies than before holds those too, from its first day on the account."""
    hold = known(account, event.hold_id)
    if hold is None:
        hold = Hold(event.hold_id, event.policies, event.suspends, event.on)
        return replace(account, holds=(*account.holds, hold))
    return with_hold(account, replace(hold, policies=event.policies))


def hold_released(account: Account, event: HoldReleased) -> Account:
    hold = known(account, event.hold_id)
    return account if hold is None else with_hold(account, replace(hold, released=event.on))


def with_hold(account: Account, changed: Hold) -> Account:
    holds = tuple(changed if hold.hold_id == changed.hold_id else hold for hold in account.holds)
    return replace(account, holds=holds)


def processes_of(account: Account, policies: Iterable[str]) -> tuple[Delinquency, ...]:
    meant = set(policies)
    return tuple(process for process in account.delinquencies if process.is_open and process.policy_id in meant)


def process_changed(account: Account, event: delinquency.DelinquencyEvent) -> Account:
    if isinstance(event, delinquency.DelinquencyStarted):
        return replace(account, delinquencies=(*account.delinquencies, delinquency.opened(event)))
    processes = tuple(
        delinquency.evolve(process, event) if process.delinquency_id == event.delinquency_id else process
        for process in account.delinquencies
    )
    return replace(account, delinquencies=processes)
