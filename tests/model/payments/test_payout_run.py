"""A payment run: every command in every state, who may be in it, and a crash at any step."""

from datetime import date, timedelta
from functools import reduce
from itertools import product
from typing import Any, cast, get_args

import pytest
from msgspec.structs import replace

from fixtures.histories import at, usd
from fixtures.jurisdictions import florida
from model.decider import Refusal
from model.invariants import Violation, run_out_of_balance
from model.payments.payable import NOTHING_KNOWN, NothingKnown
from model.payments.payee import Payee
from model.payments.payout_commands import (
    ApproveRun,
    Command,
    ConfirmPayout,
    DiscardRun,
    EmitPayout,
    FreezeRun,
    ReserveFunds,
    VoidPayout,
)
from model.payments.payout_events import (
    Event,
    FundsReserved,
    LeftOut,
    PayoutEmitted,
    PayoutItem,
    PayoutPosted,
    PayoutVoided,
    RunApproved,
    RunClosed,
    RunDiscarded,
    RunFrozen,
)
from model.payments.payout_run import Closed, Frozen, Reserved, State, decider, evolve
from model.payments.payout_selection import selected
from model.payments.payout_states import manifest_of, sums, unpaid

CARRIER = florida()[1]
VERIFIED = Payee("tok_1", "ann", None, "verified", "clear")


class Register(NothingKnown):
    """Payees that somebody knows."""

    def __init__(self, **payees: Payee) -> None:
        self.payees = payees

    def payee(self, party_id: str) -> Payee:
        return self.payees.get(party_id, Payee())


KNOWN = Register(**{"I-1": VERIFIED, "I-2": replace(VERIFIED, token="tok_2")})
MACHINE = decider(CARRIER, KNOWN)
DAY = date(2026, 6, 1)
ABOUT: dict[str, Any] = {"run_id": "R-1", "on": DAY, "at": at(DAY)}
CUT_OFF = at(DAY) + timedelta(hours=2)
ITEMS = (PayoutItem("PAY-1", "I-1", "tok_1", usd("100.00")), PayoutItem("PAY-2", "I-2", "tok_2", usd("0.01")))
MANIFEST = manifest_of("R-1", ITEMS)
ONE, TWO = ITEMS
FROZEN = RunFrozen(
    items=ITEMS, left_out=(), asked=MANIFEST, manifest=MANIFEST, total=usd("100.01"), frozen_by="ann",
    cut_off=CUT_OFF, **ABOUT,
)  # fmt: skip
APPROVED = RunApproved(manifest=MANIFEST, approved_by="bob", **ABOUT)
RESERVED = FundsReserved(amount=usd("100.01"), **ABOUT)
EMITTED = PayoutEmitted(item=ONE, instruction_id="R-1/PAY-1", **ABOUT)
POSTED = PayoutPosted(item=ONE, **ABOUT)
VOIDED = PayoutVoided(item=TWO, reason="account closed", **ABOUT)
CLOSED = RunClosed(posted=usd("100.00"), voided=usd("0.01"), **ABOUT)
DISCARDED = RunDiscarded(reason="wrong day", **ABOUT)


def folded(*events) -> Any:
    return reduce(evolve, events, MACHINE.initial)


STATES: dict[str, Any] = {
    "NoRun": folded(),
    "Frozen": folded(FROZEN),
    "Approved": folded(FROZEN, APPROVED),
    "Discarded": folded(FROZEN, DISCARDED),
    "Reserved": folded(FROZEN, APPROVED, RESERVED),
    "Emitted": folded(FROZEN, APPROVED, RESERVED, EMITTED),
    "Half": folded(FROZEN, APPROVED, RESERVED, VOIDED, EMITTED),
    "Closed": folded(FROZEN, APPROVED, RESERVED, VOIDED, EMITTED, POSTED, CLOSED),
}
FREEZE = FreezeRun(items=ITEMS, frozen_by="ann", cut_off=CUT_OFF, **ABOUT)
APPROVE = ApproveRun(manifest=MANIFEST, approved_by="bob", **ABOUT)
RESERVE = ReserveFunds(available=usd("100.01"), **ABOUT)
EMIT = EmitPayout(payment_id="PAY-1", **ABOUT)
VOID = VoidPayout(payment_id="PAY-1", reason="account closed", cause="refused_by_bank", **ABOUT)
COMMANDS: dict[str, Any] = {
    "FreezeRun": FREEZE,
    "FreezeRun(other)": replace(FREEZE, items=ITEMS[:1]),
    "ApproveRun": APPROVE,
    "ApproveRun(same)": replace(APPROVE, approved_by="ann"),
    "ApproveRun(other)": replace(APPROVE, manifest="else"),
    "DiscardRun": DiscardRun(reason="wrong day", **ABOUT),
    "ReserveFunds": RESERVE,
    "ReserveFunds(short)": replace(RESERVE, available=usd("100.00")),
    "EmitPayout": EMIT,
    "EmitPayout(late)": replace(EMIT, at=CUT_OFF + timedelta(seconds=1)),
    "EmitPayout(else)": replace(EMIT, payment_id="PAY-9"),
    "ConfirmPayout": ConfirmPayout(payment_id="PAY-1", **ABOUT),
    "VoidPayout(bank)": VOID,
    "VoidPayout(own)": replace(VOID, cause="withdrawn"),
}
TABLE = """
#                    NoRun        Frozen          Approved                Discarded    Reserved       Emitted       Half                      Closed
FreezeRun            RunFrozen    -               -                       -            -              -             -                         -
FreezeRun(other)     RunFrozen    run_reused      run_reused              run_reused   run_reused     run_reused    run_reused                run_reused
ApproveRun           wrong_state  RunApproved     -                       wrong_state  -              -             -                         -
ApproveRun(same)     wrong_state  same_person     -                       wrong_state  -              -             -                         -
ApproveRun(other)    wrong_state  other_manifest  other_manifest          wrong_state  other_manifest  other_manifest  other_manifest         other_manifest
DiscardRun           wrong_state  RunDiscarded    RunDiscarded            -            wrong_state    wrong_state   wrong_state               wrong_state
ReserveFunds         wrong_state  wrong_state     FundsReserved           wrong_state  -              -             -                         -
ReserveFunds(short)  wrong_state  wrong_state     insufficient_prefunding wrong_state  -              -             -                         -
EmitPayout           wrong_state  wrong_state     wrong_state             wrong_state  PayoutEmitted  -             -                         -
EmitPayout(late)     wrong_state  wrong_state     wrong_state             wrong_state  after_cut_off  -             -                         -
EmitPayout(else)     wrong_state  wrong_state     wrong_state             wrong_state  not_in_run     not_in_run    not_in_run                not_in_run
ConfirmPayout        wrong_state  wrong_state     wrong_state             wrong_state  wrong_step     PayoutPosted  PayoutPosted+RunClosed    -
VoidPayout(bank)     wrong_state  wrong_state     wrong_state             wrong_state  wrong_step     PayoutVoided  PayoutVoided+RunClosed    wrong_step
VoidPayout(own)      wrong_state  wrong_state     wrong_state             wrong_state  PayoutVoided   wrong_step    wrong_step                wrong_step
"""


def test_every_cell_of_the_table(command, state, wanted, answered):
    assert answered(MACHINE.decide(command, state)) == wanted


def test_the_table_has_every_command_and_every_state():
    assert {type(command) for command in COMMANDS.values()} == set(get_args(Command))
    assert {type(state) for state in STATES.values()} == set(get_args(State))


@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
def test_evolve_takes_every_event_in_every_state(state):
    events = (FROZEN, APPROVED, DISCARDED, RESERVED, EMITTED, POSTED, VOIDED, CLOSED)

    assert {type(event) for event in events} == set(get_args(Event))
    assert all(isinstance(evolve(state, event), get_args(State)) for event in events)


@pytest.mark.parametrize(
    ("items", "code"),
    [
        ((), "empty_run"),
        ((ONE, ONE), "payment_twice"),
        ((replace(ONE, amount=usd("0.00")),), "not_positive"),
        ((replace(ONE, amount=usd("-1.00")),), "not_positive"),
        ((replace(ONE, amount=replace(ONE.amount, currency="EUR")),), "wrong_currency"),
        ((replace(ONE, amount=usd("5000000.01")),), "above_run_limit"),
    ],
)
def test_a_run_that_cannot_be_paid_is_refused_before_anyone_approves_it(items, code, answered):
    assert answered(MACHINE.decide(replace(FREEZE, items=items), STATES["NoRun"])) == code


def test_the_manifest_stands_for_every_field_of_every_item():
    others = [
        manifest_of("R-2", ITEMS),
        manifest_of("R-1", ITEMS[::-1]),
        manifest_of("R-1", (replace(ONE, amount=usd("100.01")), TWO)),
        manifest_of("R-1", (replace(ONE, token="tok_9"), TWO)),
        manifest_of("R-1", ITEMS[:1]),
    ]

    assert len({MANIFEST, *others}) == 6


# --- who may be in it


WHY_NOT = [
    ({"screening": "hit", "standing": "unverified"}, "screening_hit"),
    ({"screening": "pending"}, "screening_pending"),
    ({"standing": "unverified"}, "payee_unverified"),
    ({"token": "tok_9"}, "payee_unverified"),
    ({"changed_on": DAY - timedelta(days=2)}, "cooling_off"),
]


@pytest.mark.parametrize(("about", "code"), [*WHY_NOT, ({"changed_on": DAY - timedelta(days=3)}, None), ({}, None)])
def test_who_is_left_out_is_told_why(about, code):
    """Y13."""
    selection = selected(CARRIER, Register(**{"I-1": replace(VERIFIED, **about)}), [ONE], on=DAY)

    assert [one.code for one in selection.left_out] == ([code] if code else [])
    assert selection.items == (() if code else (ONE,))


def test_what_a_run_cannot_carry_waits_for_the_next_and_lets_smaller_ones_by():
    big = replace(ONE, amount=usd("4999999.99"))
    three = [big, replace(ONE, payment_id="PAY-3", amount=usd("0.02")), TWO]

    selection = selected(CARRIER, KNOWN, three, on=DAY)

    assert selection.items == (big, TWO)
    assert [(one.payment_id, one.code) for one in selection.left_out] == [("PAY-3", "above_run_limit")]


@pytest.mark.parametrize(("about", "code"), WHY_NOT)
def test_a_run_is_frozen_without_whom_it_may_not_pay_and_keeps_why(about, code, answered):
    machine = decider(CARRIER, Register(**KNOWN.payees | {"I-1": replace(VERIFIED, **about)}))
    (frozen,) = cast("tuple[RunFrozen, ...]", machine.decide(FREEZE, STATES["NoRun"]))
    state = evolve(STATES["NoRun"], frozen)
    assert isinstance(state, Frozen)
    assert (frozen.items, frozen.left_out, frozen.total) == ((TWO,), (LeftOut("PAY-1", code),), TWO.amount)
    assert frozen.manifest == manifest_of("R-1", (TWO,)), "whoever approves the run approves what is in it"
    assert state.plan.left_out == frozen.left_out
    assert machine.decide(FREEZE, state) == (), "the same is asked again"
    assert MACHINE.decide(FREEZE, state) == (), "and again when the payee has become eligible"
    assert answered(machine.decide(replace(FREEZE, items=(TWO,)), state)) == "run_reused"


def test_a_run_of_which_nobody_is_left_is_refused_with_the_reason_of_its_first_payment(answered):
    assert answered(decider(CARRIER, NOTHING_KNOWN).decide(FREEZE, STATES["NoRun"])) == "screening_pending"


@pytest.mark.parametrize(("about", "code"), WHY_NOT)
def test_a_payee_who_is_no_longer_eligible_when_the_run_is_sent_is_not_paid(about, code, answered):
    machine = decider(CARRIER, Register(**KNOWN.payees | {"I-1": replace(VERIFIED, **about)}))
    assert answered(machine.decide(EMIT, STATES["Reserved"])) == code
    assert answered(machine.decide(replace(EMIT, payment_id="PAY-2"), STATES["Reserved"])) == "PayoutEmitted"
    assert answered(machine.decide(COMMANDS["VoidPayout(own)"], STATES["Reserved"])) == "PayoutVoided"


# --- crashes

SCRIPT: tuple[Any, ...] = (
    FREEZE,
    APPROVE,
    RESERVE,
    EMIT,
    replace(EMIT, payment_id="PAY-2"),
    ConfirmPayout(payment_id="PAY-1", **ABOUT),
    replace(VOID, payment_id="PAY-2"),
)


class Office:
    """A run as an operator does it, against a bank. What is recorded is there after a crash, what was not is not."""

    def __init__(self) -> None:
        self.state: State = MACHINE.initial
        self.bank: list[str] = []
        self.recorded: list[Any] = []
        self.broken: list[Violation] = []

    def ask(self, command: Any, crash: str) -> None:
        """Raises InterruptedError where it crashes."""
        decision = MACHINE.decide(command, self.state)
        assert not isinstance(decision, Refusal), decision
        if crash == "before it is recorded":
            raise InterruptedError
        self.state = reduce(evolve, decision, self.state)
        self.broken.extend(run_out_of_balance("R-1", self.state))
        self.recorded.extend(decision)
        if crash == "before the bank hears of it":
            raise InterruptedError
        self.tell_the_bank()
        if crash == "after everything":
            raise InterruptedError

    def tell_the_bank(self) -> None:
        """From the outbox, at least once: the bank knows an instruction by its id and pays it once."""
        for event in self.recorded:
            if isinstance(event, PayoutEmitted) and event.instruction_id not in self.bank:
                self.bank.append(event.instruction_id)

    def run(self, crash_at: int = -1, crash: str = "") -> None:
        for place, command in enumerate(SCRIPT):
            self.ask(command, crash if place == crash_at else "")


CRASHES = ("before it is recorded", "before the bank hears of it", "after everything")
POINTS = list(product(range(len(SCRIPT)), CRASHES))


def rerun(*crashes: tuple[int, str]) -> Office:
    """The same run from its start again after each crash."""
    office = Office()
    for place, crash in crashes:
        with pytest.raises(InterruptedError):
            office.run(place, crash)
    office.run()
    return office


def test_a_crash_at_any_two_steps_and_a_rerun_end_where_no_crash_does():
    """INV-Y6, exhaustively: 21 crash points, alone and two after another."""
    calm = rerun()
    assert isinstance(calm.state, Closed)
    for one, other in product([None, *POINTS], POINTS):
        office = rerun(other) if one is None else rerun(one, other)
        assert office.state == calm.state
        assert office.broken == []
        assert office.recorded == calm.recorded, "nothing was emitted, posted or void twice"
        assert office.bank == ["R-1/PAY-1", "R-1/PAY-2"]


@pytest.mark.parametrize("name", ["Reserved", "Emitted", "Half", "Closed"])
def test_what_is_in_each_step_is_together_what_was_reserved(name):
    """INV-Y6."""
    state = STATES[name]
    assert isinstance(state, Reserved | Closed)

    assert sum(amount.minor for amount in sums(state).values()) == state.plan.total.minor
    if isinstance(state, Closed):
        assert (sums(state)["posted"], sums(state)["void"]) == (CLOSED.posted, CLOSED.voided)


def test_an_item_that_is_lost_counted_twice_or_left_open_is_seen():
    """INV-Y6 can fail."""
    half, closed = STATES["Half"], STATES["Closed"]
    assert isinstance(half, Reserved)
    assert isinstance(closed, Closed)
    wrong: tuple[State, ...] = (
        replace(half, steps=half.steps[:1]),
        replace(half, plan=replace(half.plan, total=usd("0.01"))),
        Closed(half.plan, ("posted", "emitted")),
    )
    assert list(run_out_of_balance("R-1", closed)) == []
    for run in wrong:
        assert [one.code for one in run_out_of_balance("R-1", run)] == ["INV-Y6"]


def test_a_rerun_without_the_memory_of_what_was_emitted_would_pay_twice():
    """INV-Y6 can fail: an office that numbers its instructions anew has the bank pay again."""
    office = rerun((3, "after everything"))
    forgetful = replace(office.recorded[3], instruction_id="R-1-again/PAY-1")
    office.recorded.append(forgetful)
    office.tell_the_bank()

    assert len(office.bank) == 3


def test_what_is_not_emitted_is_what_a_rerun_has_to_do():
    assert unpaid(STATES["Reserved"]) == ("PAY-1", "PAY-2")
    assert unpaid(STATES["Emitted"]) == ("PAY-2",)
    assert unpaid(STATES["Frozen"]) == unpaid(STATES["Closed"]) == ()
