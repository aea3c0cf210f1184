import pytest

from contracts.recipes import NoRecipe, recipe


def operations(state):
    return [step.operation for step in recipe(state)]


def test_a_history_becomes_public_operations():
    assert operations("a policy in force") == ["quote_policy", "bind_policy", "issue_policy"]


def test_the_deployment_names_what_is_made():
    quote, bind, _ = recipe("a policy in force")
    assert quote.request is not None
    assert "account_id" not in quote.request
    assert quote.capture == {"policy_id": "policy_id", "account_id": "account_id"}
    assert bind.subject == "${policy_id}"


def test_what_a_history_collects_by_draft_comes_in_at_the_desk_and_only_once():
    steps = recipe("a policy cancelled midway")
    assert [step.operation for step in steps] == [
        "quote_policy", "bind_policy", "issue_policy", "run_billing", "receive_payment", "cancel_policy",
    ]  # fmt: skip
    assert steps[0].request is not None
    assert steps[0].request["autopay"] == "off"


@pytest.mark.parametrize(
    ("state", "why"),
    [
        ("an expired policy", "ExpirePolicy"),
        ("a policy with nine installments, three paid", "BillInvoice"),
        ("a claim open with a reserve", "ReportClaim"),
        ("a unicorn", "no history is called 'a unicorn'"),
    ],
)
def test_a_state_that_no_public_operation_leads_to_says_why(state, why):
    with pytest.raises(NoRecipe, match=why):
        recipe(state)
