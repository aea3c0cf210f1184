"""What billing does when others publish: bill what policy issued or changed, credit what it cancelled. What it does
about the money that payments moved is in `money_reactions`, about orders in `hearing`.
"""

from datetime import date
from typing import Literal

from msgspec import Struct

from model.billing.commands import Command, CreditCharges, ReceiveCharges
from model.billing.dunning_commands import RecordPolicyEnd, RecordPolicyReturn
from model.billing.hearing import ORDERS, Heard
from model.billing.money_reactions import MOVED
from model.billing.orders import Place
from model.billing.plan import Charge, Payer
from model.reaction import Delivery, Reaction, Unless, reaction
from model.wire import Amount, from_wire

RENEWAL = "renewal:"
"""How the instruction of a renewal begins: one instruction for its offer and for its issue."""


class IssuedCharge(Struct, frozen=True, gc=False):
    pattern: str
    amount: Amount


class IssuedPolicy(Struct, frozen=True):
    policy_id: str
    account_id: str
    start: date
    plan: str
    autopay: Literal["on", "off"]
    payers: tuple[Payer, ...]
    charges: tuple[IssuedCharge, ...]
    end: date | None = None
    zone: str = ""
    state: str = ""
    product: str = ""
    areas: tuple[str, ...] = ()

    @property
    def place(self) -> Place | None:
        """Where it lies, when the news says so: that of a renewal does not, and nothing has moved."""
        return Place(self.state, self.product, self.areas) if self.state else None


class RenewedPolicy(Struct, frozen=True):
    policy_id: str
    account_id: str
    job_id: str
    start: date
    end: date
    zone: str
    plan: str
    autopay: Literal["on", "off"]
    payers: tuple[Payer, ...]
    charges: tuple[IssuedCharge, ...]


NO_BILL = Unless(
    "asks", ("payment", "bind", "issue", "by_hand", "not_taken", "undo", "later", "person", "issued", "end")
)
"""What a renewal asks of others."""


class RenewalAsk(Struct, frozen=True):
    asks: Literal["bill", "withdrawal"]
    policy_id: str
    account_id: str
    job_id: str
    start: date
    end: date
    zone: str
    plan: str
    autopay: Literal["on", "off"]
    payers: tuple[Payer, ...]
    charges: tuple[IssuedCharge, ...]


class CancelledPolicy(Struct, frozen=True):
    policy_id: str
    account_id: str
    cancelled_on: date
    returned: tuple[IssuedCharge, ...]


class CoverDays(Struct, frozen=True, gc=False):
    start: date
    end: date


class ChangedPolicy(Struct, frozen=True):
    """A change, or a reinstatement: `charges` go up or down. `cover` tells the term."""

    policy_id: str
    account_id: str
    effective: date
    plan: str
    autopay: Literal["on", "off"]
    payers: tuple[Payer, ...]
    charges: tuple[IssuedCharge, ...]
    cover: tuple[CoverDays, ...] = ()


class ReinstatedPolicy(ChangedPolicy, frozen=True, kw_only=True):
    cancelled_on: date


class RewrittenPolicy(Struct, frozen=True):
    policy_id: str
    account_id: str
    returned_to: str
    returned: tuple[IssuedCharge, ...]
    start: date
    plan: str
    autopay: Literal["on", "off"]
    payers: tuple[Payer, ...]
    charges: tuple[IssuedCharge, ...]
    end: date | None = None


class NonrenewedPolicy(Struct, frozen=True):
    policy_id: str
    account_id: str
    ends: date
    plan: str
    autopay: Literal["on", "off"]
    payers: tuple[Payer, ...]
    charges: tuple[IssuedCharge, ...]


def bill_issued(policy: IssuedPolicy, delivery: Delivery) -> tuple[Command, ...]:
    """A charge of nothing (a tax that does not apply) is not billed, and nothing is when nothing is charged."""
    charges = _charged(policy.charges)
    if not charges:
        return ()
    return (
        ReceiveCharges(
            account_id=policy.account_id,
            instruction_id=delivery.key(delivery.event_id),
            policy_id=policy.policy_id,
            plan=policy.plan,
            autopay=policy.autopay,
            payers=policy.payers,
            charges=charges,
            place=policy.place,
            on=policy.start,
            at=delivery.at,
            starts=policy.start,
            ends=policy.end,
            zone=policy.zone,
        ),
    )


def bill_renewed(policy: RenewedPolicy | RenewalAsk, delivery: Delivery) -> tuple[Command, ...]:
    """One instruction for the offer that is billed and for the renewal that is issued: whichever comes second finds it
    done. Its id bears the price, since an offer at another price is another instruction.
    """
    charges = _charged(policy.charges)
    if not charges:
        return ()
    return (
        ReceiveCharges(
            account_id=policy.account_id,
            instruction_id=delivery.key(_instruction_of(policy, charges)),
            policy_id=policy.policy_id,
            plan=policy.plan,
            autopay=policy.autopay,
            payers=policy.payers,
            charges=charges,
            on=policy.start,
            at=delivery.at,
            starts=policy.start,
            ends=policy.end,
            zone=policy.zone,
        ),
    )


def _instruction_of(policy: RenewedPolicy | RenewalAsk, charges: tuple[Charge, ...]) -> str:
    return f"{RENEWAL}{policy.policy_id}/{policy.job_id}/{_minor(charges)}"


def withdrawal_id(policy_id: str, job_id: str, minor: int) -> str:
    """How the instruction begins that credits the bill of an offer of so many minor units."""
    return f"withdrawn:{RENEWAL}{policy_id}/{job_id}/{minor}"


def _minor(charges: tuple[Charge, ...]) -> int:
    return sum(charge.amount.minor for charge in charges)


def bill_or_withdraw(ask: RenewalAsk, delivery: Delivery) -> tuple[Command, ...]:
    """The bill of an offer, or the credit of one that was not taken."""
    if ask.asks == "bill":
        return bill_renewed(ask, delivery)
    charges = _charged(ask.charges)
    if not charges:
        return ()
    return (
        CreditCharges(
            account_id=ask.account_id,
            instruction_id=delivery.key(withdrawal_id(ask.policy_id, ask.job_id, _minor(charges))),
            policy_id=ask.policy_id,
            charges=tuple(Charge(charge.pattern, -charge.amount) for charge in charges),
            on=ask.start,
            at=delivery.at,
        ),
    )


def credit_cancelled(policy: CancelledPolicy, delivery: Delivery) -> tuple[Command, ...]:
    """Cover ends first: what the credit then closes is over because of that, not because somebody paid."""
    ended = RecordPolicyEnd(
        account_id=policy.account_id,
        policy_id=policy.policy_id,
        cancelled_on=policy.cancelled_on,
        on=policy.cancelled_on,
        at=delivery.at,
    )
    return (ended, *credit_returned(policy, delivery))


def credit_returned(policy: CancelledPolicy, delivery: Delivery) -> tuple[Command, ...]:
    """Nothing to do when nothing comes back."""
    if not policy.returned:
        return ()
    return (
        CreditCharges(
            account_id=policy.account_id,
            instruction_id=delivery.key(delivery.event_id),
            policy_id=policy.policy_id,
            charges=_charges(policy.returned),
            on=policy.cancelled_on,
            at=delivery.at,
        ),
    )


def bill_changed(policy: ChangedPolicy, delivery: Delivery) -> tuple[Command, ...]:
    """What goes up is billed as the carrier bills what changes within a term, what goes down is credited."""
    charges = _charges(policy.charges)
    more = tuple(charge for charge in charges if charge.amount.minor > 0)
    less = tuple(charge for charge in charges if charge.amount.minor < 0)
    commands: list[Command] = []
    if more:
        commands.append(
            ReceiveCharges(
                account_id=policy.account_id,
                instruction_id=delivery.key(delivery.event_id + "+"),
                policy_id=policy.policy_id,
                plan=policy.plan,
                autopay=policy.autopay,
                payers=policy.payers,
                charges=more,
                on=policy.effective,
                at=delivery.at,
                kind="endorsement",
                starts=policy.cover[0].start if policy.cover else None,
                ends=policy.cover[-1].end if policy.cover else None,
            )
        )
    if less:
        commands.append(
            CreditCharges(
                account_id=policy.account_id,
                instruction_id=delivery.key(delivery.event_id + "-"),
                policy_id=policy.policy_id,
                charges=less,
                on=policy.effective,
                at=delivery.at,
            )
        )
    return tuple(commands)


def bill_reinstated(policy: ReinstatedPolicy, delivery: Delivery) -> tuple[Command, ...]:
    """Cover goes on, and what was given back is owed again."""
    returned = RecordPolicyReturn(
        account_id=policy.account_id,
        policy_id=policy.policy_id,
        cancelled_on=policy.cancelled_on,
        on=delivery.on,
        at=delivery.at,
    )
    return (returned, *bill_changed(policy, delivery))


def bill_nonrenewed(policy: NonrenewedPolicy, delivery: Delivery) -> tuple[Command, ...]:
    """Days past the end of the term cost premium; usually there are none."""
    return bill_changed(
        ChangedPolicy(
            policy.policy_id,
            policy.account_id,
            delivery.on,
            policy.plan,
            policy.autopay,
            policy.payers,
            policy.charges,
        ),
        delivery,
    )


def bill_rewritten(policy: RewrittenPolicy, delivery: Delivery) -> tuple[Command, ...]:
    """The old terms' return premium first, then the new terms like those of an issued policy."""
    issued = IssuedPolicy(
        policy.policy_id,
        policy.account_id,
        policy.start,
        policy.plan,
        policy.autopay,
        policy.payers,
        policy.charges,
        policy.end,
    )
    credit = CancelledPolicy(policy.policy_id, policy.returned_to, policy.start, policy.returned)
    credited = Delivery(delivery.event_id + "-", delivery.on, delivery.at, delivery.repeat)
    return (*credit_returned(credit, credited), *bill_issued(issued, delivery))


def _charges(published: tuple[IssuedCharge, ...]) -> tuple[Charge, ...]:
    return tuple([Charge(charge.pattern, from_wire(charge.amount)) for charge in published])


def _charged(published: tuple[IssuedCharge, ...]) -> tuple[Charge, ...]:
    """The charges that are something: a tax that does not apply is not billed."""
    return tuple([charge for charge in _charges(published) if charge.amount.minor])


REACTIONS: tuple[Reaction[Heard], ...] = (
    *ORDERS,
    reaction("insurance.policy.issued.v1", IssuedPolicy, bill_issued),
    reaction("insurance.policy.cancelled.v1", CancelledPolicy, credit_cancelled),
    reaction("insurance.policy.changed.v1", ChangedPolicy, bill_changed),
    reaction("insurance.policy.reinstated.v1", ReinstatedPolicy, bill_reinstated),
    reaction("insurance.policy.renewed.v1", RenewedPolicy, bill_renewed),
    reaction("insurance.process.renewal_bind.asked.v1", RenewalAsk, bill_or_withdraw, unless=NO_BILL),
    reaction("insurance.policy.rewritten.v1", RewrittenPolicy, bill_rewritten),
    reaction("insurance.policy.nonrenewed.v1", NonrenewedPolicy, bill_nonrenewed),
    *MOVED,
)
