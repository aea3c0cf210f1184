"""What an account wants of the days to come: on which day something next is to be asked of it, and what.

    planned --its bill day--> billed --its draft day, its due day--> due --grace over--> past due --step days--> ...

A host that lets time pass asks `next_due`, waits for that day, and submits `commands_due`: bills, drafts, what falls
due, and the night (model.billing.dunning). Before that day they would all be answered by nothing. What happens to the
account meanwhile makes another day of it, so that a host asks again after every event of the account, and of all
accounts when an order is heard or lifted.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from model.billing import holding, pursuit
from model.billing.applying import sources_of
from model.billing.autopaying import draft_day
from model.billing.commands import BillInvoice, Command, MarkInvoiceDue
from model.billing.delinquency import Delinquency
from model.billing.dunning_commands import AgeAccount
from model.billing.dunning_events import Suspends
from model.billing.invoice import ASKED, Invoice
from model.billing.money_commands import DraftInvoice
from model.billing.orders import Order
from model.billing.prenotice import days_to_mail
from model.billing.standing import Account
from model.carrier import Carrier
from model.choices.delinquency import step_day
from model.jurisdiction import Law

zone: Callable[[str], ZoneInfo] = lru_cache(maxsize=64)(ZoneInfo)


def business_day(carrier: Carrier, at: datetime) -> date:
    """The day that it is at the insurer's, by whose days it bills."""
    return at.astimezone(zone(carrier.billing.zone)).date()


def begins_at(carrier: Carrier, day: date) -> datetime:
    """The instant (UTC) at which a day begins at the insurer's."""
    return datetime.combine(day, time(), zone(carrier.billing.zone)).astimezone(UTC)


# --- when


def known_until(account: Account) -> date:
    """The last day of which the account knows: no hold that stands began after it."""
    return max([hold.released or hold.since for hold in account.holds], default=date.min)


def next_due(law: Law, carrier: Carrier, orders: tuple[Order, ...], account: Account, *, since: date) -> date | None:
    """The first day, `since` or later, on which there is something to ask of the account; None while it waits for
    nothing but events.
    """
    return _first((*_bills(carrier, account, since), *_nights(law, carrier, orders, account, since)), since)


def next_night(law: Law, carrier: Carrier, orders: tuple[Order, ...], account: Account, *, since: date) -> date | None:
    """The first day, `since` or later, on which AgeAccount has something to do, for a host that knows by itself when
    each invoice is billed and due.
    """
    return _first(_nights(law, carrier, orders, account, since), since)


def _first(days: Iterable[date], since: date) -> date | None:
    first = min(days, default=None)
    return None if first is None else max(first, since)


def _bills(carrier: Carrier, account: Account, since: date) -> Iterator[date]:
    for invoice in account.invoices:
        if invoice.step == "planned":
            if not _held(account, "invoicing", invoice, max(invoice.bill_on, since)):
                yield invoice.bill_on
        elif invoice.step == "billed":
            yield from _while_billed(carrier, account, invoice, since)


def _nights(law: Law, carrier: Carrier, orders: tuple[Order, ...], account: Account, since: date) -> Iterator[date]:
    for invoice in account.invoices:
        if invoice.step == "due":
            yield from _grace_over(carrier, account, invoice, since)
    for process in account.delinquencies:
        if process.is_open:
            yield from _of_process(law, carrier, account, process)
    yield from days_to_mail(law, carrier, account, since)
    yield from _unpursued(carrier, account, since)
    yield from _unused(carrier, account)
    for order in orders:
        yield from _of_order(order, account, since)


def _held(account: Account, what: Suspends, invoice: Invoice, on: date) -> bool:
    return bool(account.holds) and holding.standing(account, what, holding.policies_of(invoice), on) is not None


def _while_billed(carrier: Carrier, account: Account, invoice: Invoice, since: date) -> Iterator[date]:
    if not invoice.open:
        return
    draft = _draft_on(carrier, account, invoice)
    for day in (invoice.due_on,) if draft is None else (invoice.due_on, draft):
        if account.autopay == "off" or not _held(account, "autopay", invoice, max(day, since)):
            yield day


def _draft_on(carrier: Carrier, account: Account, invoice: Invoice) -> date | None:
    """The day on which an invoice is drafted ahead of its due day; None where the due day itself drafts it."""
    if account.autopay == "off" or not carrier.billing.autopay_days_before_due or invoice.drafted_on is not None:
        return None
    draft = draft_day(carrier, account, invoice.number, told_on=invoice.told_on)
    return draft if draft < invoice.due_on else None


def _grace_over(carrier: Carrier, account: Account, invoice: Invoice, since: date) -> Iterator[date]:
    if not invoice.open:
        return
    grace = carrier.billing.delinquency.grace_days
    over = holding.grace_begins(account, invoice, grace) + timedelta(days=grace)
    if not _held(account, "delinquency", invoice, max(over, since)):
        yield over


def _of_process(law: Law, carrier: Carrier, account: Account, process: Delinquency) -> Iterator[date]:
    plan = carrier.billing.delinquency
    if pursuit.past_due(plan, account, (process.policy_id, process.invoice)).minor < plan.exit_minor:
        yield process.since
        return
    match process.stage:
        case "in_grace":
            yield process.clock
        case "dunning" | "cancel_requested" if account.cover_ended(process.policy_id) is not None:
            yield process.since
        case "dunning":
            for step in plan.steps(process.reason, process.noticed_on)[process.taken :][:1]:
                yield step_day(process.clock, step.days, plan.step_day_roll, law.holidays)
        case "collections":
            for step in plan.steps(process.reason, process.noticed_on)[process.taken :]:
                if step.step == "write_off":
                    yield step_day(process.clock, step.days, plan.step_day_roll, law.holidays)
        case "pre_grace" | "cancel_requested" | "written_off" | "exited":
            pass


def _unpursued(carrier: Carrier, account: Account, since: date) -> Iterator[date]:
    """What is past due and enough, and nobody pursues yet: the next night does."""
    pursued = {(process.policy_id, process.invoice) for process in account.delinquencies if process.is_open}
    plan = carrier.billing.delinquency
    for target, invoice in pursuit.targets(carrier, account).items():
        if target in pursued or not pursuit.is_to_be_pursued(plan, account, target):
            continue
        if holding.standing(account, "delinquency", (target[0],), since) is None:
            yield invoice.due_on


def _unused(carrier: Carrier, account: Account) -> Iterator[date]:
    """Money that waits while something is billed to its payer."""
    if account.unapplied.minor <= 0 or carrier.billing.unapplied_money == "keep_unapplied":
        return
    for invoice in account.invoices:
        if invoice.step in ASKED and invoice.open and sources_of(account, invoice.payer_id):
            yield invoice.bill_on


def _of_order(order: Order, account: Account, since: date) -> Iterator[date]:
    """The first day of an order that no night has found, or of more policies in its area, and the day it is over."""
    hold = holding.known(account, order.order_id)
    if hold is not None and hold.released is not None:
        return
    first = max(order.start, since)
    policies = holding.in_area(account, order)
    if policies and order.holds_on(first) and (hold is None or not set(policies) <= set(hold.policies)):
        yield first
    if hold is not None and order.end is not None:
        yield order.end


# --- what


def commands_due(carrier: Carrier, account: Account, *, on: date, at: datetime) -> tuple[Command, ...]:
    """What a day asks of an account, in the order in which it is to be asked. What was asked before, or is held, comes
    to nothing.
    """
    asked: list[Command] = []
    name = account.account_id
    for invoice in account.invoices:
        number, step = invoice.number, invoice.step
        if step == "planned" and invoice.bill_on <= on:
            asked.append(BillInvoice(account_id=name, number=number, on=on, at=at))
        elif step != "billed" or not invoice.open:
            continue
        draft = _draft_on(carrier, account, invoice)
        if step == "billed" and draft is not None and draft <= on < invoice.due_on:
            asked.append(DraftInvoice(account_id=name, number=number, on=on, at=at))
        if invoice.due_on <= on:
            asked.append(MarkInvoiceDue(account_id=name, number=number, on=on, at=at))
    asked.append(AgeAccount(account_id=name, on=on, at=at))
    return tuple(asked)
