"""Confluence, exhaustively: whatever arrives first, late, or twice, the binding of a renewal and the contexts
that it spans end in the same place (INV-X1, INV-X2).
"""

from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.histories import END, IN_FORCE, account_id, at, policy_id
from fixtures.process_histories import OFFER, bill_renewal, not_taken, pay_renewal
from model.core import Core
from model.policy.states import InForce
from tests.model.processes.happenings import ask, told

RENEWAL = ("policy", "billing", "processes")


def renewal_end(core: Core) -> tuple[Any, ...]:
    policy: Any = core.policy(policy_id(1))
    account: Any = core.account(account_id(1))
    owed = sum(item.open for invoice in account.invoices[10:] for item in invoice.items)
    instructions = tuple(one.instruction_id.partition(":")[0] for one in account.instructions[1:])
    process = tuple(type(one).__name__ for one in core.renewals.states.values())
    renewed = isinstance(policy, InForce) and policy.renewal is not None
    return renewed, owed, tuple(sorted(instructions)), process


def billed(core: Core) -> bool:
    account: Any = core.account(account_id(1))
    return len(account.invoices) > 10


def renewing(happening) -> tuple[Any, ...]:
    opened, quoted = (step(1) for step in OFFER[-2:])
    offer = (happening("offer", ask(opened, quoted)),)
    return offer, (happening("pay", ask(bill_renewal(1), pay_renewal(1)), billed),)


RENEWAL_MESSAGES = (
    "insurance.policy.renewal.offered.v1",
    "insurance.billing.renewal.billed.v1",
    "insurance.billing.renewal.paid.v1",
    "insurance.policy.renewal.bound.v1",
    "insurance.policy.renewed.v1",
    *(f"insurance.process.renewal_bind.asked.v1:{asks}" for asks in ("bill", "bind", "issue")),
)


@pytest.mark.parametrize("twice", ["", *RENEWAL_MESSAGES])
def test_a_renewal_that_is_paid_is_bound_issued_and_billed_once_in_every_order(explorer, happening, twice):
    search = explorer(renewal_end, RENEWAL, twice=twice)
    ((renewed, owed, instructions, process),) = search.ends(told(IN_FORCE), at(date(2027, 4, 15)), *renewing(happening))

    assert (renewed, instructions, process) == (True, ("renewal",), ("Issued",))
    assert owed > 0


@pytest.mark.parametrize(
    "twice", ["", "insurance.policy.renewal.closed.v1", "insurance.process.renewal_bind.asked.v1:withdrawal"]
)
def test_a_renewal_that_nobody_pays_leaves_nothing_owed_in_any_order(explorer, happening, twice):
    (offer, _) = renewing(happening)
    after = END + timedelta(days=5)
    closed = happening("closed", ask(replace(not_taken(1), on=after, at=at(after))), billed, at(after))
    search = explorer(renewal_end, RENEWAL, twice=twice)
    ends = search.ends(told(IN_FORCE), at(date(2027, 4, 15)), (*offer, closed))

    assert {(renewed, process) for renewed, _, _, process in ends} == {(False, ("NotTaken",))}
    assert {instructions for _, _, instructions, _ in ends} == {("renewal", "withdrawn")}
