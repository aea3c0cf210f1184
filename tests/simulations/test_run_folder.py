import tomllib
from pathlib import Path
from typing import Literal

import msgspec
import pytest
from msgspec.structs import replace

from simulations.catalogue import Scene, find_scene, scene_of_toml, scene_toml
from simulations.experiment import Setting, compare, replicate
from simulations.parameters import changed
from simulations.provenance import provenance
from simulations.records import Record, record_of_comparison, record_of_run
from simulations.run_folder import Draft, Inputs, RunFolderError, read_manifest, read_record, write_record

TOY = find_scene(str(Path(__file__).with_name("toy.py")))
MADE = provenance()
FRAMES = ("daily", "cycles", "drift", "stations")


def scene(**changes: object) -> Scene:
    return Scene(TOY.reference, TOY.kind, changed(TOY.kind, TOY.scenario, {"claims": 30, **changes}))


def inputs(of: Scene, *, seed: int = 1) -> Inputs:
    return Inputs(of.reference, (scene_toml(of),), seed, "0.1.0", None)


def written(folder: Path) -> None:
    (folder / "report.html").write_text("a page")


def made(
    out: Path,
    of: Scene | None = None,
    *,
    replications: int = 2,
    seed: int = 1,
    begin: Literal["anew", "resume"] = "anew",
) -> Record:
    of = of or scene()
    with Draft(out, inputs(of, seed=seed), begin=begin) as draft:
        experiment = replicate(of.kind, of.scenario, seed=seed, replications=replications, shelf=draft)
        record = record_of_run(of, experiment, MADE)
        draft.finish(record, written)
    return record


def equal(one: Record, other: Record) -> bool:
    return (one.manifest, one.scenario_toml, one.outcomes) == (
        other.manifest,
        other.scenario_toml,
        other.outcomes,
    ) and all(getattr(one.frames, name).equals(getattr(other.frames, name)) for name in FRAMES)


def test_a_run_folder_holds_everything_and_nothing_else(tmp_path: Path):
    made(tmp_path / "run")
    assert {path.name for path in (tmp_path / "run").iterdir()} == {
        "scenario.toml",
        "manifest.json",
        "answers.parquet",
        "daily.parquet",
        "cycles.parquet",
        "drift.parquet",
        "stations.parquet",
        "report.html",
    }
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_what_was_written_is_read(tmp_path: Path):
    record = made(tmp_path / "run")
    assert equal(read_record(tmp_path / "run"), record)


def test_frames_hold_all_replications(tmp_path: Path):
    made(tmp_path / "run", replications=3)
    frames = read_record(tmp_path / "run").frames
    assert frames.daily["replication"].unique().to_list() == [0, 1, 2]
    assert frames.cycles.columns == ["replication", "measure", "journey", "entity", "start", "end"]
    assert "setting" not in frames.daily.columns


def test_the_scenario_file_reloads_to_the_same_scenario(tmp_path: Path):
    of = scene(topology="events", note="x")
    made(tmp_path / "run", of)
    assert scene_of_toml((tmp_path / "run" / "scenario.toml").read_text()) == of


def test_the_manifest_says_what_was_run_and_how_to_run_it_again(tmp_path: Path):
    record = made(tmp_path / "run", scene(topology="events", carrier="coastal_mutual"), seed=4)
    manifest = msgspec.json.decode((tmp_path / "run" / "manifest.json").read_bytes())
    assert (manifest["scenario"], manifest["seed"], manifest["replications"]) == ("toy", 4, 2)
    assert manifest["carrier"] == "coastal_mutual"
    assert manifest["law_as_of"] == "2026-09-10"
    assert manifest["law_confidence"] == {"confirmed-primary": 0.75, "confirmed-secondary": 0.25}
    assert manifest["command"] == (
        f"windtunnel run {TOY.reference} -s claims=30 -s topology=events --seed 4 --replications 2"
    )
    assert manifest["versions"].keys() >= {"windtunnel", "python", "simpy", "polars"}
    assert manifest["trace_hash"] == record.manifest.trace_hash
    assert len(manifest["runs"][0]["replications"]) == 2


def test_the_manifest_says_where_each_parameter_is_from(tmp_path: Path):
    manifest = made(tmp_path / "run").manifest
    bases = {parameter.name: parameter.basis for parameter in manifest.parameters}
    assert bases["claims"] == "set"
    assert bases["adjusters"] == "assumed"
    assert bases["closing_days_mean"] == "calibrated"
    assert bases["topology"] == "chosen"
    assert (manifest.assumed, manifest.calibrated) == (("adjusters",), ("closing_days_mean",))
    # Who sets a parameter no longer rests on our assumption.
    assert made(tmp_path / "run", scene(adjusters=3)).manifest.assumed == ()


def test_a_comparison_keeps_the_setting_of_every_row(tmp_path: Path):
    of = scene()
    settings = [Setting({"adjusters": n}, changed(of.kind, of.scenario, {"adjusters": n})) for n in (5, 10)]
    comparison = compare(of.kind, settings, seed=1, replications=2)
    (tmp_path / "run").mkdir()
    record = record_of_comparison(of, comparison, {"adjusters": [5, 10]}, MADE)
    write_record(tmp_path / "run", record)
    read = read_record(tmp_path / "run")
    assert equal(read, record)
    assert read.frames.daily.columns[0] == "setting"
    assert [run.setting for run in read.manifest.runs] == [{"adjusters": 5}, {"adjusters": 10}]
    assert read.manifest.command.endswith("--vary adjusters=5,10 --seed 1 --replications 2")


def test_an_older_run_is_replaced_and_only_when_the_new_one_is_complete(tmp_path: Path):
    made(tmp_path / "run")
    trouble = tmp_path / "trouble"
    trouble.write_text("break 1")
    with pytest.raises(KeyError):
        made(tmp_path / "run", scene(trouble=str(trouble)))
    assert read_manifest(tmp_path / "run").seed == 1
    made(tmp_path / "run", seed=9)
    assert read_manifest(tmp_path / "run").seed == 9


def test_a_folder_that_is_not_ours_is_never_touched(tmp_path: Path):
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "thesis.txt").write_text("years of work")
    with pytest.raises(RunFolderError, match="choose another folder"):
        made(tmp_path / "precious")
    assert (tmp_path / "precious" / "thesis.txt").read_text() == "years of work"
    assert [path.name for path in tmp_path.iterdir()] == ["precious"]


def test_somebody_elses_manifest_does_not_make_a_folder_ours(tmp_path: Path):
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "manifest.json").write_text('{"name": "an extension"}')
    with pytest.raises(RunFolderError, match="choose another folder"):
        made(tmp_path / "theirs")
    with pytest.raises(RunFolderError, match="not a manifest of ours"):
        read_manifest(tmp_path / "theirs")


def test_an_empty_folder_may_be_used_and_a_file_may_not(tmp_path: Path):
    (tmp_path / "empty").mkdir()
    made(tmp_path / "empty")
    assert read_manifest(tmp_path / "empty").scenario == "toy"
    (tmp_path / "file").touch()
    with pytest.raises(RunFolderError, match="is a file"):
        made(tmp_path / "file")


def interrupted(out: Path, trouble: Path, at: int, *, replications: int = 4) -> Scene:
    """A run that failed in replication `at`, and its scenario; the trouble is over."""
    of = scene(trouble=str(trouble))
    trouble.write_text(f"break {at}")
    with pytest.raises(KeyError):
        made(out, of, replications=replications)
    trouble.unlink()
    return of


def test_an_interrupted_folder_is_marked_and_is_no_run(tmp_path: Path):
    of = interrupted(tmp_path / "run", tmp_path / "trouble", 2)
    assert not (tmp_path / "run").exists()
    marked = msgspec.json.decode((tmp_path / "run.partial" / "unfinished.json").read_bytes(), type=Inputs)
    assert marked == inputs(of)
    assert sorted(path.name for path in (tmp_path / "run.partial" / ".parts").glob("*-*")) == ["0-0", "0-1"]
    with pytest.raises(RunFolderError, match=r"run\.partial was interrupted, and --resume goes on"):
        read_manifest(tmp_path / "run")


def test_a_resumed_run_equals_one_that_was_never_interrupted(tmp_path: Path):
    of = interrupted(tmp_path / "run", tmp_path / "trouble", 2)
    made(tmp_path / "run", of, replications=4, begin="resume")
    made(tmp_path / "whole", of, replications=4)
    files = sorted(path.name for path in (tmp_path / "whole").iterdir())
    assert files == sorted(path.name for path in (tmp_path / "run").iterdir())
    assert [
        name for name in files if (tmp_path / "run" / name).read_bytes() != (tmp_path / "whole" / name).read_bytes()
    ] == []
    assert not (tmp_path / "run.partial").exists()


def test_finished_replications_are_not_done_again(tmp_path: Path):
    of = interrupted(tmp_path / "run", tmp_path / "trouble", 2)
    (tmp_path / "trouble").write_text("break 0")
    made(tmp_path / "run", of, replications=4, begin="resume")
    assert read_manifest(tmp_path / "run").replications == 4


def test_a_run_without_resume_starts_over(tmp_path: Path):
    of = interrupted(tmp_path / "run", tmp_path / "trouble", 2)
    (tmp_path / "trouble").write_text("break 0")
    with pytest.raises(KeyError):
        made(tmp_path / "run", of, replications=4)
    assert not (tmp_path / "run.partial").exists()


def test_more_replications_may_be_asked_for_on_the_way(tmp_path: Path):
    of = interrupted(tmp_path / "run", tmp_path / "trouble", 2)
    assert made(tmp_path / "run", of, replications=6, begin="resume").manifest.replications == 6


def test_another_scenario_or_seed_does_not_go_on_with_it(tmp_path: Path):
    of = interrupted(tmp_path / "run", tmp_path / "trouble", 2)
    with pytest.raises(RunFolderError, match="another seed, 1 where it is 2 now"):
        made(tmp_path / "run", of, seed=2, begin="resume")
    other = Scene(of.reference, of.kind, replace(of.scenario, claims=31))
    with pytest.raises(RunFolderError, match="another claims, 30 where it is 31 now"):
        made(tmp_path / "run", other, begin="resume")
    assert made(tmp_path / "run", of, replications=4, begin="resume").manifest.replications == 4


def test_a_run_that_ends_before_anything_is_finished_leaves_nothing(tmp_path: Path):
    interrupted(tmp_path / "run", tmp_path / "trouble", 0)
    assert list(tmp_path.iterdir()) == []


def test_the_name_of_an_unfinished_folder_is_not_what_out_takes(tmp_path: Path):
    of = interrupted(tmp_path / "run", tmp_path / "trouble", 1)
    with pytest.raises(RunFolderError, match=r"without \.partial"):
        made(tmp_path / "run.partial", of, begin="resume")


def test_something_else_of_that_name_is_not_ours_to_remove(tmp_path: Path):
    (tmp_path / "run.partial").mkdir()
    (tmp_path / "run.partial" / "notes.txt").touch()
    with pytest.raises(RunFolderError, match="is not an interrupted run"):
        made(tmp_path / "run")
    assert (tmp_path / "run.partial" / "notes.txt").exists()


def test_two_runs_do_not_write_into_one_folder(tmp_path: Path):
    of = scene()
    with Draft(tmp_path / "run", inputs(of), begin="anew") as draft:
        experiment = replicate(of.kind, of.scenario, seed=1, replications=1, shelf=draft)
        with pytest.raises(RunFolderError, match="another process is running this now"):
            made(tmp_path / "run")
        draft.finish(record_of_run(of, experiment, MADE), written)
    assert read_manifest(tmp_path / "run").replications == 1


def test_a_replication_that_was_half_stored_is_done_again(tmp_path: Path):
    of = interrupted(tmp_path / "run", tmp_path / "trouble", 2)
    parts = tmp_path / "run.partial" / ".parts"
    (parts / "0-1").rename(parts / "0-1.tmp")
    record = made(tmp_path / "run", of, replications=3, begin="resume")
    assert record.manifest.trace_hash == made(tmp_path / "whole", of, replications=3).manifest.trace_hash


def test_a_folder_that_lost_a_file_says_so(tmp_path: Path):
    made(tmp_path / "run")
    (tmp_path / "run" / "daily.parquet").unlink()
    with pytest.raises(RunFolderError, match="run it again: windtunnel run"):
        read_record(tmp_path / "run")


def test_every_parameter_is_in_the_scenario_file(tmp_path: Path):
    made(tmp_path / "run", scene(note="written down"))
    keys = tomllib.loads((tmp_path / "run" / "scenario.toml").read_text()).keys()
    assert keys == {"scenario", *TOY.kind.scenario.__struct_fields__}
