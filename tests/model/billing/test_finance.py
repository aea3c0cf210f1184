"""Premium finance: every command in every state, and the days that each state's law sets."""

from datetime import date, timedelta
from functools import reduce
from typing import Any, get_args

import pytest
from msgspec.structs import replace

from fixtures.finance_histories import FINANCED
from fixtures.histories import account_id, at, insured_id, policy_id, usd
from fixtures.jurisdictions import florida, state_law
from fixtures.money_histories import money_history
from model.billing.finance import (
    AcceptFinanceContract,
    CancellationOrdered,
    Command,
    Contract,
    ContractFunded,
    CureDefault,
    DefaultCured,
    Event,
    FinanceContractAccepted,
    FundContract,
    LoanBalanceReported,
    MailNoticeOfIntent,
    MailThirdPartyNotice,
    NoticeOfIntentMailed,
    OrderCancellation,
    RecordReturnPremium,
    ReportLoanBalance,
    ReturnPremiumDivided,
    State,
    ThirdPartyNoticed,
    decider,
    evolve,
)
from model.core import Core
from model.decider import Refusal
from model.money import Money

CARRIER = florida()[1]
MACHINE = decider(state_law("AL"), CARRIER)
DAY, MAILED = date(2026, 6, 1), date(2026, 11, 6)
FROM, EFFECTIVE, TELL_BY = date(2026, 11, 16), date(2026, 12, 1), date(2026, 11, 18)


def about(day) -> dict[str, Any]:
    return {"policy_id": "P", "on": day, "at": at(day)}


CONTRACT = Contract("C", "LENDER", "A", "I", usd("1200.00"), DAY, ("BANK", "AGENCY"))
ACCEPTED = FinanceContractAccepted(contract=CONTRACT, **about(DAY))
PAID = ContractFunded(account_id="A", payer_id="I", payment_id="M", amount=usd("1200.00"), **about(DAY))
OWED = LoanBalanceReported(owed=usd("500.00"), **about(MAILED))
INTENT = NoticeOfIntentMailed(may_order_from=FROM, **about(MAILED))
CURED = DefaultCured(**about(FROM))
ORDERED = CancellationOrdered(
    contract_id="C", account_id="A", lender_id="LENDER", effective=EFFECTIVE, tell=("BANK", "AGENCY"), tell_by=TELL_BY,
    **about(FROM),
)  # fmt: skip
TOLD = ThirdPartyNoticed(party_id="BANK", timing="on_time", **about(TELL_BY))
DIVIDED = ReturnPremiumDivided(
    account_id="A", entry_id="E", lender_id="LENDER", to_lender=usd("500.00"), to_insured=usd("98.36"), due_on=None,
    **about(EFFECTIVE),
)  # fmt: skip


def folded(*events) -> Any:
    return reduce(evolve, events, MACHINE.initial)


FUNDED = (ACCEPTED, PAID, OWED)
STATES = {
    "NotFinanced": folded(),
    "Accepted": folded(ACCEPTED),
    "Funded": folded(*FUNDED),
    "IntentMailed": folded(*FUNDED, INTENT),
    "CancelOrdered": folded(*FUNDED, INTENT, ORDERED, TOLD),
}


def accept(**changes) -> AcceptFinanceContract:
    command = AcceptFinanceContract(
        contract_id="C", lender_id="LENDER", account_id="A", payer_id="I", financed=usd("1200.00"),
        power_of_attorney_on=DAY, third_parties=("BANK", "AGENCY"), **about(DAY),
    )  # fmt: skip
    return replace(command, **changes)


def fund(amount="1200.00") -> FundContract:
    return FundContract(payment_id="M", amount=usd(amount), **about(DAY))


def order(on=FROM, effective=EFFECTIVE) -> OrderCancellation:
    return OrderCancellation(effective=effective, **about(on))


def back(amount="598.36", **changes) -> RecordReturnPremium:
    return replace(RecordReturnPremium(entry_id="E", amount=usd(amount), **about(EFFECTIVE)), **changes)


COMMANDS = {
    "AcceptFinanceContract": accept(),
    "AcceptFinanceContract(other)": accept(contract_id="D"),
    "AcceptFinanceContract(euro)": accept(financed=Money(100, "EUR")),
    "AcceptFinanceContract(nothing)": accept(financed=usd("0.00")),
    "FundContract": fund(),
    "FundContract(part)": fund("1199.99"),
    "ReportLoanBalance": ReportLoanBalance(owed=usd("500.00"), **about(MAILED)),
    "ReportLoanBalance(less)": ReportLoanBalance(owed=usd("400.00"), **about(MAILED)),
    "ReportLoanBalance(below)": ReportLoanBalance(owed=usd("-1.00"), **about(MAILED)),
    "MailNoticeOfIntent": MailNoticeOfIntent(**about(MAILED)),
    "MailNoticeOfIntent(early)": MailNoticeOfIntent(**about(date(2026, 5, 1))),
    "CureDefault": CureDefault(**about(FROM)),
    "OrderCancellation": order(),
    "OrderCancellation(early)": order(FROM - timedelta(days=1)),
    "OrderCancellation(other)": order(effective=date(2026, 12, 2)),
    "MailThirdPartyNotice": MailThirdPartyNotice(party_id="BANK", **about(TELL_BY)),
    "MailThirdPartyNotice(late)": MailThirdPartyNotice(party_id="AGENCY", **about(TELL_BY + timedelta(days=1))),
    "MailThirdPartyNotice(who)": MailThirdPartyNotice(party_id="X", **about(TELL_BY)),
    "RecordReturnPremium": back(),
    "RecordReturnPremium(nothing)": back("0.00"),
    "RecordReturnPremium(euro)": replace(back(), amount=Money(1, "EUR")),
}
TABLE = """
#                               NotFinanced              Accepted          Funded                IntentMailed          CancelOrdered
AcceptFinanceContract           FinanceContractAccepted  -                 -                     -                     -
AcceptFinanceContract(other)    FinanceContractAccepted  already_financed  already_financed      already_financed      already_financed
AcceptFinanceContract(euro)     wrong_currency           already_financed  already_financed      already_financed      already_financed
AcceptFinanceContract(nothing)  not_positive             already_financed  already_financed      already_financed      already_financed
FundContract                    no_finance_contract      ContractFunded    -                     -                     -
FundContract(part)              no_finance_contract      not_in_full       wrong_state           wrong_state           wrong_state
ReportLoanBalance               no_finance_contract      not_funded        -                     -                     -
ReportLoanBalance(less)         no_finance_contract      not_funded        LoanBalanceReported   LoanBalanceReported   LoanBalanceReported
ReportLoanBalance(below)        no_finance_contract      not_funded        not_owed              not_owed              not_owed
MailNoticeOfIntent              no_finance_contract      not_funded        NoticeOfIntentMailed  -                     wrong_state
MailNoticeOfIntent(early)       no_finance_contract      not_funded        no_power_of_attorney  -                     wrong_state
CureDefault                     no_finance_contract      not_funded        -                     DefaultCured          wrong_state
OrderCancellation               no_finance_contract      not_funded        no_notice_of_intent   CancellationOrdered   -
OrderCancellation(early)        no_finance_contract      not_funded        no_notice_of_intent   notice_running        -
OrderCancellation(other)        no_finance_contract      not_funded        no_notice_of_intent   CancellationOrdered   wrong_state
MailThirdPartyNotice            no_finance_contract      not_funded        wrong_state           wrong_state           -
MailThirdPartyNotice(late)      no_finance_contract      not_funded        wrong_state           wrong_state           ThirdPartyNoticed
MailThirdPartyNotice(who)       no_finance_contract      not_funded        wrong_state           wrong_state           no_third_party
RecordReturnPremium             -                        -                 ReturnPremiumDivided  ReturnPremiumDivided  ReturnPremiumDivided
RecordReturnPremium(nothing)    -                        -                 not_positive          not_positive          not_positive
RecordReturnPremium(euro)       -                        -                 wrong_currency        wrong_currency        wrong_currency
"""


def test_every_cell_of_the_table(command, state, wanted, answered):
    assert answered(MACHINE.decide(command, state)) == wanted


def test_the_table_has_every_command_every_state_and_every_event():
    assert {type(command) for command in COMMANDS.values()} == set(get_args(Command))
    assert {type(state) for state in STATES.values()} == set(get_args(State))
    events = (ACCEPTED, PAID, OWED, INTENT, CURED, ORDERED, TOLD, DIVIDED)
    assert {type(event) for event in events} == set(get_args(Event))


def test_the_events_of_the_table_are_those_that_the_machine_records():
    assert MACHINE.decide(accept(), folded()) == (ACCEPTED,)
    assert MACHINE.decide(fund(), folded(ACCEPTED)) == (PAID,)
    assert MACHINE.decide(COMMANDS["MailNoticeOfIntent"], folded(*FUNDED)) == (INTENT,)
    assert MACHINE.decide(order(), folded(*FUNDED, INTENT)) == (ORDERED,)
    assert MACHINE.decide(COMMANDS["MailThirdPartyNotice"], folded(*FUNDED, INTENT, ORDERED)) == (TOLD,)
    assert MACHINE.decide(back(), folded(*FUNDED, INTENT, ORDERED)) == (DIVIDED,)


@pytest.mark.parametrize(
    ("state", "may_order_from", "tell_by", "pay_by"),
    [
        ("AL", date(2026, 11, 16), date(2026, 11, 18), None),
        ("MS", date(2026, 11, 16), date(2026, 11, 23), None),
        ("CA", date(2026, 11, 16), None, None),
        ("IL", date(2026, 11, 16), None, date(2027, 1, 30)),
        ("FL", date(2026, 11, 16), None, None),
    ],
)
def test_the_law_of_the_state_sets_the_days(state, may_order_from, tell_by, pay_by):
    """Ten days of intent (an insurer's own choice where no row is), two business days in Alabama and five in Mississippi
    for third parties, sixty days for the lender's money in Illinois.
    """
    machine: Any = decider(state_law(state), CARRIER)
    (intent,) = machine.decide(COMMANDS["MailNoticeOfIntent"], folded(*FUNDED))
    mailed = folded(*FUNDED, intent)
    (ordered,) = machine.decide(order(may_order_from), mailed)
    (divided,) = machine.decide(back(), evolve(mailed, ordered))

    assert (intent.may_order_from, ordered.tell_by, divided.due_on) == (may_order_from, tell_by, pay_by)


def test_business_days_skip_holidays_and_weekends():
    """Ordered on the Tuesday before Veterans Day 2026 (a Wednesday), two business days end on Friday."""
    on = date(2026, 11, 10)
    machine: Any = decider(state_law("AL"), CARRIER)
    (ordered,) = machine.decide(order(on), replace(STATES["IntentMailed"], may_order_from=on))

    assert ordered.tell_by == date(2026, 11, 13)


def test_without_a_power_of_attorney_nobody_cancels_for_the_insured():
    state = folded(replace(ACCEPTED, contract=replace(CONTRACT, power_of_attorney_on=None)), PAID)
    answer = MACHINE.decide(COMMANDS["MailNoticeOfIntent"], state)

    assert isinstance(answer, Refusal)
    assert answer.code == "no_power_of_attorney"


def test_a_default_that_is_cured_starts_over():
    state = folded(*FUNDED, INTENT, CURED)

    assert state == STATES["Funded"]
    assert not isinstance(MACHINE.decide(COMMANDS["MailNoticeOfIntent"], state), Refusal)


def test_the_lender_is_paid_first_and_never_more_than_it_is_owed():
    state: Any = STATES["CancelOrdered"]
    parts: list[tuple[Money, Money]] = []
    for number, amount in enumerate(("300.00", "300.00", "300.00")):
        decision: Any = MACHINE.decide(back(amount, entry_id=str(number)), state)
        (event,) = decision
        state = evolve(state, event)
        parts.append((event.to_lender, event.to_insured))

    assert parts == [
        (usd("300.00"), usd("0.00")),
        (usd("200.00"), usd("100.00")),
        (usd("0.00"), usd("300.00")),
    ]


def test_the_lender_pays_the_bill_of_the_insured_in_the_core():
    core = Core(*florida())
    for step in FINANCED:
        core.submit(step(1))
        core.drain(at=at(DAY))
    account: Any = core.account(account_id(1))

    assert sum(invoice.open for invoice in account.invoices) == 0
    assert [(payment.payer_id, payment.amount) for payment in account.payments] == [(insured_id(1), usd("2468.20"))]


def test_an_ordered_cancellation_is_published_for_policy_to_act_on():
    core = Core(*florida())
    published: list[Any] = []
    history = money_history("a financed policy, cancelled by its lender")
    for command in history.commands:
        core.submit(command)
        published += [one for one in core.outbox if "finance" in one.type]
        core.drain(at=command.at)

    (envelope,) = published
    assert envelope.data.policy_id == policy_id(1)
    assert (envelope.data.lender_id, envelope.data.effective) == ("LENDER", date(2026, 12, 1))
