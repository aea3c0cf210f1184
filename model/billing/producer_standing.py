"""Where a producer stands: what is owed, under whom it sells, and who earns on a policy of its."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from msgspec import Struct

from model.billing.producer_messages import Kind, Link, Move
from model.carrier import Carrier
from model.money import Money

DEEPEST = 5
"""Levels of a hierarchy, so that a walk up ends."""


class Entry(Struct, frozen=True, gc=False):
    entry_id: str
    how: Move
    amount: Money


class Unappointed(Struct, frozen=True, tag=True, gc=False):
    pass


class Appointed(Struct, frozen=True, tag=True):
    """`balance` is what is owed to the producer in minor units, `advanced` what of an advance is not earned yet.
    `trust_id` is the trust that it keeps premium in until it remits, `program_id` the program it remits to.
    """

    producer_id: str
    kind: Kind
    commission_plan: str
    since: date
    terminated_on: date | None = None
    links: tuple[Link, ...] = ()
    balance: int = 0
    advanced: int = 0
    entries: tuple[Entry, ...] = ()
    trust_id: str = ""
    program_id: str = ""

    @property
    def debit_balance(self) -> int:
        """What the producer owes."""
        return max(-self.balance, 0)


State: TypeAlias = Unappointed | Appointed
Producers: TypeAlias = Callable[[str], State]


class Payee(Struct, frozen=True, gc=False):
    """Who earns what part of commissionable premium. `rate` is exact: 0.125 for 12.5 percent."""

    producer_id: str
    rate: Decimal


def link_on(state: Appointed, on: date) -> Link | None:
    """Under whom the producer stands on a day: the last link that is effective by then, if it names a parent."""
    current = [link for link in state.links if link.effective <= on]
    return current[-1] if current and current[-1].parent_id else None


def chain(producers: Producers, carrier: Carrier, record_id: str, *, product: str, on: date) -> tuple[Payee, ...]:
    """Everybody who earns on a policy of a producer of record, from the record upwards. Shares divide the commission
    of the house (the first producer upwards that shares with nobody above); overrides come on top. Who is terminated
    by then earns nothing, and when that is the producer of record nobody does.
    """
    shares: list[tuple[str, Decimal]] = []
    payees: list[Payee] = []
    rest, house, record = Decimal(1), "", producers(record_id)
    at = record_id
    for _ in range(DEEPEST):
        state = producers(at)
        if not isinstance(state, Appointed) or not _active(state, on):
            break
        link = link_on(state, on)
        if not house and link is not None and link.how == "share":
            shares.append((at, rest * link.percent / 100))
            rest -= rest * link.percent / 100
        elif not house:
            house = state.commission_plan
            percent = carrier.commission_percent(house, product, on) / 100
            payees = [Payee(who, percent * part) for who, part in (*shares, (at, rest))]
        if link is None:
            break
        if link.how == "override" and _is_active(producers(link.parent_id), on):
            payees.append(Payee(link.parent_id, link.percent / 100))
        at = link.parent_id
    return tuple(payees) if _is_active(record, on) else ()


def _active(state: Appointed, on: date) -> bool:
    return state.since <= on and (state.terminated_on is None or on < state.terminated_on)


def _is_active(state: State, on: date) -> bool:
    return isinstance(state, Appointed) and _active(state, on)


def loops(producers: Producers, producer_id: str, parent_id: str) -> bool:
    """Whether the parent already stands, on that day or by a later link, under the producer, or too deep."""
    at = parent_id
    for _ in range(DEEPEST - 1):
        if at == producer_id:
            return True
        state = producers(at)
        link = link_on(state, date.max) if isinstance(state, Appointed) else None
        if link is None:
            return False
        at = link.parent_id
    return True
