"""Green only for what was verified: the passes that a verifier gives away for nothing are each tried here."""

import os
from copy import deepcopy
from pathlib import Path
from xml.etree import ElementTree

import msgspec
import pytest
from msgspec.structs import replace
from pact import Verifier

from contracts.deployment import Http, StateRecipe, Step
from contracts.driver import DeploymentRefused, DeploymentUnreachable
from contracts.pact_files import PACTS
from contracts.pact_reading import PactError, read_pacts
from contracts.state_server import Asked
from contracts.verification import Result, Verification, guarded, verify
from contracts.verification_report import as_json, as_junit


@pytest.fixture(scope="module")
def interactions():
    return read_pacts([PACTS])


@pytest.fixture
def some(interactions):
    """One interaction of each kind: with a state, without one, a message."""
    wanted = ("the standing of a quote", "a quote for a home", "a policy was issued")
    return tuple(one for one in interactions if one.description in wanted and one.consumer != "claims")


def only(interactions, description):
    """Claims hears what billing hears; one of them is enough."""
    return tuple(one for one in interactions if one.description == description and one.consumer != "claims")


def altered(interaction, **changed):
    return replace(interaction, document=deepcopy(interaction.document) | changed)


def reasons(verification):
    return [reason for outcome in verification.outcomes for reason in outcome.reasons]


# --- what a verification is for


def test_the_reference_deployment_keeps_every_contract(reference, reference_url, interactions):
    verification = verify(reference, reference_url, interactions)
    assert reasons(verification) == []
    assert verification.faults == ()
    assert (verification.result, len(verification.outcomes)) == ("verified", len(interactions))


def test_an_answer_that_lacks_a_field_fails_by_the_name_of_the_field(reference, reference_url, interactions, plant):
    plant("missing_field")
    verification = verify(reference, reference_url, only(interactions, "the standing of a quote"))
    assert verification.result == "failed"
    (reason,) = reasons(verification)
    assert "status" in reason


def test_a_mismatch_is_told_with_its_place_and_both_values(reference, reference_url, interactions):
    (one,) = only(interactions, "the standing of a quote")
    document = deepcopy(one.document)
    document["response"]["body"]["content"]["status"] = "bound"
    verification = verify(reference, reference_url, [replace(one, document=document)])
    (reason,) = reasons(verification)
    assert "$.status" in reason
    assert "'quoted'" in reason
    assert "'bound'" in reason


def test_nothing_of_the_verifiers_own_report_reaches_standard_output(reference, reference_url, some, capfd):
    verify(reference, reference_url, some)
    assert capfd.readouterr().out == ""


def test_nobody_is_told_that_somebody_verifies():
    assert os.environ["PACT_DO_NOT_TRACK"] == "true"


# --- first vacuous pass: nobody makes the states


def test_the_verifier_alone_passes_what_no_state_was_made_for(reference_url, interactions, tmp_path):
    """What the guard is there for, seen on the verifier itself: no state handler, no failure."""
    (one,) = only(interactions, "a policy was issued")
    refused = next(one for one in interactions if one.description == "the standing of a policy that nobody knows")
    given = deepcopy(refused.document) | {"providerStates": [{"name": "a unicorn"}]}
    pact = {
        "consumer": {"name": "c"}, "provider": {"name": "core"}, "interactions": [given],
        "metadata": {"pactSpecification": {"version": "4.0"}},
    }  # fmt: skip
    (tmp_path / "pact.json").write_bytes(msgspec.json.encode(pact))
    verifier = Verifier("core", host="127.0.0.1").add_transport(url=reference_url).add_source(tmp_path)
    verifier.verify()
    assert one.kind == "message"
    assert verifier.results["result"] is True


def test_a_state_that_nobody_can_make_fails_by_its_name(reference, reference_url, interactions):
    (one,) = only(interactions, "the standing of a policy that nobody knows")
    verification = verify(reference, reference_url, [replace(one, states=("a unicorn",))])
    assert verification.result == "failed"
    assert "no recipe for the state 'a unicorn'" in reasons(verification)[0]


def test_a_state_that_fails_on_the_way_fails_with_its_step(reference, reference_url, interactions):
    (one,) = only(interactions, "the standing of a quote")
    broken = StateRecipe((Step("issue_policy", "P-NONE-SUCH", {"on": "2026-05-10"}),))
    quoted = replace(reference, states={"a quoted policy": replace(broken, steps=(Step("quote_policy", request={}),))})
    verification = verify(quoted, reference_url, [one])
    assert verification.result == "failed"
    assert any("step 1 (quote_policy)" in fault for fault in verification.faults)


def test_a_state_that_returns_no_ids_fails_though_the_example_may_be_there(reference, reference_url, interactions):
    (one,) = only(interactions, "the standing of a quote")
    silent = StateRecipe(())
    verification = verify(replace(reference, states={"a quoted policy": silent}), reference_url, [one])
    assert verification.result == "failed"
    assert any(
        "needs ${policy_id}, and the state a quoted policy did not return it" in one for one in reasons(verification)
    )


def test_states_that_were_never_asked_for_are_a_fault(some):
    passed = [Result(one.consumer, one.description, one.states, 0.0, ()) for one in some]
    verification = guarded("x", some, passed, Asked([], ["a policy was issued"], [], {}), {})
    assert verification.result == "failed"
    assert "state 'a quoted policy' was made 0 times, and 1 interactions are given it" in verification.faults


# --- second vacuous pass: nothing was verified


def asked_all(some):
    states = [state for one in some for state in one.states]
    return Asked(states, [one.description for one in some], [], {state: {"policy_id"} for state in states})


def test_no_results_are_no_pass(some):
    verification = guarded("x", some, [], asked_all(some), {})
    assert verification.result == "failed"
    assert all(
        one.reasons == ("was never verified: the verifier gave no result for it",) for one in verification.outcomes
    )


def test_every_interaction_has_to_come_back_once(some):
    passed = [Result(one.consumer, one.description, one.states, 0.0, ()) for one in some]
    assert guarded("x", some, passed, asked_all(some), {}).result == "verified"
    assert guarded("x", some, passed[1:], asked_all(some), {}).result == "failed"
    assert guarded("x", some, [*passed, passed[0]], asked_all(some), {}).result == "failed"
    stranger = Result("c", "something else", (), 0.0, ())
    assert guarded("x", some, [*passed, stranger], asked_all(some), {}).result == "failed"


def test_no_interactions_are_nothing_checked(reference, reference_url):
    assert verify(reference, reference_url, []).result == "nothing checked"


def test_the_verifier_alone_passes_when_it_has_no_pacts(reference_url):
    verifier = Verifier("core", host="127.0.0.1").add_transport(url=reference_url)
    verifier.verify()
    assert verifier.results["interactionResults"] == []


def test_a_pending_interaction_is_not_waved_through(reference, reference_url, some):
    pending = [altered(one, pending=True) for one in some]
    verification = verify(reference, reference_url, pending)
    assert verification.result == "failed"
    assert all("is pending" in reason for reason in reasons(verification))


# --- third vacuous pass: a message that demands nothing


@pytest.mark.parametrize("contents", [{}, {"content": None}, {"content": ""}, {"content": {}}])
def test_a_message_without_contents_would_be_verified_by_anything_and_fails(
    reference, reference_url, interactions, contents
):
    (one,) = only(interactions, "a policy was issued")
    verification = verify(reference, reference_url, [altered(one, contents=contents)])
    assert verification.result == "failed"
    assert reasons(verification) == ["demands nothing of its contents, so that any event or none would pass"]


def test_a_message_that_was_never_fetched_is_not_verified(some):
    passed = [Result(one.consumer, one.description, one.states, 0.0, ()) for one in some]
    asked = asked_all(some)
    asked.messages.clear()
    verification = guarded("x", some, passed, asked, {})
    assert "its event was never fetched from the deployment" in reasons(verification)


def test_a_message_without_a_type_could_be_any_event(reference, reference_url, interactions):
    (one,) = only(interactions, "a policy was issued")
    verification = verify(reference, reference_url, [replace(one, event_type="")])
    assert reasons(verification) == ["does not say by ce_type which event it is"]


def test_without_a_broker_messages_are_skipped_by_name_and_nothing_else(reference, reference_url, some):
    verification = verify(replace(reference, broker=None), reference_url, some)
    assert verification.result == "verified"
    assert [(one.consumer, one.lacks) for one in verification.outcomes if one.result == "skipped"] == [
        ("billing", "the deployment file has no [broker] to read events from")
    ]
    root = ElementTree.fromstring(as_junit(verification))
    assert [one.get("message") for one in root.iter("skipped")] == [
        "the deployment file has no [broker] to read events from"
    ]


def test_what_was_only_skipped_is_nothing_checked(reference, reference_url, interactions):
    verification = verify(replace(reference, broker=None), reference_url, only(interactions, "a policy was issued"))
    assert verification.result == "nothing checked"
    assert list(ElementTree.fromstring(as_junit(verification)).iter("failure"))


def test_an_event_with_other_contents_fails_by_its_field(reference, reference_url, interactions):
    (one,) = only(interactions, "a policy was issued")
    document = deepcopy(one.document)
    document["contents"]["content"]["colour"] = "blue"
    verification = verify(reference, reference_url, [replace(one, document=document)])
    assert any("colour" in reason for reason in reasons(verification))


# --- who cannot be verified at all


def test_a_dead_deployment_is_unreachable_and_not_wrong(reference, nobody, interactions):
    with pytest.raises(DeploymentUnreachable):
        verify(replace(reference, http=Http(nobody)), nobody, interactions)


def test_a_refused_token_is_refused_before_anything_is_made(a_server, reference, interactions):
    heard = []
    url = a_server(lambda *call: heard.append(call) or (401, b"{}"))
    with pytest.raises(DeploymentRefused):
        verify(replace(reference, http=Http(url)), url, interactions)
    assert [method for method, _ in heard] == ["GET"]


def test_a_token_that_runs_out_on_the_way_is_refused_and_not_wrong(a_server, reference, interactions):
    def runs_out(method, path):
        return (401, b"{}") if method == "POST" else (404, b'{"code": "unknown_policy"}')

    url = a_server(runs_out)
    with pytest.raises(DeploymentRefused):
        verify(replace(reference, http=Http(url), broker=None), url, only(interactions, "the standing of a quote"))


def test_a_deployment_that_dies_on_the_way_is_unreachable_and_not_wrong(a_server, reference, interactions):
    heard = []

    def dies(method, path):
        heard.append(path)
        return (404, b'{"code": "unknown_policy"}') if len(heard) < 3 else (401, b"{}")

    url = a_server(dies)
    stateless = only(interactions, "the standing of a policy that nobody knows")
    with pytest.raises(DeploymentRefused):
        verify(replace(reference, http=Http(url), broker=None), url, stateless)


# --- reading and reporting


@pytest.mark.parametrize("content", [b"", b"[]", b'{"consumer": {"name": "c"}}', b'{"interactions": [{}]}'])
def test_a_file_that_is_no_pact_is_named(tmp_path, content):
    (tmp_path / "broken.json").write_bytes(content)
    with pytest.raises(PactError, match=r"broken\.json"):
        read_pacts([tmp_path])


def test_a_kind_that_is_not_verified_here_is_an_error_and_no_gap(tmp_path):
    pact = {
        "consumer": {"name": "c"}, "provider": {"name": "core"},
        "interactions": [{"type": "Synchronous/Messages", "description": "ask and tell"}],
    }  # fmt: skip
    (tmp_path / "sync.json").write_bytes(msgspec.json.encode(pact))
    with pytest.raises(PactError, match="'ask and tell' is of type Synchronous/Messages"):
        read_pacts([tmp_path])


def test_a_source_that_is_not_there_is_named(tmp_path):
    with pytest.raises(PactError, match="nowhere"):
        read_pacts([tmp_path / "nowhere"])


@pytest.fixture
def mixed(some) -> Verification:
    bad = Result(some[0].consumer, some[0].description, some[0].states, 0.25, ("StatusMismatch: expected <200>",))
    good = [Result(one.consumer, one.description, one.states, 0.5, ()) for one in some[1:]]
    return guarded("staging", some, [bad, *good], asked_all(some), {})


def test_junit_counts_what_failed_and_says_why(mixed):
    root = ElementTree.fromstring(as_junit(mixed))
    assert root.tag == "testsuites"
    suites = {suite.get("name"): suite for suite in root}
    assert {name: (suite.get("tests"), suite.get("failures")) for name, suite in suites.items()} == {
        "agent-portal": ("2", "1"),
        "billing": ("1", "0"),
    }
    (failure,) = root.iter("failure")
    assert failure.get("message") == "StatusMismatch: expected <200>"


def test_junit_of_nothing_is_no_green_file():
    root = ElementTree.fromstring(as_junit(Verification("staging", (), ())))
    assert [failure.get("message") for failure in root.iter("failure")] == ["there was nothing to verify"]


def test_json_has_the_result_and_every_outcome(mixed):
    document = msgspec.json.decode(as_json(mixed))
    assert (document["result"], document["interactions"], document["verified"]) == ("failed", 3, 2)
    assert sorted(one["result"] for one in document["outcomes"]) == ["failed", "verified", "verified"]


def test_pacts_are_read_from_files_and_folders_alike(interactions):
    assert read_pacts(sorted(Path(PACTS).glob("*.json"))) == interactions
