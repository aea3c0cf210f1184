"""`load` and `audit` against the reference deployment, whole and with defects: every exit code, and why."""

import json
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import polars as pl
import pytest

from contracts.deployment import Deployment, Http, Start
from contracts.running import running
from loadtests.record import SCHEMA
from loadtests.verdict import ExitCode

WINDTUNNEL = str(Path(sys.executable).with_name("windtunnel"))
REFERENCE = """
[http]
base_url = "http://127.0.0.1:{port}"
[idempotency]
dialect = "header"
[capabilities]
clock = true
drain = true
fault = true
[load]
allowed = true
max_rate = 1000
"""
START = """
[start]
command = ["{python}", "-m", "contracts.reference", "--port", "{port}", "--hooks"]
"""
PROFILE = """
seed = 4
seconds = 1.5
rate = 60
retry_share = 0.5
[arrivals]
everyday_share = 1.0
[mix]
claim = 0.4
paying = 0.4
reading = 0.2
[book]
policies = 2
[service_levels]
max_generator_lag_ms = 5000.0
[service_levels.p95_ms]
report_claim = 30000.0
receive_payment = 30000.0
"""
LOOKS = """
seconds = {seconds}
rate = {rate}
max_in_flight = {in_flight}
[arrivals]
everyday_share = 1.0
[mix]
reading = 1.0
[book]
policies = 1
[service_levels]
max_generator_lag_ms = 5000.0
[service_levels.p95_ms]
read_policy = 1000.0
"""


@pytest.fixture
def here(front_door) -> Path:
    """The folder in which `windtunnel` is called."""
    return Path.cwd()


def deployment(folder: Path, text: str) -> Path:
    path = folder / "deployment.toml"
    path.write_text(text)
    return path


def started(folder: Path, *arguments: str) -> Path:
    """A reference deployment that starts with the load and ends with it."""
    more = "".join(f', "{argument}"' for argument in arguments)
    return deployment(folder, REFERENCE.format(port=9) + START.replace('"--hooks"', f'"--hooks"{more}'))


def profile(folder: Path, text: str = PROFILE, name: str = "profile.toml") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def looks(folder: Path, *, seconds: float = 1.0, rate: float = 40.0, in_flight: int = 100) -> Path:
    return profile(folder, LOOKS.format(seconds=seconds, rate=rate, in_flight=in_flight))


def read(path: Path):
    return json.loads(path.read_text())


# --- 0, 1 and 4


def test_a_sound_deployment_is_loaded_and_audited_and_good(front_door, here):
    said = front_door("load", started(here), profile(here), "--out", "folder", "--json", "--quiet")
    assert (said.code, said.err) == (0, "")
    folder = here / "folder"
    assert sorted(path.name for path in folder.iterdir()) == [
        "audit.json", "report.html", "requests.parquet", "verdict.json",
    ]  # fmt: skip
    assert said.json == {
        "folder": "folder",
        "verdict": read(folder / "verdict.json"),
        "audit": read(folder / "audit.json"),
    }
    verdict, audit = said.json["verdict"], said.json["audit"]
    assert (verdict["exit_code"], verdict["seed"], verdict["rate"], verdict["seconds"]) == (0, 4, 60.0, 1.5)
    assert {level["operation"]: level["holds"] for level in verdict["measured"]["levels"]}["report_claim"] is True
    assert audit["judgements"] > 50
    record = pl.read_parquet(folder / "requests.parquet")
    assert record.schema == SCHEMA
    assert record["verdict"].unique().to_list() == ["good"]
    sent_again = record.filter(pl.col("operation") == "receive_payment").group_by("key").len()
    assert sent_again["len"].max() == 2
    came = record.filter(pl.col("journey") != "book")
    assert min((came["sent"] - came["intended"]).to_list()) >= 0.0
    assert min((came["done"] - came["sent"]).to_list()) > 0.0
    page = (folder / "report.html").read_text()
    assert page.count("<svg") == 3
    assert "Good: profile on deployment" in page
    # It would have changed the sockets and threads of this very process.
    assert "locust" not in sys.modules


def test_a_payment_applied_twice_under_a_retried_key_is_found_by_load_and_by_audit(front_door, here):
    with running(Deployment(http=Http("http://x"), start=_start("--defect", "double_application"))) as base_url:
        port = base_url.rpartition(":")[2]
        alive = deployment(here, REFERENCE.format(port=port))
        said = front_door("load", alive, profile(here), "--out", "folder", "--quiet")
        assert said.code == 1
        assert "is on account" in said.line
        first = read(here / "folder" / "audit.json")
        assert {finding["code"] for finding in first["findings"]} == {"AUD-2"}
        assert first["off_minor"] == sum(finding["minor"] for finding in first["findings"]) > 0
        again = front_door("audit", alive, "--load", "folder", "--quiet")
        assert again.code == 1
        assert "was acknowledged once and is on account" in again.line
        assert "twice" in again.line
        assert "AUD-2" in again.out
        assert read(here / "folder" / "audit.json") == first


def test_an_answer_that_lacks_a_field_is_wrong_before_the_load_begins(front_door, here):
    said = front_door("load", started(here, "--defect", "missing_field"), profile(here), "--quiet")
    assert said.code == 1
    assert "quote_policy while the book was made: status 201 with a body that is not PolicyView" in said.line


def test_an_audit_of_a_record_that_touched_nothing_is_not_green(front_door, here):
    pl.DataFrame(schema=SCHEMA).write_parquet(here / "requests.parquet")
    with running(Deployment(http=Http("http://x"), start=_start())) as base_url:
        alive = deployment(here, REFERENCE.format(port=base_url.rpartition(":")[2]))
        said = front_door("audit", alive, "--load", here, "--json", "--quiet")
        assert said.code == 4
        assert "nothing in this record could be judged" in said.line
        assert said.json["audit"]["judgements"] == 0
        # The same deployment was restarted since a load that it no longer knows of.
        lost = pl.DataFrame({"operation": ["read_claim"], "status": [200], "claim": ["C-1"]})
        lost.write_parquet(here / "requests.parquet")
        said = front_door("audit", alive, "--load", here, "--quiet")
        assert said.code == 1
        assert "claim C-1 was answered with success and does not exist" in said.line


# --- 2


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("nowhere", "fnol-spike"), "deployment 'nowhere'"),
        (("reference", "hurricane-andrew"), "profile 'hurricane-andrew'"),
        (("reference", "fnol-spike", "--rate", "1e9"), "load.max_rate: 2000 requests a second are allowed"),
        (("reference", "fnol-spike", "--rate", "-1"), "rate: -1.0 is not above 0"),
        (("reference", "fnol-spike", "--seconds", "0"), "seconds: 0.0 is not above 0"),
    ],
)
def test_bad_input_is_one_line_and_sends_nothing(front_door, here, words, says):
    said = front_door("load", *words)
    assert (said.code, said.out) == (2, "")
    assert says in said.line
    assert not (here / "runs").exists()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("allowed = true", "allowed = false"), "load.allowed: no load is allowed"),
        (("allowed = true\nmax_rate = 1000", ""), "load.allowed: no load is allowed"),
        (("127.0.0.1", "core.example.com"), "core.example.com is not this machine; --remote core.example.com"),
        (("127.0.0.1", "10.0.0.8"), "10.0.0.8 is not this machine"),
        (('dialect = "header"', 'dialect = "guess"'), "idempotency.dialect"),
        (("[load]", '[auth]\nkind = "bearer"\ntoken_env = "NO_SUCH_TOKEN"\n[load]'), "NO_SUCH_TOKEN is not set"),
    ],
)
def test_no_load_goes_where_the_file_does_not_allow_it(front_door, here, change, says):
    said = front_door("load", deployment(here, REFERENCE.format(port=9).replace(*change)), "fnol-spike", "--rate", "50")
    assert said.code == 2
    assert says in said.line


def test_a_record_that_is_none_is_named(front_door, here):
    said = front_door("audit", "reference", "--load", here / "no-such-folder")
    assert said.code == 2
    assert "no-such-folder" in said.line


# --- 3


def test_a_slow_answer_misses_the_service_level(front_door, here):
    """The book is made at once and only then does the deployment become slow, or making it would take too long."""
    with running(Deployment(http=Http("http://x"), start=_start())) as base_url:
        alive = deployment(here, REFERENCE.format(port=base_url.rpartition(":")[2]))
        words = ["load", str(alive), str(looks(here)), "--out", "folder", "--quiet"]
        with subprocess.Popen(
            [WINDTUNNEL, *words], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        ) as load:
            plant_after_billing(base_url, "slow_answer", load)
            _, err = load.communicate(timeout=60)
    assert (load.returncode, err.count("\n")) == (3, 1)
    assert "read_policy: 95 % within" in err
    verdict = read(here / "folder" / "verdict.json")
    level = {each["operation"]: each for each in verdict["measured"]["levels"]}["read_policy"]
    assert level["holds"] is False
    assert level["p50_ms"] >= 1500.0
    assert verdict["measured"]["generator"]["holds"] is True
    assert read(here / "folder" / "audit.json")["findings"] == []


def plant_after_billing(base_url: str, defect: str, load: "subprocess.Popen[str]") -> None:
    with httpx.Client(base_url=base_url) as client:
        while "invoice.due" not in client.get("/events").text:
            assert load.poll() is None, "the load ended before its book was made"
        assert client.post("/_hooks/defect", json={"name": defect}).status_code == 200


# --- 5, 6 and 7


def test_a_profile_that_brings_nobody_makes_no_load(front_door, here):
    said = front_door("load", started(here), looks(here, seconds=0.5, rate=0.001), "--out", "folder", "--quiet")
    assert said.code == 5
    assert "no load was made" in said.line
    assert read(here / "folder" / "verdict.json")["measured"]["requests"] == 0
    assert (here / "folder" / "report.html").exists()


def test_arrivals_that_find_too_many_under_way_are_dropped_and_the_generator_is_saturated(front_door, here):
    said = front_door("load", started(here), looks(here, rate=900.0, in_flight=1), "--out", "folder", "--quiet")
    assert said.code == 6
    assert "arrivals were dropped" in said.line
    record = pl.read_parquet(here / "folder" / "requests.parquet")
    dropped = record.filter(pl.col("dropped"))
    assert dropped.height == read(here / "folder" / "verdict.json")["measured"]["generator"]["dropped"] > 0
    assert dropped["sent"].null_count() == dropped.height
    assert (here / "folder" / "report.html").read_text().count("<svg") == 4


@pytest.mark.parametrize("command", ["load", "audit"])
def test_a_deployment_that_is_not_there_is_named_in_one_line(front_door, here, command):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
    pl.DataFrame(schema=SCHEMA).write_parquet(here / "requests.parquet")
    words = ("fnol-spike", "--out", "folder") if command == "load" else ("--load", here)
    said = front_door(command, deployment(here, REFERENCE.format(port=port)), *words)
    assert (said.code, said.out) == (7, "")
    assert f"127.0.0.1:{port}" in said.line


def test_a_deployment_that_cannot_start_says_why(front_door, here):
    said = front_door("load", started(here, "--carrier", "nobody"), "fnol-spike")
    assert said.code == 7
    assert "its start command ended with 2" in said.line
    assert "nobody" in said.line


def test_a_deployment_that_refuses_our_token_gets_no_load(front_door, here, monkeypatch):
    monkeypatch.setenv("WINDTUNNEL_TOKEN", "theirs")
    with running(Deployment(http=Http("http://x"), start=_start())) as base_url:
        monkeypatch.setenv("OUR_TOKEN", "another")
        bearer = '[auth]\nkind = "bearer"\ntoken_env = "OUR_TOKEN"\n[load]'
        text = REFERENCE.format(port=base_url.rpartition(":")[2]).replace("[load]", bearer)
        said = front_door("load", deployment(here, text), "fnol-spike", "--out", "folder")
    assert said.code == 7
    assert "refused us" in said.line
    assert list((here / "folder").iterdir()) == []


def _start(*arguments: str) -> Start:
    return Start(("{python}", "-m", "contracts.reference", "--port", "{port}", "--hooks", *arguments))


def test_every_exit_code_has_its_test():
    assert set(ExitCode.__args__) == {0, 1, 3, 4, 5, 6, 7}
