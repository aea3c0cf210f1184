"""Money that arrives: which of it fits an account, and what becomes of the rest."""

from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.histories import START, account_id, at, cancel, history, insured_id, play, usd
from fixtures.jurisdictions import florida
from model.billing.commands import ReceivePayment, ReturnPayment
from model.billing.receiving import REASONS, after_refusal
from model.billing.suspense import Cleared, misfit
from model.books import Books
from model.core import Core
from model.decider import Refusal
from model.money import Money
from tests.model.billing.suspended import CORE, DAY, LATER, opened, refund, resolve, suspend

# --- which money fits


def test_money_fits_an_open_account_of_its_payer_and_currency():
    assert misfit(CORE.account(account_id(1)), insured_id(1), usd("1.00")) is None


def test_an_account_whose_charges_were_all_taken_back_is_dead():
    core = opened()
    flat = replace(cancel(1), on=START, at=at(START))
    assert not isinstance(core.submit(flat), Refusal)
    core.drain(at=at(START))
    state: Any = core.account(account_id(1))
    left = [invoice for invoice in state.invoices if invoice.open]
    charged = sum(charge.amount.minor for told in state.instructions for charge in told.charges)

    # Fully earned fees stay owed, so that this account is alive; without them it is dead.
    assert left
    assert charged == 2500
    assert misfit(state, insured_id(1), usd("1.00")) is None
    settled = replace(
        state,
        invoices=tuple(
            replace(invoice, items=tuple(replace(item, credited=item.amount, paid=0) for item in invoice.items))
            for invoice in state.invoices
        ),
        instructions=(),
    )
    assert misfit(settled, insured_id(1), usd("1.00")) == "dead_account"


# --- money that arrives


def arrive(core: Core, **changes):
    command = ReceivePayment(
        account_id=account_id(1), payment_id="M-7", payer_id=insured_id(1), amount=usd("10.00"), on=LATER, at=at(LATER)
    )
    return core.accept(replace(command, **changes), correlation_id="c", causation_id="e")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"account_id": "A-NONE"}, "unknown_account"),
        ({"payer_id": "X"}, "unknown_payer"),
        ({"amount": Money(1000, "EUR")}, "wrong_currency"),
    ],
)
def test_money_that_arrives_for_nobody_is_held_once_and_never_lost(changes, reason):
    core = opened()
    books = Books(core.carrier)
    core.observers.append(books)
    arrive(core, **changes)
    held: Any = core.suspense.states["S-M-7"]

    assert (held.money.reason, held.left) == (reason, changes.get("amount", usd("10.00")))
    assert arrive(core, **changes) == ()
    assert sum(minor for (name, _), minor in books.ledger.balances.items() if name == "suspense_liability") == -1000


def test_money_that_fits_is_paid_and_not_held():
    core = opened()
    arrive(core)

    assert core.suspense.states == {}
    assert arrive(core) == ()


def test_another_payment_under_a_known_id_is_ambiguous_money():
    core = opened()
    arrive(core)
    arrive(core, amount=usd("11.00"))
    held: Any = core.suspense.states["S-M-7"]

    assert (held.money.reason, held.left) == ("ambiguous", usd("11.00"))


def test_nothing_is_held_where_no_money_came():
    core = opened()

    assert isinstance(arrive(core, amount=usd("0.00")), Refusal)
    assert core.suspense.states == {}


def test_whatever_an_account_refuses_has_a_reason():
    command = ReceivePayment(account_id="A", payment_id="M", payer_id="I", amount=usd("1.00"), on=DAY, at=at(DAY))

    for code, reason in (*REASONS.items(), ("something_new", "refused")):
        held: Any = after_refusal(command, Refusal(code, "no"))
        assert held.reason == reason


def test_who_asks_the_machine_itself_hears_the_refusal_and_nothing_is_held():
    core = opened()
    command = ReceivePayment(account_id="A", payment_id="M", payer_id="I", amount=usd("1.00"), on=DAY, at=at(DAY))

    assert isinstance(core.submit(command), Refusal)
    assert core.suspense.states == {}


def bounce(core: Core, account: str = "A-NONE", payment: str = "M-7"):
    command = ReturnPayment(account_id=account, payment_id=payment, reason="R01", on=LATER, at=at(LATER))
    return core.accept(command, correlation_id="c", causation_id="e")


def test_a_bounced_payment_that_was_held_leaves_suspense():
    core = opened()
    arrive(core, account_id="A-NONE")
    bounce(core)

    assert type(core.suspense.states["S-M-7"]).__name__ == "TakenBack"


def test_a_bounced_payment_takes_back_what_it_was_resolved_to_and_what_was_refunded_is_owed():
    core = opened()
    books = Books(core.carrier)
    core.observers.append(books)
    arrive(core, account_id="A-NONE", amount=usd("100.00"))
    core.submit(replace(resolve(), suspense_id="S-M-7"))
    core.submit(replace(refund(amount=usd("15.00")), suspense_id="S-M-7"))
    bounce(core)
    account: Any = core.account(account_id(1))
    balance = {name: minor for (name, _), minor in books.ledger.balances.items()}

    assert [(payment.payment_id, payment.status) for payment in account.payments] == [("M-7/1", "returned")]
    assert balance["suspense_liability"] == 0
    assert balance["returned_refunds_receivable"] == 1500
    assert balance["cash"] == -1500


def test_a_bounced_payment_that_both_have_is_the_accounts():
    """The second one under its id was ambiguous and is held; the bank means the first."""
    core = opened()
    arrive(core)
    arrive(core, amount=usd("11.00"))
    bounce(core, account_id(1))
    account: Any = core.account(account_id(1))

    assert [payment.status for payment in account.payments] == ["returned"]
    assert type(core.suspense.states["S-M-7"]).__name__ == "Suspended"


def test_a_bounced_payment_that_nobody_knows_is_refused_as_ever():
    core = opened()
    answer = bounce(core)

    assert isinstance(answer, Refusal)
    assert answer.code == "unknown_account"


def test_what_is_resolved_pays_the_account():
    core = opened()
    core.submit(suspend())
    core.submit(resolve())
    account: Any = core.account(account_id(1))

    assert [(payment.payment_id, payment.amount) for payment in account.payments] == [("M-1/1", usd("60.00"))]
    assert not isinstance(core.suspense.states["S-1"], Cleared)


def test_money_whose_return_the_account_waits_for_is_the_accounts_and_is_taken_back_there():
    """A stranger's payment would be suspended, and its return would then wait for ever."""
    core = Core(*florida())
    play(core, history("a policy in force"))
    back = ReturnPayment(account_id=account_id(1), payment_id="M", reason="R01", on=START, at=at(START))
    came = ReceivePayment(
        account_id=account_id(1), payment_id="M", payer_id="stranger", amount=usd("5.00"), on=START, at=at(START)
    )
    core.accept(back, correlation_id="", causation_id="")
    core.accept(came, correlation_id="", causation_id="")
    account: Any = core.account(account_id(1))

    assert core.suspense.states == {}
    assert (account.payments[0].status, account.waiting, account.unapplied) == ("returned", (), usd("0.00"))
