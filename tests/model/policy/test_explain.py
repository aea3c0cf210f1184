"""Every cent of a term has its reason, and the reasons add up."""

from datetime import date
from fractions import Fraction

import pytest

from fixtures.histories import CANCELLED, cancel, usd
from fixtures.jurisdictions import florida
from model.money import Money, divide
from model.policy.edits import AdjustCharge
from model.policy.explain import explain
from model.policy.proposals import NonRenewal, PolicyChange, Reinstatement

CARRIER = florida()[1]
SEPTEMBER = date(2026, 9, 1)


def more(minor, day=SEPTEMBER) -> PolicyChange:
    return PolicyChange(day, (AdjustCharge("premium", Money(minor, "USD")),))


def changed(desk):
    desk.whole("A", more(36500))


def changed_before(desk):
    desk.whole("A", more(36500))
    desk.whole("B", more(-10000, date(2026, 7, 1)))


def cancelled(desk):
    desk.whole("A", more(36500))
    desk.ask(cancel(1))


def lapsed(desk):
    desk.ask(cancel(1))
    desk.whole("R", Reinstatement(date(2026, 12, 11)), on=date(2026, 12, 11))


def kept_up(desk):
    desk.whole("N", NonRenewal(date(2027, 3, 1), "losses"), on=date(2027, 3, 1))


@pytest.mark.parametrize("story", [changed, changed_before, cancelled, lapsed, kept_up])
@pytest.mark.parametrize("choices", [{}, {"insured_cancellation": "short_rate_90", "reinstatement_fee_minor": 1500}])
def test_the_reasons_of_every_pattern_add_up_to_what_was_booked(in_force, story, choices):
    desk = in_force(**choices)
    story(desk)

    for found in explain(desk.core.carrier, desk.state.period):
        assert sum(reason.amount.minor for reason in found.reasons) == found.booked.minor, found.text
        assert all(reason.lineage for reason in found.reasons if reason.rule != "extension_pro_rata")


def test_a_reason_can_be_computed_again_from_its_inputs(in_force):
    desk = in_force()
    changed_before(desk)
    (premium, *_) = explain(CARRIER, desk.state.period)

    assert [(reason.rule, str(reason.amount)) for reason in premium.reasons] == [
        ("annual_rate", "2400.00 USD"),
        ("rest_of_term", "-91.78 USD"),
        ("rest_of_term", "273.00 USD"),
    ]
    for reason in premium.reasons:
        exact = Fraction((reason.after.minor - reason.before.minor) * reason.remaining, reason.basis)
        assert divide(exact.numerator, exact.denominator, reason.rounding) == reason.amount.minor


def test_a_reason_reads_as_a_sentence(in_force):
    desk = in_force()
    cancelled(desk)
    (premium, tax, fee) = explain(CARRIER, desk.state.period)

    assert premium.text.splitlines()[1:] == [
        "2026-09-01 premium: (2765.00 USD - 2400.00 USD) x 273/365 by actual/actual_in_term = 27300, half_up to "
        "273.00 USD; rest_of_term, from policy_change A (version 2)",
        "2026-12-01 premium: (0.00 USD - 2765.00 USD) x 182/365 by actual/actual_in_term = -(137871 + 17/73), half_up "
        "to -1378.71 USD; cancellation_return, from cancellation cancellation (version 3)",
        "= 1294.29 USD premium booked",
    ]
    assert [reason.rule for reason in tax.reasons] == ["annual_rate", "cancellation_return"]
    assert fee.text == (
        "2026-06-01 fee: in full = 2500, half_up to 25.00 USD; flat, from submission submission (version 1)\n"
        "= 25.00 USD fee booked"
    )


def test_what_short_rate_keeps_is_a_reason_of_its_own(in_force):
    desk = in_force(insured_cancellation="short_rate_90")
    cancelled(desk)
    (premium, *_) = explain(desk.core.carrier, desk.state.period)
    kept = premium.reasons[-1]

    assert (kept.rule, kept.on, kept.amount) == ("retained", CANCELLED, usd("137.87"))
