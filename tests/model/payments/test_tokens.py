"""Card numbers are refused wherever text is taken, and policy numbers are not. No card number stands here: the test
numbers are made at run time.
"""

from datetime import date
from typing import cast

import pytest
from msgspec.structs import replace

from fixtures.histories import at, usd
from fixtures.jurisdictions import florida
from model.payments.commands import ReportFailure, ReturnMoney, StartPayment
from model.payments.events import Event
from model.payments.intent import decider
from model.payments.tokens import CardToken, card_in, card_like, token_faults

DAY = date(2026, 6, 1)
MACHINE = decider(*florida())
START = StartPayment(
    intent_id="collect:A-1:0", purpose="collection", subject="A-1", reference="0", party_id="I", amount=usd("1.00"),
    on=DAY, at=at(DAY),
)  # fmt: skip


def with_check_digit(body: str) -> str:
    """The body and the digit that makes it pass the check of card numbers."""
    total = 0
    for place, digit in enumerate(reversed(body)):
        value = int(digit) * (2 - place % 2)
        total += value - 9 if value > 9 else value
    return body + str(-total % 10)


def number(prefix: str, length: int) -> str:
    return with_check_digit(prefix + "7" * (length - len(prefix) - 1))


ISSUED = [("4", 16), ("4", 13), ("4", 19), ("51", 16), ("2221", 16), ("37", 15), ("6011", 16), ("36", 14), ("3530", 16)]


@pytest.mark.parametrize(("prefix", "length"), ISSUED)
def test_a_number_of_an_issuer_is_a_card_number_however_it_is_written(prefix, length):
    card = number(prefix, length)
    in_fours = " ".join(card[k : k + 4] for k in range(0, length, 4))

    for text in (card, f"my card {card}, thanks", in_fours, in_fours.replace(" ", "-"), f"card:{card}", f"I {card}"):
        assert card_like(text), text


@pytest.mark.parametrize(("prefix", "length"), ISSUED)
def test_a_wrong_check_digit_or_length_is_no_card(prefix, length):
    card = number(prefix, length)
    wrong = card[:-1] + str((int(card[-1]) + 1) % 10)

    assert not card_like(wrong)
    assert not card_like(card + "0" * (20 - length))
    assert not card_like(card[:12])


@pytest.mark.parametrize("prefix", ["P-", "PAY-", "CLM", "C-", "POL-", "A-"])
def test_the_digits_of_an_id_are_no_card(prefix):
    assert not card_like(prefix + number("4", 16))
    assert not card_like(f"about {prefix}{number('4', 16)} of last year")


def test_the_check_digit_alone_would_flag_every_tenth_policy_number_and_the_rule_flags_none_of_ours():
    policies = [f"{8_000_000_000_000_000 + 7_919 * k}" for k in range(10_000)]
    by_check_digit = sum(with_check_digit(policy[:-1]) == policy for policy in policies)

    assert 900 < by_check_digit < 1_100
    assert not any(card_like(policy) for policy in policies)


@pytest.mark.parametrize("field", ["reference", "party_id", "subject"])
def test_a_payment_is_not_started_with_a_card_number_in_it(field, answered):
    refusal = MACHINE.decide(replace(START, **{field: number("4", 16)}), MACHINE.initial)

    assert answered(refusal) == "card_number"
    assert number("4", 16) not in str(refusal)


def test_a_reason_with_a_card_number_is_refused(answered):
    started = MACHINE.initial
    for event in cast("tuple[Event, ...]", MACHINE.decide(START, MACHINE.initial)):
        started = MACHINE.evolve(started, event)
    card = f"declined for {number('51', 16)}"

    assert (
        answered(MACHINE.decide(ReportFailure(intent_id="x", reason=card, on=DAY, at=at(DAY)), started))
        == "card_number"
    )


def test_a_command_without_a_card_number_passes():
    assert card_in(START) is None
    assert card_in(ReturnMoney(intent_id="collect:A-000001:0", reason="R01", on=DAY, at=at(DAY))) is None


def test_a_token_has_four_digits_and_is_no_card_number(answered):
    token = CardToken("tok_8f3a", "1234", "US-VISA")

    assert token_faults(token) is None
    assert answered(token_faults(replace(token, last4="12345"))) == "not_last_four"
    assert answered(token_faults(replace(token, last4="12a4"))) == "not_last_four"
    assert answered(token_faults(replace(token, token=number("4", 16)))) == "card_number"
