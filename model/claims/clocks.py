"""The clocks that a state starts when a claim is noticed, and whether they were met.

Each clock has a trigger day, a last day on time and, once it is met, the day of that. Which rules of the law feed a
clock differs by state: the first one that the law has is taken, and a state that has none for it has no such clock.
"""

from datetime import date
from typing import Literal

from msgspec import Struct

from model.claims.file import Notice
from model.jurisdiction import Deadline, Law

ClockName = Literal["acknowledge", "inspect", "pay_or_deny"]

RULES: dict[ClockName, tuple[str, ...]] = {
    "acknowledge": ("acknowledge_communication", "acknowledge_claim"),
    "inspect": ("complete_physical_inspection",),
    "pay_or_deny": ("pay_or_deny_after_notice",),
}


class ClaimClock(Struct, frozen=True, gc=False):
    """`due` is the last day on time; `met_on` is None while nothing stopped the clock."""

    name: ClockName
    row_id: str
    started_on: date
    due: date
    met_on: date | None

    def missed_by(self, today: date) -> bool:
        """Whether the clock was stopped too late, or is late and still runs."""
        return (self.met_on or today) > self.due


def deadlines(law: Law, line: str) -> dict[ClockName, Deadline]:
    """The deadline behind each clock that the law of a state has for a line of business."""
    found: dict[ClockName, Deadline] = {}
    for name, rules in RULES.items():
        rule = next((rule for rule in rules if law.has(rule, line)), None)
        if rule is not None:
            found[name] = law.deadline(rule, line)
    return found


def running(notice: Notice, law: Law, due_by: dict[ClockName, Deadline]) -> tuple[ClaimClock, ...]:
    """The clocks that have started on a claim. Those that run from proof of loss start when it was received."""
    clocks: list[ClaimClock] = []
    for name, deadline in due_by.items():
        started = notice.proof_on if deadline.trigger == "proof_of_loss" else notice.notice_on
        if started is not None:
            due = deadline.due(started, law.holidays)
            clocks.append(ClaimClock(name, deadline.row_id, started, due, _met(name, notice)))
    return tuple(clocks)


def _met(name: ClockName, notice: Notice) -> date | None:
    match name:
        case "acknowledge":
            return notice.acknowledged_on
        case "inspect":
            return notice.inspected_on
        case "pay_or_deny":
            return notice.decided_on
