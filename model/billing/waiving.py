"""The fee of a returned payment, waived because the money came back after all.

A dispute that is won brings back the payment that the dispute had taken: nobody's payment failed, so that nobody owes a
fee for it (practice). What was paid of the fee meanwhile is its payer's again and pays what is billed; the rest is no
longer asked for. It happens once, whichever of the two news comes first: a return that comes after it costs nothing.
"""

from msgspec.structs import replace

from model.billing.applying import EFFECTS as APPLIED
from model.billing.applying import apply_unapplied
from model.billing.commands import ReceivePayment
from model.billing.dispatch import Effect, effect
from model.billing.events import Event, FeeWaived
from model.billing.items import changed
from model.billing.parts import Applied, Distribution
from model.billing.replanning import reopened, undone_on
from model.billing.standing import Account, ReturnFee


def waived(priority: dict[str, int], command: ReceivePayment, account: Account) -> tuple[Event, ...]:
    """What follows on the account before it books the money that was won back; nothing the second time."""
    fee = fee_of(account, command.wins_back)
    if fee is not None and fee.status == "waived":
        return ()
    undone, withdrawn = ((), ()) if fee is None else _taken_off(account, fee)
    event = FeeWaived(
        account_id=command.account_id,
        payment_id=command.wins_back,
        undone=undone,
        withdrawn=withdrawn,
        on=command.on,
        at=command.at,
    )
    after = fee_waived(account, event)
    spent = {source.source_id for source in undone}
    sources = [each for each in (*account.payments, *account.credits) if each.payment_id in spent]
    found: list[Event] = [event]
    for payer_id in dict.fromkeys(each.payer_id for each in sources):
        for paid in apply_unapplied(priority, after, payer_id, on=command.on, at=command.at):
            found.append(paid)
            after = APPLIED[type(paid)](after, paid)
    return tuple(found)


def fee_of(account: Account, payment_id: str) -> ReturnFee | None:
    for fee in account.return_fees:
        if fee.payment_id == payment_id:
            return fee
    return None


def _taken_off(account: Account, fee: ReturnFee) -> tuple[tuple[Applied, ...], tuple[Distribution, ...]]:
    """What was paid on the fee, and all of it that somebody was still asked for."""
    item = account.invoices[fee.number].items[fee.item]
    minor = item.amount - item.credited - item.written_off
    withdrawn = (Distribution(fee.number, fee.item, minor),) if minor else ()
    return undone_on(account, {(fee.number, fee.item)}) if item.paid else (), withdrawn


# --- effects


def fee_waived(account: Account, event: FeeWaived) -> Account:
    known = fee_of(account, event.payment_id)
    after = reopened(account, event.undone)
    fee = replace(known, status="waived") if known else ReturnFee(event.payment_id, -1, -1, "waived")
    kept = tuple([each for each in account.return_fees if each.payment_id != event.payment_id])
    return replace(after, invoices=changed(after.invoices, event.withdrawn, "withdraw"), return_fees=(*kept, fee))


EFFECTS: dict[type[Event], Effect] = dict((effect(FeeWaived, fee_waived),))
