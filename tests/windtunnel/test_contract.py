"""`pacts`, `verify`, `states` and `conform` as their users meet them: what is said, and every exit code."""

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import httpx
import pytest

from contracts.deployment import load_deployment
from contracts.pact_files import PACTS
from contracts.running import free_port, running, stop

RUNS = """
[http]
base_url = "{url}"
[broker]
kind = "feed"
url = "/events"
[idempotency]
dialect = "header"
[capabilities]
clock = true
drain = true
fault = true
"""


@pytest.fixture(scope="module")
def url():
    with running(load_deployment("reference")) as base_url:
        yield base_url


@pytest.fixture
def staging(url, tmp_path) -> Path:
    """The file of a deployment that runs."""
    path = tmp_path / "staging.toml"
    path.write_text(RUNS.format(url=url))
    return path


@pytest.fixture
def plant(url):
    yield lambda name: httpx.post(f"{url}/_hooks/defect", json={"name": name}).raise_for_status()
    httpx.post(f"{url}/_hooks/defect", json={"name": "none"}).raise_for_status()


@pytest.fixture
def dead(tmp_path) -> Path:
    path = tmp_path / "dead.toml"
    path.write_text(RUNS.format(url=f"http://127.0.0.1:{free_port()}"))
    return path


@pytest.fixture
def guarded(tmp_path, monkeypatch) -> Path:
    """A deployment that wants a token, with a wrong one in our hands."""
    command = '[start]\ncommand = ["{python}", "-m", "contracts.reference", "--port", "{port}", "--hooks"]\n'
    path = tmp_path / "guarded.toml"
    path.write_text(RUNS.format(url="http://127.0.0.1:1") + '[auth]\nkind = "bearer"\ntoken_env = "OURS"\n' + command)
    monkeypatch.setenv("WINDTUNNEL_TOKEN", "theirs")
    monkeypatch.setenv("OURS", "ours")
    return path


# --- pacts


def test_the_shipped_pacts_are_good(front_door):
    assert front_door("pacts", "check") == (0, "", "")


def test_pacts_can_be_built_anywhere_and_are_then_good(front_door, tmp_path):
    built = front_door("pacts", "build", "--out", tmp_path / "own")
    assert built.code == 0
    assert [Path(line).name for line in built.out.splitlines()] == [
        "agent-portal-core.json",
        "billing-core.json",
        "claims-core.json",
        "processes-core.json",
        "underwriting-core.json",
    ]
    assert front_door("pacts", "check", "--dir", tmp_path / "own").code == 0


def test_a_stale_pact_is_wrong_and_named(front_door, tmp_path):
    front_door("pacts", "build", "--out", tmp_path / "own")
    stale = tmp_path / "own" / "billing-core.json"
    stale.write_text(stale.read_text().replace("a policy was issued", "a policy was sold"))
    said = front_door("pacts", "check", "--dir", tmp_path / "own")
    assert said.code == 1
    assert "billing-core.json: stale: lacks 'a policy was issued'" in said.out
    assert "billing-core.json: unknown: 'a policy was sold'" in said.out
    assert "2 found in the pacts" in said.line


# --- verify


def test_verify_is_green_on_the_reference_which_it_starts_by_itself(front_door, tmp_path):
    said = front_door("verify", "reference", "--junit", tmp_path / "deep" / "junit.xml")
    assert (said.code, said.err) == (0, "")
    assert "45 of 45 interactions verified" in said.out
    suites = ElementTree.fromstring((tmp_path / "deep" / "junit.xml").read_bytes())
    assert {suite.get("failures") for suite in suites} == {"0"}


def test_verify_takes_the_path_of_a_deployment_and_tells_in_json(front_door, staging):
    said = front_door("verify", staging, "--json")
    assert said.code == 0
    assert (said.json["deployment"], said.json["result"], said.json["verified"]) == ("staging", "verified", 45)


def test_verify_is_red_when_an_answer_lacks_a_field(front_door, staging, plant, tmp_path):
    plant("missing_field")
    said = front_door("verify", staging, "--junit", tmp_path / "junit.xml")
    assert said.code == 1
    assert "FAILED  agent-portal: the standing of a quote, given a quoted policy" in said.out
    assert "interactions failed" in said.line
    assert "<failure" in (tmp_path / "junit.xml").read_text()


def test_verify_of_nothing_is_not_green(front_door, staging, tmp_path):
    (tmp_path / "empty").mkdir()
    nothing = front_door("verify", staging, "--pacts", tmp_path / "empty", "--junit", tmp_path / "junit.xml")
    assert nothing.code == 4
    assert "no interaction to verify" in nothing.line
    assert "<failure" in (tmp_path / "junit.xml").read_text()
    assert front_door("verify", staging, "--only", "no such thing").code == 4


def test_verify_says_what_a_deployment_without_a_broker_leaves_unverified(front_door, url, tmp_path):
    path = tmp_path / "plain.toml"
    path.write_text(f'[http]\nbase_url = "{url}"\n')
    said = front_door("verify", path)
    assert said.code == 0
    assert "SKIPPED billing: a policy was issued" in said.out
    assert "25 of 45 interactions verified" in said.out
    assert front_door("verify", path, "--only", "a policy was").code == 4


def test_no_proxy_stands_between_us_and_this_machine(front_door, staging, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert front_door("verify", staging).code == 0
    assert front_door("conform", staging, "--examples", "2", "--steps", "5").code == 0


def test_verify_can_be_asked_for_some(front_door, staging):
    said = front_door("verify", staging, "--only", "^cover ", "--json")
    assert said.code == 0
    assert said.json["verified"] == 5


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--only", "("], "no regular expression"),
        (["--pacts", "nowhere"], "nowhere: no such file"),
    ],
)
def test_verify_refuses_bad_input(front_door, staging, words, why):
    said = front_door("verify", staging, *words)
    assert said.code == 2
    assert why in said.line


# --- conform


def test_conform_is_green_on_the_reference_and_names_what_it_did_not_check(front_door):
    said = front_door("conform", "reference", "--examples", "5", "--steps", "10")
    assert (said.code, said.err) == (0, "")
    assert "reference: conforms" in said.out
    assert "set_reserve" in said.out.partition("not checked: no answer judged of")[2]


def test_conform_shows_the_shortest_walk_and_writes_it_down(front_door, staging, plant):
    plant("wrong_proration")
    said = front_door("conform", staging, "--examples", "100", "--steps", "12", "--seed", "3")
    assert said.code == 1
    told = said.out.splitlines()
    assert [line.split()[1].rstrip(":") for line in told[:4]] == [
        "quote_policy", "bind_policy", "issue_policy", "cancel_policy",
    ]  # fmt: skip
    assert "minor unit" in told[4]
    assert "departs from the model at cancel_policy, step 4" in said.line
    walk = Path("runs/conform-staging-3.json")
    assert len(json.loads(walk.read_text())["steps"]) == 4
    again = front_door("conform", staging, "--replay", walk, "--json")
    assert again.code == 1
    assert again.json["failure"]["told"][0].startswith("1. quote_policy")
    plant("none")
    assert front_door("conform", staging, "--replay", walk).code == 0


def test_conform_without_time_checks_nothing_and_is_not_green(front_door, staging):
    said = front_door("conform", staging, "--seconds", "0")
    assert said.code == 4
    assert "not one answer was judged" in said.line


def test_conform_refuses_a_walk_that_is_none(front_door, staging, tmp_path):
    (tmp_path / "walk.json").write_text("{}")
    said = front_door("conform", staging, "--replay", tmp_path / "walk.json")
    assert said.code == 2
    assert "walk.json" in said.line


# --- states


def test_states_answer_a_verifier_of_another_language(staging):
    command = [str(Path(sys.executable).with_name("windtunnel")), "states", str(staging)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=False, env=os.environ)
    try:
        assert process.stdout is not None
        line = process.stdout.readline().decode()
        address = line.split("POST ")[1].split("/states")[0]
        answer = httpx.post(f"{address}/states", json={"state": "a policy in force", "action": "setup", "params": {}})
        message = httpx.post(f"{address}/messages", json={"description": "a policy was issued"})
        assert set(answer.json()) == {"policy_id", "account_id"}
        assert message.json()["policy_id"] == answer.json()["policy_id"]
    finally:
        stop(process)
        process.communicate()


# --- who cannot be asked


COMMANDS = ("verify", "conform", "states")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_dead_deployment_is_unreachable(front_door, dead, command):
    said = front_door(command, dead)
    assert (said.code, said.out) == (7, "")
    assert "127.0.0.1" in said.line


@pytest.mark.parametrize("command", ["verify", "conform"])
def test_a_refused_token_is_unreachable_too(front_door, guarded, command):
    said = front_door(command, guarded)
    assert (said.code, said.out) == (7, "")
    assert "refused us" in said.line


@pytest.mark.parametrize("command", COMMANDS)
def test_a_broken_deployment_file_is_one_line_with_file_and_key(front_door, tmp_path, command):
    path = tmp_path / "broken.toml"
    path.write_text('[http]\nbase_url = "http://127.0.0.1:1"\n[capabilities]\ndrain = "perhaps"\n')
    said = front_door(command, path)
    assert (said.code, said.out) == (2, "")
    assert "broken.toml: capabilities.drain: expected bool" in said.line


@pytest.mark.parametrize("command", COMMANDS)
def test_an_unknown_deployment_is_told_which_there_are(front_door, command):
    said = front_door(command, "stagging")
    assert (said.code, said.out) == (2, "")
    assert "reference" in said.line


@pytest.mark.parametrize("command", ["verify", "conform"])
def test_a_token_that_is_not_there_is_bad_input(front_door, guarded, monkeypatch, command):
    monkeypatch.delenv("OURS")
    said = front_door(command, guarded)
    assert said.code == 2
    assert "auth.token_env" in said.line


def test_a_carrier_that_is_not_there_is_bad_input(front_door, staging):
    staging.write_text(staging.read_text() + '[carrier]\nname = "nobody_mutual"\n')
    said = front_door("conform", staging)
    assert said.code == 2
    assert "carrier.name" in said.line


def test_what_was_shipped_is_left_as_it_is():
    assert sorted(path.name for path in PACTS.iterdir()) == [
        "agent-portal-core.json",
        "billing-core.json",
        "claims-core.json",
        "processes-core.json",
        "underwriting-core.json",
    ]
