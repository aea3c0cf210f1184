import httpx
import pytest
from msgspec.structs import replace

from contracts.deployment import Http, Start, load_deployment
from contracts.driver import DeploymentUnreachable
from contracts.running import running


def started_by(*command: str, ready_seconds: float = 30.0):
    return replace(load_deployment("reference"), start=Start(command, ready_seconds))


def test_a_start_command_runs_for_as_long_as_it_is_needed():
    with running(load_deployment("reference")) as base_url:
        assert httpx.get(f"{base_url}/ready").status_code == 200
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{base_url}/ready")


def test_a_start_command_that_ends_says_its_last_word():
    with (
        pytest.raises(DeploymentUnreachable, match="ended with 3: no database"),
        running(started_by("{python}", "-c", "print('no database'); raise SystemExit(3)")),
    ):
        raise AssertionError("nothing runs")


def test_a_start_command_that_is_not_there_is_named():
    with (
        pytest.raises(DeploymentUnreachable, match="cannot start no-such-program"),
        running(started_by("no-such-program")),
    ):
        raise AssertionError("nothing runs")


def test_a_deployment_that_is_never_ready_is_given_up_and_ended():
    sleeper = started_by("{python}", "-c", "import time; time.sleep(60)", ready_seconds=0.3)
    with pytest.raises(DeploymentUnreachable, match=r"not ready after 0\.3 s"), running(sleeper):
        raise AssertionError("nothing runs")


def test_a_deployment_without_a_start_command_has_to_be_there(nobody):
    with (
        pytest.raises(DeploymentUnreachable, match=r"127\.0\.0\.1"),
        running(replace(load_deployment("reference"), start=None, http=Http(nobody))),
    ):
        raise AssertionError("nothing runs")


def test_a_deployment_that_is_there_is_taken_as_it_is(reference, reference_url):
    with running(reference) as base_url:
        assert base_url == reference_url
