"""What a notebook needs, in one breath: `import windtunnel as wt`.

storm = wt.catastrophe(policies=2_000)
found = wt.compare(storm, topology=["point_to_point", "events"], replications=3)
wt.answers(found)
wt.charts.overlay(ax, wt.dailies(found), "drift")
"""

import itertools
from collections.abc import Sequence
from typing import Any

import polars as pl
from msgspec.structs import asdict

from simulations import catastrophe as catastrophes
from simulations.catalogue import KINDS, AnyKind
from simulations.catastrophe_scenario import CatastropheScenario
from simulations.experiment import Comparison, Experiment, Setting, replicate
from simulations.experiment import compare as compare_settings
from simulations.parameters import decoded


def catastrophe(**parameters: object) -> CatastropheScenario:
    """A hurricane over a book; what is not given has its default. Raises BadScenario, which names the parameter."""
    return decoded(catastrophes.KIND, parameters)


def run(scenario: CatastropheScenario, *, seed: int = 1, replications: int = 1, workers: int = 1) -> Experiment:
    """Replications of one scenario."""
    return replicate(_kind_of(scenario), scenario, seed=seed, replications=replications, workers=workers)


def compare(
    scenario: CatastropheScenario,
    *,
    seed: int = 1,
    replications: int = 1,
    workers: int = 1,
    **vary: Sequence[object],
) -> Comparison:
    """Every combination of the values given for parameters, on the same dice; the first is what the others are
    compared with. Raises BadScenario, which names the parameter.
    """
    kind = _kind_of(scenario)
    changes = [dict(zip(vary, values, strict=True)) for values in itertools.product(*vary.values())]
    settings = [Setting(change, decoded(kind, {**asdict(scenario), **change})) for change in changes]
    return compare_settings(kind, settings, seed=seed, replications=replications, workers=workers)


def answers(comparison: Comparison, *names: str) -> pl.DataFrame:
    """The mean of each answer named, or of all, with its unit, beside each other."""
    outcomes = [experiment.estimates() for experiment in comparison.experiments]
    shown = names or tuple(outcomes[0])
    columns: dict[str, Any] = {"answer": shown, "unit": [outcomes[0][name].unit for name in shown]}
    for experiment, found in zip(comparison.experiments, outcomes, strict=True):
        columns[_name(experiment)] = [found[name].mean for name in shown]
    return pl.DataFrame(columns)


def dailies(comparison: Comparison) -> dict[str, pl.DataFrame]:
    """The course of each setting by its name, for charts.overlay."""
    return {_name(experiment): experiment.frames().daily for experiment in comparison.experiments}


def _name(experiment: Experiment) -> str:
    """The values that were varied, short enough to stand beside a line."""
    return ", ".join(str(value).replace("_", " ") for value in experiment.setting.changes.values())


def _kind_of(scenario: object) -> AnyKind:
    for kind in KINDS.values():
        if type(scenario) is kind.scenario:
            return kind
    raise TypeError(f"{type(scenario).__name__} is no scenario")
