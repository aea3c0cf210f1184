"""What nobody is asked for any more, and the receivable that comes back when it is reversed."""

from datetime import date, datetime

from msgspec.structs import replace

from model.billing import money_commands as commands
from model.billing.allocation import UNPAYABLE
from model.billing.applying import priorities
from model.billing.commands import Command
from model.billing.dispatch import Answer, Effect, answer, effect
from model.billing.events import Event
from model.billing.invoice import Invoice, Item
from model.billing.items import changed
from model.billing.money_events import ItemsWrittenOff, WriteOffReversed
from model.billing.parts import Distribution, sum_of
from model.billing.standing import Account, WriteOff
from model.carrier import Carrier
from model.decider import Decision, Refusal
from model.jurisdiction import Law
from model.money import Money


def answers(law: Law, carrier: Carrier) -> dict[type[Command], Answer]:
    _ = law
    priority = priorities(carrier)
    return dict(
        (
            answer(commands.WriteOff, lambda command, account: write_off(priority, command, account)),
            answer(commands.ReverseWriteOff, reverse),
        )
    )


def write_off(priority: dict[str, int], command: commands.WriteOff, account: Account) -> Decision[Event]:
    """By invoice or item, in part or whole; in part in the order of the waterfall."""
    wrong = _wrong(command, account)
    if wrong is not None:
        return wrong
    if any(each.write_off_id == command.write_off_id for each in account.write_offs):
        return ()
    invoice = account.invoices[command.number]
    wanted = invoice.open if command.amount is None else command.amount.minor
    targets = [(place, item.open) for place, item in _targets(priority, invoice, command.item)]
    if command.item is not None and command.amount is None:
        wanted = sum([opened for _, opened in targets])
    if not 0 < wanted <= sum([opened for _, opened in targets]):
        return Refusal("more_than_open", f"invoice {command.number} has not that much open")
    parts: list[Distribution] = []
    for place, opened in targets:
        minor = min(wanted, opened)
        if minor:
            parts.append(Distribution(command.number, place, minor))
            wanted -= minor
    return (
        ItemsWrittenOff(
            account_id=command.account_id,
            write_off_id=command.write_off_id,
            reason=command.reason,
            parts=tuple(parts),
            amount=Money(sum_of(tuple(parts)), account.unapplied.currency),
            on=command.on,
            at=command.at,
        ),
    )


def _wrong(command: commands.WriteOff, account: Account) -> Refusal | None:
    if not 0 <= command.number < len(account.invoices):
        return Refusal("unknown_invoice", f"account {account.account_id} has no invoice {command.number}")
    invoice = account.invoices[command.number]
    if command.item is not None and not 0 <= command.item < len(invoice.items):
        return Refusal("unknown_item", f"invoice {command.number} has no item {command.item}")
    if invoice.step in UNPAYABLE:
        return Refusal("wrong_state", f"invoice {command.number} is {invoice.step}: nobody was asked for it")
    if command.amount is not None and command.amount.currency != account.unapplied.currency:
        return Refusal("wrong_currency", f"invoice {command.number} is in {account.unapplied.currency}")
    return None


def _targets(priority: dict[str, int], invoice: Invoice, place: int | None) -> list[tuple[int, Item]]:
    items = list(enumerate(invoice.items))
    if place is not None:
        return [items[place]]
    last = len(priority)
    return sorted(items, key=lambda entry: (priority.get(entry[1].pattern, last), entry[0]))


def reverse(command: commands.ReverseWriteOff, account: Account) -> Decision[Event]:
    known = next((each for each in account.write_offs if each.write_off_id == command.write_off_id), None)
    if known is None:
        return Refusal("unknown_write_off", f"account {account.account_id} has no write-off {command.write_off_id}")
    if known.status == "reversed":
        return ()
    return (_reversal(account, known.write_off_id, known.parts, on=command.on, at=command.at),)


def reversal_of(account: Account, write_off_id: str, *, on: date, at: datetime) -> WriteOffReversed | None:
    """The reversal of a write-off that stands; None when there is none."""
    for each in account.write_offs:
        if each.write_off_id == write_off_id and each.status == "written_off":
            return _reversal(account, write_off_id, each.parts, on=on, at=at)
    return None


def _reversal(
    account: Account, write_off_id: str, parts: tuple[Distribution, ...], *, on: date, at: datetime
) -> WriteOffReversed:
    return WriteOffReversed(
        account_id=account.account_id,
        write_off_id=write_off_id,
        parts=parts,
        amount=Money(sum_of(parts), account.unapplied.currency),
        on=on,
        at=at,
    )


# --- effects


def items_written_off(account: Account, event: ItemsWrittenOff) -> Account:
    kept = WriteOff(event.write_off_id, event.reason, event.parts, "written_off")
    return replace(
        account,
        invoices=changed(account.invoices, event.parts, "write_off"),
        write_offs=(*account.write_offs, kept),
    )


def _reversed(account: Account, event: WriteOffReversed) -> Account:
    return replace(
        account,
        invoices=changed(account.invoices, event.parts, "restore"),
        write_offs=tuple(
            [
                replace(each, status="reversed", recovered_by=event.payment_id)
                if each.write_off_id == event.write_off_id
                else each
                for each in account.write_offs
            ]
        ),
    )


EFFECTS: dict[type[Event], Effect] = dict(
    (effect(ItemsWrittenOff, items_written_off), effect(WriteOffReversed, _reversed))
)
