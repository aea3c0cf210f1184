"""An answer that does not hold together is seen with its cents, and what it lacks is skipped by name."""

from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.histories import (
    CANCELLED,
    END,
    START,
    account_id,
    claim_id,
    history,
    play,
    policy_id,
)
from model.core import Core
from model.invariants import (
    ACCOUNT_INVARIANTS,
    CLAIM_INVARIANTS,
    POLICY_INVARIANTS,
    Skipped,
    Violation,
    effective_successes,
    judged,
    minor,
    moved_more_than_once,
)
from model.published.account_views import CarriedView, DelinquencyView, DisbursementView, HoldView, PaymentView
from model.published.claim_views import RecoveryView
from model.published.policy_views import JobView, NoticeView
from model.published.seen import account_view, claim_view, intent_view, policy_view
from model.wire import Amount

EVERY = {invariant.code for invariant in (*POLICY_INVARIANTS, *ACCOUNT_INVARIANTS, *CLAIM_INVARIANTS)}


def views(core: Core) -> tuple[Any, Any, Any]:
    play(core, history("a claim paid and closed"))
    return (
        policy_view(policy_id(1), core.policy(policy_id(1)), core.carrier),
        account_view(core.account(account_id(1))),
        claim_view(claim_id(1), core.claim(claim_id(1))),
    )


def first_item(account, **changes):
    invoice, *others = account.invoices
    item, *rest = invoice.items
    return replace(account, invoices=(replace(invoice, items=(replace(item, **changes), *rest)), *others))


def first_period(policy, **changes):
    return replace(policy, periods=(replace(policy.periods[0], **changes), *policy.periods[1:]))


def first_segment(policy, **changes):
    segment, *others = policy.periods[0].segments
    return first_period(policy, segments=(replace(segment, **changes), *others))


def first_booked(policy, amount):
    charge, *others = policy.periods[0].booked
    return first_period(policy, booked=(replace(charge, amount=amount), *others))


def first_earned(policy, **changes):
    earned, *others = policy.periods[0].earned
    return first_period(policy, earned=(replace(earned, **changes), *others))


def bound(base, job_id):
    return JobView(job_id=job_id, kind="policy_change", status="bound", base=base)


def noticed(mailed_on, earliest, effective):
    return NoticeView(reason="nonpayment", mailed_on=mailed_on, earliest=earliest, effective=effective)


def first_line(claim, **changes):
    return replace(claim, lines=(replace(claim.lines[0], **changes), *claim.lines[1:]))


def first_exposure(claim, **changes):
    return replace(claim, exposures=(replace(claim.exposures[0], **changes), *claim.exposures[1:]))


def recovered(claim, **changes):
    """A cent came back, and the net cost says so."""
    cent: Any = {"exposure": 1, "category": "subrogation", "received": CENT, "expense": NOTHING, **changes}
    return replace(claim, recoveries=(RecoveryView(**cent),), net_incurred=Amount("13999.99", "USD"))


def first_invoice(account, **changes):
    return replace(account, invoices=(replace(account.invoices[0], **changes), *account.invoices[1:]))


def overpaid(account):
    """An item that was paid in full and credited by a cent more; the cash adds up all the same."""
    billed = first_invoice(first_item(account, paid=Amount("480.00", "USD"), credited=CENT), status="billed")
    return replace(billed, unapplied=Amount("-480.01", "USD"))


def half_lost():
    """A returned payment of which a cent is nowhere; what was returned is not counted with the cash."""
    sums: dict[str, Any] = {"amount": CENT, "distributed": NOTHING, "unapplied": NOTHING}
    return PaymentView(payment_id="M", payer_id="I", status="returned", **sums)


def paid_to_another_day(account, on, **changes):
    (one,) = account.paid_to
    return replace(account, paid_to=(replace(one, on=on, **changes),))


def disbursed(**changes):
    who: dict[str, Any] = {"requested_by": "ann", "approved_by": (), **changes}
    return DisbursementView(disbursement_id="D", party_id="I", amount=CENT, **who)


def pursued(**changes):
    stands: dict[str, Any] = {"delinquency_id": "A/P/1", "stage": "dunning", "cancel_requests": 0, **changes}
    return DelinquencyView(policy_id=policy_id(1), invoice=None, reason="past_due", since=START, **stands)


def past_due(account, *processes):
    """The first invoice as if grace were over, and somebody pursued for it."""
    return replace(first_invoice(account, status="past_due"), delinquencies=processes)


def held(**changes):
    came: dict[str, Any] = {"released": None, "strategy": None, "skipped": (), "replanned": (), **changes}
    return HoldView(hold_id="H", policies=(policy_id(1),), suspends=("delinquency",), since=START, **came)


def carried(invoice, amount):
    return CarriedView(invoice=invoice, payer_id="I", amount=amount)


CENT, NOTHING = Amount("0.01", "USD"), Amount("0.00", "USD")
WRONG_POLICIES = [
    ("INV-P1", lambda policy: replace(policy, status="cancelled")),
    ("INV-P1", lambda policy: replace(policy, versions=())),
    ("INV-P1", lambda policy: replace(policy, status="quoted")),
    ("INV-P1", lambda policy: replace(policy, start=date(2026, 6, 2))),
    ("INV-P1", lambda policy: first_period(policy, start=date(2026, 6, 2))),
    ("INV-P1", lambda policy: first_segment(policy, end=date(2027, 5, 31))),
    ("INV-P2", lambda policy: first_booked(policy, Amount("2400.01", "USD"))),
    ("INV-P3", lambda policy: first_earned(policy, unearned=Amount("-0.01", "USD"))),
    ("INV-P4", lambda policy: replace(policy, returned=(replace(policy.written[0], amount=CENT),))),
    (
        "INV-P4",
        lambda policy: replace(
            policy, written=(), returned=(replace(policy.written[0], amount=Amount("-0.01", "USD")),)
        ),
    ),
]
WRONG_POLICIES += [
    ("INV-P8", lambda policy: replace(policy, jobs=(bound(1, "J-1"), bound(1, "J-2")))),
    ("INV-P8", lambda policy: replace(policy, jobs=(bound(2, "J-1"),))),
    ("INV-P11", lambda policy: replace(policy, notice=noticed(START, START, END))),
    ("INV-P11", lambda policy: replace(policy, notice=noticed(START, END, CANCELLED))),
]
WRONG_ACCOUNTS = [
    ("INV-B1", lambda account: first_item(account, amount=Amount("479.99", "USD"))),
    ("INV-B1", lambda account: first_item(account, amount=Amount("480.01", "USD"))),
    ("INV-B1", lambda account: first_item(account, pattern="surcharge")),
    ("INV-B2", lambda account: first_item(first_item(account, paid=CENT), credited=Amount("-0.01", "USD"))),
    ("INV-B2", overpaid),
    ("INV-B4", lambda account: replace(account, unapplied=CENT)),
    ("INV-B5", lambda account: first_invoice(account, status="paid")),
    ("INV-B8", lambda account: first_invoice(account, bill_on=date(2026, 6, 2))),
    ("INV-B1", lambda account: replace(account, fees=("late:0", "late:0"))),
    ("INV-B2", lambda account: first_item(account, written_off=Amount("480.01", "USD"))),
    ("INV-B4", lambda account: replace(account, payments=(half_lost(),))),
    ("INV-B5", lambda account: first_invoice(account, status="carried")),
    ("INV-B11", lambda account: paid_to_another_day(account, START + timedelta(days=1))),
    ("INV-B11", lambda account: paid_to_another_day(account, END + timedelta(days=1))),
    ("INV-B11", lambda account: paid_to_another_day(account, START, paid=Amount("600.00", "USD"))),
    ("INV-B13", lambda account: replace(account, disbursements=(disbursed(status="draft"),))),
    ("INV-B13", lambda account: replace(account, disbursements=(disbursed(status="rejected", approved_by=("ann",)),))),
    ("INV-B10", lambda account: replace(account, delinquencies=(pursued(),))),
    ("INV-B10", lambda account: past_due(account, pursued(), pursued(delinquency_id="A/P/2"))),
    ("INV-B10", lambda account: past_due(account, pursued(cancel_requests=2))),
    ("INV-B10", lambda account: replace(past_due(account, pursued()), holds=(held(),))),
    ("INV-B14", lambda account: replace(account, holds=(held(released=END, replanned=(carried(0, CENT),)),))),
    (
        "INV-B14",
        lambda account: replace(account, holds=(held(skipped=(carried(0, CENT),), replanned=(carried(1, CENT),)),)),
    ),
    ("INV-B15", lambda account: first_invoice(account, due_on=account.invoices[1].due_on)),
]
WRONG_CLAIMS = [
    ("INV-C1", lambda claim: first_line(claim, available=Amount("-0.01", "USD"))),
    ("INV-C2", lambda claim: first_line(claim, incurred=NOTHING)),
    ("INV-C2", lambda claim: replace(claim, incurred=NOTHING)),
    ("INV-C2", lambda claim: replace(claim, payments=())),
    (
        "INV-C6",
        lambda claim: replace(claim, payments=(*claim.payments, replace(claim.payments[0], status="requested"))),
    ),
    ("INV-C3", lambda claim: first_exposure(claim, limit=Amount("13999.99", "USD"))),
    ("INV-C3", lambda claim: replace(first_exposure(claim, deductible=CENT), deductible=NOTHING)),
    ("INV-C4", lambda claim: first_exposure(claim, settled=Amount("13999.99", "USD"))),
    ("INV-C5", lambda claim: replace(claim, payments=(replace(claim.payments[0], replaces="PAY-7"),))),
    ("INV-C7", lambda claim: recovered(claim, expected=NOTHING, to_insured=NOTHING)),
    ("INV-C7", lambda claim: recovered(claim, expected=CENT, to_insured=CENT)),
    (
        "INV-C9",
        lambda claim: replace(claim, payments=(replace(claim.payments[0], by="ann", approved_by="ann"),)),
    ),
    ("INV-C9", lambda claim: first_exposure(claim, exposure=2)),
]


@pytest.mark.parametrize(("code", "wrong"), WRONG_POLICIES)
def test_a_policy_that_does_not_hold_together_is_seen(core, code, wrong):
    policy, _, _ = views(core)

    assert [finding.code for finding in judged(POLICY_INVARIANTS, "P", wrong(policy))] == [code]


@pytest.mark.parametrize(("code", "wrong"), WRONG_ACCOUNTS)
def test_an_account_that_does_not_hold_together_is_seen(core, code, wrong):
    _, account, _ = views(core)

    assert [finding.code for finding in judged(ACCOUNT_INVARIANTS, "A", wrong(account))] == [code]


@pytest.mark.parametrize(("code", "wrong"), WRONG_CLAIMS)
def test_a_claim_that_does_not_hold_together_is_seen(core, code, wrong):
    _, _, claim = views(core)

    assert [finding.code for finding in judged(CLAIM_INVARIANTS, "C", wrong(claim))] == [code]


def test_every_invariant_of_a_view_has_been_seen_to_fail():
    assert {code for code, _ in (*WRONG_POLICIES, *WRONG_ACCOUNTS, *WRONG_CLAIMS)} == EVERY


def test_a_violation_says_how_many_cents_are_where(core):
    _, account, _ = views(core)

    assert list(judged(ACCOUNT_INVARIANTS, "A-1", replace(account, unapplied=CENT))) == [
        Violation("INV-B4", "A-1", "0 received and 0 returned, but 0 paid, 0 credited and 1 unapplied")
    ]


# --- what could not be judged


def needs() -> list[Any]:
    kinds = ((0, POLICY_INVARIANTS), (1, ACCOUNT_INVARIANTS), (2, CLAIM_INVARIANTS))
    return [
        pytest.param(place, invariants, name, id=f"{invariant.code}-{name}")
        for place, invariants in kinds
        for invariant in invariants
        for name in invariant.needs
    ]


@pytest.mark.parametrize(("place", "invariants", "name"), needs())
def test_what_a_view_lacks_is_skipped_by_name_and_the_rest_is_judged(core, place, invariants, name):
    view = replace(views(core)[place], **{name: None})

    assert list(judged(invariants, "X", view)) == [
        Skipped(invariant.code, "X", name) for invariant in invariants if name in invariant.needs
    ]


def test_all_that_a_view_lacks_is_named(core):
    _, account, _ = views(core)
    bare = replace(account, invoices=None, payments=None, instructions=None)

    assert Skipped("INV-B4", "A", "invoices, payments, instructions") in list(judged(ACCOUNT_INVARIANTS, "A", bare))


def test_a_claim_that_does_not_roll_up_is_judged_by_its_lines(core):
    _, _, claim = views(core)

    assert list(judged(CLAIM_INVARIANTS, "C", replace(claim, incurred=None))) == []


def test_money_that_moved_is_counted_by_what_it_was_for(core):
    play(core, history("a claim paid and closed"))
    intents = [view for key in core.intents.states if (view := intent_view(key, core.intent(key)))]

    assert list(effective_successes(intents).values()) == [1]
    assert moved_more_than_once(intents) == ()
    assert minor(CENT) == 1
