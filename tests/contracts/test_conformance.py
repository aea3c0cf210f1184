import pytest
from msgspec.structs import replace

from contracts.conformance import Search, conform, unchecked, walk_again
from contracts.deployment import Http, Idempotency, OperationRecipe
from contracts.driver import DeploymentRefused, DeploymentUnreachable, Driver
from contracts.lockstep import Mismatch, Tally, Walk, WalkStep, unknown_symbols
from contracts.recipes import recipe
from contracts.walk_file import WalkFile, WalkFileError, read_walk, spoken, write_walk

SHORT = Search(examples=12, steps=12, seed=1)
QUOTE = WalkStep(
    "quote_policy", "", dict(recipe("a quoted policy")[0].request or {}), {"$P1": "policy_id", "$A1": "account_id"}
)
BIND = WalkStep("bind_policy", "$P1", {"on": "2026-05-10"})
ISSUE = WalkStep("issue_policy", "$P1", {"on": "2026-05-10"})
CANCEL = WalkStep("cancel_policy", "$P1", {"on": "2026-12-01", "reason": "insured_request"})
PAYER = QUOTE.request["payers"][0]["payer_id"]
PAY = WalkStep(
    "receive_payment", "$A1", {"payer_id": PAYER, "amount": {"amount": "5.00", "currency": "USD"}, "on": "2026-06-01"}
)
READ = WalkStep("read_account", "$A1", {})
STORY = (QUOTE, BIND, ISSUE, PAY, CANCEL, READ)


def again(step):
    return replace(step, attempt="again", captures={})


def test_the_reference_deployment_conforms(driver, oracle):
    found = conform(driver, oracle, SHORT)
    assert found.failure is None
    assert found.result == "conforms"
    assert len({name for name, count in found.tally.judged.items() if count}) >= 6


def test_the_same_seed_tries_the_same_walks(driver, oracle):
    search = replace(SHORT, examples=5)
    assert conform(driver, oracle, search).tally.judged == conform(driver, oracle, search).tally.judged
    assert conform(driver, oracle, replace(search, seed=2)).tally.judged != conform(driver, oracle, search).tally.judged


def test_a_wrong_proration_shrinks_to_quote_bind_issue_cancel(driver, oracle, plant):
    plant("wrong_proration")
    found = conform(driver, oracle, replace(SHORT, examples=100))
    assert found.failure is not None
    assert [step.operation for step in found.failure.steps] == [
        "quote_policy", "bind_policy", "issue_policy", "cancel_policy",
    ]  # fmt: skip
    told = "\n".join(spoken(found.failure.steps, found.failure.differences))
    assert "1. quote_policy" in told
    assert "4. cancel_policy P1" in told
    assert "returned" in told
    assert "expected" in told
    assert "actual" in told


def test_a_cent_is_told_as_a_cent(driver, oracle, plant):
    plant("wrong_proration")
    found = walk_again(driver, oracle, (QUOTE, BIND, ISSUE, CANCEL))
    assert found.failure is not None
    (difference, *others) = found.failure.differences
    assert all(other.place.startswith("periods[0].") for other in others), "and the money of the term by day"
    assert difference.expected == "-1196.71 USD (-119671 minor units)"
    assert difference.actual == "-1196.70 USD (-119670 minor units)"


def test_a_payment_applied_twice_under_one_key_shows_on_the_account(driver, oracle, plant):
    plant("double_application")
    found = walk_again(driver, oracle, (QUOTE, BIND, ISSUE, PAY, again(PAY), READ))
    assert found.failure is not None
    assert [step.attempt for step in found.failure.steps] == ["first"] * 4 + ["again", "first"]
    assert "unapplied" in [difference.place for difference in found.failure.differences]


def test_a_field_that_is_missing_shows_at_the_first_step(driver, oracle, plant):
    plant("missing_field")
    found = walk_again(driver, oracle, STORY)
    assert found.failure is not None
    assert len(found.failure.steps) == 1
    assert [difference.actual for difference in found.failure.differences] == ["absent"]


def test_a_walk_that_was_good_is_good_again(driver, oracle):
    found = walk_again(driver, oracle, (*STORY, again(STORY[-2])))
    assert found.failure is None
    assert found.checked > len(STORY)


def test_a_search_without_time_checks_nothing(driver, oracle):
    found = conform(driver, oracle, replace(SHORT, seconds=0.0))
    assert (found.result, found.checked) == ("nothing checked", 0)


def test_a_dead_deployment_is_unreachable_and_no_mismatch(oracle, reference, nobody):
    with Driver(replace(reference, http=Http(nobody)), nobody) as driver, pytest.raises(DeploymentUnreachable):
        conform(driver, oracle, SHORT)


def test_a_refused_token_is_refused_and_no_mismatch(a_server, oracle, reference):
    heard = []
    url = a_server(lambda *call: heard.append(call) or (403, b"{}"))
    with Driver(replace(reference, http=Http(url)), url) as driver, pytest.raises(DeploymentRefused):
        conform(driver, oracle, SHORT)
    assert len(heard) == 1


def test_a_deployment_that_never_answers_is_judged_by_nothing(a_server, oracle, reference):
    url = a_server(lambda *_: None)
    silent = replace(reference, http=Http(url), capabilities=replace(reference.capabilities, drain=False))
    with Driver(silent, url) as driver:
        found = conform(driver, oracle, Search(examples=2, steps=3, seed=1))
    assert (found.result, found.checked) == ("nothing checked", 0)
    assert any("without an answer" in line for line in unchecked(silent, found.tally))


def test_a_server_that_fails_is_no_conforming_one(a_server, oracle, reference):
    url = a_server(lambda *_: (500, b"{}"))
    with Driver(replace(reference, http=Http(url)), url) as driver:
        found = conform(driver, oracle, Search(examples=2, steps=3, seed=1))
    assert found.failure is not None
    assert [step.operation for step in found.failure.steps] == ["quote_policy"]


def test_a_deployment_that_cannot_be_drained_is_judged_once_everything_has_arrived(driver, oracle):
    deaf = replace(driver.deployment, capabilities=replace(driver.deployment.capabilities, drain=False))
    with Driver(deaf, driver.base_url) as undrained:
        found = conform(undrained, oracle, Search(examples=4, steps=10, seed=1))
    assert found.failure is None
    assert found.tally.judged["read_account"]
    assert any("cannot be drained" in line for line in unchecked(deaf, found.tally))


def test_an_event_that_never_arrives_is_found_where_nothing_can_be_drained(oracle, reference, driver):
    """Accounts are looked for where there are none, and so look as if billing never heard of them."""
    deaf = replace(reference, capabilities=replace(reference.capabilities, drain=False))
    lost = replace(deaf, operations={"read_account": OperationRecipe(path="/lost-accounts/{account_id}")})
    with Driver(lost, driver.base_url) as undrained:
        walk = Walk(undrained, oracle, Tally(), "lost")
        for step in (QUOTE, BIND, ISSUE):
            walk.ask(step.operation, step.subject, step.request, step.captures)
        with pytest.raises(Mismatch) as raised:
            walk.settle(["$A1"], seconds=0.2)
    assert raised.value.steps[-1].operation == "read_account"


def test_what_was_not_judged_is_named(driver, oracle):
    plain = replace(driver.deployment, idempotency=Idempotency("none"))
    with Driver(plain, driver.base_url) as keyless:
        found = walk_again(keyless, oracle, (QUOTE,))
    lines = unchecked(plain, found.tally)
    assert any("report_claim" in line for line in lines)
    assert any("idempotency" in line for line in lines)


def test_a_field_that_is_not_offered_is_named(driver, oracle):
    lacking = OperationRecipe(lacks=("versions",))
    less = replace(driver.deployment, operations={"issue_policy": lacking})
    with Driver(less, driver.base_url) as lesser:
        found = walk_again(lesser, oracle, (QUOTE, BIND, ISSUE))
    assert found.failure is None
    assert "issue_policy: versions is not offered" in unchecked(less, found.tally)


# --- walks in files


def test_a_walk_is_written_down_and_read_again(tmp_path):
    walk = WalkFile("staging", "coastal_mutual", 7, STORY, ())
    write_walk(tmp_path / "deep" / "walk.json", walk)
    assert read_walk(tmp_path / "deep" / "walk.json") == walk


@pytest.mark.parametrize(
    ("steps", "why"),
    [
        ((BIND,), r"no step before gives \$P1"),
        ((replace(QUOTE, request={"on": "2026-05-01"}),), "step 1: quote_policy: Object missing"),
        ((QUOTE, replace(BIND, request={"on": "tomorrow"})), "step 2: bind_policy"),
        ((replace(QUOTE, captures={"$P1": "price"}),), "quote_policy answers no price"),
    ],
)
def test_a_file_that_cannot_be_walked_is_told_where(tmp_path, steps, why):
    write_walk(tmp_path / "walk.json", WalkFile("staging", "coastal_mutual", 7, steps, ()))
    with pytest.raises(WalkFileError, match=why):
        read_walk(tmp_path / "walk.json")


@pytest.mark.parametrize("content", [b"", b"[]", b'{"steps": []}', b"\xff"])
def test_a_file_that_holds_no_walk_is_named(tmp_path, content):
    (tmp_path / "walk.json").write_bytes(content)
    with pytest.raises(WalkFileError, match=r"walk\.json"):
        read_walk(tmp_path / "walk.json")


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(WalkFileError, match="No such file"):
        read_walk(tmp_path / "walk.json")


def test_symbols_must_be_given_before_they_are_used():
    assert unknown_symbols(STORY) == ()
    assert unknown_symbols((BIND, QUOTE)) == ("$P1",)
