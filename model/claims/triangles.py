"""Development triangles: what is known of the losses of a period, by how old the period is.

A triangle is a view over movements of money and counts, each with the day of its loss and the day on which it was
recorded. Rows are periods of loss of equal length, columns ages in the same months, cells cumulative; a cell whose age
has not come yet is None and not zero.
"""

from collections.abc import Iterable
from datetime import date
from typing import Literal

from msgspec import Struct

from model.claims.events import (
    ClaimClosed,
    ClaimReopened,
    ClaimReported,
    Event,
    PaymentIssued,
    PaymentReissued,
    PaymentStopped,
    PaymentVoided,
    RecoveryReceived,
    ReserveChanged,
)

Measure = Literal["paid", "incurred", "reported", "closed", "recovered"]


class Movement(Struct, frozen=True, gc=False):
    """One change of a measure, in minor units or claims."""

    loss_on: date
    on: date
    measure: Measure
    change: int


class Triangle(Struct, frozen=True):
    """`origins` are the first days of the periods, `rows[k][j]` is what is known at the end of age j+1 of period k."""

    measure: Measure
    months: int
    origins: tuple[date, ...]
    rows: tuple[tuple[int | None, ...], ...]

    def latest(self) -> tuple[int, ...]:
        """The last known cell of each period; their sum is everything recorded by then."""
        return tuple(next((cell for cell in reversed(row) if cell is not None), 0) for row in self.rows)

    def age_to_age(self) -> tuple[float | None, ...]:
        """Volume-weighted development from each age to the next, over the periods that know both; None where nothing
        is there to develop.
        """
        factors: list[float | None] = []
        for age in range(len(self.origins) - 1):
            pairs = [(row[age], row[age + 1]) for row in self.rows]
            known = [(early, late) for early, late in pairs if early is not None and late is not None]
            before = sum(early for early, _ in known)
            factors.append(sum(late for _, late in known) / before if before else None)
        return tuple(factors)


def movements(event: Event, loss_on: date) -> tuple[Movement, ...]:
    """What an event changes. A payment erodes its reserve, so that it moves paid and leaves incurred as it is, unless
    it was never reserved.
    """
    on = event.on
    match event:
        case ClaimReported():
            return (Movement(loss_on, on, "reported", 1),)
        case ClaimClosed():
            return (Movement(loss_on, on, "closed", 1),)
        case ClaimReopened():
            return (Movement(loss_on, on, "closed", -1),)
        case ReserveChanged(change=change):
            return (Movement(loss_on, on, "incurred", change.minor),)
        case PaymentIssued(amount=amount, kind=kind):
            return _paid(loss_on, on, amount.minor, beyond=amount.minor if kind == "supplemental" else 0)
        case PaymentStopped(amount=amount, kind=kind) | PaymentVoided(amount=amount, kind=kind):
            return _paid(loss_on, on, -amount.minor, beyond=-amount.minor if kind == "supplemental" else 0)
        case PaymentReissued(amount=amount, kind=kind, held="for_payee"):
            return _paid(loss_on, on, -amount.minor, beyond=-amount.minor if kind == "supplemental" else 0)
        case RecoveryReceived(amount=amount):
            return (Movement(loss_on, on, "recovered", amount.minor),)
        case _:
            return ()


def _paid(loss_on: date, on: date, minor: int, *, beyond: int) -> tuple[Movement, ...]:
    paid = (Movement(loss_on, on, "paid", minor),)
    return (*paid, Movement(loss_on, on, "incurred", beyond)) if beyond else paid


def triangle(
    moved: Iterable[Movement], measure: Measure, *, months: int, first: date, periods: int, as_of: date
) -> Triangle:
    """The triangle of a measure for `periods` periods of `months` months from the first of a month, as known on a day.

    Movements of losses outside the periods, or recorded after `as_of`, are not in it. Raises ValueError when `first` is
    not the first day of a month or a length is below one.
    """
    if first.day != 1 or months < 1 or periods < 1:
        raise ValueError(f"periods begin on the first of a month and last at least one: {first}, {months}, {periods}")
    origins = tuple(_first_of(first, months * number) for number in range(periods))
    changes = [[0] * periods for _ in range(periods)]
    for one in moved:
        row = _months_between(first, one.loss_on) // months
        if one.measure != measure or one.on > as_of or one.loss_on < first or row >= periods:
            continue
        # What is recorded before its period begins belongs to its first age; what is older than the oldest, nowhere.
        age = max(_months_between(origins[row], one.on) // months, 0)
        if age < periods:
            changes[row][age] += one.change
    rows: list[tuple[int | None, ...]] = []
    for origin, row in zip(origins, changes, strict=True):
        known = min(_months_between(origin, as_of) // months + 1, periods) if as_of >= origin else 0
        total, cells = 0, list[int | None]()
        for age, change in enumerate(row):
            total += change
            cells.append(total if age < known else None)
        rows.append(tuple(cells))
    return Triangle(measure, months, origins, tuple(rows))


def _months_between(first: date, day: date) -> int:
    return (day.year - first.year) * 12 + day.month - first.month


def _first_of(first: date, months: int) -> date:
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, 1)
