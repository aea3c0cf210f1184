"""`run` and `compare`: from the command line to a run folder and an answer."""

import itertools
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Struct

from fixtures.carrier_profiles import CarrierProfileError, load_carrier
from simulations.catalogue import Scene, find_scene, scene_toml
from simulations.estimates import Estimate, Outcomes, estimate
from simulations.experiment import Setting, differences, replicate
from simulations.experiment import compare as compare_settings
from simulations.parameters import BadScenario, changed, parsed
from simulations.provenance import Provenance, provenance
from simulations.records import Record, Vary, record_of_comparison, record_of_run
from simulations.run_folder import Draft, Inputs, RunFolderError
from simulations.toml import plain
from simulations.workers import WorkerDied, processors
from windtunnel.console import Shown, progress
from windtunnel.errors import BadInput, Interrupted, Wrong
from windtunnel.expectations import failure, parse_condition
from windtunnel.pages.report import write_report
from windtunnel.spoken import speak_comparison, speak_run


class Asked(Struct, frozen=True, kw_only=True):
    """What `run` and `compare` have in common on the command line."""

    scenario: str
    sets: tuple[str, ...]
    carrier: str | None
    seed: int
    replications: int
    workers: int | None
    out: Path | None
    form: Literal["words", "json"]
    begin: Literal["anew", "resume"]
    shown: Shown


def run(asked: Asked, *, fail_if: Sequence[str]) -> None:
    """Raises BadInput before anything is run or written, Interrupted, and Wrong when a `--fail-if` holds."""
    conditions = [parse_condition(text) for text in fail_if]
    with bad_input():
        scene = asked_scene(asked)
        made = provenance()
        out = asked.out or Path("runs") / f"{scene.kind.name}-{asked.seed}"
        with _draft(out, asked, scene, [scene.scenario], made) as draft:
            with progress(scene.kind.name, asked.shown) as advance:
                experiment = replicate(
                    scene.kind,
                    scene.scenario,
                    seed=asked.seed,
                    replications=asked.replications,
                    workers=asked.workers or processors(),
                    progress=advance,
                    shelf=draft,
                )
            record = record_of_run(scene, experiment, made)
            draft.finish(record, write_report)
    estimates = _estimates(record.outcomes[0])
    if asked.form == "json":
        _print_json({**_head(record, out), "answers": estimates})
    else:
        speak_run(record, out)
    failures = [line for condition in conditions if (line := failure(condition, estimates)) is not None]
    if failures:
        raise Wrong("; ".join(failures))


def compare(asked: Asked, *, vary: Sequence[str]) -> None:
    """Raises BadInput before anything is run or written, and Interrupted."""
    with bad_input():
        scene = asked_scene(asked)
        varied = _varied(scene, vary)
        settings = _settings(scene, varied)
        made = provenance()
        out = asked.out or Path("runs") / f"{scene.kind.name}-compare-{asked.seed}"
        with _draft(out, asked, scene, [setting.scenario for setting in settings], made) as draft:
            with progress(f"{scene.kind.name}, {len(settings)} settings", asked.shown) as advance:
                comparison = compare_settings(
                    scene.kind,
                    settings,
                    seed=asked.seed,
                    replications=asked.replications,
                    workers=asked.workers or processors(),
                    progress=advance,
                    shelf=draft,
                )
            record = record_of_comparison(scene, comparison, varied, made)
            draft.finish(record, write_report)
    if asked.form == "words":
        speak_comparison(record, out)
        return
    found = differences([each.setting for each in record.manifest.runs], record.outcomes)
    runs = [
        {"setting": each.setting, "trace_hash": each.trace_hash, "answers": _estimates(outcomes)}
        for each, outcomes in zip(record.manifest.runs, record.outcomes, strict=True)
    ]
    _print_json({**_head(record, out), "vary": record.manifest.vary, "runs": runs, "differences": found})


def asked_scene(asked: Asked) -> Scene:
    """The scenario with what was set on the command line. Raises BadScenario or CarrierProfileError."""
    scene = find_scene(asked.scenario)
    texts: dict[str, str] = {}
    for text in asked.sets:
        name, equals, value = text.partition("=")
        if not equals:
            raise BadScenario(f"-s {text}: it takes KEY=VALUE")
        texts[name.strip()] = value
    if asked.carrier is not None:
        texts["carrier"] = asked.carrier
    scenario = changed(scene.kind, scene.scenario, parsed(scene.kind, texts))
    _check_carrier(scenario)
    return Scene(scene.reference, scene.kind, scenario)


@contextmanager
def bad_input() -> Generator[None]:
    """What the user gave and cannot be used, as BadInput."""
    try:
        yield
    except (BadScenario, CarrierProfileError, RunFolderError) as error:
        raise BadInput(str(error)) from error
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        raise BadInput(f"{where}{error.strerror or error}") from error


@contextmanager
def _draft(out: Path, asked: Asked, scene: Scene, scenarios: Sequence[Any], made: Provenance) -> Generator[Draft]:
    """The run folder while it is made; a run that is stopped says what is kept of it."""
    texts = tuple(scene_toml(Scene(scene.reference, scene.kind, scenario)) for scenario in scenarios)
    inputs = Inputs(scene.reference, texts, asked.seed, made.versions["windtunnel"], made.commit)
    with Draft(out, inputs, begin=asked.begin) as draft:
        try:
            yield draft
        except (KeyboardInterrupt, WorkerDied) as stopped:
            total = asked.replications * len(scenarios)
            kept = draft.finished
            why = f"{stopped}: fewer --workers need less; " if isinstance(stopped, WorkerDied) else ""
            left = "nothing is kept" if kept == 0 else "the same command with --resume goes on"
            raise Interrupted(f"{why}interrupted with {kept} of {total} replications finished; {left}") from None


def _varied(scene: Scene, vary: Sequence[str]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for text in vary:
        name, equals, values = text.partition("=")
        name = name.strip()
        if not equals or not values:
            raise BadScenario(f"--vary {text}: it takes KEY=A,B,C")
        if name in found:
            raise BadScenario(f"--vary {text}: {name} is varied twice")
        found[name] = [parsed(scene.kind, {name: value})[name] for value in _split(values)]
        if len(found[name]) < 2 or any(a == b for a, b in itertools.combinations(found[name], 2)):
            raise BadScenario(f"--vary {text}: it takes two or more different values")
    return found


def _settings(scene: Scene, varied: Vary) -> list[Setting]:
    """Every combination; the first of all is what the others are compared with."""
    settings: list[Setting] = []
    for values in itertools.product(*varied.values()):
        changes = dict(zip(varied, values, strict=True))
        scenario = changed(scene.kind, scene.scenario, changes)
        _check_carrier(scenario)
        settings.append(Setting(changes, scenario))
    return settings


def _split(text: str) -> list[str]:
    """At commas that stand outside brackets."""
    parts, depth = [""], 0
    for letter in text:
        depth += (letter in "[{") - (letter in "]}")
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts]


def _check_carrier(scenario: object) -> None:
    carrier: object = getattr(scenario, "carrier", None)
    if isinstance(carrier, str):
        load_carrier(carrier)


def _head(record: Record, out: Path) -> dict[str, Any]:
    manifest = record.manifest
    return {
        "scenario": manifest.scenario,
        "carrier": manifest.carrier,
        "law_as_of": manifest.law_as_of,
        "seed": manifest.seed,
        "replications": manifest.replications,
        "trace_hash": manifest.trace_hash,
        "run_folder": str(out),
    }


def _estimates(outcomes: Mapping[str, Outcomes]) -> dict[str, Estimate]:
    return {name: estimate(each) for name, each in outcomes.items()}


def _print_json(answer: dict[str, Any]) -> None:
    print(msgspec.json.encode(plain(answer)).decode())
