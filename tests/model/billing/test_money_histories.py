"""The ways in which an insurer is paid, each told once and held to the cent: who paid, who is owed what, what the books
say. Serves carriers on direct bill, managing general agents, wholesale brokers and agencies on agency bill, and
programs whose premium has several payees.
"""

from typing import Any

import pytest

from fixtures.histories import END, account_id, at, play, policy_id, usd
from fixtures.jurisdictions import florida
from fixtures.money_days import named
from fixtures.money_histories import MONEY_HISTORIES, money_history
from model.billing import finance, program, suspense
from model.billing.commands import ReturnPayment
from model.books import Books
from model.core import Core
from model.decider import Refusal
from model.invariants.money import commission_view, unearned_commission


def told(name: str) -> tuple[Core, dict[str, int]]:
    core = Core(*florida())
    books = Books(core.carrier)
    core.observers.append(books)
    play(core, money_history(name))
    return core, {account: minor for (account, _), minor in books.ledger.balances.items()}


def open_minor(core: Core) -> int:
    account: Any = core.account(account_id(1))
    return sum(invoice.open for invoice in account.invoices)


def balances(core: Core, *producers: str) -> dict[str, int]:
    states: Any = {word: core.producer(named(word, 1)) for word in producers}
    return {word: state.balance for word, state in states.items()}


@pytest.mark.parametrize("name", MONEY_HISTORIES)
def test_nothing_in_a_history_is_refused_or_asked_in_vain_and_the_books_balance(name):
    core = Core(*florida())
    books = Books(core.carrier)
    core.observers.append(books)
    decisions = play(core, money_history(name))

    assert [decision for decision in decisions if isinstance(decision, Refusal) or decision == ()] == []
    assert sum(books.ledger.balances.values()) == 0


@pytest.mark.parametrize("name", MONEY_HISTORIES)
def test_what_producers_are_owed_is_what_the_books_say_and_commission_fits_its_premium(name):
    """INV-B12, and that the producers' balances are the ledger's."""
    core, ledger = told(name)
    producers: Any = core.producers.states.values()
    owed = sum(state.balance for state in producers)

    assert -ledger.get("commission_payable", 0) - ledger.get("commission_advances", 0) == owed
    for policy, state in core.commissions.states.items():
        view: Any = commission_view(policy, state)
        assert unearned_commission(view) is None


def test_direct_bill_the_carrier_collects_and_pays_the_agency_and_takes_back_what_was_not_earned():
    """12.5 percent of 2,400.00 is 300.00; of 1,196.71 coming back, 149.59. The agency was paid and owes it."""
    core, ledger = told("direct bill: an agency sold it, and it is cancelled")

    assert balances(core, "AGENCY") == {"AGENCY": -14959}
    producer: Any = core.producer(named("AGENCY", 1))
    assert producer.debit_balance == 14959
    assert ledger["commission_expense"] == 30000 - 14959
    assert ledger["unearned_premium"] == -(240000 - 119671)


def test_agency_bill_the_agency_remits_net_of_its_commission():
    """V16: 1,200.00 less 12.5 percent is 1,050.00, and the bill is paid in full."""
    core, ledger = told("agency bill: the agency remits net")
    statement: Any = core.statement(named("AGENCY", 1), "2026-06")

    assert (statement.items[0].gross, statement.items[0].net) == (usd("1200.00"), usd("1050.00"))
    assert (statement.items[0].status, open_minor(core)) == ("settled", 0)
    assert (ledger["cash"], ledger["commission_expense"], ledger["commission_payable"]) == (105000, 15000, 0)
    assert balances(core, "AGENCY") == {"AGENCY": 0}


def test_a_managing_general_agent_keeps_its_override_and_the_commission_of_everybody_below():
    """Agency plan 12.5 percent: 150.00, of which the sub-producer has 40 percent; the override is 5 percent of premium,
    60.00. It remits 990.00.
    """
    core, ledger = told("agency bill: a managing general agent remits net of everybody below")
    statement: Any = core.statement(named("MGA", 1), "2026-06")
    parts = {part.producer_id: part.amount for part in statement.items[0].parts}

    assert parts == {
        named("SUB", 1): usd("60.00"),
        named("AGENCY", 1): usd("90.00"),
        named("MGA", 1): usd("60.00"),
    }
    assert (ledger["cash"], open_minor(core)) == (99000, 0)
    assert balances(core, "SUB", "AGENCY", "MGA") == {"SUB": 0, "AGENCY": 0, "MGA": 0}


def test_a_wholesale_broker_remits_for_the_retail_agency_that_sold():
    """The wholesaler's plan pays 15 percent, 180.00, of which retail has 70 percent. It remits 1,020.00."""
    core, ledger = told("agency bill: a wholesale broker remits for the retail agency")
    state: Any = core.commission(policy_id(1))

    assert {layer.producer_id: layer.earned for layer in state.layers} == {
        named("RETAIL", 1): 12600,
        named("WHOLESALE", 1): 5400,
    }
    assert (ledger["cash"], open_minor(core)) == (102000, 0)


def test_a_program_divides_what_is_remitted_among_its_payees_out_of_the_trust():
    """1,050.01 by 10, 62.5 and 27.5 percent: 105.00, 656.26 and 288.75, the odd cent to the largest remainder."""
    core, ledger = told("a program with three payees")
    state: Any = core.programs.states[named("PROGRAM", 1)]
    trust: Any = core.trust(named("TRUST", 1))

    assert isinstance(state, program.Agreed)
    assert {part.payee_id: part.amount.minor for part in state.owed} == {"FRONTING": 0, "LEAD": 0, "FOLLOW": 0}
    assert [movement.amount for movement in state.movements[1:]] == [usd("105.00"), usd("656.26"), usd("288.75")]
    assert (trust.cash, trust.premiums, trust.own_funds) == (15000, 0, 15000)
    assert ledger["premium_trust_cash"] == trust.cash
    assert ledger["program_payables"] == ledger["premium_trust_payable"] == 0


def test_a_servicer_pays_the_year_and_what_is_for_no_loan_of_ours_is_held():
    core, ledger = told("a servicer pays the year by file")
    held: Any = core.suspense.states[f"S-{named('SERVICER', 1)}/June/2"]

    assert (held.money.reason, held.left) == ("no_such_loan", usd("900.00"))
    assert (open_minor(core), ledger["cash"], ledger["suspense_liability"]) == (0, 336820, -90000)


def test_the_next_servicer_pays_the_renewal_and_money_of_the_old_one_is_held():
    """The year stays the old servicer's, who paid it; the renewal still names it and is billed to the new one."""
    core, ledger = told("the next servicer pays the renewal")
    account: Any = core.account(account_id(1))
    servicer, successor = named("SERVICER", 1), named("NEXT", 1)

    assert [(one.payer_id, one.status) for one in account.invoices] == [(servicer, "paid"), (successor, "paid")]
    assert [(one.payer_id, one.amount) for one in account.payments] == [
        (servicer, usd("2468.20")),
        (successor, usd("2468.20")),
    ]
    suspended: Any = core.suspense.states
    held: Any = {key: state.money for key, state in suspended.items() if state.money.since == END}
    assert {money.told: (money.reason, money.payer_id, money.amount) for money in held.values()} == {
        named("LOAN", 1): ("unknown_payer", servicer, usd("2468.20")),
        account_id(1): ("unknown_payer", servicer, usd("75.00")),
    }
    assert ledger["suspense_liability"] == -(90000 + 246820 + 7500)
    assert account.unapplied == usd("0.00")


def test_a_bounced_cheque_of_the_old_servicer_stays_its_own_affair():
    core, _ = told("the next servicer pays the renewal")
    account: Any = core.account(account_id(1))
    asked = ReturnPayment(
        account_id=account_id(1), payment_id=account.payments[0].payment_id, reason="R01", on=END, at=at(END)
    )
    core.submit(asked)
    after: Any = core.account(account_id(1))

    assert [(one.payer_id, one.status) for one in after.invoices] == [
        (named("SERVICER", 1), "billed"),
        (named("NEXT", 1), "paid"),
    ]
    assert after.invoices[0].open == 246820 + 1500


def test_a_lockbox_keeps_the_good_cheque_and_holds_the_others():
    core, ledger = told("a lockbox batch with cheques in suspense")
    states: Any = core.suspense.states
    account: Any = core.account(account_id(1))

    assert {key.rpartition("/")[2]: state.money.reason for key, state in states.items()} == {
        "2": "unknown_account",
        "0": "bad_row",
    }
    assert all(isinstance(state, suspense.Cleared) for state in states.values())
    assert [payment.amount for payment in account.payments] == [usd("513.64"), usd("100.00")]
    assert (ledger["cash"], ledger["suspense_liability"]) == (51364 + 10000, 0)


def test_a_lender_gets_what_it_is_owed_first_of_the_premium_that_comes_back():
    """Of 1,218.25 (1,196.71 premium and 21.54 tax) the lender is owed 1,000.00, the insured gets the rest."""
    core = Core(*florida())
    divided: list[Any] = []
    core.observers.append(lambda recorded: divided.append(recorded.event) if recorded.machine == "finance" else None)
    play(core, money_history("a financed policy, cancelled by its lender"))
    state: Any = core.finances.states[policy_id(1)]

    assert isinstance(divided[-1], finance.ReturnPremiumDivided)
    assert (divided[-1].to_lender, divided[-1].to_insured) == (usd("1000.00"), usd("218.25"))
    assert (state.funded.owed, state.told, open_minor(core)) == (usd("0.00"), ("MORTGAGEE",), 0)
