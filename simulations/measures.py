"""From a finished run to its frames and its answers."""

from datetime import date, timedelta
from typing import cast

import polars as pl
from msgspec import Struct

from model.carrier import Carrier
from model.claims import file
from model.claims.catastrophe import designations
from model.claims.clock_rules import ClockName
from model.claims.clocks import ClaimClock, clock_book, clocks_of, days_of
from model.jurisdiction import Law
from simulations.auditor import Drift
from simulations.book import STATE
from simulations.catastrophe_scenario import CatastropheScenario
from simulations.channels.call import CallChannel
from simulations.channels.guarded_call import GuardedCallChannel
from simulations.channels.topic import TopicChannel
from simulations.claims_floor import STAGES, ClaimsFloor
from simulations.control import SETTLED_AFTER
from simulations.engine import DAY, SECOND, Observations
from simulations.host import Host
from simulations.journeys import UNITS, Journeys, Measure
from simulations.levels import Daily
from simulations.run import Answer, Frames, Run

CUMULATIVE = ("reported", "closed", "closed_unpaid", "clocks_missed", "paid_minor")
LEVELS = ("open", *(f"backlog_{stage}" for stage in STAGES), "drift_minor")
QUANTILES = {"p50": 0.50, "p95": 0.95, "p99": 0.99}
QUANTILED: tuple[Measure, ...] = ("fnol_to_assignment", "approve_to_pay", "issue_to_invoice", "quote_to_bind")
CLOSED_ON = (30, 60, 90)
MEASURED: tuple[ClockName, ...] = ("acknowledge", "inspect", "pay_or_deny")
"""The clocks that the claims floor works for; it does not play the steps that stop the others."""


class Finished(Struct, frozen=True):
    """Everything that a run knows when its last tick is over."""

    scenario: CatastropheScenario
    host: Host
    floor: ClaimsFloor
    journeys: Journeys
    daily: Daily
    law: Law
    carrier: Carrier


class Clocks(Struct, frozen=True):
    """Clocks whose last day lies within the horizon: how many ended, how many of them late, of both kinds."""

    acknowledge: int
    acknowledge_missed: int
    people: int
    people_missed: int


def measured(run: Finished, *, seed: int, replication: int) -> Run:
    """The run's frames and answers."""
    drift = drifted(run)
    clocks = _clocks(run)
    for one in drift:
        run.daily.count("drift_minor", one.at, abs(one.minor))
        if one.repaired_at is not None:
            run.daily.count("drift_minor", one.repaired_at, -abs(one.minor))
    daily = run.daily.frame(replication, CUMULATIVE + LEVELS)
    frames = Frames(
        daily=daily,
        cycles=run.journeys.frame(replication, "catastrophe"),
        drift=_drift_frame(replication, drift),
        stations=_stations(run, replication),
    )
    trace = run.host.clock.trace
    return Run(
        replication=replication,
        seed=seed,
        trace_hash=trace.digest() if trace else "",
        answers=_answers(run, daily, drift, clocks),
        frames=frames,
        law_confidence=_law_confidence(run.law),
    )


def drifted(run: Finished) -> list[Drift]:
    """What drifted: found at a control and mended, or still standing at the end and older than what is on its way."""
    standing = run.host.auditor.standing(older_than=run.host.clock.tick - SETTLED_AFTER)
    return sorted((*run.host.auditor.drifted, *standing), key=lambda drift: (drift.at, drift.kind, drift.entity))


def _answers(run: Finished, daily: pl.DataFrame, drift: list[Drift], clocks: Clocks) -> dict[str, Answer]:
    reported, closed = daily["reported"].to_list(), daily["closed"].to_list()
    total = reported[-1] if reported else 0
    answers = {"reported": Answer(float(total), "claims")}
    for day in CLOSED_ON:
        known = day < len(reported) and reported[day] > 0
        answers[f"closed_share_day_{day}"] = Answer(closed[day] / reported[day] if known else None, "share")
    for measure in QUANTILED:
        answers |= _quantiles(measure, run.journeys)
    answers["first_payment_days_p50"] = _quantiles("notice_to_first_payment", run.journeys)[
        "notice_to_first_payment_p50"
    ]
    answers["clocks_missed_share"] = Answer(_share(clocks.people_missed, clocks.people), "share")
    answers["acknowledge_missed_share"] = Answer(_share(clocks.acknowledge_missed, clocks.acknowledge), "share")
    answers["straight_through_share"] = Answer(_share(run.floor.untouched, total), "share")
    answers["manual_touches_per_claim"] = Answer(_share(run.floor.staff.touches, total), "touches")
    lag = run.host.observed
    seconds = lag.quantile("consumer_lag", 0.99) / SECOND if lag.count("consumer_lag") else None
    answers["consumer_lag_p99"] = Answer(seconds, "seconds")
    answers |= _shed(run.host.channel)
    answers["drift_count"] = Answer(float(len(drift)), "count")
    answers["drift_dollars"] = Answer(sum(abs(one.minor) for one in drift) / 100, "dollars")
    end = run.host.clock.tick
    dollar_days = sum(abs(one.minor) / 100 * ((one.repaired_at or end) - one.at) / DAY for one in drift)
    answers["drift_dollar_days"] = Answer(dollar_days, "dollar-days")
    return answers


def _shed(channel: CallChannel | TopicChannel) -> dict[str, Answer]:
    """How often the guards of calls stepped in; nothing where there is none."""
    if not isinstance(channel, GuardedCallChannel):
        return {}
    shed, guards = channel.shed, channel.guards
    counted = {
        "calls_shed_by_breaker": (guards.breaker, shed.by_breaker),
        "calls_shed_by_limit": (guards.limit, shed.by_limit),
        "calls_told_to_wait": (guards.rate, shed.by_rate),
    }
    return {name: Answer(None if guard is None else float(count), "calls") for name, (guard, count) in counted.items()}


def _quantiles(measure: Measure, journeys: Journeys) -> dict[str, Answer]:
    unit, ticks = UNITS[measure]
    lengths = journeys.lengths(measure)
    if not lengths:
        return {f"{measure}_{name}": Answer(None, unit) for name in QUANTILES}
    observed = Observations()
    observed.series(measure).extend(lengths)
    values = observed.quantiles(measure, QUANTILES.values())
    return {f"{measure}_{name}": Answer(value / ticks, unit) for name, value in zip(QUANTILES, values, strict=True)}


def _clocks(run: Finished) -> Clocks:
    """Every clock of every claim; the days on which one was missed are counted on the way."""
    book = clock_book(run.law, run.carrier.line)
    words = overlays(run)
    last_day = run.scenario.landfall + timedelta(days=run.scenario.horizon_days - 1)
    ended = {"acknowledge": [0, 0], "people": [0, 0]}
    for state in run.host.core.claims.states.values():
        claim = cast("file.State", state)
        if isinstance(claim, file.Unreported):
            continue
        for clock in clocks_of(days_of(claim), book, words):
            if clock.name in MEASURED and clock.due < last_day:
                late = clock.missed_by(last_day)
                tally = ended["acknowledge" if clock.name == "acknowledge" else "people"]
                tally[0] += 1
                tally[1] += late
                if late:
                    run.daily.count("clocks_missed", _day(clock, run.scenario.landfall) * DAY)
    return Clocks(*ended["acknowledge"], *ended["people"])


def overlays(run: Finished) -> frozenset[str]:
    """What was designated for the storm. All losses of a run happen in one state on the day of landfall, in counties
    that no notice tells.
    """
    declared = designations(run.host.core.declared_catastrophes())
    covering = [one for one in declared if one.covers(state=STATE, county="", loss_on=run.scenario.landfall)]
    return frozenset(one.word for one in covering)


def _day(clock: ClaimClock, landfall: date) -> int:
    """A clock is missed on the day after its last day on time."""
    return (clock.due - landfall).days + 1


def _drift_frame(replication: int, drift: list[Drift]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "replication": [replication] * len(drift),
            "kind": [one.kind for one in drift],
            "entity": [one.entity for one in drift],
            "at": [one.at for one in drift],
            "found_at": [one.found_at for one in drift],
            "repaired_at": [one.repaired_at for one in drift],
            "minor": [one.minor for one in drift],
            "cause": [one.cause for one in drift],
        },
        schema={
            "replication": pl.Int32,
            "kind": pl.String,
            "entity": pl.String,
            "at": pl.Int64,
            "found_at": pl.Int64,
            "repaired_at": pl.Int64,
            "minor": pl.Int64,
            "cause": pl.String,
        },
    )


def _stations(run: Finished, replication: int) -> pl.DataFrame:
    """One row for each station of the floor and of the channel, over the whole run."""
    end = max(run.host.clock.tick, 1)
    stations = (*run.floor.staff.stations(), *run.host.channel.stations())
    return pl.DataFrame(
        {
            "replication": [replication] * len(stations),
            "station": [station.name for station in stations],
            "servers": [station.servers for station in stations],
            "arrived": [station.arrived for station in stations],
            "finished": [station.finished for station in stations],
            "busy_share": [station.busy_area / (end * max(station.servers, 1)) for station in stations],
            "queue_mean": [station.waiting_area / end for station in stations],
            "queue_peak": [station.peak_waiting for station in stations],
            "wait_mean_ticks": [station.waiting_area / max(station.arrived, 1) for station in stations],
        },
        schema_overrides={"replication": pl.Int32},
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _law_confidence(law: Law) -> dict[str, int]:
    counts: dict[str, int] = {}
    for row in law.rows.values():
        counts[row.confidence] = counts.get(row.confidence, 0) + 1
    return counts
