"""Where a billing account stands: what it was told to bill, its invoices, and the money that came in."""

from datetime import date
from typing import Literal, TypeAlias, final

from msgspec import Struct

from model.billing.commands import InstructionKind
from model.billing.delinquency import Delinquency
from model.billing.draft_terms import DraftMethod
from model.billing.dunning_events import Suspends
from model.billing.invoice import Invoice
from model.billing.orders import Place
from model.billing.parts import Distribution, Taken, parts_of
from model.billing.plan import Charge, Payer
from model.choices.delinquency import ReleaseStrategy
from model.money import Money


class Instruction(Struct, frozen=True, array_like=True, gc=False):
    """What the account was told, whole, so that the same id with anything else in it is an error. `on` anchors the due
    dates (a credit: the day it takes effect); [`starts`, `ends`) is the term of the policy as far as it was told;
    `today` was the insured's local day when it came, `earned` the patterns that are earned with time.
    """

    instruction_id: str
    policy_id: str
    charges: tuple[Charge, ...]
    plan: str = ""
    autopay: Literal["on", "off"] | None = None
    payers: tuple[Payer, ...] = ()
    kind: InstructionKind = "term"
    on: date | None = None
    starts: date | None = None
    ends: date | None = None
    zone: str = ""
    today: date | None = None
    earned: tuple[str, ...] = ()
    place: Place | None = None


class Payment(Struct, frozen=True, array_like=True, gc=False):
    """Money that came in, or return premium that closed nothing (`payment_id` is then its instruction). Its amount is
    in parts on items, unapplied, held for a disbursement, or sent back. `distributed` are invoice, item and minor
    units of each part, one after the other.
    """

    payment_id: str
    payer_id: str
    amount: Money
    status: Literal["received", "returned"]
    distributed: tuple[int, ...]
    unapplied: Money
    held: int = 0
    disbursed: int = 0

    @property
    def parts(self) -> tuple[Distribution, ...]:
        return parts_of(self.distributed)


class WaitingCredit(Struct, frozen=True, array_like=True, tag=True, gc=False):
    """Return premium whose charges have not come: negative, what of its instruction found nothing yet."""

    instruction_id: str
    policy_id: str
    charges: tuple[Charge, ...]
    on: date


class WaitingReturn(Struct, frozen=True, gc=False, array_like=True, tag=True):
    """A return that overtook its payment."""

    payment_id: str
    reason: str
    on: date


class WriteOff(Struct, frozen=True, array_like=True):
    """`recovered_by` is the payment that came for it after all."""

    write_off_id: str
    reason: str
    parts: tuple[Distribution, ...]
    status: Literal["written_off", "reversed"]
    recovered_by: str = ""


class Disbursement(Struct, frozen=True, array_like=True):
    """Unapplied money on its way back to a party; `sources` is what it was, `payer_id` whose, when not the party's."""

    disbursement_id: str
    party_id: str
    amount: Money
    status: Literal["draft", "approved", "executed", "rejected", "reversed"]
    sources: tuple[Taken, ...]
    requested_by: str
    requested_on: date
    approved_by: tuple[str, ...] = ()
    reason: str = ""
    payer_id: str = ""


class Carried(Struct, frozen=True, gc=False, array_like=True):
    """What was open on an invoice when a hold ended, or what was planned in its place."""

    invoice: int
    payer_id: str
    minor: int


class Hold(Struct, frozen=True, gc=False, array_like=True):
    """What of the `policies` is kept back since when; `released` is the first day on which it no longer was. `skipped`
    was carried to what was `replanned`, by the `strategy` of that day.
    """

    hold_id: str
    policies: tuple[str, ...]
    suspends: tuple[Suspends, ...]
    since: date
    released: date | None = None
    skipped: tuple[Carried, ...] = ()
    replanned: tuple[Carried, ...] = ()
    strategy: ReleaseStrategy | None = None


class SentNotice(Struct, frozen=True, gc=False, array_like=True):
    """A notice of nonpayment for a policy on an invoice, mailed before its due day."""

    number: int
    policy_id: str
    mailed_on: date


class EndedCover(Struct, frozen=True, gc=False, array_like=True):
    """A cancellation that policy told of, and the day from which cover went on after all."""

    policy_id: str
    cancelled_on: date
    resumed: date | None = None


class Repointed(Struct, frozen=True, gc=False, array_like=True):
    """Who pays for policies in whose place, since when."""

    policies: tuple[str, ...]
    old_payer_id: str
    new_payer_id: str
    since: date


class ReturnFee(Struct, frozen=True, gc=False, array_like=True):
    """The fee of a returned payment, by its place; one that was waived before it was charged has none (-1)."""

    payment_id: str
    number: int
    item: int
    status: Literal["charged", "waived"]


@final
class NoAccount(Struct, frozen=True, gc=False, array_like=True, tag=True):
    pass


class Account(Struct, frozen=True, array_like=True, tag=True, gc=False):
    """`unapplied` is money of payments and credits (return premium that closed nothing) that waits for something to
    pay. `waiting` is what came before the thing it belongs to; `fees` are the triggers that were charged,
    `plan_changes` the ids of plan changes that were made. `draft_by` is the method that the payer named for autopay.
    """

    account_id: str
    autopay: Literal["on", "off"]
    instructions: tuple[Instruction, ...]
    invoices: tuple[Invoice, ...]
    payments: tuple[Payment, ...]
    unapplied: Money
    credits: tuple[Payment, ...] = ()
    waiting: tuple[WaitingCredit | WaitingReturn, ...] = ()
    write_offs: tuple[WriteOff, ...] = ()
    disbursements: tuple[Disbursement, ...] = ()
    fees: tuple[str, ...] = ()
    plan_changes: tuple[str, ...] = ()
    delinquencies: tuple[Delinquency, ...] = ()
    holds: tuple[Hold, ...] = ()
    ended: tuple[EndedCover, ...] = ()
    repointed: tuple[Repointed, ...] = ()
    return_fees: tuple[ReturnFee, ...] = ()
    draft_by: DraftMethod | None = None
    notices: tuple[SentNotice, ...] = ()

    def cover_ended(self, policy_id: str) -> date | None:
        """The day on which cover of a policy ended, as far as billing was told; None while it is in force."""
        for end in self.ended:
            if end.policy_id == policy_id and end.resumed is None:
                return end.cancelled_on
        return None


State: TypeAlias = NoAccount | Account
