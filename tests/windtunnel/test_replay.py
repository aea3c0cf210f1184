from pathlib import Path

import msgspec
import polars as pl
import pytest

from tests.windtunnel.conftest import FrontDoor


@pytest.fixture
def run(toy: FrontDoor) -> Path:
    toy("run", "-s", "claims=40", "--replications", "3", "--out", "run")
    return Path("run")


def forge(run: Path) -> None:
    """The folder of a run that came out otherwise."""
    path = run / "manifest.json"
    manifest = msgspec.json.decode(path.read_bytes())
    manifest["runs"][0]["replications"][1] = "0" * 32
    manifest["commit"] = "f" * 40
    path.write_bytes(msgspec.json.encode(manifest))


def test_a_replication_comes_out_the_same_and_its_trace_is_written(front_door: FrontDoor, run: Path):
    said = front_door("replay", run, "--replication", "2", "--quiet")
    assert (said.code, said.err) == (0, "")
    assert "Replication 2 came out the same" in said.out
    trace = pl.read_parquet(run / "trace-0-2.parquet")
    assert trace.columns == ["tick", "kind", "entity"]
    assert trace.height == 40
    assert trace["kind"].unique().to_list() == ["reported"]


def test_json_says_whether_it_is_the_same(front_door: FrontDoor, run: Path):
    manifest = msgspec.json.decode((run / "manifest.json").read_bytes())
    said = front_door("replay", run, "--replication", "1", "--json", "--quiet", "--out", "trace.csv")
    assert said.json["same"] is True
    assert said.json["trace_hash"] == manifest["runs"][0]["replications"][1]
    assert (said.json["trace"], said.json["rows"]) == ("trace.csv", 40)
    assert Path("trace.csv").read_text().startswith("tick,kind,entity\n")


def test_a_replication_that_comes_out_otherwise_is_wrong(front_door: FrontDoor, run: Path):
    forge(run)
    said = front_door("replay", run, "--replication", "1", "--json", "--quiet")
    assert said.code == 1
    assert "replication 1 came out otherwise" in said.line
    assert "it was made with commit ffff" in said.line
    assert said.json["same"] is False


def test_a_setting_of_a_comparison_is_replayed(toy: FrontDoor, front_door: FrontDoor):
    toy("compare", "--vary", "landfall=2026-08-01,2026-09-01", "--replications", "2", "--out", "run")
    assert front_door("replay", "run", "--setting", "1", "--replication", "1", "--quiet").code == 0
    assert Path("run/trace-1-1.parquet").exists()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--replication", "3"), "run has replications 0 to 2"),
        (("--setting", "1"), "run has settings 0 to 0"),
        (("--out", "trace.xlsx"), "a trace is written as .parquet or .csv"),
    ],
)
def test_what_is_not_there_cannot_be_replayed(front_door: FrontDoor, run: Path, words: tuple[str, ...], says: str):
    said = front_door("replay", run, *words)
    assert said.code == 2
    assert says in said.line


def test_a_report_is_drawn_again_to_the_same_page(front_door: FrontDoor, run: Path):
    before = (run / "report.html").read_text()
    (run / "report.html").unlink()
    said = front_door("report", run)
    assert (said.code, said.out) == (0, "Report: run/report.html\n")
    assert (run / "report.html").read_text() == before
