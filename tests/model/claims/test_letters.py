"""Letters: that we need more time, and what is written to us and waits for its answer."""

from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.histories import at, history, play
from fixtures.jurisdictions import florida, state_law
from model.claims.clock_rules import ANSWERS
from model.claims.clocks import ClaimClock, ClaimDays, clock_book, clocks_of, days_of
from model.claims.commands import AnswerCommunication, RecordCommunication
from model.claims.communications import Communication
from model.core import Core
from tests.model.claims.telling_clocks import NOTICED, TODAY, clocks

# --- letters that more time is needed


def test_a_letter_in_time_gives_texas_forty_five_days_from_the_letter():
    letter = date(2026, 8, 5)
    clock = clocks("TX", {"notice": NOTICED, "items_received": date(2026, 7, 15)}, letters=[letter])["decide"]

    assert clock.due == letter + timedelta(days=45)
    assert clock.changed_by == ("tx.claims.accept_or_reject_extended_after_notice_of_more_time",)


def test_a_letter_too_late_changes_nothing():
    story = {"notice": NOTICED, "items_received": date(2026, 7, 15)}

    assert clocks("TX", story, letters=[date(2026, 8, 6)]) == clocks("TX", story)


def test_letters_stop_the_decision_clock_and_start_one_for_the_next_letter():
    """Pennsylvania: 15 working days, then a letter after 30 days and every 45."""
    story = {"notice": date(2026, 5, 1), "proof_of_loss": date(2026, 5, 15)}
    book = clock_book(state_law("PA", NOTICED), "home")
    letters = (date(2026, 6, 8), date(2026, 7, 8))

    def of(facts: dict[Any, date], sent: tuple[date, ...]) -> list[tuple[str, date, date | None]]:
        found = clocks_of(ClaimDays(facts, sent), book)
        return [(clock.name, clock.due, clock.met_on) for clock in found if clock.name in ("decide", "status_letter")]

    assert of(story, letters[:1]) == [
        ("decide", date(2026, 6, 8), date(2026, 6, 8)),
        ("status_letter", date(2026, 7, 8), None),
    ]
    assert of({**story, "decided": date(2026, 8, 30)}, letters) == [
        ("decide", date(2026, 6, 8), date(2026, 6, 8)),
        ("status_letter", date(2026, 7, 8), date(2026, 7, 8)),
        ("status_letter", date(2026, 8, 22), date(2026, 8, 30)),
    ]


# --- what is written to us


WRITTEN, BY_LETTER = date(2026, 6, 15), Communication("L-1", "claimant", date(2026, 6, 15))
ANSWER_TABLE = """
FL  home           claimant   fl.claims.acknowledge_communication              2026-06-22
CA  home           claimant   ca.claims.respond_to_claimant_communication      2026-06-30
CA  home           regulator  ca.claims.respond_to_regulator_inquiry           2026-07-06
IL  personal_auto  claimant   il.claims.acknowledge_communication              2026-07-07
PA  home           claimant   pa.claims.reply_to_communication                 2026-06-30
"""
"""Illinois and Pennsylvania count working days: Juneteenth and the observed Independence Day (July 3) are none."""
ANSWERS_DUE = [line.split() for line in ANSWER_TABLE.strip().splitlines()]


def answers(state: str, *communications: Communication, line: str = "home") -> list[ClaimClock]:
    book = clock_book(state_law(state, NOTICED), line)
    days = ClaimDays({"notice": NOTICED}, (), communications)
    return [clock for clock in clocks_of(days, book) if clock.answers]


@pytest.mark.parametrize(("state", "line", "sender", "row", "due"), ANSWERS_DUE)
def test_every_communication_has_a_clock_of_its_own_where_the_state_has_a_row(state, line, sender, row, due):
    last = date.fromisoformat(due)
    asked = Communication("L-1", sender, WRITTEN)

    def one(answered_on: date | None) -> ClaimClock:
        (clock,) = answers(state, replace(asked, answered_on=answered_on), line=line)
        return clock

    waiting = one(None)
    assert (waiting.name, waiting.row_id, waiting.started_on) == (f"answer_{sender}", row, WRITTEN)
    assert (waiting.due, waiting.answers) == (last, "L-1")
    assert (waiting.status(last), waiting.days_late(last)) == ("running", 0)
    assert (waiting.status(last + timedelta(days=3)), waiting.days_late(last + timedelta(days=3))) == ("missed", 3)
    assert one(last).status(TODAY) == "met"
    late = one(last + timedelta(days=2))
    assert (late.status(TODAY), late.days_late(TODAY)) == ("missed", 2)


def test_a_state_without_a_row_has_no_clock_for_what_is_written():
    assert answers("TX", BY_LETTER) == []
    assert answers("FL", replace(BY_LETTER, sender="regulator")) == []


def test_the_table_has_every_row_that_the_states_have_for_answers():
    states = ("TX", "FL", "CA", "NY", "LA", "IL", "PA", "GA", "NC", "CO", "NJ", "OH", "AZ", "WA", "VA", "MI", "OK")
    keys = [key for _, rules in ANSWERS.values() for key in rules]
    found = {row.id for state in states for row in state_law(state, NOTICED).rows.values() if row.rule in keys}

    assert found == {row for _, _, _, row, _ in ANSWERS_DUE}


def test_each_of_several_communications_is_answered_by_its_own_answer():
    first = replace(BY_LETTER, answered_on=WRITTEN)
    second = Communication("L-2", "claimant", date(2026, 6, 16))

    assert [(clock.answers, clock.status(TODAY)) for clock in answers("FL", first, second)] == [
        ("L-1", "met"), ("L-2", "missed"),
    ]  # fmt: skip


def test_a_claim_of_california_says_which_letters_wait_and_by_how_much_they_are_late():
    core = Core(*florida())
    play(core, history("a claim denied"))

    def about(on: date, number: int) -> dict[str, Any]:
        return {"claim_id": "C-000001", "communication_id": f"L-{number}", "on": on, "at": at(on)}

    core.submit(RecordCommunication(sender="claimant", **about(date(2026, 10, 1), 1)))
    core.submit(RecordCommunication(sender="regulator", **about(date(2026, 10, 1), 2)))
    core.submit(AnswerCommunication(**about(date(2026, 10, 20), 1)))
    claim: Any = core.claim("C-000001")

    today = date(2026, 10, 25)
    found = clocks_of(days_of(claim), clock_book(state_law("CA", NOTICED), "home"))
    assert [(one.answers, one.status(today), one.days_late(today)) for one in found if one.answers] == [
        ("L-1", "missed", 4), ("L-2", "missed", 3),
    ]  # fmt: skip
