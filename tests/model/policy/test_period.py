"""The policy period: every command in every state, and the rules of a term."""

from datetime import UTC, date, datetime, time, timedelta
from functools import reduce
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from fixtures.histories import BOUND, CANCELLED, END, QUOTED, START, at, terms, usd
from fixtures.jurisdictions import florida
from model.claims.coverage import Covered, InsuredCoverage, InsuredPolicy, coverage_at
from model.decider import Refusal
from model.policy.commands import (
    ApproveIssue,
    BindJob,
    BindPolicy,
    CancelPolicy,
    CloseJob,
    Command,
    EditJob,
    ExpirePolicy,
    GiveNotice,
    IssueJob,
    IssuePolicy,
    MergeJob,
    MoveCancellation,
    OpenJob,
    QuoteJob,
    QuotePolicy,
    RaiseIssue,
    RecordDecision,
    ReleaseHeld,
    RescindCancellation,
)
from model.policy.edits import AdjustCharge
from model.policy.events import (
    NoticeGiven,
    PolicyBound,
    PolicyCancelled,
    PolicyExpired,
    PolicyIssued,
    PolicyQuoted,
    PolicyRenewed,
)
from model.policy.period import Quoted, State, as_of, decider, evolve, policy_day
from model.policy.proposals import (
    Audit,
    Cancellation,
    NonRenewal,
    PolicyChange,
    Reinstatement,
    Renewal,
    Rewrite,
    Submission,
)
from model.policy.terms import Charge, Payer

MACHINE = decider(*florida())
TERMS = terms(1)
DEARER = replace(TERMS, charges=(Charge("premium", usd("2500.00")),))
LATE = date(2026, 6, 1)
MAILED, NOTICED = date(2026, 7, 16), date(2026, 7, 26)

QUOTED_EVENT = PolicyQuoted(policy_id="P", terms=TERMS, expires=date(2026, 5, 31), on=QUOTED, at=at(QUOTED))
BOUND_EVENT = PolicyBound(policy_id="P", on=BOUND, at=at(BOUND))
ISSUED_EVENT = PolicyIssued(policy_id="P", terms=TERMS, on=START, at=at(BOUND))
CANCELLED_EVENT = PolicyCancelled(
    policy_id="P",
    account_id=TERMS.account_id,
    reason="insured_request",
    returned=(Charge("premium", usd("-1196.71")),),
    on=CANCELLED,
    at=at(CANCELLED),
)
EXPIRED_EVENT = PolicyExpired(policy_id="P", on=END, at=at(END))


def folded(*events) -> State:
    return reduce(evolve, events, MACHINE.initial)


def asked(command, state, machine=MACHINE) -> Any:
    return machine.decide(command, state)


NOTICE_EVENT = NoticeGiven(
    policy_id="P",
    reason="nonpayment",
    mailed_on=MAILED,
    effective=NOTICED,
    earliest=NOTICED,
    cure_until=date(2026, 7, 25),
    row_id="fl.cancellation.nonpay_notice_property",
    required=usd("216.10"),
    on=MAILED,
    at=at(MAILED),
)
RENEWED_EVENT = PolicyRenewed(
    policy_id="P", job_id="R", terms=replace(TERMS, start=END, end=date(2028, 6, 1)), on=END, at=at(date(2027, 5, 1))
)

STATES = {
    "Unwritten": folded(),
    "Quoted": folded(QUOTED_EVENT),
    "Bound": folded(QUOTED_EVENT, BOUND_EVENT),
    "InForce": folded(QUOTED_EVENT, BOUND_EVENT, ISSUED_EVENT),
    "PendingCancel": folded(QUOTED_EVENT, BOUND_EVENT, ISSUED_EVENT, NOTICE_EVENT),
    "Cancelled": folded(QUOTED_EVENT, BOUND_EVENT, ISSUED_EVENT, CANCELLED_EVENT),
    "Expired": folded(QUOTED_EVENT, BOUND_EVENT, ISSUED_EVENT, EXPIRED_EVENT),
}


def open_job(proposal: Any, on=MAILED) -> OpenJob:
    return OpenJob(policy_id="P", job_id="J", proposal=proposal, on=on, at=at(on))


def of_job(kind, **about) -> Any:
    return kind(policy_id="P", job_id="J", on=MAILED, at=at(MAILED), **about)


CHANGE = PolicyChange(date(2026, 9, 1), (AdjustCharge("premium", usd("365.00")),))
COMMANDS = {
    "QuotePolicy": QuotePolicy(policy_id="P", terms=TERMS, on=QUOTED, at=at(QUOTED)),
    "QuotePolicy(dearer)": QuotePolicy(policy_id="P", terms=DEARER, on=QUOTED, at=at(QUOTED)),
    "BindPolicy": BindPolicy(policy_id="P", on=BOUND, at=at(BOUND)),
    "BindPolicy(late)": BindPolicy(policy_id="P", on=LATE, at=at(LATE)),
    "IssuePolicy": IssuePolicy(policy_id="P", on=BOUND, at=at(BOUND)),
    "CancelPolicy": CancelPolicy(policy_id="P", reason="insured_request", on=CANCELLED, at=at(CANCELLED)),
    "CancelPolicy(flat)": CancelPolicy(policy_id="P", reason="rewritten", on=START, at=at(CANCELLED)),
    "CancelPolicy(before)": CancelPolicy(policy_id="P", reason="rewritten", on=BOUND, at=at(CANCELLED)),
    "CancelPolicy(at_end)": CancelPolicy(policy_id="P", reason="rewritten", on=END, at=at(END)),
    "CancelPolicy(nonpay)": CancelPolicy(policy_id="P", reason="nonpayment", on=NOTICED, at=at(NOTICED)),
    "CancelPolicy(hasty)": CancelPolicy(policy_id="P", reason="nonpayment", on=MAILED, at=at(MAILED)),
    "ExpirePolicy": ExpirePolicy(policy_id="P", on=END, at=at(END)),
    "ExpirePolicy(early)": ExpirePolicy(policy_id="P", on=CANCELLED, at=at(CANCELLED)),
    "GiveNotice": GiveNotice(
        policy_id="P", reason="nonpayment", mailed_on=MAILED, due_on=date(2026, 7, 1), on=MAILED, at=at(MAILED)
    ),
    "GiveNotice(sunday)": GiveNotice(
        policy_id="P", reason="nonpayment", mailed_on=date(2026, 7, 19), effective=NOTICED, on=MAILED, at=at(MAILED)
    ),
    "MoveCancellation": MoveCancellation(policy_id="P", effective=NOTICED, on=MAILED, at=at(MAILED)),
    "MoveCancellation(later)": MoveCancellation(policy_id="P", effective=CANCELLED, on=MAILED, at=at(MAILED)),
    "RescindCancellation": RescindCancellation(policy_id="P", paid=usd("216.10"), on=MAILED, at=at(MAILED)),
    "RescindCancellation(little)": RescindCancellation(policy_id="P", paid=usd("216.09"), on=MAILED, at=at(MAILED)),
    "RescindCancellation(late)": RescindCancellation(policy_id="P", paid=usd("216.10"), on=NOTICED, at=at(NOTICED)),
    "OpenJob(submission)": open_job(Submission(TERMS), QUOTED),
    "OpenJob(change)": open_job(CHANGE),
    "OpenJob(cancellation)": open_job(Cancellation(CANCELLED, "insured_request")),
    "OpenJob(reinstatement)": open_job(Reinstatement(CANCELLED), CANCELLED),
    "OpenJob(rewrite)": open_job(Rewrite(DEARER)),
    "OpenJob(renewal)": open_job(Renewal(RENEWED_EVENT.terms), date(2027, 4, 2)),
    "OpenJob(renewal,early)": open_job(Renewal(RENEWED_EVENT.terms), date(2027, 4, 1)),
    "OpenJob(non_renewal)": open_job(NonRenewal(date(2027, 1, 15), "losses")),
    "OpenJob(audit)": open_job(Audit(START, (AdjustCharge("premium", usd("12.00")),)), END),
    "EditJob": of_job(EditJob, proposal=CHANGE),
    "QuoteJob": of_job(QuoteJob),
    "RaiseIssue": of_job(RaiseIssue, code="roof", blocks="bind", authority="underwriter"),
    "ApproveIssue": of_job(ApproveIssue, code="roof", authority="underwriter", until=END),
    "RecordDecision": of_job(RecordDecision, decision="accepted"),
    "BindJob": of_job(BindJob),
    "IssueJob": of_job(IssueJob),
    "CloseJob": of_job(CloseJob, outcome="withdrawn"),
    "MergeJob": of_job(MergeJob),
    "ReleaseHeld": ReleaseHeld(policy_id="P", on=MAILED, at=at(MAILED)),
}
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


# --- cover is half open


ZONES = ("America/New_York", "America/Chicago", "America/Phoenix", "America/Puerto_Rico", "Pacific/Honolulu")
DAYS = st.dates(date(2024, 1, 1), date(2029, 12, 31))


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 6, 1, 4, 0, 59, tzinfo=UTC), date(2026, 5, 31)),
        (datetime(2026, 6, 1, 4, 1, 0, tzinfo=UTC), date(2026, 6, 1)),
        (datetime(2026, 6, 2, 4, 0, 59, 999999, tzinfo=UTC), date(2026, 6, 1)),
        # The clocks of New York go forward on 8 March and back on 1 November 2026: days of 23 and 25 hours.
        (datetime(2026, 3, 8, 5, 0, 59, tzinfo=UTC), date(2026, 3, 7)),
        (datetime(2026, 3, 8, 5, 1, tzinfo=UTC), date(2026, 3, 8)),
        (datetime(2026, 3, 9, 4, 0, 59, tzinfo=UTC), date(2026, 3, 8)),
        (datetime(2026, 3, 9, 4, 1, tzinfo=UTC), date(2026, 3, 9)),
        (datetime(2026, 11, 1, 4, 1, tzinfo=UTC), date(2026, 11, 1)),
        (datetime(2026, 11, 2, 4, 1, tzinfo=UTC), date(2026, 11, 1)),
        (datetime(2026, 11, 2, 5, 0, 59, tzinfo=UTC), date(2026, 11, 1)),
        (datetime(2026, 11, 2, 5, 1, tzinfo=UTC), date(2026, 11, 2)),
    ],
)
def test_a_policy_day_begins_one_minute_after_midnight_where_the_insured_lives(instant, day):
    assert policy_day(instant, zone="America/New_York", term_starts_at="00:01") == day


@settings(derandomize=True, deadline=None)
@given(day=DAYS, zone=st.sampled_from(ZONES), seconds=st.integers(0, 23 * 3600 - 1))
def test_policy_and_claims_agree_whether_an_instant_is_inside_a_term(day, zone, seconds):
    """INV-P10 for one policy: the day that policy sees and the cover that claims sees are the same."""
    start = datetime.combine(day, time(0, 1), ZoneInfo(zone))
    instant = datetime.fromtimestamp(start.timestamp() + seconds, UTC)
    coverage = InsuredCoverage("dwelling", usd("1.00"), usd("0.00"), usd("0.00"))
    policy = InsuredPolicy("P", START, END, zone, "00:01", None, (coverage,))

    seen = policy_day(instant, zone=zone, term_starts_at="00:01")

    assert seen == day
    assert (START <= seen < END) == isinstance(coverage_at(policy, instant, "dwelling"), Covered)


# --- two time axes

IN_FORCE = folded(QUOTED_EVENT, BOUND_EVENT, ISSUED_EVENT)


def ruled(state, effective, known_at):
    version = as_of(state, effective=effective, known_at=known_at)
    return version and (version.effective, version.recorded, version.status)


def test_what_was_known_then_stays_what_was_known_then():
    cancelled = evolve(IN_FORCE, CANCELLED_EVENT)
    before, after = at(date(2026, 11, 30)), at(CANCELLED)

    assert ruled(cancelled, date(2026, 12, 5), before) == (START, at(BOUND), "in_force")
    assert ruled(cancelled, date(2026, 12, 5), after) == (CANCELLED, after, "cancelled")
    assert ruled(cancelled, date(2026, 11, 30), after) == (START, at(BOUND), "in_force")


def test_a_backdated_cancellation_rules_from_its_own_day_once_it_is_known():
    backdated = replace(CANCELLED_EVENT, on=date(2026, 7, 1))
    cancelled = evolve(IN_FORCE, backdated)
    loss = date(2026, 8, 1)

    assert ruled(cancelled, loss, at(date(2026, 9, 1))) == (START, at(BOUND), "in_force")
    assert ruled(cancelled, loss, at(CANCELLED)) == (date(2026, 7, 1), at(CANCELLED), "cancelled")


def test_no_version_rules_before_the_term_or_before_the_policy_was_issued():
    assert as_of(IN_FORCE, effective=date(2026, 5, 31), known_at=at(END)) is None
    assert as_of(IN_FORCE, effective=START, known_at=at(QUOTED)) is None
    assert as_of(folded(QUOTED_EVENT, BOUND_EVENT), effective=START, known_at=at(END)) is None


@settings(derandomize=True, deadline=None)
@given(
    effective=st.dates(date(2026, 5, 1), date(2027, 7, 1)),
    known=st.integers(0, 400 * 24).map(lambda hours: at(QUOTED) + timedelta(hours=hours)),
    later=st.sampled_from([CANCELLED_EVENT, replace(CANCELLED_EVENT, on=START), EXPIRED_EVENT]),
)
def test_later_events_never_change_what_was_known_before_them(effective, known, later):
    """INV-P9."""
    before = as_of(IN_FORCE, effective=effective, known_at=known)

    after = as_of(evolve(IN_FORCE, later), effective=effective, known_at=known)

    assert after == before or known >= later.at
