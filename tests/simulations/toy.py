"""A storm small enough to test everything around a scenario: a few milliseconds, and all the frames and answers.

`trouble` names a file that, while it exists, says what goes wrong: `stop 2` interrupts replication 2, `stop parent 2`
interrupts the process that sent it out, `break 2` is a mistake of ours, and `die 2` the end of the process.
"""

import os
import signal
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import polars as pl
from msgspec import Meta, Struct

from fixtures.variates import Variates
from simulations.engine.trace import Trace
from simulations.recording import offer, wanted
from simulations.run import Answer, Frames, Kind, Progress, Run

SECONDS = 1_000_000
DAYS = 60


class ToyStorm(Struct, frozen=True, kw_only=True):
    carrier: Annotated[str, Meta(description="the insurer's choices", extra={"unit": "name or path"})] = (
        "coastal_mutual"
    )
    landfall: Annotated[date, Meta(description="day 0", extra={"unit": "date"})] = date(2026, 9, 10)
    claims: Annotated[int, Meta(ge=0, le=100_000, description="claims reported", extra={"unit": "claims"})] = 200
    adjusters: Annotated[int, Meta(ge=1, description="people at work", extra={"unit": "people"})] = 10
    closing_days_mean: Annotated[float, Meta(gt=0.0, description="to close a claim", extra={"unit": "days"})] = 20.0
    topology: Annotated[
        Literal["point_to_point", "events"], Meta(description="how systems are tied", extra={"unit": "pattern"})
    ] = "point_to_point"
    weights: Annotated[tuple[float, ...], Meta(description="of nothing", extra={"unit": "share"})] = (0.5, 0.5)
    detail: Annotated[
        Literal["high", "low"], Meta(description="low leaves out what charts show", extra={"unit": "detail"})
    ] = "high"
    note: Annotated[str | None, Meta(description="a remark", extra={"unit": "text"})] = None
    trouble: Annotated[str, Meta(description="a file that says what goes wrong", extra={"unit": "path"})] = ""

    def __post_init__(self) -> None:
        if self.adjusters > self.claims + 1000:
            raise ValueError(f"adjusters: {self.adjusters} for {self.claims} claims are too many")


def run(scenario: ToyStorm, seed: int, replication: int, progress: Progress) -> Run:
    progress(0.0)
    _meet_trouble(scenario, replication)
    variates = Variates(seed, replication=replication)
    claims = np.arange(scenario.claims)
    reported = variates.exponentials("report", claims, mean=8.0)
    waits = variates.exponentials("close", claims, mean=scenario.closing_days_mean * 10 / scenario.adjusters)
    lost = variates.uniforms("lost", claims) < (0.1 if scenario.topology == "point_to_point" else 0.0)
    trace = Trace(keep=wanted())
    offer(trace)
    for claim, at in enumerate(reported):
        trace.note(int(at * SECONDS), trace.kind("reported"), claim)
    progress(0.5)
    answers = _answers(reported, waits, lost)
    daily, cycles = _daily(replication, reported, waits, lost), _cycles(replication, reported, waits)
    high = scenario.detail == "high"
    frames = Frames(
        daily=daily if high else daily.select("replication", "day"),
        cycles=cycles if high else cycles.clear(),
        drift=_drift(replication, reported, lost),
        stations=_stations(replication),
    )
    progress(1.0)
    return Run(replication, seed, trace.digest(), answers, frames, {"confirmed-primary": 3, "confirmed-secondary": 1})


def _answers(reported: np.ndarray, waits: np.ndarray, lost: np.ndarray) -> dict[str, Answer]:
    count = len(reported)
    closed = float(np.mean((reported + waits)[reported <= 30] <= 30)) if count else None
    return {
        "reported": Answer(float(count), "claims"),
        "closed_share_day_30": Answer(closed, "share"),
        "first_payment_days_p50": Answer(float(np.median(waits)) if count else None, "days"),
        "clocks_missed_share": Answer(float(np.mean(waits > 45)) if count else None, "share"),
        "drift_count": Answer(float(lost.sum()), "count"),
        "drift_dollars": Answer(float(lost.sum()) * 1000.0, "dollars"),
    }


def _daily(replication: int, reported: np.ndarray, waits: np.ndarray, lost: np.ndarray) -> pl.DataFrame:
    ends = np.arange(1, DAYS + 1)[:, None]
    come, gone = (reported <= ends).sum(axis=1), (reported + waits <= ends).sum(axis=1)
    drifting = ((reported <= ends) & (ends < reported + 3) & lost).sum(axis=1)
    return pl.DataFrame(
        {
            "replication": [replication] * DAYS,
            "day": range(DAYS),
            "reported": come,
            "closed": gone,
            "closed_unpaid": gone // 3,
            "clocks_missed": ((reported + 45 <= ends) & (waits > 45)).sum(axis=1),
            "paid_minor": gone * 500_000,
            "open": come - gone,
            "backlog_inspection": (come - gone) // 2,
            "backlog_documents": come - gone - (come - gone) // 2,
            "drift_minor": drifting * 100_000,
        },
        schema_overrides={"replication": pl.Int32, "day": pl.Int32},
    )


def _cycles(replication: int, reported: np.ndarray, waits: np.ndarray) -> pl.DataFrame:
    starts = (reported * 86400 * SECONDS).astype(np.int64)
    ends = starts + (waits * 86400 * SECONDS).astype(np.int64)
    return pl.DataFrame(
        {
            "replication": [replication] * len(starts),
            "measure": ["notice_to_first_payment"] * len(starts),
            "journey": ["toy"] * len(starts),
            "entity": [f"C{number}" for number in range(len(starts))],
            "start": starts,
            "end": [int(end) if end < DAYS * 86400 * SECONDS else None for end in ends],
        },
        schema={
            "replication": pl.Int32,
            "measure": pl.String,
            "journey": pl.String,
            "entity": pl.String,
            "start": pl.Int64,
            "end": pl.Int64,
        },
    )


def _drift(replication: int, reported: np.ndarray, lost: np.ndarray) -> pl.DataFrame:
    at = (reported[lost] * 86400 * SECONDS).astype(np.int64)
    return pl.DataFrame(
        {
            "replication": [replication] * len(at),
            "kind": ["charges"] * len(at),
            "entity": [f"C{number}" for number in np.flatnonzero(lost)],
            "at": at,
            "found_at": at + 86400 * SECONDS,
            "repaired_at": at + 3 * 86400 * SECONDS,
            "minor": [100_000] * len(at),
            "cause": ["lost"] * len(at),
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


def _stations(replication: int) -> pl.DataFrame:
    return pl.DataFrame(
        {"replication": [replication], "station": ["adjusters"], "servers": [10], "busy_share": [0.5]},
        schema_overrides={"replication": pl.Int32},
    )


def _meet_trouble(scenario: ToyStorm, replication: int) -> None:
    if not scenario.trouble or not Path(scenario.trouble).exists():
        return
    what, *whose, which = Path(scenario.trouble).read_text().split()
    if int(which) != replication:
        return
    if what == "break":
        raise KeyError("nothing of that name")
    if what == "die":
        os._exit(9)
    os.kill(os.getppid() if whose == ["parent"] else os.getpid(), signal.SIGINT)
    if whose == ["parent"]:
        # The parent ends this process, which has nothing else to do until then.
        signal.pause()


TOY = Kind(
    name="toy",
    says="A small storm over nothing.",
    scenario=ToyStorm,
    run=run,
    assumed=("adjusters",),
    calibrated=("closing_days_mean",),
)
