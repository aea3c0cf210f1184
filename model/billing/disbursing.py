"""Money that goes back to a party.

    draft --ApproveDisbursement--> approved --ExecuteDisbursement--> executed --ReverseDisbursement--> reversed
      |                                |
      +------RejectDisbursement--------+--> rejected

Only unapplied money goes back, and a draft holds it from the first day, so that nothing is promised twice. Who drafts
does not approve; above the carrier's limit two people do. Limits and days are practice [K].
"""

from datetime import date, datetime, timedelta

from msgspec.structs import replace

from model.billing.applying import sources_of
from model.billing.commands import Command
from model.billing.dispatch import Answer, Effect, answer, effect
from model.billing.events import Event
from model.billing.money_commands import (
    ApproveDisbursement,
    DraftDisbursement,
    ExecuteDisbursement,
    RejectDisbursement,
    ReverseDisbursement,
)
from model.billing.money_events import (
    DisbursementApproved,
    DisbursementDrafted,
    DisbursementExecuted,
    DisbursementFirstApproved,
    DisbursementRejected,
    DisbursementReversed,
)
from model.billing.parts import Taken
from model.billing.standing import Account, Disbursement, Payment
from model.carrier import Carrier
from model.decider import Decision, Refusal
from model.jurisdiction import Law
from model.money import Money

OPEN = ("draft", "approved")


def answers(law: Law, carrier: Carrier) -> dict[type[Command], Answer]:
    _ = law
    return dict(
        (
            answer(DraftDisbursement, lambda command, account: draft(carrier, command, account)),
            answer(ApproveDisbursement, lambda command, account: approve(carrier, command, account)),
            answer(ExecuteDisbursement, lambda command, account: execute(carrier, command, account)),
            answer(RejectDisbursement, reject),
            answer(ReverseDisbursement, reverse),
        )
    )


def _known(account: Account, disbursement_id: str) -> Disbursement | Refusal:
    for each in account.disbursements:
        if each.disbursement_id == disbursement_id:
            return each
    return Refusal("unknown_disbursement", f"account {account.account_id} has no disbursement {disbursement_id}")


def _wrong_state(one: Disbursement, asked: str) -> Refusal:
    return Refusal("wrong_state", f"a disbursement that is {one.status} cannot be {asked}")


def draft(carrier: Carrier, command: DraftDisbursement, account: Account) -> Decision[Event]:
    known = _known(account, command.disbursement_id)
    if isinstance(known, Disbursement):
        same = (known.party_id, known.amount, known.payer_id) == (command.party_id, command.amount, command.payer_id)
        text = f"{command.disbursement_id} was already used for another disbursement"
        return () if same else Refusal("disbursement_reused", text)
    if command.amount.currency != carrier.currency:
        return Refusal("wrong_currency", f"{carrier.name} pays {carrier.currency}, not {command.amount.currency}")
    if command.amount.minor <= 0:
        return Refusal("not_positive", f"a disbursement is more than nothing, not {command.amount}")
    keep = Money(carrier.billing.disbursement_keep_minor, carrier.currency)
    if command.amount.minor <= keep.minor and not command.payer_id:
        return Refusal("too_little", f"{keep} and less are kept for the next bill")
    whose = command.payer_id or command.party_id
    sources = _taken(account, whose, command.amount.minor)
    if sources is None:
        return Refusal("more_than_unapplied", f"less than {command.amount} of {whose} is unapplied")
    return (
        DisbursementDrafted(
            account_id=command.account_id,
            disbursement_id=command.disbursement_id,
            party_id=command.party_id,
            amount=command.amount,
            sources=sources,
            by=command.by,
            on=command.on,
            at=command.at,
            payer_id=command.payer_id,
        ),
    )


def _taken(account: Account, party_id: str, minor: int) -> tuple[Taken, ...] | None:
    """The sources, oldest first, that hold so much; None when they do not."""
    found: list[Taken] = []
    for kind, source in sources_of(account, party_id):
        part = min(minor, source.unapplied.minor)
        if part:
            found.append(Taken(kind, source.payment_id, part))
            minor -= part
    return None if minor else tuple(found)


def approve(carrier: Carrier, command: ApproveDisbursement, account: Account) -> Decision[Event]:
    one = _known(account, command.disbursement_id)
    if isinstance(one, Refusal):
        return one
    if command.by in one.approved_by:
        return ()
    if one.status != "draft":
        return _wrong_state(one, "approved")
    if command.by == one.requested_by:
        return Refusal("own_request", f"{command.by} drafted it and does not approve it")
    limit = carrier.billing.disbursement_dual_approval_above_minor
    if limit is not None and one.amount.minor > limit and not one.approved_by:
        return (
            DisbursementFirstApproved(
                account_id=command.account_id,
                disbursement_id=command.disbursement_id,
                by=command.by,
                on=command.on,
                at=command.at,
            ),
        )
    return (
        DisbursementApproved(
            account_id=command.account_id,
            disbursement_id=command.disbursement_id,
            party_id=one.party_id,
            amount=one.amount,
            by=command.by,
            on=command.on,
            at=command.at,
            pay_on=max(command.on, _earliest(carrier, one)),
        ),
    )


def _earliest(carrier: Carrier, one: Disbursement) -> date:
    return one.requested_on + timedelta(days=carrier.billing.disbursement_delay_days)


def execute(carrier: Carrier, command: ExecuteDisbursement, account: Account) -> Decision[Event]:
    """Not before the carrier's days are over: money that came by ACH may still be returned within two banking days
    (and an unauthorised debit within sixty days, which nobody waits for). Practice [K]. What went is not refused.
    """
    one = _known(account, command.disbursement_id)
    if isinstance(one, Refusal):
        return one
    if one.status == "executed":
        return ()
    if one.status != "approved":
        return _wrong_state(one, "executed")
    earliest = _earliest(carrier, one)
    if command.on < earliest and command.because == "instructed":
        return Refusal("not_yet", f"{one.disbursement_id} is executed from {earliest} on, not before")
    return (
        DisbursementExecuted(
            account_id=command.account_id,
            disbursement_id=command.disbursement_id,
            party_id=one.party_id,
            amount=one.amount,
            on=command.on,
            at=command.at,
        ),
    )


def reject(command: RejectDisbursement, account: Account) -> Decision[Event]:
    one = _known(account, command.disbursement_id)
    if isinstance(one, Refusal):
        return one
    if one.status == "rejected":
        return ()
    if one.status not in OPEN:
        return _wrong_state(one, "rejected")
    return (_rejection(account, one, command.reason, on=command.on, at=command.at),)


def rejections(account: Account, payment: Payment, *, on: date, at: datetime) -> tuple[DisbursementRejected, ...]:
    """Every open disbursement that holds money of a payment, when the bank takes that payment back."""
    return tuple(
        [
            _rejection(account, one, "payment_returned", on=on, at=at)
            for one in account.disbursements
            if one.status in OPEN
            and any(taken.kind == "payment" and taken.source_id == payment.payment_id for taken in one.sources)
        ]
    )


def _rejection(account: Account, one: Disbursement, reason: str, *, on: date, at: datetime) -> DisbursementRejected:
    return DisbursementRejected(
        account_id=account.account_id,
        disbursement_id=one.disbursement_id,
        amount=one.amount,
        reason=reason,
        on=on,
        at=at,
    )


def reverse(command: ReverseDisbursement, account: Account) -> Decision[Event]:
    one = _known(account, command.disbursement_id)
    if isinstance(one, Refusal):
        return one
    if one.status == "reversed":
        return ()
    if one.status != "executed":
        return _wrong_state(one, "reversed")
    return (
        DisbursementReversed(
            account_id=command.account_id,
            disbursement_id=command.disbursement_id,
            party_id=one.party_id,
            amount=one.amount,
            reason=command.reason,
            on=command.on,
            at=command.at,
        ),
    )


# --- effects


def _drafted(account: Account, event: DisbursementDrafted) -> Account:
    one = Disbursement(
        event.disbursement_id,
        event.party_id,
        event.amount,
        "draft",
        event.sources,
        event.by,
        event.on,
        payer_id=event.payer_id,
    )
    moved = _moved(account, one, unapplied=-1, held=1)
    return replace(moved, disbursements=(*account.disbursements, one))


def _first_approved(account: Account, event: DisbursementFirstApproved | DisbursementApproved) -> Account:
    one = _found(account, event.disbursement_id)
    status = "approved" if isinstance(event, DisbursementApproved) else one.status
    return _with(account, replace(one, status=status, approved_by=(*one.approved_by, event.by)))


def _executed(account: Account, event: DisbursementExecuted) -> Account:
    one = _found(account, event.disbursement_id)
    return _with(_moved(account, one, held=-1, disbursed=1), replace(one, status="executed"))


def rejected(account: Account, event: DisbursementRejected) -> Account:
    one = _found(account, event.disbursement_id)
    return _with(_moved(account, one, held=-1, unapplied=1), replace(one, status="rejected", reason=event.reason))


def _reversed(account: Account, event: DisbursementReversed) -> Account:
    """The money comes back as a credit of its own: the payments that it came from may be returned by now."""
    one = _found(account, event.disbursement_id)
    back = Payment(event.disbursement_id, one.payer_id or one.party_id, event.amount, "received", (), event.amount)
    after = replace(account, credits=(*account.credits, back), unapplied=account.unapplied + event.amount)
    return _with(after, replace(one, status="reversed", reason=event.reason))


def _found(account: Account, disbursement_id: str) -> Disbursement:
    return next(each for each in account.disbursements if each.disbursement_id == disbursement_id)


def _with(account: Account, changed: Disbursement) -> Account:
    return replace(
        account,
        disbursements=tuple(
            [changed if each.disbursement_id == changed.disbursement_id else each for each in account.disbursements]
        ),
    )


def _moved(account: Account, one: Disbursement, *, unapplied: int = 0, held: int = 0, disbursed: int = 0) -> Account:
    """What the sources gave moved between what is unapplied, held and sent (once, or once less)."""
    payments, credits = account.payments, account.credits
    whose = one.payer_id or one.party_id
    for taken in one.sources:
        delta = (unapplied * taken.minor, held * taken.minor, disbursed * taken.minor)
        if taken.kind == "payment":
            payments = _changed(payments, taken, whose, delta)
        else:
            credits = _changed(credits, taken, whose, delta)
    left = Money(account.unapplied.minor + unapplied * one.amount.minor, account.unapplied.currency)
    return replace(account, payments=payments, credits=credits, unapplied=left)


def _changed(
    sources: tuple[Payment, ...], taken: Taken, party_id: str, delta: tuple[int, int, int]
) -> tuple[Payment, ...]:
    unapplied, held, disbursed = delta
    return tuple(
        [
            replace(
                each,
                unapplied=Money(each.unapplied.minor + unapplied, each.unapplied.currency),
                held=each.held + held,
                disbursed=each.disbursed + disbursed,
            )
            if each.payment_id == taken.source_id and each.payer_id == party_id
            else each
            for each in sources
        ]
    )


EFFECTS: dict[type[Event], Effect] = dict(
    (
        effect(DisbursementDrafted, _drafted),
        effect(DisbursementFirstApproved, _first_approved),
        effect(DisbursementApproved, _first_approved),
        effect(DisbursementExecuted, _executed),
        effect(DisbursementRejected, rejected),
        effect(DisbursementReversed, _reversed),
    )
)
