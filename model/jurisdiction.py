"""What a state's law asks, as of a date: typed lookups over rows that are handed in.

The rows live in fixtures/rules with their citation, source and confidence. A row that nobody saw in a source
(`from-memory`) or that rests on a weak one (`low`) is data, not law: it is never used here. This is an executable
reading for simulation and testing, not legal advice.
"""

from collections.abc import Iterable, Set
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Literal

from msgspec import Struct

from model.daycount import Roll, business_days_after, business_days_before, rolled
from model.money import Money

Confidence = Literal["confirmed-primary", "confirmed-secondary", "low", "from-memory"]
COUNTED_BACK: frozenset[str] = frozenset({"expiration", "due_date", "paid_to_date", "debit_date", "limitation_expiry"})
"""Triggers that lie ahead when their clock matters: a notice of nonrenewal is due days before the policy expires."""
LAW: frozenset[str] = frozenset({"confirmed-primary", "confirmed-secondary"})


class RuleRow(Struct, frozen=True, gc=False):
    """One row of fixtures/rules, column by column. `value` stays text: some rules are sets, ranges or words."""

    id: str
    jurisdiction: str
    line: str
    rule: str
    value: str
    unit: str
    trigger: str
    calendar: str
    roll: str
    overlay: str
    effective_from: date | None
    effective_to: date | None
    citation: str
    source: str
    confidence: str


FailureClass = Literal["technical_not_sent", "technical_unknown", "soft_decline", "hard_decline", "auth_required"]
FailureAction = Literal["retry_now", "inquire", "schedule", "correct", "contact", "stop", "authenticate"]


class FailureRow(Struct, frozen=True, gc=False):
    """One row of fixtures/payments/failure_classes.csv: what a network's or a processor's code means for a payment and
    what is done about it.
    """

    network: str
    code: str
    failure: FailureClass
    action: FailureAction
    effective_from: date | None
    effective_to: date | None
    citation: str
    source: str
    confidence: Confidence


class LawMissing(LookupError):
    """The rows hold no such rule for this state, line and date. The message says what was asked."""


class Deadline(Struct, frozen=True, gc=False):
    """`count` days of a calendar after a trigger. `row_id` leads to the citation."""

    row_id: str
    trigger: str
    count: int
    unit: Literal["calendar_day", "business_day"]
    roll: Roll

    def due(self, since: date, holidays: Set[date]) -> date:
        """The last day on time. The day of the trigger is not counted."""
        if self.unit == "business_day":
            return business_days_after(since, self.count, holidays)
        return rolled(since + timedelta(days=self.count), self.roll, holidays)

    def counted_back(self, before: date, holidays: Set[date]) -> date:
        """The day that lies `count` days before a trigger that is still ahead: the last one on time where the count is
        a minimum, the first one where it is a maximum. It is not rolled: a notice may go out on any earlier day.
        """
        if self.unit == "business_day":
            return business_days_before(before, self.count, holidays)
        return before - timedelta(days=self.count)


class Law(Struct, frozen=True):
    """The rules of one jurisdiction in force on `as_of`. Holidays are those of its business-day calendar. `networks`
    are the rules of the payment networks on that day by their code (`US-ACH`), `failures` what codes of a refusal mean,
    by network and code.
    """

    jurisdiction: str
    as_of: date
    rows: dict[tuple[str, str], RuleRow]
    holidays: frozenset[date]
    networks: dict[str, "Law"] = {}
    failures: dict[tuple[str, str], FailureRow] = {}

    def network(self, code: str) -> "Law":
        """The rules of a payment network. Raises LawMissing for one that was not handed in."""
        found = self.networks.get(code)
        if found is None:
            raise LawMissing(f"no rules of the network {code} in {self.jurisdiction} as of {self.as_of}")
        return found

    def has(self, rule: str, line: str = "any") -> bool:
        return (rule, line) in self.rows or (rule, "any") in self.rows

    def row(self, rule: str, line: str = "any") -> RuleRow:
        """The row of `rule` for a line of business, or of any line. Raises LawMissing."""
        found = self.rows.get((rule, line)) or self.rows.get((rule, "any"))
        if found is None:
            raise LawMissing(f"no rule {rule!r} for {line} in {self.jurisdiction} as of {self.as_of}")
        return found

    def deadline(self, rule: str, line: str = "any") -> Deadline:
        """The rule as days after its trigger. Raises LawMissing when it is not a count of days."""
        row = self.row(rule, line)
        if not row.value.isdigit() or row.unit not in ("calendar_day", "business_day"):
            raise LawMissing(f"rule {row.id} is {row.value!r} {row.unit}, not a count of days")
        unit = "business_day" if row.unit == "business_day" else "calendar_day"
        return Deadline(row.id, row.trigger, int(row.value), unit, "forward" if row.roll == "forward" else "none")

    def usd(self, rule: str, line: str = "any") -> Money:
        """The rule as an amount of dollars. Raises LawMissing when it is not one plain number of them."""
        row = self.row(rule, line)
        try:
            cents = Decimal(row.value) * 100
        except InvalidOperation:
            cents = None
        if cents is None or row.unit != "usd":
            raise LawMissing(f"rule {row.id} is {row.value!r} {row.unit}, not one amount of dollars")
        return Money(int(cents), "USD")

    def first_deadline(self, rules: Iterable[str], line: str = "any") -> Deadline | None:
        """The first of several rules that this state has for the line and that is a count of days; None without one."""
        for rule in rules:
            if self.has(rule, line):
                return self.deadline(rule, line)
        return None

    def word(self, rule: str, line: str = "any") -> str | None:
        """The rule as its word (`yes`, `after_default`); None when the state has no such rule."""
        return self.row(rule, line).value if self.has(rule, line) else None

    def percent(self, rule: str, line: str = "any") -> int | None:
        """The rule as whole percent; None when the state has no such rule. Raises LawMissing for any other value."""
        if not self.has(rule, line):
            return None
        row = self.row(rule, line)
        if row.unit != "percent" or not row.value.isdigit():
            raise LawMissing(f"rule {row.id} is {row.value!r} {row.unit}, not whole percent")
        return int(row.value)


def failures_on(rows: Iterable[FailureRow], as_of: date) -> dict[tuple[str, str], FailureRow]:
    """What codes mean on a day, by network and code. A row of a weak source counts too: a code that nobody classed is
    for a person, and a class is no law.
    """
    return {
        (row.network, row.code): row
        for row in rows
        if (row.effective_from is None or row.effective_from <= as_of)
        and (row.effective_to is None or as_of <= row.effective_to)
    }


def law(rows: Iterable[RuleRow], *, jurisdiction: str, as_of: date, holidays: frozenset[date]) -> Law:
    """The law of `jurisdiction` on `as_of`, from all rows that are law and in force that day."""
    in_force = {
        (row.rule, row.line): row
        for row in rows
        if row.jurisdiction == jurisdiction
        and row.confidence in LAW
        and row.overlay != "proposal"
        and (row.effective_from is None or row.effective_from <= as_of)
        and (row.effective_to is None or as_of <= row.effective_to)
    }
    return Law(jurisdiction, as_of, in_force, holidays)


def capped(law: Law, fee: Money, rule: str) -> Money:
    """A fee, at most what the state's row of a cap allows. A state without a row, or whose cap is not one amount of the
    fee's currency ("greater of 30 or 5 percent"), caps nothing here.
    """
    if not fee.minor or not law.has(rule):
        return fee
    try:
        cap = law.usd(rule)
    except LawMissing:
        return fee
    return cap if cap.currency == fee.currency and cap.minor < fee.minor else fee
