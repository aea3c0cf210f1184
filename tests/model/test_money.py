"""Money loses no cent: not in a split, not in a share, not on the wire."""

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal, localcontext
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.money import DECIMALS, Money, MoneyError, divide, parse_amount, total, wire_amount, zero
from model.wire import Amount, from_wire, to_wire

ROUNDINGS: Any = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN, "down": ROUND_DOWN, "up": ROUND_UP}
MINOR = st.integers(-(10**12), 10**12)
CURRENCY = st.sampled_from(sorted(DECIMALS))
MONEY = st.builds(Money, MINOR, CURRENCY)
ROUNDING = st.sampled_from(sorted(ROUNDINGS))
bounded = settings(derandomize=True, deadline=None, max_examples=100)


def usd(minor: int) -> Money:
    return Money(minor, "USD")


# --- splitting


@bounded
@given(MONEY, st.integers(1, 400))
def test_a_split_adds_up_and_its_parts_differ_by_one_cent_at_most(money, parts):
    split = money.split(parts, leftover="first")

    assert total(split, money.currency) == money
    assert len(split) == parts
    assert max(part.minor for part in split) - min(part.minor for part in split) <= 1


@bounded
@given(MONEY, st.integers(1, 400))
def test_a_split_to_the_last_adds_up_and_leaves_all_others_equal(money, parts):
    split = money.split(parts, leftover="last")

    assert total(split, money.currency) == money
    assert len({part.minor for part in split[:-1]}) <= 1
    assert abs(split[-1].minor) >= abs(split[0].minor)


@bounded
@given(MONEY, st.integers(1, 50), st.sampled_from(["first", "last"]))
def test_the_split_of_a_credit_mirrors_the_split_of_the_charge(money, parts, leftover):
    assert (-money).split(parts, leftover=leftover) == tuple(-part for part in money.split(parts, leftover=leftover))


def test_odd_cents_go_to_the_first_or_all_to_the_last():
    assert usd(100).split(3, leftover="first") == (usd(34), usd(33), usd(33))
    assert usd(101).split(3, leftover="first") == (usd(34), usd(34), usd(33))
    assert usd(101).split(3, leftover="last") == (usd(33), usd(33), usd(35))
    assert usd(2).split(3, leftover="first") == (usd(1), usd(1), usd(0))


@pytest.mark.parametrize("parts", [0, -1])
def test_nothing_is_split_into_no_parts(parts):
    with pytest.raises(MoneyError, match="at least one part"):
        usd(100).split(parts, leftover="first")


@bounded
@given(MONEY, st.lists(st.integers(0, 10**6), min_size=1, max_size=8).filter(any))
def test_a_split_by_weights_adds_up_and_is_within_a_cent_of_the_exact_share(money, weights):
    split = money.split_by(weights)

    assert total(split, money.currency) == money
    for part, weight in zip(split, weights, strict=True):
        assert abs(part.minor * sum(weights) - money.minor * weight) < sum(weights)


@bounded
@given(MONEY, st.lists(st.integers(0, 1000), min_size=1, max_size=8).filter(any))
def test_the_split_by_weights_of_a_credit_mirrors_that_of_the_charge(money, weights):
    assert (-money).split_by(weights) == tuple(-part for part in money.split_by(weights))


def test_the_largest_remainder_takes_the_odd_cent_and_the_earlier_one_on_a_tie():
    assert usd(100).split_by([1, 1, 1]) == (usd(34), usd(33), usd(33))
    assert usd(100).split_by([1, 2, 3]) == (usd(17), usd(33), usd(50))
    assert usd(1).split_by([1, 1]) == (usd(1), usd(0))
    assert usd(10).split_by([0, 1]) == (usd(0), usd(10))


@pytest.mark.parametrize("weights", [[], [0, 0], [2, -1], [-1, -1]])
def test_weights_are_not_negative_and_not_all_zero(weights):
    with pytest.raises(MoneyError, match="weights"):
        usd(100).split_by(weights)


# --- rounding


@bounded
@given(MINOR, st.integers(-(10**6), 10**6), st.integers(1, 10**6), ROUNDING)
def test_a_share_is_rounded_once_and_as_decimal_rounds(minor, numerator, denominator, rounding):
    with localcontext() as context:
        context.prec = 80
        exact = Decimal(minor) * numerator / denominator
        assert usd(minor).share(numerator, denominator, rounding) == usd(int(exact.quantize(0, ROUNDINGS[rounding])))


@bounded
@given(MINOR, st.integers(0, 10**6), st.integers(1, 10**6), ROUNDING)
def test_the_share_of_a_credit_mirrors_the_share_of_the_charge(minor, numerator, denominator, rounding):
    assert usd(-minor).share(numerator, denominator, rounding) == -usd(minor).share(numerator, denominator, rounding)


@pytest.mark.parametrize(
    ("minor", "half_up", "half_even", "down", "up"),
    [(5, 3, 2, 2, 3), (7, 4, 4, 3, 4), (-5, -3, -2, -2, -3), (4, 2, 2, 2, 2), (0, 0, 0, 0, 0)],
)
def test_half_a_cent_goes_where_the_rounding_says(minor, half_up, half_even, down, up):
    assert divide(minor, 2, "half_up") == half_up
    assert divide(minor, 2, "half_even") == half_even
    assert divide(minor, 2, "down") == down
    assert divide(minor, 2, "up") == up


@pytest.mark.parametrize(("numerator", "denominator", "quotient"), [(5, -2, -3), (-5, -2, 3), (-5, 2, -3), (0, -2, 0)])
def test_the_sign_is_that_of_both_together(numerator, denominator, quotient):
    assert divide(numerator, denominator, "half_up") == quotient


def test_a_rate_is_exact_until_it_is_rounded():
    assert usd(120000).times(Decimal("0.125"), "half_up") == usd(15000)
    assert usd(-59836).times(Decimal("0.125"), "half_up") == usd(-7480)
    assert usd(10).times(Decimal("0.1"), "half_up") == usd(1)


# --- one currency at a time


@pytest.mark.parametrize(
    "sum_of",
    [lambda a, b: a + b, lambda a, b: a - b, lambda a, b: total([a, b], "USD"), lambda a, b: total([b], "USD")],
)
def test_two_currencies_are_never_added(sum_of):
    with pytest.raises(MoneyError, match="EUR"):
        sum_of(usd(1), Money(1, "EUR"))


def test_nothing_is_nothing_in_its_own_currency():
    assert zero("JPY") == total([], "JPY") == Money(0, "JPY")
    assert zero("USD") != zero("EUR")


# --- on the wire


@bounded
@given(MONEY)
def test_what_was_written_reads_back_as_it_was(money):
    assert parse_amount(wire_amount(money.minor, money.currency), money.currency) == money
    assert from_wire(to_wire(money)) == money
    assert from_wire(msgspec.json.decode(msgspec.json.encode(to_wire(money)), type=Amount)) == money


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (123456, "USD", "1234.56"),
        (-5, "USD", "-0.05"),
        (0, "USD", "0.00"),
        (123456, "CAD", "1234.56"),
        (123456, "EUR", "1234.56"),
        (123456, "GBP", "1234.56"),
        (123456, "MXN", "1234.56"),
        (500, "JPY", "500"),
        (-500, "JPY", "-500"),
        (1234, "KWD", "1.234"),
        (-1, "KWD", "-0.001"),
    ],
)
def test_an_amount_has_the_decimals_of_its_currency(minor, currency, text):
    assert wire_amount(minor, currency) == text
    assert parse_amount(text, currency) == Money(minor, currency)
    assert str(Money(minor, currency)) == f"{text} {currency}"
    assert currency in DECIMALS


@pytest.mark.parametrize(
    "text",
    [
        "", "-", ".", "-.", "1", "1.", ".50", "-.50", "1.5", "1.500", "1.50\n", "\n1.50", " 1.50", "1.50 ", "1 000.00",
        "+1.50", "--1.50", "1.-5", "-1.-5", "1e3", "1.5e", "1E2.00", "1,000.00", "1_000.00", "0x1.00", "1.50.00",
        "١.٥٠", "１.５０", "1.²⁵", "NaN", "Infinity", "inf.00", "1.50$", "1.5O", "true",
    ],
)  # fmt: skip
def test_what_is_not_an_amount_in_dollars_is_refused(text):
    with pytest.raises(MoneyError, match="2 decimals are needed"):
        parse_amount(text, "USD")


@pytest.mark.parametrize("text", ["1.0", "1.", "1.00", "", "-", "+1"])
def test_yen_have_no_decimals(text):
    with pytest.raises(MoneyError, match="0 decimals are needed"):
        parse_amount(text, "JPY")


def test_an_amount_fits_a_64_bit_integer_or_is_refused():
    assert parse_amount("9" * 16 + ".99", "USD") == usd(10**18 - 1)
    for digits in (17, 5000):
        with pytest.raises(MoneyError, match="digits"):
            parse_amount("9" * digits + ".00", "USD")


@pytest.mark.parametrize("currency", ["", "usd", "XXX", "DOGE"])
def test_an_unknown_currency_is_refused_in_both_directions(currency):
    with pytest.raises(MoneyError, match="unknown currency"):
        parse_amount("1.00", currency)
    with pytest.raises(MoneyError, match="unknown currency"):
        wire_amount(100, currency)


def test_money_on_the_wire_is_never_a_number_and_has_no_other_fields():
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(b'{"amount": 1.5, "currency": "USD"}', type=Amount)
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(b'{"amount": "1.50", "currency": "USD", "minor": 150}', type=Amount)


@bounded
@given(st.text(max_size=8), CURRENCY)
def test_any_text_is_an_amount_that_reads_back_or_is_refused(text, currency):
    try:
        money = parse_amount(text, currency)
    except MoneyError:
        return
    assert parse_amount(wire_amount(money.minor, currency), currency) == money
