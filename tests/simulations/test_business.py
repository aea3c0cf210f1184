"""The ordinary business: bills, drafts, payers, banks, renewals, new and cancelled policies."""

from collections import Counter
from datetime import timedelta

import pytest
from msgspec.structs import replace

from model.billing import events as billing
from model.billing.account import Account
from model.core import Recorded
from model.payments import events as payments
from model.payments import intent
from model.payments.naming import collection_id
from model.policy import events as policy
from model.policy import period
from simulations.book import account_id, policy_id
from simulations.business import (
    BILL_RUN_LASTS,
    BILL_RUN_OPENS,
    DAYTIME_LASTS,
    DAYTIME_OPENS,
    RENEWAL_OFFER_DAYS,
    Business,
    Habits,
)
from simulations.engine import DAY, HOUR, SECOND
from simulations.host import Host
from simulations.journeys import Journeys

QUIET = Habits(
    renewal_share=0.0,
    new_business_per_year_share=0.0,
    new_business_bind_share=0.0,
    cancel_per_year_share=0.0,
    decision_days_mean=6.0,
    never_pays_share=0.0,
    payer_late_days_mean=3.0,
    bank_answer_hours_mean=20.0,
    payment_failure_share=0.0,
    payment_unknown_share=0.0,
    inquiry_hours=12.0,
    return_share=0.0,
    return_days_mean=1.5,
)
"""Everybody pays, nobody leaves, nobody comes, and every bank says yes."""


class Witness:
    """Every event with the tick at which it happened."""

    def __init__(self, host: Host) -> None:
        self.seen = list[tuple[int, object]]()
        self._host = host
        host.core.observers.append(self)

    def __call__(self, recorded: Recorded) -> None:
        self.seen.append((self._host.clock.now, recorded.event))

    def of(self, kind: type) -> list[tuple[int, object]]:
        return [(tick, event) for tick, event in self.seen if type(event) is kind]

    def counts(self) -> Counter[str]:
        return Counter(type(event).__name__ for _, event in self.seen)


def during(hosted, days: int, habits: Habits = QUIET) -> tuple[Witness, Journeys]:
    witness, journeys = Witness(hosted.host), Journeys()
    Business(hosted.host, hosted.portfolio, habits, hosted.variates, journeys, days=days)
    hosted.host.clock.run(until=days * DAY - 1)
    return witness, journeys


def accounts(host: Host) -> list[Account]:
    return [state for state in host.core.accounts.states.values() if isinstance(state, Account)]


def terms(host: Host) -> list[period.State]:
    return [host.core.policy(name) for name in host.core.policies.states]


# --- billing


def test_an_invoice_is_billed_before_dawn_of_its_day_and_falls_due_before_dawn_of_another(hosting) -> None:
    hosted = hosting(policies=60)
    witness, _ = during(hosted, 60)
    assert witness.counts()["InvoiceBilled"] > 20
    invoices = {(account.account_id, one.number): one for account in accounts(hosted.host) for one in account.invoices}
    for tick, event in witness.seen:
        if isinstance(event, (billing.InvoiceBilled, billing.InvoiceFellDue)):
            planned = invoices[event.account_id, event.number]
            day = planned.bill_on if isinstance(event, billing.InvoiceBilled) else planned.due_on
            assert tick // DAY == max(hosted.host.day_of(day), 0)
            assert BILL_RUN_OPENS <= tick % DAY <= BILL_RUN_OPENS + BILL_RUN_LASTS


def test_every_invoice_of_the_days_played_is_billed_drafted_or_paid_by_hand_and_paid_once(hosting) -> None:
    hosted = hosting(policies=60)
    during(hosted, 90)
    host, old = hosted.host, hosted.host.today() - timedelta(days=40)
    ours = [(account, one) for account in accounts(host) for one in account.invoices]
    steps = {one.step for _, one in ours if host.day_of(one.bill_on) < 90}
    assert {"billed", "due"} <= steps <= {"billed", "due", "past_due"}
    assert {one.status for _, one in ours if one.due_on < old} == {"paid"}
    for account in accounts(host):
        drafts = [
            state
            for name, state in host.core.intents.states.items()
            if name.startswith(f"collect:{account.account_id}:")
        ]
        assert len({state.order.reference for state in drafts if not isinstance(state, intent.NoIntent)}) == len(drafts)
        assert account.unapplied.minor == 0


def test_an_account_on_autopay_is_drafted_on_its_due_date_and_others_pay_in_the_daytime(hosting) -> None:
    hosted = hosting(policies=60)
    witness, _ = during(hosted, 60)
    due = {
        collection_id(event.account_id, str(event.number)): (tick, event.autopay)
        for tick, event in witness.of(billing.InvoiceFellDue)
        if isinstance(event, billing.InvoiceFellDue)
    }
    by_hand = drafted = 0
    for tick, event in witness.of(payments.PaymentStarted):
        assert isinstance(event, payments.PaymentStarted)
        fell_due, autopay = due[event.intent_id]
        if autopay == "on":
            drafted += 1
            assert 0 < tick - fell_due < 5 * SECOND, "as soon as the message is there"
        else:
            by_hand += 1
            assert DAYTIME_OPENS <= tick % DAY <= DAYTIME_OPENS + DAYTIME_LASTS
            assert tick > fell_due
    assert min(by_hand, drafted) > 5


def test_who_never_pays_never_pays_and_drafts_go_on(hosting) -> None:
    hosted = hosting(policies=60)
    witness, _ = during(hosted, 60, replace(QUIET, never_pays_share=1.0))
    started = {
        event.subject for _, event in witness.of(payments.PaymentStarted) if isinstance(event, payments.PaymentStarted)
    }
    assert started
    assert {account.autopay for account in accounts(hosted.host) if account.account_id in started} == {"on"}
    assert any(
        one.status in ("due", "past_due")
        for account in accounts(hosted.host)
        if account.autopay == "off"
        for one in account.invoices
    )


# --- banks


def test_a_bank_that_declines_everything_collects_nothing(hosting) -> None:
    witness, _ = during(hosting(policies=60), 60, replace(QUIET, payment_failure_share=1.0))
    counts = witness.counts()
    assert counts["PaymentStarted"] > 10
    assert counts["PaymentRefused"] > 10
    assert counts["PaymentSucceeded"] == counts["PaymentReceived"] == 0


def test_a_payment_that_timed_out_is_unknown_until_somebody_asks(hosting) -> None:
    hosted = hosting(policies=60)
    witness, _ = during(hosted, 60, replace(QUIET, payment_unknown_share=1.0, inquiry_hours=12.0))
    unknown = {event.intent_id: tick for tick, event in witness.seen if isinstance(event, payments.PaymentTimedOut)}
    known = {event.intent_id: tick for tick, event in witness.seen if isinstance(event, payments.PaymentSucceeded)}
    assert len(known) > 10
    assert all(known[name] - unknown[name] == 12 * HOUR for name in known)
    in_doubt = {name for name, state in hosted.host.core.intents.states.items() if isinstance(state, intent.Unknown)}
    assert in_doubt == unknown.keys() - known.keys()


def test_a_bank_answers_after_the_hours_it_takes(hosting) -> None:
    witness, _ = during(hosting(policies=200), 60, replace(QUIET, bank_answer_hours_mean=10.0))
    began = {event.intent_id: tick for tick, event in witness.seen if isinstance(event, payments.PaymentStarted)}
    waits = [
        tick - began[event.intent_id] for tick, event in witness.seen if isinstance(event, payments.PaymentSucceeded)
    ]
    assert len(waits) > 60
    assert sum(waits) / len(waits) == pytest.approx(10 * HOUR, rel=4 / len(waits) ** 0.5)


def test_a_collection_that_the_bank_sends_back_is_taken_back_from_the_account(hosting) -> None:
    hosted = hosting(policies=60)
    witness, _ = during(hosted, 60, replace(QUIET, return_share=1.0))
    counts = witness.counts()
    assert counts["MoneyReturned"] == counts["PaymentReturned"] > 10
    returned = {name for name, state in hosted.host.core.intents.states.items() if isinstance(state, intent.Returned)}
    booked = {
        one.payment_id for account in accounts(hosted.host) for one in account.payments if one.status == "returned"
    }
    assert booked == returned


# --- policies


def test_a_policy_expires_at_the_end_of_its_term_and_is_renewed_if_its_owner_wants(hosting) -> None:
    hosted = hosting(policies=60)
    witness, _ = during(hosted, 120, replace(QUIET, renewal_share=1.0))
    host = hosted.host
    ending = [number for number in range(60) if 365 - int(hosted.portfolio.inception_days_before[number]) < 120]
    assert len(ending) > 10
    for number in ending:
        ended, renewed = host.core.policy(policy_id(number)), host.core.policy(f"{policy_id(number)}-2")
        assert isinstance(ended, period.Expired)
        assert isinstance(renewed, period.InForce)
        assert renewed.terms.start == ended.terms.end
        assert renewed.terms.account_id == account_id(policy_id(number)), "on the account of the first term"
    assert witness.counts()["PolicyExpired"] == len(ending)


def test_a_renewal_is_offered_a_month_ahead_in_the_daytime_and_bound_before_the_term_ends(hosting) -> None:
    hosted = hosting(policies=60)
    witness, journeys = during(hosted, 120, replace(QUIET, renewal_share=1.0))
    host = hosted.host
    for tick, event in witness.seen:
        if isinstance(event, policy.PolicyQuoted):
            first_day = host.day_of(event.terms.start)
            assert tick // DAY == max(first_day - RENEWAL_OFFER_DAYS, 0)
            assert DAYTIME_OPENS <= tick % DAY <= DAYTIME_OPENS + DAYTIME_LASTS
        if isinstance(event, policy.PolicyIssued):
            assert tick // DAY < host.day_of(event.terms.start)
    assert len(journeys.lengths("quote_to_bind")) == witness.counts()["PolicyIssued"] > 10
    assert len(journeys.lengths("issue_to_invoice")) == witness.counts()["PolicyIssued"]


def test_nobody_renews_who_does_not_want_to_and_nobody_is_offered_what_was_cancelled(hosting) -> None:
    never, _ = during(hosting(policies=60), 120)
    assert never.counts()["PolicyQuoted"] == 0
    leaving = hosting(policies=60)
    witness, _ = during(leaving, 120, replace(QUIET, renewal_share=1.0, cancel_per_year_share=365 / 120))
    cancelled = {event.policy_id: tick for tick, event in witness.seen if isinstance(event, policy.PolicyCancelled)}
    assert len(cancelled) > 20
    for tick, event in witness.seen:
        if isinstance(event, policy.PolicyQuoted):
            assert cancelled.get(event.policy_id.removesuffix("-2"), 10**18) >= tick


def test_an_insured_who_cancels_gets_the_rest_of_the_premium_back(hosting) -> None:
    hosted = hosting(policies=60)
    witness, _ = during(hosted, 60, replace(QUIET, cancel_per_year_share=365 / 60))
    counts = witness.counts()
    assert counts["PolicyCancelled"] == counts["ReturnPremiumCredited"] > 20
    assert {type(state) for state in terms(hosted.host)} <= {period.Cancelled, period.Expired}


def test_as_many_ask_for_a_quote_as_the_year_brings_and_those_who_bind_are_billed(hosting) -> None:
    hosted = hosting(policies=100)
    asking = replace(QUIET, new_business_per_year_share=2.0, new_business_bind_share=0.5)
    witness, _ = during(hosted, 73, asking)
    counts = witness.counts()
    assert counts["PolicyQuoted"] == int(100 * 2.0 * 73 / 365)
    assert 8 < counts["PolicyIssued"] == counts["InvoicesPlanned"] < 32
    new = [state for name, state in hosted.host.core.policies.states.items() if name.startswith("N")]
    assert {type(state) for state in new} == {period.InForce, period.Quoted}


def test_the_business_refuses_nothing_when_nobody_cancels(hosting) -> None:
    hosted = hosting(policies=60)
    during(hosted, 120, replace(QUIET, renewal_share=1.0, new_business_per_year_share=1.0, new_business_bind_share=1.0))
    assert hosted.host.refused == {}


def test_the_same_people_do_the_same_in_every_pattern(hosting) -> None:
    busy = Habits(0.85, 0.5, 0.5, 0.2, 6.0, 0.05, 3.0, 20.0, 0.1, 0.05, 12.0, 0.1, 1.5)
    seen = list[Counter[str]]()
    for topology in ("point_to_point", "events"):
        hosted = hosting(topology, policies=100)
        witness, _ = during(hosted, 60, busy)
        seen.append(witness.counts() - Counter(PolicyRecorded=10**6, CancellationRecorded=10**6))
    assert seen[0] == seen[1]
    assert len(seen[0]) > 12


def test_claims_hears_of_new_terms_where_it_keeps_a_copy_and_of_none_where_it_asks(hosting) -> None:
    renewing = replace(QUIET, renewal_share=1.0)
    known = list[int]()
    for topology in ("point_to_point", "events"):
        hosted = hosting(topology, policies=60)
        witness, _ = during(hosted, 120, renewing)
        assert witness.counts()["PolicyIssued"] > 10
        known.append(len(hosted.host.core.known_policies.states))
    assert known == [0, 60 + witness.counts()["PolicyIssued"]]
