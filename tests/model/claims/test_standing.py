"""One claim asked on a day where it stands: which clocks run, were met, were missed, by how much, and what it costs."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.histories import DWELLING, LANDFALL, NOTICE, at, claim_id, history, play, usd
from fixtures.jurisdictions import florida, state_law
from model.claims.clocks import clock_book, clocks_of, days_of, words_for
from model.claims.commands import ConfirmPayment, RecordMilestone, SettleLoss
from model.claims.designation import Designation
from model.claims.settlement import Valuation
from model.claims.standing import first_party_test, owed, payment_periods, standing
from model.claims.vocabulary import Milestone
from model.core import Core

CARRIER = florida()[1]
ACCEPTED, PAID_LATE = date(2026, 10, 1), date(2026, 11, 10)
ALL_IN = date(2026, 9, 28)
BERYL = Designation("cat_tx_542_059", "TX", date(2026, 9, 1), date(2026, 9, 30), ("Harris",))


def accepted(state: str = "FL", paid_on: date | None = None) -> Any:
    """A claim of 2026-09-15, everything received on the 28th, accepted on 2026-10-01, and perhaps paid."""
    core = Core(*florida())
    play(core, history("a claim with a payment on its way"))
    steps: tuple[tuple[Milestone, date], ...] = (
        ("items_received", ALL_IN),
        ("claim_complete", ALL_IN),
        ("accepted", ACCEPTED),
    )
    for milestone, on in steps:
        about: dict[str, Any] = {"claim_id": claim_id(1), "on": on, "at": at(on)}
        core.submit(RecordMilestone(milestone=milestone, **about))
    if paid_on is not None:
        core.submit(ConfirmPayment(claim_id=claim_id(1), payment_id="PAY-000001", on=paid_on, at=at(paid_on)))
    claim: Any = core.claim(claim_id(1))
    return replace(claim, notice=replace(claim.notice, state=state, county="Harris"))


def of(state: str, today: date, *, paid_on: date | None = None, words: frozenset[str] = frozenset()) -> Any:
    claim = accepted(state, paid_on)
    book = clock_book(state_law(state, NOTICE), "home")
    return standing(claim, book, today=today, carrier=CARRIER, words=words)


# The payment of 14,000.00 is late by the days that the money clock was missed by most.
TABLE = """
TX  2026-10-08   33  227.84  0.00     0.00
FL  2026-11-14    0  0.00    0.00     0.00
CA  2026-10-31   10  0.00    0.00     0.00
NY  2026-10-08   33  0.00    0.00     0.00
LA  2026-10-28   13  0.00    0.00     0.00
IL  2026-10-31   10  0.00    0.00     0.00
GA  2026-10-11   30  0.00    0.00     0.00
NC  2026-10-11   30  0.00    0.00     0.00
CO  2026-11-27    0  0.00    0.00     0.00
MI  2026-11-27    0  0.00    0.00     0.00
"""
ROWS = [line.split() for line in TABLE.strip().splitlines()]


@pytest.mark.parametrize(("state", "due", "late", "interest", "penalty", "at_stake"), ROWS)
def test_what_a_payment_forty_days_after_acceptance_misses_and_costs(state, due, late, interest, penalty, at_stake):
    found = of(state, date(2026, 12, 31), paid_on=PAID_LATE)
    money = [one for one in (*found.met, *found.missed) if one.name in ("pay", "pay_or_deny")]

    assert found.running == () or {one.name for one in found.running} <= {"offer", "request_items", "send_estimate"}
    assert [one.due for one in money] == [date.fromisoformat(due)]
    assert found.owed == usd("14000.00")
    assert found.cost.days_late == int(late)
    assert (found.cost.interest, found.cost.penalty, found.cost.at_stake) == (
        usd(interest), usd(penalty), usd(at_stake),
    )  # fmt: skip


def test_every_clock_stands_in_exactly_one_place_on_every_day():
    claim, book = accepted("TX", PAID_LATE), clock_book(state_law("TX", NOTICE), "home")
    clocks = clocks_of(days_of(claim), book)

    for day in (NOTICE + timedelta(days=number) for number in range(0, 90, 7)):
        found = standing(claim, book, today=day, carrier=CARRIER)
        assert sorted((*found.running, *found.met, *found.missed), key=str) == sorted(clocks, key=str)
        assert all(one.days_late(day) > 0 for one in found.missed)
        assert all(one.met_on is not None and one.met_on <= one.due for one in found.met)


def test_what_runs_today_is_missed_tomorrow_and_costs_more_every_day():
    due = date(2026, 10, 8)
    today, tomorrow, later = (of("TX", due + timedelta(days=days)) for days in (0, 1, 11))

    assert "pay" in {one.name for one in today.running}
    assert today.cost.certain == usd("0.00")
    assert "pay" in {one.name for one in tomorrow.missed}
    assert tomorrow.cost.interest == usd("6.90")  # 14,000 * 18 % / 365
    assert later.cost.interest == usd("75.95")


def test_a_designation_of_the_county_moves_the_clock_and_takes_the_cost_away():
    claim = accepted("TX", date(2026, 10, 20))
    words = words_for(claim.notice, (BERYL,), loss_on=LANDFALL.date())
    assert words == {"cat_tx_542_059"}

    plain, designated = (
        of("TX", date(2026, 12, 31), paid_on=date(2026, 10, 20), words=one) for one in (frozenset(), words)
    )
    assert (plain.cost.days_late, designated.cost.days_late) == (12, 0)
    assert plain.cost.interest == usd("82.85")
    assert designated.cost.certain == usd("0.00")


def test_it_reads_as_lines_with_the_rows_they_rest_on():
    text = of("TX", date(2026, 12, 31), paid_on=PAID_LATE).text.splitlines()

    assert "pay missed by 33 days, due 2026-10-08 (tx.claims.pay_after_notice_of_acceptance)" in text
    assert text[-1] == (
        "14000.00 USD late by 33 days: interest 227.84 USD, penalty 0.00 USD, at stake 0.00 USD "
        "(tx.claims.late_payment_interest)"
    )
    running = of("TX", ACCEPTED).text
    assert "pay runs until 2026-10-08 (tx.claims.pay_after_notice_of_acceptance)" in running


def test_what_is_owed_is_what_was_settled_or_else_what_was_asked_for():
    core = Core(*florida())
    play(core, history("a claim with a payment on its way"))
    claim: Any = core.claim(claim_id(1))
    assert owed(claim, "USD") == usd("14000.00")
    assert claim.payments[0].line == DWELLING

    about: dict[str, Any] = {"claim_id": claim_id(1), "exposure": 1, "on": ALL_IN, "at": at(ALL_IN)}
    core.submit(SettleLoss(valuation=Valuation(usd("30000.00"), usd("0.00"), usd("0.00")), **about))
    settled: Any = core.claim(claim_id(1))
    assert owed(settled, "USD") == settled.exposures[0].settlement.payable == usd("24000.00")


def test_illinois_judges_the_claims_of_an_insurer_together():
    claims = [accepted("IL", NOTICE + timedelta(days=days)) for days in (20, 41, 60)] + [accepted("IL")]

    assert payment_periods(claims) == (20, 41, 60)
    found: Any = first_party_test(state_law("IL"), claims)
    assert (found.limit_days, found.median_days, found.holds) == (40, 41.0, "no")
    assert first_party_test(state_law("TX"), claims) is None


def test_the_same_claim_under_the_law_of_another_day_is_an_experiment():
    """Sixty days to pay or deny since March 2023, ninety before."""
    claim = accepted("FL")

    def last(as_of: date) -> date:
        book = clock_book(state_law("FL", as_of), "home")
        found = standing(claim, book, today=NOTICE, carrier=CARRIER)
        return next(one.due for one in found.running if one.name == "pay_or_deny")

    assert last(date(2026, 9, 15)) - last(date(2022, 9, 28)) == timedelta(days=-30)
    assert datetime(2026, 9, 15, tzinfo=UTC).date() == NOTICE
