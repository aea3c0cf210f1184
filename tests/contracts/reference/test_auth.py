"""A token, where the deployment wants one."""

import pytest

TOKEN = "correct-horse"


@pytest.fixture(scope="module")
def guarded(start_for_module):
    return start_for_module("--hooks", token=TOKEN).client


@pytest.mark.parametrize("path", ["/health", "/ready", "/openapi.json", "/asyncapi.json"])
def test_signs_of_life_and_documents_need_no_token(guarded, path):
    assert guarded.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/policies/P-1", "/events", "/_hooks/drain", "/nowhere", "/health/", "//health"])
def test_everything_else_is_refused_without_a_token(guarded, path):
    response = guarded.get(path)

    assert (response.status_code, response.json()["code"]) == (401, "token_required")
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("header", ["Bearer wrong", f"Bearer {TOKEN}x", f"bearer {TOKEN.upper()}"])
def test_a_wrong_token_is_refused(guarded, header):
    response = guarded.get("/policies/P-1", headers={"Authorization": header})

    assert (response.status_code, response.json()["code"]) == (403, "token_refused")


@pytest.mark.parametrize("header", [TOKEN, f"Basic {TOKEN}", "Bearer", ""])
def test_what_is_no_bearer_token_counts_as_none(guarded, header):
    assert guarded.get("/policies/P-1", headers={"Authorization": header}).status_code == 401


@pytest.mark.parametrize("word", ["Bearer", "bearer", "BEARER"])
def test_the_token_opens_everything(guarded, word):
    headers = {"Authorization": f"{word} {TOKEN}"}

    assert guarded.get("/policies/P-1", headers=headers).status_code == 404
    assert guarded.post("/_hooks/drain", json={}, headers=headers).status_code == 200
