"""One key, one effect."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import httpx
import pytest

PARALLEL = 50


@pytest.fixture
def key():
    return str(uuid4())


def test_the_same_request_again_gets_the_same_answer_and_does_nothing_more(customer, example, good, key):
    path = f"/accounts/{customer.billed(autopay='off')['account_id']}"

    first = customer.post(f"{path}/payments", example("receive_payment"), key)
    again = customer.post(f"{path}/payments", example("receive_payment"), key)

    assert (again.status_code, again.content) == (201, first.content)
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert len(good(customer.get(path))["payments"]) == 1


def test_what_was_made_under_a_key_is_not_made_twice(customer, key):
    first = customer.post("/policies", customer.a_quote(), key).json()
    again = customer.post("/policies", customer.a_quote(), key).json()
    other = customer.post("/policies", customer.a_quote()).json()

    assert again == first
    assert other["policy_id"] != first["policy_id"]


def test_the_order_of_fields_makes_no_other_request(customer, key):
    quote = customer.a_quote()
    first = customer.post("/policies", quote, key)

    again = customer.post("/policies", dict(reversed(quote.items())), key)

    assert again.content == first.content


def test_a_key_is_refused_for_another_body_another_subject_or_another_operation(customer, example, key):
    one, two = customer.quoted()["policy_id"], customer.quoted()["policy_id"]
    customer.post(f"/policies/{one}/bind", {"on": "2026-05-10"}, key)

    answers = [
        customer.post(f"/policies/{one}/bind", {"on": "2026-05-11"}, key),
        customer.post(f"/policies/{two}/bind", {"on": "2026-05-10"}, key),
        customer.post(f"/policies/{one}/issue", {"on": "2026-05-10"}, key),
    ]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(422, "idempotency_key_reused")] * 3
    assert customer.get(f"/policies/{two}").json()["status"] == "quoted"


def test_a_refusal_is_an_answer_too(customer, example, key):
    path = f"/policies/{customer.quoted()['policy_id']}"
    early = customer.post(f"{path}/issue", example("issue_policy"), key)
    customer.post(f"{path}/bind", example("bind_policy"))

    again = customer.post(f"{path}/issue", example("issue_policy"), key)

    assert (early.status_code, early.json()["code"]) == (409, "wrong_state")
    assert again.content == early.content
    assert again.headers["content-type"] == "application/problem+json"
    assert again.headers["idempotency-replayed"] == "true"


def test_a_request_that_could_not_be_read_leaves_its_key_free(customer, key):
    assert customer.post("/policies", {}, key).status_code == 400
    assert customer.post("/policies", customer.a_quote(), key).status_code == 201


@pytest.mark.parametrize("wrong", ["", "k" * 256, "two words", "schlüssel"])
def test_a_key_that_is_none_is_refused(customer, wrong):
    response = customer.client.post(
        "/policies", json=customer.a_quote(), headers={"Idempotency-Key": wrong.encode("latin-1")}
    )

    assert (response.status_code, response.json()["code"]) == (400, "bad_request")


def together(server, call):
    """What `call` answers fifty times at once, each over a connection of its own."""
    limits = httpx.Limits(max_connections=PARALLEL)
    with (
        httpx.Client(base_url=server.base_url, timeout=30, limits=limits) as client,
        ThreadPoolExecutor(PARALLEL) as threads,
    ):
        return list(threads.map(lambda number: call(client, number), range(PARALLEL)))


def test_fifty_payments_under_one_key_at_once_are_one_payment(server, customer, example, good, key):
    account_id = customer.billed(autopay="off")["account_id"]

    def pay(client, number):
        headers = {"Idempotency-Key": key}
        return client.post(f"/accounts/{account_id}/payments", json=example("receive_payment"), headers=headers)

    answers = together(server, pay)

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum("idempotency-replayed" not in answer.headers for answer in answers) == 1
    assert len(customer.account(account_id)["payments"]) == 1


def test_fifty_payments_under_keys_of_their_own_are_fifty_payments(server, customer, example, key):
    account_id = customer.billed(autopay="off")["account_id"]

    def pay(client, number):
        headers = {"Idempotency-Key": f"{key}-{number}"}
        return client.post(f"/accounts/{account_id}/payments", json=example("receive_payment"), headers=headers)

    answers = together(server, pay)

    assert {answer.status_code for answer in answers} == {201}
    assert len({payment["payment_id"] for payment in customer.account(account_id)["payments"]}) == PARALLEL
