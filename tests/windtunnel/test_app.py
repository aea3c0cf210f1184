import subprocess
import sys

import msgspec
import pytest

from tests.windtunnel.conftest import FrontDoor

HEAVY = ("polars", "matplotlib", "numpy", "scipy", "jinja2", "simulations", "model")
WITHOUT_POLARS = """
import sys
sys.modules["polars"] = None
from windtunnel.app import main
sys.exit(main(sys.argv[1:]))
"""


def python(script: str, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", script, *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_help_names_the_commands_in_their_groups(front_door: FrontDoor):
    said = front_door("--help")
    assert (said.code, said.err) == (0, "")
    assert said.out.index("Simulate") < said.out.index("scenarios") < said.out.index("doctor")
    assert all(command in said.out for command in ("run", "compare", "replay", "report"))


def test_no_command_shows_the_help(front_door: FrontDoor):
    assert "Usage: windtunnel" in front_door().out


def test_help_imports_nothing_heavy():
    script = f"from windtunnel.app import main; main(['--help']); import sys; print(*set({HEAVY}) & set(sys.modules))"
    done = python(script)
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == ""


def test_the_version_is_that_of_the_package(front_door: FrontDoor):
    said = front_door("--version")
    assert (said.code, said.out) == (0, "windtunnel 0.1.0\n")


def test_a_missing_extra_is_one_line_that_names_it():
    done = python(WITHOUT_POLARS, "run", "catastrophe")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        'windtunnel: this needs polars, which is not installed: pip install "windtunnel[simulate]"\n'
    )


def test_doctor_works_without_extras_and_says_what_is_there():
    done = python(WITHOUT_POLARS, "doctor", "--json")
    assert done.returncode == 0
    found = msgspec.json.decode(done.stdout)
    assert found["extras"]["base"]["complete"] is True
    assert "polars" in found["extras"]["simulate"]["packages"]
    assert found["extras"].keys() >= {"simulate", "serve", "verify", "load", "notebooks"}


def test_doctor_tells_people_too(front_door: FrontDoor):
    said = front_door("doctor")
    assert said.code == 0
    assert "simulate" in said.out
    assert "complete" in said.out


def test_scenarios_are_listed(front_door: FrontDoor):
    said = front_door("scenarios")
    assert said.code == 0
    assert "catastrophe" in said.out


def test_the_parameters_of_a_scenario_are_listed_with_units_and_defaults(front_door: FrontDoor):
    said = front_door("scenarios", "catastrophe")
    assert said.code == 0
    assert any(line.split()[:3] == ["policies", "10000", "policies"] for line in said.out.splitlines())


def test_parameters_can_be_read_by_a_program(front_door: FrontDoor):
    found = front_door("scenarios", "catastrophe", "--json").json
    policies = next(each for each in found["parameters"] if each["name"] == "policies")
    assert policies["unit"] == "policies"
    assert policies["allowed"].startswith("a whole number, at least 1")
    assert [each["name"] for each in front_door("scenarios", "--json").json] == ["catastrophe"]


@pytest.mark.parametrize("command", ["scenarios", "run", "compare", "replay", "report", "doctor"])
def test_every_command_explains_itself(front_door: FrontDoor, command: str):
    said = front_door(command, "--help")
    assert said.code == 0
    assert f"Usage: windtunnel {command}" in said.out
