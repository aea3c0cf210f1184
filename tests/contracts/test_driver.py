from datetime import date

import msgspec
import pytest
from msgspec.structs import replace

from contracts.deployment import Auth, Http, Idempotency, OperationRecipe
from contracts.driver import DeploymentRefused, DeploymentUnreachable, Driver
from contracts.recipes import recipe
from model.published.operations import BY_NAME
from model.published.policy_views import PolicyView
from model.published.requests import OnDayRequest, PolicyQuestion

DAY = OnDayRequest(on=date(2026, 5, 10))


def a_quote():
    return msgspec.convert(recipe("a quoted policy")[0].request, BY_NAME["quote_policy"].body)


def test_an_operation_is_answered_by_its_view(driver):
    reply = driver.perform("quote_policy", "", a_quote())
    assert reply.status == 201
    assert isinstance(reply.view, PolicyView)
    assert reply.view.status == "quoted"


def test_a_refusal_is_answered_by_its_code(driver):
    reply = driver.perform("bind_policy", "NOBODY", DAY)
    assert (reply.status, reply.code, reply.view) == (404, "unknown_policy", None)


def test_a_question_goes_into_the_query(driver):
    quoted = driver.perform("quote_policy", "", a_quote()).view
    assert isinstance(quoted, PolicyView)
    reply = driver.perform("read_policy", quoted.policy_id, PolicyQuestion(effective=date(2026, 7, 1)))
    assert isinstance(reply.view, PolicyView)
    assert reply.view.policy_id == quoted.policy_id


def test_a_repeated_key_makes_nothing_new(driver):
    first = driver.perform("quote_policy", "", a_quote(), key="test-driver-1")
    again = driver.perform("quote_policy", "", a_quote(), key="test-driver-1")
    assert again.body == first.body


def test_a_drained_deployment_says_how_much_it_delivered(driver):
    assert driver.drain() >= 0


def test_a_deployment_that_cannot_be_drained_is_not_asked(reference, nobody):
    plain = replace(reference, capabilities=replace(reference.capabilities, drain=False))
    with Driver(plain, nobody) as driver:
        assert driver.drain() == 0


def test_an_answer_that_lacks_what_it_must_have_is_undecodable(driver, plant):
    quoted = driver.perform("quote_policy", "", a_quote()).view
    assert isinstance(quoted, PolicyView)
    plant("missing_field")
    reply = driver.perform("read_policy", quoted.policy_id, PolicyQuestion())
    assert (reply.status, reply.code, reply.view) == (200, "undecodable", None)


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_token_is_said_so(a_server, driver_of, status):
    url = a_server(lambda *_: (status, b"{}"))
    with driver_of(url) as driver, pytest.raises(DeploymentRefused, match=str(status)):
        driver.perform("read_policy", "P-1", PolicyQuestion())


def test_nobody_there_is_said_so(nobody, driver_of):
    with driver_of(nobody) as driver, pytest.raises(DeploymentUnreachable, match=r"127\.0\.0\.1"):
        driver.perform("read_policy", "P-1", PolicyQuestion())


def test_a_call_without_an_answer_is_an_answer_of_its_own(a_server, driver_of):
    url = a_server(lambda *_: None)
    with driver_of(url) as driver:
        reply = driver.perform("bind_policy", "P-1", DAY)
    assert (reply.status, reply.code) == (0, "no_answer")


def test_a_deployment_may_spell_an_operation_its_own_way(a_server, reference):
    heard = []
    url = a_server(lambda *call: heard.append(call) or (404, b'{"code": "unknown_policy"}'))
    own = OperationRecipe(method="PUT", path="/v9/contracts/{policy_id}/acceptance")
    spelled = replace(reference, http=Http(url), operations={"bind_policy": own})
    with Driver(spelled, url) as driver:
        driver.perform("bind_policy", "P 1/2", DAY)
    assert heard == [("PUT", "/v9/contracts/P%201%2F2/acceptance")]


def test_the_token_is_sent_and_the_key_only_where_there_is_a_header_for_it(reference, monkeypatch, reference_url):
    monkeypatch.setenv("STAGING_TOKEN", "secret")
    plain = replace(
        reference, auth=Auth("bearer", "STAGING_TOKEN"), idempotency=Idempotency("none"), http=Http(reference_url)
    )
    with Driver(plain, reference_url) as driver:
        first = driver.perform("quote_policy", "", a_quote(), key="test-driver-2")
        second = driver.perform("quote_policy", "", a_quote(), key="test-driver-2")
    assert first.view != second.view
