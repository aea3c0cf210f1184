"""Published events, read where the deployment shows them."""

import jsonschema
import pytest

from contracts.recipes import recipe
from fixtures.policy_histories import POLICY_HISTORIES
from model.published.events import EVENT_TYPES
from model.published.operations import BY_NAME

LED_TO_BY_NO_OPERATION = frozenset(
    f"insurance.{name}.v1"
    for name in (
        *("billing.commission.earned", "billing.commission.charged_back"),
        *("billing.suspense.created", "billing.suspense.resolved"),
        *("billing.disbursement.requested", "billing.disbursement.executed", "billing.disbursement.rejected"),
        *("billing.finance.cancellation_ordered", "billing.invoice.draft_requested"),
        *("claims.payment.held", "claims.payment.denied", "claims.payment.stopped", "claims.payment.voided"),
        "payments.intent.cleared",
        *("payments.dispute.opened", "payments.dispute.won", "payments.dispute.lost"),
        *("payments.payout.issued", "payments.payout.settled", "payments.payout.returned"),
        *("payments.recon.matched", "payments.recon.mismatched", "payments.recon.missing"),
    )
)
"""Published by what people do behind the counter: each has an example from a named history, see tests of documents."""
LED_TO_ON_LATER_DAYS = frozenset(
    f"insurance.{name}.v1"
    for name in (
        *("billing.invoice.past_due", "billing.delinquency.started", "billing.delinquency.held"),
        *("billing.delinquency.cancel_requested", "billing.delinquency.exited", "billing.renewal.paid"),
        *("process.cancel_for_nonpayment.asked", "process.ask.refused", "billing.nonpayment_notice.sent"),
    )
)
"""Published once days have passed that no operation makes pass; the last only where the insurer sends it ahead."""
HELD = {
    "start": "2026-09-08",
    "areas": ["test:warned"],
    "suspended": [{"operation": "notice", "answer": "hold"}],
    "on": "2026-09-08",
}


@pytest.fixture(scope="module")
def story(start_for_module, ask, example):
    """A deployment on which every event that an operation leads to was published at least once."""
    customer = ask(start_for_module("--hooks").client)
    account_id = customer.billed()["account_id"]
    report = {"reason": "", "on": "2026-10-05"}
    customer.post(f"/payments/collect:{account_id}:0/outcome", report | {"outcome": "succeeded"})
    customer.post(f"/payments/collect:{account_id}:0/outcome", report | {"outcome": "returned", "reason": "R01"})
    customer.post(f"/payments/collect:{account_id}:1/outcome", report | {"outcome": "unknown"})
    customer.post(f"/payments/collect:{account_id}:1/outcome", report | {"outcome": "failed", "reason": "R02"})
    claim_id = customer.claim()["claim_id"]
    customer.post(f"/claims/{claim_id}/payments", example("pay_claim"))
    policy_id = customer.in_force()["policy_id"]
    customer.post(f"/policies/{policy_id}/cancel", example("cancel_policy"))
    customer.post(f"/claims/{claim_id}/repair", example("record_repair"))
    for state in (*POLICY_HISTORIES, "a renewal not taken"):
        lead(customer, state)
    warn(customer, example)
    return customer


def warn(customer, example):
    """A notice is rescinded; a moratorium in an area of its own holds the next one until it is over."""
    path = f"/policies/{customer.in_force(areas=['test:warned'])['policy_id']}"
    notice = {"reason": "nonpayment", "mailed_on": "2026-09-08", "due_on": "2026-08-01", "on": "2026-09-08"}
    steps = (
        (f"{path}/notice", example("give_notice")),
        (f"{path}/rescind", example("rescind_cancellation")),
        ("/moratoria", HELD),
        (f"{path}/notice", notice),
        ("/moratoria/{moratorium_id}/end", {"on": "2026-09-11"}),
        (f"{path}/release", {"on": "2026-09-11"}),
    )
    known = {}
    for asked, request in steps:
        response = customer.post(asked.format(**known), request)
        assert response.is_success, response.text
        known |= response.json()


def lead(customer, state):
    """Walks the recipe of a state by hand."""
    known = {}
    for step in recipe(state):
        operation = BY_NAME[step.operation]
        path = operation.path.format(policy_id=known.get("policy_id", ""))
        response = customer.post(path, step.request)
        assert response.status_code == operation.success, response.text
        known |= {name: response.json()[field] for name, field in step.capture.items()}


def validator(document, event_type):
    """Of the payload that the AsyncAPI document promises on the channel of a type."""
    (message,) = document["channels"][event_type]["messages"].values()
    payload = document["components"]["messages"][message["$ref"].rpartition("/")[2]]["payload"]
    schema = document | payload
    return jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())


def test_every_kind_of_event_that_an_operation_leads_to_is_published(story):
    published = {event["type"] for event in story.events()}
    assert published == set(EVENT_TYPES.values()) - LED_TO_BY_NO_OPERATION - LED_TO_ON_LATER_DAYS


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
