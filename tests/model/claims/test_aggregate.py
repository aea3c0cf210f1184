"""The aggregate limit of a coverage: one for all claims of a policy and its year, kept by a machine of its own."""

from datetime import date, timedelta
from functools import reduce
from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.histories import DWELLING, LANDFALL, NOTICE, START, at, insured, usd
from fixtures.jurisdictions import florida
from model.claims import commands as ask
from model.claims.aggregate import UNTOUCHED, GiveBackAggregate, TakeAggregate, decider, evolve, year_from
from model.claims.coverage import policy_year
from model.claims.payees import Payee
from model.claims.reserve import LineKey
from model.core import Core
from model.decider import Refusal

MACHINE = decider()
TAKE = TakeAggregate(
    policy_id="P", coverage="dwelling", year=START, payment_id="PAY", claim_id="C", minor=100, on=NOTICE, at=at(NOTICE)
)
BACK = GiveBackAggregate(
    policy_id="P", coverage="dwelling", year=START, payment_id="PAY", claim_id="C", on=NOTICE, at=at(NOTICE)
)


def after(*commands: Any) -> Any:
    state: Any = UNTOUCHED
    for command in commands:
        decision: Any = MACHINE.decide(command, state)
        state = reduce(evolve, decision, state)
    return state


STATES = {"Untouched": UNTOUCHED, "Eroded": after(TAKE), "GivenBack": after(TAKE, BACK)}
COMMANDS = {
    "TakeAggregate": TAKE,
    "TakeAggregate(more)": replace(TAKE, minor=101),
    "TakeAggregate(claim)": replace(TAKE, claim_id="C-2"),
    "GiveBackAggregate": BACK,
    "GiveBackAggregate(claim)": replace(BACK, claim_id="C-2"),
}
TABLE = """
#                         Untouched       Eroded              GivenBack
TakeAggregate             AggregateTaken  -                   AggregateTaken
TakeAggregate(more)       AggregateTaken  payment_reused      AggregateTaken
TakeAggregate(claim)      AggregateTaken  AggregateTaken      AggregateTaken
GiveBackAggregate         -               AggregateGivenBack  -
GiveBackAggregate(claim)  -               -                   -
"""


def test_every_cell_of_the_table(command, state, wanted, answered):
    assert answered(MACHINE.decide(command, state)) == wanted


def test_what_was_taken_is_given_back_and_nothing_else():
    other = replace(TAKE, claim_id="C-2", minor=7)

    assert after(TAKE, other).minor == 107
    assert after(TAKE, other, BACK).minor == 7
    assert MACHINE.stream(TAKE) == MACHINE.stream(BACK) == f"P/dwelling/{START}"


@pytest.mark.parametrize(
    ("start", "day", "year"),
    [
        (START, START, START),
        (START, date(2027, 5, 31), START),
        (START, date(2027, 6, 1), date(2027, 6, 1)),
        (START, date(2026, 1, 1), START),
        (date(2024, 2, 29), date(2025, 2, 28), date(2025, 2, 28)),
        (date(2024, 2, 29), date(2025, 2, 27), date(2024, 2, 29)),
    ],
)
def test_a_policy_year_begins_on_the_day_of_the_policy(start, day, year):
    assert year_from(start, day) == year


def test_a_policy_year_begins_at_the_minute_at_which_terms_begin():
    renewed = at(date(2027, 6, 1)).replace(hour=4, minute=1)
    policy = replace(insured(1), end=date(2028, 6, 1))

    assert policy_year(policy, renewed) == date(2027, 6, 1)
    assert policy_year(policy, renewed - timedelta(minutes=1)) == START


# --- in the core


def choosing(**choices: Any) -> Core:
    law, carrier = florida()
    return Core(law, replace(carrier, claims=replace(carrier.claims, **choices)))


def claimed(core: Core, *claims: str, limit: str = "1000.00") -> Core:
    dwelling, contents = insured(1).coverages
    policy = replace(insured(1), coverages=(replace(dwelling, aggregate=usd(limit)), contents))
    for claim in claims:
        about: dict[str, Any] = {"claim_id": claim, "on": NOTICE, "at": at(NOTICE)}
        for command in (
            ask.ReportClaim(
                policy_id="P-000001", claimant_id=claim, cause="fire", loss_at=LANDFALL, intake="web", **about
            ),
            ask.VerifyCoverage(coverage="dwelling", policy=policy, **about),
            ask.OpenExposure(claimant_id=claim, coverage="contents", incident=0, policy=policy, **about),
            *(ask.SetReserve(line=line, amount=usd("20000.00"), **about) for line in (DWELLING, CONTENTS, EXPENSE)),
        ):
            assert not isinstance(core.submit(command), Refusal), command
    return core


CONTENTS, EXPENSE = LineKey(2, "claim_cost", "contents"), LineKey(1, "allocated_expense", "adjuster")


def told(claim: str, payment: str, on: date = NOTICE) -> dict[str, Any]:
    return {"claim_id": claim, "payment_id": payment, "on": on, "at": at(on)}


def pay(core: Core, claim: str, payment: str, amount: str, **more: Any) -> Any:
    what: dict[str, Any] = {"line": DWELLING, "kind": "partial", "payee_id": claim, **more}
    on = what.pop("on", NOTICE)
    return core.submit(ask.RequestPayment(amount=usd(amount), **what, **told(claim, payment, on)))


def test_two_claims_of_a_policy_share_what_the_year_pays(answered):
    core = claimed(choosing(), "C-1", "C-2")
    assert answered(pay(core, "C-1", "PAY", "600.00")) == "PaymentRequested"

    assert answered(pay(core, "C-2", "PAY", "400.01")) == "aggregate_exhausted"
    assert answered(pay(core, "C-2", "PAY", "400.00")) == "PaymentRequested"
    assert answered(pay(core, "C-1", "PAY", "600.00")) == "-"
    assert core.eroded(f"P-000001/dwelling/{START}").minor == 100_000


def test_another_coverage_and_adjusting_expense_take_nothing_of_it(answered):
    core = claimed(choosing(), "C-1")
    pay(core, "C-1", "PAY", "1000.00")

    assert answered(pay(core, "C-1", "PAY-2", "500.00", line=CONTENTS)) == "PaymentRequested"
    assert answered(pay(core, "C-1", "PAY-3", "500.00", line=EXPENSE)) == "PaymentRequested"


def test_a_carrier_whose_limits_bear_expense_erodes_them_with_it(answered):
    core = claimed(choosing(aggregate_erosion="claim_cost_and_expense"), "C-1")
    pay(core, "C-1", "PAY", "700.00", line=EXPENSE)

    assert answered(pay(core, "C-1", "PAY-2", "300.01")) == "aggregate_exhausted"
    assert answered(pay(core, "C-1", "PAY-2", "300.00")) == "PaymentRequested"


@pytest.mark.parametrize(("year", "answer"), [("of_loss", "aggregate_exhausted"), ("of_payment", "PaymentRequested")])
def test_which_year_a_payment_erodes_is_the_carriers_choice(answered, year, answer):
    core = claimed(choosing(aggregate_year=year), "C-1")
    pay(core, "C-1", "PAY", "1000.00")

    assert answered(pay(core, "C-1", "PAY-2", "0.01", on=date(2027, 5, 31))) == "aggregate_exhausted"
    assert answered(pay(core, "C-1", "PAY-2", "1000.00", on=date(2027, 6, 1))) == answer


def test_several_payees_take_together_what_they_are_paid_apart(answered):
    core = claimed(choosing(), "C-1")
    payees = (ask_payee("I"), ask_payee("J"))

    assert answered(pay(core, "C-1", "PAY", "1000.02", payees=payees)) == "aggregate_exhausted"
    assert answered(pay(core, "C-1", "PAY", "1000.00", payees=payees)) == "PaymentRequested+PaymentRequested"
    assert answered(pay(core, "C-1", "PAY-3", "0.01")) == "aggregate_exhausted"


def ask_payee(party_id: str) -> Any:
    return Payee(party_id, "claimant", 1)


ENDS: dict[str, tuple[Any, ...]] = {
    "failed": (ask.FailPayment(reason="closed", **told("C-1", "PAY")),),
    "denied": (ask.DenyPayment(by="bob", reason="no photo", **told("C-1", "PAY")),),
    "stopped": (ask.ConfirmPayment(**told("C-1", "PAY")), ask.StopCheque(reason="lost", **told("C-1", "PAY"))),
    "voided": (ask.ConfirmPayment(**told("C-1", "PAY")), ask.VoidCheque(reason="torn", **told("C-1", "PAY"))),
}


@pytest.mark.parametrize("end", ENDS)
def test_what_does_not_go_out_or_comes_back_is_left_again(answered, end):
    core = claimed(choosing(), "C-1", "C-2", limit="30000.00")
    core.submit(ask.SetReserve(line=DWELLING, amount=usd("40000.00"), claim_id="C-1", on=NOTICE, at=at(NOTICE)))
    who: dict[str, Any] = {"by": "ann", "role": "adjuster"} if end == "denied" else {}
    assert not isinstance(pay(core, "C-1", "PAY", "30000.00", **who), Refusal)
    assert answered(pay(core, "C-2", "PAY", "0.01")) == "aggregate_exhausted"

    for command in ENDS[end]:
        assert not isinstance(core.submit(command), Refusal)

    assert core.eroded(f"P-000001/dwelling/{START}").minor == 0
    assert answered(pay(core, "C-2", "PAY", "20000.00")) == "PaymentRequested"


def test_a_payment_that_waited_for_approval_takes_once():
    core = claimed(choosing(), "C-1", limit="30000.00")
    core.submit(ask.SetReserve(line=DWELLING, amount=usd("40000.00"), claim_id="C-1", on=NOTICE, at=at(NOTICE)))
    pay(core, "C-1", "PAY", "30000.00", by="ann", role="adjuster")
    approved = core.submit(ask.ApprovePayment(by="bob", role="claims_manager", **told("C-1", "PAY")))

    assert not isinstance(approved, Refusal)
    assert core.eroded(f"P-000001/dwelling/{START}").minor == 3_000_000


@pytest.mark.parametrize(
    ("comes_back", "answer"), [(ask.StopCheque, "aggregate_exhausted"), (ask.StaleDateCheque, "PaymentReissued")]
)
def test_a_cheque_that_is_issued_again_takes_again_what_was_given_back(answered, comes_back, answer):
    core = claimed(choosing(), "C-1", "C-2")
    pay(core, "C-1", "PAY", "600.00")
    core.submit(ask.ConfirmPayment(**told("C-1", "PAY")))
    more = {"reason": "lost"} if comes_back is ask.StopCheque else {}
    core.submit(comes_back(**more, **told("C-1", "PAY")))
    pay(core, "C-2", "PAY", "1000.00" if more else "400.00")

    again = core.submit(ask.ReissueCheque(new_payment_id="PAY-2", **told("C-1", "PAY")))

    assert answered(again).split("+")[0] == answer
    assert core.eroded(f"P-000001/dwelling/{START}").minor == 100_000
