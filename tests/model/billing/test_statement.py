"""Agency statements: every command in every state, and what becomes of money that is not what was due."""

import csv
from datetime import date
from decimal import Decimal
from functools import reduce
from pathlib import Path
from typing import Any, get_args

import pytest
from msgspec.structs import replace

from fixtures.histories import account_id, at, play, policy_id, usd
from fixtures.jurisdictions import florida
from fixtures.money_days import named
from fixtures.money_histories import money_history
from fixtures.producer_histories import AGENCY, agency_bill, bill_producer, charge_to, issue_statement, remit
from fixtures.vectors import compute
from model.billing.plan import Charge
from model.billing.statement import (
    AccountCurrentMatched,
    AddStatementItem,
    Applied,
    ChargeDifference,
    Command,
    CommissionPart,
    CurrentLine,
    Difference,
    DifferenceCharged,
    Event,
    IssueStatement,
    Item,
    MatchAccountCurrent,
    PromiseRemittance,
    RemitStatement,
    RemittancePromised,
    RemittedLine,
    State,
    StatementIssued,
    StatementItemAdded,
    StatementRemitted,
    decider,
    evolve,
)
from model.books import Books
from model.core import Core
from model.decider import Refusal
from model.money import Money

CARRIER = florida()[1]
MACHINE = decider(CARRIER)
DAY, ISSUED_ON, LATER = date(2026, 6, 1), date(2026, 7, 1), date(2026, 7, 10)
NOTHING = usd("0.00")


def about(day) -> dict[str, Any]:
    return {"producer_id": "A", "month": "2026-06", "on": day, "at": at(day)}


PARTS = (CommissionPart("A", usd("150.00")),)
ITEM = Item("X/0/P", "X", "P", usd("1200.00"), PARTS, NOTHING)
ADDED = StatementItemAdded(item=ITEM, **about(DAY))
ISSUED = StatementIssued(gross=usd("1200.00"), commission=usd("150.00"), net=usd("1050.00"), **about(ISSUED_ON))
PROMISED = RemittancePromised(item_id="X/0/P", amount=usd("1050.00"), says="agreed", **about(LATER))
SHORT = StatementRemitted(
    remittance_id="R-1", amount=usd("1000.00"), applied=(Applied("X/0/P", "X", usd("1000.00"), (), "exception"),),
    excess=NOTHING, reason="over_sum", **about(LATER),
)  # fmt: skip
REST = Applied("X/0/P", "X", NOTHING, (*PARTS, CommissionPart("A", usd("50.00"))), "settled")
CHARGED = DifferenceCharged(applied=REST, **about(LATER))
MATCHED = AccountCurrentMatched(document_id="D", agreed=("X/0/P",), differences=(), **about(LATER))


def folded(*events) -> Any:
    return reduce(evolve, events, MACHINE.initial)


STATES = {
    "NoStatement": folded(),
    "Open": folded(ADDED),
    "Issued": folded(ADDED, ISSUED, MATCHED),
    "Exception": folded(ADDED, ISSUED, PROMISED, SHORT),
    "Settled": folded(ADDED, ISSUED, SHORT, CHARGED),
}


def add(**changes) -> AddStatementItem:
    command = AddStatementItem(
        item_id="X/0/P", account_id="X", policy_id="P", gross=usd("1200.00"), parts=PARTS, **about(DAY)
    )
    return replace(command, **changes)


def remitted(amount: str, *lines: tuple[str, str], **changes) -> RemitStatement:
    told = tuple(RemittedLine(item, usd(of)) for item, of in lines or [("X/0/P", amount)])
    return replace(RemitStatement(remittance_id="R-2", amount=usd(amount), lines=told, **about(LATER)), **changes)


def current(*lines: CurrentLine) -> MatchAccountCurrent:
    return MatchAccountCurrent(document_id="D", lines=lines, **about(LATER))


AGREED = CurrentLine("X", "P", usd("1200.00"), usd("150.00"))
COMMANDS = {
    "AddStatementItem": add(),
    "AddStatementItem(other)": add(gross=usd("5.00")),
    "AddStatementItem(new)": add(item_id="X/1/P"),
    "AddStatementItem(euro)": add(item_id="X/1/P", gross=Money(5, "EUR"), parts=()),
    "IssueStatement": IssueStatement(**about(ISSUED_ON)),
    "PromiseRemittance": PromiseRemittance(item_id="X/0/P", amount=usd("1050.00"), **about(LATER)),
    "PromiseRemittance(which)": PromiseRemittance(item_id="?", amount=usd("1050.00"), **about(LATER)),
    "PromiseRemittance(less)": PromiseRemittance(item_id="X/0/P", amount=usd("-0.01"), **about(LATER)),
    "RemitStatement": remitted("1050.00"),
    "RemitStatement(first)": remitted("1000.00", remittance_id="R-1"),
    "RemitStatement(reused)": remitted("5.00", remittance_id="R-1"),
    "RemitStatement(twice)": remitted("10.00", ("X/0/P", "5.00"), ("X/0/P", "5.00")),
    "RemitStatement(nothing)": remitted("0.00"),
    "RemitStatement(euro)": replace(remitted("5.00"), amount=Money(5, "EUR")),
    "MatchAccountCurrent": current(AGREED),
    "ChargeDifference": ChargeDifference(item_id="X/0/P", **about(LATER)),
    "ChargeDifference(which)": ChargeDifference(item_id="?", **about(LATER)),
}
TABLE = """
#                         NoStatement         Open                Issued                 Exception              Settled
AddStatementItem          StatementItemAdded  -                   -                      -                      -
AddStatementItem(other)   StatementItemAdded  item_reused         item_reused            item_reused            item_reused
AddStatementItem(new)     StatementItemAdded  StatementItemAdded  wrong_state            wrong_state            wrong_state
AddStatementItem(euro)    wrong_currency      wrong_currency      wrong_state            wrong_state            wrong_state
IssueStatement            unknown_statement   StatementIssued     -                      -                      -
PromiseRemittance         unknown_statement   wrong_state         RemittancePromised     -                      wrong_state
PromiseRemittance(which)  unknown_statement   wrong_state         unknown_item           unknown_item           unknown_item
PromiseRemittance(less)   unknown_statement   wrong_state         not_payable            not_payable            wrong_state
RemitStatement            unknown_statement   wrong_state         StatementRemitted      StatementRemitted      StatementRemitted
RemitStatement(first)     unknown_statement   wrong_state         StatementRemitted      -                      -
RemitStatement(reused)    unknown_statement   wrong_state         StatementRemitted      remittance_reused      remittance_reused
RemitStatement(twice)     unknown_statement   wrong_state         item_twice             item_twice             item_twice
RemitStatement(nothing)   unknown_statement   wrong_state         not_positive           not_positive           not_positive
RemitStatement(euro)      unknown_statement   wrong_state         wrong_currency         wrong_currency         wrong_currency
MatchAccountCurrent       unknown_statement   wrong_state         -                      AccountCurrentMatched  AccountCurrentMatched
ChargeDifference          unknown_statement   wrong_state         wrong_state            DifferenceCharged      -
ChargeDifference(which)   unknown_statement   wrong_state         unknown_item           unknown_item           unknown_item
"""


def test_every_cell_of_the_table(command, state, wanted, answered):
    assert answered(MACHINE.decide(command, state)) == wanted


def test_the_table_has_every_command_every_state_and_every_event():
    assert {type(command) for command in COMMANDS.values()} == set(get_args(Command))
    assert {type(state) for state in STATES.values()} == set(get_args(State))
    events = (ADDED, ISSUED, PROMISED, SHORT, CHARGED, MATCHED)
    assert {type(event) for event in events} == set(get_args(Event))


def test_the_events_of_the_table_are_those_that_the_machine_records():
    assert MACHINE.decide(add(), folded()) == (ADDED,)
    assert MACHINE.decide(COMMANDS["IssueStatement"], folded(ADDED)) == (ISSUED,)
    assert MACHINE.decide(COMMANDS["RemitStatement(first)"], folded(ADDED, ISSUED)) == (SHORT,)
    assert MACHINE.decide(COMMANDS["ChargeDifference"], folded(ADDED, ISSUED, SHORT)) == (CHARGED,)


def outcome(command, state=None) -> Any:
    decision: Any = MACHINE.decide(command, folded(ADDED, ISSUED) if state is None else state)
    (event,) = decision
    return event


@pytest.mark.parametrize(
    ("amount", "status", "netted", "excess"),
    [
        ("1050.00", "settled", ["150.00"], "0.00"),
        ("1049.00", "settled", ["150.00", "1.00"], "0.00"),
        ("1048.99", "exception", [], "0.00"),
        ("1051.00", "settled", ["150.00", "-1.00"], "0.00"),
        ("1051.01", "settled", ["150.00"], "1.01"),
    ],
    ids=["exact", "short within tolerance", "short", "over within tolerance", "over"],
)
def test_the_tolerance_of_the_carrier_decides_what_is_an_exception(amount, status, netted, excess):
    """Coastal Mutual tolerates 1.00 an item, which the producer's balance bears: nothing is written off."""
    event = outcome(remitted(amount))
    (one,) = event.applied

    assert (one.outcome, [part.amount for part in one.netted]) == (status, [usd(text) for text in netted])
    assert event.excess == usd(excess)
    assert one.cash + event.excess == usd(amount)


def test_money_beside_its_lines_is_held_with_its_reason():
    over = outcome(remitted("1100.00", ("X/0/P", "1050.00")))
    unknown = outcome(remitted("1100.00", ("X/0/P", "1050.00"), ("?", "50.00")))
    short = outcome(remitted("1000.00", ("X/0/P", "1050.00")))

    assert (over.excess, over.reason) == (usd("50.00"), "over_sum")
    assert (unknown.excess, unknown.reason) == (usd("50.00"), "ambiguous")
    assert (short.applied, short.excess, short.reason) == ((), usd("1000.00"), "short_sum")


def test_an_item_that_is_settled_takes_no_more_money():
    event = outcome(remitted("1050.00"), STATES["Settled"])

    assert (event.applied, event.excess) == ((), usd("1050.00"))


def test_an_exception_can_be_paid_in_full_later():
    state: Any = reduce(evolve, (outcome(remitted("50.00"), STATES["Exception"]),), STATES["Exception"])

    assert (state.items[0].status, state.items[0].cash, state.items[0].due) == ("settled", usd("1050.00"), NOTHING)
    assert state.exceptions == ()


def test_what_a_producer_promised_is_kept_beside_what_is_due():
    state = STATES["Exception"]

    assert (state.items[0].promised, state.items[0].due) == (usd("1050.00"), usd("50.00"))
    assert state.exceptions == state.items


@pytest.mark.parametrize(
    ("amount", "says"), [("1050.00", "agreed"), ("1049.00", "agreed"), ("1048.99", "disputed"), ("1100.00", "disputed")]
)
def test_a_promise_of_something_else_is_an_exception_before_any_money_comes(amount, says):
    event = outcome(PromiseRemittance(item_id="X/0/P", amount=usd(amount), **about(LATER)))
    state: Any = evolve(folded(ADDED, ISSUED), event)

    assert event.says == says
    assert (state.items[0].status, state.items[0].promised) == (
        "open" if says == "agreed" else "exception",
        usd(amount),
    )


# --- account current


@pytest.mark.parametrize(
    ("lines", "agreed", "differences"),
    [
        ((AGREED,), 1, ()),
        (
            (CurrentLine("X", "P", usd("1200.00"), usd("180.00")),),
            0,
            (Difference("X", "P", usd("1050.00"), usd("1020.00")),),
        ),
        ((), 0, (Difference("X", "P", usd("1050.00"), None),)),
        ((AGREED, CurrentLine("X", "Q", usd("10.00"), usd("1.00"))), 1, (Difference("X", "Q", None, usd("9.00")),)),
        (
            (CurrentLine("X", "P", usd("1000.00"), usd("150.00")), CurrentLine("X", "P", usd("200.00"), usd("0.00"))),
            1,
            (),
        ),
    ],
    ids=["agrees", "other commission", "only ours", "only theirs", "in two lines"],
)
def test_the_producers_own_statement_is_matched_item_by_item(lines, agreed, differences):
    event = outcome(current(*lines))
    state: Any = evolve(folded(ADDED, ISSUED), event)

    assert (len(event.agreed), event.differences) == (agreed, differences)
    assert state.items[0].status == ("open" if agreed else "exception")


# --- in the core


def settled_core(*steps) -> tuple[Core, dict[str, int]]:
    core = Core(*florida())
    books = Books(core.carrier)
    core.observers.append(books)
    for step in steps:
        command = step(1)
        assert not isinstance(core.submit(command), Refusal)
        assert core.drain(at=command.at) == ()
    return core, {account: minor for (account, _), minor in books.ledger.balances.items()}


def test_a_short_remittance_is_an_exception_until_it_is_charged_to_the_producer():
    steps = (*AGENCY, charge_to("AGENCY"), bill_producer, issue_statement("AGENCY"), remit("AGENCY", "1000.00"))
    core, _ = settled_core(*steps)
    account: Any = core.account(account_id(1))
    assert sum(invoice.open for invoice in account.invoices) == 20000

    core.submit(
        ChargeDifference(
            producer_id=named("AGENCY", 1), month="2026-06", item_id=f"{account_id(1)}/0/{policy_id(1)}", on=LATER,
            at=at(LATER),
        )
    )  # fmt: skip
    account = core.account(account_id(1))
    producer: Any = core.producer(named("AGENCY", 1))
    assert sum(invoice.open for invoice in account.invoices) == 0
    assert producer.balance == -5000


def test_too_much_money_from_a_producer_is_in_suspense():
    core, ledger = settled_core(*AGENCY, *agency_bill("AGENCY", "1100.00"))
    held: Any
    (held,) = core.suspense.states.values()

    assert held.left == usd("50.00")
    assert (ledger["cash"], ledger["suspense_liability"], ledger["commission_payable"]) == (110000, -5000, 0)


def test_what_is_billed_after_the_statement_is_issued_is_for_the_next_one():
    core, _ = settled_core(*AGENCY, charge_to("AGENCY"), bill_producer, issue_statement("AGENCY"))
    more = replace(
        charge_to("AGENCY")(1), instruction_id="more", charges=(Charge("premium", usd("10.00")),), at=at(DAY)
    )
    core.submit(more)
    core.submit(replace(bill_producer(1), number=1))
    late: Any = core.statement(named("AGENCY", 1), "2026-07")

    assert [item.gross for item in late.items] == [usd("10.00")]


def rows() -> list[dict[str, str]]:
    lines = (Path(compute.__file__).parent / "agency_remittance.csv").read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["case"])
def test_the_vectors_of_agency_remittances(row):
    """V16."""
    rate = Decimal(row["percent"]) / 100
    item = replace(
        ITEM, gross=usd(row["gross"]), parts=(CommissionPart("A", usd(row["gross"]).times(rate, "half_up")),)
    )

    assert (item.commission, item.net) == (usd(row["commission"]), usd(row["net"]))


def test_v16_through_the_core():
    core = Core(*florida())
    play(core, money_history("agency bill: the agency remits net"))
    statement: Any = core.statement(named("AGENCY", 1), "2026-06")

    assert (statement.items[0].commission, statement.items[0].net) == (usd("150.00"), usd("1050.00"))
