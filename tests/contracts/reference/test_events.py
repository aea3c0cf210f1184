"""Published events, read where the deployment shows them."""

import jsonschema
import pytest

from contracts.consumer_coverage import BEYOND_THE_FRONT_DOOR
from model.published.events import EVENT_TYPES


@pytest.fixture(scope="module")
def story(start_for_module, ask, example):
    """A deployment on which every event that an operation leads to was published at least once."""
    customer = ask(start_for_module("--hooks").client)
    account_id = customer.billed()["account_id"]
    report = {"reason": "", "on": "2026-10-05"}
    customer.post(f"/payments/{account_id}-0/outcome", report | {"outcome": "succeeded"})
    customer.post(f"/payments/{account_id}-0/outcome", report | {"outcome": "returned", "reason": "R01"})
    customer.post(f"/payments/{account_id}-1/outcome", report | {"outcome": "unknown"})
    customer.post(f"/payments/{account_id}-1/outcome", report | {"outcome": "failed", "reason": "R02"})
    claim_id = customer.claim()["claim_id"]
    customer.post(f"/claims/{claim_id}/payments", example("pay_claim"))
    policy_id = customer.in_force()["policy_id"]
    customer.post(f"/policies/{policy_id}/cancel", example("cancel_policy"))
    return customer


def validator(document, event_type):
    """Of the payload that the AsyncAPI document promises on the channel of a type."""
    (message,) = document["channels"][event_type]["messages"].values()
    payload = document["components"]["messages"][message["$ref"].rpartition("/")[2]]["payload"]
    schema = document | payload
    return jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())


def test_every_kind_of_event_that_an_operation_leads_to_is_published(story):
    assert {event["type"] for event in story.events()} == set(EVENT_TYPES.values()) - BEYOND_THE_FRONT_DOOR


def test_every_event_is_as_the_asyncapi_document_says(story):
    document = story.get("/asyncapi.json").json()

    wrong = [
        error.message for event in story.events() for error in validator(document, event["type"]).iter_errors(event)
    ]

    assert wrong == []


def test_a_published_event_that_lost_a_field_would_be_noticed(story):
    document = story.get("/asyncapi.json").json()
    event = story.events()[0]

    del event["data"]["policy_id"]

    assert not validator(document, event["type"]).is_valid(event)


def test_every_event_bears_the_attributes_of_a_cloud_event(story):
    for event in story.events():
        assert event["specversion"] == "1.0"
        assert event["id"] == f"{event['id'].partition(':')[0]}:{event['subject']}#{event['sequence']}"
        assert event["source"] in {"/policy", "/billing", "/claims", "/payments", "/processes"}
        assert event["datacontenttype"] == "application/json"
        assert all(name.isalnum() and name.islower() for name in event)


def test_no_event_is_published_twice(story):
    identities = [(event["source"], event["id"]) for event in story.events()]

    assert len(identities) == len(set(identities))


def test_a_whole_story_bears_one_correlation(story):
    issued = next(event for event in story.events() if event["type"] == "insurance.policy.issued.v1")

    assert issued["correlationid"] == f"policy:{issued['subject']}"
    assert issued["causationid"] == issued["id"]


def test_a_cursor_reads_every_event_once_in_order(story):
    in_one = story.events()
    one_by_one, after = [], 0
    while page := story.get("/events", after=str(after), limit="1").json()["events"]:
        one_by_one.extend(page)
        after = story.get("/events", after=str(after), limit="1").json()["next"]

    assert one_by_one == in_one


def test_a_cursor_past_the_end_stays_where_it_is(story):
    page = story.get("/events", after="1000000").json()

    assert page == {"events": [], "next": 1_000_000}


@pytest.mark.parametrize(
    "query", ["after=-1", "after=one", "limit=0", "limit=1001", "since=3", "after=" + "9" * 30, "after=%C2%B2"]
)
def test_a_cursor_that_is_none_is_refused(story, query):
    response = story.get(f"/events?{query}")

    assert (response.status_code, response.json()["code"]) == (400, "bad_request")


def test_draining_says_how_many_events_went_out(story):
    assert story.post("/_hooks/drain", {}).json() == {"delivered": 0}
