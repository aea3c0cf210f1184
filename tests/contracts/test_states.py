import base64
from datetime import date

import httpx
import msgspec
import pytest
from msgspec.structs import replace

from contracts.deployment import StateRecipe, Step
from contracts.driver import Driver
from contracts.recipes import recipe
from contracts.state_server import StateServer, serving
from contracts.states import StateFailed, make_state
from model.published.policy_views import PolicyView
from model.published.requests import PolicyQuestion

ISSUED = "insurance.policy.issued.v1"


def make_quote():
    return recipe("a quoted policy")[0].request


@pytest.fixture
def server(reference, reference_url):
    return StateServer(reference, reference_url, {"a policy was issued": ISSUED})


@pytest.fixture
def endpoints(server):
    with serving(server) as url, httpx.Client(base_url=url) as client:
        yield client


def set_up(client, state, **more):
    return client.post("/states", json={"state": state, "action": "setup", "params": {}} | more)


def test_a_state_is_made_through_the_front_door_and_its_ids_are_returned(driver):
    known = make_state(driver, "a policy cancelled midway", {})
    view = driver.perform("read_policy", known["policy_id"], PolicyQuestion()).view
    assert isinstance(view, PolicyView)
    assert (view.status, view.account_id) == ("cancelled", known["account_id"])


def test_a_state_made_twice_is_two_things(driver):
    assert make_state(driver, "a quoted policy", {}) != make_state(driver, "a quoted policy", {})


def test_what_is_handed_in_is_known_as_well(driver):
    assert make_state(driver, "a quoted policy", {"agent": 7})["agent"] == "7"


def test_a_deployment_file_may_bring_a_recipe_of_its_own(reference, reference_url):
    quote = Step("quote_policy", request=make_quote(), capture={"number": "policy_id"})
    bind = Step("bind_policy", "${number}", {"on": "${day}"})
    own = replace(reference, states={"a home under offer": StateRecipe((quote, bind))})
    with Driver(own, reference_url) as driver:
        known = make_state(driver, "a home under offer", {"day": date(2026, 5, 10)})
        view = driver.perform("read_policy", known["number"], PolicyQuestion()).view
    assert isinstance(view, PolicyView)
    assert view.status == "bound"


def failing(reference, *steps):
    return replace(reference, states={"broken": StateRecipe(steps)})


@pytest.mark.parametrize(
    ("step", "why"),
    [
        (Step("bind_policy", "${policy_id}", {"on": "2026-05-10"}), "nothing is known as \\$\\{policy_id\\}"),
        (Step("bind_policy", "P-1", {"off": "2026-05-10"}), "step 1 \\(bind_policy\\): Object"),
        (Step("quote_policy", request=make_quote(), capture={"x": "price"}), "has no price to be known as x"),
        (Step("issue_policy", "${quoted}", {"on": "2026-05-10"}), "answers 409 wrong_state"),
    ],
)
def test_a_step_that_fails_says_where_and_why(reference, reference_url, driver, step, why):
    quoted = make_state(driver, "a quoted policy", {})["policy_id"]
    with Driver(failing(reference, step), reference_url) as broken, pytest.raises(StateFailed, match=why):
        make_state(broken, "broken", {"quoted": quoted})


def test_a_verifier_of_any_language_is_answered_with_values(endpoints, server):
    answer = set_up(endpoints, "a policy in force")
    assert answer.status_code == 200
    assert set(answer.json()) == {"policy_id", "account_id"}
    assert server.asked.states == ["a policy in force"]


def test_an_interaction_without_a_state_needs_nothing(endpoints, server):
    assert set_up(endpoints, "").json() == {}
    assert set_up(endpoints, "a policy in force", action="teardown").json() == {}
    assert server.asked.states == []


def test_an_unknown_state_is_refused_in_a_way_that_no_verifier_retries(endpoints, server):
    answer = set_up(endpoints, "a unicorn")
    assert answer.status_code == 422
    assert "a unicorn" in answer.json()["error"]
    assert server.asked.failures == [answer.json()["error"]]


@pytest.mark.parametrize("body", [b"", b"{", b'{"state": 5}'])
def test_a_request_that_is_none_is_told_so(endpoints, body):
    assert endpoints.post("/states", content=body).status_code == 400


def test_another_path_is_not_there(endpoints):
    assert endpoints.post("/", content=b"{}").status_code == 404


def test_the_event_that_a_state_led_to_is_answered_with_its_attributes(endpoints):
    known = set_up(endpoints, "a policy in force").json()
    answer = endpoints.post("/messages", json={"description": "a policy was issued", "providerStates": []})
    attributes = msgspec.json.decode(base64.b64decode(answer.headers["Pact-Message-Metadata"]))
    assert answer.json()["policy_id"] == known["policy_id"]
    assert (attributes["ce_type"], attributes["ce_subject"]) == (ISSUED, known["policy_id"])


def test_a_message_that_no_pact_knows_is_refused(endpoints):
    answer = endpoints.post("/messages", json={"description": "a comet came"})
    assert answer.status_code == 422
    assert "a comet came" in answer.json()["error"]


def test_an_event_that_is_not_published_is_not_made_up(reference, reference_url):
    server = StateServer(reference, reference_url, {"a policy was issued": ISSUED}, event_seconds=0.1)
    with serving(server) as url:
        httpx.post(f"{url}/states", json={"state": "a quoted policy"})
        answer = httpx.post(f"{url}/messages", json={"description": "a policy was issued"})
    assert answer.status_code == 422
    assert f"no {ISSUED} about" in answer.json()["error"]


def test_without_a_broker_there_are_no_messages(reference, reference_url):
    server = StateServer(replace(reference, broker=None), reference_url, {"a policy was issued": ISSUED})
    with serving(server) as url:
        answer = httpx.post(f"{url}/messages", json={"description": "a policy was issued"})
    assert "no [broker]" in answer.json()["error"]
