"""`replay` and `report`: what can be done with a run folder."""

from pathlib import Path
from typing import Any, Literal

import msgspec

from simulations.catalogue import Scene, scene_of_toml
from simulations.parameters import changed, decoded_values
from simulations.provenance import provenance
from simulations.recording import recorded, trace_frame
from simulations.records import Manifest
from simulations.run_folder import read_manifest
from windtunnel.console import Shown, answers, progress
from windtunnel.errors import BadInput, Wrong
from windtunnel.pages.report import write_report
from windtunnel.running import bad_input


def replay(
    folder: Path, *, replication: int, setting: int, out: Path | None, form: Literal["words", "json"], shown: Shown
) -> None:
    """Runs one replication of a run folder again and writes its trace. Raises Wrong when it comes out otherwise."""
    with bad_input():
        manifest = read_manifest(folder)
        expected = _expected(folder, manifest, setting=setting, replication=replication)
        scene = _scene(folder, manifest, setting)
        file = out or folder / f"trace-{setting}-{replication}.parquet"
        if file.suffix not in (".parquet", ".csv"):
            raise BadInput(f"--out {file}: a trace is written as .parquet or .csv")
        with recorded() as traces, progress(f"replication {replication}", shown) as advance:
            run = scene.kind.run(scene.scenario, manifest.seed, replication, advance)
        frame = trace_frame(traces)
        if traces:
            (frame.write_csv if file.suffix == ".csv" else frame.write_parquet)(file)
    same = run.trace_hash == expected
    answer = {
        "run_folder": str(folder),
        "setting": setting,
        "replication": replication,
        "trace_hash": run.trace_hash,
        "same": same,
        "trace": str(file) if traces else None,
        "rows": frame.height,
    }
    if form == "json":
        print(msgspec.json.encode(answer).decode())
    elif same:
        where = f"; {frame.height:,} events in {file}" if traces else "; this scenario keeps no trace to write"
        answers().print(
            f"Replication {replication} came out the same, trace hash {run.trace_hash}{where}.", markup=False
        )
    if not same:
        raise Wrong(_otherwise(manifest, replication, expected, run.trace_hash))


def report(folder: Path) -> None:
    """Draws the page again and says where it is."""
    with bad_input():
        write_report(folder)
    answers().print(f"Report: {folder / 'report.html'}", markup=False, soft_wrap=True)


def _expected(folder: Path, manifest: Manifest, *, setting: int, replication: int) -> str:
    if setting >= len(manifest.runs):
        raise BadInput(f"--setting {setting}: {folder} has settings 0 to {len(manifest.runs) - 1}")
    if replication >= manifest.replications:
        raise BadInput(f"--replication {replication}: {folder} has replications 0 to {manifest.replications - 1}")
    return manifest.runs[setting].replications[replication]


def _scene(folder: Path, manifest: Manifest, setting: int) -> Scene:
    scene = scene_of_toml((folder / "scenario.toml").read_text(encoding="utf-8"))
    changes: dict[str, Any] = decoded_values(scene.kind, manifest.runs[setting].setting)
    return Scene(scene.reference, scene.kind, changed(scene.kind, scene.scenario, changes))


def _otherwise(manifest: Manifest, replication: int, expected: str, found: str) -> str:
    now = provenance()
    said = f"replication {replication} came out otherwise: trace hash {found} where the run folder has {expected}"
    for what, then, here in (
        ("windtunnel", manifest.versions.get("windtunnel"), now.versions["windtunnel"]),
        ("commit", manifest.commit, now.commit),
        ("numpy", manifest.versions.get("numpy"), now.versions["numpy"]),
    ):
        if then != here:
            return f"{said}; it was made with {what} {then}, and this is {here}"
    return f"{said}; the code has changed since, or the scenario is not deterministic"
