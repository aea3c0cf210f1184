"""Notice of nonpayment ahead of the due day: with the bill, or in the window that the state leaves open.

    billed --SendNonpaymentNotice, or a night in the window--> noticed --grace over, unpaid--> its cancellation is asked

Where the state lets a notice go out only after default, or the insurer waits for it, nothing is sent and policy gives
the notice once billing has asked for the cancellation. One that was mailed ahead is as old as its mailing then, and
what is asked for need not wait for its days again. Nothing is mailed on a day without mail, and what a hold on
delinquency met takes a new notice.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from msgspec.structs import replace

from model.billing import holding
from model.billing.commands import Command
from model.billing.dispatch import Answer, Effect, answer, effect
from model.billing.dunning_commands import AgeAccount, SendNonpaymentNotice
from model.billing.dunning_events import NonpaymentNoticeSent
from model.billing.events import Event
from model.billing.fees import pursued_minor
from model.billing.invoice import Invoice
from model.billing.standing import Account, SentNotice
from model.carrier import Carrier
from model.daycount import is_business_day, rolled
from model.decider import Decision, Refusal
from model.jurisdiction import Law
from model.money import Money
from model.nonpayment_notice import mailing_window, nonpayment_days


def answers(law: Law, carrier: Carrier) -> dict[type[Command], Answer]:
    return dict((answer(SendNonpaymentNotice, lambda command, account: sent(law, carrier, command, account)),))


def sent(law: Law, carrier: Carrier, command: SendNonpaymentNotice, account: Account) -> Decision[Event]:
    if not 0 <= command.number < len(account.invoices):
        return Refusal("unknown_invoice", f"account {account.account_id} has no invoice {command.number}")
    invoice = account.invoices[command.number]
    return tuple(_notices(law, carrier, account, invoice, on=command.on, at=command.at))


def ahead(law: Law, carrier: Carrier, command: AgeAccount, account: Account) -> Iterator[Event]:
    """What a night mails because its day has come."""
    if carrier.billing.nonpayment_notice == "ahead_where_allowed":
        for invoice in account.invoices:
            yield from _notices(law, carrier, account, invoice, on=command.on, at=command.at)


def days_to_mail(law: Law, carrier: Carrier, account: Account, since: date) -> Iterator[date]:
    """For every notice that may still be mailed ahead, the first day, `since` or later, on which it may."""
    if carrier.billing.nonpayment_notice != "ahead_where_allowed":
        return
    for invoice in account.invoices:
        for policy_id in _unnoticed(carrier, account, invoice):
            window = mailing_window(law, carrier, _line(carrier, account, policy_id), invoice.due_on)
            if window is None:
                continue
            day = rolled(max(window[0], since, invoice.bill_on), "forward", law.holidays)
            if day <= window[1] and holding.standing(account, "delinquency", (policy_id,), day) is None:
                yield day


def _notices(
    law: Law, carrier: Carrier, account: Account, invoice: Invoice, *, on: date, at: datetime
) -> Iterator[NonpaymentNoticeSent]:
    if carrier.billing.nonpayment_notice == "after_default" or not is_business_day(on, law.holidays):
        return
    for policy_id, minor in _unnoticed(carrier, account, invoice).items():
        line = _line(carrier, account, policy_id)
        window = mailing_window(law, carrier, line, invoice.due_on)
        if window is None or not window[0] <= on <= window[1]:
            continue
        if holding.standing(account, "delinquency", (policy_id,), on) is not None:
            continue
        days = nonpayment_days(law, carrier, line)
        yield NonpaymentNoticeSent(
            account_id=account.account_id,
            number=invoice.number,
            policy_id=policy_id,
            payer_id=invoice.payer_id,
            amount=Money(minor, account.unapplied.currency),
            due_on=invoice.due_on,
            earliest=max(on + timedelta(days=days.count), invoice.due_on),
            row_id=days.row_id,
            on=on,
            at=at,
        )


def _unnoticed(carrier: Carrier, account: Account, invoice: Invoice) -> dict[str, int]:
    """What each policy owes on an invoice that is billed and not due, and for which no notice that stands was mailed;
    nothing for one whose cover has ended, and none for fees alone that would not count when past due.
    """
    if invoice.step != "billed":
        return {}
    owed: dict[str, int] = {}
    counted: set[str] = set()
    for item in invoice.items:
        if item.open:
            owed[item.policy_id] = owed.get(item.policy_id, 0) + item.open
        if pursued_minor(carrier.billing.delinquency, item):
            counted.add(item.policy_id)
    return {
        policy_id: minor
        for policy_id, minor in owed.items()
        if policy_id in counted
        and noticed_on(account, invoice.number, policy_id) is None
        and account.cover_ended(policy_id) is None
    }


def noticed_on(account: Account, number: int, policy_id: str) -> date | None:
    """The day on which a notice for a policy on an invoice was mailed that no hold has withdrawn since."""
    for notice in reversed(account.notices):
        if notice.number == number and notice.policy_id == policy_id:
            met = any(
                "delinquency" in hold.suspends and policy_id in hold.policies and hold.since >= notice.mailed_on
                for hold in account.holds
            )
            return None if met else notice.mailed_on
    return None


def _line(carrier: Carrier, account: Account, policy_id: str) -> str:
    """The law's word for the line of a policy; the carrier's own line where nobody told its product."""
    for each in reversed(account.instructions):
        if each.policy_id == policy_id and each.place is not None:
            return carrier.line_of(each.place.product)
    return carrier.line


# --- effects


def _sent(account: Account, event: NonpaymentNoticeSent) -> Account:
    return replace(account, notices=(*account.notices, SentNotice(event.number, event.policy_id, event.on)))


EFFECTS: dict[type[Event], Effect] = dict((effect(NonpaymentNoticeSent, _sent),))
