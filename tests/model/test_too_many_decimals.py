"""An amount with too many decimals is refused by its code at every door where an amount comes in.

The doors are found, not listed: a request that takes an amount and has no example here fails a test. Numbers of a risk
come in by the rating door, which tests/model/policy/test_rating.py tries.
"""

import inspect
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from fixtures.histories import NOTICE, START, account_id, claim_id, history, play, terms
from fixtures.jurisdictions import florida
from model.core import Core
from model.decider import Refusal
from model.desk import Desk
from model.published import requests as ask
from model.wire import Amount, to_wire

NOW = datetime(2026, 9, 30, 15, tzinfo=UTC)
TOO_FINE = {"USD": "100.005", "JPY": "100.5", "KWD": "100.0005"}
GOOD = {"amount": "100.00", "currency": "USD"}


def quote_request() -> ask.QuotePolicyRequest:
    offered = terms(7)
    return ask.QuotePolicyRequest(
        insured_id=offered.insured_id,
        product=offered.product,
        state="FL",
        zone="America/New_York",
        start=START,
        plan=offered.plan,
        autopay="on",
        payers=tuple(ask.AskedPayer(one.payer_id, one.kind, one.weight) for one in offered.payers),
        coverages=tuple(
            ask.AskedCoverage(one.code, to_wire(one.limit), to_wire(one.deductible), to_wire(one.hurricane_deductible))
            for one in offered.coverages
        ),
        charges=tuple(ask.AskedCharge(one.pattern, to_wire(one.amount)) for one in offered.charges),
        on=START,
    )


AMOUNT = Amount(**GOOD)
EXAMPLES: dict[type, tuple[Any, str, Any]] = {
    ask.QuotePolicyRequest: ("quote_policy", "", quote_request()),
    ask.ReceivePaymentRequest: (
        "receive_payment",
        account_id(1),
        ask.ReceivePaymentRequest(payer_id="I-000001", amount=AMOUNT, on=NOTICE),
    ),
    ask.SetReserveRequest: (
        "set_reserve",
        claim_id(1),
        ask.SetReserveRequest(exposure=1, category="dwelling", amount=AMOUNT, on=NOTICE),
    ),
    ask.PayClaimRequest: (
        "pay_claim",
        claim_id(1),
        ask.PayClaimRequest(
            exposure=1, category="dwelling", amount=AMOUNT, kind="partial", payee_id="I-000001", on=NOTICE
        ),
    ),
}
"""By the type of the request: the operation, its subject, and what is good to ask."""


def plain(request: Any) -> Any:
    """As it comes over the wire: dictionaries and lists."""
    return msgspec.json.decode(msgspec.json.encode(request))


def amounts(value: Any, path: tuple = ()):
    """Where amounts stand in a request that was came over the wire."""
    if isinstance(value, dict) and set(value) == set(GOOD):
        yield path
    elif isinstance(value, dict | list):
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from amounts(each, (*path, key))


def with_amount(value: Any, path: tuple, amount: dict[str, str]) -> Any:
    if not path:
        return amount
    changed = value.copy()
    changed[path[0]] = with_amount(value[path[0]], path[1:], amount)
    return changed


DOORS = [
    pytest.param(kind, path, id=f"{operation} {'.'.join(map(str, path))}")
    for kind, (operation, _, request) in EXAMPLES.items()
    for path in amounts(plain(request))
]


def takes_an_amount(kind: type) -> bool:
    return "'Amount'" in str(msgspec.json.schema(kind)) or "/Amount" in str(msgspec.json.schema(kind))


def test_every_request_that_takes_an_amount_is_tried():
    requests = [
        kind
        for _, kind in inspect.getmembers(ask, inspect.isclass)
        if kind.__module__ == ask.__name__ and kind.__name__.endswith(("Request", "Question"))
    ]

    assert {kind for kind in requests if takes_an_amount(kind)} == set(EXAMPLES)


@pytest.mark.parametrize("currency", TOO_FINE)
@pytest.mark.parametrize(("kind", "path"), DOORS)
def test_an_amount_with_too_many_decimals_is_refused_at_every_door(kind, path, currency):
    core = Core(*florida())
    play(core, history("a claim open with a reserve"))
    desk = Desk(core, lambda what: f"{what}-new")
    operation, subject, good = EXAMPLES[kind]
    asked = with_amount(plain(good), path, {"amount": TOO_FINE[currency], "currency": currency})

    answer = desk.answer(operation, subject, msgspec.json.decode(msgspec.json.encode(asked), type=kind), NOW)

    assert isinstance(answer, Refusal)
    assert answer.code == "bad_amount"


@pytest.mark.parametrize("kind", EXAMPLES)
def test_the_examples_are_good_but_for_their_amount(kind):
    core = Core(*florida())
    play(core, history("a claim open with a reserve"))
    operation, subject, good = EXAMPLES[kind]

    assert not isinstance(Desk(core, lambda what: f"{what}-new").answer(operation, subject, good, NOW), Refusal)
