"""The policy period: every command in every state, and the rules of a term."""

from datetime import date
from typing import get_args

import pytest
from msgspec.structs import replace

from fixtures.histories import BOUND, CANCELLED, QUOTED, START, at, usd
from fixtures.jurisdictions import florida
from model.decider import Refusal
from model.policy.commands import BindPolicy, CancelPolicy, Command, QuotePolicy
from model.policy.events import PolicyBound
from model.policy.period import Quoted, State, decider, evolve
from model.policy.terms import Charge, Payer
from tests.model.policy.one_policy import (
    BOUND_EVENT,
    CANCELLED_EVENT,
    COMMANDS,
    DEARER,
    EXPIRED_EVENT,
    ISSUED_EVENT,
    LATE,
    MACHINE,
    NOTICE_EVENT,
    QUOTED_EVENT,
    RENEWED_EVENT,
    STATES,
    TERMS,
    asked,
    folded,
)

TABLE = """
#                            Unwritten     Quoted         Bound         InForce            PendingCancel             Cancelled    Expired
QuotePolicy                  PolicyQuoted  -              wrong_state   wrong_state        wrong_state               wrong_state  wrong_state
QuotePolicy(dearer)          PolicyQuoted  PolicyQuoted   wrong_state   wrong_state        wrong_state               wrong_state  wrong_state
BindPolicy                   wrong_state   PolicyBound    -             -                  -                         wrong_state  wrong_state
BindPolicy(late)             wrong_state   quote_expired  -             -                  -                         wrong_state  wrong_state
IssuePolicy                  wrong_state   wrong_state    PolicyIssued  -                  -                         wrong_state  wrong_state
CancelPolicy                 wrong_state   wrong_state    wrong_state   PolicyCancelled    PolicyCancelled           -            wrong_state
CancelPolicy(flat)           wrong_state   wrong_state    wrong_state   PolicyCancelled    PolicyCancelled           wrong_state  wrong_state
CancelPolicy(before)         wrong_state   wrong_state    wrong_state   outside_term       outside_term              wrong_state  wrong_state
CancelPolicy(at_end)         wrong_state   wrong_state    wrong_state   outside_term       outside_term              wrong_state  wrong_state
CancelPolicy(nonpay)         wrong_state   wrong_state    wrong_state   PolicyCancelled    PolicyCancelled           wrong_state  wrong_state
CancelPolicy(hasty)          wrong_state   wrong_state    wrong_state   PolicyCancelled    notice_too_short          wrong_state  wrong_state
ExpirePolicy                 wrong_state   wrong_state    wrong_state   PolicyExpired      PolicyExpired             wrong_state  -
ExpirePolicy(early)          wrong_state   wrong_state    wrong_state   term_not_over      term_not_over             wrong_state  -
GiveNotice                   wrong_state   wrong_state    wrong_state   NoticeGiven        -                         wrong_state  wrong_state
GiveNotice(sunday)           wrong_state   wrong_state    wrong_state   not_a_mailing_day  -                         wrong_state  wrong_state
MoveCancellation             wrong_state   wrong_state    wrong_state   wrong_state        -                         wrong_state  wrong_state
MoveCancellation(later)      wrong_state   wrong_state    wrong_state   wrong_state        cancellation_not_later    wrong_state  wrong_state
RescindCancellation          wrong_state   wrong_state    wrong_state   -                  CancellationRescinded     wrong_state  wrong_state
RescindCancellation(little)  wrong_state   wrong_state    wrong_state   -                  not_enough_paid           wrong_state  wrong_state
RescindCancellation(late)    wrong_state   wrong_state    wrong_state   -                  cancellation_took_effect  wrong_state  wrong_state
OpenJob(submission)          JobOpened     JobOpened      wrong_state   wrong_state        wrong_state               wrong_state  wrong_state
OpenJob(change)              wrong_state   wrong_state    wrong_state   JobOpened          JobOpened                 wrong_state  wrong_state
OpenJob(cancellation)        wrong_state   wrong_state    wrong_state   JobOpened          JobOpened                 wrong_state  wrong_state
OpenJob(reinstatement)       wrong_state   wrong_state    wrong_state   wrong_state        wrong_state               JobOpened    wrong_state
OpenJob(rewrite)             wrong_state   wrong_state    wrong_state   JobOpened          JobOpened                 wrong_state  wrong_state
OpenJob(renewal)             wrong_state   wrong_state    wrong_state   JobOpened          JobOpened                 wrong_state  wrong_state
OpenJob(renewal,early)       wrong_state   wrong_state    wrong_state   not_yet            not_yet                   wrong_state  wrong_state
OpenJob(non_renewal)         wrong_state   wrong_state    wrong_state   JobOpened          JobOpened                 wrong_state  wrong_state
OpenJob(audit)               wrong_state   wrong_state    wrong_state   JobOpened          JobOpened                 wrong_state  JobOpened
EditJob                      unknown_job   unknown_job    unknown_job   unknown_job        unknown_job               unknown_job  unknown_job
QuoteJob                     unknown_job   unknown_job    unknown_job   unknown_job        unknown_job               unknown_job  unknown_job
RaiseIssue                   unknown_job   unknown_job    unknown_job   unknown_job        unknown_job               unknown_job  unknown_job
ApproveIssue                 unknown_job   unknown_job    unknown_job   unknown_job        unknown_job               unknown_job  unknown_job
RecordDecision               unknown_job   unknown_job    unknown_job   unknown_job        unknown_job               unknown_job  unknown_job
BindJob                      unknown_job   unknown_job    unknown_job   unknown_job        unknown_job               unknown_job  unknown_job
IssueJob                     unknown_job   unknown_job    unknown_job   unknown_job        unknown_job               unknown_job  unknown_job
CloseJob                     unknown_job   unknown_job    unknown_job   unknown_job        unknown_job               unknown_job  unknown_job
MergeJob                     unknown_job   unknown_job    unknown_job   unknown_job        unknown_job               unknown_job  unknown_job
DirectRenewal                wrong_state   wrong_state    wrong_state   RenewalDirected    RenewalDirected           wrong_state  wrong_state
DirectRenewal(nobody)        wrong_state   wrong_state    wrong_state   unknown_authority  unknown_authority         wrong_state  wrong_state
ReleaseHeld                  -             -              -             -                  -                         -            -
"""


def test_every_cell_of_the_table(command, state, wanted, answered):
    assert answered(MACHINE.decide(command, state)) == wanted


def test_the_table_has_every_command_and_every_state():
    assert {type(command) for command in COMMANDS.values()} == set(get_args(Command))
    assert {type(state) for state in STATES.values()} == set(get_args(State))


@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
def test_evolve_takes_every_event_in_every_state(state):
    for event in (QUOTED_EVENT, BOUND_EVENT, ISSUED_EVENT, NOTICE_EVENT, CANCELLED_EVENT, EXPIRED_EVENT, RENEWED_EVENT):
        assert isinstance(evolve(state, event), get_args(State))


# --- quotes


def quoted_for(terms):
    return asked(QuotePolicy(policy_id="P", terms=terms, on=QUOTED, at=at(QUOTED)), folded())


def test_a_quote_can_be_bound_on_its_last_day_and_not_on_the_day_after():
    quoted = folded(QUOTED_EVENT)

    assert isinstance(quoted, Quoted)
    assert quoted.expires == date(2026, 5, 31)
    last, after = (asked(BindPolicy(policy_id="P", on=day, at=at(day)), quoted) for day in (quoted.expires, LATE))
    assert last == (PolicyBound(policy_id="P", on=quoted.expires, at=at(quoted.expires)),)
    assert after == Refusal("quote_expired", "the quote ran out on 2026-05-31")


def test_a_quote_is_valid_as_long_as_the_carrier_says():
    law, carrier = florida()
    (event,) = asked(COMMANDS["QuotePolicy"], folded(), decider(law, replace(carrier, quote_valid_days=0)))

    assert event.expires == QUOTED


def test_a_new_quote_takes_the_place_of_the_old_one_and_runs_anew():
    later = QuotePolicy(policy_id="P", terms=DEARER, on=BOUND, at=at(BOUND))
    (event,) = asked(later, folded(QUOTED_EVENT))

    assert evolve(folded(QUOTED_EVENT), event) == Quoted(DEARER, date(2026, 6, 9))


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (date(2026, 6, 1), date(2027, 6, 1)),
        (date(2024, 2, 29), date(2025, 2, 28)),
        (date(2023, 2, 28), date(2024, 2, 28)),
        (date(2026, 12, 31), date(2027, 12, 31)),
    ],
)
def test_an_annual_term_ends_on_the_same_day_of_the_next_year(start, end):
    assert isinstance(quoted_for(replace(TERMS, start=start, end=end)), tuple)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (date(2026, 6, 1), date(2027, 5, 31)),
        (date(2026, 6, 1), date(2026, 12, 1)),
        (date(2026, 6, 1), date(2026, 6, 1)),
        (date(2024, 2, 29), date(2025, 3, 1)),
        (date(2023, 2, 28), date(2024, 2, 29)),
    ],
)
def test_a_term_that_is_not_annual_is_not_quoted(start, end, answered):
    assert answered(quoted_for(replace(TERMS, start=start, end=end))) == "term_not_annual"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"coverages": ()}, "no_coverage"),
        ({"payers": ()}, "no_payer"),
        ({"payers": (Payer("I", "insured", 0),)}, "no_payer"),
        ({"payers": (Payer("I", "insured", 3), Payer("B", "mortgagee", -1))}, "no_payer"),
        ({"plan": "weekly"}, "unknown_payment_plan"),
        ({"charges": (Charge("surcharge", usd("1.00")),)}, "unknown_charge_pattern"),
        ({"charges": (Charge("premium", replace(usd("1.00"), currency="EUR")),)}, "wrong_currency"),
        ({"charges": (Charge("premium", usd("-0.01")),)}, "negative_charge"),
    ],
)
def test_terms_that_cannot_be_kept_are_not_quoted(changes, code, answered):
    assert answered(quoted_for(replace(TERMS, **changes))) == code


def test_somebody_who_pays_nothing_may_be_named_beside_somebody_who_pays(answered):
    payers = (Payer("I", "insured", 1), Payer("B", "mortgagee", 0))

    assert answered(quoted_for(replace(TERMS, payers=payers))) == "PolicyQuoted"


@pytest.mark.parametrize("amount", ["limit", "deductible", "hurricane_deductible"])
def test_a_coverage_is_in_the_currency_of_the_carrier(amount, answered):
    foreign = replace(TERMS.coverages[0], **{amount: replace(usd("1000.00"), currency="EUR")})

    assert answered(quoted_for(replace(TERMS, coverages=(foreign,)))) == "wrong_currency"


# --- cancellation


def returned(on, **changes):
    carrier = replace(florida()[1], **changes.pop("carrier", {}))
    state = folded(replace(ISSUED_EVENT, terms=replace(TERMS, **changes), on=changes.get("start", START)))
    cancel = CancelPolicy(policy_id="P", reason="insured_request", on=on, at=at(CANCELLED))
    (event,) = asked(cancel, state, decider(florida()[0], carrier))
    return {charge.pattern: str(charge.amount) for charge in event.returned}


def test_a_flat_cancellation_gives_back_everything_but_fees():
    assert returned(START) == {"premium": "-2400.00 USD", "tax": "-43.20 USD"}


def test_a_cancellation_gives_back_the_part_of_the_term_that_has_not_run():
    # 182 of 365 days remain on 1 December.
    assert returned(CANCELLED) == {"premium": "-1196.71 USD", "tax": "-21.54 USD"}


def test_the_last_day_of_a_term_gives_back_one_day():
    assert returned(date(2027, 5, 31)) == {"premium": "-6.58 USD", "tax": "-0.12 USD"}


def test_a_pattern_that_gives_back_less_than_half_a_cent_is_left_out():
    charges = (Charge("premium", usd("2400.00")), Charge("tax", usd("0.50")))

    assert returned(date(2027, 5, 31), charges=charges) == {"premium": "-6.58 USD"}


def test_the_day_count_is_the_carriers():
    leap = {"start": date(2027, 6, 1), "end": date(2028, 6, 1)}
    on = date(2027, 6, 2)

    assert returned(on, **leap)["premium"] == "-2393.44 USD"
    assert returned(on, **leap, carrier={"day_count": "actual/365F"})["premium"] == "-2400.00 USD"
    assert returned(on, **leap, carrier={"day_count": "30E/360"})["premium"] == "-2393.33 USD"


def test_a_fee_is_fully_earned_even_when_nothing_ran():
    assert "fee" not in returned(START)
