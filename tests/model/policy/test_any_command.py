"""Nothing that is well typed makes the machine raise: it answers, and a refusal has a code."""

from datetime import UTC, date
from functools import reduce
from typing import Any, get_args

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from fixtures.histories import END, bind, cancel, issue, quote, terms
from fixtures.jurisdictions import florida
from model.choices.policy import PolicyChoices
from model.decider import Refusal
from model.money import Money
from model.policy import commands as ask
from model.policy.edits import AdjustCharge, DropCoverage, SetCoverage
from model.policy.period import decider, evolve
from model.policy.proposals import (
    Audit,
    Cancellation,
    NonRenewal,
    PolicyChange,
    Proposal,
    Reinstatement,
    Renewal,
    Rewrite,
    Submission,
)
from model.policy.terms import Charge, Coverage
from model.published.seen import policy_view

LAW, COASTAL = florida()
D = date(2026, 8, 3)
NEXT = replace(terms(1), start=END, end=date(2028, 6, 1))


MONEY = st.builds(Money, st.integers(-(10**20), 10**20), st.sampled_from(["USD", "EUR", "JPY", "XXX"]))
ANY_DAY = st.dates() | st.dates(date(2026, 1, 1), date(2028, 1, 1))
INSTANT = st.datetimes(timezones=st.just(UTC))
JOB = st.sampled_from(["A", "B", "C"])
WORDS = st.sampled_from(["premium", "fee", "dwelling", "flood", "nonpayment", "insured_request", ""])
COVERAGES = st.builds(Coverage, WORDS, MONEY, MONEY, MONEY)
EDIT = st.one_of(
    st.builds(SetCoverage, COVERAGES), st.builds(DropCoverage, WORDS), st.builds(AdjustCharge, WORDS, MONEY)
)
TERMS = st.builds(
    lambda start, end, charges, coverages: replace(
        terms(1), start=start, end=end, charges=charges, coverages=coverages
    ),
    ANY_DAY,
    ANY_DAY | st.just(date(2027, 6, 1)),
    st.lists(st.builds(Charge, WORDS, MONEY), max_size=2).map(tuple),
    st.lists(COVERAGES, max_size=2).map(tuple),
) | st.sampled_from([terms(1), NEXT])
PROPOSALS = {
    Submission: st.builds(Submission, TERMS),
    PolicyChange: st.builds(PolicyChange, ANY_DAY, st.lists(EDIT, max_size=3).map(tuple)),
    Cancellation: st.builds(Cancellation, ANY_DAY, WORDS),
    Reinstatement: st.builds(Reinstatement, ANY_DAY),
    Rewrite: st.builds(Rewrite, TERMS),
    Renewal: st.builds(Renewal, TERMS),
    NonRenewal: st.builds(NonRenewal, ANY_DAY, WORDS),
    Audit: st.builds(Audit, ANY_DAY, st.lists(st.builds(AdjustCharge, WORDS, MONEY), max_size=2).map(tuple)),
}
KNOWN: dict[str, Any] = {
    "policy_id": st.just("P"),
    "job_id": JOB,
    "proposal": st.one_of(*PROPOSALS.values()),
    "terms": TERMS,
    "on": ANY_DAY,
    "at": INSTANT,
    "mailed_on": ANY_DAY,
    "effective": ANY_DAY,
    "due_on": st.none() | ANY_DAY,
    "until": ANY_DAY,
    "required": st.none() | MONEY,
    "received": st.none() | MONEY,
    "paid": st.none() | MONEY,
    "code": WORDS,
    "authority": st.sampled_from(["agent", "underwriter", "nobody"]),
}
COMMANDS = [
    st.builds(kind, **{name: KNOWN[name] for name in kind.__struct_fields__ if name in KNOWN}) if kind.__name__ != "CancelPolicy"
    else st.builds(kind, reason=WORDS, policy_id=KNOWN["policy_id"], on=ANY_DAY, at=INSTANT)
    for kind in get_args(ask.Command)
]  # fmt: skip
CARRIERS = [
    COASTAL,
    replace(
        COASTAL,
        day_count="anchored_months",
        policy=PolicyChoices(insured_cancellation="short_rate_90", minimum_earned_percent=25),
    ),
    replace(
        COASTAL,
        day_count="30E/360",
        policy=PolicyChoices(mail_on_closed_days="next_business_day", renewal_acceptance="deemed"),
    ),
]


def test_the_fuzz_knows_every_proposal():
    assert set(PROPOSALS) == set(get_args(Proposal))


@settings(derandomize=True, deadline=None, max_examples=400)
@given(
    commands=st.lists(st.one_of(COMMANDS), min_size=1, max_size=8),
    carrier=st.sampled_from(CARRIERS),
    begun=st.sampled_from([0, 1, 2, 3, 4]),
)
def test_no_well_typed_command_makes_the_machine_raise(commands, carrier, begun):
    machine: Any = decider(LAW, carrier)
    state: Any = machine.initial
    before = [replace(step(1), policy_id="P") for step in (quote, bind, issue, cancel)][:begun]
    for command in (*before, *commands):
        answer = machine.decide(command, state)
        assert isinstance(answer, tuple | Refusal)
        state = reduce(evolve, answer if isinstance(answer, tuple) else (), state)
        assert policy_view("P", state, carrier) is None or state is not None
