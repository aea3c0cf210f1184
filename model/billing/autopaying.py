"""Autopay: an invoice is drafted on its due day, or the carrier's days before it.

A draft whose amount differs from the last bill is told to the payer first. Regulation E, 12 CFR 1005.10(d), asks ten
days' notice of a preauthorized debit that varies in amount; nobody here has seen the text [from memory], so that the
days are the carrier's choice (`autopay_notice_days`) and not a row of law.
"""

from datetime import date, datetime, timedelta
from functools import partial

from msgspec.structs import replace

from model.billing import holding
from model.billing.commands import Command
from model.billing.dispatch import Answer, Effect, answer, effect
from model.billing.drafting import Producers, draft_terms
from model.billing.events import Event
from model.billing.invoice import ASKED
from model.billing.items import put
from model.billing.money_commands import DraftInvoice, SetAutopay
from model.billing.money_events import AutopayChangeNoticed, AutopaySet, InvoiceDrafted
from model.billing.orders import Orders
from model.billing.standing import Account
from model.billing.terms import pays_by_statement
from model.carrier import Carrier
from model.daycount import kept_day
from model.decider import Decision, Refusal
from model.jurisdiction import Law
from model.money import Money


def answers(law: Law, carrier: Carrier, orders: Orders, producers: Producers) -> dict[type[Command], Answer]:
    _ = law
    return dict(
        (
            answer(SetAutopay, set_autopay),
            answer(DraftInvoice, partial(draft, carrier, orders, producers)),
        )
    )


def set_autopay(command: SetAutopay, account: Account) -> Decision[Event]:
    method = command.method or account.draft_by
    if (account.autopay, account.draft_by) == (command.autopay, method):
        return ()
    return (
        AutopaySet(account_id=command.account_id, autopay=command.autopay, on=command.on, at=command.at, method=method),
    )


def change_notice(
    carrier: Carrier, account: Account, number: int, minor: int, *, on: date, at: datetime
) -> tuple[AutopayChangeNoticed, ...]:
    """What is told with a bill of `minor` units on autopay that is not what the payer's last bill was."""
    if account.autopay == "off" or carrier.billing.autopay_changed_amount == "no_notice":
        return ()
    previous = _billed_before(account, number)
    if previous is None or previous == minor:
        return ()
    invoice = account.invoices[number]
    if pays_by_statement(account, invoice):
        return ()
    currency = account.unapplied.currency
    return (
        AutopayChangeNoticed(
            account_id=account.account_id,
            number=number,
            payer_id=invoice.payer_id,
            amount=Money(minor, currency),
            previous=Money(previous, currency),
            draft_on=draft_day(carrier, account, number, told_on=on),
            on=on,
            at=at,
        ),
    )


def _billed_before(account: Account, number: int) -> int | None:
    """What the last bill before an invoice asked of its payer; None where it had none."""
    payer_id = account.invoices[number].payer_id
    for place in range(number - 1, -1, -1):
        each = account.invoices[place]
        if each.payer_id == payer_id and each.step in ASKED:
            minor = 0
            for item in each.items:
                minor += item.amount
            return minor
    return None


def draft_day(carrier: Carrier, account: Account, number: int, *, told_on: date | None) -> date:
    """The first day on which an invoice may be drafted."""
    ahead = account.invoices[number].due_on - timedelta(days=carrier.billing.autopay_days_before_due)
    return ahead if told_on is None else max(ahead, told_on + timedelta(days=carrier.billing.autopay_notice_days))


def draft(
    carrier: Carrier, orders: Orders, producers: Producers, command: DraftInvoice, account: Account
) -> Decision[Event]:
    if not 0 <= command.number < len(account.invoices):
        return Refusal("unknown_invoice", f"account {account.account_id} has no invoice {command.number}")
    invoice = account.invoices[command.number]
    if account.autopay == "off":
        return Refusal("no_autopay", f"account {account.account_id} pays by itself")
    if pays_by_statement(account, invoice):
        return Refusal("no_autopay", f"{invoice.payer_id} remits by its statement")
    if invoice.drafted_on is not None or invoice.status in ("paid", "carried"):
        return ()
    if invoice.step == "planned":
        return Refusal("wrong_state", f"invoice {invoice.number} is drafted only once it is billed")
    earliest = draft_day(carrier, account, command.number, told_on=invoice.told_on)
    if command.on < earliest:
        return Refusal("not_yet", f"invoice {invoice.number} is drafted from {earliest} on, not before")
    held = holding.refused(account, orders(), "autopay", invoice, command.on)
    if held is not None:
        return held
    return (
        InvoiceDrafted(
            account_id=command.account_id,
            number=invoice.number,
            payer_id=invoice.payer_id,
            amount=Money(invoice.open, account.unapplied.currency),
            due_on=invoice.due_on,
            on=command.on,
            at=command.at,
            terms=draft_terms(carrier, producers, account, invoice),
        ),
    )


# --- effects


def _set(account: Account, event: AutopaySet) -> Account:
    return replace(account, autopay=event.autopay, draft_by=event.method)


def _told(account: Account, event: AutopayChangeNoticed) -> Account:
    told = replace(account.invoices[event.number], told_on=kept_day(event.on))
    return replace(account, invoices=put(account.invoices, told))


def _drafted(account: Account, event: InvoiceDrafted) -> Account:
    drafted = replace(account.invoices[event.number], drafted_on=kept_day(event.on))
    return replace(account, invoices=put(account.invoices, drafted))


EFFECTS: dict[type[Event], Effect] = dict(
    (effect(AutopaySet, _set), effect(AutopayChangeNoticed, _told), effect(InvoiceDrafted, _drafted))
)
