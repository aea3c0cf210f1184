"""What follows inside billing: premium becomes commission on each basis, to the cent, and a renewal is its own term."""

from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.carrier_profiles import load_carrier
from fixtures.histories import (
    CANCELLED,
    END,
    IN_FORCE,
    START,
    account_id,
    at,
    bill,
    cancel,
    insured_id,
    intent_id,
    paid,
    policy_id,
    usd,
)
from fixtures.jurisdictions import florida, state_law
from fixtures.money_days import SOLD, named
from fixtures.policy_histories import POLICY_HISTORIES
from fixtures.producer_histories import AGENCY
from model.billing.commands import BillInvoice, CreditCharges, ReceivePayment, ReturnPayment
from model.billing.commission import AssignProducer
from model.billing.following import followers
from model.billing.plan import Charge
from model.billing.producer import AppointProducer
from model.core import Core
from model.decider import Refusal
from model.invariants.money import commission_view, unearned_commission


def core_on(basis: Any) -> Core:
    law, carrier = florida()
    return Core(law, replace(carrier, billing=replace(carrier.billing, commission_basis=basis)))


def play(core: Core, *steps) -> None:
    for step in steps:
        command = step(1)
        assert not isinstance(core.submit(command), Refusal)
        assert core.drain(at=command.at) == ()


def kept(core: Core) -> int:
    state: Any = core.commission(policy_id(1))
    assert unearned_commission(commission_view(policy_id(1), state)) is None
    return sum(layer.kept for layer in state.layers)


@pytest.mark.parametrize(
    ("basis", "sold", "billed", "collected", "cancelled"),
    [
        # 12.5 percent of 2,400.00; of 1,196.71 back.
        ("written", 30000, 30000, 30000, 15041),
        # Of the 480.00 billed down, and nothing back: what comes back was never billed. Then of what was billed.
        ("billed", 0, 6000, 6000, 6000),
        ("paid", 0, 0, 6000, 6000),
    ],
)
def test_commission_is_earned_on_the_basis_of_the_carrier(basis, sold, billed, collected, cancelled):
    core = core_on(basis)
    play(core, *AGENCY, *IN_FORCE)
    assert kept(core) == sold
    play(core, paid(0)[0])
    assert kept(core) == billed
    play(core, *paid(0)[1:])
    assert kept(core) == collected
    play(core, cancel)
    assert kept(core) == cancelled


@pytest.mark.parametrize("basis", ["billed", "paid"])
def test_premium_that_was_paid_and_comes_back_takes_its_commission_back(basis):
    """Everything is billed and paid, so that 1,196.71 close nothing and are unapplied."""
    core = core_on(basis)
    play(core, *AGENCY, *IN_FORCE)
    for number in range(10):
        play(core, bill(number))
        account: Any = core.account(account_id(1))
        due = usd("0.00")
        due = replace(due, minor=account.invoices[number].open)
        on = START + timedelta(days=number)
        core.submit(
            ReceivePayment(
                account_id=account_id(1), payment_id=f"M-{number}", payer_id=insured_id(1), amount=due, on=on, at=at(on)
            )
        )
    assert kept(core) == 30000
    play(core, cancel)

    assert kept(core) == 15041


def test_a_bounced_payment_takes_back_commission_on_premium_paid():
    core = core_on("paid")
    play(core, *AGENCY, *IN_FORCE, *paid(0))
    on = CANCELLED
    core.submit(ReturnPayment(account_id=account_id(1), payment_id=intent_id(1, 0), reason="R01", on=on, at=at(on)))

    assert kept(core) == 0
    producer: Any = core.producer(named("AGENCY", 1))
    assert producer.balance == 0


def test_nobody_earns_on_what_nobody_sold():
    core = core_on("written")
    play(core, *IN_FORCE, bill(0), cancel)

    assert core.commissions.states == {}
    assert core.statements.states == {}


def test_a_renewal_is_a_term_of_its_own():
    core = core_on("written")
    play(core, *AGENCY, *POLICY_HISTORIES["a policy renewed"])
    state: Any = core.commission(policy_id(1))

    assert state.terms == (END,)
    assert [layer.term for layer in state.layers] == [0, 1]


def test_rates_go_by_product_and_day():
    """Lone Star: cars 10 percent until 2026 and 11 from 2027 on, everything else 15."""
    carrier = load_carrier("lone_star_auto")
    cases = [
        ("personal_auto", date(2026, 12, 31), "10"),
        ("personal_auto", date(2027, 1, 1), "11"),
        ("homeowners", date(2027, 1, 1), "15"),
    ]

    assert [str(carrier.commission_percent("standard", product, on)) for product, on, _ in cases] == [
        percent for _, _, percent in cases
    ]
    assert carrier.commission_percent("unknown", "homeowners", SOLD) == 0


def test_another_carrier_earns_on_what_is_paid():
    core = Core(state_law("TX"), load_carrier("lone_star_auto"))
    core.submit(AppointProducer(producer_id="X", kind="agency", commission_plan="standard", on=SOLD, at=at(SOLD)))
    core.submit(AssignProducer(policy_id=policy_id(1), producer_id="X", product="homeowners", on=SOLD, at=at(SOLD)))
    play(core, *IN_FORCE, *paid(0))

    # 17 percent down of 2,400.00 is 408.00, and 15 percent of that 61.20.
    assert kept(core) == 6120


def test_the_table_of_followers_is_by_event():
    table = followers(florida()[1])

    assert all(isinstance(kind, type) for kind in table)
    assert BillInvoice not in table


def test_what_follows_and_is_refused_is_told_and_not_forgotten():
    """It cannot happen while the machines agree, so that a producer who takes nothing is planted."""
    core = core_on("written")
    play(core, *AGENCY, *IN_FORCE[:2])
    core.producers.decide = lambda command, state: Refusal("deaf", "it takes nothing")
    issue = IN_FORCE[2](1)
    core.submit(issue)

    assert [refused.code for refused in core.drain(at=issue.at)] == ["deaf"]
    assert core.drain(at=issue.at) == ()


def test_a_refusal_in_a_direct_question_is_told_at_the_next_drain():
    core = core_on("written")
    play(core, *AGENCY, *IN_FORCE)
    core.producers.decide = lambda command, state: Refusal("deaf", "it takes nothing")
    on = SOLD
    core.submit(
        CreditCharges(
            account_id=account_id(1), instruction_id="less", policy_id=policy_id(1),
            charges=(Charge("premium", usd("-100.00")),), on=START, at=at(on),
        )
    )  # fmt: skip

    assert [refused.code for refused in core.drain(at=at(on))] == ["deaf"]
