"""What a disbursement does to the unapplied money that it was drafted from."""

from msgspec.structs import replace

from model.billing.dispatch import Effect, effect
from model.billing.events import Event
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
from model.billing.standing import Account, Disbursement, Payment
from model.money import Money


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


def _paid_after_rejection(account: Account, event: DisbursementPaidAfterRejection) -> Account:
    """What it went with is taken from whatever of its party is unapplied now. What was not there any more has a source
    of its own that never came: it is the receivable that follows.
    """
    one = replace(_found(account, event.disbursement_id), sources=event.sources, status="executed")
    gone = _moved(account, replace(one, amount=event.amount), unapplied=-1, disbursed=1)
    if event.short.minor:
        nothing = Money(0, event.short.currency)
        never = Payment(
            f"{event.disbursement_id}/recapture", one.payer_id or one.party_id, event.short, "returned", (), nothing,
            disbursed=event.short.minor,
        )  # fmt: skip
        gone = replace(gone, credits=(*gone.credits, never))
    return _with(gone, one)


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
        effect(DisbursementPaidAfterRejection, _paid_after_rejection),
        effect(DisbursementReversed, _reversed),
    )
)
