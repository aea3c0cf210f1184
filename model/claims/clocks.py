"""The clocks that a state starts when a claim is noticed: which run, which were met, which were missed and by how much.

    trigger day + count of days of a calendar (rolled) + what overlays add = the last day on time

A clock has a trigger, a last day on time and, once something stopped it, the day of that. Overlays hold by
circumstance: a designated catastrophe by county and date of loss, suspected arson, a surplus lines insurer, leave of
the regulator. A letter that more time is needed, sent in time, lengthens the clock for the decision or stops it and
starts a clock for the next letter, as the state has it. This is a reading for simulation and testing, not advice.
"""

from datetime import date, timedelta
from typing import Literal

from msgspec import Struct

from model.claims.clock_rules import (
    ALSO,
    ANSWERS,
    CLOCKS,
    EXTENDED_BY_LETTER,
    FIRST_LETTER,
    NEXT_LETTERS,
    OVERLAYS,
    TRIGGERS,
    ClockName,
    ClockRule,
    Fact,
)
from model.claims.communications import Communication
from model.claims.designation import Designation
from model.claims.file import Closed, Notice, Open, Reported
from model.claims.vocabulary import Correspondent
from model.daycount import rolled
from model.jurisdiction import Deadline, Law

Status = Literal["running", "met", "missed"]
Insurer = Literal["admitted", "surplus_lines"]
NO_WORDS: frozenset[str] = frozenset()


class ClaimClock(Struct, frozen=True):
    """`due` is the last day on time; `met_on` is None while nothing stopped the clock. `changed_by` are the rows that
    moved it: overlays, or a letter. `answers` is the communication that it waits to see answered.
    """

    name: ClockName
    row_id: str
    started_on: date
    due: date
    met_on: date | None
    changed_by: tuple[str, ...] = ()
    answers: str = ""

    def missed_by(self, today: date) -> bool:
        """Whether the clock was stopped too late, or is late and still runs."""
        return (self.met_on or today) > self.due

    def status(self, today: date) -> Status:
        if self.missed_by(today):
            return "missed"
        return "running" if self.met_on is None else "met"

    def days_late(self, today: date) -> int:
        """Days after the last one on time until it was stopped, or until today; 0 when it was not missed."""
        return max(((self.met_on or today) - self.due).days, 0)


class ClaimDays(Struct, frozen=True):
    """The first day of every fact that has happened, the days of letters that more time is needed, and what was
    written to us.
    """

    facts: dict[Fact, date]
    letters: tuple[date, ...] = ()
    communications: tuple[Communication, ...] = ()

    def first(self, *facts: Fact) -> date | None:
        """The earliest day of any of some facts."""
        known = [self.facts[fact] for fact in facts if fact in self.facts]
        return min(known) if known else None


class BookedClock(Struct, frozen=True):
    """One clock of a state: its rule, and the overlay words that can change it."""

    rule: ClockRule
    key: str
    deadline: Deadline
    words: frozenset[str]


class ClockBook(Struct, frozen=True):
    """All clocks of one law for one line of business, looked up once; `answers` are those of a communication."""

    law: Law
    line: str
    clocks: tuple[BookedClock, ...]
    answers: dict[Correspondent, Deadline] = {}


def clock_book(law: Law, line: str) -> ClockBook:
    found: list[BookedClock] = []
    for rule in CLOCKS:
        key = next((key for key in rule.rules if law.has(key, line)), None)
        if key is not None and law.row(key, line).unit in ("calendar_day", "business_day"):
            words = frozenset(law.row(key, line).overlay.split())
            found.append(BookedClock(rule, key, law.deadline(key, line), words))
    answers: dict[Correspondent, Deadline] = {}
    for sender, (_, rules) in ANSWERS.items():
        deadline = law.first_deadline(rules, line)
        if deadline is not None:
            answers[sender] = deadline
    return ClockBook(law, line, tuple(found), answers)


def words_for(
    notice: Notice,
    designations: tuple[Designation, ...] = (),
    *,
    loss_on: date,
    suspicion: Literal["none", "arson"] = "none",
    insurer: Insurer = "admitted",
    line: str = "home",
) -> frozenset[str]:
    """The overlays that hold for a claim. `loss_on` is the local day of the loss."""
    words = {one.word for one in designations if one.covers(state=notice.state, county=notice.county, loss_on=loss_on)}
    if suspicion == "arson":
        words |= {word for word in OVERLAYS if word.startswith(("arson_", "fraud_arson_"))}
    if insurer == "surplus_lines":
        words.add("surplus_lines")
    if line == "personal_auto":
        words.add("not_auto_physical_damage")
    return frozenset(words)


def days_of(claim: Reported | Open | Closed) -> ClaimDays:
    """The days of a claim that the clocks look at."""
    notice = claim.notice
    facts: dict[Fact, date] = {"notice": notice.notice_on}
    noted: tuple[tuple[Fact, date | None], ...] = (
        ("acknowledged", notice.acknowledged_on),
        ("proof_of_loss", notice.proof_on),
        ("inspected", notice.inspected_on),
        ("decided", notice.decided_on),
        ("paid", notice.paid_on),
    )
    facts |= {fact: day for fact, day in noted if day is not None}
    if isinstance(claim, Closed) and claim.outcome != "paid" and notice.decided_on is not None:
        # Closing without payment is a denial, whatever it is called.
        facts["denied"] = notice.decided_on
    letters: list[date] = []
    for one in notice.reached:
        if one.milestone == "more_time_letter":
            letters.append(one.on)
        else:
            facts.setdefault(one.milestone, one.on)
    # Accepting a claim decides it; it does not pay it.
    accepted = facts.get("accepted")
    if accepted is not None and accepted < facts.get("decided", date.max):
        facts["decided"] = accepted
    return ClaimDays(facts, tuple(letters), notice.communications)


def clocks_of(days: ClaimDays, book: ClockBook, words: frozenset[str] = NO_WORDS) -> tuple[ClaimClock, ...]:
    """Every clock that has started, in the order of `CLOCKS`, then those of communications as they came."""
    clocks: list[ClaimClock] = []
    for booked in book.clocks:
        clocks.extend(_clock(days, book, booked, words))
    for one in days.communications:
        deadline = book.answers.get(one.sender)
        if deadline is not None:
            due = deadline.due(one.received_on, book.law.holidays)
            clocks.append(
                ClaimClock(
                    ANSWERS[one.sender][0],
                    deadline.row_id,
                    one.received_on,
                    due,
                    one.answered_on,
                    answers=one.communication_id,
                )
            )
    return tuple(clocks)


def _clock(days: ClaimDays, book: ClockBook, booked: BookedClock, words: frozenset[str]) -> tuple[ClaimClock, ...]:
    acting = _acting(booked.words, words)
    if any(OVERLAYS[word].does == "drops" for word in acting):
        return ()
    deadline, changed_by = _replaced(book, booked.key, booked.deadline, acting)
    triggers = TRIGGERS.get(deadline.trigger, ())
    started = next((days.facts[fact] for fact in triggers if fact in days.facts), None)
    if started is None:
        return ()
    due, changed_by = _lengthened(book, deadline, deadline.due(started, book.law.holidays), acting, changed_by)
    clock = ClaimClock(booked.rule.name, deadline.row_id, started, due, days.first(*booked.rule.stopped_by), changed_by)
    if booked.rule.name == "decide" and days.letters and days.letters[0] <= due:
        return _with_letters(days, book, clock, acting)
    return (clock,)


def _acting(of_row: frozenset[str], words: frozenset[str]) -> tuple[str, ...]:
    """The words that hold and that the row knows, in the order of OVERLAYS."""
    return tuple(word for word in OVERLAYS if word in words and ALSO.get(word, word) in of_row)


def _replaced(
    book: ClockBook, key: str, deadline: Deadline, acting: tuple[str, ...]
) -> tuple[Deadline, tuple[str, ...]]:
    for word in acting:
        instead = OVERLAYS[word].replaced_by or {}
        for other in instead.get(key, instead.get("*", ())):
            line = "surplus_lines" if word == "surplus_lines" else book.line
            if book.law.has(other, line):
                found = book.law.deadline(other, line)
                return found, (found.row_id,)
    return deadline, ()


def _lengthened(
    book: ClockBook, deadline: Deadline, due: date, acting: tuple[str, ...], changed_by: tuple[str, ...]
) -> tuple[date, tuple[str, ...]]:
    for word in acting:
        rule = OVERLAYS[word].adds
        if rule is not None and book.law.has(rule, book.line):
            more = book.law.deadline(rule, book.line)
            due = rolled(due + timedelta(days=more.count), deadline.roll, book.law.holidays)
            changed_by = (*changed_by, more.row_id)
    return due, changed_by


def _with_letters(
    days: ClaimDays, book: ClockBook, clock: ClaimClock, acting: tuple[str, ...]
) -> tuple[ClaimClock, ...]:
    """The clock for the decision once letters were sent, and the clocks for the letters."""
    law, line = book.law, book.line
    decided = days.first("decided", "paid", "denied")
    if law.has(EXTENDED_BY_LETTER, line):
        longer = law.deadline(EXTENDED_BY_LETTER, line)
        due = longer.due(days.letters[0], law.holidays)
        due, changed_by = _lengthened(book, longer, due, acting, (*clock.changed_by, longer.row_id))
        return (ClaimClock(clock.name, clock.row_id, clock.started_on, due, clock.met_on, changed_by),)
    key = next((key for key in NEXT_LETTERS if law.has(key, line)), None)
    if key is None:
        return (clock,)
    # The letter in time is what the state asks for instead of the decision.
    answered = min(days.letters[0], decided or days.letters[0])
    stopped = ClaimClock(clock.name, clock.row_id, clock.started_on, clock.due, answered, clock.changed_by)
    found = [stopped]
    every, _ = _replaced(book, key, law.deadline(key, line), acting)
    first = law.deadline(FIRST_LETTER, line) if law.has(FIRST_LETTER, line) else every
    for number, letter in enumerate(days.letters):
        if decided is not None and letter > decided:
            break
        interval = every if number else first
        following = [day for day in (*days.letters[number + 1 : number + 2], decided) if day is not None]
        met_on = min(following) if following else None
        due = interval.due(letter, law.holidays)
        found.append(ClaimClock("status_letter", interval.row_id, letter, due, met_on))
    return tuple(found)
