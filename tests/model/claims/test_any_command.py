"""Nothing that is well typed makes a machine of claims raise: it answers, and a refusal has a code."""

from datetime import UTC, date
from functools import reduce
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from fixtures.histories import DWELLING, HISTORIES, Step, at, insured, report, usd
from fixtures.jurisdictions import florida
from model.claims import commands as ask
from model.claims.catastrophe import Catastrophe
from model.claims.claim import decider, evolve
from model.claims.coverage import InsuredCoverage
from model.claims.payees import Payee
from model.claims.reserve import LineKey
from model.claims.settlement import Valuation
from model.core import Core
from model.decider import Refusal
from model.money import Money
from model.published.seen import claim_view

LAW, COASTAL = florida()
CLAIM_ID = "C-000001"
MONEY = st.builds(Money, st.integers(-(10**20), 10**20), st.sampled_from(["USD", "USD", "USD", "EUR", "JPY"]))
SMALL = st.builds(Money, st.integers(-1, 2_000_000), st.sampled_from(["USD", "USD", "USD", "EUR"]))
AMOUNT = MONEY | SMALL
DAY = st.dates() | st.dates(date(2026, 8, 1), date(2027, 3, 1))
INSTANT = st.datetimes(timezones=st.just(UTC))
WORDS = st.sampled_from(["dwelling", "contents", "flood", "adjuster", ""])
PEOPLE = st.sampled_from(["", "ann", "bob", "I"])
PAYMENTS = st.sampled_from(["PAY-000001", "PAY-2", "PAY-3"])
COVERAGES = st.builds(InsuredCoverage, WORDS, AMOUNT, AMOUNT, AMOUNT)
POLICIES = st.sampled_from([None, insured(1), insured(1), insured(2)]) | st.builds(
    lambda coverages: replace(insured(1), coverages=coverages), st.lists(COVERAGES, max_size=2).map(tuple)
)
MAYBE = st.none() | AMOUNT
VALUATIONS = st.builds(Valuation, AMOUNT, AMOUNT, AMOUNT, MAYBE, MAYBE, st.integers(-1, 101), MAYBE)
STORMS = st.none() | st.builds(
    Catastrophe,
    st.sampled_from(["2641", "26", "x"]),
    st.just("Storm"),
    INSTANT,
    INSTANT,
    st.just(("FL",)),
    st.just(("hurricane",)),
)
KNOWN: dict[str, Any] = {
    "claim_id": st.just(CLAIM_ID),
    "policy_id": st.sampled_from(["P-000001", "P-000002", ""]),
    "on": DAY,
    "at": INSTANT,
    "loss_at": INSTANT,
    "amount": AMOUNT,
    "expense": AMOUNT,
    "estimate": AMOUNT,
    "valuation": VALUATIONS,
    "policy": POLICIES,
    "coverage": WORDS,
    "line": st.builds(LineKey, st.integers(-1, 3), st.sampled_from(["claim_cost", "allocated_expense"]), WORDS),
    "exposure": st.integers(-1, 3),
    "incident": st.integers(-2, 3),
    "payment_id": PAYMENTS,
    "new_payment_id": PAYMENTS,
    "recovery_id": st.sampled_from(["R-1", "R-2"]),
    "other_claim_id": st.sampled_from([CLAIM_ID, "C-2"]),
    "by": PEOPLE,
    "role": st.sampled_from(["claims_system", "adjuster", "visitor"]),
    "payees": st.lists(st.builds(Payee, PEOPLE, st.sampled_from(["insured", "mortgagee"])), max_size=2).map(tuple),
    "catastrophe": STORMS,
    "taken_this_season": st.integers(-1, 10**7),
}
COMMANDS = [
    st.builds(kind, **{name: KNOWN[name] for name in kind.__struct_fields__ if name in KNOWN})
    for kind in get_args(ask.Command)
]
BEGUN: tuple[tuple[Step, ...], ...] = tuple(HISTORIES[name] for name in HISTORIES if name.startswith("a claim"))


def begun(steps: tuple[Step, ...]) -> Any:
    core = Core(LAW, COASTAL)
    for step in steps:
        core.submit(step(1))
        core.drain(at=step(1).at)
    return core.claim(CLAIM_ID)


STATES = [begun(steps) for steps in BEGUN]
CARRIERS = [
    COASTAL,
    replace(
        COASTAL,
        claims=replace(
            COASTAL.claims,
            payment_above_reserve="raise_reserve",
            duplicate_payments="warn",
            limit_order="limit_then_deductible",
            hurricane_season="once_a_season",
            subrogation="made_whole",
            unmatched_notice="deny",
        ),
    ),
]


@settings(derandomize=True, deadline=None, max_examples=250)
@given(
    commands=st.lists(st.one_of(COMMANDS), min_size=1, max_size=8),
    carrier=st.sampled_from(CARRIERS),
    state=st.sampled_from(STATES),
)
def test_no_well_typed_command_makes_the_machine_raise(commands, carrier, state):
    machine: Any = decider(LAW, carrier)
    for command in commands:
        answer = machine.decide(command, state)
        assert isinstance(answer, tuple | Refusal)
        state = reduce(evolve, answer if isinstance(answer, tuple) else (), state)
        assert claim_view(CLAIM_ID, state) is not None or type(state).__name__ == "Unreported"


def about(**more: Any) -> dict[str, Any]:
    return {"claim_id": CLAIM_ID, "on": date(2026, 10, 1), "at": at(date(2026, 10, 1)), **more}


def paying(amount: Money, kind: Any = "partial", **more: Any) -> ask.RequestPayment:
    return ask.RequestPayment(
        **about(payment_id="PAY-9", line=DWELLING, amount=amount, kind=kind, payee_id="I", **more)
    )


EURO = Money(100, "EUR")
RESERVED = begun(HISTORIES["a claim open with a reserve"])
REPORTED = begun((*HISTORIES["a policy in force"], report))


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (ask.SetReserve(**about(line=DWELLING, amount=usd("-0.01"))), "reserve_below_pending"),
        (ask.SetReserve(**about(line=DWELLING, amount=EURO)), "wrong_currency"),
        (paying(EURO), "wrong_currency"),
        (paying(usd("-1.00")), "not_positive"),
        (paying(usd("0.00")), "not_positive"),
        (paying(usd("299999.00")), "reserve_required"),
        (ask.RecordInspection(**about(exposure=1, estimate=EURO)), "wrong_currency"),
        (ask.RecordInspection(**about(exposure=9, estimate=usd("1.00"))), "unknown_exposure"),
        (ask.ReceiveRecovery(**about(recovery_id="R", line=DWELLING, category="subrogation", amount=EURO, expense=EURO)),
         "wrong_currency"),
        (ask.ClearCheque(**about(payment_id="PAY-7")), "unknown_payment"),
    ],
)  # fmt: skip
def test_what_is_not_this_claims_money_is_refused_by_its_code(command, code, answered):
    assert answered(decider(LAW, COASTAL).decide(command, RESERVED)) == code


@pytest.mark.parametrize("amount", ["limit", "deductible", "hurricane_deductible"])
def test_a_coverage_in_another_currency_is_no_cover_of_this_insurer(amount, answered):
    """What is compared in minor units must be of one currency, or a limit in yen would let a hundredfold go."""
    policy = insured(1)
    foreign = replace(policy, coverages=tuple(replace(one, **{amount: EURO}) for one in policy.coverages))
    machine: Any = decider(LAW, COASTAL)

    for command in (
        ask.VerifyCoverage(**about(coverage="dwelling", policy=foreign)),
        ask.OpenExposure(**about(claimant_id="II", coverage="dwelling", incident=0, policy=foreign)),
    ):
        state = REPORTED if isinstance(command, ask.VerifyCoverage) else RESERVED
        assert answered(machine.decide(command, state)) == "wrong_currency"


def test_the_same_payment_is_not_made_twice_however_it_is_asked(answered):
    machine: Any = decider(LAW, COASTAL)
    asked = paying(usd("100.00"))
    once = reduce(evolve, machine.decide(asked, RESERVED), RESERVED)
    issued = reduce(evolve, machine.decide(ask.ConfirmPayment(**about(payment_id="PAY-9")), once), once)

    assert answered(machine.decide(asked, once)) == "-"
    assert answered(machine.decide(paying(usd("100.01")), once)) == "payment_reused"
    assert answered(machine.decide(ask.ConfirmPayment(**about(payment_id="PAY-9")), issued)) == "-"
    assert (
        answered(machine.decide(ask.FailPayment(**about(payment_id="PAY-9", reason="no")), issued)) == "already_issued"
    )
