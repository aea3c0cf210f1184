"""A renewal that is referred waits for an underwriter and then goes on: nothing that was paid or deemed is stuck."""

from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.histories import END, IN_FORCE, at, policy_id, terms, usd
from fixtures.jurisdictions import florida
from fixtures.process_histories import OFFERED, bill_renewal, pay_renewal
from model.core import Core
from model.policy import commands as ask
from model.policy.proposals import Renewal
from model.policy.referral import MATERIAL_CHANGE
from model.policy.terms import Charge
from model.waiting import stuck

LAW, COASTAL = florida()
APPROVED = END - timedelta(days=10)
DEARER = replace(
    terms(1),
    start=END,
    end=date(2028, 6, 1),
    charges=(Charge("premium", usd("4000.00")), *(one for one in terms(1).charges if one.pattern != "premium")),
)


def about(on, **more) -> dict[str, Any]:
    return {"policy_id": policy_id(1), "on": on, "at": at(on), **more}


def approval(on=APPROVED) -> ask.ApproveIssue:
    return ask.ApproveIssue(**about(on, job_id="R"), code=MATERIAL_CHANGE, authority="underwriter", until=END)


def asked(core: Core, command: Any) -> Any:
    answer = core.submit(command)
    core.drain(at=command.at)
    return answer


def referred(acceptance: Any) -> Core:
    """Offered much dearer: deemed accepted, or paid for, and referred."""
    chosen = replace(COASTAL.policy, renewal_referral="on_material_change", renewal_acceptance=acceptance)
    core = Core(LAW, replace(COASTAL, policy=chosen))
    for step in IN_FORCE:
        asked(core, step(1))
    asked(core, ask.OpenJob(**about(OFFERED, job_id="R"), proposal=Renewal(DEARER)))
    asked(core, ask.QuoteJob(**about(OFFERED, job_id="R")))
    if acceptance == "payment":
        asked(core, bill_renewal(1))
        asked(core, replace(pay_renewal(1), amount=usd("900.00")))
    return core


def process(core: Core) -> Any:
    return core.renewals.states[policy_id(1)]


def job(core: Core) -> Any:
    return core.policy(policy_id(1)).docket.job("R")


@pytest.mark.parametrize("acceptance", ["payment", "deemed"])
def test_a_referred_renewal_waits_for_a_person_and_is_issued_when_it_is_approved(acceptance):
    core = referred(acceptance)
    assert (type(process(core)).__name__, process(core).because) == ("Stuck", "issue_open")
    (waits,) = stuck(core, at(APPROVED))
    assert (waits.process, waits.because) == ("renewal_bind", "issue_open")

    asked(core, approval())

    assert type(process(core)).__name__ == "Issued"
    assert job(core).status == "issued"
    assert stuck(core, at(APPROVED)) == ()


@pytest.mark.parametrize("acceptance", ["payment", "deemed"])
def test_who_directs_that_it_be_renewed_sets_it_going_too(acceptance):
    core = referred(acceptance)

    asked(core, ask.DirectRenewal(**about(APPROVED), direction="renew", authority="underwriter"))

    assert type(process(core)).__name__ == "Issued"


def test_one_of_two_approvals_asks_in_vain_and_the_second_gets_it_bound():
    core = referred("payment")
    asked(core, ask.RaiseIssue(**about(APPROVED, job_id="R"), code="roof", blocks="bind", authority="manager"))
    asked(core, approval())
    assert (type(process(core)).__name__, job(core).status) == ("Stuck", "quoted")

    asked(core, replace(approval(), code="roof", authority="manager"))

    assert type(process(core)).__name__ == "Issued"


@pytest.mark.parametrize(
    ("acceptance", "stands"), [("deemed", ("NotTaken", "declined")), ("payment", ("Stuck", "paid_in_time"))]
)
def test_one_that_is_directed_off_the_table_has_its_bill_withdrawn_and_money_is_for_a_person(acceptance, stands):
    core = referred(acceptance)
    asked(core, ask.DirectRenewal(**about(APPROVED), direction="non_renew", authority="underwriter"))
    account: Any = core.account(terms(1).account_id)

    assert (type(process(core)).__name__, process(core).because) == stands
    net = sum(one.amount.minor for instruction in account.instructions[1:] for one in instruction.charges)
    assert net == 0
