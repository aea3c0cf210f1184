"""Commission on a policy: every command in every state, the rounding of chargebacks, transfers, and INV-B12."""

import csv
from datetime import date
from decimal import Decimal
from functools import reduce
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from fixtures.histories import at, usd
from fixtures.jurisdictions import florida
from fixtures.vectors import compute
from model.billing.commission import (
    Assigned,
    AssignProducer,
    BeginCommissionTerm,
    Command,
    CommissionChargedBack,
    CommissionEarned,
    CommissionTermBegun,
    EarnCommission,
    Event,
    Layer,
    ProducerAssigned,
    ReturnCarried,
    State,
    Unassigned,
    decider,
    evolve,
    taken_from,
)
from model.billing.producer import Payee
from model.decider import Refusal
from model.invariants.money import LayerView, commission_view, overearned_commission, unearned_commission
from model.money import Money, parse_amount

CARRIER = florida()[1]
SOLD, MIDWAY, RENEWED = date(2026, 6, 1), date(2026, 12, 1), date(2027, 6, 1)
RATES = {"A": Decimal("0.125"), "N": Decimal("0.1"), "ODD": Decimal("0.0333")}
VECTORS = Path(compute.__file__).parent / "commission.csv"


def payees(record: str, product: str, on: date) -> tuple[Payee, ...]:
    """Agencies A and N with an override of 5 percent on A until 2027, and one with an odd rate."""
    assert product == "homeowners"
    if record not in RATES:
        return ()
    override = (Payee("M", Decimal("0.05")),) if record == "A" and on < date(2027, 1, 1) else ()
    return (Payee(record, RATES[record]), *override)


MACHINE = decider(CARRIER, payees)


def about(day) -> dict[str, Any]:
    return {"policy_id": "P", "on": day, "at": at(day)}


ASSIGNED = ProducerAssigned(producer_id="A", product="homeowners", **about(SOLD))
BEGUN = CommissionTermBegun(**about(RENEWED))


def earned(producer: str, rate: str, amount: str, kind: Any = CommissionEarned, base="1200.00", entry="E-1", on=SOLD):
    return kind(
        entry_id=entry, slice=0, term=0, record_id="A", producer_id=producer, rate=Decimal(rate), base=usd(base),
        amount=usd(amount), asked=usd(base), **about(on),
    )  # fmt: skip


WRITTEN = (earned("A", "0.125", "150.00"), earned("M", "0.05", "60.00"))
BACK = tuple(
    earned(producer, rate, amount, CommissionChargedBack, "-598.36", "E-2", MIDWAY)
    for producer, rate, amount in (("A", "0.125", "-74.80"), ("M", "0.05", "-29.92"))
)


CARRIED = ReturnCarried(entry_id="E-0", since=SOLD, base=usd("100.00"), asked=usd("-100.00"), **about(SOLD))


def folded(*events) -> Any:
    return reduce(evolve, events, MACHINE.initial)


STATES = {
    "Unassigned": folded(),
    "Assigned": folded(ASSIGNED),
    "Earned": folded(ASSIGNED, *WRITTEN),
    "Renewed": folded(ASSIGNED, *WRITTEN, BEGUN),
    "Carrying": folded(ASSIGNED, CARRIED),
}


def assign(producer="A", on=SOLD) -> AssignProducer:
    return AssignProducer(producer_id=producer, product="homeowners", **about(on))


def earn(base="1200.00", entry="E-1", on=SOLD) -> EarnCommission:
    return EarnCommission(entry_id=entry, base=usd(base), **about(on))


COMMANDS = {
    "AssignProducer": assign(),
    "AssignProducer(transfer)": assign("N", MIDWAY),
    "AssignProducer(early)": assign("N", date(2026, 1, 1)),
    "AssignProducer(unknown)": assign("X", MIDWAY),
    "BeginCommissionTerm": BeginCommissionTerm(**about(RENEWED)),
    "BeginCommissionTerm(early)": BeginCommissionTerm(**about(MIDWAY)),
    "EarnCommission": earn(),
    "EarnCommission(reused)": earn("5.00"),
    "EarnCommission(nothing)": earn("0.00", "E-3"),
    "EarnCommission(before)": earn("5.00", "E-3", date(2026, 5, 1)),
    "EarnCommission(euro)": replace(earn(entry="E-3"), base=Money(100, "EUR")),
    "EarnCommission(back)": earn("-598.36", "E-2", MIDWAY),
    "EarnCommission(again)": earn("100.00", "E-4"),
    "EarnCommission(carried)": earn("-100.00", "E-0"),
}
BOTH, BOTH_BACK = "CommissionEarned+CommissionEarned", "CommissionChargedBack+CommissionChargedBack"
MADE_UP = f"ReturnCarried+{BOTH}"
TABLE = f"""
#                           Unassigned        Assigned             Earned               Renewed              Carrying
AssignProducer              ProducerAssigned  -                    -                    -                    -
AssignProducer(transfer)    ProducerAssigned  ProducerAssigned     ProducerAssigned     ProducerAssigned     ProducerAssigned
AssignProducer(early)       ProducerAssigned  out_of_order         out_of_order         out_of_order         out_of_order
AssignProducer(unknown)     unknown_producer  unknown_producer     unknown_producer     unknown_producer     unknown_producer
BeginCommissionTerm         -                 CommissionTermBegun  CommissionTermBegun  -                    CommissionTermBegun
BeginCommissionTerm(early)  -                 CommissionTermBegun  CommissionTermBegun  CommissionTermBegun  CommissionTermBegun
EarnCommission              -                 {BOTH}               -                    -                    {MADE_UP}
EarnCommission(reused)      -                 {BOTH}               entry_reused         entry_reused         ReturnCarried
EarnCommission(nothing)     -                 -                    -                    -                    -
EarnCommission(before)      -                 -                    -                    -                    -
EarnCommission(euro)        -                 wrong_currency       wrong_currency       wrong_currency       wrong_currency
EarnCommission(back)        -                 ReturnCarried        {BOTH_BACK}          {BOTH_BACK}          ReturnCarried
EarnCommission(again)       -                 {BOTH}               {BOTH}               {BOTH}               ReturnCarried
EarnCommission(carried)     -                 ReturnCarried        {BOTH_BACK}          {BOTH_BACK}          -
"""


def test_every_cell_of_the_table(command, state, wanted, answered):
    assert answered(MACHINE.decide(command, state)) == wanted


def test_the_table_has_every_command_every_state_and_every_event():
    assert {type(command) for command in COMMANDS.values()} == set(get_args(Command))
    assert {type(state) for state in STATES.values()} == set(get_args(State))
    assert {type(event) for event in (ASSIGNED, BEGUN, CARRIED, *WRITTEN, *BACK)} == set(get_args(Event))


def test_v15_commission_and_its_chargeback_are_what_the_machine_records():
    assert MACHINE.decide(earn(), folded(ASSIGNED)) == WRITTEN
    assert MACHINE.decide(earn("-598.36", "E-2", MIDWAY), folded(ASSIGNED, *WRITTEN)) == BACK


def told(*commands) -> Any:
    state: Any = MACHINE.initial
    for command in commands:
        decision: Any = MACHINE.decide(command, state)
        assert not isinstance(decision, Refusal)
        state = reduce(evolve, decision, state)
        assert not isinstance(state, Assigned) or unearned_commission(commission_view("P", state)) is None
    return state


def kept(state: Any) -> dict[str, int]:
    sums: dict[str, int] = {}
    for layer in state.layers:
        sums[layer.producer_id] = sums.get(layer.producer_id, 0) + layer.kept
    return sums


def test_when_all_premium_comes_back_no_commission_is_kept():
    """-598.36 and -601.64 alone would take back 74.80 and 75.21, a cent more than the 150.00 that was earned."""
    state = told(assign(), earn(), earn("-598.36", "E-2", MIDWAY), earn("-601.64", "E-3", MIDWAY))

    assert kept(state) == {"A": 0, "M": 0}


def test_a_transfer_repoints_future_earning_only():
    """What A sold is charged back to A at A's rate, what N added to N."""
    transferred = (assign(), earn(), assign("N", MIDWAY), earn("300.00", "E-2", MIDWAY))
    assert kept(told(*transferred)) == {"A": 15000, "M": 6000, "N": 3000}

    state = told(*transferred, earn("-150.00", "E-3", MIDWAY))
    # 150.00 come off 1,200.00 and 300.00 in proportion: 120.00 and 30.00.
    assert kept(state) == {"A": 13500, "M": 5400, "N": 2700}


def test_the_override_that_ended_is_charged_back_at_its_own_rate():
    later = date(2027, 2, 1)
    state = told(assign(), earn(), earn("100.00", "E-2", later), earn("-1300.00", "E-3", later))

    assert [(layer.producer_id, layer.base, layer.kept) for layer in state.layers] == [
        ("A", 0, 0),
        ("M", 0, 0),
        ("A", 0, 0),
    ]


def test_a_renewal_gives_back_its_own_commission_first():
    renewal = (
        assign(), earn(), BeginCommissionTerm(**about(RENEWED)), earn("1000.00", "E-2", RENEWED),
        earn("-1000.00", "E-3", RENEWED),
    )  # fmt: skip

    assert kept(told(*renewal)) == {"A": 15000, "M": 6000}
    # What more comes back than the renewal retained is of the term before, and then of nobody.
    assert kept(told(*renewal, earn("-200.00", "E-4", RENEWED))) == {"A": 12500, "M": 5000}
    assert kept(told(*renewal, earn("-9999.00", "E-4", RENEWED))) == {"A": 0, "M": 0}


def test_what_comes_back_is_of_the_term_of_its_day():
    state = told(assign(), earn(), BeginCommissionTerm(**about(RENEWED)), earn("1000.00", "E-2", RENEWED))

    assert taken_from(state, 10000, MIDWAY) == ((0, 10000),)
    assert taken_from(state, 10000, RENEWED) == ((1, 10000),)


def test_a_rewrite_begins_a_term_before_one_that_was_billed_ahead():
    """What was earned in the later term stays there, and what comes back of either is its own."""
    renewed = (assign(), earn(), BeginCommissionTerm(**about(RENEWED)), earn("1000.00", "E-2", RENEWED))
    state = told(*renewed, BeginCommissionTerm(**about(MIDWAY)), earn("500.00", "E-3", MIDWAY))

    assert state.terms == (MIDWAY, RENEWED)
    assert {(layer.term, layer.base) for layer in state.layers} == {(0, 120000), (1, 50000), (2, 100000)}
    assert taken_from(state, 10000, MIDWAY) == ((2, 10000),)
    assert taken_from(state, 10000, RENEWED) == ((1, 10000),)
    assert told(*renewed, earn("-1000.00", "E-4", RENEWED), BeginCommissionTerm(**about(MIDWAY))).terms == state.terms


def rows() -> list[dict[str, str]]:
    lines = [line for line in VECTORS.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines))


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["case"])
def test_the_vectors_of_commission(row):
    RATES["V"] = Decimal(row["percent"]) / 100
    state: Any = told(assign("V"))
    for number, text in enumerate(row["bases"].split()):
        state = reduce(evolve, told_more(state, earn(str(parse_amount(text, "USD")).split()[0], f"V-{number}")), state)
    amounts = [layer for layer in state.layers if layer.producer_id == "V"]

    assert f"{sum(layer.earned for layer in amounts) / 100:.2f}" == row["earned"]
    assert f"{sum(layer.charged_back for layer in amounts) / 100:.2f}" == row["charged_back"]


def told_more(state: Any, command: EarnCommission) -> Any:
    decision: Any = MACHINE.decide(command, state)
    assert not isinstance(decision, Refusal)
    return decision


MOVES = (CommissionEarned, CommissionChargedBack)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(-300000, 300000), st.sampled_from([SOLD, MIDWAY])), max_size=12))
def test_what_is_retained_within_a_term_is_what_all_of_it_adds_up_to(steps):
    """In whatever order it came and went: a return before its premium, a bounce after a return."""
    state: Any = told(assign())
    for number, (base, on) in enumerate(steps):
        state = told_on(state, EarnCommission(entry_id=f"E-{number}", base=Money(base, "USD"), **about(on)))
        stands = sum(minor for minor, _ in steps[: number + 1])
        view = commission_view("P", state)
        assert overearned_commission(view, eligible=stands) is None
        assert sum(layer.base for layer in state.layers if layer.producer_id == "A") == max(stands, 0)
        assert sum(one.base for one in state.carried) == max(-stands, 0)


def told_on(state: Any, command: EarnCommission) -> Any:
    return reduce(evolve, told_more(state, command), state)


def test_a_later_term_earns_whatever_an_earlier_one_gave_back():
    state = told(assign(), earn("-100.00", "E-0"), BeginCommissionTerm(**about(RENEWED)))

    later = told_on(state, earn("500.00", "E-1", RENEWED))
    assert (kept(later), later.carried) == ({"A": 6250}, state.carried)
    assert told_on(later, earn("100.00", "E-2")).carried == ()


def test_commission_on_premium_that_does_not_stand_is_seen():
    """What was returned beyond what was retained is forgotten, as if it had never come back."""
    state = told(assign(), earn("600.00"), earn("-900.00", "E-2"))
    forgetful = told_on(replace(state, carried=()), earn("300.00", "E-3"))

    assert overearned_commission(commission_view("P", told_on(state, earn("300.00", "E-3"))), eligible=0) is None
    violation = overearned_commission(commission_view("P", forgetful), eligible=0)
    assert violation is not None
    assert (violation.code, violation.text) == ("INV-B12", "A keeps commission on 30000 minor units, 0 stand")


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.one_of(st.integers(-300000, 300000), st.integers(-9, 9)),
            st.sampled_from([SOLD, MIDWAY, date(2027, 3, 1), RENEWED]),
            st.sampled_from(["", "", "A", "N", "ODD", "term"]),
        ),
        max_size=25,
    )
)
def test_commission_fits_the_premium_retained_after_any_history(steps):
    """INV-B12: within a cent for each producer, whatever was earned, transferred, renewed and taken back."""
    state: Any = told(assign())
    for number, (base, on, also) in enumerate(steps):
        commands: list[Any] = [EarnCommission(entry_id=f"E-{number}", base=Money(base, "USD"), **about(on))]
        if also == "term":
            commands.append(BeginCommissionTerm(**about(on)))
        elif also:
            commands.append(assign(also, on))
        for command in commands:
            decision: Any = MACHINE.decide(command, state)
            if isinstance(decision, Refusal):
                continue
            before, state = state, reduce(evolve, decision, state)
            assert unearned_commission(commission_view("P", state)) is None
            assert MACHINE.decide(command, state) == () or before == state
            signs = {(event.base.minor > 0) for event in decision if isinstance(event, MOVES)}
            assert len(signs) <= 1


def test_the_invariant_sees_a_planted_defect():
    state = told(assign(), earn())
    view = commission_view("P", state)
    bad_layers = [replace(view.layers[0], earned=15002), replace(view.layers[0], base=-1, earned=0)]

    for layer in bad_layers:
        violation = unearned_commission(replace(view, layers=(layer,)))
        assert violation is not None
        assert violation.code == "INV-B12"
    at_todays_rate = replace(BACK[0], rate=Decimal("0.125"), amount=usd("-59.84"))
    defective = folded(ASSIGNED, *WRITTEN, at_todays_rate)
    violation = unearned_commission(commission_view("P", defective))
    assert violation is not None
    assert violation.text == "A keeps 9016 minor units on 60164 at 1/8"
    assert unearned_commission(commission_view("P", Unassigned())) is None
    assert isinstance(view.layers[0], LayerView)
    assert isinstance(state.layers[0], Layer)
