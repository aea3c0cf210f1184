"""Money that goes back to a party.

    draft --ApproveDisbursement--> approved --ExecuteDisbursement--> executed --ReverseDisbursement--> reversed
      |                                |                                ^  |                             ^
      +------RejectDisbursement--------+--> rejected ---(it went)-------+  +--RejectDisbursement (not paid)

Only unapplied money goes back, and a draft holds it from the first day, so that nothing is promised twice. Who drafts
does not approve; above the carrier's limit two people do. Limits and days are practice [K].

Payments is asked for what is approved and told to stop what is rejected then. Whatever it says became of the money is
so: what did not go is unapplied again, and what went although it was rejected is taken from what is unapplied, the
rest of it a receivable. News that comes twice, or after what followed from it, changes nothing.
"""

from datetime import date, datetime, timedelta

from model.billing.applying import sources_of
from model.billing.commands import Command
from model.billing.dispatch import Answer, answer
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
    DisbursementPaidAfterRejection,
    DisbursementRejected,
    DisbursementReversed,
)
from model.billing.parts import Taken
from model.billing.recapturing import recapture
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
    sources, lacking = _taken(account, whose, command.amount.minor)
    if lacking:
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


def _taken(account: Account, party_id: str, minor: int) -> tuple[tuple[Taken, ...], int]:
    """The sources, oldest first, that hold so much, and what they lack of it."""
    found: list[Taken] = []
    for kind, source in sources_of(account, party_id):
        part = min(minor, source.unapplied.minor)
        if part:
            found.append(Taken(kind, source.payment_id, part))
            minor -= part
    return tuple(found), minor


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
    if command.because == "paid_out":
        return () if one.status == "reversed" else _went(account, one, on=command.on, at=command.at)
    if one.status != "approved":
        return _wrong_state(one, "executed")
    earliest = _earliest(carrier, one)
    if command.on < earliest:
        return Refusal("not_yet", f"{one.disbursement_id} is executed from {earliest} on, not before")
    return _went(account, one, on=command.on, at=command.at)


def _went(account: Account, one: Disbursement, *, on: date, at: datetime) -> Decision[Event]:
    """The money left. What was rejected meanwhile left all the same, if payments had been asked for it."""
    if one.status == "rejected" and one.approved_by:
        return _went_after_all(account, one, on=on, at=at)
    if one.status != "approved":
        return _wrong_state(one, "executed")
    return (
        DisbursementExecuted(
            account_id=account.account_id,
            disbursement_id=one.disbursement_id,
            party_id=one.party_id,
            amount=one.amount,
            on=on,
            at=at,
        ),
    )


def _went_after_all(account: Account, one: Disbursement, *, on: date, at: datetime) -> tuple[Event, ...]:
    whose = one.payer_id or one.party_id
    sources, lacking = _taken(account, whose, one.amount.minor)
    short = Money(lacking, one.amount.currency)
    gone = DisbursementPaidAfterRejection(
        account_id=account.account_id,
        disbursement_id=one.disbursement_id,
        party_id=one.party_id,
        amount=one.amount - short,
        short=short,
        sources=sources,
        on=on,
        at=at,
    )
    if not lacking:
        return (gone,)
    return (gone, recapture(account, short, payment_id=one.disbursement_id, payer_id=whose, on=on, at=at))


def reject(command: RejectDisbursement, account: Account) -> Decision[Event]:
    one = _known(account, command.disbursement_id)
    if isinstance(one, Refusal):
        return one
    if one.status == "rejected":
        return ()
    if command.because == "not_paid" and one.status in ("executed", "reversed"):
        # It was booked as gone by hand before anybody knew.
        return () if one.status == "reversed" else (_reversal(command, one),)
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
        was="approved" if one.status == "approved" else "draft",
    )


def reverse(command: ReverseDisbursement, account: Account) -> Decision[Event]:
    one = _known(account, command.disbursement_id)
    if isinstance(one, Refusal):
        return one
    if one.status == "reversed":
        return ()
    if one.status == "executed":
        return (_reversal(command, one),)
    if command.because == "noticed":
        return _wrong_state(one, "reversed")
    # What came back had gone: the news of that is still on its way.
    went = _went(account, one, on=command.on, at=command.at)
    return went if isinstance(went, Refusal) else (*went, _reversal(command, one))


def _reversal(command: ReverseDisbursement | RejectDisbursement, one: Disbursement) -> DisbursementReversed:
    return DisbursementReversed(
        account_id=command.account_id,
        disbursement_id=one.disbursement_id,
        party_id=one.party_id,
        amount=one.amount,
        reason=command.reason,
        on=command.on,
        at=command.at,
    )
