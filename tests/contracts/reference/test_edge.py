"""What is refused before any machine is asked, because it is not what the documents say."""

import msgspec
import pytest

from model.published.operations import OPERATIONS


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"on"',
        b"{}",
        b'{"on": "2026-02-30"}',
        b'{"on": 20260210}',
        b'{"on": null}',
        b'{"on": "2026-05-10", "by": "me"}',
        b'{"on": "\xff"}',
        b'{"on": "\\ud800"}',
        b'{"on": "\\u0000"}',
        b'{"on": 1e999}',
        b'{"on": ' + b"9" * 5000 + b"}",
        b"[" * 200_000,
        b'{"on":' * 100_000,
    ],
)
def test_a_body_that_is_none_is_refused(customer, refused, body):
    path = f"/policies/{customer.quoted()['policy_id']}/bind"

    response = customer.client.post(path, content=body, headers={"Content-Type": "application/json"})

    assert refused(response) == (400, "bad_request")


@pytest.mark.parametrize(
    "changes",
    [
        {"insured_id": ""},
        {"insured_id": "I 1"},
        {"insured_id": "I-1\n"},
        {"insured_id": "x" * 65},
        {"state": "FL\n"},
        {"state": "Florida"},
        {"zone": "Europe/Berlin"},
        {"autopay": True},
        {"payers": []},
        {"payers": [{"payer_id": "I-1", "kind": "insured", "weight": "1"}]},
        {"payers": [{"payer_id": "I-1", "kind": "insured", "weight": 1, "age": 40}]},
        {"payers": [{"payer_id": "I-1", "kind": "insured", "weight": 1}] * 9},
        {"charges": [{"pattern": "premium", "amount": 2400}]},
        {"charges": [{"pattern": "premium", "amount": {"amount": 2400.0, "currency": "USD"}}]},
        {"charges": [{"pattern": "premium", "amount": {"amount": "1.00", "currency": "USD", "vat": "0"}}]},
        {"discount": "10"},
    ],
)
def test_a_quote_that_is_not_as_the_schema_says_is_refused_at_the_edge(customer, refused, changes):
    assert refused(customer.post("/policies", customer.a_quote(**changes))) == (400, "bad_request")


def test_a_time_without_a_zone_is_refused_wherever_it_comes(customer, refused, example):
    path = f"/policies/{customer.quoted()['policy_id']}"
    naive = "2026-09-10T18:30:00"

    assert refused(customer.post("/claims", example("report_claim") | {"loss_at": naive})) == (400, "bad_request")
    assert refused(customer.get(path, known_at=naive)) == (400, "bad_request")
    assert refused(customer.get(f"{path}/coverage", at=naive, coverage="dwelling")) == (400, "bad_request")


def test_a_whole_number_is_one_however_it_is_written(customer, refused, example):
    path = f"/claims/{customer.claim()['claim_id']}/reserve"

    assert customer.put(path, example("set_reserve") | {"exposure": 1.0}).status_code == 200
    assert refused(customer.put(path, example("set_reserve") | {"exposure": 1.5})) == (400, "bad_request")


def test_a_weight_of_any_size_is_kept(customer):
    heavy = [
        {"payer_id": "I-1", "kind": "insured", "weight": 10**30},
        {"payer_id": "I-2", "kind": "mortgagee", "weight": 1},
    ]

    policy = customer.in_force(payers=heavy)

    assert {invoice["payer_id"] for invoice in customer.account(policy["account_id"])["invoices"]} == {"I-1"}


@pytest.mark.parametrize(
    "query",
    [
        "effective=yesterday",
        "effective=2026-01-01T00:00:00Z",
        "effective=",
        "effective=2026-01-01&effective=2026-01-02",
        "at=2026-01-01",
        "effective",
        "known_at=2026-01-01T00:00:00%2B99:00",
        "effective=%FF",
        "effective=1767225600",
    ],
)
def test_a_question_that_is_not_as_the_schema_says_is_refused(customer, refused, query):
    assert refused(customer.get(f"/policies/{customer.quoted()['policy_id']}?{query}")) == (400, "bad_request")


def test_a_query_where_none_is_asked_for_is_refused(customer, refused, example):
    policy_id = customer.quoted()["policy_id"]

    assert refused(customer.get("/accounts/A-1?verbose=1")) == (400, "bad_request")
    assert refused(customer.post(f"/policies/{policy_id}/bind?dry=1", example("bind_policy"))) == (400, "bad_request")


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "application/xml", ""])
def test_another_media_type_is_refused(customer, refused, content_type):
    headers = {"Content-Type": content_type}

    assert refused(customer.client.post("/policies", content=b"{}", headers=headers)) == (415, "unsupported_media_type")


def test_a_media_type_may_name_its_charset(customer):
    response = customer.client.post(
        "/policies",
        content=msgspec.json.encode(customer.a_quote()),
        headers={"Content-Type": "Application/JSON; charset=utf-8"},
    )

    assert response.status_code == 201


def test_a_request_of_more_than_a_megabyte_is_refused(customer, refused):
    body = b" " * 1_000_001
    headers = {"Content-Type": "application/json"}

    assert refused(customer.client.post("/policies", content=body, headers=headers)) == (413, "too_large")
    assert refused(customer.client.post("/policies", content=iter([body]), headers=headers)) == (413, "too_large")


def test_an_unknown_path_and_an_unknown_method_are_refused(customer, refused):
    deletion = customer.client.delete("/policies")

    assert refused(customer.get("/policy")) == (404, "not_found")
    assert refused(customer.get("/policies/P-1/bind/again")) == (404, "not_found")
    assert refused(deletion) == (405, "method_not_allowed")
    assert deletion.headers["allow"]


def test_every_code_that_an_operation_may_refuse_by_has_its_status(customer):
    document = customer.get("/openapi.json").json()

    for operation in OPERATIONS:
        responses = document["paths"][operation.path][operation.method.lower()]["responses"]
        promised = {
            code
            for response in responses.values()
            for content in response.get("content", {}).values()
            for part in content["schema"].get("allOf", [])
            for code in part.get("properties", {}).get("code", {}).get("enum", [])
        }
        assert set(operation.refusals) <= promised, operation.name
