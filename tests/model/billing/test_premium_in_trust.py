"""What an agency says and remits, and what therefore is in its trust and in its program's, to the cent."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.histories import START, account_id, at, policy_id, usd
from fixtures.jurisdictions import florida
from fixtures.money_days import REMITTED, named
from fixtures.producer_histories import AGENCY, MONTH, agency_bill
from model.billing import trust
from model.billing.producer import AppointProducer, HoldInTrust
from model.billing.program import Agreed, AgreeShares, PayeeShare
from model.billing.remittances import ReceiveRemittance
from model.billing.statement import (
    ChargeDifference,
    CurrentLine,
    MatchAccountCurrent,
    PromiseRemittance,
    RemitStatement,
    RemittedLine,
)
from model.billing.trust import OpenTrust
from model.books import Books
from model.core import Core
from model.decider import Refusal
from model.invariants.money import TrustView, commingled, trust_shortfall, trust_view

PRODUCER, TRUST, PROGRAM = named("AGENCY", 1), "T-AGENCY", "G"
ITEM = f"{account_id(1)}/0/{policy_id(1)}"
ABOUT: dict[str, Any] = {"on": REMITTED, "at": at(REMITTED)}
EARLY: dict[str, Any] = {"on": date(2026, 1, 3), "at": at(date(2026, 1, 3))}
OF: dict[str, Any] = {"producer_id": PRODUCER, "month": MONTH, **ABOUT}


class Agency:
    """1,200.00 at 12.5 percent, stated to an agency that keeps premium in trust and remits to a program (V16)."""

    def __init__(self, trust_id: str = TRUST, program_id: str = "", tolerance: int = 100) -> None:
        law, carrier = florida()
        self.core = Core(law, replace(carrier, billing=replace(carrier.billing, statement_tolerance_minor=tolerance)))
        self.books = Books(self.core.carrier)
        self.core.observers.append(self.books)
        shares = (PayeeShare("LEAD", Decimal("62.5")), PayeeShare("FOLLOW", Decimal("37.5")))
        *bill, _remit = agency_bill("AGENCY", "1050.00")
        self.asks(
            *(step(1) for step in AGENCY),
            AppointProducer(producer_id="MGA", kind="managing_general_agent", commission_plan="managing", **EARLY),
            OpenTrust(trust_id=TRUST, producer_id=PRODUCER, **EARLY),
            OpenTrust(trust_id="T-MGA", producer_id="MGA", **EARLY),
            AgreeShares(program_id=PROGRAM, trust_id="T-MGA", shares=shares, **EARLY),
            HoldInTrust(producer_id=PRODUCER, trust_id=trust_id, program_id=program_id, **EARLY),
            *(step(1) for step in bill),
        )

    def asks(self, *commands: Any) -> "Agency":
        for command in commands:
            answer = self.core.submit(command)
            assert not isinstance(answer, Refusal), answer
            assert self.core.submit(command) == ()
            assert self.core.drain(at=command.at) == ()
            for trust_id in (TRUST, "T-MGA"):
                assert trust_shortfall(trust_view(trust_id, self.core.trust(trust_id))) is None
            assert commingled(self.books.ledger.balances) is None
        return self

    def holds(self, trust_id: str = TRUST) -> tuple[int, int, int]:
        """What is in the bank, what of it is premium of others, and what is the producer's own, in cents."""
        state: Any = self.core.trust(trust_id)
        return state.cash, state.premiums, state.own_funds

    @property
    def bill(self) -> str:
        account: Any = self.core.account(account_id(1))
        return account.invoices[0].status


def remit(amount: str, name: str = "R-1") -> RemitStatement:
    return RemitStatement(remittance_id=name, amount=usd(amount), lines=(RemittedLine(ITEM, usd(amount)),), **OF)


PROMISE = PromiseRemittance(item_id=ITEM, amount=usd("1050.00"), **OF)
CURRENT = MatchAccountCurrent(
    document_id="D", lines=(CurrentLine(account_id(1), policy_id(1), usd("1200.00"), usd("150.00")),), **OF
)
CHARGE = ChargeDifference(item_id=ITEM, **OF)


def test_nothing_is_in_trust_before_the_agency_says_so():
    assert Agency().holds() == (0, 0, 0)


@pytest.mark.parametrize("word", [(PROMISE,), (CURRENT,), (PROMISE, CURRENT), (CURRENT, PROMISE)])
def test_what_it_agrees_to_owe_is_in_trust_once_with_its_commission_its_own(word):
    assert Agency().asks(*word).holds() == (120000, 105000, 15000)


def test_what_it_disputes_is_not():
    low = replace(PROMISE, amount=usd("900.00"))
    other = replace(CURRENT, lines=(replace(CURRENT.lines[0], gross=usd("1000.00")),))

    assert Agency().asks(low).holds() == Agency().asks(other).holds() == (0, 0, 0)


@pytest.mark.parametrize("word", [(), (PROMISE,), (CURRENT,)])
def test_v16_what_is_remitted_leaves_the_trust_and_the_commission_stays(word):
    agency = Agency().asks(*word, remit("1050.00"))

    assert agency.holds() == (15000, 0, 15000)
    assert agency.bill == "paid"
    balances = agency.books.ledger.balances
    assert balances["premium_trust_cash", "USD"] == 15000
    assert balances["premium_trust_own_funds", "USD"] == -15000
    # The carrier's own cash is what was remitted and nothing of the trust.
    assert balances["cash", "USD"] == 105000


@pytest.mark.parametrize(
    ("word", "amount", "wanted"),
    [
        # Short within the tolerance: what was in trust for us is set off, what never was is not.
        ((PROMISE,), "1049.50", (15050, 0, 15050)),
        ((), "1049.50", (15000, 0, 15000)),
        # Over it, the agency added money that was not in trust.
        ((PROMISE,), "1050.70", (15000, 0, 15000)),
        ((), "1050.70", (15000, 0, 15000)),
        # Short beyond it: the rest of what it agreed to is still held for us.
        ((PROMISE,), "700.00", (50000, 35000, 15000)),
        ((), "700.00", (0, 0, 0)),
        # Far over it: the excess is in suspense and was not premium.
        ((PROMISE,), "1250.00", (15000, 0, 15000)),
    ],
)
def test_what_is_remitted_short_or_over(word, amount, wanted):
    assert Agency().asks(*word, remit(amount)).holds() == wanted


@pytest.mark.parametrize("word", [(), (PROMISE,)])
def test_the_rest_may_come_later_or_be_charged(word):
    short = (*word, remit("700.00"))
    assert Agency().asks(*short, remit("350.00", "R-2")).holds() == (15000, 0, 15000)
    charged = Agency().asks(*short, CHARGE)

    assert charged.holds() == ((50000, 0, 50000) if word else (0, 0, 0))
    assert charged.bill == "paid"


def test_what_was_paid_first_is_not_in_trust_when_the_rest_is_promised():
    """Of 1,200.00 gross 700.00 went already; 500.00 are left, 350.00 of them for us."""
    late = replace(PROMISE, amount=usd("350.00"))

    assert Agency().asks(remit("700.00"), late).holds() == (50000, 35000, 15000)
    assert Agency().asks(remit("700.00"), late, remit("350.00", "R-2")).holds() == (15000, 0, 15000)


def test_a_producer_without_a_trust_feeds_none():
    agency = Agency(trust_id="").asks(PROMISE, CURRENT, remit("1050.00"))

    assert (agency.holds(), agency.bill) == ((0, 0, 0), "paid")


def sweep(amount: str, body: str) -> ReceiveRemittance:
    return ReceiveRemittance(
        source_id=PRODUCER, batch_id="W", way="agent_sweep", amount=usd(amount), body=body, **ABOUT
    )


def test_what_an_agent_sweeps_went_through_its_trust_gross():
    rows = f"reference,payer_id,amount\n{account_id(1)},{PRODUCER},1200.00\nA-NONE,X,5.00"
    agency = Agency(program_id=PROGRAM).asks(sweep("1205.00", rows))
    state: Any = agency.core.trust(TRUST)

    assert agency.holds() == (0, 0, 0)
    assert [(one.flow, one.amount) for one in state.entries] == [
        ("premium_in", usd("1205.00")),
        ("premium_out", usd("1205.00")),
    ]
    # What is in suspense is nobody's premium yet.
    assert agency.holds("T-MGA") == (120000, 120000, 0)


def test_what_comes_for_a_program_is_in_its_trust_and_its_payees():
    agency = Agency(program_id=PROGRAM).asks(PROMISE, remit("1050.00"))
    state: Any = agency.core.programs.states[PROGRAM]

    assert agency.holds("T-MGA") == (105000, 105000, 0)
    assert isinstance(state, Agreed)
    assert [(one.payee_id, one.amount) for one in state.owed] == [("LEAD", usd("656.25")), ("FOLLOW", usd("393.75"))]


def test_the_day_on_which_the_trust_was_named_is_the_first_on_which_it_is_fed():
    agency = Agency(trust_id="").asks(PROMISE)
    agency.asks(HoldInTrust(producer_id=PRODUCER, trust_id=TRUST, program_id="", on=START, at=at(START)))

    assert agency.asks(remit("1050.00")).holds() == (15000, 0, 15000)


def test_premium_that_leaves_with_the_commission_or_is_cross_posted_is_seen():
    """Y14: the agency takes its commission out of the account twice, and the carrier's cash is booked as trust cash."""
    agency = Agency().asks(PROMISE)
    state: Any = agency.core.trust(TRUST)
    assert isinstance(state, trust.Kept)
    short = trust_shortfall(trust_view(TRUST, replace(state, cash=state.cash - 2 * state.own_funds)))
    assert short is not None
    assert (short.code, short.text) == ("INV-TRUST", "90000 minor units are in trust, 105000 are others'")
    assert isinstance(trust_view(TRUST, state), TrustView)
    balances = dict(agency.books.ledger.balances)
    balances["premium_trust_cash", "USD"] += 1
    assert commingled(balances) is not None
