import shlex
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import polars as pl
import pytest

from tests.windtunnel.conftest import TOY, FrontDoor

ANSWERS = (
    "reported",
    "closed_share_day_30",
    "first_payment_days_p50",
    "clocks_missed_share",
    "drift_count",
    "drift_dollars",
)
ESTIMATE = ["mean", "ci_low", "ci_high", "p05", "p50", "p95", "runs", "unit"]


def test_json_is_one_object_of_the_agreed_shape(toy: FrontDoor):
    said = toy("run", "--json", "--replications", "3", "--seed", "5")
    assert (said.code, said.err) == (0, "")
    assert list(said.json) == [
        "scenario",
        "carrier",
        "law_as_of",
        "seed",
        "replications",
        "trace_hash",
        "run_folder",
        "answers",
    ]
    assert said.json["scenario"] == "toy"
    assert said.json["carrier"] == "coastal_mutual"
    assert said.json["law_as_of"] == "2026-09-10"
    assert (said.json["seed"], said.json["replications"]) == (5, 3)
    assert said.json["run_folder"] == "runs/toy-5"
    assert tuple(said.json["answers"]) == ANSWERS
    assert all(list(answer) == ESTIMATE for answer in said.json["answers"].values())
    reported = said.json["answers"]["reported"]
    assert reported == {
        "mean": 200.0,
        "ci_low": 200.0,
        "ci_high": 200.0,
        "p05": 200.0,
        "p50": 200.0,
        "p95": 200.0,
        "runs": 3,
        "unit": "claims",
    }


def test_one_replication_has_no_intervals(toy: FrontDoor):
    answers = toy("run", "--json").json["answers"]
    assert {answer["ci_low"] for answer in answers.values()} == {None}
    assert {answer["p95"] for answer in answers.values()} == {None}
    assert all(answer["mean"] == answer["p50"] for answer in answers.values())


def test_what_was_not_measured_is_null(toy: FrontDoor):
    share = toy("run", "--json", "-s", "claims=0").json["answers"]["clocks_missed_share"]
    assert (share["mean"], share["runs"]) == (None, 0)


def test_the_run_folder_is_where_it_says_and_matches_what_was_said(toy: FrontDoor, tmp_path: Path):
    said = toy("run", "--json", "--replications", "2", "--out", tmp_path / "mine").json
    assert said["run_folder"] == str(tmp_path / "mine")
    manifest = msgspec.json.decode((tmp_path / "mine" / "manifest.json").read_bytes())
    assert manifest["trace_hash"] == said["trace_hash"]
    answers = pl.read_parquet(tmp_path / "mine" / "answers.parquet")
    shares = answers.filter(pl.col("answer") == "clocks_missed_share")["value"]
    assert shares.mean() == pytest.approx(said["answers"]["clocks_missed_share"]["mean"])
    assert (tmp_path / "mine" / "report.html").read_text().startswith("<!doctype html>")


def test_the_same_line_gives_the_same_answer(toy: FrontDoor):
    assert toy("run", "--json").out == toy("run", "--json").out


def test_processes_change_nothing(toy: FrontDoor):
    one = toy("run", "--json", "--replications", "3")
    two = toy("run", "--json", "--replications", "3", "--workers", "2")
    assert one.out == two.out


def test_people_get_sentences_first_and_then_the_report(toy: FrontDoor):
    said = toy("run", "--replications", "2")
    assert (said.code, said.err) == (0, "")
    lines = said.out.splitlines()
    assert lines[0].startswith("Toy, carrier coastal_mutual, law as of 2026-09-10, seed 1, 2 replications")
    assert [line for line in lines if line in ("What happened", "What it cost", "What would help")] == [
        "What happened",
        "What it cost",
        "What would help",
    ]
    assert "200 (200 to 200) claims were reported." in said.out
    assert lines[-1] == "Report: runs/toy-1/report.html"


def test_a_file_says_what_to_run_and_the_command_line_has_the_last_word(front_door: FrontDoor, tmp_path: Path):
    path = tmp_path / "storm.toml"
    path.write_text(f'scenario = "{TOY}"\nclaims = 7\nadjusters = 3\n')
    said = front_door("run", path, "-s", "adjusters=4", "--json", "--quiet")
    assert said.json["answers"]["reported"]["mean"] == 7
    scenario = Path("runs/toy-1/scenario.toml").read_text()
    assert "adjusters = 4" in scenario


def test_the_scenario_of_a_run_folder_runs_again_to_the_same_hash(toy: FrontDoor, front_door: FrontDoor):
    first = toy("run", "--json", "-s", "claims=9", "--seed", "3").json
    again = front_door("run", "runs/toy-3/scenario.toml", "--seed", "3", "--json", "--quiet", "--out", "again").json
    assert again["trace_hash"] == first["trace_hash"]


def test_the_command_in_the_manifest_runs_again_to_the_same_hash(toy: FrontDoor, front_door: FrontDoor):
    first = toy("run", "--json", "-s", "claims=9", "-s", "weights=[1.0, 0.0]", "-s", "note=a b").json
    manifest = msgspec.json.decode(Path("runs/toy-1/manifest.json").read_bytes())
    again = front_door(*shlex.split(manifest["command"])[1:], "--json", "--quiet", "--out", "again").json
    assert again["trace_hash"] == first["trace_hash"]
    assert Path("again/scenario.toml").read_text() == Path("runs/toy-1/scenario.toml").read_text()


def test_a_condition_that_does_not_hold_is_good(toy: FrontDoor):
    assert toy("run", "--fail-if", "clocks_missed_share>0.9", "--fail-if", "reported < 10").code == 0


def test_a_condition_that_holds_is_wrong_and_named(toy: FrontDoor):
    said = toy("run", "--json", "--fail-if", "reported >= 100", "--fail-if", "reported<100")
    assert said.code == 1
    assert said.line == "windtunnel: reported is 200, and this fails if reported >= 100"
    assert said.json["answers"]["reported"]["mean"] == 200
    assert Path("runs/toy-1/report.html").exists()


def test_a_condition_on_what_was_not_measured_is_never_green(toy: FrontDoor):
    said = toy("run", "-s", "claims=0", "--fail-if", "clocks_missed_share>0.2")
    assert said.code == 4
    assert "nothing was checked" in said.line


def test_a_condition_on_an_unknown_answer_is_bad_input(toy: FrontDoor):
    said = toy("run", "--fail-if", "clock_missed_share>0.2")
    assert said.code == 2
    assert "did you mean 'clocks_missed_share'?" in said.line


BAD = {
    "scenario": (("run", "catastroph"), "did you mean 'catastrophe'?"),
    "no file": (("run", "storm.toml"), "storm.toml: No such file or directory"),
    "no module": (("run", "storm.py"), "storm.py: no such file"),
    "parameter": (("run", TOY, "-s", "claim=3"), "toy has no parameter 'claim': did you mean 'claims'?"),
    "type": (("run", TOY, "-s", "claims=many"), "claims=many is not allowed; it is a whole number, at least 0"),
    "negative": (("run", TOY, "-s", "claims=-1"), "claims=-1 is not allowed"),
    "choice": (("run", TOY, "-s", "topology=event"), "did you mean 'events'?"),
    "no value": (("run", TOY, "-s", "claims"), "-s claims: it takes KEY=VALUE"),
    "together": (("run", TOY, "-s", "adjusters=5000"), "adjusters: 5000 for 200 claims are too many"),
    "carrier": (("run", TOY, "--carrier", "nobody"), "carrier 'nobody': No such file or directory"),
    "condition": (("run", TOY, "--fail-if", "reported"), "--fail-if 'reported': it takes ANSWER>NUMBER"),
    "seed": (("run", TOY, "--seed", "-1"), "Invalid value for '--seed'"),
    "replications": (("run", TOY, "--replications", "0"), "Invalid value for '--replications'"),
    "workers": (("run", TOY, "--workers", "0"), "Invalid value for '--workers'"),
    "option": (("run", TOY, "--sed", "1"), "No such option: --sed"),
    "nothing to run": (("run",), "Missing argument 'SCENARIO'"),
    "no command": (("fly",), "No such command 'fly'"),
    "nothing to vary": (("compare", TOY), "Missing option '--vary'"),
    "one value": (("compare", TOY, "--vary", "adjusters=1"), "it takes two or more different values"),
    "equal values": (("compare", TOY, "--vary", "adjusters=1,2,1"), "it takes two or more different values"),
    "varied twice": (("compare", TOY, "--vary", "adjusters=1,2", "--vary", "adjusters=3,4"), "is varied twice"),
    "vary what": (("compare", TOY, "--vary", "adjusters"), "it takes KEY=A,B,C"),
    "vary badly": (("compare", TOY, "--vary", "adjusters=1,x"), "adjusters=x is not allowed"),
    "vary carrier": (("compare", TOY, "--vary", "carrier=coastal_mutual,nobody"), "carrier 'nobody'"),
    "no run": (("replay", "nowhere"), "nowhere is not a run folder"),
    "no report": (("report", "nowhere"), "nowhere is not a run folder"),
    "listing": (("scenarios", "catastroph"), "did you mean 'catastrophe'?"),
}


@pytest.mark.parametrize("words", [words for words, _ in BAD.values()], ids=BAD)
def test_bad_input_is_one_line_and_leaves_nothing_behind(front_door: FrontDoor, words: tuple[str, ...]):
    says = next(says for given, says in BAD.values() if given == words)
    said = front_door(*words)
    assert (said.code, said.out) == (2, "")
    assert said.line.startswith("windtunnel: ")
    assert says in said.line
    assert list(Path().iterdir()) == []


def test_a_broken_carrier_profile_is_bad_input(front_door: FrontDoor, tmp_path: Path):
    (tmp_path / "mine.toml").write_text("name = 3")
    said = front_door("run", TOY, "--carrier", tmp_path / "mine.toml")
    assert said.code == 2
    assert "mine.toml" in said.line


def test_a_folder_that_is_not_ours_is_not_used(toy: FrontDoor):
    Path("notes").mkdir()
    Path("notes/thesis.txt").touch()
    said = toy("run", "--out", "notes")
    assert said.code == 2
    assert "choose another folder with --out" in said.line
    assert [path.name for path in Path("notes").iterdir()] == ["thesis.txt"]


def test_a_folder_that_cannot_be_made_is_named(toy: FrontDoor):
    Path("file").touch()
    said = toy("run", "--out", "file/run")
    assert said.code == 2
    assert "Not a directory" in said.line


def test_ctrl_c_says_what_is_kept_and_resume_goes_on(toy: FrontDoor, trouble: Callable[[str], Path]):
    path = trouble("stop 2")
    words = ("run", "-s", f"trouble={path}", "--replications", "4", "--out", "run")
    said = toy(*words)
    assert (said.code, said.out) == (130, "")
    assert (
        said.line == "windtunnel: interrupted with 2 of 4 replications finished; the same command with --resume goes on"
    )
    assert [entry.name for entry in Path().iterdir()] == ["run.partial"]
    path.write_text("break 0")
    resumed = toy(*words, "--resume", "--json")
    assert resumed.code == 0
    path.unlink()
    assert resumed.json["trace_hash"] == toy(*words, "--json").json["trace_hash"]
    assert [entry.name for entry in Path().iterdir()] == ["run"]


def test_ctrl_c_before_anything_is_finished_keeps_nothing(toy: FrontDoor, trouble: Callable[[str], Path]):
    said = toy("run", "-s", f"trouble={trouble('stop 0')}", "--out", "run")
    assert said.code == 130
    assert said.line == "windtunnel: interrupted with 0 of 1 replications finished; nothing is kept"
    assert list(Path().iterdir()) == []


def test_resume_with_other_parameters_is_refused(toy: FrontDoor, trouble: Callable[[str], Path]):
    path = trouble("stop 1")
    toy("run", "-s", f"trouble={path}", "--replications", "2", "--out", "run")
    said = toy("run", "-s", f"trouble={path}", "-s", "claims=3", "--replications", "2", "--out", "run", "--resume")
    assert said.code == 2
    assert "another claims, 200 where it is 3 now: without --resume it starts over" in said.line


def test_resume_of_nothing_is_a_run(toy: FrontDoor):
    assert toy("run", "--resume").code == 0


def test_workers_end_with_an_interrupted_run(tmp_path: Path, trouble: Callable[[str], Path]):
    path = trouble("stop parent 1")
    command = [sys.executable, "-c", "import sys; from windtunnel.app import main; sys.exit(main())"]
    words = ["run", TOY, "-s", f"trouble={path}", "--replications", "4", "--workers", "2", "--out", "run"]
    done = subprocess.run([*command, *words], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 130
    assert done.stdout == ""
    assert done.stderr.splitlines()[-1].startswith("windtunnel: interrupted with ")
    assert "Traceback" not in done.stderr


def test_a_worker_without_memory_ends_a_run_that_can_go_on(toy: FrontDoor, trouble: Callable[[str], Path]):
    path = trouble("die 1")
    words = ("run", "-s", f"trouble={path}", "--replications", "3", "--workers", "2", "--out", "run")
    said = toy(*words)
    assert said.code == 130
    assert (
        "a worker process ended with 9, perhaps for want of memory: fewer --workers need less; interrupted" in said.line
    )
    path.unlink()
    assert toy(*words, "--resume").code == 0


def test_sigterm_ends_a_run_like_ctrl_c(front_door: FrontDoor, trouble: Callable[[str], Path]):
    # The pipeline's signal comes in while a scenario is at work, here from the scenario itself.
    before = signal.getsignal(signal.SIGTERM)
    storm = Path(TOY).read_text().replace("signal.SIGINT", "signal.SIGTERM")
    Path("terminated_toy.py").write_text(storm)
    path = trouble("stop 1")
    said = front_door(
        "run", "terminated_toy.py", "-s", f"trouble={path}", "--replications", "2", "--workers", "1", "--quiet"
    )
    assert said.code == 130
    assert "interrupted with 1 of 2 replications finished" in said.line
    assert signal.getsignal(signal.SIGTERM) is before


def test_our_own_mistake_is_one_line_that_says_where_it_was(toy: FrontDoor, trouble: Callable[[str], Path]):
    said = toy("run", "-s", f"trouble={trouble('break 0')}")
    assert said.code == 70
    assert said.line.startswith("windtunnel: this should not happen: KeyError: 'nothing of that name'")
    assert "in replication 0 of seed 1" in said.line
    assert said.line.endswith("; the same with --debug shows where")


def test_debug_shows_the_traceback(front_door: FrontDoor, trouble: Callable[[str], Path]):
    said = front_door("run", TOY, "--workers", "1", "--quiet", "-s", f"trouble={trouble('break 0')}", "--debug")
    assert said.code == 70
    assert "Traceback (most recent call last)" in said.err
    assert front_door("--debug", "run", "nothing").code == 2


def test_a_log_is_not_flooded_with_progress(front_door: FrontDoor):
    said = front_door("run", TOY, "--workers", "1", "--replications", "20")
    assert (said.code, said.err) == (0, "")
