"""What is kept of a run or a comparison: enough to read it, to draw it, and to do it again."""

import shlex
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal

import msgspec
import polars as pl
from msgspec import Struct

from simulations.catalogue import Scene, scene_toml
from simulations.engine.trace import combine
from simulations.estimates import Outcomes
from simulations.experiment import Comparison, Experiment
from simulations.parameters import default_scenario, parameters
from simulations.provenance import Provenance
from simulations.run import Frames
from simulations.toml import plain, toml_value

FORMAT: Literal["windtunnel run 1"] = "windtunnel run 1"

Vary = Mapping[str, Sequence[Any]]


class RecordedParameter(Struct, frozen=True):
    """`basis` of the value: assumed, calibrated on published data, set by the user, or chosen as a default."""

    name: str
    value: Any
    unit: str
    meaning: str
    basis: Literal["assumed", "calibrated", "set", "chosen"]


class RecordedSetting(Struct, frozen=True):
    """What was changed, and the trace hash of all replications together and of each."""

    setting: dict[str, Any]
    trace_hash: str
    replications: tuple[str, ...]


class Manifest(Struct, frozen=True, kw_only=True):
    """`scenario` is the kind's name, `reference` how it is found. `vary` is {} for a run, which has one setting.
    `law_confidence` gives the share of law rows used, by how sure their source is. `command` does it again."""

    format: Literal["windtunnel run 1"] = FORMAT
    scenario: str
    reference: str
    carrier: str | None
    law_as_of: date | None
    seed: int
    replications: int
    trace_hash: str
    vary: dict[str, list[Any]]
    runs: tuple[RecordedSetting, ...]
    law_confidence: dict[str, float]
    assumed: tuple[str, ...]
    calibrated: tuple[str, ...]
    parameters: tuple[RecordedParameter, ...]
    versions: dict[str, str]
    commit: str | None
    commit_changed: bool | None
    command: str


class Record(Struct, frozen=True):
    """All of a run folder but its page. `outcomes` has one entry per setting; the frames of a comparison begin with a
    column `setting`, counted from 0."""

    manifest: Manifest
    scenario_toml: str
    outcomes: tuple[dict[str, Outcomes], ...]
    frames: Frames


def record_of_run(scene: Scene, experiment: Experiment, made: Provenance) -> Record:
    """What to keep of the replications of one scenario."""
    manifest = _manifest(scene, (experiment,), {}, experiment.trace_hash, made)
    return Record(manifest, scene_toml(scene), (experiment.outcomes(),), experiment.frames())


def record_of_comparison(scene: Scene, comparison: Comparison, vary: Vary, made: Provenance) -> Record:
    """What to keep of a comparison; `scene` is what its settings were made from."""
    experiments = comparison.experiments
    manifest = _manifest(scene, experiments, vary, comparison.trace_hash, made)
    frames = [experiment.frames() for experiment in experiments]
    joined = Frames(
        daily=_by_setting([each.daily for each in frames]),
        cycles=_by_setting([each.cycles for each in frames]),
        drift=_by_setting([each.drift for each in frames]),
        stations=_by_setting([each.stations for each in frames]),
    )
    return Record(manifest, scene_toml(scene), tuple(each.outcomes() for each in experiments), joined)


def command_of(scene: Scene, vary: Vary, *, seed: int, replications: int) -> str:
    """The line that does it again, wherever windtunnel is installed."""
    defaults: dict[str, Any] = plain(default_scenario(scene.kind))
    values: dict[str, Any] = plain(scene.scenario)
    words = ["windtunnel", "compare" if vary else "run", scene.reference]
    for name, value in values.items():
        if value != defaults[name]:
            words += option(name, value)
    for name, among in vary.items():
        words += ["--vary", f"{name}={','.join(written(value) for value in among)}"]
    return shlex.join([*words, "--seed", str(seed), "--replications", str(replications)])


def option(name: str, value: Any) -> list[str]:
    """The words that set a parameter."""
    return ["--carrier", str(value)] if name == "carrier" else ["-s", f"{name}={written(value)}"]


def written(value: Any) -> str:
    """A value as it is given on a command line."""
    value = plain(value)
    return "none" if value is None else value if isinstance(value, str) else toml_value(value)


def _manifest(
    scene: Scene, experiments: Sequence[Experiment], vary: Vary, trace_hash: str, made: Provenance
) -> Manifest:
    seed, replications = experiments[0].seed, len(experiments[0].runs)
    recorded = _parameters(scene, set(vary))
    return Manifest(
        scenario=scene.kind.name,
        reference=scene.reference,
        carrier=getattr(scene.scenario, "carrier", None),
        law_as_of=_law_as_of(scene.scenario),
        seed=seed,
        replications=replications,
        trace_hash=trace_hash,
        vary={name: _as_json(list(values)) for name, values in vary.items()},
        runs=tuple(_setting(experiment) for experiment in experiments),
        law_confidence=_law_confidence(experiments),
        assumed=tuple(parameter.name for parameter in recorded if parameter.basis == "assumed"),
        calibrated=tuple(parameter.name for parameter in recorded if parameter.basis == "calibrated"),
        parameters=recorded,
        versions=made.versions,
        commit=made.commit,
        commit_changed=made.changed,
        command=command_of(scene, vary, seed=seed, replications=replications),
    )


def _as_json(value: Any) -> Any:
    """As it will be read back: days as text, tuples as lists."""
    return msgspec.json.decode(msgspec.json.encode(value))


def _law_as_of(scenario: Struct) -> date | None:
    """The law of the day that was asked for, or of the day on which the event strikes."""
    return getattr(scenario, "law_as_of", None) or getattr(scenario, "landfall", None)


def _parameters(scene: Scene, varied: set[str]) -> tuple[RecordedParameter, ...]:
    defaults = default_scenario(scene.kind)
    values: dict[str, Any] = _as_json(scene.scenario)
    return tuple(
        RecordedParameter(
            parameter.name,
            values[parameter.name],
            parameter.unit,
            parameter.meaning,
            "set"
            if parameter.name in varied or getattr(scene.scenario, parameter.name) != getattr(defaults, parameter.name)
            else parameter.basis,
        )
        for parameter in parameters(scene.kind)
    )


def _setting(experiment: Experiment) -> RecordedSetting:
    hashes = tuple(run.trace_hash for run in experiment.runs)
    return RecordedSetting(_as_json(experiment.setting.changes), combine(hashes), hashes)


def _law_confidence(experiments: Sequence[Experiment]) -> dict[str, float]:
    counts = Counter[str]()
    for experiment in experiments:
        for run in experiment.runs:
            counts.update(run.law_confidence)
    total = counts.total()
    return {confidence: count / total for confidence, count in sorted(counts.items()) if total}


def _by_setting(frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    marked = [
        frame.select(pl.lit(place, dtype=pl.Int64).alias("setting"), pl.all()) for place, frame in enumerate(frames)
    ]
    return pl.concat(marked, how="vertical_relaxed")


def decode_manifest(text: bytes) -> Manifest:
    """Raises msgspec.DecodeError, also for what is not a manifest of ours."""
    return msgspec.json.decode(text, type=Manifest)
