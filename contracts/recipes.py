"""How a named history comes about through the front door of any core: public operations only, no test back door.

    HISTORIES["a policy in force"] == (QuotePolicy, BindPolicy, IssuePolicy)
    recipe("a policy in force")    == (quote_policy, bind_policy, issue_policy), ids captured from the answers

A command that no public operation stands for has no recipe; a deployment file can bring one for the state.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from contracts.deployment import Step
from contracts.job_recipes import job_step
from fixtures.histories import History
from fixtures.jurisdictions import florida
from fixtures.policy_histories import EVERY_HISTORY, every_history
from model.billing.commands import BillInvoice, MarkInvoiceDue
from model.core import Command, Core
from model.payments.commands import ReportSuccess
from model.payments.intent import NoIntent
from model.policy.commands import BindPolicy, CancelPolicy, IssuePolicy, QuotePolicy
from model.policy.terms import Terms
from model.published.operations import OperationName
from model.wire import to_wire

NUMBER = 1


class NoRecipe(LookupError):
    """A state that public operations do not lead to, or that no history bears the name of."""


def recipe(state: str) -> tuple[Step, ...]:
    """The steps that lead to a state, for any deployment. Raises NoRecipe, which says why."""
    if state not in EVERY_HISTORY:
        raise NoRecipe(f"no history is called {state!r}; there are: {', '.join(EVERY_HISTORY)}")
    told = every_history(state, NUMBER)
    return tuple(_steps(told))


def _steps(told: History) -> Iterator[Step]:
    core = Core(*florida())
    collected = any(isinstance(command, ReportSuccess) for command in told.commands)
    for command in told.commands:
        step = _step(core, command, autopay="off" if collected else "on")
        if step is None:
            raise NoRecipe(f"{told.name!r} needs {type(command).__name__}, which is no public operation")
        yield from step
        core.submit(command)
        core.drain(at=command.at)


def _step(core: Core, command: Command, *, autopay: str) -> tuple[Step, ...] | None:
    match command:
        case QuotePolicy(terms=terms, on=on):
            request = _application(terms, autopay) | {"on": on.isoformat()}
            captured = {"policy_id": "policy_id", "account_id": "account_id"}
            return (Step("quote_policy", request=request, capture=captured),)
        case BindPolicy(on=on):
            return (_policy_step("bind_policy", {"on": on.isoformat()}),)
        case IssuePolicy(on=on):
            return (_policy_step("issue_policy", {"on": on.isoformat()}),)
        case CancelPolicy(on=on, reason=reason):
            return (_policy_step("cancel_policy", {"on": on.isoformat(), "reason": reason}),)
        case BillInvoice(number=0):
            return ()
        case MarkInvoiceDue(number=0, on=on):
            # A billing run bills and makes due at once. Later installments need a clock that can be moved: billing
            # makes nothing due before the day on which it was asked to.
            return (Step("run_billing", "${account_id}", {"through": on.isoformat()}),)
        case ReportSuccess(intent_id=intent_id, on=on):
            return _received(core, intent_id, on.isoformat())
        case _:
            step = job_step(command)
            return None if step is None else (step,)


def _policy_step(operation: OperationName, request: dict[str, Any]) -> Step:
    return Step(operation, "${policy_id}", request)


def _received(core: Core, intent_id: str, on: str) -> tuple[Step, ...] | None:
    """Money that the history collects by draft comes in at the desk: nobody outside knows the id of a draft.

    Such a policy is quoted without autopay, so that nothing is collected twice.
    """
    state = core.intent(intent_id)
    if isinstance(state, NoIntent) or state.order.purpose != "collection":
        return None
    amount = msgspec.to_builtins(to_wire(state.order.amount))
    request = {"payer_id": state.order.party_id, "amount": amount, "on": on}
    return (Step("receive_payment", "${account_id}", request),)


def _application(terms: Terms, autopay: str) -> dict[str, Any]:
    """The terms as a request; the deployment names policy and account itself."""
    asked = {
        "insured_id": terms.insured_id,
        "product": terms.product,
        "state": terms.state,
        "zone": terms.zone,
        "start": terms.start,
        "plan": terms.plan,
        "autopay": autopay,
        "payers": terms.payers,
        "coverages": [
            {
                "code": one.code,
                "limit": to_wire(one.limit),
                "deductible": to_wire(one.deductible),
                "hurricane_deductible": to_wire(one.hurricane_deductible),
            }
            for one in terms.coverages
        ],
        "charges": [{"pattern": charge.pattern, "amount": to_wire(charge.amount)} for charge in terms.charges],
    }
    return msgspec.json.decode(msgspec.json.encode(asked), type=dict[str, Any])
