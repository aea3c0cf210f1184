"""What is so of a policy: the states of its machine.

A policy that was issued is `Written`: it has a period, the one that runs or ran last, the periods before it, and
perhaps a renewal that waits for its day.
"""

from datetime import date, datetime
from typing import TypeAlias

from msgspec import Struct

from model.policy.docket import EMPTY, Docket
from model.policy.events import NoticeGiven
from model.policy.terms import Charge, Terms
from model.policy.versions import Period, Version, ruling


class Unwritten(Struct, frozen=True, tag=True, gc=False, array_like=True):
    docket: Docket = EMPTY


class Quoted(Struct, frozen=True, tag=True, gc=False, array_like=True):
    terms: Terms
    expires: date
    docket: Docket = EMPTY


class Bound(Struct, frozen=True, tag=True, gc=False, array_like=True):
    terms: Terms
    docket: Docket = EMPTY


class Written(Struct, frozen=True, gc=False, array_like=True):
    period: Period
    docket: Docket = EMPTY
    earlier: tuple[Period, ...] = ()

    @property
    def terms(self) -> Terms:
        return self.period.terms

    @property
    def versions(self) -> tuple[Version, ...]:
        return self.period.versions


class InForce(Written, frozen=True, tag=True, gc=False, array_like=True):
    """`renewal` was issued and begins when this term ends."""

    renewal: Period | None = None


class PendingCancel(Written, frozen=True, tag=True, kw_only=True, gc=False, array_like=True):
    """In force, and will be cancelled on `notice.effective` unless somebody pays before."""

    notice: NoticeGiven
    renewal: Period | None = None


class Cancelled(Written, frozen=True, tag=True, kw_only=True, gc=False, array_like=True):
    cancelled_on: date
    returned: tuple[Charge, ...]


class Expired(Written, frozen=True, tag=True, gc=False, array_like=True):
    pass


Running: TypeAlias = InForce | PendingCancel
Issued: TypeAlias = InForce | PendingCancel | Cancelled | Expired
State: TypeAlias = Unwritten | Quoted | Bound | InForce | PendingCancel | Cancelled | Expired


def periods(state: Issued) -> tuple[Period, ...]:
    """All periods of a policy, a renewal that waits for its day included, in the order in which they were written."""
    waiting = state.renewal if isinstance(state, (InForce, PendingCancel)) else None
    return (*state.earlier, state.period) if waiting is None else (*state.earlier, state.period, waiting)


def base_of(state: State) -> int:
    """The version of the whole policy that a job begun now would stand on."""
    if type(state) is InForce and state.renewal is None and not state.earlier:
        return len(state.period.versions)
    if not isinstance(state, Written):
        return 0
    return sum(len(period.versions) for period in periods(state))


def as_of(state: State, *, effective: date, known_at: datetime) -> Version | None:
    """The version that ruled on `effective` as far as was known at `known_at`; None when there was none.

    The term that began last rules, and of two that began on one day the one that was written last.
    """
    if not isinstance(state, Written):
        return None
    found: Version | None = None
    began = date.min
    for period in periods(state):
        version = ruling(period, effective=effective, known_at=known_at) if period.terms.start >= began else None
        if version is not None:
            found, began = version, period.terms.start
    return found
