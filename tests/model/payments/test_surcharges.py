"""Fees for paying: what states and networks forbid and cap, from their rows; never premium."""

import pytest

from fixtures.histories import usd
from fixtures.jurisdictions import florida_law, state_law
from model.choices.payments import PaymentsChoices
from model.money import Money
from model.payments.surcharges import CardKind, PaymentFee, card_fee, cheque_fee, refunded_fee

PAID = usd("1000.00")
SURCHARGE = PaymentsChoices(fee_bearer="card_surcharge", card_surcharge_basis_points=350)
CONVENIENCE = PaymentsChoices(fee_bearer="convenience_fee", convenience_fee_minor=250)


def fee(state: str, choices: PaymentsChoices, network: str = "US-VISA", card: CardKind = "credit") -> PaymentFee:
    return card_fee(state_law(state), choices, PAID, network=network, card=card, rounding="half_up")


@pytest.mark.parametrize(
    ("state", "network", "amount", "row"),
    [
        ("FL", "US-VISA", "30.00", "us_visa.premium_payment.card_surcharge_cap"),
        ("FL", "US-MC", "35.00", ""),
        ("FL", "US-AMEX", "35.00", ""),
        ("CO", "US-VISA", "20.00", "co.premium_payment.card_surcharge_cap"),
        ("CO", "US-MC", "20.00", "co.premium_payment.card_surcharge_cap"),
        ("CT", "US-VISA", "0.00", "ct.premium_payment.card_surcharge_allowed"),
        ("ME", "US-MC", "0.00", "me.premium_payment.card_surcharge_allowed"),
        ("MA", "US-MC", "0.00", "ma.premium_payment.card_surcharge_allowed"),
        ("NY", "US-MC", "0.00", "ny.premium_payment.insurer_may_pass_card_fee"),
    ],
)
def test_the_lowest_of_what_is_wanted_and_what_is_allowed_is_charged(state, network, amount, row):
    charged = fee(state, SURCHARGE, network)

    assert (charged.amount, charged.because) == (usd(amount), row)
    assert charged.kind == ("card_surcharge" if charged.amount.minor else "none")


def test_mastercards_own_cap_is_four_percent():
    much = PaymentsChoices(fee_bearer="card_surcharge", card_surcharge_basis_points=900)

    assert fee("FL", much, "US-MC").amount == usd("40.00")
    assert fee("FL", much, "US-MC").because == "us_mc.premium_payment.card_surcharge_cap"


@pytest.mark.parametrize("card", ["debit", "prepaid"])
@pytest.mark.parametrize("network", ["US-VISA", "US-MC", "US-DISCOVER"])
def test_a_debit_or_prepaid_card_is_never_surcharged(card, network):
    charged = fee("FL", SURCHARGE, network, card)

    assert (charged.kind, charged.because) == ("none", "us_visa.premium_payment.debit_prepaid_surcharge_allowed")


def test_a_convenience_fee_is_the_same_for_every_card_and_is_no_surcharge():
    assert fee("CT", CONVENIENCE) == PaymentFee("convenience_fee", usd("2.50"), "")
    assert fee("FL", CONVENIENCE, card="debit").amount == usd("2.50")


def test_in_new_york_the_insurer_bears_the_card_and_may_pass_on_the_cheque():
    assert fee("NY", CONVENIENCE).kind == "none"
    assert cheque_fee(state_law("NY"), CONVENIENCE, "USD") == PaymentFee(
        "convenience_fee", usd("2.50"), "ny.premium_payment.insurer_may_pass_echeck_fee"
    )


def test_who_bears_it_himself_charges_nothing():
    assert fee("FL", PaymentsChoices()).amount == usd("0.00")
    assert cheque_fee(florida_law(), PaymentsChoices(), "USD").kind == "none"
    assert cheque_fee(florida_law(), SURCHARGE, "USD").kind == "none"


def test_a_fee_goes_back_in_the_part_in_which_the_payment_does():
    charged = fee("FL", SURCHARGE)

    assert refunded_fee(charged, refunded=PAID, paid=PAID, rounding="half_up") == charged.amount
    assert refunded_fee(charged, refunded=usd("333.33"), paid=PAID, rounding="half_up") == usd("10.00")
    assert refunded_fee(charged, refunded=Money(0, "USD"), paid=PAID, rounding="half_up") == usd("0.00")


def test_a_conflicting_row_forbids_nothing_because_it_is_no_law():
    assert fee("OK", SURCHARGE, "US-MC").amount == usd("35.00")
    assert fee("CA", SURCHARGE, "US-MC").amount == usd("35.00")
