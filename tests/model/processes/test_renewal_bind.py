"""The binding of a renewal: every message in every state, and money that comes late, or goes back."""

from datetime import UTC, date, datetime, timedelta
from functools import reduce
from typing import Any, get_args

import pytest
from msgspec.structs import replace

from model.money import Money
from model.processes.renewal_bind import decider, evolve
from model.processes.renewal_messages import (
    Asks,
    Command,
    HearApproved,
    HearBilled,
    HearBound,
    HearClosed,
    HearMoneyReturned,
    HearPaid,
    HearRenewed,
    HearUndone,
    Offer,
    OfferedCharge,
    OfferedPayer,
    OfferRenewal,
    Paid,
    RenewalAskRefused,
    RenewalTimePassed,
)
from model.processes.renewal_states import ASKS_OF, STATE_OF, NotStarted

START = date(2027, 6, 1)
OFFERED = date(2027, 4, 15)
T0 = datetime(2027, 4, 15, 15, tzinfo=UTC)
DUE = Money(50000, "USD")
OFFER = Offer(
    "R", "A", START, date(2028, 6, 1), "America/New_York", START + timedelta(days=5), "payment", "monthly", "off", (OfferedPayer("I", "insured", 1),),
    (OfferedCharge("premium", Money(240000, "USD")),),
)  # fmt: skip
MACHINE = decider()


def about(days: float = 0, on: date = OFFERED, **more) -> dict[str, Any]:
    return {"policy_id": "P", "on": on, "at": T0 + timedelta(days=days), **more}


def job(kind, **more) -> Any:
    return kind(**about(3), job_id="R", **more)


def paid(minor=50000, payment_id="M", invoice=10, on=date(2027, 5, 20)) -> HearPaid:
    return HearPaid(**about(2, on), paid=(Paid(payment_id, invoice, Money(minor, "USD")),))


def offered(offer=OFFER) -> OfferRenewal:
    return OfferRenewal(**about(), offer=offer, story="story")


def asked(*commands) -> Any:
    state: Any = MACHINE.initial
    for command in commands:
        decision: Any = MACHINE.decide(command, state)
        state = reduce(evolve, decision, state)
    return state


def refused(state, code) -> RenewalAskRefused:
    return RenewalAskRefused(**about(3), step=getattr(state, "step", 0), code=code)


BILLED = job(HearBilled, first=10, due=DUE)
OFFER_OVER = RenewalTimePassed(**about(60))
SOLD = (offered(), BILLED, paid(), job(HearBound), job(HearRenewed))
UNDOING = asked(*SOLD, HearMoneyReturned(**about(70)))
STATES: dict[str, Any] = {
    "NotStarted": asked(),
    "Billing": asked(offered()),
    "Awaiting": asked(offered(), BILLED),
    "Binding": asked(offered(), BILLED, paid()),
    "Issuing": asked(offered(), BILLED, paid(), job(HearBound)),
    "BoundByHand": asked(offered(), BILLED, job(HearBound)),
    "Declining": asked(offered(), BILLED, OFFER_OVER),
    "Undoing": UNDOING,
    "Deferred": asked(*SOLD, HearMoneyReturned(**about(70)), refused(UNDOING, "grace_not_over")),
    "Stuck": asked(offered(), BILLED, paid(), refused(asked(offered(), BILLED, paid()), "quote_expired")),
    "Issued": asked(*SOLD),
    "NotTaken": asked(offered(), BILLED, OFFER_OVER, job(HearClosed, outcome="not_taken")),
    "Undone": asked(*SOLD, HearMoneyReturned(**about(70)), job(HearUndone)),
    "Referred": asked(offered(), BILLED, paid(), refused(asked(offered(), BILLED, paid()), "issue_open")),
}
NEXT_YEAR = replace(OFFER, job_id="R2", start=START.replace(year=2028))
COMMANDS: dict[str, Any] = {
    "OfferRenewal": offered(),
    "OfferRenewal(next)": offered(NEXT_YEAR),
    "OfferRenewal(price)": offered(replace(OFFER, charges=(OfferedCharge("premium", Money(1, "USD")),))),
    "HearBilled": BILLED,
    "HearPaid": paid(payment_id="M2"),
    "HearPaid(part)": paid(1, payment_id="M3"),
    "HearBound": job(HearBound),
    "HearRenewed": job(HearRenewed),
    "HearClosed": job(HearClosed, outcome="withdrawn"),
    "HearApproved": job(HearApproved),
    "HearUndone": job(HearUndone),
    "HearMoneyReturned": HearMoneyReturned(**about(80)),
    "AskRefused(old)": RenewalAskRefused(**about(8), step=0, code="wrong_state"),
    "TimePassed(soon)": RenewalTimePassed(**about(1)),
    "TimePassed(late)": RenewalTimePassed(**about(500)),
}
STEP, NO = "RenewalStepTaken", "-"
GOES: dict[str, str] = {
    #             NotStarted Billing Awaiting Binding Issuing BoundByHand Declining Undoing Deferred Stuck Issued NotTaken Undone Referred
    "OfferRenewal": "bill -    -        -       -       -       -           -       -        -     -      -        - -",
    "OfferRenewal(next)": "bill bill bill bill bill bill bill bill bill bill bill bill bill bill",
    "OfferRenewal(price)": "bill withdrawal+bill withdrawal+bill person person person person person person - - bill bill -",
    "HearBilled": "-    payment -       -       -       -       -           -       -        -     -      -        - -",
    "HearPaid": "-      -     bind      -       -       issue   bind        -       -        -     -      person   - -",
    "HearPaid(part)": "- - payment      -       -       -       not_taken   -       -        -     -      person   - -",
    "HearBound": "-  by_hand by_hand    issue   -       -       by_hand     -       -        by_hand -    -        - by_hand",
    "HearRenewed": "- issued issued     issued  issued  issued  issued      -       -        issued -     -        - issued",
    "HearClosed": "- withdrawal withdrawal withdrawal+person withdrawal withdrawal withdrawal - withdrawal - - - - withdrawal+person",
    "HearApproved": "- -    -            bind    issue   -       -           -       -        -     -      -        -      bind",
    "HearUndone": "- end  end           end     end     end     end         end     end      end   end    -        - end",
    "HearMoneyReturned": "- - -          bind    issue   by_hand -          -       -        -     undo   -        - -",
    "AskRefused(old)": "- - -            -       -       -       -           -       -        -     -      -        - -",
    "TimePassed(soon)": "- - -           -       -       -       -           -       -        -     -      -        - -",
    "TimePassed(late)": "- bill not_taken bind   issue   -       not_taken   undo    undo     -     -      -        - -",
}
"""What each message makes the process ask in each state."""
TABLE = "\n".join(
    [
        " ".join(["#", *STATES]),
        *(
            " ".join([name, *(NO if to == NO else "+".join([STEP] * (to.count("+") + 1)) for to in row.split())])
            for name, row in GOES.items()
        ),
    ]
)


def test_every_cell_of_the_table(command, state, wanted, answered):
    assert answered(MACHINE.decide(command, state)) == wanted


@pytest.mark.parametrize("name", GOES)
def test_every_message_leads_where_its_row_says(name):
    for state, to in zip(STATES.values(), GOES[name].split(), strict=True):
        decision: Any = MACHINE.decide(COMMANDS[name], state)
        assert "+".join(step.asks for step in decision) == ("" if to == NO else to)


def test_the_table_has_every_message_and_every_state():
    assert {type(command) for command in COMMANDS.values()} == set(get_args(Command))
    assert {type(state) for state in STATES.values()} == {NotStarted, *STATE_OF.values()}
    assert set(STATE_OF) == set(get_args(Asks)) == set(ASKS_OF.values())


def test_an_offer_is_bound_when_its_first_due_date_is_paid_in_full_in_however_many_parts():
    part = asked(offered(), BILLED, paid(20000, "M1"))
    assert type(part) is STATE_OF["payment"]
    assert part.until == STATES["Awaiting"].until
    again = asked(offered(), BILLED, paid(20000, "M1"), paid(20000, "M1"))
    assert again.received == 20000

    (step,) = decision_of(paid(30000, "M2"), part)
    assert (step.asks, sum(one.amount.minor for one in step.paid)) == ("bind", 50000)


def decision_of(command, state) -> Any:
    return MACHINE.decide(command, state)


def test_money_for_the_present_term_accepts_nothing():
    assert decision_of(paid(invoice=9), STATES["Awaiting"]) == ()


def test_an_offer_that_is_deemed_accepted_is_bound_when_it_is_billed():
    assert ASKS_OF[type(asked(offered(replace(OFFER, acceptance="deemed")), BILLED))] == "bind"


def test_money_that_was_sent_in_time_has_three_days_to_arrive():
    awaiting = STATES["Awaiting"]

    assert awaiting.until == datetime(2027, 6, 10, tzinfo=UTC)
    (step,) = decision_of(RenewalTimePassed(**about(60)), awaiting)
    assert step.asks == "not_taken"


def test_money_that_went_back_before_the_renewal_was_issued_undoes_it_once_it_is():
    returned = asked(offered(), BILLED, paid(), HearMoneyReturned(**about(3)), job(HearBound), job(HearRenewed))

    assert ASKS_OF[type(returned)] == "undo"


@pytest.mark.parametrize(
    ("name", "code", "asks"),
    [
        ("Billing", "no_payer", "person"),
        ("Binding", "moratorium", "later"),
        ("Binding", "quote_expired", "person"),
        ("Undoing", "grace_not_over", "later"),
        ("NotTaken", "wrong_sign", "person"),
    ],
)
def test_a_no_is_asked_again_later_or_handed_to_a_person(name, code, asks):
    (step,) = decision_of(refused(STATES[name], code), STATES[name])

    assert (step.asks, step.because) == (asks, code)


def test_what_was_refused_for_now_is_asked_again_and_not_something_else():
    deferred = STATES["Deferred"]
    (step,) = decision_of(RenewalTimePassed(**about(90)), deferred)

    assert (deferred.resumes, step.asks) == ("undo", "undo")


def test_everything_belongs_to_the_story_in_which_it_began():
    assert {state.story for name, state in STATES.items() if name != "NotStarted"} == {"story"}
