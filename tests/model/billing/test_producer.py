"""Producers: every command in every state, who stands under whom, and what one balance says."""

from datetime import date
from decimal import Decimal
from functools import reduce
from typing import Any, get_args

import pytest
from msgspec.structs import replace

from fixtures.histories import at, usd
from fixtures.jurisdictions import florida
from model.billing.producer import (
    AdvanceCommission,
    AppointProducer,
    Command,
    CommissionMoved,
    Event,
    HoldInTrust,
    Link,
    NetCommission,
    PayCommission,
    PlaceUnder,
    PostCommission,
    ProducerAppointed,
    ProducerPlaced,
    ProducerTerminated,
    State,
    TerminateProducer,
    TrustNamed,
    Trusts,
    chain,
    decider,
    evolve,
    link_on,
)
from model.billing.program import AgreeShares, PayeeShare
from model.billing.trust import OpenTrust
from model.core import Core
from model.decider import Refusal
from model.money import Money

DAY, NEXT, LATER, ENDED = date(2026, 1, 2), date(2026, 3, 1), date(2026, 6, 1), date(2026, 9, 1)
CORE = Core(*florida())


def about(day, who="A") -> dict[str, Any]:
    return {"producer_id": who, "on": day, "at": at(day)}


def appoint(who: str, plan="standard", kind: Any = "agency") -> AppointProducer:
    return AppointProducer(kind=kind, commission_plan=plan, **about(DAY, who))


def place(who: str, parent: str, how: Any = "override", percent="5", on=DAY) -> PlaceUnder:
    return PlaceUnder(parent_id=parent, how=how, percent=Decimal(percent), **about(on, who))


for each in (appoint("M", "managing", "managing_general_agent"), appoint("B"), place("B", "A")):
    CORE.submit(each)
MACHINE = decider(CORE.carrier, CORE.producer, Trusts(CORE.trust, CORE.program))

APPOINTED = ProducerAppointed(kind="agency", commission_plan="standard", **about(DAY))
PLACED = ProducerPlaced(link=Link("M", "override", Decimal(5), DAY), **about(DAY))
POSTED = CommissionMoved(entry_id="E-1", how="posted", amount=usd("150.00"), repaid=usd("0.00"), **about(LATER))
TERMINATED = ProducerTerminated(**about(ENDED))


def folded(*events) -> Any:
    return reduce(evolve, events, MACHINE.initial)


CORE.producers.states["A"] = folded(APPOINTED)
CORE.submit(place("B", "A"))
ON = about(LATER)
for owner in ("A", "B"):
    CORE.submit(OpenTrust(trust_id=f"T-{owner}", producer_id=owner, on=LATER, at=at(LATER)))
CORE.submit(
    AgreeShares(program_id="G", trust_id="T-B", shares=(PayeeShare("INSURER", Decimal(100)),), on=LATER, at=at(LATER))
)
NAMED = TrustNamed(trust_id="T-A", program_id="", **ON)
STATES = {
    "Unappointed": folded(),
    "Appointed": folded(APPOINTED, PLACED, POSTED),
    "Terminated": folded(APPOINTED, TERMINATED),
    "Trusted": folded(APPOINTED, NAMED),
}


def trusted(**changes) -> HoldInTrust:
    return replace(HoldInTrust(trust_id="T-A", program_id="", **ON), **changes)


def post(**changes) -> PostCommission:
    return replace(PostCommission(entry_id="E-1", amount=usd("150.00"), **about(LATER)), **changes)


def pay(**changes) -> PayCommission:
    return replace(PayCommission(entry_id="E-2", amount=usd("150.00"), **about(LATER)), **changes)


COMMANDS = {
    "AppointProducer": appoint("A"),
    "AppointProducer(plan)": appoint("A", "managing"),
    "PlaceUnder": place("A", "M"),
    "PlaceUnder(nobody)": place("A", "", on=LATER),
    "PlaceUnder(early)": place("A", "M", on=date(2025, 1, 1)),
    "PlaceUnder(percent)": place("A", "M", percent="101"),
    "PlaceUnder(unknown)": place("A", "X", on=LATER),
    "PlaceUnder(itself)": place("A", "A", on=LATER),
    "PlaceUnder(loop)": place("A", "B", on=LATER),
    "HoldInTrust": trusted(),
    "HoldInTrust(again)": trusted(program_id="G"),
    "HoldInTrust(another's)": trusted(trust_id="T-B"),
    "HoldInTrust(unknown)": trusted(trust_id="T-NONE"),
    "HoldInTrust(program)": trusted(program_id="G-NONE"),
    "TerminateProducer": TerminateProducer(**about(ENDED)),
    "TerminateProducer(other)": TerminateProducer(**about(LATER)),
    "PostCommission": post(),
    "PostCommission(reused)": post(amount=usd("1.00")),
    "PostCommission(back)": post(entry_id="E-3", amount=usd("-74.80")),
    "PostCommission(euro)": post(entry_id="E-3", amount=Money(100, "EUR")),
    "PayCommission": pay(),
    "PayCommission(more)": pay(amount=usd("150.01")),
    "PayCommission(nothing)": pay(amount=usd("0.00")),
    "NetCommission": NetCommission(entry_id="E-4", amount=usd("150.00"), **about(LATER)),
    "AdvanceCommission": AdvanceCommission(entry_id="E-5", amount=usd("500.00"), **about(LATER)),
    "AdvanceCommission(back)": AdvanceCommission(entry_id="E-5", amount=usd("-5.00"), **about(LATER)),
}
TABLE = """
#                         Unappointed        Appointed           Terminated          Trusted
AppointProducer           ProducerAppointed  -                   -                   -
AppointProducer(plan)     ProducerAppointed  producer_id_reused  producer_id_reused  producer_id_reused
PlaceUnder                unknown_producer   -                   ProducerPlaced      ProducerPlaced
PlaceUnder(nobody)        unknown_producer   ProducerPlaced      ProducerPlaced      ProducerPlaced
PlaceUnder(early)         unknown_producer   out_of_order        ProducerPlaced      ProducerPlaced
PlaceUnder(percent)       unknown_producer   not_a_percent       not_a_percent       not_a_percent
PlaceUnder(unknown)       unknown_producer   unknown_parent      unknown_parent      unknown_parent
PlaceUnder(itself)        unknown_producer   hierarchy_loop      hierarchy_loop      hierarchy_loop
PlaceUnder(loop)          unknown_producer   hierarchy_loop      hierarchy_loop      hierarchy_loop
HoldInTrust               unknown_producer   TrustNamed          TrustNamed          -
HoldInTrust(again)        unknown_producer   TrustNamed          TrustNamed          TrustNamed
HoldInTrust(another's)    unknown_producer   unknown_trust       unknown_trust       unknown_trust
HoldInTrust(unknown)      unknown_producer   unknown_trust       unknown_trust       unknown_trust
HoldInTrust(program)      unknown_producer   unknown_program     unknown_program     unknown_program
TerminateProducer         unknown_producer   ProducerTerminated  -                   ProducerTerminated
TerminateProducer(other)  unknown_producer   ProducerTerminated  wrong_state         ProducerTerminated
PostCommission            unknown_producer   -                   CommissionMoved     CommissionMoved
PostCommission(reused)    unknown_producer   entry_reused        CommissionMoved     CommissionMoved
PostCommission(back)      unknown_producer   CommissionMoved     CommissionMoved     CommissionMoved
PostCommission(euro)      unknown_producer   wrong_currency      wrong_currency      wrong_currency
PayCommission             unknown_producer   CommissionMoved     more_than_payable   more_than_payable
PayCommission(more)       unknown_producer   more_than_payable   more_than_payable   more_than_payable
PayCommission(nothing)    unknown_producer   not_positive        not_positive        not_positive
NetCommission             unknown_producer   CommissionMoved     CommissionMoved     CommissionMoved
AdvanceCommission         unknown_producer   CommissionMoved     CommissionMoved     CommissionMoved
AdvanceCommission(back)   unknown_producer   not_positive        not_positive        not_positive
"""


def test_every_cell_of_the_table(command, state, wanted, answered):
    assert answered(MACHINE.decide(command, state)) == wanted


def test_the_table_has_every_command_every_state_and_every_event():
    assert {type(command) for command in COMMANDS.values()} == set(get_args(Command))
    assert {type(state) for state in STATES.values()} == set(get_args(State))
    assert {type(event) for event in (APPOINTED, PLACED, POSTED, TERMINATED, NAMED)} == set(get_args(Event))


def moved(state: Any, *commands) -> Any:
    for command in commands:
        decision: Any = MACHINE.decide(command, state)
        assert not isinstance(decision, Refusal)
        state = reduce(evolve, decision, state)
    return state


def test_an_advance_is_a_debit_balance_that_commission_makes_up_for():
    advance = AdvanceCommission(entry_id="V", amount=usd("500.00"), **about(LATER))
    state = moved(folded(APPOINTED), advance)
    assert (state.balance, state.debit_balance, state.advanced) == (-50000, 50000, 50000)

    state = moved(state, post(entry_id="1", amount=usd("150.00")))
    assert (state.balance, state.debit_balance, state.advanced) == (-35000, 35000, 35000)

    state = moved(state, post(entry_id="2", amount=usd("400.00")))
    assert (state.balance, state.debit_balance, state.advanced) == (5000, 0, 0)


def test_a_chargeback_of_what_was_paid_is_a_debit_balance():
    state = moved(folded(APPOINTED), post(), pay(), post(entry_id="E-9", amount=usd("-74.80")))

    assert (state.balance, state.debit_balance, state.advanced) == (-7480, 7480, 0)


def test_a_hierarchy_has_at_most_five_levels():
    core = Core(*florida())
    for who in "ABCDEFG":
        core.submit(appoint(who))
    answers = [core.submit(place(low, high)) for low, high in zip("FEDCB", "GFEDC", strict=True)]

    assert [isinstance(answer, Refusal) for answer in answers] == [False] * 4 + [True]


# --- who earns


def hierarchy(*steps) -> Core:
    core = Core(*florida())
    for who, plan in (("S", "standard"), ("A", "standard"), ("M", "managing"), ("N", "standard")):
        core.submit(appoint(who, plan))
    for step in steps:
        assert not isinstance(core.submit(step), Refusal)
    return core


def rates(core: Core, who: str, on=LATER) -> dict[str, str]:
    payees = chain(core.producer, core.carrier, who, product="homeowners", on=on)
    return {payee.producer_id: format(payee.rate.normalize(), "f") for payee in payees}


@pytest.mark.parametrize(
    ("steps", "who", "earned"),
    [
        ((), "A", {"A": "0.125"}),
        ((place("S", "A", "share", "40"),), "S", {"S": "0.05", "A": "0.075"}),
        ((place("A", "M"),), "A", {"A": "0.125", "M": "0.05"}),
        ((place("A", "M"), place("S", "A", "share", "40")), "S", {"S": "0.05", "A": "0.075", "M": "0.05"}),
        (
            (place("S", "A", "share", "50"), place("A", "M", "share", "80")),
            "S",
            {"S": "0.075", "A": "0.06", "M": "0.015"},
        ),
        ((place("A", "M"),), "M", {"M": "0.15"}),
        ((), "X", {}),
    ],
    ids=["alone", "sub-producer", "override", "both", "shares of shares", "the agent itself", "unknown"],
)
def test_who_earns_what_of_a_policy(steps, who, earned):
    assert rates(hierarchy(*steps), who) == earned


def test_a_place_holds_from_its_day():
    core = hierarchy(place("A", "M"), place("A", "N", percent="3", on=LATER), place("A", "", on=ENDED))

    assert [rates(core, "A", on) for on in (DAY, LATER, ENDED)] == [
        {"A": "0.125", "M": "0.05"},
        {"A": "0.125", "N": "0.03"},
        {"A": "0.125"},
    ]
    state: Any = core.producer("A")
    assert link_on(state, date(2025, 12, 31)) is None


def test_who_is_terminated_earns_nothing_from_that_day():
    core = hierarchy(place("A", "M"), TerminateProducer(**about(LATER, "M")), TerminateProducer(**about(ENDED, "A")))

    assert [rates(core, "A", on) for on in (NEXT, LATER, ENDED)] == [
        {"A": "0.125", "M": "0.05"},
        {"A": "0.125"},
        {},
    ]
