from contextlib import contextmanager
from datetime import UTC, date, datetime

import httpx
import msgspec
import pytest

from contracts.consumers import billing, claims, processes
from contracts.consumers.agent_portal import AgentPortal, Offer, Refused, Standing
from contracts.consumers.agent_portal_expects import application
from contracts.consumers.expectation import Expectation, MessageExpectation
from contracts.consumers.hearing import handle
from contracts.model_behind_http import ModelBehindHttp, NoSuchOperation
from contracts.pact_building import BuildError, HttpConsumer, MessageConsumer, http_interaction, message_interaction
from fixtures.jurisdictions import florida
from fixtures.policy_histories import every_history
from fixtures.process_histories import process_history
from model.billing.reactions import REACTIONS as BILLING_REACTIONS
from model.claims.reactions import REACTIONS as CLAIMS_REACTIONS
from model.core import Core, subscribers
from model.processes.reactions import REACTIONS as PROCESS_REACTIONS
from model.published.envelope import Envelope

NOW = datetime(2027, 1, 1, tzinfo=UTC)
ISSUED = "insurance.policy.issued.v1"


def all_of(told) -> list[Envelope]:
    """Everything that is published while a history is played."""
    core, heard = Core(*florida()), list[Envelope]()
    for command in told.commands:
        core.submit(command)
        while core.outbox:
            heard.append(core.outbox.pop(0))
            for context in subscribers(heard[-1].type):
                core.deliver(heard[-1], to=context, at=command.at)
    return heard


@contextmanager
def portal():
    with httpx.Client(transport=ModelBehindHttp(Core(*florida()), NOW), base_url="http://model") as client:
        yield AgentPortal(client)


def test_the_portal_leads_a_home_from_quote_to_issue():
    with portal() as it:
        offer = it.quote(application())
        assert isinstance(offer, Offer)
        assert it.bind(offer.policy_id, date(2026, 5, 10)) == Standing(offer.policy_id, "bound")
        assert it.issue(offer.policy_id, date(2026, 5, 10)) == Standing(offer.policy_id, "in_force")


def test_the_portal_shows_a_refusal_by_its_code():
    with portal() as it:
        assert it.standing("P-NONE") == Refused("unknown_policy")


def test_the_portal_cannot_show_what_it_does_not_know():
    def strange(request: httpx.Request) -> httpx.Response:
        return httpx.Response(409, json={"code": "moon_in_the_wrong_house"})

    transport = httpx.MockTransport(strange)
    with httpx.Client(transport=transport, base_url="http://core") as client, pytest.raises(msgspec.ValidationError):
        AgentPortal(client).standing("P-1")


def test_a_call_that_no_core_offers_is_no_call():
    model = ModelBehindHttp(Core(*florida()), NOW)
    with (
        httpx.Client(transport=model, base_url="http://model") as client,
        pytest.raises(NoSuchOperation, match="GET /weather"),
    ):
        client.get("/weather")


@pytest.mark.parametrize(
    ("hears", "reactions", "events"),
    [(billing, BILLING_REACTIONS, 7), (claims, CLAIMS_REACTIONS, 7), (processes, PROCESS_REACTIONS, 5)],
)
def test_a_context_expects_exactly_the_fields_that_its_reactions_read(hears, reactions, events):
    reads = {reaction.event_type: reaction.reads for reaction in reactions}
    assert len(hears.EXPECTATIONS) == events
    for expectation in hears.EXPECTATIONS:
        assert expectation.reads is reads[expectation.event_type]


def test_billing_does_something_with_an_issued_policy():
    issued = {
        "policy_id": "P-1",
        "account_id": "A-1",
        "start": "2026-06-01",
        "plan": "monthly",
        "autopay": "on",
        "payers": [{"payer_id": "I-1", "kind": "insured", "weight": 1}],
        "charges": [{"pattern": "premium", "amount": {"amount": "12.00", "currency": "USD"}}],
    }
    (expectation,) = [one for one in billing.EXPECTATIONS if one.event_type == ISSUED]
    assert expectation.handles(msgspec.json.encode(issued), "policy:P-1#3") == 1
    with pytest.raises(msgspec.ValidationError):
        expectation.handles(b"{}", "policy:P-1#3")


def test_what_no_process_asked_for_is_nothing_to_the_processes():
    """So that no public operation leads to an event that they do something with, and no pact can promise them one."""
    handles = {reaction.event_type: reaction for reaction in PROCESS_REACTIONS}
    told = [
        one
        for name in ("a notice of cancellation rescinded", "a notice held by a moratorium")
        for one in all_of(process_history(name))
    ]
    told += [one for name in ("a policy reinstated after a lapse",) for one in all_of(every_history(name))]
    answers = [one for one in told if one.type in processes.ANSWERS]
    assert {one.type for one in answers} == processes.ANSWERS
    for one in answers:
        assert handle(handles[one.type], msgspec.json.encode(one.data), one.id) == 0


def test_what_a_process_asked_for_is_something_to_it():
    (reaction,) = [one for one in PROCESS_REACTIONS if one.event_type == "insurance.policy.notice.rescinded.v1"]
    assert handle(reaction, b'{"asked_by": "A-1/P-1/1"}', "policy:P-1#5") == 1
    assert handle(reaction, b'{"asked_by": ""}', "policy:P-1#5") == 0


def test_an_expectation_that_makes_two_calls_is_no_interaction():
    def twice(it, known):
        it.standing("P-1")
        return it.standing("P-1")

    portal_of_two = HttpConsumer("agent-portal", AgentPortal, ())
    with pytest.raises(BuildError, match="one call is one interaction"):
        http_interaction(portal_of_two, Expectation("two calls", None, twice))


def test_an_expectation_of_an_event_that_is_not_published_is_none():
    consumer = MessageConsumer("billing", ())
    silent = MessageExpectation("a quote", "a quoted policy", ISSUED, billing.EXPECTATIONS[0].reads, lambda *_: 1)
    with pytest.raises(BuildError, match="0 events of type"):
        message_interaction(consumer, silent)


def test_a_consumer_that_does_nothing_with_an_event_does_not_depend_on_it():
    consumer = MessageConsumer("billing", ())
    idle = MessageExpectation("idle", "a policy in force", ISSUED, billing.EXPECTATIONS[0].reads, lambda *_: 0)
    with pytest.raises(BuildError, match="does nothing"):
        message_interaction(consumer, idle)
