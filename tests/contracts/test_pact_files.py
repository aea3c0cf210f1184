import msgspec
import pytest

from contracts import pact_files
from contracts.consumer_coverage import HEARERS, uncalled, uncovered, unheard, unshown
from contracts.consumers import agent_portal_expects
from contracts.consumers import billing as hearing_billing
from contracts.consumers import processes as hearing_processes
from contracts.consumers.underwriting import WorkItem, worklist
from contracts.pact_building import built_pacts
from contracts.pact_reading import read_pacts
from fixtures.jurisdictions import florida
from model.billing.reactions import REACTIONS as BILLING_REACTIONS
from model.claims.reactions import REACTIONS as CLAIMS_REACTIONS
from model.core import Core, subscribers
from model.published.envelope import Envelope
from model.published.events import EVENT_TYPES


@pytest.fixture(scope="module")
def built():
    return built_pacts()


@pytest.fixture
def folder(tmp_path, built):
    for name, content in built.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


def published(told) -> list[Envelope]:
    core, heard = Core(*florida()), list[Envelope]()
    for command in told.commands:
        core.submit(command)
        heard += core.outbox
        core.drain(at=command.at)
    return heard


def changed(folder, name, change):
    document = msgspec.json.decode((folder / name).read_bytes())
    change(document)
    (folder / name).write_bytes(msgspec.json.encode(document))


def test_the_shipped_pacts_are_those_that_the_model_gives_today():
    assert pact_files.check() == ()


def test_the_same_model_gives_the_same_bytes(built):
    assert built_pacts.__wrapped__() == built


def test_there_is_an_http_pact_and_a_message_pact_with_twenty_interactions_in_all(built):
    interactions = read_pacts([pact_files.PACTS])
    assert sorted(built) == [
        "agent-portal-core.json",
        "billing-core.json",
        "claims-core.json",
        "processes-core.json",
        "underwriting-core.json",
    ]
    assert len(interactions) >= 20
    assert {(one.consumer, one.kind) for one in interactions} == {
        ("agent-portal", "http"),
        ("billing", "message"),
        ("claims", "message"),
        ("processes", "message"),
        ("underwriting", "message"),
    }


def test_a_pact_holds_nothing_that_changes_with_the_library_that_wrote_it(built):
    for content in built.values():
        assert msgspec.json.decode(content)["metadata"] == {"pactSpecification": {"version": "4.0"}}


def test_money_is_a_string_of_digits_and_never_a_number(built):
    rules = [
        rule
        for interaction in pact_files.interactions_in(built["agent-portal-core.json"]).values()
        for place, rule in interaction["response"].get("matchingRules", {}).get("body", {}).items()
        if place.endswith(("amount.amount", "limit.amount"))
    ]
    assert rules
    assert all(rule["matchers"] == [{"match": "regex", "regex": r"-?\d+\.\d{2}"}] for rule in rules)


def test_ids_are_those_that_the_state_returns(built):
    given = [
        interaction
        for interaction in pact_files.interactions_in(built["agent-portal-core.json"]).values()
        if "providerStates" in interaction
    ]
    assert given
    for interaction in given:
        assert "${policy_id}" in interaction["request"]["generators"]["path"]["expression"]


def test_pacts_that_were_just_built_are_good(tmp_path):
    written = pact_files.build(tmp_path / "pacts")
    assert [path.name for path in written] == [
        "agent-portal-core.json",
        "billing-core.json",
        "claims-core.json",
        "processes-core.json",
        "underwriting-core.json",
    ]
    assert pact_files.check(tmp_path / "pacts") == ()


def test_a_pact_that_is_not_there_is_missing(folder):
    (folder / "billing-core.json").unlink()
    assert pact_files.check(folder) == ("billing-core.json: missing; `windtunnel pacts build` writes it",)


def test_a_pact_that_nobody_builds_is_unknown(folder):
    (folder / "stranger-core.json").write_text("{}")
    assert pact_files.check(folder) == ("stranger-core.json: unknown: no consumer here builds it",)


def test_a_stale_interaction_is_named(folder):
    def cheaper(document):
        one = next(one for one in document["interactions"] if one["description"] == "a policy was cancelled")
        one["contents"]["content"]["returned"][0]["amount"]["amount"] = "-1.00"

    changed(folder, "billing-core.json", cheaper)
    (line,) = pact_files.check(folder)
    assert line.startswith("billing-core.json: stale: 'a policy was cancelled' given 'a policy cancelled midway'")


def test_an_interaction_that_is_lacking_or_that_nobody_builds_is_named(folder):
    def other(document):
        document["interactions"][0]["description"] = "something else"

    changed(folder, "billing-core.json", other)
    lacking, unknown = pact_files.check(folder)
    assert "stale: lacks 'a policy was cancelled'" in lacking
    assert "unknown: 'something else'" in unknown


def test_other_bytes_are_stale_even_when_they_mean_the_same(folder):
    changed(folder, "billing-core.json", lambda document: None)
    (line,) = pact_files.check(folder)
    assert "its bytes are not those" in line


@pytest.mark.parametrize("content", [b"", b"[]", b'{"interactions": 5}', b"\xff"])
def test_a_file_that_is_no_pact_is_stale_and_said_so(folder, content):
    (folder / "billing-core.json").write_bytes(content)
    (line,) = pact_files.check(folder)
    assert line.startswith("billing-core.json: stale: no pact can be read from it")


def test_nothing_that_the_consumers_use_is_uncovered(built):
    assert uncovered(built.values()) == ()


def test_a_call_that_no_expectation_makes_is_uncovered():
    without = [one for one in agent_portal_expects.EXPECTATIONS if "issuing" not in one.description]
    assert uncalled(without) == ("issue",)


def test_a_code_that_no_answer_shows_is_uncovered(built):
    document = msgspec.json.decode(built["agent-portal-core.json"])
    answers = [one["response"]["body"]["content"] for one in document["interactions"]]
    assert unshown([answer for answer in answers if answer.get("code") != "quote_expired"]) == ("quote_expired",)


def test_an_event_that_a_context_reacts_to_and_nobody_expects_is_uncovered():
    billing = {reaction.event_type for reaction in BILLING_REACTIONS}
    expected = {expectation.event_type for expectation in hearing_billing.EXPECTATIONS}
    assert unheard(expected, billing) == ()
    assert unheard(expected - {"insurance.policy.cancelled.v1"}, billing) == ("insurance.policy.cancelled.v1",)


def test_every_event_of_policy_is_promised_to_somebody():
    told = {name for name in EVENT_TYPES.values() if name.startswith("insurance.policy.")}
    heard = {one.event_type for _, expectations, _ in HEARERS for one in expectations}
    beside_the_pacts = {
        "insurance.policy.notice.given.v1",
        "insurance.policy.notice.rescinded.v1",
        "insurance.policy.operation.held.v1",
        "insurance.policy.operation.released.v1",
    }
    assert heard == told - beside_the_pacts
    assert {subscribers(event) for event in beside_the_pacts} == {("processes",)}


def test_every_event_that_tells_of_cover_is_heard_by_claims():
    told = {name for name in EVENT_TYPES.values() if name.startswith("insurance.policy.")}
    tells_of_no_cover = {name for name in told if name.split(".")[2] in {"job", "notice", "operation", "renewal"}}
    assert {reaction.event_type for reaction in CLAIMS_REACTIONS} >= told - tells_of_no_cover


def test_an_event_that_nobody_hears_is_uncovered(built, monkeypatch):
    monkeypatch.setattr(hearing_processes, "ANSWERS", frozenset[str]())
    assert uncovered(built.values()) == (
        "insurance.policy.notice.given.v1: uncovered: no consumer hears it",
        "insurance.policy.notice.rescinded.v1: uncovered: no consumer hears it",
        "insurance.policy.operation.held.v1: uncovered: no consumer hears it",
        "insurance.policy.operation.released.v1: uncovered: no consumer hears it",
    )


def test_an_underwriter_reads_in_the_worklist_what_to_do():
    data = b'{"policy_id": "P-1", "job_id": "C", "kind": "policy_change", "winner": "D"}'
    assert worklist(data) == (WorkItem("P-1", "C", "merge this policy_change with D, or give it up"),)
