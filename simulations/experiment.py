"""Replications of a scenario, and settings of it compared on the same dice.

    experiment = replicate(CATASTROPHE, CatastropheScenario(policies=5_000), seed=1, replications=30, workers=2)
    experiment.estimates()["clocks_missed_share"].mean

Replication k of a seed draws the same numbers whatever the setting, the number of workers and what else was asked
for: a draw belongs to (seed, replication, purpose, entity). So two settings differ by what was set and not by luck,
and their difference is estimated in pairs.
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import Executor, as_completed
from contextlib import closing
from typing import Any, Protocol, TypeAlias

import polars as pl
from msgspec import Struct

from simulations.engine.trace import combine
from simulations.estimates import Estimate, Outcomes, PairedDifference, estimate, holm, paired_difference
from simulations.run import Frames, Kind, Progress, Run
from simulations.workers import done_in_processes

AnyKind: TypeAlias = Kind[Any]


class Setting(Struct, frozen=True):
    """A scenario and what was changed to get there: {} for the scenario as it is."""

    changes: dict[str, Any]
    scenario: Struct


class Experiment(Struct, frozen=True):
    """All replications of one setting, in order."""

    kind: str
    setting: Setting
    seed: int
    runs: tuple[Run, ...]

    @property
    def trace_hash(self) -> str:
        """One hash over what happened in all replications."""
        return combine(run.trace_hash for run in self.runs)

    def outcomes(self) -> dict[str, Outcomes]:
        """Each answer by name, with one value per replication."""
        units = {name: answer.unit for run in self.runs for name, answer in run.answers.items()}
        return {name: Outcomes(unit, tuple(_value(run, name) for run in self.runs)) for name, unit in units.items()}

    def estimates(self) -> dict[str, Estimate]:
        """Raises ValueError for an answer that is not a finite number."""
        return {name: estimate(outcomes) for name, outcomes in self.outcomes().items()}

    def frames(self) -> Frames:
        """The frames of all replications, one under the other."""
        return Frames(
            daily=pl.concat([run.frames.daily for run in self.runs], how="vertical_relaxed"),
            cycles=pl.concat([run.frames.cycles for run in self.runs], how="vertical_relaxed"),
            drift=pl.concat([run.frames.drift for run in self.runs], how="vertical_relaxed"),
            stations=pl.concat([run.frames.stations for run in self.runs], how="vertical_relaxed"),
        )


class Difference(Struct, frozen=True, rename={"base": "from", "other": "to"}):
    """What `other` has more of than `base`, on the same dice. The interval is that of this difference alone; `p_holm`
    also counts how many settings were compared with the base, and `clear` says that it is below 0.05."""

    answer: str
    base: dict[str, Any]
    other: dict[str, Any]
    mean: float | None
    ci_low: float | None
    ci_high: float | None
    unit: str
    runs: int
    p_holm: float | None
    clear: bool | None


class Comparison(Struct, frozen=True):
    """One experiment per setting; the first is what the others are compared with."""

    experiments: tuple[Experiment, ...]

    @property
    def trace_hash(self) -> str:
        return combine(experiment.trace_hash for experiment in self.experiments)

    def differences(self) -> tuple[Difference, ...]:
        settings = [experiment.setting.changes for experiment in self.experiments]
        return differences(settings, [experiment.outcomes() for experiment in self.experiments])


class Shelf(Protocol):
    """Where finished replications are put while others still run, and found when an interrupted run goes on. Settings
    and replications are counted from 0."""

    def find(self, setting: int, replication: int) -> Run | None: ...

    def put(self, setting: int, run: Run) -> None: ...


class Task(Struct, frozen=True):
    """One replication to be done, in this process or another."""

    kind: AnyKind
    setting: int
    scenario: Struct
    seed: int
    replication: int


def unheard(done: float) -> None:
    """A `Progress` that nobody follows."""


def replicate(
    kind: AnyKind,
    scenario: Struct,
    *,
    seed: int,
    replications: int,
    workers: int = 1,
    executor: Executor | None = None,
    progress: Progress = unheard,
    shelf: Shelf | None = None,
) -> Experiment:
    """Replications 0 to `replications` - 1 of a scenario.

    With more than one worker, or an executor, they run in other processes and the result is the same. Whatever a
    replication raises is raised here, with a note that says which one it was.
    """
    found = _performed(
        _tasks(kind, [scenario], seed, replications), workers=workers, executor=executor, progress=progress, shelf=shelf
    )
    return Experiment(kind.name, Setting({}, scenario), seed, tuple(found[0, k] for k in range(replications)))


def compare(
    kind: AnyKind,
    settings: Sequence[Setting],
    *,
    seed: int,
    replications: int,
    workers: int = 1,
    executor: Executor | None = None,
    progress: Progress = unheard,
    shelf: Shelf | None = None,
) -> Comparison:
    """Every setting with the same replications: k of one meets the same dice as k of another, and as k of
    `replicate`."""
    tasks = _tasks(kind, [setting.scenario for setting in settings], seed, replications)
    found = _performed(tasks, workers=workers, executor=executor, progress=progress, shelf=shelf)
    return Comparison(
        tuple(
            Experiment(kind.name, setting, seed, tuple(found[place, k] for k in range(replications)))
            for place, setting in enumerate(settings)
        )
    )


def differences(
    settings: Sequence[dict[str, Any]], outcomes: Sequence[Mapping[str, Outcomes]]
) -> tuple[Difference, ...]:
    """Of every answer, each setting against the first, with Holm's adjustment over the settings. Answers that the
    first does not have are left out."""
    found: list[Difference] = []
    for answer, first in outcomes[0].items():
        others = [(to, of[answer]) for to, of in zip(settings[1:], outcomes[1:], strict=True) if answer in of]
        pairs = [paired_difference(first, other) for _, other in others]
        adjusted = holm([pair.p for pair in pairs])
        found += [
            _difference(answer, first.unit, settings[0], to, pair, p)
            for (to, _), pair, p in zip(others, pairs, adjusted, strict=True)
        ]
    return tuple(found)


def _difference(
    answer: str, unit: str, base: dict[str, Any], other: dict[str, Any], pair: PairedDifference, p_holm: float | None
) -> Difference:
    return Difference(
        answer=answer,
        base=base,
        other=other,
        mean=pair.mean,
        ci_low=pair.ci_low,
        ci_high=pair.ci_high,
        unit=unit,
        runs=pair.runs,
        p_holm=p_holm,
        clear=None if p_holm is None else p_holm < 0.05,
    )


def _tasks(kind: AnyKind, scenarios: Sequence[Struct], seed: int, replications: int) -> list[Task]:
    if replications < 1:
        raise ValueError(f"{replications} replications: at least 1")
    # By replication first, so that an interrupted comparison has pairs to show.
    return [
        Task(kind, setting, scenario, seed, replication)
        for replication in range(replications)
        for setting, scenario in enumerate(scenarios)
    ]


def _performed(
    tasks: Sequence[Task], *, workers: int, executor: Executor | None, progress: Progress, shelf: Shelf | None
) -> dict[tuple[int, int], Run]:
    found: dict[tuple[int, int], Run] = {}
    if shelf is not None:
        kept = {(task.setting, task.replication): shelf.find(task.setting, task.replication) for task in tasks}
        found = {place: run for place, run in kept.items() if run is not None}
    missing = [task for task in tasks if (task.setting, task.replication) not in found]

    heard = 0.0

    def part(done: float) -> None:
        # A process that is told last what it did shall not take back what was said.
        nonlocal heard
        heard = max(heard, (len(found) + done) / len(tasks))
        progress(heard)

    part(0.0)
    # Closed here and now when something fails, so that no process is left to the garbage collector.
    with closing(_runs_of(missing, min(workers, len(missing)), executor, part)) as runs:
        for task, run in runs:
            if shelf is not None:
                shelf.put(task.setting, run)
            found[task.setting, task.replication] = run
            part(0.0)
    return found


def _runs_of(
    tasks: Sequence[Task], workers: int, executor: Executor | None, progress: Progress
) -> Generator[tuple[Task, Run]]:
    """Each task and its run, as they get done."""
    if executor is not None:
        yield from _runs_of_executor(tasks, executor)
    elif workers > 1:
        yield from done_in_processes(_perform, tasks, workers=workers, progress=progress)
    else:
        for task in tasks:
            yield task, _perform(task, progress)


def _runs_of_executor(tasks: Sequence[Task], executor: Executor) -> Generator[tuple[Task, Run]]:
    perform: Callable[[Task], Run] = _perform
    futures = {executor.submit(perform, task): task for task in tasks}
    try:
        for future in as_completed(futures):
            yield futures[future], future.result()
    finally:
        # An executor lives on after an error, and shall not go on with what nobody waits for.
        for future in futures:
            future.cancel()


def _perform(task: Task, progress: Progress = unheard) -> Run:
    try:
        return task.kind.run(task.scenario, task.seed, task.replication, progress)
    except Exception as error:
        error.add_note(f"in replication {task.replication} of seed {task.seed}, {task.scenario}")
        raise


def _value(run: Run, name: str) -> float | None:
    answer = run.answers.get(name)
    return None if answer is None else answer.value
