"""Who may be paid in a run: what is eligible goes in, and of everything else it is said why not (Y13, practice [K])."""

from collections.abc import Iterable
from datetime import date

from msgspec import Struct

from model.carrier import Carrier
from model.decider import Refusal
from model.payments import states
from model.payments.payable import Knowledge, not_payable
from model.payments.payee import Screening
from model.payments.payout_events import LeftOut, PayoutItem, WhyNot


class Selection(Struct, frozen=True):
    items: tuple[PayoutItem, ...]
    left_out: tuple[LeftOut, ...]


def selected(carrier: Carrier, known: Knowledge, items: Iterable[PayoutItem], *, on: date) -> Selection:
    """What a run of day `on` can pay of these items, in their order, as many as the run may carry. What did not fit is
    for the next run; a smaller payment behind it may still fit.
    """
    chosen: list[PayoutItem] = []
    left_out: list[LeftOut] = []
    room = carrier.settlement.payout_run_minor
    for item in items:
        code = ineligible(carrier, known, item, on=on)
        if code is None and item.amount.minor > room:
            code = "above_run_limit"
        if code is not None:
            left_out.append(LeftOut(item.payment_id, code))
            continue
        chosen.append(item)
        room -= item.amount.minor
    return Selection(tuple(chosen), tuple(left_out))


def unsendable(carrier: Carrier, known: Knowledge, item: PayoutItem, *, on: date) -> Refusal | None:
    """Why an item that is in a run is not sent on a day: days may lie between the freeze and the file."""
    fault = not_payable(known, (item,))
    code = ineligible(carrier, known, item, on=on) if fault is None else None
    return fault if code is None else Refusal(code, f"{item.payment_id} is not sent: {code.replace('_', ' ')}")


def ineligible(carrier: Carrier, known: Knowledge, item: PayoutItem, *, on: date) -> WhyNot | None:
    """Why an item's payee is not paid on a day; None when it is. Of those who endorse a cheque with it only the
    screening counts, because no account of theirs is paid. Another account than the verified one is nobody's.
    """
    payee = known.payee(item.party_id)
    screenings: list[Screening] = [payee.screening]
    screenings.extend(known.payee(party).screening for party in _endorsing_too(known, item))
    if "hit" in screenings:
        return "screening_hit"
    if "pending" in screenings:
        return "screening_pending"
    if payee.standing == "unverified" or payee.token != item.token:
        return "payee_unverified"
    since = payee.changed_on
    if since is not None and (on - since).days < carrier.settlement.payout_cooling_off_days:
        return "cooling_off"
    return None


def _endorsing_too(known: Knowledge, item: PayoutItem) -> Iterable[str]:
    intent = known.intent(item.payment_id)
    if isinstance(intent, states.NoIntent):
        return ()
    return [party for party in intent.order.joint_payees if party != item.party_id]
