"""Money that came in and matches nothing: kept in suspense with its reason until somebody knows whose it is.

    NothingHeld --SuspendMoney--> Suspended --ResolveSuspense, RefundSuspense--> Suspended or Cleared
                                     |                                               |
                                     +--------------ReturnSuspended------------------+--> TakenBack

Nothing is guessed: only a person, or a rule that names the account, resolves. Nothing is lost: what is held is what
came less what was resolved and refunded, to the cent. Money that the bank takes back takes the payments with it that
it was resolved to; what was already refunded is then owed to us.
"""

from collections.abc import Callable, Iterable
from datetime import date
from typing import TypeAlias, assert_never

from msgspec import Struct
from msgspec.structs import replace

from model.billing.standing import Account, NoAccount
from model.billing.standing import State as AccountState
from model.billing.suspense_messages import (
    Command,
    Event,
    MoneySuspended,
    Part,
    Reason,
    RefundSuspense,
    ResolveSuspense,
    ReturnSuspended,
    SuspendedMoneyReturned,
    SuspendMoney,
    SuspenseRefunded,
    SuspenseResolved,
)
from model.billing.terms import pays
from model.decider import Decider, Decision, Refusal
from model.money import Money

__all__ = [
    "Aged",
    "Cleared",
    "Command",
    "Event",
    "Held",
    "MoneySuspended",
    "NothingHeld",
    "Part",
    "Reason",
    "RefundSuspense",
    "ResolveSuspense",
    "ReturnSuspended",
    "State",
    "SuspendMoney",
    "Suspended",
    "SuspendedMoneyReturned",
    "SuspenseRefunded",
    "SuspenseResolved",
    "TakenBack",
    "ageing",
    "decider",
    "evolve",
    "held_minor",
    "misfit",
    "part_of",
    "payment_of",
]


# --- states


class Held(Struct, frozen=True, gc=False):
    suspense_id: str
    payment_id: str
    reason: Reason
    told: str
    payer_id: str
    amount: Money
    since: date


class NothingHeld(Struct, frozen=True, tag=True, gc=False):
    pass


class Suspended(Struct, frozen=True, tag=True):
    money: Held
    left: Money
    parts: tuple[Part, ...] = ()


class Cleared(Struct, frozen=True, tag=True):
    money: Held
    parts: tuple[Part, ...]


class TakenBack(Struct, frozen=True, tag=True):
    money: Held


State: TypeAlias = NothingHeld | Suspended | Cleared | TakenBack

# --- rules


def misfit(state: AccountState, payer_id: str, amount: Money) -> Reason | None:
    """Why money does not fit an account; None when it does.

    An account is dead when everything ever charged to it was taken back and nothing is open. Practice [K], and no
    choice: money for it is somebody's mistake, and an insurer that kept it as unapplied would have guessed whose it is;
    a person who knows better resolves it to another account, or sends it back.
    """
    if type(state) is NoAccount:
        return "unknown_account"
    if amount.currency != state.unapplied.currency:
        return "wrong_currency"
    if not pays(state, payer_id):
        return "unknown_payer"
    return "dead_account" if _dead(state) else None


def _dead(account: Account) -> bool:
    # From the end: what was billed last is what is still open.
    for invoice in reversed(account.invoices):
        for item in invoice.items:
            if item.paid != item.amount and item.open:
                return False
    return sum(charge.amount.minor for told in account.instructions for charge in told.charges) == 0


def held_minor(states: Iterable[State]) -> dict[str, int]:
    """What is in suspense now, by currency."""
    sums: dict[str, int] = {}
    for state in states:
        if isinstance(state, Suspended):
            sums[state.left.currency] = sums.get(state.left.currency, 0) + state.left.minor
    return sums


class Aged(Struct, frozen=True, gc=False):
    """Entries of a reason that are older than `over_days` and not older than the next band."""

    reason: Reason
    over_days: int
    entries: int
    amount: Money


def ageing(states: Iterable[State], *, on: date, bands: tuple[int, ...]) -> tuple[Aged, ...]:
    """The ageing report of a day, by reason, band of days and currency. `bands` go up; the first band begins at 0."""
    found: dict[tuple[Reason, int, str], tuple[int, int]] = {}
    for state in states:
        if isinstance(state, Suspended):
            days = (on - state.money.since).days
            band = max((edge for edge in bands if days > edge), default=0)
            key = (state.money.reason, band, state.left.currency)
            entries, minor = found.get(key, (0, 0))
            found[key] = (entries + 1, minor + state.left.minor)
    return tuple(
        Aged(reason, band, entries, Money(minor, currency))
        for (reason, band, currency), (entries, minor) in sorted(found.items())
    )


# --- the machine


def decider(account: Callable[[str], AccountState]) -> Decider[Command, State, Event]:
    """The machine beside the accounts that money can be resolved to: `account` looks one up."""

    def decide(command: Command, state: State) -> Decision[Event]:
        match command, state:
            case SuspendMoney(), NothingHeld():
                return _suspended(command)
            case SuspendMoney(), (Suspended(money=known) | Cleared(money=known) | TakenBack(money=known)):
                same = (known.payment_id, known.amount, known.payer_id) == (
                    command.payment_id, command.amount, command.payer_id,
                )  # fmt: skip
                return () if same else Refusal("suspense_reused", f"{known.suspense_id} holds other money")
            case ((ResolveSuspense() | RefundSuspense() | ReturnSuspended()), NothingHeld()):
                return Refusal("unknown_suspense", f"nothing is in suspense under {command.suspense_id}")
            case ReturnSuspended(), Suspended(left=left):
                return (_taken_back(command, state, left),)
            case ReturnSuspended(), Cleared(money=money):
                return (_taken_back(command, state, Money(0, money.amount.currency)),)
            case ReturnSuspended(), TakenBack():
                return ()
            case ((ResolveSuspense() | RefundSuspense()), (Suspended(parts=parts) | Cleared(parts=parts))) if any(
                part.part_id == command.part_id for part in parts
            ):
                return _answered(command, parts)
            case ResolveSuspense(), Suspended():
                wrong = _more_than_held(command, state)
                fits = misfit(account(command.account_id), command.payer_id, command.amount)
                if wrong is None and fits is not None:
                    wrong = Refusal(fits, f"the money does not fit account {command.account_id}")
                return wrong or (_resolved(command, state),)
            case RefundSuspense(), Suspended():
                return _more_than_held(command, state) or (_refunded(command, state),)
            case ((ResolveSuspense() | RefundSuspense()), (Cleared() | TakenBack())):
                return Refusal("wrong_state", f"nothing is left of {command.suspense_id}")

    return Decider("suspense", NothingHeld(), _stream, decide, evolve)


def _stream(command: Command) -> str:
    return command.suspense_id


def _suspended(command: SuspendMoney) -> Decision[Event]:
    if command.amount.minor <= 0:
        return Refusal("not_positive", f"only money can be held, not {command.amount}")
    return (
        MoneySuspended(
            suspense_id=command.suspense_id,
            payment_id=command.payment_id,
            reason=command.reason,
            told=command.told,
            payer_id=command.payer_id,
            amount=command.amount,
            on=command.on,
            at=command.at,
        ),
    )


def _answered(command: ResolveSuspense | RefundSuspense, parts: tuple[Part, ...]) -> Decision[Event]:
    same = part_of(command) in parts
    return () if same else Refusal("part_reused", f"{command.part_id} was already another part")


def part_of(asked: ResolveSuspense | RefundSuspense | SuspenseResolved | SuspenseRefunded) -> Part:
    if isinstance(asked, (ResolveSuspense, SuspenseResolved)):
        return Part(asked.part_id, asked.account_id, "", asked.amount)
    return Part(asked.part_id, "", asked.party_id, asked.amount)


def _more_than_held(command: ResolveSuspense | RefundSuspense, state: Suspended) -> Refusal | None:
    if command.amount.currency != state.left.currency:
        return Refusal("wrong_currency", f"{state.left} is held, not {command.amount.currency}")
    if command.amount.minor <= 0:
        return Refusal("not_positive", f"a part is more than nothing, not {command.amount}")
    if command.amount.minor > state.left.minor:
        return Refusal("more_than_held", f"{state.left} is left of {command.suspense_id}")
    return None


def payment_of(money: Held, part_id: str) -> str:
    """The id of the payment that a part becomes, so that a second part of the same money is a payment of its own."""
    return f"{money.payment_id}/{part_id}"


def _resolved(command: ResolveSuspense, state: Suspended) -> SuspenseResolved:
    return SuspenseResolved(
        suspense_id=command.suspense_id,
        part_id=command.part_id,
        payment_id=payment_of(state.money, command.part_id),
        reason=state.money.reason,
        account_id=command.account_id,
        payer_id=command.payer_id,
        amount=command.amount,
        on=command.on,
        at=command.at,
    )


def _refunded(command: RefundSuspense, state: Suspended) -> SuspenseRefunded:
    return SuspenseRefunded(
        suspense_id=command.suspense_id,
        part_id=command.part_id,
        payment_id=state.money.payment_id,
        reason=state.money.reason,
        party_id=command.party_id,
        amount=command.amount,
        on=command.on,
        at=command.at,
    )


def _taken_back(command: ReturnSuspended, state: Suspended | Cleared, left: Money) -> SuspendedMoneyReturned:
    refunded = sum(part.amount.minor for part in state.parts if not part.account_id)
    return SuspendedMoneyReturned(
        suspense_id=command.suspense_id,
        payment_id=state.money.payment_id,
        reason=command.reason,
        held=left,
        refunded=Money(refunded, left.currency),
        parts=tuple(part for part in state.parts if part.account_id),
        on=command.on,
        at=command.at,
    )


def evolve(state: State, event: Event) -> State:
    match event:
        case MoneySuspended():
            money = Held(
                event.suspense_id, event.payment_id, event.reason, event.told, event.payer_id, event.amount, event.on
            )
            return Suspended(money, event.amount)
        case SuspenseResolved() | SuspenseRefunded():
            if not isinstance(state, Suspended):
                return state
            left, parts = state.left - event.amount, (*state.parts, part_of(event))
            return replace(state, left=left, parts=parts) if left.minor else Cleared(state.money, parts)
        case SuspendedMoneyReturned():
            return TakenBack(state.money) if isinstance(state, (Suspended, Cleared)) else state
        case _:
            assert_never(event)
